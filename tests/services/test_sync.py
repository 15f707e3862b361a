"""Several devices meet by way of a folder or a real git repository; whatever goes wrong, nothing is lost."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from tests.services.sync_kit import CID, Devices, bare, begin, contents, tree
from tracker.ledger.errors import BadInput, Busy, Damaged, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange import sync
from tracker.services.history import purge
from tracker.services.logging import notes
from tracker.store.exchange import places
from tracker.store.exchange.places import Folder
from tracker.store.files import exclusive, read_plain
from tracker.store.identity import identity
from tracker.store.limits import LITTLE
from tracker.store.log import shards

pytestmark = pytest.mark.usefixtures("plain_git")


@pytest.fixture(params=["folder", "git"])
def devices(request: pytest.FixtureRequest, tmp_path: Path) -> Devices:
    """Return devices that meet in a folder, and in a repository."""
    if request.param == "git":
        return Devices(tmp_path, bare(tmp_path / "between.git"))
    (tmp_path / "stick").mkdir()
    return Devices(tmp_path, tmp_path / "stick")


@pytest.fixture
def stick(tmp_path: Path) -> Devices:
    """Return devices that meet in a folder."""
    (tmp_path / "stick").mkdir()
    return Devices(tmp_path, tmp_path / "stick")


def test_two_devices_end_up_with_the_same(devices: Devices) -> None:
    begin(devices)
    devices.log("one", "words of one")
    devices.clock.go(minutes=1)
    devices.log("two", "words of two")
    for name in ("one", "two", "one"):
        done = sync.exchange(devices.open(name))
    assert [each.name for each in done.came] == [
        os.uname().nodename
    ] and done.summary == "2 changes came in, 0 changes went out."
    assert devices.export("one") == devices.export("two")
    assert sync.exchange(devices.open("two")).summary == "Nothing new on either side."
    assert devices.open("one").warnings == devices.open("two").warnings == ()
    workspace = devices.open("one")
    assert len(notes.note_versions(workspace, CID, workspace.today)) == 2


def test_a_look_says_what_would_move_and_changes_nothing(devices: Devices) -> None:
    begin(devices)
    one, two = devices.log("one", "CANARY"), devices.log("two")
    sync.exchange(one)
    before = tree(devices.root)
    found = sync.preview(two)
    assert tree(devices.root) == before
    assert [(each.device, each.month, each.events) for each in found.came] == [(one.store.device, "2026-11", 2)]
    assert [(each.device, each.month, each.events) for each in found.went] == [(two.store.device, "2026-11", 1)]
    assert "CANARY" not in repr(found)
    done = sync.exchange(two)
    assert (done.came, done.went) == (found.came, found.went)


def test_a_look_from_a_new_device_makes_no_store_of_it(devices: Devices) -> None:
    begin(devices)
    new = Workspace.at(devices.root / "new", devices.root / "new-state", devices.clock, make=False)
    sync.choose(new, str(devices.place))
    with pytest.raises(Refused, match="toward sync --join"):
        sync.preview(new)
    found = sync.preview(new, join=True)
    assert found.joined and found.came and not found.went and not new.data.exists()
    assert sync.exchange(new, join=True).came == found.came


def test_a_purge_travels_and_no_old_copy_undoes_it(devices: Devices) -> None:
    begin(devices)
    devices.log("one", "CANARY")
    for name in ("one", "two"):
        sync.exchange(devices.open(name))
    old = tree(devices.root / "two")
    one = devices.open("one")
    commitment = one.ledger.get(CID)
    assert commitment is not None
    purge.purge(one, purge.note(one, commitment, one.today))
    for name in ("one", "two"):
        sync.exchange(devices.open(name))
    assert not any(b"CANARY" in raw for name in ("one", "two") for raw in tree(devices.root / name).values())
    assert not any(b"CANARY" in raw for raw in contents(devices.place).values())
    for name, raw in old.items():
        (devices.root / "two" / name).write_bytes(raw)
    for name in ("two", "one"):
        sync.exchange(devices.open(name))
        assert "CANARY" not in devices.export(name)
    assert not any(b"CANARY" in raw for raw in contents(devices.place).values())
    assert not any(b"CANARY" in raw for raw in tree(devices.root / "one").values())


def test_a_place_that_lost_its_store_is_refused(devices: Devices) -> None:
    begin(devices)
    shutil.rmtree(devices.place)
    with pytest.raises((Refused, Damaged), match=r"not there|no repository"):
        sync.exchange(devices.open("one"))
    bare(devices.place) if devices.place.suffix else devices.place.mkdir()
    before = tree(devices.root)
    for use in (sync.exchange, sync.preview):
        with pytest.raises(Refused, match="empty or not mounted"):
            use(devices.open("one"))
    assert {name: raw for name, raw in tree(devices.root).items() if ".lock" not in name} == {
        name: raw for name, raw in before.items() if ".lock" not in name
    }
    workspace = devices.open("one")
    sync.forget(workspace)
    sync.choose(workspace, str(devices.place))
    assert sync.exchange(workspace).went, "asked for, it is filled anew"


def test_a_data_folder_that_lost_its_store_is_refused(devices: Devices) -> None:
    begin(devices)
    workspace = devices.open("two")
    (devices.root / "two" / "store.json").unlink()
    with pytest.raises(Damaged, match="is missing, and what was saved lies beside it"):
        sync.exchange(workspace)


def test_another_store_is_joined_only_on_request_and_then_for_all(devices: Devices) -> None:
    begin(devices)
    with pytest.raises(Refused, match="To take part in it"):
        devices.meet("three", join=False)
    own = devices.open("four")
    lifecycle.add(own, "s2.turn-toward")
    with pytest.raises(Refused, match="another store"):
        devices.meet("four", join=False)
    assert sync.preview(devices.open("four"), join=True).joined
    devices.meet("four")
    for name in ("one", "two"):
        devices.meet(name, join=False)
    devices.meet("four", join=False)
    stores = {identity.read_marker(devices.root / name) for name in ("one", "two", "four")}
    assert len(stores) == 1
    assert devices.export("one") == devices.export("two") == devices.export("four")


def test_joining_is_the_same_in_any_order() -> None:
    a, b, c = (identity.Marker(1, name) for name in "abc")
    assert (
        a.joined(b).joined(c) == c.joined(a.joined(b)) == b.joined(c).joined(a) == identity.Marker(1, "a", ("b", "c"))
    )
    assert a.joined(a) == a and a.joined(b).joined(a) == a.joined(b)


def test_a_file_that_is_not_whole_waits(stick: Devices) -> None:
    begin(stick)
    one = stick.log("one")
    sync.exchange(one)
    path = stick.place / "devices" / one.store.device / "2026-11.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    two = stick.open("two")
    done = sync.exchange(two)
    assert done.waiting == (f"devices/{one.store.device}/2026-11.json",) and not done.came
    assert path.read_bytes() == whole[:-5]
    path.write_bytes(whole)
    assert sync.exchange(two).came


@pytest.mark.parametrize("error", [errno.EIO, errno.EMFILE, errno.EACCES, None])
@pytest.mark.parametrize("side", ["one", "stick"])
def test_what_cannot_be_read_now_is_not_taken_for_lacking(
    stick: Devices, monkeypatch: pytest.MonkeyPatch, side: str, error: int | None
) -> None:
    begin(stick)
    if side == "one":
        stick.log("one", "words that are nowhere else")
    else:
        stick.log("two", "words that are nowhere else")
        sync.exchange(stick.open("two"))
    (month,) = (
        path for path in (stick.root / side).glob("devices/*/2026-11.json") if b"nowhere else" in path.read_bytes()
    )
    kept, device = month.read_bytes(), month.parent.name
    if side == "stick":
        # An older state of the other device's month is here, and must not go over the newer one there.
        older = stick.root / "one" / "devices" / device
        older.mkdir(exist_ok=True)
        assert not (older / month.name).exists()
        tables = json.loads(kept)
        del tables["events"][max(tables["events"], key=int)]
        (older / month.name).write_text(json.dumps(tables))

    def refuse(path: Path, most: int = LITTLE) -> bytes:
        if path == month and error is not None:
            raise OSError(error, os.strerror(error))
        return read_plain(path, most)

    one = stick.open("one")
    with monkeypatch.context() as patch:
        patch.setattr(places, "read_plain", refuse)
        patch.setattr(shards, "read_plain", refuse)
        if error is None:
            patch.setattr(places, "MOST_BYTES", len(kept) - 1)
        done = sync.exchange(one)
    assert month.read_bytes() == kept and f"devices/{device}/2026-11.json" in done.waiting
    for name in ("one", "two", "one"):
        sync.exchange(stick.open(name))
    assert stick.export("one") == stick.export("two") and "nowhere else" in stick.export("two")


def test_the_disk_of_the_place_is_full(stick: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(stick)
    one = stick.log("one")
    before = tree(stick.place)
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write", _full)
        with pytest.raises(Refused, match=r"not finished: No space left on device\. Nothing is lost"):
            sync.exchange(one)
    assert tree(stick.place) == before
    assert sync.exchange(one).went


def _full(self: Folder, name: str, data: bytes) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("cut", range(9))
def test_cut_short_anywhere_it_goes_on_the_next_time(stick: Devices, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    begin(stick)
    sync.exchange(stick.log("one"))
    stick.clock.go(days=40)
    sync.exchange(stick.log("one"))
    two = stick.log("two")
    write, left = Folder.write, [cut]

    def until(self: Folder, name: str, data: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(5, "Input/output error")
        write(self, name, data)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write", until)
        try:
            sync.exchange(two)
        except Refused as error:
            assert "Nothing is lost" in error.message
        else:
            assert cut >= 4
    for name in ("two", "one"):
        sync.exchange(stick.open(name))
    assert stick.export("one") == stick.export("two")
    assert stick.open("one").warnings == stick.open("two").warnings == ()


def test_what_a_killed_exchange_left_is_cleared_away(stick: Devices) -> None:
    begin(stick)
    one, two = stick.open("one"), stick.open("two")
    temp = stick.root / "two" / "devices" / one.store.device / ".2026-11.json.0123456789ab.tmp"
    work = two.state / "sync-left"
    temp.write_text("half")
    work.mkdir()
    for path in (temp, work):
        os.utime(path, (1, 1))
    sync.exchange(two)
    assert not temp.exists()
    sync.choose(two, str(bare(stick.root / "between.git")))
    sync.exchange(two)
    assert not work.exists()


def test_a_purge_takes_what_a_killed_exchange_left_in_the_state_folder(stick: Devices) -> None:
    begin(stick)
    workspace = stick.log("one", "words")
    commitment = workspace.ledger.get(CID)
    assert commitment is not None
    packed = workspace.state / "sync-abcd1234" / "repository" / "objects" / "pack"
    packed.mkdir(parents=True)
    (packed / "pack-1.pack").write_bytes(b"words")
    with exclusive(workspace.state, 0):
        purge.purge(workspace, purge.note(workspace, commitment, workspace.today))
    assert packed.exists(), "an exchange was under way"
    purge.purge(workspace, purge.commitment(workspace, CID))
    assert not packed.parents[2].exists()


def test_a_share_is_written_by_one_device_at_a_time(stick: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(stick)
    monkeypatch.setattr("tracker.store.exchange.remote._TURN", 0.01)
    with exclusive(stick.place, 1):
        with pytest.raises(Busy):
            sync.exchange(stick.open("one"))
        assert sync.preview(stick.open("one")).summary == "Nothing new on either side."


def test_two_exchanges_of_one_device_at_a_time_are_one_too_many(stick: Devices) -> None:
    begin(stick)
    workspace = stick.open("one")
    with exclusive(workspace.state, 1), pytest.raises(Busy):
        sync.exchange(workspace)


def test_a_newer_version_was_there(devices: Devices) -> None:
    begin(devices)
    workspace = devices.open("one")
    marker = devices.root / "two" / "store.json"
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {"format": 3}))
    with pytest.raises(Damaged, match="update Toward"):
        sync.exchange(devices.open("two"))
    if devices.place.name == "stick":
        shutil.copy(marker, devices.place / "store.json")
        with pytest.raises(Damaged, match="Update Toward"):
            sync.exchange(workspace)


def test_links_in_a_folder_lead_nowhere(stick: Devices, tmp_path: Path) -> None:
    begin(stick)
    one = stick.log("one")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (stick.place / "devices" / one.store.device).rename(elsewhere / "d")
    (stick.place / "devices" / one.store.device).symlink_to(elsewhere / "d")
    with pytest.raises(Damaged, match="symbolic link"):
        sync.exchange(one)
    assert not sync.preview(stick.open("two")).came


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("-oProxyCommand=x", "not the address"),
        ("--upload-pack=x", "not the address"),
        ("ext::sh -c x", "another program"),
        ("fd::17", "another program"),
        ("hg://host/x", "another program"),
        ("https://me:secret@host/x", "password"),
        ("http://host/x", "in the clear"),
        ("git://host/x", "in the clear"),
        ("", "not the address"),
        ("a\nb", "not the address"),
        ("/nowhere/at/all", "not there"),
    ],
)
def test_what_is_no_place(text: str, why: str, stick: Devices) -> None:
    with pytest.raises(BadInput, match=why) as error:
        sync.choose(stick.open("one"), text)
    assert "secret" not in str(error.value) and sync.chosen(stick.open("one")) is None


def test_the_data_folder_and_work_trees_are_no_places(stick: Devices, tmp_path: Path) -> None:
    workspace = stick.open("one")
    (tmp_path / "work" / ".git").mkdir(parents=True)
    for place in (workspace.data, workspace.data / "devices", workspace.state / "backups", tmp_path, tmp_path / "work"):
        place.mkdir(exist_ok=True)
        with pytest.raises(BadInput):
            sync.choose(workspace, str(place))
    (stick.place / "photo.jpg").write_bytes(b"")
    sync.choose(workspace, str(stick.place))
    with pytest.raises(Refused, match="other things"):
        sync.exchange(workspace)
    assert [path.name for path in stick.place.iterdir()] == ["photo.jpg"]
