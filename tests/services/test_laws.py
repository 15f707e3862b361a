"""Laws that hold for the services as a whole: others stay as they are, carrying is exact, devices agree."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from tests.services.kit import MENDED, Bench, HandClock, figures, fold, on
from tests.services.test_undo import get, lived_in
from tracker.catalogue import templates
from tracker.domain.commitments import Commitment, Kind
from tracker.ledger.errors import BadInput
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle, pauses
from tracker.services.exchange import transfer
from tracker.services.history import history, undo
from tracker.services.logging import lapses, log_entry, notes, one_key, quick_log, repair_plan, skips

CANARY = "kanarienvogel"


@pytest.fixture
def everything(bench: Bench) -> Workspace:
    """Return a store with every commitment of the catalogue, some days old."""
    clock = HandClock(bench.clock.moment - timedelta(days=20))
    lifecycle.add_all(bench.open(clock=clock), [each.id for each in templates()])
    return bench.open()


def amount_for(commitment: Commitment) -> float | None:
    """Return an amount that fits a commitment."""
    return 2.0 if commitment.kind in (Kind.COUNT, Kind.MINUTES, Kind.TASK) and not commitment.outcomes else None


def test_an_entry_of_one_commitment_changes_no_other(everything: Workspace) -> None:
    workspace = everything
    for commitment in list(workspace.ledger.commitments()):
        if commitment.gathers or one_key.asks_first(commitment):
            continue
        before = figures(workspace)
        fields = {"topic": "fears"} if commitment.step in ("s3", "s6") else None
        outcome = commitment.outcomes[0].name if commitment.outcomes else None
        log_entry.done(
            workspace, commitment, (on(workspace, 1), on(workspace, 9)), amount_for(commitment), outcome, fields=fields
        )
        after = figures(workspace)
        gathering = {"s6.four-topics"} if commitment.step == "s6" else set()
        changed = {cid for cid in before if before[cid] != after[cid]}
        assert changed <= {commitment.id} | gathering
        assert commitment.id in changed or not commitment.counts
        assert after == figures(Workspace(workspace.data, workspace.state, workspace.clock))


def test_four_topics_counts_what_was_shared_in_any_commitment_of_its_step(everything: Workspace) -> None:
    workspace = everything
    quick_log.share(workspace, "fears", 2)
    quick_log.share(workspace, "fears", 3)
    log_entry.done(workspace, get(workspace, "s6.invite-theirs"), fields={"topic": "joys"})
    log_entry.done(workspace, get(workspace, "s2.cheer-theirs"), fields={"topic": "dreams"})
    current = workspace.ledger.figures("s6.four-topics", workspace.today).current
    assert current is not None and current.done == 2.0


def test_an_import_twice_changes_nothing(bench: Bench) -> None:
    lived_in(bench)
    text = transfer.export_json(bench.open(), private=True).text
    there = Bench(bench.root / "there", bench.clock).open()

    first = transfer.import_json(there, text)
    whole, events = fold(there), len(there.store.events)
    second = transfer.import_json(there, text)

    assert first.changed and not second.changed
    assert fold(there) == whole == fold(bench.open())
    assert len(there.store.events) == events


def test_export_import_export_is_equal_byte_for_byte(bench: Bench) -> None:
    lived_in(bench)
    workspace = bench.open()
    quick_log.log_time(workspace, 30, note="with words: ü, \u202e and \x1b")
    undo.undo(workspace)
    text = transfer.export_json(workspace, private=True).text
    there = Bench(bench.root / "there", bench.clock)
    transfer.import_json(there.open(), text)

    assert transfer.export_json(there.open(), private=True).text == text
    assert figures(there.open()) == figures(bench.open())
    transfer.import_json(bench.open(), transfer.export_json(there.open(), private=True).text)
    assert transfer.export_json(bench.open(), private=True).text == text


def test_an_export_without_private_words_holds_none_of_them(bench: Bench) -> None:
    lived_in(bench)
    workspace = bench.open()
    reach = get(workspace, "s4.reachable")
    notes.note(workspace, reach, workspace.today, CANARY)
    notes.note(workspace, reach, workspace.today, f"{CANARY} again")
    log_entry.done(workspace, reach, (on(workspace, 6),), note=CANARY)
    log_entry.undone(workspace, reach, (on(workspace, 6),), note=CANARY)
    skips.skip(workspace, reach, (on(workspace, 5),), note=CANARY)
    lapses.lapse(workspace, get(workspace, "s5.no-attacks"), note=CANARY)
    bench.clock.go(hours=1)
    repair_plan.put_right(workspace, get(workspace, "s5.no-attacks"), MENDED, CANARY)
    pauses.pause(workspace, reach, reason=CANARY)
    pauses.resume(workspace, reach)
    quick_log.share(workspace, "fears", 2, note=CANARY)
    quick_log.log_time(workspace, 30, note=CANARY)
    quick_log.stop_timer(workspace, note=CANARY)
    undo.undo(workspace)

    export = transfer.export_json(workspace, private=False)

    assert CANARY not in export.text
    assert export.left_out > 5
    assert CANARY in transfer.export_json(workspace, private=True).text
    assert not any(CANARY in line.summary for line in history.history(workspace, limit=99))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": "toward-events", "schema": 1, "events": [{}]}', "NaN"])
def test_what_is_no_export_changes_nothing(bench: Bench, text: str) -> None:
    lived_in(bench)
    workspace = bench.open()
    before = fold(workspace)
    with pytest.raises(BadInput):
        transfer.import_json(workspace, text)
    assert fold(bench.open()) == before


def _sync(source: Path, to: Path) -> None:
    """Copy the device folders that one data folder has to another, as a sync client does."""
    for device in sorted((source / "devices").iterdir()):
        here = to / "devices" / device.name
        here.mkdir(parents=True, exist_ok=True)
        for path in sorted(device.glob("*.json")):
            known = here / path.name
            if not known.exists() or known.stat().st_size < path.stat().st_size:
                shutil.copy2(path, known)


def _both(root: Path) -> tuple[Bench, Bench]:
    """Return two data folders of one person, on two devices."""
    one, two = Bench(root / "one", HandClock()), Bench(root / "two", HandClock())
    workspace = one.open()
    lifecycle.add_all(workspace, ("s4.reachable", "s4.partner-time", "s5.no-attacks"))
    two.data.mkdir(parents=True)
    shutil.copy2(one.data / "store.json", two.data / "store.json")
    _sync(one.data, two.data)
    return one, two


def _yesterday_and_today(bench: Bench) -> None:
    workspace = bench.open()
    log_entry.done(workspace, get(workspace, "s4.reachable"), (workspace.today, on(workspace, 1)))


def _time(bench: Bench) -> None:
    quick_log.log_time(bench.open(), 30)


def _skip(bench: Bench) -> None:
    workspace = bench.open()
    skips.skip(workspace, get(workspace, "s4.reachable"))


def _edit(bench: Bench) -> None:
    workspace = bench.open()
    lifecycle.edit(workspace, get(workspace, "s4.partner-time"), schedule="60 min per week")


def _clear(bench: Bench) -> None:
    workspace = bench.open()
    log_entry.done(workspace, get(workspace, "s5.no-attacks"))
    lapses.lapse(workspace, get(workspace, "s5.no-attacks"))
    undo.undo(workspace)


@pytest.mark.parametrize("order", list(permutations((_yesterday_and_today, _time, _skip, _edit, _clear), 3))[::3])
def test_two_devices_agree_in_whatever_order_they_meet(
    tmp_path: Path, order: tuple[Callable[[Bench], None], ...]
) -> None:
    one, two = _both(tmp_path)
    early, late = one.open(), two.open()
    for number, act in enumerate(order):
        act((one, two)[number % 2])
        two.clock.go(minutes=-7)
        if number == 1:
            _sync(two.data, one.data)
            early.poll()
    _time(two)

    _sync(two.data, one.data)
    _sync(one.data, two.data)
    for workspace in (early, late):
        workspace.poll()

    assert fold(one.open()) == fold(two.open())
    assert figures(one.open()) == figures(two.open()) == figures(early) == figures(late)
    assert transfer.export_json(one.open(), private=True).text == transfer.export_json(two.open(), private=True).text


def test_two_devices_that_each_add_one_make_two(tmp_path: Path) -> None:
    one, two = _both(tmp_path)
    for bench in (one, two):
        _time(bench)
        workspace = bench.open()
        log_entry.done(workspace, get(workspace, "s4.reachable"))
    _sync(two.data, one.data)
    workspace = one.open()
    current = workspace.ledger.figures("s4.partner-time", workspace.today).current
    assert current is not None and current.done == 60.0
    assert len(workspace.ledger.entries_on("s4.reachable", workspace.today)) == 1
