"""An encrypted store from the shell: how it is made, unlocked and given another passphrase, and what is said."""

from __future__ import annotations

import getpass
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.conftest import Answer, Shell, spawn, type_in
from tests.cli.test_golden import shown
from tests.crypt_kit import PASSPHRASE, holding
from tracker.cli import passphrases
from tracker.services.safekeeping import encryption

pytestmark = pytest.mark.usefixtures("quick_locks")

SECRET = re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]+")


class Keyboard:
    """Somebody at a terminal: what they type where nothing is shown, and the recovery key they were shown."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch, self.answers, self.asked = patch, list[str](), list[str]()
        self.recovery = ""
        patch.setattr(passphrases, "has_terminal", lambda: True)
        patch.setattr(getpass, "getpass", self._hidden)
        patch.setitem(sys.modules, "keyring", SimpleNamespace(get_keyring=object))

    def _hidden(self, question: str) -> str:
        self.asked.append(question)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    def __call__(self, *argv: str, hidden: tuple[str, ...] = (), stdin: str = "") -> Answer:
        """Run a command, type what it asks for, and answer for the last characters of a new recovery key."""
        self.answers, self.asked = list(hidden), []
        prepare = encryption.prepare

        def watched(passphrase: str, before: encryption.StoreKey | None = None) -> encryption.Fresh:
            fresh = prepare(passphrase, before)
            self.recovery = fresh.recovery
            sys.stdin = _Lines(stdin or f"nope\n{fresh.last}\n")
            return fresh

        with self._patch.context() as inner:
            inner.setattr(encryption, "prepare", watched)
            return type_in(inner, argv, stdin)


class _Lines:
    def __init__(self, text: str) -> None:
        self._lines = iter(text.splitlines(keepends=True))

    def readline(self, most: int = 0) -> str:
        return next(self._lines, "")


@pytest.fixture
def keyboard(young: Shell, monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    return Keyboard(monkeypatch)


def test_a_store_is_encrypted_used_and_taken_back(
    keyboard: Keyboard, home: Path, golden: Callable[[str, str], None]
) -> None:
    before = keyboard("export", "--private").out
    talk = [
        ("encrypt --dry-run", ()),
        ("encrypt", ("short", "short")),
        ("encrypt", (PASSPHRASE, "another one")),
        ("encrypt", (PASSPHRASE, PASSPHRASE)),
        ("encrypt", (PASSPHRASE,)),
        ("reply 2", ("wrong", PASSPHRASE)),
        ("reply 2", ("wrong", "wrong", "wrong")),
        ("set lock-after 5", (PASSPHRASE,)),
        ("set", (PASSPHRASE,)),
        ("undo", (PASSPHRASE,)),
        ("undo", (PASSPHRASE,)),
        ("passphrase", (PASSPHRASE, "another passphrase", "another passphrase")),
        ("passphrase --rotate", ("another passphrase", PASSPHRASE, PASSPHRASE)),
        ("passphrase --remember", (PASSPHRASE,)),
        ("passphrase --forget", ()),
        ("export --private", (PASSPHRASE,)),
        ("decrypt", (PASSPHRASE,)),
        ("decrypt", ()),
        ("passphrase", ()),
    ]
    told = []
    for command, hidden in talk:
        answer = keyboard(*command.split(), hidden=hidden)
        if command.startswith("export"):
            assert answer.out != before and "CANARY" in answer.out
            continue
        told.append(SECRET.sub("<recovery key>", shown(command, answer)))
        if command == "encrypt" and answer.code == 0:
            assert holding(home, "CANARY") == []
    golden("locking", "\n".join(told))


def test_a_folder_of_other_things_is_refused_before_any_key_is_shown(keyboard: Keyboard, home: Path) -> None:
    other = home / "other"
    other.mkdir()
    (other / "letter.txt").write_text("x")
    answer = keyboard("--data", str(other), "encrypt", hidden=(PASSPHRASE, PASSPHRASE))
    assert answer.code == 1 and "holds other files and no store of Toward, so nothing is written" in answer.err
    assert not keyboard.asked and not keyboard.recovery and [path.name for path in other.iterdir()] == ["letter.txt"]


def test_what_is_no_secret_needs_no_unlocking(keyboard: Keyboard) -> None:
    keyboard("encrypt", hidden=(PASSPHRASE, PASSPHRASE))
    for argv in (("safety",), ("paths",), ("--help",), ("reply", "--help"), ("demo", "--print"), ("--version",)):
        answer = keyboard(*argv)
        assert answer.code == 0 and keyboard.asked == [], argv


def test_nobody_at_a_terminal(keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(passphrases, "has_terminal", lambda: False)
    assert "Run it at a terminal" in keyboard("encrypt").err
    monkeypatch.setattr(passphrases, "has_terminal", lambda: True)
    keyboard("encrypt", hidden=(PASSPHRASE, PASSPHRASE))
    monkeypatch.setattr(passphrases, "has_terminal", lambda: False)
    answer = keyboard("today")
    assert answer.code == 6 and answer.err.count("\n") == 1 and "--passphrase-fd 3" in answer.err
    assert keyboard("--json", "today").code == 6
    for typed, code in ((PASSPHRASE, 0), ("wrong", 6), (keyboard.recovery, 0), ("", 6)):
        path = tmp_path / "typed"
        path.write_text(f"{typed}\nsecond line\n")
        fd = os.open(path, os.O_RDONLY)
        answer = keyboard("--passphrase-fd", str(fd), "reply", "1", "--note", stdin="CANARY of the evening")
        os.close(fd)
        assert answer.code == code and (code == 0) == (answer.err == "")
    for number in ("x", "-1", "999"):
        assert keyboard("today", f"--passphrase-fd={number}").code == 2


def test_a_passphrase_is_changed_by_descriptor_and_lost_and_found(keyboard: Keyboard, tmp_path: Path) -> None:
    keyboard("encrypt", hidden=(PASSPHRASE, PASSPHRASE))

    def on_descriptor(text: str, *argv: str) -> int:
        path = tmp_path / "lines"
        path.write_text(text)
        fd = os.open(path, os.O_RDONLY)
        try:
            return keyboard(*argv, "--passphrase-fd", str(fd)).code
        finally:
            os.close(fd)

    assert on_descriptor(f"{PASSPHRASE}\nthe second one\n", "passphrase") == 0
    assert on_descriptor(f"{PASSPHRASE}\n", "today") == 6
    assert on_descriptor(f"{keyboard.recovery}\nthe third one\n", "passphrase", "--recover") == 0
    assert on_descriptor("the third one\n", "today") == 0
    answer = keyboard(
        "passphrase", "--recover", hidden=("the third one", "x", keyboard.recovery, PASSPHRASE, PASSPHRASE)
    )
    assert answer.code == 0 and answer.err.count("This is not a recovery key") == 2
    assert on_descriptor(f"{PASSPHRASE}\n", "today") == 0


def test_what_is_no_text_or_no_passphrase_is_refused_wherever_it_is_set(keyboard: Keyboard, tmp_path: Path) -> None:
    def given(raw: bytes, *argv: str) -> tuple[int, str]:
        (tmp_path / "lines").write_bytes(raw)
        fd = os.open(tmp_path / "lines", os.O_RDONLY)
        try:
            answer = keyboard(*argv, "--passphrase-fd", str(fd))
        finally:
            os.close(fd)
        return answer.code, answer.err.splitlines()[-1] if answer.err else ""

    for raw, said in ((b"caf\xe9 in latin", "is not UTF-8 text"), (b"age-secret-key-1abc", "taken for a recovery key")):
        code, err = given(raw + b"\n", "encrypt", "--yes")
        assert code == 2 and said in err
    typed = keyboard("encrypt", hidden=("  AGE-PLUGIN-X", "  AGE-PLUGIN-X"))
    assert typed.code == 2 and "taken for a recovery key" in typed.err
    assert keyboard("encrypt", hidden=(PASSPHRASE, PASSPHRASE)).code == 0
    old, recovery = PASSPHRASE.encode() + b"\n", keyboard.recovery.encode() + b"\n"
    for raw, said in ((b"caf\xe9 in latin", "is not UTF-8 text"), (b"nul\0 in it", "control character")):
        assert given(raw + b"\n", "today")[0] in (2, 6)
        for argv in (("passphrase",), ("passphrase", "--rotate")):
            code, err = given(old + raw + b"\n", *argv)
            assert code == 2 and said in err
        code, err = given(recovery + raw + b"\n", "passphrase", "--recover")
        assert code == 2 and said in err
    assert given(old, "today")[0] == 0


def test_a_line_that_is_no_text_can_be_typed_again(keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch) -> None:
    keyboard("encrypt", hidden=(PASSPHRASE, PASSPHRASE))
    answer = keyboard("today", hidden=("no text \udce9", PASSPHRASE))
    assert answer.code == 0 and "is not UTF-8 text" in answer.err


def test_a_recovery_key_that_nobody_confirms_changes_nothing(keyboard: Keyboard, home: Path) -> None:
    answer = keyboard("encrypt", hidden=(PASSPHRASE, PASSPHRASE), stdin="nope\n")
    assert answer.code == 1 and "was not confirmed" in answer.err
    assert keyboard("today").code == 0 and not list(home.rglob("*.age"))


def test_a_passphrase_is_never_an_argument_and_never_in_the_environment(keyboard: Keyboard) -> None:
    assert keyboard("encrypt", PASSPHRASE).code == 2
    assert keyboard("today", "--passphrase", PASSPHRASE).code == 2


def test_the_app_asks_by_itself(keyboard: Keyboard) -> None:
    answer = keyboard("--passphrase-fd", "3")
    assert answer.code == 2 and "needs a terminal" in answer.err


def test_without_the_library_a_process_of_its_own_says_how_to_get_it(keyboard: Keyboard, tmp_path: Path) -> None:
    keyboard("encrypt", hidden=(PASSPHRASE, PASSPHRASE))
    (tmp_path / "pyrage.py").write_text("raise ImportError")
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}"}
    done = spawn("today", "--passphrase-fd", "0", env=env, stdin=PASSPHRASE.encode())
    assert done.returncode == 6 and done.stderr.count(b"\n") == 1 and b"pip install pyrage" in done.stderr


def test_the_plain_path_loads_nothing_of_encryption(young: Shell) -> None:
    code = (
        "import sys, io\nfrom tracker.cli import run\nsys.stdout = io.StringIO()\nrun(['today'])\nrun(['reply', '1'])\n"
        "print([name for name in sys.modules if 'pyrage' in name or name.endswith(('conversion', 'locks', 'locking', "
        "'keyring', 'getpass', 'ctypes'))], file=sys.stderr)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_lost_encrypted_store_is_not_put_back_plain_by_a_yes(keyboard: Keyboard, home: Path, tmp_path: Path) -> None:
    data = home / "data" / "toward"
    (tmp_path / "stick").mkdir()
    assert keyboard("backup", "--to", str(tmp_path / "stick")).code == 0
    (copy,) = (tmp_path / "stick").iterdir()
    keyboard("encrypt", hidden=(PASSPHRASE, PASSPHRASE))
    assert keyboard("purge", "reply", "--yes", hidden=(PASSPHRASE,)).code == 0
    assert keyboard("backup", hidden=(PASSPHRASE,)).code == 0
    shutil.rmtree(data)
    refused = keyboard("restore", str(copy), "--yes")
    assert refused.code == 1 and "--plain" in refused.err and not data.exists()
    assert keyboard("restore", str(copy), "--plain", "--yes", hidden=("wrong",) * 3).code == 6 and not data.exists()
    assert json.loads(keyboard("restore", str(copy), "--dry-run", "--json").out)["unsealed"]
    elsewhere = ("--data", str(tmp_path / "elsewhere"))
    assert keyboard(*elsewhere, "restore", str(copy), "--yes").code == 0
    assert "Reply" in keyboard(*elsewhere, "list").out
    assert keyboard("restore", str(copy), "--plain", "--yes", hidden=(PASSPHRASE,)).code == 0
    after = keyboard("list")
    assert after.code == 0 and keyboard.asked == [] and "Reply" not in after.out


@pytest.mark.parametrize("names", [("store.json",), ("store.json", "identity.age")], ids=["marker", "lock"])
def test_a_lock_of_before_in_the_place_of_this_one_is_named_and_put_right(
    keyboard: Keyboard, home: Path, names: tuple[str, ...]
) -> None:
    def given(words: str, *argv: str) -> Answer:
        reader, writer = os.pipe()
        os.write(writer, f"{words}\n".encode())
        os.close(writer)
        try:
            return keyboard(*argv, "--passphrase-fd", str(reader))
        finally:
            os.close(reader)

    data = home / "data" / "toward"
    keyboard("encrypt", hidden=("the first of all", "the first of all"))
    before = {name: (data / name).read_bytes() for name in names}
    keyboard("decrypt", hidden=("the first of all",))
    keyboard("encrypt", hidden=(PASSPHRASE, PASSPHRASE))
    keyboard("backup", hidden=(PASSPHRASE,))
    whole = keyboard("export", "--private", hidden=(PASSPHRASE,)).out
    for name, raw in before.items():
        (data / name).write_bytes(raw)
    refused = given(PASSPHRASE, "today")
    assert refused.code in (5, 6) and "toward doctor --repair" in " ".join(refused.err.split())
    assert given("some other words", "doctor").code == 6
    told = given(PASSPHRASE, "doctor")
    assert told.code == 5 and "is locked with another key" in told.out
    given(PASSPHRASE, "doctor", "--repair", "--yes")
    assert keyboard("export", "--private", hidden=(PASSPHRASE,)).out == whole
