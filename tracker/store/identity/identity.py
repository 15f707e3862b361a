"""Which store a folder is: its store.json, and the files beside it that say what it is."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tracker.store.crypto.vault import AGE
from tracker.store.errors import NotAStore, StoreDamaged, may_not, unsafe_path
from tracker.store.events import decode, encode, new_id
from tracker.store.files import NotRegular, atomic_write, create_once, is_file, make_folder, read_plain
from tracker.store.identity.memory import ANOTHER_STORE, HASH_LENGTH, TURNED_PLAIN, WAS_ENCRYPTED, Known, read_known
from tracker.store.identity.memory import WRITTEN as WRITTEN

FORMAT, ENCRYPTED_FORMAT = 1, 2
"""The formats of a data folder that this version can write: plain, and encrypted."""

MARKER = "store.json"
DEVICES = "devices"
ON, ENDING = "age", "ending"
"""What store.json says of an encrypted store, and of one on its way back to plain files."""
_CRYPT = ("encryption", "check", "mac")


SYNC_IGNORES = {
    ".stignore": "// What belongs to one machine stays there.\n.lock\n(?d).*.tmp\n",
    ".gitignore": ".lock\n.*.tmp\n",
    ".gitattributes": "*.json -text -merge\n*.age -text -merge\n",
}
"""Files that tell Syncthing and git what of a data folder to carry, and to carry it byte for byte."""


PASSED_OVER = frozenset(
    ("desktop.ini", "thumbs.db", "icon\r", "lost+found", "system volume information", "$recycle.bin")
)
"""What a system puts into a folder unasked, in small letters; sync programs and git hide theirs behind a dot."""


class Marker(NamedTuple):
    """What store.json says.

    `was` are the ids of stores that were brought together with this one; `encryption` is "" for a plain store, `check`
    is the store's id, encrypted, `mac` proves all the rest. In a plain store it proves who took the encryption back.
    """

    format: int
    store: str
    was: tuple[str, ...] = ()
    encryption: str = ""
    check: str = ""
    mac: str = ""

    @property
    def content(self) -> bytes:
        """Return what the proof covers: all that this version knows of, in one order."""
        said = self._replace(mac="")._asdict()
        return encode({name: list(each) if name == "was" else each for name, each in said.items() if name != "mac"})

    @property
    def ids(self) -> frozenset[str]:
        """Return every id that this store goes by."""
        return frozenset((self.store, *self.was))

    def joined(self, other: Marker) -> Marker:
        """Return what both become once they are one store: the same, whichever is asked; each keeps its own lock."""
        first, *rest = sorted(self.ids | other.ids)
        both = self._replace(store=first, was=tuple(rest))
        if both.content == self.content:
            return self
        return other if both.content == other.content else both._replace(mac="")

    def encoded(self, before: bytes = b"{}") -> bytes:
        """Return the bytes of a store.json that says this, and what a later version has put into the one `before`."""
        found = decode(before)
        kept = {name: each for name, each in found.items() if name not in _CRYPT} if isinstance(found, dict) else {}
        said = {"was": list(self.was), "encryption": self.encryption, "check": self.check, "mac": self.mac}
        return encode(
            {**kept, "format": self.format, "store": self.store, **{name: each for name, each in said.items() if each}}
        )


def state_folder(state_root: Path, data: Path) -> Path:
    """Return the folder below `state_root` that belongs to the data folder `data` and to no other."""
    return state_root / hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:HASH_LENGTH]


def open_marker(data: Path, state: Path) -> Marker:
    """Return what store.json says, made now in a new folder; raise StoreDamaged if it should be there.

    Raise NotAStore for a folder that holds other things: somebody may have named it by mistake.
    """
    path = data / MARKER
    if not is_there(path):
        refuse_missing_marker(data, state)
        if holds_encrypted(data):
            # What is encrypted came without the rest of it; a plain store beside it would be another one.
            return read_marker(data)
        if holds_others(data):
            raise NotAStore(
                f"{data} holds other files and no store of Toward, so nothing is written there. "
                f"Name an empty or a new folder, such as {data / 'toward'}, or move them away."
            )
        make_folder(data)
        if create_once(path, new_marker().encoded()):
            write_sync_ignores(data)
    return read_marker(data)


def find_marker(data: Path, state: Path) -> Marker | None:
    """Return what store.json says, None in a folder that is new; raise StoreDamaged if it should be there."""
    if is_there(data / MARKER):
        return read_marker(data)
    refuse_missing_marker(data, state)
    if data.exists() and not data.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(data))
    return read_marker(data) if holds_encrypted(data) else None


def holds_others(data: Path) -> bool:
    """Return whether a folder without a store.json holds what neither Toward nor a system or sync program put there."""
    try:
        names = [path.name for path in data.iterdir()]
    except OSError:
        return False
    ours = (DEVICES, *(name for name in names if name.startswith((".", "~", "store."))))
    return any(name not in ours and name.casefold() not in PASSED_OVER for name in names)


def holds_encrypted(data: Path) -> bool:
    """Return whether a folder holds the key of an encrypted store, a key from before, or an encrypted file."""
    keys = any(path.name.startswith("identity") and path.name.endswith(AGE) for path in _inside(data))
    return keys or has_encrypted_files(data)


def _inside(folder: Path) -> list[Path]:
    try:
        return [] if folder.is_symlink() else list(folder.iterdir())
    except OSError:
        return []


def has_encrypted_files(data: Path) -> bool:
    """Return whether the folder of a device holds an encrypted file."""
    return any(path.name.endswith(AGE) for folder in _inside(data / DEVICES) for path in _inside(folder))


def write_sync_ignores(data: Path) -> None:
    """Write what tells sync programs which files of `data` are of no use elsewhere, where it is not there yet."""
    for name, text in SYNC_IGNORES.items():
        if not is_there(data / name):
            with contextlib.suppress(OSError):
                atomic_write(data / name, text.encode(), durable=False)


def refuse_missing_marker(data: Path, state: Path) -> None:
    """Raise StoreDamaged if `data` has lost its store.json although this device has written to it."""
    if is_lost(data, state):
        if data.exists() and not data.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(data))
        if _holds_devices(data):
            raise StoreDamaged(
                f"{data / MARKER} is missing, and what was saved lies beside it, so nothing was read or written. Let "
                "your sync finish. If that does not help, it can be put back: toward doctor --repair"
            )
        raise StoreDamaged(
            f"{data} is empty or not mounted: entries were saved there, and its {MARKER} is gone. "
            "Mount it or put it back, then try again; a backup is put back by: toward restore"
        )


def _holds_devices(data: Path) -> bool:
    """Return whether the folder of a device lies there, so that it is neither empty nor not mounted."""
    try:
        with os.scandir(data / DEVICES) as found:
            return any(each.is_dir(follow_symlinks=False) for each in found)
    except OSError:
        return False


def is_lost(data: Path, state: Path) -> bool:
    """Return whether `data` has lost its store.json although this device wrote to it, or knew it encrypted."""
    return not is_there(data / MARKER) and (is_there(state / WRITTEN) or read_known(state).is_encrypted)


def change_of(known: Known, marker: Marker, state: Path) -> str:
    """Return ANOTHER_STORE or TURNED_PLAIN for a change of store.json that was not made on this computer, or "".

    A folder in which this computer never wrote may become another store: a sync service brought it later.
    """
    if known.store and not known.ids & marker.ids and (known.is_encrypted or (state / WRITTEN).exists()):
        return ANOTHER_STORE
    return TURNED_PLAIN if known.mode == WAS_ENCRYPTED and not marker.encryption else ""


def read_written(state: Path) -> str:
    """Return the id of the store that this device wrote to, or "" if that is not known."""
    try:
        return read_own(state / WRITTEN).decode("ascii").strip()
    except (OSError, ValueError):
        return read_known(state).store if read_known(state).is_encrypted else ""


def read_marker(data: Path, read: Callable[[Path], bytes] = read_plain) -> Marker:
    """Return what store.json says; raise StoreDamaged if that cannot be told, UnsafePath if it is a link."""
    path = data / MARKER
    way_out = "Put it back from a backup or from another device."
    try:
        raw = read_own(path, read)
    except FileNotFoundError:
        raise StoreDamaged(f"{path} is missing. {way_out}") from None
    except NotRegular as error:
        raise StoreDamaged(f"{path} {error.strerror}. {way_out}") from None
    except OSError as error:
        cannot = f"{path} cannot be read: {error.strerror}. Check the disk and try again."
        raise may_not(path, error) or StoreDamaged(cannot) from None
    return parse_marker(raw, str(path), way_out)


def parse_marker(raw: bytes, where: str, way_out: str) -> Marker:
    """Return what the bytes of a store.json say; raise StoreDamaged, which names `where` it lies and the way out."""
    try:
        found = decode(raw)
        # What cannot be written as text again can be neither proven nor remembered.
        encode({"": found})
    except ValueError:
        raise StoreDamaged(f"{where} is damaged. {way_out}") from None
    if isinstance(found, dict):
        number, store, was = found.get("format"), found.get("store"), found.get("was")
        if type(number) is int and number >= 1 and isinstance(store, str):
            earlier = (each for each in was if isinstance(each, str)) if isinstance(was, list) else ()
            crypt = (str(found.get(name, "")) for name in _CRYPT)
            return Marker(number, store, tuple(earlier), *crypt)
    raise StoreDamaged(f"{where} does not say which format the folder has. {way_out}")


def newer_than_known(data: Path, marker: Marker) -> str | None:
    """Return why a folder can only be read, as a sentence, or None: a later version has written to it."""
    if marker.format <= ENCRYPTED_FORMAT:
        return None
    return (
        f"A newer version of Toward has written to {data} (format {marker.format}, this one knows {ENCRYPTED_FORMAT}). "
        "You can look, but update Toward to change anything."
    )


def write_marker(data: Path, marker: Marker) -> None:
    """Replace store.json, and leave alone what a later version has put into it; raise OSError."""
    atomic_write(data / MARKER, marker.encoded(read_own(data / MARKER)))


def remember_written(state: Path, store: str) -> None:
    """Note that this device writes to the data folder, so that its absence is noticed; raise OSError."""
    if not is_there(state / WRITTEN):
        create_once(state / WRITTEN, f"{store}\n".encode())


def read_own(path: Path, read: Callable[[Path], bytes] = read_plain) -> bytes:
    """Return the bytes of a small file of ours; raise UnsafePath for a link, OSError if it cannot be read."""
    try:
        return read(path)
    except NotRegular:
        if path.is_symlink():
            raise unsafe_path(path) from None
        raise


def is_packed(path: Path) -> bool:
    """Return whether a backup that is one file lies at a path."""
    return ".zip" in path.name and is_file(path)


def is_there(path: Path) -> bool:
    """Return whether anything lies at a path; raise StoreBarred where this account may not look."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except PermissionError as error:
        raise may_not(path, error) or error from None
    return True


def new_marker() -> Marker:
    """Return what the store.json of a new store says."""
    return Marker(FORMAT, new_id())
