"""Which device this computer writes as: its id, the name of its folder, and the numbers that it gives no more."""

from __future__ import annotations

import contextlib
import hashlib
import os
from itertools import islice
from pathlib import Path

from tracker import __version__
from tracker.store.crypto.vault import AGE
from tracker.store.errors import StoreDamaged, StoreError, may_not, unsafe_path
from tracker.store.events import encode, new_id, text_in
from tracker.store.files import atomic_write, create_once, make_folder, sync_folder
from tracker.store.identity.identity import is_there, read_own
from tracker.store.identity.memory import WRITTEN
from tracker.store.limits import MOST_FOLDERS

DEVICE_ID = "device-id"
MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_FLOOR = "operations"


def open_device_id(state: Path) -> str:
    """Return this device's id, made now if it has none; raise StoreDamaged or UnsafePath if it cannot be read.

    Beside the id stands which machine it was made on. On another one the state folder is a copy, and two devices
    must not write as one, so the copy goes on under a new id. The name of the machine says nothing: it changes.
    """
    if state.is_symlink():
        raise unsafe_path(state)
    make_folder(state)
    path = state / DEVICE_ID
    machine = machine_mark()
    if not is_there(path):
        create_once(path, _device_lines(new_id(), machine))
    device, made_on = _read_device(path)
    if machine is None or made_on == machine:
        return device
    bound = device if made_on is None else new_id()
    try:
        atomic_write(path, _device_lines(bound, machine))
        if bound != device:
            for derived in ("summary.json", f"summary.json{AGE}", "obeyed"):
                (state / derived).unlink(missing_ok=True)
    except OSError:
        # A state folder that cannot be written can still be looked with; nothing can be saved then anyway.
        return device
    return bound


def read_device_id(state: Path) -> str:
    """Return this device's id; raise StoreDamaged if it cannot be read, UnsafePath if it is a link."""
    return _read_device(state / DEVICE_ID)[0]


def _read_device(path: Path) -> tuple[str, str | None]:
    """Return the id and the machine it was made on, where that stands beside it."""
    try:
        device, *more = read_own(path).decode("ascii").split() or [""]
    except PermissionError as error:
        raise may_not(path, error) or error from None
    except (OSError, ValueError):
        device, more = "", []
    if len(device) != 32 or not set("0123456789abcdef").issuperset(device) or len(more) > 1:
        raise StoreDamaged(f"{path} is damaged. Remove it, and this computer goes on as a new device.")
    return device, more[0] if more else None


def machine_mark() -> str | None:
    """Return a keyed hash that identifies this machine, None where the system has no machine id.

    A keyed hash, because the id itself is to stay on the machine: see machine-id(5).
    """
    for path in MACHINE_IDS:
        try:
            machine = path.read_bytes().strip()
        except OSError:
            continue
        if len(machine) == 32:
            return hashlib.sha256(b"toward " + machine).hexdigest()[:16]
    return None


def _device_lines(device: str, machine: str | None) -> bytes:
    return "".join(f"{line}\n" for line in (device, machine) if line).encode()


def read_floor(state: Path) -> int:
    """Return the operation number below which nothing new may be numbered, or 0."""
    try:
        return int(read_own(state / _FLOOR))
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
    if not is_there(state / WRITTEN):
        for above in (folder.parents[2], folder.parents[1], folder.parent):
            sync_folder(above)
    if not is_there(folder / "device.json"):
        name = os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "")
        text = name.encode("utf-8", "replace").decode("utf-8")
        create_once(folder / "device.json", encode({"name": text, "version": __version__}))


def device_names(devices: Path) -> dict[str, str]:
    """Return the name of the computer behind each device id, as far as it is known."""
    names = {}
    with contextlib.suppress(OSError), os.scandir(devices) as folders:
        for folder in islice(folders, MOST_FOLDERS):
            with contextlib.suppress(OSError, StoreError):
                names[folder.name] = text_in(read_own(Path(folder.path, "device.json")), "name")
    return {device: name for device, name in names.items() if name}
