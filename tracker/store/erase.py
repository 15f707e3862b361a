"""Delete everything: which files are ours, and taking them away so that nothing half ever comes back."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from pathlib import Path

from tracker.store.crypto.vault import IDENTITY
from tracker.store.errors import StoreDamaged, StoreError, StoreFromTheFuture, unsafe_path, write_failed
from tracker.store.files import LOCK, discard, exclusive, is_file, is_folder, make_folder, read_plain, sync_folder
from tracker.store.identity.identity import (
    DEVICES,
    ENCRYPTED_FORMAT,
    MARKER,
    SYNC_IGNORES,
    WRITTEN,
    is_lost,
    read_marker,
    read_written,
    remember_written,
)

_TEMP = r"\.[0-9a-f]{12}\.tmp"
_AT_TOP = r"(store\.json|identity(-before-[0-9a-f]{8})?\.age)"
_TOP = re.compile(rf"{_AT_TOP}(\.damaged-[0-9a-f]{{8}}(\.(covered|short))?(\.seen)?)?|\.{_AT_TOP}{_TEMP}")
_DEVICE = re.compile(r"[0-9a-f]{32}")
_MONTH = r"\d{4}-\d{2}[^/]*\.(json|age)(\.damaged-[0-9a-f]{8}(\.(covered|short))?(\.seen)?)?"
_INSIDE = re.compile(rf"{_MONTH}|device[^/]*\.json|\.lock|\.(device\.json|{_MONTH}){_TEMP}")


@dataclass(frozen=True, slots=True)
class RemovalPlan:
    """The files that are removed from the data folder and the state folder, and the foreign ones that stay."""

    data: Path
    state: Path
    files: tuple[Path, ...]
    state_files: int
    foreign: tuple[Path, ...]


def plan_removal(data: Path, state: Path) -> RemovalPlan:
    """Return what deleting everything would remove.

    Raise StoreError for a folder that is not Toward's, StoreFromTheFuture for one that a newer version wrote.
    """
    if not is_lost(data, state) and not _begun(data, state):
        if not any((data / name).exists() for name in (MARKER, IDENTITY, DEVICES)):
            raise StoreError(f"No store of Toward lies in {data}. Nothing was removed.")
        # Raises StoreDamaged where it cannot be told what is ours.
        marker = read_marker(data)
        if marker.format > ENCRYPTED_FORMAT:
            raise StoreFromTheFuture(
                f"A newer version of Toward has written to {data} and may keep files there that this one does not "
                "know. Update Toward to delete everything. Nothing was removed."
            )
    ours: list[Path] = []
    foreign: list[Path] = []
    for path in sorted(data.iterdir()) if data.is_dir() else ():
        if path.name == DEVICES and is_folder(path):
            for folder in sorted(path.iterdir()):
                _sort_device(folder, ours, foreign)
        else:
            (ours if is_file(path) and _made_here(path) else foreign).append(path)
    inside = sum(path.is_file() or path.is_symlink() for path in state.rglob("*")) if state.is_dir() else 0
    return RemovalPlan(data, state, tuple(ours), inside, tuple(foreign))


def _made_here(path: Path) -> bool:
    """Return whether a file of the data folder is Toward's; what it wrote for sync programs only while unchanged."""
    if (text := SYNC_IGNORES.get(path.name)) is not None:
        with contextlib.suppress(OSError):
            return read_plain(path) == text.encode()
    return bool(_TOP.fullmatch(path.name))


def _begun(data: Path, state: Path) -> bool:
    """Return whether the state folder is left of a store whose data folder is gone."""
    return bool(read_written(state)) and not (data / MARKER).exists()


def _sort_device(folder: Path, ours: list[Path], foreign: list[Path]) -> None:
    if not _DEVICE.fullmatch(folder.name) or folder.is_symlink() or not folder.is_dir():
        foreign.append(folder)
        return
    for path in sorted(folder.iterdir()):
        (ours if _INSIDE.fullmatch(path.name) and is_file(path) else foreign).append(path)


def erase(plan: RemovalPlan, device: str | None, lock_timeout: float) -> tuple[Path, ...]:
    """Remove it all and return what could not be removed; raise StoreBusy, UnsafePath or WriteFailed.

    store.json goes first and the word that this device wrote here goes last, so that a folder that is half gone is
    refused until this is done again.
    """
    data, state = plan.data, plan.state
    for folder in (state, data / DEVICES):
        if folder.is_symlink():
            raise unsafe_path(folder)
    own = data / DEVICES / device if device is not None else None
    try:
        make_folder(state)
        if (data / MARKER).exists():
            with contextlib.suppress(StoreDamaged):
                remember_written(state, read_marker(data).store)
        with exclusive(own, lock_timeout) if own is not None and own.is_dir() else contextlib.nullcontext():
            (data / MARKER).unlink(missing_ok=True)
            if data.is_dir():
                sync_folder(data)
            left = [path for path in plan.files if path.name != LOCK and not discard(path)]
    except OSError as error:
        raise write_failed(data, error) from error
    left += [path for path in plan.files if path.name == LOCK and not discard(path)]
    _remove_empty(data)
    if left:
        return tuple(left)
    left = [path for path in state.iterdir() if path.name != WRITTEN and not discard(path)]
    if not left and not discard(state):
        left = [state]
    return tuple(left)


def _remove_empty(data: Path) -> None:
    """Remove the folders that nothing is left in."""
    devices = data / DEVICES
    for folder in (*(devices.iterdir() if devices.is_dir() else ()), devices, data):
        with contextlib.suppress(OSError):
            if _DEVICE.fullmatch(folder.name) or folder in (devices, data):
                folder.rmdir()
