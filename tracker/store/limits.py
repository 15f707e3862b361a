"""How much is read of what others may have put there: each limit with its reason, and the words for what is beyond it.

Whoever can write in a synced folder can put a file of any size there, and any number of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

LITTLE = 1_000_000
"""Bytes of a small file, such as store.json or identity.age: none of ours comes near a hundredth of it."""

MOST_BYTES = 64_000_000
"""Bytes of one month: ten entries an hour are five million."""

ROOMY = 24_000_000
"""Bytes after which a month goes on in another file, and the most that one write adds, so that no file of ours ever
comes near MOST_BYTES."""

MOST_TOGETHER = 128_000_000
"""Bytes of all the files of a store, of which each takes up eight in memory: ten years of twenty entries a day are
fourteen million for each device. What this device wrote itself has four times the room."""

MOST_PACKED = 5 * MOST_TOGETHER
"""Bytes of one file that holds backups: all of a store, this device's own part and that of the others."""

MOST_FOLDERS = 500
"""Folders of devices: nobody has so many computers, and every look at the store looks into each of them."""

MOST_FILES = 10_000
"""Files of a store: a device makes twelve in a year, and a few copies."""

MOST_LIST = 4_000_000
"""Bytes of the list of what lies in a zip file: some thirty thousand names, and a backup has a few hundred."""


Sized = TypeVar("Sized")


def in_parts(each: Iterable[tuple[Sized, int]], most: int) -> Iterator[list[Sized]]:
    """Yield things, each given with its size, in parts of at most `most` together, or of a larger one alone."""
    part: list[Sized] = []
    whole = 0
    for one, size in each:
        if part and whole + size > most:
            yield part
            part, whole = [], 0
        part.append(one)
        whole += size
    if part:
        yield part


def say_bytes(size: int) -> str:
    """Return a number of bytes in the largest unit of which there is one: `1.4 MB`."""
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 10 else f"{amount:.1f} {unit}"


def too_large(size: int, most: int) -> str:
    """Return what is the matter with a file, to stand behind its name."""
    return f"is too large to be one of ours: {say_bytes(size)}, and at most {say_bytes(most)} are read"
