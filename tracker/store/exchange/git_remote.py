"""Git as a carrier: files of a store in one commit after another, on a branch of a bare repository.

A repository at a path on this computer is used through one of ours whose objects and branches are links to it, so that
its settings and hooks are never looked at and no second git acts there. One that is reached by ssh or https
gives its newest commit to a throw-away repository. No work tree is made: no links, no filters and no hooks of others
come to act.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from tracker.domain.text.clean import one_line
from tracker.store.errors import unsafe_path
from tracker.store.events import new_id
from tracker.store.exchange.address import is_bare_repository, path_of, shown
from tracker.store.exchange.git import Done, Git
from tracker.store.exchange.git_files import files_of, newest
from tracker.store.exchange.git_login import settings_for
from tracker.store.exchange.places import helpers
from tracker.store.files import oddity, read_plain

BRANCH = "toward"
_MESSAGE = b"Exchange\n"
_REF = f"refs/heads/{BRANCH}"
_FETCHED = "refs/heads/fetched"
_OLDEST_GIT = (2, 32)
"""The first git that can be kept from the settings of the user."""
_MANY_LOOSE = 27
"""Loose objects in one of 256 folders, from which on git itself packs them."""
_LOCK_TRIES = 3
_QUICKER = re.compile(
    r"fetch first|non-fast-forward|stale info|cannot lock|incorrect old value|reference already|Not updating"
)
_LOCK = re.compile(r"Unable to create '([^'\n]+\.lock)': File exists")
_CARRIED_OVER = {
    "extensions.objectformat": r"sha1|sha256",
    "extensions.refstorage": r"[a-z]{1,20}",
    "core.sharedrepository": r"[a-z]{1,9}|0[0-7]{3}",
}
"""What has to be known of a repository to read and write it as it is; values of another form are not taken over."""
_LINKED = ("objects", "refs", "packed-refs", "shallow", "reftable")


class GitRemote:
    """The newest commit on our branch of a repository elsewhere."""

    def __init__(self, url: str, folder: Path, stopped: threading.Event | None = None) -> None:
        self.where = shown(url)
        self.left: dict[str, str] = {}
        self._git = Git(folder, self.where, stopped)
        self._path, self._name = path_of(url), new_id()
        self._tip: str | None = None
        self._written: dict[str, bytes | None] = {}
        self._locked = 0
        if self._path is None:
            self._begin(url)

    def _begin(self, url: str) -> None:
        """Make a throw-away repository that knows one place, by a name that nobody's settings can have."""
        version = re.search(rb"version (\d+)\.(\d+)", self._git.run("version").out)
        if version and (int(version[1]), int(version[2])) < _OLDEST_GIT:
            raise self._git.trouble("git is too old to be kept from other settings. Update it to 2.32 or later")
        self._git.run("init", "--bare", "--quiet", "--template=", "--", str(self._git.folder))
        # The address goes in here, for an argument is seen by everybody on the machine.
        text = settings_for(self._git, self._name, url)
        self._git.settings.write_text(text, "utf-8", "surrogateescape")

    def fetch(self) -> dict[str, bytes]:
        """Return the files of the newest commit, none where there is no commit yet. Raise StoreError."""
        self._written.clear()
        self.left.clear()
        if self._path is not None:
            self._stand_before(self._path)
            self._tip = newest(self._git, _REF)
        else:
            self._tip = self._fetched()
        if self._tip is None:
            return {}
        files, self.left = files_of(self._git, self._tip)
        return files

    def _fetched(self) -> str | None:
        branch = f"+{_REF}:{_FETCHED}"
        words = ("--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--", self._name, branch)
        done = self._git.run("fetch", *words, check=False, settings=_THROWN_AWAY)
        if done.code and b"find remote ref" in done.said:
            return None
        self._git.refuse(done)
        return newest(self._git, _FETCHED)

    def _stand_before(self, path: Path) -> None:
        """Make a repository with settings of ours that reads and writes what lies in the one at `path`."""
        front = self._git.folder
        if not is_bare_repository(path):
            raise self._git.trouble("there is no repository. Make an empty one with: git init --bare")
        for each in _inside(path):
            if each.is_symlink():
                raise unsafe_path(each)
            if not each.is_dir() and (odd := oddity(each.lstat())):
                raise self._git.trouble(f"{each} {odd}")
        if front.exists():
            return
        try:
            text = read_plain(path / "config")
        except OSError as error:
            raise self._git.trouble(f"{path / 'config'} {error.strerror}") from None
        front.mkdir(mode=0o700)
        (front / "HEAD").write_text(f"ref: {_REF}\n")
        (front / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
        for name in _LINKED:
            try:
                (front / name).symlink_to(path / name)
            except OSError:
                raise self._git.trouble(
                    "this system makes no links, without which a repository at a path cannot be used safely. "
                    "Name a plain folder instead"
                ) from None
        asked = self._git.run("config", "--file", "-", "--no-includes", "--list", "-z", stdin=text).out
        (front / "config").write_text(_as_there(asked.decode("utf-8", "replace")))

    def is_foreign(self) -> bool:
        """Return whether the repository has branches of somebody else's."""
        if self._path is not None:
            return bool(self._git.run("for-each-ref", "--count=1", "refs/heads").out.strip())
        return bool(self._git.run("ls-remote", "--heads", "--", self._name).out.strip())

    def write(self, name: str, data: bytes) -> None:
        """Let a file be part of the next commit."""
        self._written[name] = data

    def remove(self, name: str) -> None:
        """Leave a file out of the next commit; the history keeps it."""
        self._written[name] = None

    def send(self) -> bool:
        """Commit and push what was written; False where another device pushed first. Raise StoreError."""
        if not self._written:
            return True
        words = ("fast-import", "--quiet", "--date-format=now")
        if self._path is not None:
            done = self._git.run(*words, stdin=self._commit(), check=False, settings=_FOR_GOOD)
        else:
            self._git.run(*words, "--force", stdin=self._commit(), settings=_THROWN_AWAY)
            branch = f"{_REF}:{_REF}"
            push = ("push", "--porcelain", "--no-verify", "--", self._name, branch)
            done = self._git.run(*push, check=False, settings=_THROWN_AWAY)
        if done.code and self._was_quicker(done):
            self._git.pause()
            return False
        self._git.refuse(done)
        if self._path is not None:
            self._tidy(self._path)
        return True

    def _commit(self) -> bytes:
        """Return what tells git to make the next commit."""
        files = self._written if self._tip else {**helpers(), **self._written}
        lines = [f"commit {_REF}\ncommitter toward <toward@localhost> now\ndata {len(_MESSAGE)}\n".encode(), _MESSAGE]
        if self._tip:
            lines.append(f"from {self._tip}\n".encode())
        for name, data in files.items():
            if data is None:
                lines.append(f"D {name}\n".encode())
                continue
            lines += [f"M 100644 inline {name}\ndata {len(data)}\n".encode(), data, b"\n"]
        return b"".join(lines)

    def _was_quicker(self, done: Done) -> bool:
        """Return whether another device sent first; raise GitTrouble where a lock has been in the way for too long."""
        text = (done.said + done.out).decode("utf-8", "replace")
        lock = _LOCK.search(text)
        self._locked = self._locked + 1 if lock else 0
        if lock and self._locked >= _LOCK_TRIES:
            file = one_line(lock[1]).replace(str(self._git.folder), str(self._path)).replace("/./", "/")[:300]
            raise self._git.trouble(
                f"{shown(file)} is in the way, and was not gone in time. If no other device is exchanging now, a git "
                "that was cut short left it there: remove it, and try again"
            )
        return bool(lock or _QUICKER.search(text))

    def _tidy(self, path: Path) -> None:
        """Pack what many exchanges left at a path one by one, as git does there by itself after a push."""
        try:
            loose = sum(1 for _ in (path / "objects" / "17").iterdir())
        except OSError:
            return
        if loose > _MANY_LOOSE:
            self._git.run("repack", "-d", "-l", "-q", check=False)


_FOR_GOOD = {"core.fsync": "all", "fastimport.unpackLimit": "100"}
"""What is written at a path stays: it is safe on the disk, and lies as git itself would put it there."""
_THROWN_AWAY = {"core.fsync": "none"}
"""What is gone after the exchange need not be safe on the disk."""


def _inside(path: Path) -> Iterator[Path]:
    """Yield what of a repository is read or written, to be looked at before git follows it anywhere."""
    places = ("config", "packed-refs", "shallow", "reftable", "objects", "refs", "refs/heads", _REF)
    yield from (path / name for name in places if os.path.lexists(path / name))
    if not (path / "objects").is_symlink():
        yield from _odd_objects(path / "objects")


def _odd_objects(folder: Path) -> Iterator[Path]:
    """Yield what among the objects git could be led away by or wait for: whatever is neither a folder nor a file."""
    with os.scandir(folder) as folders:
        for each in folders:
            if not each.is_dir(follow_symlinks=False):
                yield Path(each.path)
                continue
            with os.scandir(each.path) as entries:
                yield from (Path(entry.path) for entry in entries if not entry.is_file(follow_symlinks=False))


def _as_there(listed: str) -> str:
    """Return the settings of a repository that stands before another one, from what git lists of that one's."""
    lines = ["[core]", "\tbare = true", "\tlogAllRefUpdates = false"]
    version = 0
    for entry in listed.split("\0"):
        name, _, value = entry.partition("\n")
        if re.fullmatch(_CARRIED_OVER.get(name, r"(?!)"), value):
            section, _, key = name.partition(".")
            lines += [f"[{section}]", f"\t{key} = {value}"]
            version = max(version, section == "extensions")
    return "\n".join([*lines, "[core]", f"\trepositoryformatversion = {version:d}", ""])
