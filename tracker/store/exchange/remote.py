"""Which place a data folder exchanges its files with; remembered in its state folder, on this machine alone."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from tracker.store.errors import WriteFailed
from tracker.store.events import decode, encode
from tracker.store.exchange.address import is_address, is_bare_repository, refuse_address, shown
from tracker.store.exchange.git_remote import GitRemote
from tracker.store.exchange.places import Folder
from tracker.store.files import atomic_write, discard, exclusive, read_plain
from tracker.store.identity.identity import MARKER
from tracker.store.log.housekeeping import EXCHANGE

Place = Folder | GitRemote
"""Files of a store by their names, such as `devices/<device>/2026-11.json`."""

_FILE = "sync.json"
_OLD = 3600
_TURN = 15.0


class NoRemote(ValueError):
    """A text names no place to exchange with; the message says why, to come after the text."""


@dataclass(frozen=True, slots=True)
class Remote:
    """A place: what it is (`git` or `folder`), where, and whether anything was ever exchanged with it."""

    kind: str
    where: str
    met: bool = False

    @property
    def shown(self) -> str:
        """Return where it is, without the name or password that an address may hold."""
        return shown(self.where)


def read_remote(text: str, data: Path, state: Path) -> Remote:
    """Return the place that a person names; raise NoRemote."""
    if reason := refuse_address(text):
        raise NoRemote(reason)
    try:
        path = Path(text).expanduser().absolute()
        is_folder = path.is_dir()
    except (OSError, RuntimeError):
        raise NoRemote("cannot be looked at. Write the whole path") from None
    if not is_folder:
        if is_address(text):
            return Remote("git", text)
        raise NoRemote("is not there. Make it first: git init --bare for a repository, or mkdir for a folder")
    if is_bare_repository(path):
        return Remote("git", str(path))
    if (path / ".git").exists():
        raise NoRemote("has a work tree. Name a bare repository, made with: git init --bare")
    real, home = path.resolve(), data.resolve()
    if real == home or real in home.parents or home in real.parents:
        raise NoRemote("is the data folder itself, or lies around or inside it. Name another folder")
    if real.is_relative_to(state.resolve()):
        raise NoRemote("lies in the state folder, which stays on this machine. Name another folder")
    return Remote("folder", str(path))


def remembered(state: Path) -> Remote | None:
    """Return the place that was named last, or None."""
    try:
        found = decode(read_plain(state / _FILE))
    except (OSError, ValueError):
        return None
    if isinstance(found, dict) and isinstance(found.get("where"), str) and found.get("kind") in ("git", "folder"):
        return Remote(found["kind"], found["where"], found.get("met") is True)
    return None


def remember(state: Path, remote: Remote) -> None:
    """Keep the place for the next time; raise OSError."""
    atomic_write(state / _FILE, encode({"kind": remote.kind, "where": remote.where, "met": remote.met}))


def forget(state: Path) -> None:
    """Keep no place any more; raise OSError."""
    (state / _FILE).unlink(missing_ok=True)


@contextlib.contextmanager
def opened(
    remote: Remote, state: Path, stopped: threading.Event | None = None, *, writing: bool = True
) -> Iterator[Place]:
    """Open the place; what git needs meanwhile lies in the state folder and is gone afterwards. Raise StoreError.

    A folder is locked while it is written to, so that two devices on one share do not put older files over newer.
    """
    if remote.kind == "folder":
        root = Path(remote.where)
        with _locked(root) if writing and (root / MARKER).is_file() else contextlib.nullcontext():
            yield Folder(root)
        return
    _sweep(state)
    work = Path(mkdtemp(prefix=EXCHANGE, dir=state))
    try:
        yield GitRemote(remote.where, work / "repository", stopped)
    finally:
        discard(work)


@contextlib.contextmanager
def _locked(root: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        # Some shares know no locks, and a folder that can only be read can still be read.
        with contextlib.suppress(WriteFailed, NotImplementedError):
            stack.enter_context(exclusive(root, _TURN))
        yield


def _sweep(state: Path) -> None:
    """Remove what a killed exchange left behind."""
    for path in state.glob(f"{EXCHANGE}*"):
        with contextlib.suppress(OSError):
            if time.time() - path.lstat().st_mtime > _OLD:
                discard(path)
