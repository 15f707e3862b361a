"""What somebody does who can write in the data folder and has no key: stores, forged files, the shell, the app."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage

from tests.tui.terminal import Terminal
from tracker.domain.clock import FixedClock
from tracker.services.environment import Environment
from tracker.store.events import new_id
from tracker.store.identity.identity import state_folder

PASSPHRASE = "four words are plenty"
WORDS = "private words of the person"
NOW = "2026-11-25T21:00:00+01:00"
MOMENT = int(datetime.fromisoformat(NOW).timestamp() * 1000)
STRANGER = "5" * 32
TITLE = "Reply when you are free"
_PAINT = re.compile(r"\x1b(?:\[[0-9;?:<=>]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_=>78()][0-9A-Za-z]?)")


@dataclass(frozen=True)
class Said:
    """What a command answered: its exit code, and all that it wrote."""

    code: int
    text: str
    out: str = ""
    """What of it came on standard output."""


class Home:
    """A data folder and the state folders of one computer, in a folder of their own."""

    def __init__(self, root: Path, sealed: bool) -> None:
        self.root, self.sealed = root, sealed
        self.data, self.states = root / "data", root / "state"

    @property
    def state(self) -> Path:
        """Return the state folder of the data folder."""
        return state_folder(self.states / "toward", self.data)

    @property
    def devices(self) -> Path:
        """Return the folder of all devices."""
        return self.data / "devices"

    @property
    def own(self) -> Path:
        """Return the folder of the computer that made the store."""
        device = (self.state / "device-id").read_text("ascii").split()[0]
        return self.devices / device

    def copy(self, root: Path) -> Home:
        """Return a copy of all of it at another place, as if it had always been there."""
        shutil.copytree(self.root, root, symlinks=True)
        copy = Home(root, self.sealed)
        state_folder(copy.states / "toward", self.data).rename(copy.state)
        return copy

    def sh(self, *words: str, stdin: str = "", patience: float = 60, **env: str) -> Said:
        """Run a command in the shell, with the passphrase where the store is encrypted."""
        argv = [sys.executable, "-m", "tracker", "--data", str(self.data)]
        passed: tuple[int, ...] = ()
        if self.sealed:
            reader, writer = os.pipe()
            os.write(writer, f"{PASSPHRASE}\n".encode())
            os.close(writer)
            argv += ["--passphrase-fd", str(reader)]
            passed = (reader,)
        try:
            done = subprocess.run(
                [*argv, *words],
                input=stdin,
                env=self._environment() | env,
                pass_fds=passed,
                capture_output=True,
                text=True,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Said(-1, f"(nothing for {patience:.0f} seconds)")
        finally:
            for each in passed:
                os.close(each)
        return Said(done.returncode, done.stdout + done.stderr, done.stdout)

    def _environment(self) -> dict[str, str]:
        home = self.root / "home"
        home.mkdir(exist_ok=True)
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
            "XDG_STATE_HOME": str(self.states),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "TOWARD_NOW": NOW,
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }

    def app(self, wanted: str, keys: bytes = b"", after: str = "") -> str:
        """Return what the app shows from its start on, unlocked where it asks, until `wanted` has stood there.

        Then `keys` are pressed and `after` is waited for. What it shows is a text without colours and places.
        """
        terminal = Terminal(
            self.root, Environment(self.data, self.states / "toward", FixedClock(datetime.fromisoformat(NOW))), 100, 30
        )
        try:
            shown = self._watch(terminal, wanted, unlock=self.sealed)
            if keys:
                os.write(terminal.main, keys)
                shown += self._watch(terminal, after, unlock=False)
        finally:
            with contextlib.suppress(OSError):
                os.write(terminal.main, b"\x11")
            try:
                terminal.close(10)
            except (subprocess.TimeoutExpired, OSError):
                terminal.process.kill()
                terminal.process.wait()
        return shown

    def _watch(self, terminal: Terminal, wanted: str, *, unlock: bool, patience: float = 25) -> str:
        end = time.monotonic() + patience
        start, typed = len(terminal.bytes), not unlock
        shown = ""
        while time.monotonic() < end:
            more = terminal.read(min(end, time.monotonic() + 0.5))
            shown = plain(terminal.bytes[start:])
            if not typed and "assphrase" in shown:
                os.write(terminal.main, f"{PASSPHRASE}\r".encode())
                typed = True
            if re.search(wanted, shown):
                break
            if not more and terminal.process.poll() is not None:
                break
        return shown

    def holding(self, words: str) -> list[Path]:
        """Return the files below the data folder that hold words as they are."""
        files = (path for path in self.data.rglob("*") if path.is_file() and not path.is_symlink())
        return [path for path in files if path.stat().st_size < 10**7 and words.encode() in path.read_bytes()]

    def entries(self) -> list[str]:
        """Return every entry of a whole export as a text, sorted; one text that says why where there is none."""
        said = self.sh("export", "--json", "--private")
        try:
            return sorted(json.dumps(each, sort_keys=True) for each in json.loads(said.out)["events"])
        except ValueError:
            return [f"no export ({said.code}): {said.text.strip()[:300]}"]

    def shelf(self) -> bytes:
        """Return all bytes of the backups of this computer."""
        files = sorted(path for path in (self.state / "backups").rglob("*") if path.is_file())
        return b"".join(path.read_bytes() for path in files if not path.name.startswith("."))

    def marker(self, change: Mapping[str, object | None]) -> None:
        """Forge store.json: what is None goes."""
        path = self.data / "store.json"
        said = json.loads(path.read_bytes()) | change
        path.write_text(json.dumps({name: each for name, each in said.items() if each is not None}))

    def plant(self, device: str, events: Iterable[Mapping[str, Any]], name: str = "2026-11.json") -> Path:
        """Put a plain file of somebody's into the folder of a device."""
        path = self.devices / device / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(table(events))
        return path


def plain(raw: bytes) -> str:
    """Return what was sent to a terminal, without what steers it and with single blanks."""
    return " ".join(_PAINT.sub(" ", raw.decode("utf-8", "replace")).split())


def table(events: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the bytes of a plain month file."""
    rows = {str(number): event for number, event in enumerate(events, start=1)}
    return json.dumps({"events": rows}).encode()


def event(key: str, v: Mapping[str, Any] | None, device: str = STRANGER, **more: Any) -> dict[str, Any]:
    """Return an event that a stranger made up."""
    made = {"id": new_id(), "key": key, "v": v, "t": MOMENT, "prev": None, "dev": device, "at": NOW}
    return made | {"op": new_id(), "n": 1, "cmd": "done"} | more


def orders(keys: Iterable[str], device: str = STRANGER) -> dict[str, Any]:
    """Return an event that orders keys to be emptied for good."""
    named = dict.fromkeys(keys, MOMENT + 10**9)
    return event("purge|0123456789abcdef01234567", {"keys": named}, device, cmd="purge")


def make(root: Path) -> tuple[Home, Home, Home, list[str], str]:
    """Return a plain store and the same one encrypted, that one in an earlier state too, all its keys, and its secret.

    Every store has a backup, four check-ins and a note.
    """
    plain_home = Home(root / "plain", sealed=False)
    plain_home.root.mkdir(parents=True)
    _run(plain_home, "add", "s4.reachable")
    for day in ("2026-11-22", "2026-11-23", "2026-11-24"):
        _run(plain_home, "done", "reply", "--day", day)
    _run(plain_home, "done", "reply", "--note", stdin=WORDS)
    _run(plain_home, "backup")
    keys = sorted({json.loads(line)["key"] for line in plain_home.entries()})
    sealed = plain_home.copy(root / "sealed")
    said = sealed.sh("encrypt", "--passphrase-fd", "0", "--yes", stdin=f"{PASSPHRASE}\n")
    secret = re.search(r"AGE-SECRET-KEY-1[0-9A-Z]+", said.text)
    assert said.code == 0 and secret is not None, said.text
    sealed.sealed = True
    earlier = sealed.copy(root / "earlier")
    _run(sealed, "done", "reply", "2")
    _run(sealed, "backup")
    return plain_home, sealed, earlier, keys, secret[0]


def _run(home: Home, *words: str, stdin: str = "") -> None:
    said = home.sh(*words, stdin=stdin)
    assert said.code == 0, (words, said)


def recipient(secret: str) -> Any:
    """Return the public half of a recovery key, as an attacker would have it who had once seen it."""
    return pyrage.x25519.Identity.from_str(secret).to_public()


def seal(raw: bytes, secret: str) -> bytes:
    """Return bytes sealed for the holder of a recovery key, which takes no more than its public half."""
    sealed: bytes = pyrage.encrypt(raw, [recipient(secret)])
    return sealed


@dataclass
class Attack:
    """One attack on one fresh store: what it is about, and what was not as it must be."""

    home: Home
    earlier: Home
    keys: list[str]
    secret: str
    before: list[str]
    wrong: list[str] = field(default_factory=list)

    def must(self, ok: object, what: str) -> None:
        """Note what must be and is not."""
        if not ok:
            self.wrong.append(what)

    def told(self, said: Said, *patterns: str, code: int | None = None) -> None:
        """Note where a command does not say what it must."""
        for pattern in patterns:
            self.must(
                re.search(pattern, " ".join(said.text.split())), f"the shell does not say {pattern!r}: {short(said)}"
            )
        self.must(code is None or said.code == code, f"exit code {said.code} and not {code}: {short(said)}")
        self.must("Traceback" not in said.text and "went wrong inside" not in said.text, f"a crash: {short(said)}")

    def shown(self, pattern: str, keys: bytes = b"", after: str = "") -> None:
        """Note where the app does not show what it must."""
        screen = self.home.app(pattern, keys, after)
        self.must(re.search(pattern, screen), f"the app does not show {pattern!r}: …{screen[-300:]}")
        self.must("Traceback" not in screen, f"the app crashed: …{screen[-300:]}")

    def whole(self, entries: list[str] | None = None) -> None:
        """Note where what was saved is not all there, or more than that, or lies open."""
        now = self.home.entries()
        wanted = self.before if entries is None else entries
        self.must(now == wanted, f"entries are not what they were: {_difference(wanted, now)}")
        if self.home.sealed:
            self.must(not self.home.holding(WORDS), "private words lie open in the data folder")

    def restored(self, change: Callable[[], object]) -> None:
        """Put right what was forged, and note where not all is there again."""
        change()
        self.whole()


def short(said: Said) -> str:
    return f"({said.code}) {' '.join(said.text.split())[:400]}"


def _difference(wanted: list[str], now: list[str]) -> str:
    gone, new = set(wanted) - set(now), set(now) - set(wanted)
    return f"{len(gone)} gone, {len(new)} new; " + " | ".join(sorted(new))[:300]
