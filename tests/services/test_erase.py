"""Delete everything, and forget old words: nothing of ours is left, nothing of others goes, nothing half comes back."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest

from tests.services.kit import Bench, figures
from tests.services.test_purge import CANARY, REPLY, TIME, canaries, get
from tracker.ledger.errors import BadInput, Damaged, Refused, TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.history import purge
from tracker.services.logging import log_entry, notes, quick_log
from tracker.services.safekeeping import backups, erase
from tracker.store.events import Draft


@pytest.fixture
def lived(bench: Bench) -> Workspace:
    """Return a store of two devices with backups, and a file of somebody else in its folder."""
    two = bench.open("two")
    workspace = bench.open()
    lifecycle.add(workspace, REPLY)
    log_entry.done(workspace, get(workspace), note=CANARY)
    two.poll()
    quick_log.log_time(two, 5) if two.ledger.get(TIME) else lifecycle.add(two, TIME)
    backups.back_up_now(workspace)
    (workspace.data / "mine.txt").write_text("mine")
    (workspace.data / ".stignore").write_text("mine")
    return bench.open()


def test_only_what_is_ours_goes(bench: Bench, lived: Workspace) -> None:
    plan = erase.plan(lived.data, lived.state)
    said = " ".join(erase.describe(plan))
    assert "mine.txt" in said and "backup --to" in said and str(lived.state) in said
    erased = erase.delete_everything(plan)
    assert [path.name for path in sorted(lived.data.rglob("*"))] == [".stignore", "mine.txt"]
    assert not lived.state.exists()
    assert [path for path in canaries(bench) if "state-two" not in str(path)] == [], "other computers are not reached"
    assert {path.name for path in erased.foreign} == {".stignore", "mine.txt"}
    with pytest.raises(Refused, match="No store of Toward"):
        erase.plan(lived.data, lived.state)
    with pytest.raises(Refused, match="holds other files"):
        bench.open()
    (lived.data / "mine.txt").unlink()
    assert bench.open().is_new, "it can be begun anew"


def test_a_folder_that_is_not_ours_or_newer_is_refused(bench: Bench, lived: Workspace, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    with pytest.raises(Refused, match="No store of Toward"):
        erase.plan(tmp_path / "photos", tmp_path / "nothing")
    (lived.data / "store.json").write_text('{"format": 99, "store": "x"}')
    with pytest.raises(Damaged, match="Update Toward"):
        erase.plan(lived.data, lived.state)
    assert canaries(bench)


UNLINK = Path.unlink


class Killed(BaseException):
    """The process died."""


def test_killed_at_any_point_it_never_comes_back_half_and_can_be_finished(bench: Bench) -> None:
    at = 0
    while True:
        here = Bench(bench.root / str(at), bench.clock)
        workspace = here.open()
        lifecycle.add(workspace, REPLY)
        log_entry.done(workspace, get(workspace), note=CANARY)
        backups.back_up_now(workspace)
        whole = set(here.open().store.winners)
        left = [at]

        def unlink(self: Path, missing_ok: bool = False, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            UNLINK(self, missing_ok)

        try:
            with patch.object(Path, "unlink", unlink):
                erase.delete_everything(erase.plan(workspace.data, workspace.state))
        except Killed:
            pass
        else:
            break
        try:
            assert set(here.open().store.winners) in (whole, set())
        except TowardError as error:
            assert "store.json" in error.message
            erase.delete_everything(erase.plan(workspace.data, workspace.state))
            assert canaries(here) == []
        at += 1
    assert at >= 5


def test_old_words_go_and_their_numbers_stay(bench: Bench, workspace: Workspace) -> None:
    for cid in (REPLY, TIME):
        lifecycle.add(workspace, cid)
    first = workspace.today
    notes.note(workspace, get(workspace), first, CANARY)
    quick_log.log_time(workspace, 40, None, "walk")
    value = {"day": first.isoformat(), "amount": 20, "private": {"text": CANARY, "urge": 7, "said": [CANARY, 2]}}
    workspace.write(
        "log", lambda: [Draft(f"entry|{TIME}|x", value), Draft(f"entry|{TIME}|y", value | {"asks": ["text"]})]
    )
    backups.back_up_now(workspace)
    bench.clock.go(days=400)
    notes.note(workspace, get(workspace), workspace.today, "recent words")
    before = figures(workspace)
    assert purge.old_words(workspace, "24m").keys == ()
    removal = purge.old_words(workspace, "12m")
    assert CANARY not in removal.about and removal.events >= 1
    purge.purge(workspace, removal)
    again = bench.open()
    assert notes.read_note(again, REPLY, first) == ""
    assert notes.read_note(again, REPLY, again.today) == "recent words"
    assert figures(again) == before == figures(bench.recounted())
    assert not purge.old_words(again, "12m").keys
    assert again.store.winners[f"entry|{TIME}|x"]["v"] == value | {"private": {"urge": 7, "said": [2]}}
    assert again.store.winners[f"entry|{TIME}|y"]["v"] == value | {"asks": ["text"]}, "it still asks something"
    again.write("let go", lambda: [Draft(f"entry|{TIME}|y", value)])
    purge.purge(again, purge.old_words(again, "12m"))
    assert canaries(bench) == [] and figures(bench.recounted()) == before
    for bad in ("", "0m", "a year", "12"):
        with pytest.raises(BadInput):
            purge.old_words(again, bad)
