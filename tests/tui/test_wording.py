"""The vocabulary of care: some words are in no sentence that a person can read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tracker

ROOT = Path(tracker.__file__).parent
NEVER = re.compile(r"\b(fail(s|ed|ing|ure|ures)?|cheat days?|broken|bad|should|toxic|needy)\b", re.IGNORECASE)
PLACES = sorted(
    path
    for folder in ("tui", "present", "services", "ledger", "cli", "catalogue", "domain", "store", "formats")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".toml", ".txt")
)


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Yield what a file may show: its string literals without docstrings, or the whole of a text."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), 1)
        return
    tree = ast.parse(text)
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    } | {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value


def said(text: str) -> bool:
    """Return whether a text is words for people, and not an identifier."""
    return not re.fullmatch(r"[\w.|#:/-]*", text)


@pytest.mark.parametrize("path", PLACES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_scolds(path: Path) -> None:
    found = [f"{path.name}:{line}: {text}" for line, text in sentences(path) if said(text) and NEVER.search(text)]
    assert not found


def test_the_test_can_see() -> None:
    assert NEVER.search("You failed again") and NEVER.search("A Bad day") and not NEVER.search("badge")
    assert any(text.startswith("q leaves Toward") for _, text in sentences(ROOT / "tui/screens/today.py"))
