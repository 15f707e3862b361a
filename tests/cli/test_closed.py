"""What this account may not read, a disk or a name that will not do: one true sentence and the way out each."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import Mock, patch

import pytest
from platformdirs import user_data_path, user_state_path

from tests.cli.conftest import Shell
from tests.faults.ordinary import ordinary_account
from tests.faults.totals import record

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no file modes")
NEVER = (
    "went wrong inside",
    "no commitments yet",
    "Nothing to keep yet",
    "All is well",
    "in a moment",
)
LOOKS = ("today", "streaks", "list", "doctor", "export", "history", "review week", "done reply", "reply", "backup")

Where = Callable[[Path], Path]
DEVICE: Where = lambda home: next((home / "data/toward/devices").glob("*"))  # noqa: E731
CLOSED: dict[str, tuple[Where, tuple[int, ...]]] = {
    "the data folder": (lambda home: home / "data/toward", (0o000, 0o200)),
    "above it": (lambda home: home / "data", (0o000,)),
    "store.json": (lambda home: home / "data/toward/store.json", (0o000,)),
    "the folder of devices": (lambda home: home / "data/toward/devices", (0o000, 0o300)),
    "the device": (DEVICE, (0o000, 0o300)),
    "the month": (lambda home: DEVICE(home) / "2026-11.json", (0o000,)),
    "the state": (lambda home: next((home / "state/toward").glob("*[0-9a-f]")), (0o000,)),
    "the device id": (lambda home: next((home / "state/toward").glob("*/device-id")), (0o000,)),
    "above the state": (lambda home: home / "state", (0o000,)),
}


@pytest.fixture
def kept(toward: Shell, home: Path) -> Iterator[Path]:
    """Return a home with one reply in the store."""
    toward("reply")
    yield home
    for path in (home / "data", home / "state"):
        path.chmod(0o700)
        for each in (path / "toward", *path.rglob("*")):
            each.chmod(0o700 if each.is_dir() else 0o600)


@pytest.mark.parametrize(("name", "mode"), [(name, mode) for name, (_, modes) in CLOSED.items() for mode in modes])
def test_what_is_closed_is_named_with_what_opens_it_and_nothing_is_lost(
    kept: Path, toward: Shell, name: str, mode: int
) -> None:
    before = toward("export").out
    path = CLOSED[name][0](kept)
    usual = path.stat().st_mode & 0o777
    path.chmod(mode)
    with ordinary_account():
        for command in LOOKS:
            told = toward(*command.split())
            said = " ".join(f"{told.out} {told.err}".split())
            assert not [each for each in (*NEVER, "damaged") if each in said], f"{command}: {said}"
            assert path.name in said and (f"chmod {usual:o}" in said or "--repair" in said), f"{command}: {said}"
            assert told.code in ((5,) if command in ("doctor", "reply", "done reply") else (0, 1, 5)), command
            record("closed")
        assert toward("doctor", "--repair", "--yes").code in (0, 5)
    path.chmod(usual)
    assert toward("export").out == before, "nothing was written meanwhile"
    assert toward("doctor").code == 0


def test_doctor_opens_what_is_this_account_s_own(kept: Path, toward: Shell) -> None:
    for name in ("the data folder", "the month", "the device"):
        path = CLOSED[name][0](kept)
        path.chmod(0)
        with ordinary_account():
            assert "Only you can read" in toward("doctor", "--repair", "--yes").err
            assert toward("today").code == 0 and "1 reply" in toward("today").out
            assert toward("doctor").code == 0


def test_what_belongs_to_another_account_is_given_its_owner(kept: Path, toward: Shell) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives files away")
    os.chown(kept / "data/toward", 65534, 65534)
    with ordinary_account():
        told = toward("today")
    assert told.code == 5 and "it belongs to another account, nobody." in told.err
    assert f"sudo chown -R root {kept}/data/toward" in told.err
    os.chown(kept / "data/toward", 0, 0)


def test_backups_that_cannot_be_seen_are_not_none(kept: Path, toward: Shell) -> None:
    shelf = next((kept / "state/toward").glob("*/backups"))
    shelf.chmod(0)
    with ordinary_account():
        for command in ("backup --list", "restore --yes", "restore 1 --yes", "backup", f"restore {shelf} --yes"):
            told = toward(*command.split())
            assert told.code in (1, 5) and "none yet" not in told.err and "no backup" not in told.out.lower(), command
            assert f"chmod 700 {shelf}" in told.err, command
        report = " ".join(toward("doctor").out.split())
        assert "no backup yet" not in report and "backups cannot be read by this account" in report


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_disk_without_locks_is_told_by_a_change_and_by_doctor(kept: Path, toward: Shell, number: int) -> None:
    import fcntl

    def none(_fd: int, how: int) -> None:
        if not how & fcntl.LOCK_UN:
            raise OSError(number, os.strerror(number))

    with patch.object(fcntl, "flock", none):
        told = toward("reply")
        assert told.code == 1 and "gives no lock" in told.err and "toward sync carries it" in told.err
        assert "again" not in told.err
        report = toward("doctor")
        assert report.code == 5 and "gives no lock" in " ".join(report.out.split())
        assert "1 reply" in toward("today").out


def test_a_folder_that_goes_by_where_one_is_says_so(
    toward: Shell, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for place in ("here", "there"):
        (tmp_path / place).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("TOWARD_DATA", "notes")
    told = toward("paths")
    assert f"data       {tmp_path}/here/notes" in told.out
    assert f"'notes' is a relative path, so it names another folder elsewhere: {tmp_path}/here/notes" in told.err
    assert "another folder elsewhere" in toward("reply").err
    assert "another folder elsewhere" not in toward("today").err, "once it is there nobody need be told"
    monkeypatch.chdir(tmp_path / "there")
    assert f"another folder elsewhere: {tmp_path}/there/notes" in toward("today").err
    monkeypatch.delenv("TOWARD_DATA")
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "HOME"):
        with monkeypatch.context() as patched:
            patched.setenv(name, "relative")
            told = toward("paths")
            assert f"{name} is 'relative', which is not an absolute path, so it is ignored." in told.err
            assert "relative" not in told.out and "there" not in told.out


def test_without_a_home_a_place_is_asked_for(toward: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "HOME"):
        monkeypatch.delenv(name)
    monkeypatch.setattr("pwd.getpwuid", Mock(side_effect=KeyError("uid not found")))
    told = toward("today")
    assert told.code == 2 and "No home folder is known here" in told.err and "TOWARD_DATA" in told.err


@pytest.mark.parametrize("home", ["/home/of/somebody", "/", None])
@pytest.mark.parametrize("named", ["/data", "/with/a tail/", "  ", "", "/two//slashes", None])
def test_its_own_folders_are_those_of_platformdirs(
    monkeypatch: pytest.MonkeyPatch, home: str | None, named: str | None
) -> None:
    from tracker.services.environment import environment

    for name, value in (("HOME", home), ("XDG_DATA_HOME", named), ("XDG_STATE_HOME", named)):
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    monkeypatch.delenv("TOWARD_DATA", raising=False)
    found = environment()
    assert (found.data, found.state) == (user_data_path("toward"), user_state_path("toward"))


def test_names_and_paths_that_are_long_work_or_are_told(toward: Shell, tmp_path: Path) -> None:
    long = tmp_path / ("n" * 246)
    assert toward("--data", str(long), "reply").code == 0 and toward("--data", str(long), "doctor").code == 0
    deep = tmp_path / "/".join(["d" * 200] * ((3980 - len(str(tmp_path))) // 201))
    deep = deep / ("e" * (4050 - len(str(deep))))
    told = toward("--data", str(deep), "reply")
    assert told.code == 1 and "a folder with a shorter path" in told.err and "again" not in told.err
    told = toward("--data", str(tmp_path / ("n" * 256)), "reply")
    assert told.code == 2 and "can be no folder: file name too long" in told.err


@pytest.mark.parametrize("year", ["9999-12-31T23:59:59+00:00", "9999-12-31", "0001-01-01T00:00+14:00"])
def test_a_clock_past_all_reason_is_told(kept: Path, toward: Shell, monkeypatch: pytest.MonkeyPatch, year: str) -> None:
    before = toward("export").out
    monkeypatch.setenv("TOWARD_NOW", year)
    for command in (*LOOKS, "plan sat 19:00", "undo"):
        told = toward(*command.split())
        assert told.code == 2 and "Set the clock and try again" in told.err, (command, told)
    monkeypatch.undo()
    for kind in ("data", "state"):
        monkeypatch.setenv(f"XDG_{kind.upper()}_HOME", str(kept / kind))
    assert toward("export").out == before


@pytest.mark.parametrize("command", ["today", "reply", "doctor"])
def test_what_is_no_folder_is_named(kept: Path, toward: Shell, command: str) -> None:
    for place in ("data/toward/devices", "data/toward", "state"):
        path = kept / place
        path.rename(path.with_name("away"))
        path.touch()
        told = toward(command)
        said = " ".join(f"{told.out} {told.err}".split())
        assert not [each for each in NEVER if each in said], said
        assert "not a folder" in said or "Not a directory" in said, said
        path.unlink()
        path.with_name("away").rename(path)
