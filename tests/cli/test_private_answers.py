"""What somebody answered for their own eyes is in the store, and in nothing that was not asked for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.answers import CANARY, filled
from tests.cli.conftest import NOW, Answer, type_in
from tracker.catalogue import more, templates
from tracker.catalogue.model import Template
from tracker.domain.fields import Field, Type
from tracker.ledger.commitment_fields import part_fields
from tracker.services.environment import state_of

EVERY = (*templates(), *more())
LATER = "2026-11-25T20:15:00+01:00"
SPRING = "2027-03-02T20:15:00+01:00"
LOOKS = ("today", "streaks", "list --archived", "history -n 400", "answer", "plan", "export", "set", "paths")


@dataclass(frozen=True)
class Lived:
    """A store in which every form was filled in and every question answered, and all that was printed."""

    data: Path
    state: Path
    said: dict[tuple[str, ...], Answer]

    def look(self, *argv: str) -> Answer:
        return self.said[argv]

    def entries(self, kind: str, cid: str) -> list[dict[str, Any]]:
        """Return the values of a commitment's entries in an export of a kind."""
        events = json.loads(self.said[("export", *(["--private"] if kind else []))].out)["events"]
        return [event["v"] for event in events if event["key"].startswith(f"entry|{cid}|") and event["v"]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Return such a store, made once."""
    folder = tmp_path_factory.mktemp("lived")
    said: dict[tuple[str, ...], Answer] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))

        def run(*argv: str, answers: object = None, now: str = NOW) -> Answer:
            stdin = "" if answers is None else json.dumps(answers)
            answer = type_in(patch, ["--data", str(folder / "data"), *argv], stdin, now)
            assert answer.code == 0, (argv, answer)
            return answer

        for each in EVERY:
            run("add", each.id)
        for each in EVERY:
            asked = [field for field in each.fields if not field.later]
            if asked:
                answer = run("log", each.id, "--json", answers=filled(asked, each.id))
                said[("log", each.id)] = answer
        run("plan", "tomorrow 19:00 60m")
        run("plan", "wed 21:00 60m")
        run("plan", "cancel", "tomorrow", "--reason", "self-protection")
        for command in (*LOOKS, *(f"show {each.id}" for each in EVERY)):
            argv = tuple(command.split())
            said[(*argv, "--json")] = run(*argv, "--json", now=LATER)
            said[argv] = run(*argv, now=LATER)
        waiting = json.loads(said[("answer", "--json")].out)["open"]
        for each in waiting[: len(waiting) // 2]:
            known = {field.name: field for field in (*part_fields(), *_template(each["commitment"]).fields)}
            fields = [known[name] for name in each["fields"]]
            number = json.loads(run("answer", "--json", now=LATER).out)["open"][0]["number"]
            said[("answered", each["commitment"], each["due"], *each["fields"])] = run(
                "answer", str(number), "--json", answers=filled(fields, each["commitment"]), now=LATER
            )
        said[("export", "--private")] = run("export", "--private", now=LATER)
        said[("export",)] = run("export", now=LATER)
        for _ in range(2):
            said[("today", "in spring")] = run("today", now=SPRING)
            run("done", "s4.reachable", "--day", "today", now=SPRING)
    return Lived(folder / "data", state_of(folder / "data", folder / "state" / "toward"), said)


def _template(cid: str) -> Template:
    return next(each for each in EVERY if each.id == cid)


def _secret(each: Template) -> list[Field]:
    return [field for field in each.fields if field.private]


def test_there_are_42_and_the_further_shelf() -> None:
    assert len(templates()) == 42 and more()


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_private_answers_are_kept_and_not_told(each: Template, lived: Lived) -> None:
    stored = "".join(path.read_text("utf-8") for path in lived.data.rglob("*.json"))
    asked = [field for field in _secret(each) if not field.later]
    for field in asked:
        if field.type in (Type.TEXT, Type.LINE):
            assert f"{CANARY} {each.id} {field.name}" in stored
    values = lived.entries("", each.id)
    assert all("private" not in value for value in values)
    names = {field.name for field in _secret(each)}
    told = json.loads(lived.look("show", each.id, "--json").out)["entries"]
    for value in (*values, *told):
        assert not names & (value.get("fields") or {}).keys()
    if asked:
        assert any(names & value.get("private", {}).keys() for value in lived.entries("private", each.id))
    for argv in (("show", each.id), ("show", each.id, "--json"), ("log", each.id)):
        if argv in lived.said:
            assert CANARY not in lived.said[argv].out + lived.said[argv].err


def test_nothing_that_looks_tells_a_private_answer(lived: Lived) -> None:
    for argv, answer in lived.said.items():
        if argv != ("export", "--private"):
            assert CANARY not in answer.out + answer.err, argv
            assert "self-protection" not in answer.out + answer.err, argv
    assert CANARY in lived.look("export", "--private").out


def test_that_somebody_was_afraid_is_private_too(lived: Lived) -> None:
    assert "afraid" not in lived.look("export").out
    assert "someone_afraid" in lived.look("export", "--private").out


def test_what_was_answered_later_is_kept_and_not_told(lived: Lived) -> None:
    answered = [argv for argv in lived.said if argv[0] == "answered"]
    stored = "".join(path.read_text("utf-8") for path in lived.data.rglob("*.json"))
    marks = [
        f"{CANARY} {cid} {field.name}"
        for _, cid, _, *names in answered
        for field in _secret(_template(cid))
        if field.name in names and field.type in (Type.TEXT, Type.LINE)
    ]
    assert marks and [mark for mark in marks if mark not in stored] == []


def test_private_words_are_in_the_months_and_in_no_other_file(lived: Lived) -> None:
    root = lived.data.parent
    found = {path for path in root.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()}
    months = {*root.rglob("devices/*/20??-??.json"), *root.rglob("backups/*.zip")}
    assert found and found <= months, [str(path.relative_to(root)) for path in found - months]
    named = [path for path in root.rglob("*") if CANARY in path.name]
    assert not named


def test_the_summary_holds_no_private_answer(lived: Lived) -> None:
    found = [path for path in lived.state.rglob("*") if path.is_file() and "backups" not in path.parts]
    assert any(path.name == "summary.json" for path in found)
    for path in found:
        text = path.read_text("utf-8")
        assert CANARY not in text and "self-protection" not in text, path


def test_what_was_asked_in_autumn_can_be_answered_in_spring(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    """A summary that leaves private answers out loses none: what stood open is closed with all that was there."""
    monkeypatch.setenv("XDG_STATE_HOME", str(lived.state.parents[1]))

    def run(*argv: str, stdin: str = "") -> Answer:
        answer = type_in(monkeypatch, ["--data", str(lived.data), *argv], stdin, SPRING)
        assert answer.code == 0, answer
        return answer

    waiting = json.loads(run("answer", "--json").out)["open"]
    first = next(each for each in waiting if "missed" not in each["fields"])
    each = _template(first["commitment"])
    known = {field.name: field for field in (*part_fields(), *each.fields)}
    fields = [known[name] for name in first["fields"]]
    run("answer", str(first["number"]), "--json", stdin=json.dumps(filled(fields, each.id)))
    events = json.loads(run("export", "--private").out)["events"]
    values = [event["v"] for event in events if event["key"].startswith(f"entry|{each.id}|") and event["v"]]
    before, after = values[0], values[-1]
    assert {name: after.get("private", {}).get(name) for name in before.get("private", {})} == before.get("private", {})
