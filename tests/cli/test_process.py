"""Real processes: what they load, what they print where, how they end, and many of them at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.cli.conftest import ROOT, Shell, spawn
from tracker.cli.commands import COMMANDS
from tracker.domain.text.clean import UNSAFE

TYPED = {
    "done": "done reply", "undone": "undone reply", "skip": "skip reply", "lapse": "lapse attacks",
    "time": "time 5", "share": "share joys", "show": "show reply", "edit": "edit reply --target 1",
    "pause": "pause reply", "resume": "resume reply", "archive": "archive reply", "delete": "delete small-things",
    "log": "log --fields attacks", "card": "card --anyway",
    "add": "add --list", "import": "import -", "demo": "demo --print",
    "review": "review week", "purge": "purge small-things --yes", "restore": "restore --dry-run",
    "sync": "sync --set stick",
    "encrypt": "encrypt --dry-run", "completion": "completion bash",
}  # fmt: skip

COUNT = """
import io, json, os, sys
from tracker.cli import run
heavy = tuple(os.environ["HEAVY"].split())
for command in json.loads(sys.argv[1]):
    talk, sys.stdin = sys.stderr, io.StringIO("")
    sys.stderr = io.StringIO()
    run(command.split())
    sys.stderr = talk
    found = sorted(name for name in sys.modules if name.startswith(heavy))
    print(json.dumps([command, found, len(sys.modules)]), file=talk)
"""


def loaded(commands: list[str], heavy: str) -> dict[str, tuple[list[str], int]]:
    """Run commands one after another in one process; return which heavy modules and how many in all each left."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "HEAVY": heavy}
    argv = [sys.executable, "-c", COUNT, json.dumps(commands)]
    done = subprocess.run(argv, capture_output=True, text=True, env=env, timeout=60, check=True)
    rows = [json.loads(line) for line in done.stderr.splitlines()]
    return {command: (found, modules) for command, found, modules in rows}


APP = "textual rich markdown_it pygments tracker.tui"
WRITING = (
    "tinydb filelock uuid tracker.services.safekeeping.backups tracker.store.backup.backups tracker.store.backup.copies"
)


def test_every_command_has_something_to_type() -> None:
    bare = {"today", "answer", "plan", "reply", "streaks", "list", "set", "undo", "redo", "history", "export"}
    bare |= {
        "help",
        "version",
        "paths",
        "safety",
        "about",
        "why",
        "backup",
        "incoming",
        "doctor",
        "delete-everything",
        "decrypt",
        "passphrase",
    }
    assert {command.name for command in COMMANDS} == set(TYPED) | bare


def test_no_command_loads_the_app(young: Shell) -> None:
    commands = [TYPED.get(command.name, command.name) for command in COMMANDS]
    found = loaded([*commands, *(f"{command} --json" for command in commands)], APP)
    assert len(found) == 2 * len(COMMANDS)
    assert {command: heavy for command, (heavy, _) in found.items() if heavy} == {}


def test_looking_loads_nothing_that_only_writing_needs(young: Shell) -> None:
    young("today"), young("streaks")
    found = loaded(["--version", "--help", "paths", "today", "streaks"], f"{WRITING} {APP}")
    assert {command: heavy for command, (heavy, _) in found.items() if heavy} == {}
    assert found["--version"][1] < 130 and found["today"][1] < 205


def test_a_change_loads_nothing_of_backups_where_none_is_due(young: Shell) -> None:
    young("reply", "1")
    found = loaded(
        ["reply 1", "undo"],
        "tracker.services.safekeeping.backups tracker.store.backup.backups tracker.store.backup.copies zipfile",
    )
    assert {command: heavy for command, (heavy, _) in found.items()} == {"reply 1": [], "undo": []}


def test_doctor_loads_nothing_of_encryption_for_a_plain_store(young: Shell) -> None:
    crypt = "tracker.store.encryption.conversion tracker.store.crypto.passphrase tracker.store.crypto.trust"
    assert loaded(["doctor"], f"{crypt} tracker.services.safekeeping.encryption pyrage")["doctor"][0] == []


def test_answers_and_talk_are_kept_apart(young: Shell) -> None:
    done = spawn("add", "s3.volunteer")
    assert done.returncode == 0
    assert b"Added" in done.stdout and b"safety" not in done.stdout
    assert done.stderr.startswith(b"\nThis tool is for two people") and b"Added" not in done.stderr


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("today",), 0),
        (("undo",), 1),
        (("time", "soon"), 2),
        (("done", "nothing-like-this"), 3),
        (("--version",), 0),
        (("done", "--help"), 0),
    ],
)
def test_exit_codes(argv: tuple[str, ...], code: int) -> None:
    assert spawn(*argv).returncode == code


@pytest.mark.skipif(os.name != "posix", reason="a shell closes a stream so")
def test_a_stream_that_was_closed_before_it_began_leads_nowhere(young: Shell) -> None:
    before = len(json.loads(young("export").out)["events"])
    lost = b"toward: Saved, but the answer could not be written: Bad file descriptor\n"
    ends = {">&-": (7, lost), "<&-": (0, b""), "2>&-": (0, b""), "<&- >&- 2>&-": (7, b"")}
    for closed, end in ends.items():
        command = ["sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "tracker", "time", "5"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        assert (done.returncode, done.stderr) == end, closed
    assert len(json.loads(young("export").out)["events"]) == before + 4


def test_a_busy_store(young: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    from tracker.ledger.workspace import Workspace

    monkeypatch.setattr(Workspace.__init__, "__defaults__", (0.05,))
    monkeypatch.setattr(Workspace.at.__func__, "__defaults__", (0.05,))  # type: ignore[attr-defined]
    device = next((home / "data" / "toward" / "devices").iterdir())
    with FileLock(device / ".lock"):
        answer = young("done", "small-things")
    assert answer.code == 4 and answer.out == "" and "Try again in a moment" in answer.err
    assert young("today").code == 0


def test_a_damaged_store_and_one_of_a_newer_version(young: Shell, home: Path) -> None:
    marker = home / "data" / "toward" / "store.json"
    kept = marker.read_text("utf-8")
    marker.write_text("{", "utf-8")
    assert young("today").code == 5
    assert young("paths").code == 0
    marker.write_text(kept.replace('"format":1', '"format":99').replace('"format": 1', '"format": 99'), "utf-8")
    answer = young("done", "small-things")
    assert answer.code == 5 and "newer version" in answer.err
    looked = young("today")
    assert looked.code == 0 and "newer version" in looked.err


def test_a_damaged_month_is_named_and_the_rest_is_shown(young: Shell, home: Path) -> None:
    device = next((home / "data" / "toward" / "devices").iterdir())
    (device / "2026-10.json").write_text("not json", "utf-8")
    answer = young("today")
    assert answer.code == 0 and "Reply" in answer.out
    assert "2026-10.json" in answer.err and answer.err.startswith("Note: ")


@pytest.mark.parametrize("command", ["today", "streaks", "list"])
def test_where_nothing_can_be_read_nobody_is_told_to_begin(young: Shell, home: Path, command: str) -> None:
    for month in (home / "data" / "toward" / "devices").glob("*/2*.json"):
        month.write_text("not json", "utf-8")
    answer = young(command)
    assert answer.code == 0 and "What is wrong, and what may bring it back: toward doctor\n" in answer.out
    assert "toward add" not in answer.out


def test_many_at_a_time_are_all_there() -> None:
    assert spawn("add", "Small things", "--step", "s2", "--kind", "count", "--schedule", "daily").returncode == 0
    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(lambda _: spawn("done", "Small things", "1"), range(20)))
    assert [end.returncode for end in ends] == [0] * 20
    due = json.loads(spawn("today", "--json").stdout)["due"]
    assert due[0]["done"] == 20


HOSTILE = [
    "Read [/b]",
    "[@click=app.bell]x",
    "a\x1b[31mred",
    "b\x1b]52;c;aGk=\x07",
    "c\u202eevil",
    "d\x9b31m",
    "{x} %s",
]


@pytest.fixture
def hostile(toward: Shell, home: Path) -> Shell:
    """Return a shell over a store whose titles were not made harmless when they were written."""
    toward("add", "Plain", "--step", "s2")
    shard = next((home / "data" / "toward" / "devices").glob("*/2026-11.json"))
    tables = json.loads(shard.read_text("utf-8"))
    events = tables["events"]
    made = [event for event in events.values() if event["key"].startswith(("commitment|", "plan|"))]
    for number, title in enumerate(HOSTILE):
        for event in made:
            copy = json.loads(json.dumps(event).replace("own.plain", f"own.x{number}"))
            copy["id"] = sha256(f"{event['id']} {number}".encode()).hexdigest()[:32]
            if "title" in copy["v"]:
                copy["v"]["title"] = title
            events[str(len(events) + 1)] = copy
    shard.write_text(json.dumps(tables), "utf-8")
    return toward


@pytest.mark.parametrize("command", ["today", "streaks", "list", "show own.x3", "history", "done x", "done own.x2"])
def test_hostile_titles_are_drawn_letter_by_letter(command: str, hostile: Shell) -> None:
    for json_too in ((), ("--json",)):
        answer = hostile(*command.split(), *json_too)
        assert not UNSAFE.search((answer.out + answer.err).replace("\n", "")), answer


def test_hostile_titles_keep_their_letters(hostile: Shell) -> None:
    plain = spawn("list").stdout.decode()
    assert not UNSAFE.search(plain.replace("\n", ""))
    assert "Read [/b]" in plain and "[@click=app.bell]x" in plain and "{x} %s" in plain
    titles = {row["title"] for row in json.loads(spawn("list", "--json").stdout)["commitments"]}
    assert titles >= set(HOSTILE)


ASCII = [
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "latin-1"},
]


@pytest.mark.parametrize("env", ASCII, ids=["ascii", "C", "latin-1"])
def test_signs_fall_back_to_ascii(env: dict[str, str], young: Shell) -> None:
    young("add", "Küssen … 愛", "--step", "s2")
    for argv in (("add", "--list", "s4"), ("done", "愛"), ("today",)):
        done = spawn(*argv, env=env)
        assert done.returncode == 0, done.stderr
        text = (done.stdout + done.stderr).decode("latin-1")
        assert "█" not in text and "●" not in text
        if env.get("PYTHONIOENCODING") != "latin-1":
            assert text.isascii()
    assert "####### " in text
    rows = json.loads(spawn("list", "--json", env=env).stdout)["commitments"]
    assert any(row["title"] == "Küssen … 愛" for row in rows)


def test_the_c_locale_works(young: Shell) -> None:
    done = spawn("today", env={"LC_ALL": "C"})
    assert done.returncode == 0 and b"Reply to messages" in done.stdout


def test_a_reader_that_has_gone_is_no_trouble(young: Shell) -> None:
    command = f"{sys.executable} -m tracker add --list | head -n 1"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=env, timeout=60, check=False)
    assert done.stderr == b"" and done.stdout.startswith(b"s1")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to write to")
def test_an_answer_that_cannot_be_written_is_said(young: Shell) -> None:
    for command in ("export", "today", "today --json", "--version", "--help", "done --help", "done reply"):
        for unbuffered in ("", "1"):
            done = full(*command.split(), env={"PYTHONUNBUFFERED": unbuffered})
            assert done.returncode == 1, command
            assert done.stderr.splitlines()[-1] == b"toward: the answer could not be written: No space left on device"
            assert b"Traceback" not in done.stderr and b"Exception ignored" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to write to")
def test_a_saved_change_whose_answer_cannot_be_written_has_a_code_of_its_own(young: Shell) -> None:
    before = len(json.loads(young("export").out)["events"])
    for command in ("time 5", "time 5 --json", "undo", "set day-ends-at 04:00"):
        for unbuffered in ("", "1"):
            done = full(*command.split(), env={"PYTHONUNBUFFERED": unbuffered})
            assert done.returncode == 7, command
            assert done.stderr == b"toward: Saved, but the answer could not be written: No space left on device\n"
    events = json.loads(young("export").out)["events"]
    assert len(events) == before + 8, "each of them once"
    assert full("time", "5", stderr=True).returncode == 7, "also where the complaint cannot be written"
    assert full("time", "soon", stderr=True).returncode == 2
    assert full("backup").returncode == 7


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to write to")
def test_talk_that_cannot_be_written_takes_no_answer_with_it(toward: Shell) -> None:
    with Path("/dev/full").open("w") as nowhere:
        run = [sys.executable, "-m", "tracker", "add", "s3.volunteer"]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(run, stdout=subprocess.PIPE, stderr=nowhere, env=env, timeout=60, check=False)
    assert done.returncode == 0 and done.stdout.startswith(b"Added ")


def test_a_reader_that_has_gone_hears_nothing_and_the_change_is_no_failure(young: Shell) -> None:
    command = f"set -o pipefail; {sys.executable} -m tracker time 5 | true"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(["bash", "-c", command], capture_output=True, env=env, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_crash_after_the_change_says_that_it_is_saved(young: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("CANARY")

    monkeypatch.setattr("tracker.cli.session.Session.close", fail)
    answer = young("time", "5")
    assert answer.code == 7 and answer.err.startswith("toward: Saved, but something went wrong inside; ")
    assert "5 min logged" in answer.out


def full(
    *argv: str, env: Mapping[str, str] = MappingProxyType({}), stderr: bool = False
) -> subprocess.CompletedProcess[bytes]:
    """Run a command whose standard output, or both, lead to a disk that is full."""
    there = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    with Path("/dev/full").open("w") as nowhere:
        run = [sys.executable, "-m", "tracker", *argv]
        talk = nowhere if stderr else subprocess.PIPE
        return subprocess.run(run, stdout=nowhere, stderr=talk, env=there, timeout=60, check=False)


def test_debug_shows_where_an_error_comes_from_and_no_words(young: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("CANARY in a message")

    refused = young("--debug", "done", "nothing-like-this").err
    assert "\nNotFound\n" in refused and "find.py:" in refused
    monkeypatch.setattr("tracker.cli.groups.views.day_view", fail)
    crashed = young("today", "--debug")
    assert crashed.code == 1 and "\nRuntimeError\n" in crashed.err and " in fail\n" in crashed.err
    assert "CANARY" not in crashed.err


def test_a_crash_is_one_line_and_keeps_no_words(young: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        words = "CANARY in a local variable"
        raise RuntimeError(f"CANARY in a message: {words}")

    monkeypatch.setattr("tracker.cli.groups.views.day_view", fail)
    answer = young("today")
    log = home / "state" / "toward" / "crash.log"
    assert answer.code == 1 and answer.out == ""
    assert answer.err == f"toward: something went wrong inside; details without private text are in {log}\n"
    text = log.read_text("utf-8")
    assert "RuntimeError" in text and "in fail" in text and "CANARY" not in text
    assert log.stat().st_mode & 0o777 == 0o600


def test_interrupted(young: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tracker.cli.groups.views.day_view", interrupt)
    assert young("today").code == 130
