"""Guided entries in the shell: asked one by one, or read as JSON; and what stands open afterwards."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import MENDED, NOW, ROOT, Answer, Shell
from tests.cli.test_golden import name_of, shown
from tracker.cli.session import Session

FRIDAY = "2026-11-20T20:15:00+01:00"
FORECAST = {"feared_outcome": "CANARY they laugh", "likelihood": 70, "follow_up_at": "sun"}


@pytest.fixture
def typed(toward: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell in which somebody sits at a terminal: `stdin` is what they type."""
    monkeypatch.setattr(Session, "can_ask", property(lambda _: True))
    return toward


def give(toward: Shell, command: str, answers: object, now: str = NOW) -> Answer:
    return toward(*command.split(), "--json", stdin=json.dumps(answers), now=now)


def entry(toward: Shell, what: str) -> dict[str, Any]:
    (found,) = json.loads(toward("show", what, "--json").out)["entries"]
    assert isinstance(found, dict)
    return found


def private(toward: Shell, what: str) -> dict[str, Any]:
    """Return the private answers of the only entry of a commitment."""
    events = json.loads(toward("export", "--private").out)["events"]
    (found,) = {event["key"]: event["v"] for event in events if event["key"].startswith(f"entry|{what}|")}.values()
    return dict(found["private"])


@pytest.fixture
def waiting(toward: Shell) -> Shell:
    """Return a shell on a Monday, with four things open since Friday."""
    toward("add", "s1.fear-forecast", "s4.promise-keeper", "s5.no-attacks", "s4.partner-time", now=FRIDAY)
    promise = {"text": "CANARY call the bank", "due": "sat 18:00", "confidence": 90}
    assert give(toward, "log forecast", FORECAST, FRIDAY).code == 0
    assert give(toward, "log promise", promise, FRIDAY).code == 0
    lapse = {"what": "lapse", "put_right_how": "CANARY say sorry", "put_right_by": "+2h"}
    assert give(toward, "log attacks", lapse, FRIDAY).code == 0
    assert toward("plan", "sat 19:00 60m weekly", now=FRIDAY).code == 0
    return toward


def test_json_on_standard_input_makes_an_entry(toward: Shell) -> None:
    toward("add", "s1.fear-forecast")
    answer = give(toward, "log forecast", FORECAST)
    change = json.loads(answer.out)
    assert change["changed"] and change["commitment"] == "s1.fear-forecast" and answer.err == ""
    assert "CANARY" not in answer.out
    assert entry(toward, "forecast")["fields"] == {"likelihood": 70, "follow_up_at": "2026-11-29"}
    assert private(toward, "s1.fear-forecast") == {"feared_outcome": "CANARY they laugh"}


@pytest.mark.parametrize(
    "stdin",
    [
        '{"feared_outcome": "CANARY", "likelihood": 70, "likelihood": 20, "follow_up_at": "sun"}',
        "",
        "CANARY",
        "[]",
        '{"likelihood": [1]}',
        '{"likelihood": {"a": 1}}',
        "null",
        '{"likelihood": 700}',
        "{}",
    ],
)
def test_json_that_does_not_fit_is_a_usage_error(stdin: str, toward: Shell) -> None:
    toward("add", "s1.fear-forecast")
    answer = toward("log", "forecast", "--json", stdin=stdin)
    assert answer.code == 2 and answer.out == "" and len(answer.err.splitlines()) == 1
    assert "CANARY" not in answer.err and json.loads(toward("show", "forecast", "--json").out)["entries"] == []


def test_a_private_answer_that_does_not_fit_is_not_repeated(toward: Shell) -> None:
    toward("add", "s3.inventory")
    answer = give(toward, "log inventory", {"category": "CANARY"})
    assert answer.code == 2 and "CANARY" not in answer.err and "contacts" in answer.err


def test_without_a_terminal_the_way_is_named(toward: Shell) -> None:
    toward("add", "s1.fear-forecast")
    for argv in (("log", "forecast"), ("answer", "forecast")):
        answer = toward(*argv)
        assert answer.code in (1, 2) and answer.out == ""
    assert "--json < answers.json" in toward("log", "forecast").err
    assert toward("log", "nothing-like-this").code == 3


def test_fields_are_listed(toward: Shell, golden: Callable[[str, str], None]) -> None:
    toward("add", "s1.fear-forecast", "s4.plan-first")
    golden("guided-fields", shown("log --fields forecast", toward("log", "--fields", "forecast")))
    rows = json.loads(toward("log", "--fields", "forecast", "--json").out)["fields"]
    assert [row["name"] for row in rows if row["private"]] == ["situation_tag", "feared_outcome", "learned"]
    assert [row["asked"] for row in rows][-2:] == ["at follow_up_at"] * 2
    assert toward("log", "--fields", "plan-first").out == ""
    answer = toward("log", "plan-first")
    assert answer.code == 1 and "toward done s4.plan-first" in answer.err


def test_one_question_after_another(typed: Shell, golden: Callable[[str, str], None]) -> None:
    typed("add", "s1.fear-forecast", now=FRIDAY)
    lines = ["work", "they laugh", "and leave", "", "much", "70 %", "", "someday", "sun"]
    answer = typed("log", "forecast", stdin="\n".join(lines) + "\n", now=FRIDAY)
    golden("guided-log", shown("log forecast", answer))
    assert answer.code == 0 and "they laugh" not in answer.out + answer.err
    assert entry(typed, "forecast")["fields"] == {"likelihood": 70, "follow_up_at": "2026-11-22"}
    words = private(typed, "s1.fear-forecast")
    assert words == {"situation_tag": "work", "feared_outcome": "they laugh\nand leave"}


def test_an_empty_answer_skips_what_may_be_skipped(typed: Shell) -> None:
    typed("add", "s1.take-it-in")
    assert typed("log", "take-it-in", stdin="\n\n").code == 0
    assert entry(typed, "take-it-in")["fields"] == {}


@pytest.mark.parametrize("stdin", ["", "work\n", "work\nthey laugh\n\n", "work\nthey laugh\n\n70\n"])
def test_who_goes_away_leaves_nothing_behind(stdin: str, typed: Shell) -> None:
    typed("add", "s1.fear-forecast")
    answer = typed("log", "forecast", stdin=stdin)
    assert answer.code == 1 and "Nothing changed" in answer.err
    assert json.loads(typed("show", "forecast", "--json").out)["entries"] == []


def test_a_moment_handled_is_asked_less(typed: Shell) -> None:
    typed("add", "s5.no-attacks")
    answer = typed("log", "attacks", stdin="handled\n\n\nno\n")
    assert answer.code == 0 and "put right" not in answer.err
    lapse = typed("log", "attacks", stdin="lapse\n\n\nno\nsay sorry\n\n+2h\n")
    assert lapse.code == 0 and "What will you put right?" in lapse.err


def test_an_agreement_that_is_not_free_stops_at_once(typed: Shell) -> None:
    typed("add", "s3.openness-agreement")
    answer = typed("log", "agreement", stdin="money\nyes\nno\n")
    assert answer.code == 1 and "toward safety" in answer.err and "look at it again" not in answer.err
    assert json.loads(typed("show", "agreement", "--json").out)["entries"] == []


def test_much_distress_stops_the_questions(typed: Shell) -> None:
    typed("add", "s1.origins")
    answer = typed("log", "origins", stdin="9\nnever asked\n")
    assert answer.code == 1 and "both feet on the floor" in answer.err and "What happened" not in answer.err


def test_what_is_not_taken_on_yet_is_taken_on_by_its_first_entry(typed: Shell) -> None:
    assert typed("log", "--fields", "my-why").out.startswith("reason ")
    assert json.loads(typed("list", "--json").out)["commitments"] == [], "looking takes nothing on"
    change = json.loads(give(typed, "log my-why", {"reason": "CANARY"}).out)
    assert len(change["said"]) == 2 and change["said"][0].startswith("Added 'Write down why I do this")
    typed("archive", "my-why")
    assert "resumed" in typed("log", "my-why", stdin="CANARY\n\n").out
    inventory = typed("log", "inventory", "--day", "sat", stdin="money\n" + "\n" * 9)
    assert inventory.err.count("toward safety") == 1, "before the questions, and not again after them"
    assert inventory.err.index("toward safety") < inventory.err.index("money")
    assert json.loads(typed("show", "inventory", "--json").out)["start"] == "2026-11-21"
    assert [typed("undo").code for _ in range(4)] == [0, 0, 0, 0]
    assert json.loads(typed("list", "--json").out)["commitments"] == [], "one undo takes back both"
    assert "toward add s4.plan-first" in typed("log", "plan-first").err
    for title in ("Plan first of all", "Plan first it is"):
        assert typed("add", title, "--step", "s4", "--kind", "check", stdin="\n").code == 0
    both = typed("log", "plan first")
    assert both.code == 3 and "2 commitments" in both.err and "The catalogue" not in both.err, "nobody is guessed at"


def test_what_asks_nothing_names_the_way_to_check_it_off(toward: Shell) -> None:
    cid = "s4.plan-first"
    for command, way in (("list", f"add {cid}"), (f"add {cid}", f"done {cid}"), (f"archive {cid}", f"resume {cid}")):
        toward(*command.split())
        answer = give(toward, f"log {cid}", {})
        assert answer.code == 1 and answer.err.endswith(f": toward {way}\n"), answer


def test_safety_is_named_where_it_is_called_for(toward: Shell) -> None:
    toward("add", "s6.edge-moment")
    calm = give(toward, "log edge", {"did": "stayed", "safe": "tight_but_safe"})
    assert calm.code == 0 and "toward safety" not in calm.err
    assert "toward safety" in give(toward, "log edge", {"did": "stayed", "safe": "not_safe"}).err


def test_ones_own_line_is_within_reach_on_a_heavy_day_only(toward: Shell) -> None:
    toward("add", "s1.my-why", "s5.no-attacks")
    nothing = toward("why")
    assert nothing.code == 1 and "toward log my-why" in nothing.err
    toward("lapse", "attacks")
    assert "WHY I DO THIS" not in toward("today").out, "there is no line yet"
    toward("undo")
    give(toward, "log my-why", {"reason": "CANARY so that they can lean on me"})
    assert "WHY I DO THIS" not in toward("today").out
    toward("lapse", "attacks", "--handled")
    assert "WHY I DO THIS" not in toward("today").out
    toward("lapse", "attacks")
    heavy = toward("today").out
    assert "WHY I DO THIS  toward why" in heavy and "CANARY" not in heavy
    assert toward("why").out == "CANARY so that they can lean on me\n"
    assert json.loads(toward("why", "--json").out) == {"schema": 1, "line": "CANARY so that they can lean on me"}


def test_an_earlier_day(toward: Shell) -> None:
    toward("add", "s1.take-it-in")
    assert give(toward, "log take-it-in --day yesterday", {"let_in": 4}).code == 0
    assert entry(toward, "take-it-in")["day"] == "2026-11-22"
    assert give(toward, "log take-it-in --day tomorrow", {"let_in": 4}).code == 1


def test_what_stands_open(waiting: Shell, golden: Callable[[str, str], None]) -> None:
    for command in ("answer", "answer --json", "today"):
        answer = waiting(*command.split())
        assert "CANARY" not in answer.out + answer.err
        golden(name_of("waiting", command), shown(command, answer))
    rows = json.loads(waiting("today", "--json").out)
    assert rows["open"] == json.loads(waiting("answer", "--json").out)["open"]
    assert rows["next_together"]["day"] == "2026-11-28"
    assert json.loads(waiting("today", "--day", "yesterday", "--json").out)["open"] == []
    assert max(len(line) for line in waiting("today").out.splitlines()) <= 80


def test_answers_close_what_stood_open(waiting: Shell, golden: Callable[[str, str], None]) -> None:
    assert give(waiting, "answer forecast", {"outcome": "better", "learned": "CANARY they listened"}).code == 0
    assert give(waiting, "answer attacks", {"put_right": True, **json.loads(MENDED)}).code == 0
    late = give(waiting, "answer promise", {"outcome": "renegotiated"})
    assert late.code == 2 and "before a promise falls due" in late.err
    assert give(waiting, "answer 1", {"outcome": "kept"}).code == 0
    assert give(waiting, "answer 1", {"minutes": 50}).code == 0
    assert json.loads(waiting("answer", "--json").out)["open"] == []
    assert waiting("answer").out == "" and waiting("answer").err == "Nothing stands open.\n"
    for command in ("show forecast", "show promise", "show s4.partner-time"):
        answer = waiting(*command.split())
        assert "CANARY" not in answer.out
        golden(name_of("answered", command), shown(command, answer))
    assert json.loads(waiting("show", "forecast", "--json").out)["insights"] == ["As feared 0 of 1."]
    for _ in range(4):
        assert waiting("undo").code == 0
    assert len(json.loads(waiting("answer", "--json").out)["open"]) == 4


def test_a_planned_time_is_answered_in_words(waiting: Shell, typed: Shell) -> None:
    for words, left in (("soon\nmissed\n", "missed"), ("ill\n", "cancelled"), ("40m\n", "partly"), ("50\n", "kept")):
        answer = typed("answer", "time", stdin=words)
        assert answer.code == 0, answer
        (past,) = json.loads(typed("plan", "--json").out)["past"]
        assert past["state"] == left
        typed("undo")


@pytest.mark.parametrize("answers", [{}, {"minutes": 5, "missed": True}, {"minutes": "soon"}, {"cancelled": "rain"}])
def test_a_planned_time_takes_one_answer(answers: dict[str, Any], waiting: Shell) -> None:
    answer = give(waiting, "answer time", answers)
    assert answer.code == 2 and answer.out == ""


def test_what_is_let_go_is_closed_without_an_answer(waiting: Shell) -> None:
    for _ in range(4):
        assert waiting("answer", "1", "--let-go").code == 0
    assert json.loads(waiting("answer", "--json").out)["open"] == []
    assert waiting("answer", "1").code == 3
    assert waiting("answer", "--let-go").code == 2
    assert waiting("answer", "forecast").code == 1


def test_a_promise_can_be_changed_before_it_is_due(toward: Shell) -> None:
    toward("add", "s4.promise-keeper")
    give(toward, "log promise", {"text": "t", "due": "tomorrow 18:00"})
    assert json.loads(toward("answer", "--json").out)["open"] == []
    assert give(toward, "answer promise", {"outcome": "renegotiated"}).code == 0
    assert entry(toward, "promise")["outcome"] == "renegotiated"


def test_answers_are_typed_one_by_one(waiting: Shell, typed: Shell) -> None:
    answer = typed("answer", "forecast", stdin="good\nbetter\nthey listened\n\n")
    assert answer.code == 0 and "'good' is not one of" in answer.err
    assert entry(typed, "forecast")["fields"]["outcome"] == "better"
    assert private(typed, "s1.fear-forecast")["learned"] == "they listened"


class Terminal:
    """A real terminal with a command in it."""

    def __init__(self, *argv: str) -> None:
        self._main, child = pty.openpty()
        env = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
        command = [sys.executable, "-m", "tracker", *argv]
        self.process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=env, close_fds=True)
        os.close(child)
        self.seen = ""

    def wait_for(self, text: str, seconds: float = 30) -> None:
        """Read until a text has come after all that was waited for before."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < end, (text, self.seen)
            if select.select([self._main], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self._main, 4096).decode("utf-8", "replace")
                except OSError:
                    break
        assert text in self.seen, (text, self.seen)
        self.seen = self.seen.partition(text)[2]

    def type(self, text: str) -> None:
        """Type some keys."""
        os.write(self._main, text.encode())

    def end(self) -> int:
        """Return the exit code."""
        code = self.process.wait(30)
        os.close(self._main)
        return code


def test_at_a_real_terminal(toward: Shell, home: Path) -> None:
    toward("add", "s1.fear-forecast")
    terminal = Terminal("log", "forecast")
    terminal.wait_for("Initials, never a name")
    terminal.type("work\n")
    terminal.wait_for("What do you fear will happen?")
    terminal.type("they laugh\nand leave\n\x04")
    terminal.wait_for("How likely does it feel?")
    terminal.type("lots\n")
    terminal.wait_for("whole number from 0 to 100")
    terminal.wait_for("How likely does it feel?")
    terminal.type("\n")
    terminal.wait_for("On which day")
    terminal.type("tomorrow\n")
    terminal.wait_for("written down, today")
    assert terminal.end() == 0
    assert private(toward, "s1.fear-forecast")["feared_outcome"] == "they laugh\nand leave"


def test_ctrl_c_at_a_question_leaves_nothing(toward: Shell, home: Path) -> None:
    toward("add", "s1.fear-forecast")
    terminal = Terminal("log", "forecast")
    terminal.wait_for("Initials, never a name")
    terminal.process.send_signal(2)
    assert terminal.end() == 130
    assert json.loads(toward("show", "forecast", "--json").out)["entries"] == []
