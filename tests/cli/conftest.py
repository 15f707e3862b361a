"""A shell to type into: every test has its own home, its own clock, and nothing of ours but what it makes."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.folders import no_waiting_for_the_disk
from tracker.cli import run
from tracker.services.environment import state_of

NOW = "2026-11-23T20:15:00+01:00"
GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew: `pytest tests/cli --update-golden`."""
    parser.addoption("--update-golden", action="store_true", default=False)


@pytest.fixture(scope="session", autouse=True)
def bytecode(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let processes keep their bytecode, outside the tree, so that each need not compile everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.getbasetemp() / "bytecode"))
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_disk() -> Iterator[None]:
    """Do not wait for the disk in this process."""
    with no_waiting_for_the_disk():
        yield


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a home of its own and a clock that stands still."""
    for name in [name for name in os.environ if name.startswith(("XDG_", "TOWARD_"))]:
        monkeypatch.delenv(name)
    for name in ("COLUMNS", "LC_ALL", "LC_CTYPE", "LANG", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    monkeypatch.setenv("TOWARD_NOW", NOW)
    return folder


@dataclass(frozen=True)
class Answer:
    """What a command said on both streams, and its exit code."""

    out: str
    err: str
    code: int


class Stream(io.TextIOWrapper):
    """A standard stream in memory."""

    def __init__(self, text: str = "", encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(text.encode()), encoding=encoding, write_through=True)

    @property
    def text(self) -> str:
        """Return all that was written."""
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode(self.encoding)


Shell = Callable[..., Answer]


def type_in(
    patch: pytest.MonkeyPatch, argv: Sequence[str], stdin: str = "", now: str | None = None, encoding: str = "utf-8"
) -> Answer:
    """Run one command in this process."""
    out, err = Stream(encoding=encoding), Stream(encoding=encoding)
    with patch.context() as inner:
        inner.setattr(sys, "stdin", Stream(stdin))
        inner.setattr(sys, "stdout", out)
        inner.setattr(sys, "stderr", err)
        if now is not None:
            inner.setenv("TOWARD_NOW", now)
        code = run(list(argv))
    return Answer(out.text, err.text, int(code))


@pytest.fixture
def toward(monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a function that runs one command in this process."""

    def shell(*argv: str, stdin: str = "", now: str | None = None, encoding: str = "utf-8") -> Answer:
        return type_in(monkeypatch, argv, stdin, now, encoding)

    return shell


def spawn(*argv: str, env: Mapping[str, str] | None = None, stdin: bytes = b"", **more: Any) -> Any:
    """Run one command in a process of its own, as a shell would."""
    command = [sys.executable, "-m", "tracker", *argv]
    there = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    return subprocess.run(command, input=stdin, capture_output=True, env=there, timeout=60, check=False, **more)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Iterator[Callable[[str, str], None]]:
    """Return what holds a text against its golden file, or writes it with --update-golden."""
    update = request.config.getoption("--update-golden", default=False)

    def check(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if update:
            GOLDEN.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.exists(), f"{path.name} is missing: pytest tests/cli --update-golden"
        assert text == path.read_text("utf-8")

    yield check


MENDED = '{"named_it": true, "heard_impact": true, "made_amends": true, "plan": true}'
YOUNG = (
    ("add", "s4.reachable", "--from", "2026-11-17"),
    ("add", "s4.partner-time"),
    ("add", "s5.no-attacks"),
    ("add", "s4.promise-keeper"),
    ("add", "Small things", "--step", "s2", "--kind", "count", "--schedule", "daily", "--target", "3"),
    ("done", "reply", "--day", "2026-11-17..2026-11-19"),
    ("done", "reply", "--day", "-2..today"),
    ("time", "45m", "--tag", "walk", "--day", "sun"),
    ("time", "1h30"),
    ("lapse", "attacks", "--day", "sat"),
    ("lapse", "attacks", "--put-right", "--json"),
    ("lapse", "attacks", "--handled"),
    ("done", "promise", "promised"),
    ("done", "small things", "2"),
    ("share", "fears", "2"),
    ("skip", "small things", "--day", "yesterday", "--reason", "ill"),
    ("done", "reply", "--day", "fri", "--note"),
)


@pytest.fixture(scope="session")
def young_week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with `data` and `state` of a store that is a week old, made once."""
    folder = tmp_path_factory.mktemp("young")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        patch.setenv("TOWARD_NOW", NOW)
        for argv in YOUNG:
            words = MENDED if "--json" in argv else "CANARY what I did not dare to say\n"
            answer = type_in(patch, ["--data", str(folder / "data"), *argv], words)
            assert answer.code == 0, (argv, answer)
    return folder


@pytest.fixture
def young(young_week: Path, toward: Shell, home: Path) -> Shell:
    """Return a shell whose store is a week old."""
    data, state = home / "data" / "toward", home / "state" / "toward"
    shutil.copytree(young_week / "data", data)
    shutil.copytree(state_of(young_week / "data", young_week / "state" / "toward"), state_of(data, state))
    return toward


@pytest.fixture(scope="session")
def demo_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo in it, made once; copy it before writing to it."""
    folder = tmp_path_factory.mktemp("demo")
    env = {"XDG_STATE_HOME": str(folder / "state"), "TOWARD_NOW": NOW}
    made = spawn("demo", "--keep", str(folder / "data"), env=env)
    assert made.returncode == 0, made.stderr
    return folder / "data"
