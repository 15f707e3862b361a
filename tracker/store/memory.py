"""What this computer remembers of a store, in its state folder: nothing private, and nothing that only a key may read.

Whoever can write in a synced folder can put any file there; what is remembered here tells a change from an attack.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tracker.store.events import decode, encode
from tracker.store.files import atomic_write, read_plain
from tracker.store.limits import MOST_BYTES

KNOWN = "known.json"
"""The file that holds what seldom changes: it is on the disk before anything is done that relies on it."""

SEEN = "seen.json"
"""The file that holds how much each file held; one that is a little old is no harm."""

PLAIN, SEALED = "plain", "sealed"


@dataclass(frozen=True, slots=True)
class Known:
    """What a store was when this computer last opened it.

    `mode` is PLAIN, SEALED, or "" where nothing is remembered; `key` tells the newest key from others without naming
    it; `proven` is whether its files bore a proof of who wrote them; `adopted` holds the SHA-256 of each file without
    such a proof that is read all the same, by its name below `devices`.
    """

    store: str = ""
    mode: str = ""
    key: str = ""
    proven: bool = False
    devices: frozenset[str] = frozenset()
    adopted: Mapping[str, str] = field(default_factory=dict)
    adopted_for: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """How many entries each file held and the id of its last one, by its name below `devices`; `n` is the number of
    this device's newest operation.
    """

    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    n: int = 0


def read_known(state: Path) -> Known:
    """Return what is remembered of a store, an empty Known where nothing can be read."""
    found = _read(state / KNOWN)
    adopted = found.get("adopted")
    devices = found.get("devices")
    return Known(
        _text(found, "store"),
        _text(found, "mode"),
        _text(found, "key"),
        found.get("proven") is True,
        frozenset(each for each in devices if isinstance(each, str)) if isinstance(devices, list) else frozenset(),
        {name: each for name, each in adopted.items() if isinstance(each, str)} if isinstance(adopted, dict) else {},
        _text(found, "adopted_for"),
    )


def remember(state: Path, known: Known) -> None:
    """Keep what a store is, safe on the disk before this returns; nothing is written if it is known. Raise OSError."""
    if known != read_known(state):
        said = {"store": known.store, "mode": known.mode, "key": known.key, "proven": known.proven}
        more = {"devices": sorted(known.devices), "adopted": dict(sorted(known.adopted.items()))}
        atomic_write(state / KNOWN, encode({**said, **more, "adopted_for": known.adopted_for}))


def read_seen(state: Path) -> Seen:
    """Return how much each file held, nothing where that cannot be read."""
    found = _read(state / SEEN)
    files = found.get("files")
    n = found.get("n")
    held = files.items() if isinstance(files, dict) else ()
    return Seen({name: each for name, row in held if (each := _row(row))}, n if type(n) is int and n > 0 else 0)


def note_seen(state: Path, seen: Seen) -> None:
    """Keep how much each file held; where the disk refuses, it is kept the next time."""
    with contextlib.suppress(OSError):
        files = {name: list(row) for name, row in sorted(seen.files.items())}
        atomic_write(state / SEEN, encode({"n": seen.n, "files": files}), durable=False)


def _row(row: object) -> tuple[int, str] | None:
    if isinstance(row, list) and len(row) == 2 and type(row[0]) is int and isinstance(row[1], str):
        return row[0], row[1]
    return None


def _text(found: Mapping[str, Any], name: str) -> str:
    text = found.get(name)
    return text if isinstance(text, str) else ""


def _read(path: Path) -> dict[str, Any]:
    try:
        found = decode(read_plain(path, MOST_BYTES))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
