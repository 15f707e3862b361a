"""Running git so that it runs nothing of anybody else, goes nowhere else, asks nothing, and comes to an end.

Of what others have configured it is told nothing: not by the repository at the other end, and of the user's own
settings only how to log in (see `git_login`). What it may use up is bounded, for what it reads was written by others.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from tracker.domain.text.clean import one_line
from tracker.store.errors import StoreError
from tracker.store.exchange.address import shown
from tracker.store.files import POSIX
from tracker.store.limits import LITTLE, say_bytes

PATIENCE = 120.0
"""Seconds after which one git that is not done is given up on, whether it is silent or never ends."""
LONGEST = 600.0
"""Seconds after which a whole exchange is given up on."""
MOST_MEMORY = 512_000_000
"""Bytes that one git may take up: some eight times the largest file that is carried."""
MOST_COMPUTING = 30
"""Seconds that one git may compute: what any store holds is unpacked in ten, on a slow computer too."""
MOST_WRITTEN = 200_000_000
"""Bytes of one file that git may write: all that is carried in one exchange fits in, and does not compress."""
_SAID = 65_536
_GRACE = 2.0
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.askPass": "",
    "core.pager": "cat",
    "core.alternateRefsCommand": ": #",
    "core.bigFileThreshold": "16m",
    "core.commitGraph": "false",
    "core.multiPackIndex": "false",
    "core.deltaBaseCacheLimit": "32m",
    "pack.threads": "1",
    "pack.windowMemory": "64m",
    "transfer.fsckObjects": "true",
    "transfer.unpackLimit": "1",
    "protocol.ext.allow": "never",
    "http.followRedirects": "initial",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "push.gpgSign": "false",
    "push.followTags": "false",
    "fetch.recurseSubmodules": "false",
    "push.recurseSubmodules": "no",
}
"""What is said to git itself; by `transfer.unpackLimit` what comes in stays packed, and large files out of memory."""
_LOOK = "No store of Toward is like that. Look what lies there, or name another place"
_REASONS = (
    (
        r"dubious ownership|unsafe repository",
        "git there does not trust it, because it belongs to somebody else: see safe.directory in git's manual",
    ),
    (
        r"permission denied|authentication f.iled|could not read (username|password)|prompts disabled|"
        r"returned error: 40[13]|host key verification|access denied|not authorized",
        "you are not let in. Check that git can reach it by itself, without asking for a password",
    ),
    (
        r"could not resolve|connection (refused|timed out|reset|closed)|unreachable|f.iled to connect|no route|"
        r"operation timed out|unable to access|name or service not known",
        "it cannot be reached. Check the network and try again",
    ),
    (
        r"does not appear to be a git repo|not a git repo|repository .*not (found|exist)|does not exist|"
        r"no such (file|dir)|returned error: 404",
        "there is no repository. Make an empty one with: git init --bare",
    ),
    (r"no space left|disk quota", "the disk there is full"),
    (r"fsck error", f"what lies there is not as git makes it, so git refuses it. {_LOOK}"),
)
_USED_UP = (
    (
        "SIGXCPU",
        r"cpu time limit",
        f"git has computed for {MOST_COMPUTING} s with what lies there and is not done",
    ),
    (
        "SIGXFSZ",
        r"file too large|file size limit|\A\s*fatal: fetch-pack: invalid index-pack output\s*\Z",
        f"what lies there is larger than the {say_bytes(MOST_WRITTEN)} that are taken in at once",
    ),
    (
        "SIGKILL",
        r"out of memory|memory exhausted|cannot allocate|(malloc|mmap) f.iled",
        f"what lies there needs more than the {say_bytes(MOST_MEMORY)} of memory that git is given",
    ),
)


class GitTrouble(StoreError):
    """Git could not do it; the message is one line and says the way out."""


class TooMuch(GitTrouble):
    """More came than was to be read."""


class Stopped(StoreError):
    """Somebody asked for it to stop."""


class Done(NamedTuple):
    """How a git ended, what it put out, and the beginning of what it said."""

    code: int
    out: bytes
    said: bytes


class Git:
    """A git with the repository `folder` of ours; what it needs meanwhile lies beside that."""

    def __init__(self, folder: Path, where: str, stopped: threading.Event | None = None) -> None:
        self.folder, self.where = folder, where
        self.settings = folder.with_name("settings")
        """The file that git takes for the settings of the user."""
        self._stopped = stopped or threading.Event()
        self._end = time.monotonic() + LONGEST
        program = shutil.which("git")
        if program is None:
            raise GitTrouble("git is not installed, or not on PATH. Install it, or name a plain folder instead.")
        self._program = program
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.settings.touch(mode=0o600)
        self._alone = {"GIT_CONFIG_GLOBAL": str(self.settings), "GIT_CONFIG_NOSYSTEM": "1"}

    def pause(self) -> None:
        """Wait for a moment that is never the same, so that two devices do not meet again."""
        self._stopped.wait(int.from_bytes(os.urandom(1)) / 1000)

    def trouble(self, reason: str) -> GitTrouble:
        """Return what is raised where nothing was exchanged, for a reason."""
        return GitTrouble(f"Nothing was exchanged with {self.where}: {reason}.")

    def refuse(self, done: Done) -> None:
        """Raise GitTrouble in plain words if git did not do it."""
        if not done.code:
            return
        text = done.said.decode("utf-8", "replace") + "\n" + done.out[:_SAID].decode("utf-8", "replace")
        for name, pattern, reason in _USED_UP:
            number = getattr(signal, name, None)
            if number and (done.code in (-number, 128 + number) or re.search(rf"died of signal {int(number)}\b", text)):
                raise self.trouble(f"{reason}. {_LOOK}")
            if re.search(pattern, text, re.IGNORECASE):
                raise self.trouble(f"{reason}. {_LOOK}")
        for pattern, reason in _REASONS:
            if re.search(pattern, text, re.IGNORECASE):
                raise self.trouble(reason)
        lines = done.said.decode("utf-8", "replace").splitlines()
        last = next((line for line in reversed(lines) if line.strip()), "")
        reason = shown(one_line(last)).rstrip(".")[:300] or f"it ended with code {done.code}"
        raise GitTrouble(f"Nothing was exchanged with {self.where}; git says: {reason}.")

    def run(
        self,
        *words: str,
        stdin: bytes = b"",
        most: int = LITTLE,
        check: bool = True,
        settings: dict[str, str] | None = None,
        as_the_user: bool = False,
    ) -> Done:
        """Run git without hooks, prompts or anybody's settings, and take in at most `most` bytes of what it puts out.

        With `as_the_user` it sees the settings of the user and the system; that is for reading them only. Raise
        GitTrouble, TooMuch or Stopped; with `check` also where git says that it could not do it.
        """
        given = [w for name, value in (_SETTINGS | (settings or {})).items() for w in ("-c", f"{name}={value}")]
        where = [] if words[0] in ("init", "version") else [f"--git-dir={self.folder}"]
        command = [*_bounds(), self._program, *given, *where, *words]
        # Given as a file, because what is left of a pipe is not sent on after a first wait.
        with TemporaryFile(dir=self.folder.parent) as asked:
            asked.write(stdin)
            asked.seek(0)
            # In a session of its own git and ssh have no terminal that they could ask at.
            process = subprocess.Popen(
                command,
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment() | ({} if as_the_user else self._alone),
                cwd=self.folder.parent,
                start_new_session=True,
            )
        assert process.stdout is not None and process.stderr is not None
        out, said = _Listener(process.stdout, most), _Listener(process.stderr, _SAID, drops=LITTLE)
        try:
            self._wait(process, out, said)
        except BaseException:
            _kill(process)
            raise
        done = Done(process.returncode, b"".join(out.heard), b"".join(said.heard))
        if check:
            self.refuse(done)
        return done

    def _wait(self, process: subprocess.Popen[bytes], *listeners: _Listener) -> None:
        """Wait until git is done; raise where it is asked to stop, takes too long or never ends what it puts out."""
        until = min(time.monotonic() + PATIENCE, self._end)
        while True:
            for listener in listeners:
                listener.join(0.1)
            if any(listener.over for listener in listeners):
                raise TooMuch(f"Nothing was exchanged with {self.where}: it sends more than any store holds. {_LOOK}.")
            if not any(listener.is_alive() for listener in listeners):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.1)
                    return
            if self._stopped.is_set():
                raise Stopped("Stopped. What came in until then stays; the rest comes the next time.")
            if time.monotonic() >= until:
                raise self.trouble("it does not answer, or takes too long. Try again later")


class _Listener(threading.Thread):
    """Takes in what git puts out, up to a limit; `drops` more bytes are let go of before it is `over`."""

    def __init__(self, stream: IO[bytes], most: int, drops: int = 0) -> None:
        super().__init__(daemon=True)
        self._stream, self._most, self._drops = stream, most, drops
        self.heard: list[bytes] = []
        self.over = False
        self.start()

    def run(self) -> None:
        size = 0
        with self._stream as stream, contextlib.suppress(OSError, ValueError):
            while not self.over and (chunk := os.read(stream.fileno(), 65_536)):
                if size < self._most:
                    self.heard.append(chunk[: self._most - size])
                size += len(chunk)
                self.over = size > self._most + self._drops


def _bounds() -> list[str]:
    """Return the words that go before a command whose memory, computing and writing are bounded."""
    if not POSIX:
        return []
    # Bounds that are stricter already stay: they cannot be raised, and then a shell says so.
    limits = f"-S -d {MOST_MEMORY // 1024}", f"-S -t {MOST_COMPUTING}", f"-S -f {MOST_WRITTEN // 512}"
    return ["/bin/sh", "-c", "; ".join(f"ulimit {each} 2>/dev/null" for each in limits) + '; exec "$@"', "sh"]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "SSH_ASKPASS"))}
    return kept | {
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:ssh",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TRACE2": "0",
        "GIT_TRACE2_EVENT": "0",
        "GIT_TRACE2_PERF": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "SSH_ASKPASS_REQUIRE": "never",
    }


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End git with all that it started, also what is deaf to being asked."""
    for number in ("SIGTERM", "SIGKILL"):
        try:
            os.killpg(process.pid, getattr(signal, number))
        except (OSError, AttributeError):
            process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
