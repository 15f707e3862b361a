"""Every real JSON answer has exactly the fields that docs/json.md says, of the types it says."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Shell

Tables = dict[str, dict[str, str]]


def documented() -> Tables:
    """Return the tables of the page: for each heading its fields with their types."""
    tables: Tables = {}
    name = ""
    for line in (ROOT / "docs" / "json.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            name = line[3:].strip()
        elif found := re.match(r"\| `([^`]+)` \| ([^|]+) \|", line):
            assert name
            tables.setdefault(name, {})[found[1]] = found[2].strip()
    return tables


TABLES = documented()


def hold(value: Any, kind: str, where: str) -> None:
    """Assert that a value is what the page says at `where`."""
    if kind.startswith("list of "):
        assert isinstance(value, list), where
        for number, each in enumerate(value):
            hold(each, kind.removeprefix("list of "), f"{where}[{number}]")
    elif kind.endswith(" or null"):
        if value is not None:
            hold(value, kind.removesuffix(" or null"), where)
    elif kind == "day":
        assert date.fromisoformat(value).isoformat() == value, where
    elif kind == "moment":
        assert datetime.fromisoformat(value).tzinfo is not None, where
    elif kind in ("string", "integer", "number", "boolean"):
        types: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float)}
        assert type(value) in types.get(kind, (bool,)), where
    elif kind != "any":
        fields = TABLES[kind]
        assert isinstance(value, dict), where
        needed = {name for name, kind in fields.items() if ", if " not in kind}
        assert needed <= set(value) <= set(fields), f"{where}: {set(value) ^ set(fields)}"
        for name, each in value.items():
            hold(each, fields[name].partition(", if ")[0], f"{where}.{name}")


ANSWERS = [
    ("today", "today"),
    ("today --day yesterday", "today"),
    ("streaks", "streaks"),
    ("list --archived", "list"),
    ("show reply", "show"),
    ("show reply --notes", "show"),
    ("show attacks", "show"),
    ("show promise", "show"),
    ("history", "history"),
    ("answer", "open"),
    ("plan", "planned"),
    ("log --fields attacks", "fields"),
    ("card --level 1", "card"),
    ("add --list", "catalogue"),
    ("review day", "review"),
    ("review week", "review"),
    ("review month", "review"),
    ("set", "settings"),
    ("encrypt --dry-run", "change"),
    ("paths", "paths"),
    ("help", "help"),
    ("version", "version"),
    ("completion fish", "completion"),
    ("time", "time now"),
    ("log", "askers"),
    ("safety", "safety"),
    ("about", "about"),
    ("export --private", "export"),
    ("export", "export"),
    ("done small-things 1", "change"),
    ("undone small-things", "change"),
    ("undo", "change"),
    ("redo", "change"),
    ("reply", "change"),
    ("skip small-things", "change"),
    ("lapse attacks --handled", "change"),
    ("time 20", "change"),
    ("plan tomorrow 19:00 60m", "change"),
    ("plan", "planned"),
    ("plan move fri 19:00 60m", "change"),
    ("plan sat 19:00 60m weekly", "change"),
    ("plan cancel sat", "change"),
    ("plan stop 2026-12-05", "change"),
    ("plan", "planned"),
    ("card --pass fears-1", "change"),
    ("add s1.fear-forecast", "change"),
    ('log forecast < {"feared_outcome":"CANARY","likelihood":70,"follow_up_at":"today"}', "change"),
    ("answer", "open"),
    ("today", "today"),
    ("show time", "show"),
    ('answer forecast < {"outcome":"better"}', "change"),
    ("undo", "change"),
    ("answer forecast --let-go", "change"),
    ("share joys", "change"),
    ("add s1.take-it-in", "change"),
    ("add s2.caring-act s2.voice-mine", "change"),
    ("edit small-things --target 2", "change"),
    ("pause all", "change"),
    ("resume all", "change"),
    ("set day-ends-at 04:00", "change"),
    ("archive small-things", "change"),
    ("delete small-things", "change"),
    ("purge s4.partner-time --yes", "change"),
]


def test_every_answer_is_as_documented(young: Shell) -> None:
    for command, name in ANSWERS:
        typed, _, stdin = command.partition(" < ")
        answer = young(*typed.split(), "--json", stdin=stdin)
        assert answer.code == 0, (command, answer)
        value = json.loads(answer.out)
        assert value["schema"] == 1
        hold(value, name, command)


def test_the_demo_is_as_documented(toward: Shell, tmp_path: Path) -> None:
    hold(json.loads(toward("demo", "--json").out), "demo", "demo")
    kept = toward("demo", "--keep", str(tmp_path / "kept"), "--json")
    hold(json.loads(kept.out), "kept demo", "kept demo")


def test_an_import_is_as_documented(young: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(young("export", "--private").out, "utf-8")
    for _ in range(2):
        answer = young("--data", str(tmp_path / "new"), "import", str(tmp_path / "a.json"), "--json")
        hold(json.loads(answer.out), "change", "import")


def test_what_the_streaks_must_hold(young: Shell) -> None:
    rows = {row["commitment"]: row for row in json.loads(young("streaks", "--json").out)["streaks"]}
    assert rows["s4.reachable"]["streak"] == 7
    assert rows["s4.reachable"]["consistency"] == pytest.approx((1 - 0.5 ** (7 / 13)) * 100, abs=1e-9)
    assert rows["own.small-things"]["consistency"] is None
    assert rows["own.small-things"]["state"] == "open"


@pytest.mark.parametrize("argv", [("--json", "today"), ("today", "--json")])
def test_json_may_stand_before_and_after_the_command(argv: tuple[str, ...], toward: Shell) -> None:
    assert json.loads(toward(*argv).out)["day"] == "2026-11-23"


@pytest.mark.parametrize("command", ["done nothing", "done reply --day 2026-13-40", "nonsense", "undo", "time soon"])
def test_an_error_leaves_standard_output_empty(command: str, toward: Shell) -> None:
    answer = toward(*command.split(), "--json")
    assert answer.out == "" and answer.code in (1, 2, 3)
    assert answer.err.startswith("toward: ") and answer.err.count("toward: ") >= 1


def test_notes_stay_out_of_answers_that_did_not_ask_for_them(young: Shell) -> None:
    looks = [command for command, name in ANSWERS if name != "change" and "--notes" not in command]
    for command in looks:
        if "--private" not in command:
            assert "CANARY" not in young(*command.split(), "--json").out, command
            assert "CANARY" not in young(*command.split()).out, command
    assert "CANARY" in young("show", "reply", "--notes").out
    assert "CANARY" in young("export", "--private").out
