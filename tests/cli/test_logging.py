"""Logging: what each command takes, says, and leaves behind."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.cli.conftest import Shell
from tracker.cli.session import Session


def streak(toward: Shell, cid: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = json.loads(toward("streaks", "--json").out)["streaks"]
    return next(row for row in rows if row["commitment"] == cid)


def entries(toward: Shell, what: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(toward("show", what, "--json").out)["entries"]
    return found


def test_a_first_day(toward: Shell) -> None:
    for command in ("add s4.reachable", "done reply", "time 45m", "share fears 2", "streaks --json", "undo", "history"):
        answer = toward(*command.split())
        assert answer.code == 0, (command, answer)
    assert "(undone)" in toward("history").out
    assert streak(toward, "s4.reachable")["streak"] == 1
    assert entries(toward, "time")[0]["amount"] == 45


def test_partner_time_is_taken_on_by_logging_it(toward: Shell) -> None:
    answer = toward("time", "1h30")
    assert answer.out.startswith("Added 'Keep our time together': 120 min per week.\n")
    assert "1 h 30 min logged, today" in answer.out
    assert toward("undo").code == 0
    assert json.loads(toward("list", "--json").out)["commitments"] == []


@pytest.mark.parametrize(
    ("day", "logged"),
    [
        ("today", ["2026-11-23"]),
        ("yesterday", ["2026-11-22"]),
        ("sat", ["2026-11-21"]),
        ("-2", ["2026-11-21"]),
        ("2026-11-20", ["2026-11-20"]),
        ("2026-11-20..2026-11-22", ["2026-11-20", "2026-11-21", "2026-11-22"]),
        ("-2..-1", ["2026-11-21", "2026-11-22"]),
        ("-1..", ["2026-11-22", "2026-11-23"]),
    ],
)
@pytest.mark.parametrize("glued", [False, True])
def test_days(day: str, logged: list[str], glued: bool, toward: Shell) -> None:
    toward("add", "s4.reachable")
    answer = toward("done", "reply", f"--day={day}") if glued else toward("done", "reply", "--day", day)
    assert answer.code == 0, answer
    assert [entry["day"] for entry in entries(toward, "reply")] == logged


@pytest.mark.parametrize("day", ["2026-13-40", "2026-02-30", "soon", "", "today..yesterday", "2020-01-01..today", "-"])
def test_a_day_that_is_none_is_a_usage_error(day: str, toward: Shell) -> None:
    toward("add", "s4.reachable")
    answer = toward("done", "reply", "--day", day)
    assert answer.code == 2 and answer.out == ""
    assert answer.err.startswith("toward: ") and answer.err.count("\n") == 1


def test_a_day_to_come_is_refused(toward: Shell) -> None:
    toward("add", "s4.reachable")
    for command in ("done reply --day tomorrow", "today --day tomorrow", "lapse reply --day tomorrow"):
        assert toward(*command.split()).code == 1


def test_an_amount_is_read_by_what_the_commitment_counts(young: Shell) -> None:
    assert "promise: " not in young("done", "promise", "renegotiated").err
    assert {entry["outcome"] for entry in entries(young, "promise")} == {"promised", "renegotiated"}
    assert "45 min logged" in young("done", "s4.partner-time", "45m").out
    assert "2.5 more" in young("done", "small-things", "2.5").out
    assert entries(young, "reply")[-1]["amount"] == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("done small-things some", "'some' is not an amount"),
        ("done small-things 0", "0 is not an amount"),
        ("done small-things 1e9", "'1e9' is not an amount"),
        ("done small-things nan", "'nan' is not an amount"),
        ("done small-things -1", "'-1' is not an amount"),
        ("done s4.partner-time", "say how many"),
        ("done s4.partner-time 25h", "not between"),
        ("done promise maybe", "Invalid outcome of"),
        ("reply some", "'some' is not a number of replies"),
        ("reply ²", "'²' is not a number of replies"),
        ("time --tag walk", "How long?"),
        ("time soon", "'soon' is not a duration"),
        ("time start --tag walk", "takes neither"),
        ("share money", "Invalid topic"),
        ("share fears 6", "A depth goes from 1"),
        ("share fears deep", "'deep' is not a depth"),
        ("skip reply --reason tired", "Invalid reason"),
        ("skip reply --reason ill --take-back", "neither a reason nor"),
        ("lapse attacks --handled --put-right", "not allowed with"),
        ("lapse attacks --put-right --day yesterday", "leave --day out"),
        ("done", "See: toward done --help"),
        ("done reply --dya mon", "Unrecognized argument: '--dya'. See: toward done --help"),
        ("why reply", "toward show WHAT"),
        ("today --day", "Argument --day: expected one argument. See: toward today --help"),
        ("review year", "Invalid choice: 'year' (choose from "),
        ("share", "What was it about"),
        ("edit reply --schedule", "Argument --schedule: expected one argument"),
        ("frobnicate", "No such command: 'frobnicate'"),
        ("streks", "Did you mean 'streaks'?"),
        ("history -n many", "is not a number of lines"),
        ("history -n 0", "-n takes 1 or more"),
        ("history -n -3", "is not a number of lines"),
        ("log --day mon", "Of what?"),
        ("dashbord", "Did you mean 'streaks'?"),
        ("journal", "toward show WHAT --notes"),
        ("help frobnicate", "No such command: 'frobnicate'. See: toward help"),
        ("completion csh", "(choose from bash, zsh, fish)"),
        ("edit reply", "Say what to change"),
        ("edit reply --schedule sometimes", "is not a schedule"),
        ("edit reply --target x", "'x' is not a target"),
        ("edit reply --target 0", "A target is 1 or more"),
        ("add Own --step s9 --kind check", "Invalid step"),
        ("add Own --step s4 --kind daily", "Invalid kind"),
        ("add Zzz", "--step s4"),
        ("add Own --kind check", "Which step"),
        ("add s4.call-back --step s4", "Those of the catalogue have them"),
        ("add", "Name one of the catalogue"),
        ("add --list s9", "Invalid step"),
        ("set week-start", "What shall"),
        ("set bedtime 22:00", "Invalid setting"),
        ("set day-ends-at 25:00", "is not a time of day"),
        ("--json", "--json belongs to a command"),
        ("", "The app needs a terminal"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_changes_nothing(command: str, said: str, young: Shell) -> None:
    before = young("export", "--private").out
    answer = young(*command.split())
    assert said in answer.err, answer
    assert answer.code == (3 if command == "add Zzz" else 2)
    assert answer.out == "" and answer.err.count("\n") == 1 and answer.err.startswith("toward: ")
    assert young("export", "--private").out == before


def test_candidates_are_listed(young: Shell) -> None:
    answer = young("done", "keep")
    assert answer.code == 3 and answer.out == ""
    lines = answer.err.splitlines()
    assert lines[0] == "toward: 'keep' could be 2 commitments. Name one by its id:"
    assert [line.split()[0] for line in lines[1:]] == ["s4.partner-time", "s4.promise-keeper"]


def test_the_catalogue_is_named_where_it_has_what_was_meant(young: Shell) -> None:
    answer = young("done", "caring")
    said = "No such commitment: 'caring'. The catalogue has 's2.caring-act': toward add s2.caring-act"
    assert (answer.code, answer.err) == (3, f"toward: {said}\n")


def test_an_archived_one_says_how_to_take_it_up_again(young: Shell) -> None:
    young("archive", "reply")
    answer = young("done", "s4.reachable")
    assert answer.code == 3
    assert answer.err == (
        "toward: 'Reply to messages in my own window' is archived. To resume it: toward resume s4.reachable\n"
    )
    assert young("resume", "reply").code == 0
    assert young("done", "reply").code == 0


def test_repeating_a_check_changes_nothing(young: Shell) -> None:
    answer = young("done", "reply")
    assert answer.code == 0 and "Nothing changed" in answer.out


def test_what_was_logged_can_be_taken_back(young: Shell) -> None:
    assert "1 less" in young("undone", "small-things", "1").out
    assert young("undone", "small-things").code == 0
    assert entries(young, "small-things") == []
    assert young("undone", "small-things").code == 1


def test_skips(young: Shell) -> None:
    assert young("skip", "small-things", "--take-back", "--day", "yesterday").code == 0
    assert young("skip", "small-things", "--take-back", "--day", "yesterday").code == 1


def test_a_lapse_is_met_with_what_can_be_done(young: Shell) -> None:
    answer = young("lapse", "attacks")
    assert "it happened, today" in answer.out
    assert "Once it is done: toward lapse s5.no-attacks --put-right" in answer.err
    assert "toward safety" in answer.err
    assert young("lapse", "reply").code == 1


def test_what_will_be_put_right_is_asked_only_at_a_terminal(young: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "ask me tomorrow" not in young("lapse", "attacks", stdin="CANARY\n").err
    young("undo")
    monkeypatch.setattr(Session, "can_ask", property(lambda _: True))
    for argv in (("--handled",), ("--json",), ("--day", "sun..today")):
        assert "ask me tomorrow" not in young("lapse", "attacks", *argv, stdin="CANARY\n").err
        young("undo")
    for stdin in ("", "\n"):
        left = young("lapse", "attacks", stdin=stdin)
        assert left.code == 0 and left.err.count("empty: ask me tomorrow") == 1
        young("undo")
    long = "CANARY" * 20_000
    told = young("lapse", "attacks", stdin=f"{long}\nCANARY the tone, wed 18:00\n")
    assert (
        told.code == 0
        and "holds at most 100,000 characters; this one has" in told.err
        and "It is asked Wed 25 Nov 18:00." in told.err
    )
    assert "CANARY" not in told.out + told.err + young("export").out and "CANARY" in young("export", "--private").out


def test_harm_is_headlined_by_moments(young: Shell) -> None:
    for command in ("today", "streaks"):
        line = next(line for line in young(command).out.splitlines() if "Fight fair" in line)
        assert re.search(r"1 handled, 1 happened, 1 (put )?right$", line)


def test_the_timer(toward: Shell) -> None:
    assert toward("time", "start", now="2026-11-23T19:00+01:00").code == 0
    assert "The timer runs since 19:00." in toward("today").out
    assert toward("time", "start").code == 1
    assert "75 min logged" in toward("time", "stop").out
    assert toward("time", "stop").code == 1
    assert toward("time", "start").code == 0
    assert "30 min logged" in toward("time", "stop", "30m").out
    assert toward("time", "start").code == 0
    assert "nothing was logged" in toward("time", "stop", "--discard").out


def test_a_timer_left_on_is_asked_about_at_a_terminal_and_refused_without_one(
    toward: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    morning = "2026-11-24T09:00+01:00"
    toward("plan", "today 20:00 60m", now="2026-11-23T19:00+01:00")
    assert toward("time", "start", now="2026-11-23T20:00+01:00").code == 0
    for more in ((), ("--json",)):
        answer = toward("time", "stop", *more, stdin="CANARY", now=morning)
        assert (answer.code, answer.out) == (1, "")
        assert answer.err == (
            "toward: The timer ran 13 h. It goes on running: how long was it really? "
            "toward time stop 45m, or toward time stop --discard\n"
        )
    monkeypatch.setattr(Session, "can_ask", property(lambda _: True))
    answer = toward("time", "stop", stdin="", now=morning)
    assert answer.code == 1 and "How long was it really? 45m, or 0 to log nothing [60m]: " in answer.err
    answer = toward("time", "stop", stdin="soon\n\n", now=morning)
    assert answer.code == 0 and "60 min logged, yesterday" in answer.out
    assert toward("undo", now=morning).code == 0
    assert "nothing was logged" in toward("time", "stop", stdin="0\n", now=morning).out


@pytest.mark.parametrize(
    "command", ["time start 45m", "time start --discard", "time 5 6", "time 5 --discard", "time stop 5 --discard"]
)
def test_what_stop_takes_goes_with_stop_alone(command: str, toward: Shell) -> None:
    before = toward("export").out
    assert toward(*command.split()).code == 2
    assert toward("export").out == before


def test_a_day_holds_24_hours(toward: Shell) -> None:
    assert toward("time", "20h").code == 0
    answer = toward("time", "5h")
    assert answer.code == 1 and "5 h more would be over 24 hours. Nothing was saved." in answer.err


def test_a_note_and_what_it_goes_with_are_one_operation(toward: Shell) -> None:
    toward("add", "s4.reachable")
    answer = toward("done", "reply", "--note", stdin="it was hard\nand good\n")
    assert answer.out.splitlines()[-1] == "Your note is kept."
    assert json.loads(toward("show", "reply", "--notes", "--json").out)["notes"] == [
        {"day": "2026-11-23", "text": "it was hard\nand good"}
    ]
    assert toward("undo").code == 0
    found = json.loads(toward("show", "reply", "--notes", "--json").out)
    assert found["notes"] == [] and found["entries"] == []


def test_an_empty_note_is_none(toward: Shell) -> None:
    toward("add", "s4.reachable")
    answer = toward("done", "reply", "--note", stdin=" \n")
    assert answer.code == 0 and "The note was empty" in answer.err


@pytest.mark.parametrize(
    "command",
    ["done reply", "undone reply", "skip small-things", "lapse attacks", "time 5", "reply 2", "share joys"],
)
def test_every_logging_command_keeps_a_note(command: str, young: Shell) -> None:
    answer = young(*command.split(), "--note", stdin="words for me")
    assert answer.code == 0 and answer.out.endswith("Your note is kept.\n"), answer


def test_undo_and_redo_across_processes(young: Shell) -> None:
    assert "Undone." in young("undo").out
    assert "Done again." in young("redo").out
    assert young("redo").code == 1
