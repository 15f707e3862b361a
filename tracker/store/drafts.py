"""Drafts: words that were typed and not saved when the app had to go, a small file for each in the state folder.

They are encrypted where the store is; a plain draft never stays beside an encrypted store.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracker.store.crypto.vault import AGE, Vault
from tracker.store.events import decode
from tracker.store.files import atomic_write, make_folder, read_plain
from tracker.store.limits import MOST_BYTES

_TABLE = "draft"
_PATTERN = "draft-*.json"


def write_draft(state: Path, vault: Vault, place: str, value: Mapping[str, Any]) -> None:
    """Keep what was typed at a place, instead of what was kept of it before; raise OSError or ValueError."""
    make_folder(state)
    path, other = _paths(state, vault, _name(place))
    atomic_write(path, vault.encrypt(path, {_TABLE: {"1": {**value, "place": place}}}))
    other.unlink(missing_ok=True)


def read_drafts(state: Path, vault: Vault) -> Iterator[dict[str, Any]]:
    """Yield what is kept, each with its `place`; a file that cannot be read is left out."""
    for path in (*sorted(state.glob(_PATTERN)), *sorted(state.glob(_PATTERN + AGE))):
        if (found := _read(path, vault)) is not None:
            yield found


def remove_draft(state: Path, place: str) -> None:
    """Remove what is kept of a place, encrypted or not; raise OSError."""
    for ending in ("", AGE):
        (state / f"{_name(place)}{ending}").unlink(missing_ok=True)


def has_plain_drafts(state: Path) -> bool:
    """Return whether a draft lies in a state folder that anybody could read who gets hold of the file."""
    return next(state.glob(_PATTERN), None) is not None


def convert_drafts(state: Path, vault: Vault) -> None:
    """Write every draft as the vault would; one that cannot be read is removed. Raise OSError."""
    for path in (*sorted(state.glob(_PATTERN)), *sorted(state.glob(_PATTERN + AGE))):
        found = _read(path, vault)
        target, _ = _paths(state, vault, path.name.removesuffix(AGE))
        if found is not None:
            atomic_write(target, vault.encrypt(target, {_TABLE: {"1": found}}))
        if path != target or found is None:
            path.unlink(missing_ok=True)


def _read(path: Path, vault: Vault) -> dict[str, Any] | None:
    with contextlib.suppress(OSError, ValueError):
        tables = decode(vault.open(path, read_plain(path, MOST_BYTES)))
        if isinstance(tables, dict):
            row = (tables.get(_TABLE) or {}).get("1")
            if isinstance(row, dict) and isinstance(row.get("place"), str):
                return row
    return None


def _paths(state: Path, vault: Vault, name: str) -> tuple[Path, Path]:
    """Return where the vault keeps a draft, and where it lay if the store was locked or unlocked since."""
    return state / f"{name}{vault.ending}", state / f"{name}{'' if vault.ending else AGE}"


def _name(place: str) -> str:
    return f"draft-{hashlib.sha256(place.encode()).hexdigest()[:16]}.json"
