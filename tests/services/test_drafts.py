"""Words half typed are kept where they are safe, and go with whatever forgets what they belong to."""

from __future__ import annotations

import stat

import pytest

from tests.crypt_kit import PASSPHRASE, holding, quick_locks, unlocked
from tests.services.kit import Bench
from tests.services.test_purge import CANARY, REPLY, TIME, canaries, get
from tracker.ledger import event_keys
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.history import drafts, purge
from tracker.services.safekeeping import encryption, erase


def kept(toward: Workspace) -> list[str]:
    return [each.place for each in drafts.unfinished(toward)]


def keep(toward: Workspace, *places: str) -> None:
    drafts.keep(toward, {place: {"text": CANARY} for place in places})


def test_a_draft_is_kept_by_its_place_and_let_go(bench: Bench, toward: Workspace) -> None:
    drafts.keep(toward, {"note|a|2026-11-23": {"text": "one"}, "numbers|at-hand": {"text": "two"}})
    drafts.keep(toward, {"note|a|2026-11-23": {"text": "three"}})
    found = {each.place: dict(each.words) for each in drafts.unfinished(bench.open())}
    assert found == {"note|a|2026-11-23": {"text": "three"}, "numbers|at-hand": {"text": "two"}}
    assert {stat.S_IMODE(path.stat().st_mode) for path in toward.state.glob("draft-*")} == {0o600}
    assert "a note of today" in drafts.tell(toward, drafts.unfinished(toward))
    drafts.forget(toward, ["note|a|2026-11-23"])
    assert kept(toward) == ["numbers|at-hand"]


@pytest.mark.parametrize("text", ["", "{", '{"draft": {"1": {"place": 3}}}', '{"draft": {"1": {"place": "x"}}}', "[]"])
def test_a_damaged_draft_stops_nothing(toward: Workspace, text: str) -> None:
    keep(toward, "note|a|2026-11-23")
    next(toward.state.glob("draft-*")).write_text(text)
    assert drafts.unfinished(toward) == () and drafts.tell(toward, ()) == ""


def test_purging_forgets_what_was_half_typed_of_it(bench: Bench, toward: Workspace) -> None:
    lifecycle.add(toward, REPLY)
    lifecycle.add(toward, TIME)
    today, note = toward.today, event_keys.note(REPLY, toward.today)
    earlier = "note|s4.reachable|2026-11-20"
    keep(toward, note, f"entry|{REPLY}|new", earlier, f"note|{TIME}|{today}", event_keys.AT_HAND)
    said = purge.purge(toward, purge.note(toward, get(toward), today)).said
    assert "half typed" in said[0] and note not in kept(toward) and len(kept(toward)) == 4
    purge.purge(toward, purge.day(toward, get(toward), today))
    assert f"entry|{REPLY}|new" not in kept(toward) and earlier in kept(toward)
    purge.purge(toward, purge.commitment(toward, REPLY))
    assert sorted(kept(toward)) == sorted([f"note|{TIME}|{today}", event_keys.AT_HAND])
    purge.purge(toward, purge.numbers(toward))
    assert kept(toward) == [f"note|{TIME}|{today}"]
    with pytest.raises(Refused, match="Nothing is kept"):
        purge.purge(toward, purge.numbers(toward))
    bench.clock.go(days=100)
    purge.purge(bench.open(), purge.old_words(bench.open(), "2m"))
    assert canaries(bench) == []


def test_deleting_everything_reaches_drafts(bench: Bench, toward: Workspace) -> None:
    lifecycle.add(toward, REPLY)
    keep(toward, "note|a|2026-11-23")
    erase.delete_everything(erase.plan(toward.data, toward.state))
    assert canaries(bench) == []


def test_a_draft_is_sealed_with_its_store_and_follows_it(bench: Bench, toward: Workspace) -> None:
    with quick_locks():
        lifecycle.add(toward, REPLY)
        keep(toward, "note|a|2026-11-23")
        encryption.encrypt(toward, encryption.prepare(PASSPHRASE))
        assert holding(bench.root, CANARY) == []
        with pytest.raises(Refused, match="encrypted meanwhile"):
            keep(toward, "note|b|2026-11-23")
        opened = bench.open(key=unlocked(bench.data))
        assert kept(opened) == ["note|a|2026-11-23"]
        keep(opened, "note|b|2026-11-23")
        fresh = encryption.prepare("another passphrase", opened.key)
        encryption.rotate(opened, fresh)
        again = bench.open(key=fresh.key)
        assert len(kept(again)) == 2 and holding(bench.root, CANARY) == []
        encryption.decrypt(again)
        assert len(kept(bench.open())) == 2 and not list(toward.state.glob("draft-*.age"))
