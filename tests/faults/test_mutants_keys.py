"""Key files, passphrases, plans and one's own words: to each rule a question that only the real Toward answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unicodedata import normalize
from unittest.mock import patch

from tests.crypt_kit import HEAD, QUICK, quick_locks
from tests.faults import mutants_keys as mutants
from tests.faults.asking import Question, for_each, only_the_real_one_answers
from tests.faults.mutants import Mutant
from tests.services.kit import Bench
from tracker.ledger.errors import BadInput
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.environment import clock
from tracker.services.exchange.transfer import export_json
from tracker.store.crypto import passphrase, vault
from tracker.store.crypto.vault import CannotOpen, StoreKey, unwrap
from tracker.store.errors import StoreDamaged, StoreError, TooLittleMemory, WriteFailed
from tracker.store.events import Draft

WORDS = "vier wörter"


def refuses_a_work_factor_of_forty(_root: Path) -> bool:
    with quick_locks():
        raw = QUICK.passphrase.encrypt(StoreKey.fresh().recovery.encode(), WORDS)
        try:
            unwrap(raw.replace(b"A 1\n", b"A 40\n", 1), WORDS)
        except StoreDamaged as error:
            return "work factor of 40" in error.message
        except StoreError:
            return False
    return False


def refuses_a_second_way_in(_root: Path) -> bool:
    try:
        passphrase.work_factor(HEAD.replace(b"--- mac", b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 40\nbody\n--- mac"), "key")
    except StoreDamaged:
        return True
    return False


def tries_no_flood_of_ways_in(_root: Path) -> bool:
    key, seen = StoreKey.fresh(), list[bytes]()
    stanza = b"-> X25519 " + b"A" * 43 + b"\n" + b"A" * 43 + b"\n"
    raw = b"age-encryption.org/v1\n" + stanza * 20 + b"--- " + b"A" * 43 + b"\n" + bytes(64)

    def watched(tried: bytes, _keys: object) -> bytes:
        seen.append(tried)
        raise QUICK.DecryptError("No matching keys found")

    with patch.object(vault, "_library", lambda: SimpleNamespace(**vars(QUICK) | {"decrypt": watched})):
        try:
            key.open(raw)
        except CannotOpen:
            return not seen
    return False


def refuses_what_looks_like_a_key(_root: Path) -> bool:
    with quick_locks():
        try:
            StoreKey.fresh().wrap("age-secret-key-1 four words")
        except WriteFailed:
            return True
    return False


def opens_from_another_keyboard(_root: Path) -> bool:
    return _opens(lambda key: key.wrap(normalize("NFD", WORDS)))


def opens_what_was_set_before(_root: Path) -> bool:
    return _opens(lambda key: QUICK.passphrase.encrypt(key.recovery.encode(), normalize("NFD", WORDS)))


def _opens(wrapped: Callable[[StoreKey], bytes]) -> bool:
    with quick_locks():
        key = StoreKey.fresh()
        try:
            return unwrap(wrapped(key), normalize("NFC", WORDS)).secrets == key.secrets
        except StoreError:
            return False


def names_a_key_file_that_is_no_text(_root: Path) -> bool:
    with quick_locks():
        text = b"\xff" + StoreKey.fresh().recovery.encode()
        try:
            unwrap(QUICK.passphrase.encrypt(text, WORDS), WORDS)
        except StoreDamaged:
            return True
    return False


def survives_a_library_that_gives_up(_root: Path) -> bool:
    class Panic(BaseException):
        pass

    def work() -> bytes:
        raise Panic

    try:
        passphrase.apart(work, "512 MB")
    except TooLittleMemory:
        return True
    except Panic:
        return False
    return False


def _exported(root: Path, value: dict[str, Any]) -> str:
    """Return an export without private words of a store in which a commitment lies as an older version wrote it."""
    workspace = Bench(root).open()
    plan = Draft("plan|own.x|2026-11-01", {"schedule": "daily"})
    workspace.write("old", lambda: [Draft("commitment|own.x", value), plan])
    return export_json(workspace, private=False).text


OLD = {"title": "Run", "step": "s2", "kind": "check"}


def carries_no_plan_out(root: Path) -> bool:
    return "CANARY" not in _exported(root, OLD | {"if_then": "CANARY"})


def keeps_a_plan_apart(root: Path) -> bool:
    workspace = Bench(root).open()
    lifecycle.add(workspace, "s4.reachable", if_then="CANARY")
    return (workspace.ledger.value("commitment|s4.reachable") or {}).get("private") == {"if_then": "CANARY"}


def carries_out_that_a_question_is_private(root: Path) -> bool:
    row = {"name": "how", "ask": "How?", "type": "number", "low": 0, "high": 9, "private": True}
    return '"private": true' in _exported(root, OLD | {"fields": [row]}).partition("events")[2]


def _planned(root: Path, *plans: tuple[str, str]) -> Workspace:
    """Return a store with commitments that each have one plan: a day and a schedule."""
    drafts = [Draft(f"plan|own.x{place}|{day}", {"schedule": how}) for place, (day, how) in enumerate(plans)]
    facts = [Draft(f"commitment|own.x{place}", OLD | {"title": f"{place}"}) for place in range(len(plans))]
    workspace = Bench(root).open()
    workspace.write("x", lambda: [*drafts, *facts])
    return workspace


def sets_a_plan_of_the_year_one_aside(root: Path) -> bool:
    workspace = _planned(root, ("1899-12-31", "daily"), ("2026-11-01", "daily"))
    return [each.id for each in workspace.ledger.commitments()] == ["own.x1"] and len(workspace.ledger.misread) == 1


def sets_too_many_rules_aside(root: Path) -> bool:
    workspace = _planned(root, *[("1940-01-01", f"rrule FREQ=YEARLY;COUNT={each}") for each in range(1, 6)])
    return len(list(workspace.ledger.commitments())) == 3


def counts_a_century_at_once(root: Path) -> bool:
    workspace = _planned(root, ("1990-01-01", "daily"))
    found = list(workspace.ledger.runs("own.x0", workspace.today))
    return len(found) < 100 and sum(each.times for each in found) > 13_000


def tells_a_clock_that_cannot_be_right(_root: Path) -> bool:
    try:
        clock("9999-12-31T23:59")
    except BadInput as error:
        return "of the years" in error.message
    return False


CAUGHT: list[tuple[Mutant, Question]] = [
    (mutants.any_work_factor, refuses_a_work_factor_of_forty),
    (mutants.several_stanzas, refuses_a_second_way_in),
    (mutants.any_head, tries_no_flood_of_ways_in),
    (mutants.any_words, refuses_what_looks_like_a_key),
    (mutants.as_typed, opens_from_another_keyboard),
    (mutants.composed_only, opens_what_was_set_before),
    (mutants.replaced, names_a_key_file_that_is_no_text),
    (mutants.in_this_process, survives_a_library_that_gives_up),
    (mutants.plans_are_public, carries_no_plan_out),
    (mutants.plans_lie_open, keeps_a_plan_apart),
    (mutants.questions_lose_their_lock, carries_out_that_a_question_is_private),
    (mutants.any_day, sets_a_plan_of_the_year_one_aside),
    (mutants.any_number, sets_too_many_rules_aside),
    (mutants.day_by_day, counts_a_century_at_once),
    (mutants.any_clock, tells_a_clock_that_cannot_be_right),
]


@for_each(CAUGHT)
def test_the_real_one_answers_and_the_mutant_does_not(tmp_path: Path, mutant: Mutant, question: Question) -> None:
    only_the_real_one_answers(tmp_path, mutant, question)
