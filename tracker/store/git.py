"""Git as a carrier: files of a store in one commit after another, on a branch of a bare repository.

Each exchange has a throw-away repository that holds the newest commit alone, so that nothing is repaired, and nothing
that was purged stays on this machine. No work tree is made: no links, no filters and no hooks of others come to act.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from pathlib import Path
from tempfile import TemporaryFile

from tracker.domain.clean import one_line
from tracker.store.errors import StoreError
from tracker.store.limits import MOST_BYTES
from tracker.store.places import UNREAD, carried, helpers

BRANCH = "toward"
PATIENCE = 120.0
"""Seconds after which a git that says nothing is given up on."""
_MESSAGE = b"Exchange\n"
_REF = f"refs/heads/{BRANCH}"
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.fsync": "none",
    "core.askPass": "",
    "protocol.ext.allow": "never",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "push.gpgSign": "false",
    "push.followTags": "false",
    "fetch.recurseSubmodules": "false",
    "push.recurseSubmodules": "no",
}
_REASONS = (
    (
        r"dubious ownership|unsafe repository",
        "git does not trust it, because it belongs to somebody else: see safe.directory in git's manual",
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
)
_QUICKER = re.compile(r"fetch first|non-fast-forward|stale info|cannot lock|incorrect old value|reference already")


class GitTrouble(StoreError):
    """Git could not do it; the message is one line and says the way out."""


class Stopped(StoreError):
    """Somebody asked for it to stop."""


class GitRemote:
    """The newest commit on our branch of a repository elsewhere."""

    def __init__(self, url: str, folder: Path, stopped: threading.Event | None = None) -> None:
        self.where = shown(url)
        self._url, self._folder = url, folder
        self._stopped = stopped or threading.Event()
        self._tip: str | None = None
        self._written: dict[str, bytes | None] = {}
        self.left: dict[str, str] = {}
        program = shutil.which("git")
        if program is None:
            raise GitTrouble("git is not installed, or not on PATH. Install it, or name a plain folder instead.")
        self._program = program
        self._run("init", "--bare", "--quiet", "--template=", "--", str(folder))

    def fetch(self) -> dict[str, bytes]:
        """Return the files of the newest commit, none where there is no commit yet."""
        self._written.clear()
        branch = f"+{_REF}:refs/heads/fetched"
        done = self._run("fetch", "--quiet", "--depth=1", "--no-tags", "--", "origin", branch, check=False)
        if done.returncode and b"find remote ref" in done.stderr:
            self._tip = None
            return {}
        self._refuse(done)
        self._tip = self._run("rev-parse", "--verify", "refs/heads/fetched").stdout.decode().strip()
        return self._files(self._tip)

    def _files(self, commit: str) -> dict[str, bytes]:
        listed = self._run("ls-tree", "-r", "-l", "-z", "--full-tree", commit).stdout
        blobs: dict[str, str] = {}
        found: dict[str, bytes] = {}
        for line in listed.split(b"\0")[:-1]:
            about, _, path = line.partition(b"\t")
            mode, _, blob, size = about.split()
            name = path.decode("utf-8", "replace")
            if mode.startswith(b"100") and carried(name):
                if int(size) <= MOST_BYTES:
                    blobs[name] = blob.decode()
                else:
                    found[name] = UNREAD
        asked = "".join(f"{blob}\n" for blob in blobs.values()).encode()
        answer = memoryview(self._run("cat-file", "--batch", stdin=asked).stdout) if blobs else memoryview(b"")
        for name in blobs:
            end = bytes(answer[:200]).index(b"\n")
            stop = end + 1 + int(bytes(answer[:end]).split()[2])
            found[name] = bytes(answer[end + 1 : stop])
            answer = answer[stop + 1 :]
        return found

    def is_foreign(self) -> bool:
        """Return whether the repository has branches of somebody else's."""
        return bool(self._run("ls-remote", "--heads", "--", "origin").stdout.strip())

    def write(self, name: str, data: bytes) -> None:
        """Let a file be part of the next commit."""
        self._written[name] = data

    def remove(self, name: str) -> None:
        """Leave a file out of the next commit; the history keeps it."""
        self._written[name] = None

    def send(self) -> bool:
        """Commit and push what was written; False where another device pushed first."""
        if not self._written:
            return True
        files = self._written if self._tip else {**helpers(), **self._written}
        lines = [f"commit {_REF}\ncommitter toward <toward@localhost> now\ndata {len(_MESSAGE)}\n".encode(), _MESSAGE]
        if self._tip:
            lines.append(f"from {self._tip}\n".encode())
        for name, data in files.items():
            if data is None:
                lines.append(f"D {name}\n".encode())
                continue
            lines += [f"M 100644 inline {name}\ndata {len(data)}\n".encode(), data, b"\n"]
        self._run("fast-import", "--quiet", "--force", "--date-format=now", stdin=b"".join(lines))
        done = self._run("push", "--porcelain", "--no-verify", "--", "origin", f"{_REF}:{_REF}", check=False)
        if done.returncode and _QUICKER.search((done.stdout + done.stderr).decode("utf-8", "replace")):
            self._stopped.wait(int.from_bytes(os.urandom(1)) / 1000)
            return False
        self._refuse(done)
        return True

    def _refuse(self, done: subprocess.CompletedProcess[bytes]) -> None:
        """Raise GitTrouble in plain words if git did not do it."""
        if not done.returncode:
            return
        said = (done.stderr + b"\n" + done.stdout).decode("utf-8", "replace")
        for pattern, reason in _REASONS:
            if re.search(pattern, said, re.IGNORECASE):
                raise GitTrouble(f"Nothing was exchanged with {self.where}: {reason}.")
        last = next(
            (line for line in reversed(done.stderr.decode("utf-8", "replace").splitlines()) if line.strip()), ""
        )
        reason = shown(one_line(last)).rstrip(".") or f"it ended with code {done.returncode}"
        raise GitTrouble(f"Nothing was exchanged with {self.where}; git says: {reason}.")

    def _run(self, *words: str, stdin: bytes = b"", check: bool = True) -> subprocess.CompletedProcess[bytes]:
        """Run git without hooks, prompts or anybody's GIT_ variables. Raise GitTrouble or Stopped."""
        settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        where = [] if words[0] == "init" else [f"--git-dir={self._folder}"]
        command = [self._program, *settings, *where, *words]
        # Given as a file, because what is left of a pipe is not sent on after a first wait.
        with TemporaryFile(dir=self._folder.parent) as given:
            given.write(stdin)
            given.seek(0)
            # In a session of its own git and ssh have no terminal that they could ask at.
            process = subprocess.Popen(
                command,
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._environment(),
                cwd=self._folder.parent,
                start_new_session=True,
            )
        try:
            out, err = self._wait(process)
        except BaseException:
            _end(process)
            raise
        done = subprocess.CompletedProcess(command, process.returncode, out, err)
        if check:
            self._refuse(done)
        return done

    def _wait(self, process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        waited = 0.0
        while True:
            try:
                return process.communicate(timeout=0.1)
            except subprocess.TimeoutExpired:
                waited += 0.1
            if self._stopped.is_set():
                raise Stopped("Stopped. What came in until then stays; the rest comes the next time.")
            if waited > PATIENCE:
                raise GitTrouble(f"Nothing was exchanged with {self.where}: it does not answer. Try again later.")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "SSH_ASKPASS"))}
        return kept | {
            "LC_ALL": "C",
            "TZ": "UTC",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": "file:https:ssh",
            "SSH_ASKPASS_REQUIRE": "never",
            # The address goes in here, for an argument is seen by everybody on the machine.
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "remote.origin.url",
            "GIT_CONFIG_VALUE_0": self._url,
        }


def shown(text: str) -> str:
    """Return a text without the name and password that an address in it may hold."""
    return re.sub(r"://[^/@\s]*@", "://", text)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End git with all that it started."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
    except (OSError, AttributeError):
        process.kill()
    process.communicate()


def is_address(text: str) -> bool:
    """Return whether a text is an address for git: a URL, or `host:path` as ssh writes it."""
    return "://" in text or re.match(r"[^/:\s]+:", text) is not None


def is_bare_repository(path: Path) -> bool:
    """Return whether a folder is a repository without a work tree."""
    return (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()


def refuse_address(text: str) -> str | None:
    """Return why an address is not used, or None."""
    scheme, colons, _ = text.partition("://")
    if not text.strip() or text.startswith("-") or not text.isprintable():
        return "is not the address of a repository or the path of a folder"
    if scheme.lower() in ("http", "git") and colons:
        return "would send your words in the clear. Use https or ssh"
    if "::" in text.partition("/")[0] or (colons and scheme.lower() not in ("file", "https", "ssh")):
        return "would let git run another program"
    if re.search(r"://[^/@\s]*:[^/@\s]*@", text):
        return "holds a password. Leave it out, and let git's credential helper keep it"
    return None
