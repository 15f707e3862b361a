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


def kept(workspace: Workspace) -> list[str]:
    return [each.place for each in drafts.unfinished(workspace)]


def keep(workspace: Workspace, *places: str) -> None:
    drafts.keep(workspace, {place: {"text": CANARY} for place in places})


def test_a_draft_is_kept_by_its_place_and_let_go(bench: Bench, workspace: Workspace) -> None:
    drafts.keep(workspace, {"note|a|2026-11-23": {"text": "one"}, "numbers|at-hand": {"text": "two"}})
    drafts.keep(workspace, {"note|a|2026-11-23": {"text": "three"}})
    found = {each.place: dict(each.words) for each in drafts.unfinished(bench.open())}
    assert found == {"note|a|2026-11-23": {"text": "three"}, "numbers|at-hand": {"text": "two"}}
    assert {stat.S_IMODE(path.stat().st_mode) for path in workspace.state.glob("draft-*")} == {0o600}
    assert "a note of today" in drafts.tell(workspace, drafts.unfinished(workspace))
    drafts.forget(workspace, ["note|a|2026-11-23"])
    assert kept(workspace) == ["numbers|at-hand"]


@pytest.mark.parametrize("text", ["", "{", '{"draft": {"1": {"place": 3}}}', '{"draft": {"1": {"place": "x"}}}', "[]"])
def test_a_damaged_draft_stops_nothing(workspace: Workspace, text: str) -> None:
    keep(workspace, "note|a|2026-11-23")
    next(workspace.state.glob("draft-*")).write_text(text)
    assert drafts.unfinished(workspace) == () and drafts.tell(workspace, ()) == ""


def test_purging_forgets_what_was_half_typed_of_it(bench: Bench, workspace: Workspace) -> None:
    lifecycle.add(workspace, REPLY)
    lifecycle.add(workspace, TIME)
    today, note = workspace.today, event_keys.note(REPLY, workspace.today)
    earlier = "note|s4.reachable|2026-11-20"
    keep(workspace, note, f"entry|{REPLY}|new", earlier, f"note|{TIME}|{today}", event_keys.AT_HAND)
    said = purge.purge(workspace, purge.note(workspace, get(workspace), today)).lines
    assert "half typed" in said[0] and note not in kept(workspace) and len(kept(workspace)) == 4
    purge.purge(workspace, purge.day(workspace, get(workspace), today))
    assert f"entry|{REPLY}|new" not in kept(workspace) and earlier in kept(workspace)
    purge.purge(workspace, purge.commitment(workspace, REPLY))
    assert sorted(kept(workspace)) == sorted([f"note|{TIME}|{today}", event_keys.AT_HAND])
    purge.purge(workspace, purge.numbers(workspace))
    assert kept(workspace) == [f"note|{TIME}|{today}"]
    with pytest.raises(Refused, match="Nothing is kept"):
        purge.purge(workspace, purge.numbers(workspace))
    bench.clock.go(days=100)
    purge.purge(bench.open(), purge.old_words(bench.open(), "2m"))
    assert canaries(bench) == []


def test_deleting_everything_reaches_drafts(bench: Bench, workspace: Workspace) -> None:
    lifecycle.add(workspace, REPLY)
    keep(workspace, "note|a|2026-11-23")
    erase.delete_everything(erase.plan(workspace.data, workspace.state))
    assert canaries(bench) == []


def test_a_draft_is_sealed_with_its_store_and_follows_it(bench: Bench, workspace: Workspace) -> None:
    with quick_locks():
        lifecycle.add(workspace, REPLY)
        keep(workspace, "note|a|2026-11-23")
        encryption.encrypt(workspace, encryption.prepare(PASSPHRASE))
        assert holding(bench.root, CANARY) == []
        with pytest.raises(Refused, match="encrypted meanwhile"):
            keep(workspace, "note|b|2026-11-23")
        opened = bench.open(key=unlocked(bench.data))
        assert kept(opened) == ["note|a|2026-11-23"]
        keep(opened, "note|b|2026-11-23")
        fresh = encryption.prepare("another passphrase", opened.key)
        encryption.rotate(opened, fresh)
        again = bench.open(key=fresh.key)
        assert len(kept(again)) == 2 and holding(bench.root, CANARY) == []
        encryption.decrypt(again)
        assert len(kept(bench.open())) == 2 and not list(workspace.state.glob("draft-*.age"))
