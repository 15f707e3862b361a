"""What the main commands print, held against files that a person can read."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Answer, Shell

EMPTY = ["today", "streaks", "list", "history", "set", "undo", "done reply", "safety", "about", "today --json"]
YOUNG = [
    "today",
    "today --day sat",
    "today --json",
    "streaks",
    "streaks --json",
    "list",
    "list --json",
    "show reply",
    "show small-things",
    "show attacks",
    "show promise",
    "history",
    "history small-things -n 2",
    "done e",
    "done nothing-like-this",
    "done reply --day 2026-13-40",
    "add --list s4",
    "add volunteer",
    "pause all --to 2026-11-30",
    "export",
]
DEMO = ["today", "streaks", "show s4.reachable", "show s4.partner-time", "list"]


def shown(command: str, answer: Answer) -> str:
    """Return an answer as it would stand in a terminal, with ids that change from run to run made plain."""
    text = f"$ toward {command}\n{answer.out}"
    if answer.err:
        text += f"--- standard error ---\n{answer.err}"
    if answer.code:
        text += f"--- exit code {answer.code} ---\n"
    text = re.sub(r"\b[0-9a-f]{32}\b", "<id>", text)
    return re.sub(r'"t": [0-9]+', '"t": <time>', text)


def name_of(store: str, command: str) -> str:
    return f"{store}-" + re.sub(r"[^a-z0-9.]+", "-", command).strip("-")


@pytest.mark.parametrize("command", EMPTY)
def test_an_empty_store(command: str, toward: Shell, golden: Callable[[str, str], None]) -> None:
    golden(name_of("empty", command), shown(command, toward(*shlex.split(command))))


def test_a_young_store(young: Shell, golden: Callable[[str, str], None]) -> None:
    for command in YOUNG:
        if command == "export":
            answer = young("export")
            assert answer.err == "1 entry has private words, which were left out. With them: --private\n"
            continue
        golden(name_of("young", command), shown(command, young(*shlex.split(command))))


def test_a_year_old_store(toward: Shell, demo_year: Path, golden: Callable[[str, str], None]) -> None:
    for command in DEMO:
        answer = toward("--data", str(demo_year), *shlex.split(command))
        golden(name_of("demo", command), shown(command, answer))


@pytest.mark.parametrize("command", ["today", "streaks", "list", "add --list", "safety"])
def test_lines_fit_80_columns(command: str, toward: Shell, demo_year: Path) -> None:
    answer = toward("--data", str(demo_year), *shlex.split(command))
    assert max(len(line) for line in answer.out.splitlines()) <= 80
