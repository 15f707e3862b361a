"""Ways to keep backups that look right and are not; the tests must tell every one from the real one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tracker.store.backup import bag, copies, packs, shelf, shelving
from tracker.store.backup.packs import Packs
from tracker.store.files import write_new


@contextmanager
def removed_before_the_new_one_is_safe() -> Iterator[None]:
    """Take the old pack away, and then write the one that is to stand in its place."""
    real = bag.write_bag

    def write(path: Path, members: Mapping[str, bytes]) -> None:
        path.unlink(missing_ok=True)
        real(path, members)

    with patch.object(packs, "write_bag", write):
        yield


@contextmanager
def written_in_place() -> Iterator[None]:
    """Write a backup under its own name at once."""

    def write(path: Path, members: Mapping[str, bytes]) -> None:
        path.unlink(missing_ok=True)
        write_new(path, bag._zipped(members))

    with patch.object(shelf, "write_bag", write):
        yield


@contextmanager
def relied_on_before_it_is_there() -> Iterator[None]:
    """Put what is shared into the packs after the backups that need it."""
    real, later = Packs.add, []

    def add(self: Packs, contents: Mapping[str, bytes]) -> None:
        later.append((self, contents))

    def tidy(folder: Path, **how: Any) -> None:
        for one, contents in later:
            real(one, contents)
        later.clear()

    with patch.object(Packs, "add", add), patch.object(shelving, "tidy", tidy):
        yield


@contextmanager
def folder_gone_before_its_file_is_there() -> Iterator[None]:
    """Take a backup of an older version away, and pack it then."""
    real = shelf.write_backup

    def write(path: Path, *what: Any) -> None:
        import shutil

        own = what[1]
        shutil.rmtree(path.with_name(path.name.split(".n")[0].removesuffix(".zip")), ignore_errors=bool(own))
        real(path, *what)

    with patch.object(shelving, "write_backup", write):
        yield


@contextmanager
def nothing_is_compared() -> Iterator[None]:
    """Take what was written for what is there."""
    with patch.object(bag, "_holds", lambda *_: True):
        yield


@contextmanager
def sums_are_not_looked_at() -> Iterator[None]:
    """Take whatever opens for what was backed up."""
    with patch.object(shelf.Packed, "trouble_of", lambda *_: None):
        yield


@contextmanager
def what_was_purged_stays_in_the_packs() -> Iterator[None]:
    """Leave in the packs what no backup needs any more."""
    with patch.object(Packs, "keep_only", lambda *_, **__: None):
        yield


@contextmanager
def only_sound_backups_need_anything() -> Iterator[None]:
    """Let the packs forget what a backup needs that was set aside."""
    real = copies.all_copies
    with patch.object(shelving, "all_copies", lambda folder: [each for each in real(folder) if not each.damaged]):
        yield


@contextmanager
def damaged_packs_are_overwritten() -> Iterator[None]:
    """Write over a pack whose list is damaged."""
    with patch.object(Packs, "_set_aside", lambda *_: None):
        yield


@contextmanager
def names_lead_anywhere() -> Iterator[None]:
    """Believe every name that a list of files has."""
    with patch.object(shelf, "_is_ours", lambda _name: True):
        yield


@contextmanager
def everything_is_kept() -> Iterator[None]:
    """Thin nothing out."""
    with patch.object(shelving, "kept", lambda times: set(times)):
        yield
