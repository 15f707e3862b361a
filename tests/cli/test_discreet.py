"""Discreet: letters for steps, codes for titles, dots for one's own words; what is data stays data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tracker.catalogue import steps
from tracker.domain.text import discreet_mode

LOOKS = ("today", "streaks", "list", "history", "show zebra", "answer", "plan", "done zebra", "undo", "redo", "why")


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    yield
    discreet_mode.draw(False)


@pytest.fixture
def lived(young: Shell) -> Shell:
    """Return the shell of a young store with a title, a plan, a note and a line that nobody is to read."""
    own = ("--step", "s2", "--kind", "check", "--schedule", "daily", "--if-then")
    assert young("add", "Zebra talk", *own, stdin="If zebra\n").code == 0
    assert young("done", "zebra", "--note", stdin="CANARY zebra words\n").code == 0
    assert young("log", "my-why", "--json", stdin=json.dumps({"reason": "CANARY zebra why"})).code == 0
    young("plan", "sat 19:00 60m")
    young("reply")
    young("undo")
    return young


def private(lived: Shell) -> list[str]:
    """Return every title and name of a step that is not to be seen."""
    titles = [each["title"] for each in json.loads(lived("list", "--json").out)["commitments"]]
    return [*titles, "CANARY", *(each.name for each in steps()), *(each.name.upper() for each in steps())]


@pytest.mark.parametrize("look", LOOKS)
def test_no_title_no_step_and_no_word_is_told(lived: Shell, look: str) -> None:
    hidden = private(lived)
    answer = lived("--discreet", *look.split())
    assert answer.code == 0, answer
    said = answer.out + answer.err
    assert not [each for each in hidden if each in said], said
    assert "zebra" not in said.lower()


def test_a_code_names_a_commitment_and_stays_with_it(lived: Shell) -> None:
    lived("set", "discreet", "on")
    line = next(line for line in lived("list").out.splitlines() if "B 2" in line)
    assert line.startswith("•••")
    assert lived("undone", "b2").out.startswith("B 2: ") and lived("done", "B 2").out.startswith("B 2: done")
    assert lived("done", "zebra").out.startswith("B 2: "), "its own name is still understood"
    lived("add", "Another", "--step", "s2", "--kind", "check", "--schedule", "daily")
    assert lived("show", "b2").out.startswith("B 2\n"), "another one does not move it"
    wrong = lived("done", "nothing")
    assert wrong.err.startswith("notes: ") and "Zebra" not in wrong.err and "own." not in wrong.err


def test_the_setting_and_the_word_for_one_command(lived: Shell, home: Path) -> None:
    assert "not from somebody who controls" in lived("set", "discreet", "on").out
    assert "Zebra" not in lived("today").out and "Zebra" in lived("today", "--no-discreet").out
    assert lived("why").out == "•••\n" and "zebra why" in lived("why", "--no-discreet").out
    assert "zebra words" not in lived("show", "zebra", "--notes").out
    assert "by its name" in lived("set", "discreet", "off").out and "Zebra" in lived("today").out
    assert lived("set", "discreet", "perhaps").code == 2
    assert "toward set discreet on" in lived("set", "discreet").err


def test_json_and_exports_stay_data_and_nothing_stored_is_a_code(lived: Shell, home: Path) -> None:
    before = {path: path.read_bytes() for path in (home / "data").rglob("*.json")}
    plain = [lived(*argv).out for argv in (("today", "--json"), ("list", "--json"), ("export",))]
    lived("set", "discreet", "on")
    assert plain == [lived(*argv).out for argv in (("today", "--json"), ("list", "--json"), ("export",))]
    lived("today")
    assert before == {path: path.read_bytes() for path in (home / "data").rglob("*.json")}
    lived("edit", "zebra", "--schedule", "2 per week")
    lived("archive", "zebra")
    lived("resume", "zebra")
    lived("set", "discreet", "off")
    assert "Zebra talk" in lived("list").out and "If zebra" in lived("export", "--private").out
    assert not [path for path in home.rglob("*.json") if "B 2" in path.read_text("utf-8")]


def test_the_latest_entries_tell_no_tag_no_topic_and_no_outcome(lived: Shell) -> None:
    assert lived("time", "45m", "--tag", "zebra").code == 0
    assert lived("share", "fears", "2").code == 0
    promise = json.dumps({"text": "CANARY zebra promise", "due": "tomorrow 18:00"})
    assert lived("log", "s4.promise-keeper", "--json", stdin=promise).code == 0
    plain = " ".join(lived("show", cid).out for cid in ("s4.partner-time", "s6.weekly-share", "s4.promise-keeper"))
    assert all(word in plain for word in ("zebra", "fears", "promised")), plain
    for cid in ("s4.partner-time", "s6.weekly-share", "s4.promise-keeper"):
        said = lived("show", cid, "--discreet").out
        assert "•••" in said.partition("Lately")[2], said
        assert not [word for word in ("zebra", "fears", "promise") if word in said.lower()], said
