"""Recording what is asked of the operating system, in the order in which it is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch


@dataclass(frozen=True)
class Call:
    """One call: what, on which path, with which bytes or which second path."""

    kind: str
    path: str
    data: bytes = b""
    target: str = ""
    truncates: bool = False


@dataclass
class Trace:
    """The calls below `root`, and the notes that a test put between them."""

    root: str
    calls: list[Call] = field(default_factory=list)

    def add(self, call: Call) -> None:
        """Keep a call if it concerns a file of ours; the lock file holds nothing.

        What was seen is flushed by nobody and may be old, torn or gone at any moment: test_seen.py tries that.
        """
        if call.path.startswith(self.root) and not call.path.endswith(".lock") and "seen.json" not in call.path:
            self.calls.append(call)

    def note(self, text: str) -> None:
        """Put a note between the calls, such as "this was acknowledged"."""
        self.calls.append(Call("note", self.root, text.encode()))


@contextmanager
def recording(root: Path) -> Iterator[Trace]:
    """Record all calls that change something below `root`."""
    trace = Trace(str(root))
    paths: dict[int, str] = {}
    real: dict[str, Callable[..., Any]] = {
        name: getattr(os, name) for name in ("open", "close", "write", "fsync", "replace", "rename", "link", "unlink")
    }
    real |= {"mkdir": os.mkdir, "rmdir": os.rmdir}

    def open_(path: Any, flags: int, *args: Any, **more: Any) -> int:
        fd: int = real["open"](path, flags, *args, **more)
        paths[fd] = os.fspath(path)
        if flags & os.O_CREAT:
            trace.add(Call("create", paths[fd], truncates=bool(flags & os.O_TRUNC)))
        return fd

    def close(fd: int) -> None:
        paths.pop(fd, None)
        real["close"](fd)

    def write(fd: int, data: bytes) -> int:
        count: int = real["write"](fd, data)
        trace.add(Call("write", paths.get(fd, ""), bytes(data[:count])))
        return count

    def fsync(fd: int) -> None:
        real["fsync"](fd)
        trace.add(Call("fsync", paths.get(fd, "")))

    def two(name: str) -> Callable[..., None]:
        def call(source: Any, target: Any, **more: Any) -> None:
            real[name](source, target, **more)
            kind = "rename" if name == "replace" else name
            trace.add(Call(kind, os.fspath(source), target=os.fspath(target)))

        return call

    def unlink(path: Any, **more: Any) -> None:
        real["unlink"](path, **more)
        trace.add(Call("unlink", os.fspath(path)))

    def rmdir(path: Any, **more: Any) -> None:
        real["rmdir"](path, **more)
        trace.add(Call("unlink", os.fspath(path)))

    def mkdir(path: Any, *args: Any, **more: Any) -> None:
        real["mkdir"](path, *args, **more)
        trace.add(Call("mkdir", os.fspath(path)))

    doubles = {
        "open": open_,
        "close": close,
        "write": write,
        "fsync": fsync,
        "replace": two("replace"),
        "rename": two("rename"),
        "link": two("link"),
        "unlink": unlink,
        "mkdir": mkdir,
        "rmdir": rmdir,
    }
    with ExitStack() as stack:
        for name, double in doubles.items():
            stack.enter_context(patch.object(os, name, double))
        yield trace


def broken_promises(calls: list[Call], path: Path) -> list[str]:
    """Return which step is missing or misplaced in the last replacement of `path`."""
    target, folder = str(path), str(path.parent)
    broken = [f"{call.kind} on the live file" for call in calls if call.path == target and call.kind != "fsync"]
    renames = [at for at, call in enumerate(calls) if call.kind == "rename" and call.target == target]
    if not renames:
        return [*broken, "never renamed into place"]
    at = renames[-1]
    temp = calls[at].path
    steps = [(place, call.kind) for place, call in enumerate(calls) if call.path == temp and place < at]
    kinds = [kind for _, kind in steps]
    if "write" not in kinds:
        broken.append("nothing written before the rename")
    if not kinds or kinds[-1] != "fsync":
        broken.append("renamed before the file was synced")
    if any(call.path == temp and call.kind == "write" for call in calls[at:]):
        broken.append("written after the rename")
    if not any(call.kind == "fsync" and call.path == folder for call in calls[at:]):
        broken.append("the folder was not synced after the rename")
    return broken
