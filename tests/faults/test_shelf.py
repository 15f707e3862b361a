"""The shelf of backups: packed, thinned out, purged and sealed anew; cut short anywhere, each backup can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.crypt_kit import PASSPHRASE, unlocked
from tests.faults.crash_model import Disk, Tree, left_behind
from tests.faults.folders import Desk, no_waiting_for_the_disk, put
from tests.faults.recorder import Call, recording
from tests.faults.scale import SCALE
from tests.faults.test_purge import KEYS, canaries, purge
from tests.faults.test_purge import put as put_canary
from tests.faults.totals import record
from tests.shelf_kit import files_in, members, spoil_month
from tracker.store.backup.backups import back_up, copy_to, damaged_in, read_folder
from tracker.store.backup.copies import BACKUPS, all_copies, list_backups, set_backup_aside
from tracker.store.backup.packs import PACK, RECENT, Packs
from tracker.store.backup.shelving import pack, thin_out
from tracker.store.crypto.vault import StoreKey
from tracker.store.encryption.conversion import Conversion
from tracker.store.encryption.unlocking import vault_at
from tracker.store.log.shards import Reader
from tracker.store.store import Store

pytestmark = pytest.mark.usefixtures("quick_locks")

States = Callable[[Disk], Iterator[Tree]]
Held = dict[str, frozenset[str]]
"""The ids of the entries in each backup, by its moment."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def folder(store: Store) -> Path:
    return store.state / BACKUPS


def held_in(shelf: Path, key: StoreKey | None = None) -> Held:
    """Return what every backup that is not damaged holds, as a restore would read it."""
    found: Held = {}
    for each in list_backups(shelf):
        contents = read_folder(each.path, vault_at(each.path, key)).values()
        if not any(one.trouble for one in contents):
            found[each.moment] = frozenset(event["id"] for one in contents for event in one.events)
    return found


def lived(desk: Desk, first: int = 9, *, folders: bool = False) -> Store:
    """Return a store with months of entries up to November, each backed up at its end."""
    for month in range(first, 12):
        desk.now = desk.now.replace(month=month)
        store = desk.open()
        put_canary(store, KEYS[0])
        put_canary(store, "note|b", "stays")
        if folders:
            copy_to(store.source(), folder(store), desk.now)
        else:
            back_up(store.source(), folder(store), desk.now)
    return desk.open()


def test_backups_of_an_older_version_are_packed_with_all_they_hold(desk: Desk) -> None:
    store = lived(desk, folders=True)
    shelf = folder(store)
    before, order = held_in(shelf), [(each.moment, each.order) for each in list_backups(shelf)]
    inside = {
        each.moment: {str(path.relative_to(each.path)): path.read_bytes() for path in each.path.rglob("*.json")}
        for each in list_backups(shelf)
    }
    many = sum(path.is_file() for path in shelf.rglob("*"))
    assert pack(shelf) == 3
    assert held_in(shelf) == before and [(each.moment, each.order) for each in list_backups(shelf)] == order
    assert {each.moment: files_in(each.path) for each in list_backups(shelf)} == inside
    assert sum(path.is_file() for path in shelf.rglob("*")) == 4 < many and pack(shelf) == 0


def test_what_nobody_can_read_of_an_older_backup_keeps_it_as_it_is(desk: Desk) -> None:
    store = lived(desk, folders=True)
    middle = list_backups(folder(store))[1].path
    with pytest.MonkeyPatch.context() as patch:
        real = Path.stat

        def refuse(path: Path, **how: bool) -> object:
            if middle in path.parents and path.name.startswith("2026"):
                raise PermissionError(13, "Permission denied")
            return real(path, **how)

        patch.setattr(Path, "stat", refuse)
        assert pack(folder(store)) == 2
    assert middle.is_dir() and len(list_backups(folder(store))) == 3
    assert pack(folder(store)) == 1


def test_a_pack_whose_list_is_cut_off_is_named_read_and_written_anew(desk: Desk) -> None:
    store = lived(desk)
    shelf, before = folder(store), held_in(folder(store))
    cut = (shelf / RECENT).read_bytes()[:-40]
    (shelf / RECENT).write_bytes(cut)
    assert held_in(shelf) == before, "every month in it is read all the same"
    assert {reason for each in damaged_in(list_backups(shelf)).values() for _, reason in map(_told, each)} == {
        "needs months-recent.zip, which is damaged"
    }
    back_up(store.source(), shelf, desk.now)
    assert not damaged_in(list_backups(shelf)) and before.items() <= held_in(shelf).items()
    (aside,) = shelf.glob("months*.damaged-*")
    assert aside.read_bytes() == cut, "and not a byte of it goes"


def _told(damage: object) -> tuple[Path, str]:
    return damage.path, damage.reason  # type: ignore[attr-defined]


def test_a_spoilt_month_spoils_each_backup_that_shares_it_and_the_next_whole_look_heals_all(desk: Desk) -> None:
    store = lived(desk)
    shelf, before = folder(store), held_in(folder(store))
    newest = list_backups(shelf)[0].path
    name = spoil_month(newest, "2026-10", lambda raw: raw.replace(b"stays", b"strays"))
    spoilt = damaged_in(list_backups(shelf))
    assert {each.path.name for damages in spoilt.values() for each in damages} == {"2026-10.json"}
    assert read_folder(newest)[name].trouble == "is not what was backed up"
    back_up(store.source(), shelf, desk.now)
    assert damaged_in(list_backups(shelf)), "what did not change is not read again every hour"
    back_up(store.source(), shelf, desk.now, deep=True)
    assert not damaged_in(list_backups(shelf)) and before.items() <= held_in(shelf).items()


def test_a_backup_that_is_set_aside_keeps_all_it_needs(desk: Desk) -> None:
    store = lived(desk)
    aside = set_backup_aside(list_backups(folder(store))[0])
    kept = files_in(aside)
    purge(store, "note|nothing")
    for hours in range(30):
        back_up(store.source(), folder(store), desk.now + timedelta(hours=hours))
        thin_out(folder(store), desk.now + timedelta(hours=hours))
    assert files_in(aside) == kept and any(each.damaged for each in all_copies(folder(store)))


def test_many_months_go_from_the_small_pack_into_the_large_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.store.backup.packs.SMALL", 900)
    store = lived(desk, first=3)
    packs = [set(members(folder(store) / name)) for name in (PACK, RECENT) if (folder(store) / name).exists()]
    assert sum(map(len, packs)) == 8 == len(set().union(*packs)) and (folder(store) / PACK).exists()
    assert len(held_in(folder(store))) == 9 and not damaged_in(list_backups(folder(store)))


def test_what_no_backup_needs_leaves_the_packs_and_nothing_does_where_that_cannot_be_told(desk: Desk) -> None:
    store = lived(desk)
    shelf = folder(store)
    Packs(shelf).add({"0" * 64: b"garbage"})
    newest = list_backups(shelf)[0].path
    raw = newest.read_bytes()
    newest.write_bytes(raw.replace(b'"files"', b'"fules"'))
    purge(store, "note|nothing")
    assert Packs(shelf).holds("0" * 64)
    newest.write_bytes(raw)
    purge(store, KEYS[0])
    assert not Packs(shelf).holds("0" * 64) and canaries(desk.root) == []


def test_the_lock_is_kept_with_the_backups_of_an_encrypted_store(desk: Desk) -> None:
    store = lived(desk)
    key = StoreKey.fresh()
    Conversion(store.data, store.state, store.device).begin(key, key.wrap(PASSPHRASE))
    lock = {name: (store.data / name).read_bytes() for name in ("store.json", "identity.age")}
    assert lock.items() <= files_in(list_backups(folder(store))[0].path).items()
    names = [name for each in list_backups(folder(store)) for name in files_in(each.path) if "/2026" in name]
    assert len(names) == 6 and all(name.endswith(".json.age") for name in names)
    packed = members(folder(store) / RECENT)
    assert len(packed) == 2 and all(raw.startswith(b"age-encryption.org/v1") for raw in packed.values())


def _next(desk: Desk, store: Store) -> None:
    """Close a month, make a backup, thin out: what any hour may do."""
    desk.now = desk.now.replace(month=12)
    put_canary(desk.open(), "note|b", "december")
    back_up(desk.open().source(), folder(store), desk.now)
    thin_out(folder(store), desk.now)


def _pack(desk: Desk, store: Store) -> None:
    pack(folder(store))


def _purge(desk: Desk, store: Store) -> None:
    purge(store, KEYS[0])


def _encrypt(desk: Desk, store: Store) -> None:
    key = StoreKey.fresh()
    Conversion(store.data, store.state, store.device).begin(key, key.wrap(PASSPHRASE))


STEPS: dict[str, tuple[Callable[[Desk, Store], None], bool, int, int]] = {
    "next": (_next, False, 1, 1),
    "pack": (_pack, True, 1, 11),
    "purge": (_purge, False, 1, 5),
    "encrypt": (_encrypt, False, 4, 61),
}
"""What is done, whether over backups as older versions made them, and one of how many kills and power cuts is tried."""

PARTS = {"encrypt": 6 if SCALE > 1 else 1}
"""Into how many tests a long step is cut, so that two processes share it."""


def record_step(root: Path, name: str) -> tuple[list[Call], Held]:
    """Return the calls of a step over backups, and what each held before it."""
    step, folders, _, _ = STEPS[name]
    root.mkdir()
    with recording(root) as trace:
        desk = Desk(root)
        store = lived(desk, first=10, folders=folders)
        before = held_in(folder(store))
        trace.note("begun")
        step(desk, store)
        trace.note("done")
    return trace.calls, before


def verdicts(
    calls: list[Call], before: Held, states: States, live: Path, *, one_of: int = 1, part: int = 0, parts: int = 1
) -> Iterator[str | None]:
    """Yield for every different state since the step began what is wrong with the backups, or None."""
    with no_waiting_for_the_disk():
        for root, _ in left_behind(calls, states, live, since="begun", one_of=one_of, part=part, parts=parts):
            yield _problem(root, before)


def _problem(root: Path, before: Held) -> str | None:
    shelf = root / "one" / BACKUPS
    now = held_in(shelf, unlocked(root / "data"))
    if lost := [moment for moment, ids in before.items() if now.get(moment) != ids]:
        return f"cannot be read, or holds something else: {lost}"
    store = Store.open(root / "data", root / "one", lambda: Desk(root).now, key=unlocked(root / "data"))
    put(store, "next")
    back_up(store.source(), shelf, Desk(root).now, deep=True)
    pack(shelf)
    if damaged := damaged_in(list_backups(shelf), Reader(store.vault)):
        return f"damaged: {damaged}"
    return "something half is left" if list(shelf.glob(".*.tmp")) else None


@pytest.mark.parametrize("states", [Disk.after_kill, Disk.after_power_cut], ids=["kill", "power"])
@pytest.mark.parametrize(("step", "part"), [(step, part) for step in STEPS for part in range(PARTS.get(step, 1))])
def test_cut_short_at_any_point_each_backup_can_be_read(tmp_path: Path, step: str, part: int, states: States) -> None:
    live = tmp_path / "live"
    calls, before = record_step(live, step)
    assert len(before) == 2
    _, _, kills, cuts = STEPS[step]
    one_of = 1 if SCALE > 1 else cuts if states is Disk.after_power_cut else kills
    found = list(verdicts(calls, before, states, live, one_of=one_of, part=part, parts=PARTS.get(step, 1)))
    assert [each for each in found if each] == [] and len(found) >= 8
    record("kill states" if states is Disk.after_kill else "power states", len(found))
