"""In a narrow terminal every answer is read without a line that runs over, and no id or amount is cut."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.conftest import Shell
from tests.unit.test_cells import SIGNS
from tracker.cli.output import wrapped

COMMANDS = (
    "today", "streaks", "list", "add --list", "show reply", "show attacks", "history", "answer", "plan", "log", "time",
    "log --fields attacks", "card --anyway", "review week", "review month", "set", "safety", "about", "doctor", "help",
    "help done", "done small-things", "time 20", "undo", "backup", "restore --dry-run", "export --nonsense",
    "done nothing-like-this-at-all", "add Own --step s9 --kind check", "done s4", "demo --print",
)  # fmt: skip


@pytest.mark.parametrize("columns", [40, 45, 60])
def test_no_line_of_any_answer_runs_over(young: Shell, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    young("add", "Call my sister on Sundays and then also the others", "--step", "s4")
    monkeypatch.setenv("COLUMNS", str(columns))
    long: list[tuple[str, str]] = []
    for command in COMMANDS:
        answer = young(*command.split())
        for line in (answer.out + answer.err).splitlines():
            if cell_len(line) > columns and len(line.split()) > 1:
                long.append((command, line))
    assert long == []


@pytest.mark.parametrize("columns", [30, 45, 80, 100])
def test_ids_amounts_and_schedules_are_never_cut(young: Shell, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    young("add", "Call my sister on Sundays and then also the others", "--step", "s4", "--schedule", "every 3 days")
    whole = young("list", "--json").out
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = young("list").out
    for found in re.findall(r'"commitment": "([^"]+)"', whole):
        assert found in shown.split(), found
    assert all(sentence in shown for sentence in ("daily", "120 min per week", "every 3 days"))
    today = young("today").out
    assert "90 of 120 min" in today and "2 of 3" in today


@pytest.mark.parametrize("columns", [45, 60, 80])
def test_columns_are_straight_whatever_a_title_is_written_in(
    young: Shell, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    for number, (text, _, _) in enumerate(SIGNS.values()):
        # A number, as some of these are one name in two ways to write it.
        assert young("add", f"Say {text} {text} {number}", "--step", "s4", "--schedule", "daily").code == 0
    monkeypatch.setenv("COLUMNS", str(columns))
    for command in ("today", "streaks", "list"):
        rows = [line for line in young(command).out.splitlines() if re.search(r"\bSay ", line)]
        assert len(rows) == len(SIGNS)
        if columns == 80:
            assert {cell_len(re.split(r"  +(?=open|○|daily)", line)[0] + " ") <= 80 for line in rows} == {True}
            ends = {cell_len(line[: re.search(r"open|○|daily", line).start()]) for line in rows}  # type: ignore[union-attr]
            assert len(ends) == 1, (command, rows)


def test_a_pipe_keeps_its_width(young: Shell, tmp_path: Path) -> None:
    assert max(cell_len(line) for line in young("today").out.splitlines()) == 80


def test_words_are_wrapped_at_blanks_alone() -> None:
    assert wrapped("  one two three four", 12) == ["  one two", "    three", "    four"]
    assert wrapped("a/long/path/that/has/no/blank and more", 10) == ["a/long/path/that/has/no/blank", "  and more"]
