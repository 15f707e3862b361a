"""Which folder this is and which device writes to it: store.json, the device id and their companions."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

from tracker import __version__
from tracker.store.errors import StoreDamaged, StoreError, unsafe_path
from tracker.store.events import decode, encode, new_id
from tracker.store.files import NotRegular, atomic_write, create_once, make_folder, read_plain, sync_folder

FORMAT = 1
"""The newest format of a data folder that this version can write."""

MARKER = "store.json"
DEVICE_ID = "device-id"
DEVICES = "devices"
WRITTEN = "written"
"""The file in a state folder that says that this device wrote to the data folder."""

_FLOOR = "operations"


class Marker(NamedTuple):
    """What store.json says."""

    format: int
    store: str


def state_folder(state_root: Path, data: Path) -> Path:
    """Return the folder below `state_root` that belongs to the data folder `data` and to no other."""
    return state_root / hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]


def open_marker(data: Path, state: Path) -> Marker:
    """Return what store.json says, made now in a new folder; raise StoreDamaged if it should be there."""
    path = data / MARKER
    if not _is_there(path):
        refuse_missing_marker(data, state)
        make_folder(data)
        create_once(path, _new_marker())
    return read_marker(data)


def refuse_missing_marker(data: Path, state: Path) -> None:
    """Raise StoreDamaged if `data` has lost its store.json although this device has written to it."""
    if is_lost(data, state):
        raise StoreDamaged(
            f"{data} is empty or not mounted: entries were saved there, and its {MARKER} is gone. "
            "Mount it or put it back, then try again; a backup is put back by: toward restore"
        )


def is_lost(data: Path, state: Path) -> bool:
    """Return whether `data` has lost its store.json although this device has written to it."""
    return _is_there(state / WRITTEN) and not _is_there(data / MARKER)


def read_written(state: Path) -> str:
    """Return the id of the store that this device wrote to, or "" if that is not known."""
    try:
        return _read(state / WRITTEN).decode("ascii").strip()
    except (OSError, ValueError):
        return ""


def read_marker(data: Path) -> Marker:
    """Return what store.json says; raise StoreDamaged if that cannot be told, UnsafePath if it is a link."""
    path = data / MARKER
    way_out = "Put it back from a backup or from another device."
    try:
        found = decode(_read(path))
    except FileNotFoundError:
        raise StoreDamaged(f"{path} is missing. {way_out}") from None
    except OSError as error:
        raise StoreDamaged(f"{path} cannot be read: {error.strerror}. Check the disk and try again.") from None
    except ValueError:
        raise StoreDamaged(f"{path} is damaged. {way_out}") from None
    if isinstance(found, dict):
        number, store = found.get("format"), found.get("store")
        if type(number) is int and number >= 1 and isinstance(store, str):
            return Marker(number, store)
    raise StoreDamaged(f"{path} does not say which format the folder has. {way_out}")


def repair_marker(data: Path, state: Path | None = None) -> None:
    """Make a store.json and keep an unreadable one under another name; raise OSError if that fails.

    It gets the id of the store that `state` wrote to, where that is known.
    """
    path = data / MARKER
    try:
        read_marker(data)
    except StoreDamaged:
        if _is_there(path):
            path.rename(path.with_name(f"{MARKER}.damaged-{new_id()[:8]}"))
        written = read_written(state) if state is not None else ""
        create_once(path, encode({"format": FORMAT, "store": written}) if written else _new_marker())


def open_device_id(state: Path) -> str:
    """Return this device's id, made now if it has none; raise StoreDamaged or UnsafePath if it cannot be read."""
    if state.is_symlink():
        raise unsafe_path(state)
    make_folder(state)
    path = state / DEVICE_ID
    if not _is_there(path):
        create_once(path, f"{new_id()}\n".encode())
    return read_device_id(state)


def read_device_id(state: Path) -> str:
    """Return this device's id; raise StoreDamaged if it cannot be read, UnsafePath if it is a link."""
    path = state / DEVICE_ID
    try:
        device = _read(path).decode("ascii").strip()
    except (OSError, ValueError):
        device = ""
    if len(device) != 32 or not set("0123456789abcdef").issuperset(device):
        raise StoreDamaged(f"{path} is damaged. Remove it, and this computer goes on as a new device.")
    return device


def remember_written(state: Path, store: str) -> None:
    """Note that this device writes to the data folder, so that its absence is noticed; raise OSError."""
    if not _is_there(state / WRITTEN):
        create_once(state / WRITTEN, f"{store}\n".encode())


def read_floor(state: Path) -> int:
    """Return the operation number below which nothing new may be numbered, or 0."""
    try:
        return int(_read(state / _FLOOR))
    except (OSError, ValueError):
        return 0


def raise_floor(state: Path, n: int) -> None:
    """Keep `n` as the floor for operation numbers if it is higher; raise OSError."""
    if n > read_floor(state):
        atomic_write(state / _FLOOR, f"{n}\n".encode())


def introduce_device(folder: Path, state: Path) -> None:
    """Make the folders safe on the disk before the first write and put device.json there once; raise OSError.

    Folders that a killed process or another one has just made may be in nothing but memory.
    """
    if not _is_there(state / WRITTEN):
        for above in (folder.parents[2], folder.parents[1], folder.parent):
            sync_folder(above)
    if not _is_there(folder / "device.json"):
        name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
        text = name.encode("utf-8", "replace").decode("utf-8")
        create_once(folder / "device.json", encode({"name": text, "version": __version__}))


def device_names(devices: Path) -> dict[str, str]:
    """Return the name of the computer behind each device id, as far as it is known."""
    names = {}
    for path in devices.glob("*/device.json"):
        try:
            found = decode(_read(path))
        except (OSError, ValueError, StoreError):
            continue
        if isinstance(found, dict) and isinstance(found.get("name"), str):
            names[path.parent.name] = found["name"]
    return names


def _read(path: Path) -> bytes:
    try:
        return read_plain(path)
    except NotRegular:
        if path.is_symlink():
            raise unsafe_path(path) from None
        raise


def _is_there(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _new_marker() -> bytes:
    return encode({"format": FORMAT, "store": new_id()})
