"""Which folder this is and which device writes to it: store.json, the device id and their companions."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

from tracker import __version__
from tracker.store.errors import StoreDamaged, unsafe_path
from tracker.store.events import decode, encode, new_id
from tracker.store.files import NotRegular, atomic_write, create_once, make_folder, read_plain
from tracker.store.vault import IDENTITY

FORMAT, ENCRYPTED_FORMAT = 1, 2
"""The formats of a data folder that this version can write: plain, and encrypted."""

MARKER = "store.json"
DEVICE_ID = "device-id"
DEVICES = "devices"
_WRITTEN = "written"
_FLOOR = "operations"
_CRYPT = ("encryption", "check")


class Marker(NamedTuple):
    """What store.json says; `encryption` is "" for a plain store, `check` is the store's id, sealed."""

    format: int
    store: str
    encryption: str = ""
    check: str = ""


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
    if _is_there(state / _WRITTEN) and not _is_there(data / MARKER):
        raise StoreDamaged(
            f"{data} is empty or not mounted: entries were saved there, and its {MARKER} is gone. "
            "Mount it or put it back, then try again."
        )


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
            return Marker(number, store, str(found.get("encryption", "")), str(found.get("check", "")))
    raise StoreDamaged(f"{path} does not say which format the folder has. {way_out}")


def write_marker(data: Path, marker: Marker) -> None:
    """Replace store.json, and leave alone what a later version has put into it; raise OSError."""
    found = decode(_read(data / MARKER))
    others = {name: value for name, value in found.items() if name not in _CRYPT} if isinstance(found, dict) else {}
    crypt = {name: value for name, value in zip(_CRYPT, marker[2:], strict=True) if value}
    atomic_write(data / MARKER, encode({**others, "format": marker.format, "store": marker.store, **crypt}))


def repair_marker(data: Path) -> None:
    """Make a new store.json and keep an unreadable one under another name; raise OSError if that fails.

    Raise StoreDamaged for an encrypted store: what its files are checked against can only be put back.
    """
    path = data / MARKER
    try:
        read_marker(data)
    except StoreDamaged:
        if _is_there(data / IDENTITY):
            raise
        if _is_there(path):
            path.rename(path.with_name(f"{MARKER}.damaged-{new_id()[:8]}"))
        create_once(path, _new_marker())


def open_device_id(state: Path) -> str:
    """Return this device's id, made now if it has none; raise StoreDamaged if it cannot be read."""
    make_folder(state)
    path = state / DEVICE_ID
    if not _is_there(path):
        create_once(path, f"{new_id()}\n".encode())
    try:
        device = _read(path).decode("ascii").strip()
    except (OSError, ValueError):
        device = ""
    if len(device) != 32 or not set("0123456789abcdef").issuperset(device):
        raise StoreDamaged(f"{path} is damaged. Remove it, and this computer goes on as a new device.")
    return device


def remember_written(state: Path, store: str) -> None:
    """Note that this device writes to the data folder, so that its absence is noticed; raise OSError."""
    if not _is_there(state / _WRITTEN):
        create_once(state / _WRITTEN, f"{store}\n".encode())


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


def introduce_device(folder: Path) -> None:
    """Write device.json, the name of this computer and our version, into its folder once; raise OSError."""
    if not _is_there(folder / "device.json"):
        name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
        text = name.encode("utf-8", "replace").decode("utf-8")
        create_once(folder / "device.json", encode({"name": text, "version": __version__}))


def device_names(devices: Path) -> dict[str, str]:
    """Return the name of the computer behind each device id, as far as it is known."""
    names = {}
    for path in devices.glob("*/device.json"):
        try:
            found = json.loads(_read(path))
        except (OSError, ValueError):
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
