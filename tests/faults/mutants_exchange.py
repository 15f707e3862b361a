"""Exchanges with one protection taken away: run by others, led astray, or without a limit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tracker.store import files
from tracker.store import store as store_module
from tracker.store.backup import copies
from tracker.store.exchange import git, git_files, git_login, git_remote, places
from tracker.store.limits import LITTLE
from tracker.store.log import shards
from tracker.store.transaction import Transaction

_NO_LIMIT = 10**15


def _nothing(*_paths: Path) -> None:
    pass


@contextmanager
def their_settings_count() -> Iterator[None]:
    """Use a repository at a path with the settings that lie there."""
    settings = {name: value for name, value in git._SETTINGS.items() if name != "core.hooksPath"}

    def all_of_it(listed: str) -> str:
        lines = []
        for entry in listed.split("\0")[:-1]:
            name, _, value = entry.partition("\n")
            section, _, key = name.partition(".")
            lines.append(f"[{section}]\n\t{key} = {value}\n")
        return "".join(lines)

    with patch.object(git_remote, "_as_there", all_of_it), patch.object(git, "_SETTINGS", settings):
        yield


@contextmanager
def the_users_settings_count() -> Iterator[None]:
    """Tell git all that the user has configured, beside how to log in."""
    with patch.object(git_login, "_HOW_TO_LOG_IN", re.compile(r".+", re.DOTALL)):
        yield


@contextmanager
def links_there_are_followed() -> Iterator[None]:
    """Let git go where the links in a repository lead."""
    with patch.object(git_remote, "_inside", lambda _path: ()):
        yield


@contextmanager
def a_lock_is_a_quicker_device() -> Iterator[None]:
    """Take a lock that was left for a device that is sending."""
    with patch.object(git_remote, "_LOCK_TRIES", _NO_LIMIT):
        yield


@contextmanager
def objects_are_believed() -> Iterator[None]:
    """Take what lies under an id for what has that id."""
    with patch.object(git_files, "_hash", lambda about, _raw: about.id):
        yield


@contextmanager
def as_many_as_there_are() -> Iterator[None]:
    """Take in as many files, folders and bytes as somebody has put there."""
    with (
        patch.multiple(git_files, MOST_FILES=_NO_LIMIT, MOST_FOLDERS=_NO_LIMIT, MOST_TOGETHER=_NO_LIMIT),
        patch.multiple(places, MOST_FILES=_NO_LIMIT, MOST_FOLDERS=_NO_LIMIT, MOST_TOGETHER=_NO_LIMIT),
        patch.multiple(shards, MOST_FILES=_NO_LIMIT, MOST_FOLDERS=_NO_LIMIT, MOST_TOGETHER=_NO_LIMIT),
    ):
        yield


@contextmanager
def listened_to_for_ever() -> Iterator[None]:
    """Take in whatever git puts out."""
    real = git._Listener.__init__

    def listen(self: Any, stream: Any, _most: int, drops: int = 0) -> None:
        real(self, stream, _NO_LIMIT, drops)

    with patch.object(git._Listener, "__init__", listen):
        yield


@contextmanager
def waited_for_ever() -> Iterator[None]:
    """Wait as long as git takes."""
    with patch.object(git, "PATIENCE", _NO_LIMIT), patch.object(git, "LONGEST", _NO_LIMIT):
        yield


@contextmanager
def git_has_all_of_the_machine() -> Iterator[None]:
    """Give git what memory, time and disk it takes."""
    with patch.object(git, "_bounds", list):
        yield


@contextmanager
def nothing_is_looked_over() -> Iterator[None]:
    """Take objects from a server as they come."""
    with patch.object(git, "_SETTINGS", git._SETTINGS | {"transfer.fsckObjects": "false"}):
        yield


@contextmanager
def files_of_any_size() -> Iterator[None]:
    """Read a file to its end, whatever its size."""
    real = files.read_plain

    def read(path: Path, _most: int = LITTLE) -> bytes:
        return real(path, _NO_LIMIT)

    with patch.object(shards, "read_plain", read), patch.object(places, "read_plain", read):
        yield


@contextmanager
def folders_are_made_through_links() -> Iterator[None]:
    """Look for links once the folder is made."""
    with (
        patch.object(places, "refuse_links", _nothing),
        patch.object(copies, "refuse_links", _nothing),
        patch.object(store_module, "refuse_links", _nothing),
    ):
        yield


@contextmanager
def longer_names_than_there_can_be() -> Iterator[None]:
    """Call what is to take the place of a file by its whole name and more."""
    with patch.object(files, "temp_beside", lambda path: path.with_name(f".{path.name}.0123456789ab.tmp")):
        yield


@contextmanager
def months_grow_for_ever() -> Iterator[None]:
    """Write on in a month's file, however large it is."""
    with patch.object(Transaction, "_is_full", staticmethod(lambda _path: False)):
        yield
