"""One word, one meaning: what code, docs and messages no longer say, and the right word for it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "tracker").rglob("*.py"))
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "SECURITY.md", ROOT / "CONTRIBUTING.md"]

NAMES = {
    "Toward": "Workspace",
    "Book": "Ledger",
    "Drawer": "CommitmentState",
    "Carry": "Checkpoint",
    "Locksmith": "EncryptionScreen",
    "Closing": "GuardedScreen",
    "Page": "DataScreen",
    "Bridge": "StoreWorker",
    "Choose": "ChoiceDialog",
    "Ask": "LineDialog",
    "Write": "NoteDialog",
    "Show": "TextDialog",
    "Way": "NextStep",
    "Summary": "StreakCache or PeriodSummary",
    "Standing": "ReviewProgress or StoreStatus",
    "Doom": "RemovalPlan",
    "doomed": "plan_removal",
    "drawer": "state, of a commitment",
    "sealed": "archived_months, encrypted or submitted",
    "look": "examine, preview, poll, fetch or tick",
    "AtHand": "Activation",
    "at_hand": "ensure_active",
    "is_sealed": "is_encrypted or is_encrypted_file",
    "put_by": "set_aside",
    "astray": "unrelated_folder_hint",
    "say_as_it_is": "print_verbatim",
}
"""Names in the source, and those that took their place."""

PHRASES = {
    r"\bis none of '": "invalid choice: 'x' (choose from ...)",
    r"\bgoes by '": "no such commitment: 'x'",
    r"\bThere is no (command|day|card|backup number|number|entry number) ": "no such ...: 'x'",
    r"\bis not something to say here": "unrecognized argument: 'x'",
    r"\b(enter|ctrl\+s) keeps it\b": "saves",
    r"\besc leaves it\b": "esc cancels, esc closes",
    r"\btakes? (it|them) up again\b|\btaken up again\b": "resume",
    r"\bput (it |a commitment )?away for good\b": "archive",
    r"\bthrows? (it|them) away\b": "discard",
    r"\bbest runs?\b|\bruns go on\b|\brun and consistency\b": "streak",
    r"\bno whole path\b": "not an absolute path",
}
"""What messages and docs no longer say, as patterns, and what they say."""


def texts(source: str) -> Iterator[str]:
    """Yield the texts of a module that may be shown: all but its docstrings."""
    tree = ast.parse(source)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def found_in(text: str) -> dict[str, str]:
    """Return the phrases of before that a text holds, and the right ones."""
    return {found[0]: right for wrong, right in PHRASES.items() if (found := re.search(wrong, text))}


def test_no_module_uses_a_word_of_before() -> None:
    wrong: dict[str, dict[str, str]] = {}
    for path in SOURCES:
        source = path.read_text("utf-8")
        tokens = tokenize.generate_tokens(io.StringIO(source).readline)
        used = {token.string for token in tokens if token.type == tokenize.NAME}
        here = {name: NAMES[name] for name in used & NAMES.keys()}
        for text in texts(source):
            here |= found_in(text)
        if here:
            wrong[str(path.relative_to(ROOT))] = here
    assert wrong == {}


def test_no_page_uses_a_word_of_before() -> None:
    assert {path.name: here for path in PAGES if (here := found_in(path.read_text("utf-8")))} == {}


def test_a_word_of_before_is_noticed() -> None:
    assert found_in("'x' is none of 'a', 'b'") and found_in("toward: No commitment goes by 'x'.")
    assert not found_in("invalid choice: 'x' (choose from a, b)")
