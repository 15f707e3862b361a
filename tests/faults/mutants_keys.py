"""Key files and passphrases, plans and words of one's own with one rule taken away; the tests must tell each one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tracker.domain.counting import occasions
from tracker.formats import own_json
from tracker.ledger import bounds, private_words
from tracker.ledger.bounds import Bounds
from tracker.services import environment
from tracker.services.commitments import lifecycle
from tracker.store.crypto import passphrase, vault
from tracker.store.crypto.vault import StoreKey


@contextmanager
def any_work_factor() -> Iterator[None]:
    """Stretch a passphrase for as long as a file asks for."""
    with patch.object(passphrase, "MOST_WORK", 10**9):
        yield


@contextmanager
def several_stanzas() -> Iterator[None]:
    """Look only at the first line of a key file, and leave the rest to the library."""
    real = passphrase.work_factor

    def first(raw: bytes, name: str) -> int:
        return real(b"".join(raw.splitlines(keepends=True)[:3]) + b"--- ", name)

    with patch.object(passphrase, "work_factor", first):
        yield


@contextmanager
def any_head() -> Iterator[None]:
    """Try every way in that an age file names, however many there are."""
    with patch.object(vault, "_is_flooded", lambda _raw: False):
        yield


@contextmanager
def any_words() -> Iterator[None]:
    """Take whatever was typed for a new passphrase."""
    with patch.object(passphrase, "trouble", lambda _new: ""):
        yield


@contextmanager
def as_typed() -> Iterator[None]:
    """Set and try a passphrase as the keyboard sent it."""
    with (
        patch.object(passphrase, "as_set", lambda typed: typed),
        patch.object(passphrase, "as_tried", lambda typed: (typed,)),
    ):
        yield


@contextmanager
def composed_only() -> Iterator[None]:
    """Try a passphrase only as it is set today."""
    with patch.object(passphrase, "as_tried", lambda typed: (passphrase.as_set(typed),)):
        yield


@contextmanager
def replaced() -> Iterator[None]:
    """Read a key file's text with a sign in place of what is none."""
    with patch.object(StoreKey, "kept", lambda raw: StoreKey.read(raw.decode("utf-8", "replace"))):
        yield


@contextmanager
def in_this_process() -> Iterator[None]:
    """Leave the whole of Toward to what a library does where memory is short."""

    def here(work: Callable[[], bytes], _needs: str) -> bytes:
        return work()

    with patch.object(passphrase, "apart", here):
        yield


@contextmanager
def plans_are_public() -> Iterator[None]:
    """Take an if-then plan for the catalogue's, whoever wrote it."""
    with patch.object(private_words, "own_plan", lambda _facts: ""):
        yield


@contextmanager
def plans_lie_open() -> Iterator[None]:
    """Keep a person's if-then plan beside what is not private."""
    with patch.object(lifecycle, "with_plan", lambda facts, words: {**facts, "if_then": words}):
        yield


@contextmanager
def questions_lose_their_lock() -> Iterator[None]:
    """Leave out of an export that a question of one's own is private."""
    real = own_json.public

    def public(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: public(part) for name, part in value.items() if name != "private"}
        return [public(part) for part in value] if isinstance(value, list) else real(value)

    with patch.object(own_json, "public", public):
        yield


@contextmanager
def any_day() -> Iterator[None]:
    """Count what is about any day there is."""
    with patch.object(Bounds, "check", lambda *_: None):
        yield


@contextmanager
def any_number() -> Iterator[None]:
    """Set nothing aside, however many there are."""
    with patch.multiple(bounds, MOST_COMMITMENTS=10**9, MOST_PLANS=10**9, MOST_RULES=10**9, MOST_RULE_DAYS=10**12):
        yield


@contextmanager
def day_by_day() -> Iterator[None]:
    """Count years in which nothing happened one day after another."""
    with patch.object(occasions, "FEWEST", 10**9):
        yield


@contextmanager
def any_clock() -> Iterator[None]:
    """Believe a clock whatever year it says."""
    with patch.object(environment, "YEARS", range(1, 10_000)):
        yield
