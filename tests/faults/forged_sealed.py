"""Attacks on an encrypted store by somebody who can write in its folder and has no key."""

from __future__ import annotations

import json
import shutil

from tests.faults.forging import STRANGER, WORDS, Attack, Home, event, orders, seal, short, table


def says_plain(a: Attack) -> None:
    """store.json is forged to say plain"""
    marker = (a.home.data / "store.json").read_bytes()
    a.home.marker({"format": 1, "encryption": None, "check": None, "mac": None})
    a.home.sealed = False
    for words in (("today",), ("done", "reply"), ("doctor",), ("sync",), ("export",), ("backup",)):
        a.told(a.home.sh(*words, stdin=WORDS), "encrypted", code=5 if words != ("sync",) else None)
    a.shown("encrypted")
    a.must(not list(a.home.own.glob("*.json"))[1:], "a plain month file was written")
    a.home.sealed = True
    a.restored(lambda: (a.home.data / "store.json").write_bytes(marker))


def says_plain_and_repair(a: Attack) -> None:
    """store.json is forged to say plain, then doctor --repair, then the right one comes back"""
    marker = (a.home.data / "store.json").read_bytes()
    a.home.marker({"format": 1, "encryption": None, "check": None, "mac": None})
    a.home.sealed = False
    said = a.home.sh("doctor", "--repair", "--yes")
    a.must("All is well" not in said.text, f"doctor says all is well: {short(said)}")
    a.home.sealed = True
    a.restored(lambda: (a.home.data / "store.json").write_bytes(marker))
    said = a.home.sh("doctor")
    a.told(said, "All is well", code=0)


def marker_gone_and_repair(a: Attack) -> None:
    """store.json is deleted, or cut, then doctor --repair"""
    marker = (a.home.data / "store.json").read_bytes()
    for forged in (None, b"{", b'{"format":1,"store":"0"}'):
        (a.home.data / "store.json").unlink(missing_ok=True)
        if forged is not None:
            (a.home.data / "store.json").write_bytes(forged)
        for sealed in (True, False):
            a.home.sealed = sealed
            said = a.home.sh("doctor", "--repair", "--yes")
            healed = (a.home.data / "store.json").is_file() and "encryption" in (a.home.data / "store.json").read_text()
            a.must("All is well" not in said.text or healed, f"doctor says all is well: {short(said)}")
        a.home.sealed = True
    a.restored(lambda: (a.home.data / "store.json").write_bytes(marker))


def says_ending(a: Attack) -> None:
    """store.json is forged to say that the encryption is being taken back"""
    marker = (a.home.data / "store.json").read_bytes()
    a.home.marker({"encryption": "ending"})
    said = a.home.sh("today")
    a.told(said, "store.json", code=5)
    a.home.sh("done", "reply")
    a.shown("store.json")
    a.must(not a.home.holding(WORDS) and list(a.home.own.glob("*.age")), "it was decrypted by a look")
    a.restored(lambda: (a.home.data / "store.json").write_bytes(marker))


def proof_taken_off(a: Attack) -> None:
    """the proof is taken out of store.json, as if the store were of before there were proofs"""
    marker = (a.home.data / "store.json").read_bytes()
    a.home.marker({"mac": None})
    path = a.home.plant(STRANGER, [])
    path.rename(path.with_name("2026-11.json.age"))
    path.with_name("2026-11.json.age").write_bytes(_forged(a, STRANGER, [orders(a.keys)]))
    a.told(a.home.sh("today"), "store.json", code=5)
    a.shown("store.json")
    a.restored(lambda: (a.home.data / "store.json").write_bytes(marker))


def strangers_orders(a: Attack) -> None:
    """a plain month file of a stranger orders everything to be purged"""
    shelf = a.home.shelf()
    a.home.plant(STRANGER, [orders(a.keys)])
    _unread(a)
    a.must(a.home.shelf()[: len(shelf)] == shelf, "backups were touched")


def orders_in_our_folder(a: Attack) -> None:
    """the same in our own folder, under our own id, also as a copy that a sync service might have made"""
    device = a.home.own.name
    shelf = a.home.shelf()
    for name in ("2026-11.json", "2026-12.json", "2026-11.sync-conflict-20261125-1-ABC.json"):
        a.home.plant(device, [orders(a.keys, device)], name)
    _unread(a)
    a.must(a.home.shelf()[: len(shelf)] == shelf, "backups were touched")


def plain_entries(a: Attack) -> None:
    """plain entries are planted, in the past too"""
    forged = [event("check|s4.reachable|2026-11-20", {"done": 5}), event("note|s4.reachable|2026-11-20", {"text": "x"})]
    a.home.plant(STRANGER, forged)
    a.home.plant(a.home.own.name, forged, "2026-09.json")
    _unread(a)


def sealed_by_a_stranger(a: Attack) -> None:
    """files are sealed for us by somebody who had seen the public half of the key"""
    for device in (STRANGER, a.home.own.name):
        path = a.home.devices / device / "2026-10.json.age"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_forged(a, device, [orders(a.keys, device)]))
    _unread(a)


def damaged_on_purpose(a: Attack) -> None:
    """a file for us is cut, so that what can be salvaged of it would be believed"""
    many = [event(f"note|s4.reachable|x{number}", {"text": "y" * 900}) for number in range(200)]
    path = a.home.devices / STRANGER / "2026-10.json.age"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_forged(a, STRANGER, [orders(a.keys), *many])[:-40_000])
    _unread(a)


def _forged(a: Attack, device: str, events: list[dict[str, object]]) -> bytes:
    store = json.loads((a.home.data / "store.json").read_bytes())["store"]
    stamp = {"store": store, "device": device, "file": "2026-10.json.age", "format": 2, "mac": "0" * 64}
    return seal(
        b'{"sealed":{"1":' + json.dumps(stamp, separators=(",", ":")).encode() + b"}," + table(events)[1:], a.secret
    )


def _unread(a: Attack) -> None:
    """Look in every way: nothing of it is taken, and it is told."""
    a.told(a.home.sh("today"), "2026-", code=0)
    a.told(a.home.sh("doctor"), "2026-", code=5)
    a.shown("Reply.*(file|2026-)")
    a.whole()


def moved_about(a: Attack) -> None:
    """a file of ours is put in the place of another month, and into the folder of another device"""
    own = next(iter(a.home.own.glob("2026-11.json.age")))
    (a.home.devices / STRANGER).mkdir()
    shutil.copy(own, a.home.devices / STRANGER / own.name)
    shutil.copy(own, a.home.own / "2026-10.json.age")
    _unread(a)


def rolled_back(a: Attack) -> None:
    """the whole folder is put back to what it was an hour ago"""
    later = {path: path.read_bytes() for path in a.home.data.rglob("*") if path.is_file()}
    shutil.rmtree(a.home.devices)
    shutil.copytree(a.earlier.devices, a.home.devices)
    said = a.home.sh("today")
    a.told(said, "older|fewer|newer", code=0)
    said = a.home.sh("doctor")
    a.told(said, "older|fewer|gone|newer", code=5)
    a.shown("older|fewer|newer")
    a.restored(lambda: [path.write_bytes(raw) for path, raw in later.items()])


def another_lock(a: Attack) -> None:
    """the lock of somebody else's store, whose passphrase we do not know, is put in the place of ours"""
    files = {name: (a.home.data / name).read_bytes() for name in ("store.json", "identity.age")}
    other = Home(a.home.root / "other", sealed=False)
    other.root.mkdir()
    other.sh("add", "s4.reachable")
    other.sh("encrypt", "--passphrase-fd", "0", "--yes", stdin="one of an attacker\n")
    for name in files:
        shutil.copy(other.data / name, a.home.data / name)
    said = a.home.sh("today")
    a.must(said.code in (5, 6), f"opened, or a crash: {short(said)}")
    a.shown("assphrase|another|store")
    a.restored(lambda: [(a.home.data / name).write_bytes(raw) for name, raw in files.items()])


def identity_spoilt(a: Attack) -> None:
    """the key file is missing, cut, empty, or asks for more work than any computer has"""
    path = a.home.data / "identity.age"
    raw = path.read_bytes()
    line = next(line for line in raw.split(b"\n") if line.startswith(b"-> scrypt"))
    heavy = raw.replace(line, line.rpartition(b" ")[0] + b" 40")
    for forged in (None, b"", raw[:60], raw[:-20], heavy, b"\0" * 200):
        path.unlink(missing_ok=True)
        if forged is not None:
            path.write_bytes(forged)
        said = a.home.sh("today")
        a.told(said, "identity", "recover")
        a.must(said.code in (5, 6), f"exit code {said.code}: {short(said)}")
        said = a.home.sh("doctor")
        a.must("All is well" not in said.text, f"doctor says all is well: {short(said)}")
    a.shown("identity|recovery")
    a.restored(lambda: path.write_bytes(raw))


def by_way_of_a_sync_place(a: Attack) -> None:
    """orders and entries lie, plain, in the place that toward sync exchanges with"""
    place = a.home.root / "place"
    place.mkdir()
    a.told(a.home.sh("sync", "--set", str(place)), code=0)
    a.told(a.home.sh("sync"), code=0)
    (place / "devices" / STRANGER).mkdir()
    (place / "devices" / STRANGER / "2026-11.json").write_bytes(table([orders(a.keys)]))
    for device in (STRANGER, a.home.own.name):
        raw = _forged(a, device, [orders(a.keys, device)])
        (place / "devices" / device / "2026-10.json.age").write_bytes(raw)
    a.home.sh("sync")
    a.told(a.home.sh("today"), code=0)
    a.whole()
    said = json.loads((place / "store.json").read_bytes())
    (place / "store.json").write_text(json.dumps(said | {"encryption": "ending"}))
    refused = a.home.sh("sync").code != 0
    a.must(refused or "ending" not in (place / "store.json").read_text(), "a forged store.json at the place stands")
    a.must("ending" not in (a.home.data / "store.json").read_text(), "a forged store.json at the place was followed")
    a.shown("Reply")
    a.whole()


def another_store(a: Attack) -> None:
    """another store is put at the path of the data folder"""
    kept = a.home.data.rename(a.home.root / "kept")
    other = Home(a.home.root / "other", sealed=False)
    other.root.mkdir()
    other.sh("add", "s4.partner-time")
    shutil.copytree(other.data, a.home.data)
    before = sorted(path.read_bytes() for path in a.home.data.rglob("*.json"))
    sealed, a.home.sealed = a.home.sealed, False
    a.told(a.home.sh("done", "time", "30m"), "store", code=5)
    a.shown("store")
    a.must(sorted(path.read_bytes() for path in a.home.data.rglob("*.json")) == before, "something was written there")
    a.home.sealed = sealed
    shutil.rmtree(a.home.data)
    a.restored(lambda: kept.rename(a.home.data))


ATTACKS = (
    says_plain,
    says_plain_and_repair,
    marker_gone_and_repair,
    says_ending,
    proof_taken_off,
    strangers_orders,
    orders_in_our_folder,
    plain_entries,
    sealed_by_a_stranger,
    damaged_on_purpose,
    moved_about,
    rolled_back,
    another_lock,
    identity_spoilt,
    by_way_of_a_sync_place,
    another_store,
)
