"""A terminal that knows only ASCII, or cannot be drawn on, or is none: plain signs, and one sentence for the app."""

from __future__ import annotations

import io
import json
import os
import pty
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.color import Color

from tests.cli.conftest import ROOT, Shell, spawn
from tracker.domain.text.ascii_signs import SIGNS, in_plain_signs
from tracker.domain.text.cells import cell_width
from tracker.services.terminal import no_app, plain_encoding
from tracker.tui.safe import PlainSigns

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locales of another kind")
LOCALES = (
    {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}, {"LANG": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0"},
    {"LANG": "de_DE.ISO-8859-1"}, {"LC_ALL": "de_DE.ISO8859-15@euro"}, {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "ja_JP.eucJP"},
)  # fmt: skip


class Tty(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


@pytest.fixture(autouse=True)
def _no_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_CTYPE", "LANG", "PYTHONIOENCODING", "PYTHONUTF8"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("env", LOCALES, ids=lambda env: " ".join(f"{name}={value}" for name, value in env.items()))
def test_a_locale_that_is_not_utf8_gets_plain_signs_in_straight_columns(young: Shell, env: dict[str, str]) -> None:
    assert young("add", "Grüße 中 an dich", "--step", "s4", "--kind", "check", "--schedule", "daily").code == 0
    plain = spawn("today", env=env)
    assert plain.returncode == 0 and b"\\u" not in plain.stdout
    shown = plain.stdout.decode("latin-1" if "latin-1" in env.values() else "ascii").splitlines()
    signs = young("today").out.splitlines()
    assert [cell_width(line) for line in shown] == [cell_width(line) for line in signs]
    assert [line.split()[-1:] for line in shown if "Reply" in line] == [
        in_plain_signs(line).split()[-1:] for line in signs if "Reply" in line
    ]
    assert any("?? an dich" in line for line in shown)
    rows = json.loads(spawn("list", "--json", env=env).stdout.decode("ascii"))["commitments"]
    assert "Grüße 中 an dich" in [row["title"] for row in rows], "JSON loses nothing, and is ASCII"


def test_a_name_typed_there_is_kept_as_it_was_typed(young: Shell) -> None:
    env = {"LC_ALL": "C", "PYTHONUTF8": "0"}
    assert spawn("add", "Grüße", "--step", "s4", env=env).returncode == 0
    assert "Grüße" in young("list").out
    refused = spawn(b"add", b"caf\xe9", b"--step", b"s4", env=env)  # type: ignore[arg-type]
    assert refused.returncode == 2 and refused.stdout == b"" and refused.stderr.count(b"\n") == 1
    assert "caf" not in young("list").out


def test_where_the_locale_says_nothing_or_utf8_signs_stay() -> None:
    utf8 = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    for env in ({}, {"LANG": "de_DE"}, {"LANG": "C.UTF-8"}, {"LC_ALL": "en_US.utf8"}, {"LANG": "C", "PYTHONUTF8": "1"}):
        assert plain_encoding(utf8, env) is None, env
    assert plain_encoding(utf8, {"LC_CTYPE": "C.UTF-8", "LANG": "C"}) == "ascii", "Python has put LC_CTYPE there"


def test_every_sign_of_ours_has_a_plain_one_as_wide() -> None:
    assert {
        sign: (plain, cell_width(sign)) for sign, plain in SIGNS.items() if not plain.isascii() or len(plain) != 1
    } == {}
    assert [sign for sign in SIGNS if cell_width(sign) != 1] == []
    found = {
        letter
        for folder in ("cli", "tui", "services", "catalogue", "present")
        for file in (ROOT / "tracker" / folder).rglob("*")
        if file.suffix in (".py", ".toml", ".txt")
        for letter in file.read_text("utf-8")
        if not letter.isascii() and unicodedata.category(letter)[0] in "PS"
    }
    assert sorted(found - set(SIGNS)) == []


@pytest.mark.parametrize("text", ["│ ┌─┐ ╭╮ ┃", "▊▎🬀", "👍🏽é中\u0301", "ä € ½"])
def test_what_has_no_plain_sign_takes_as_many_cells(text: str) -> None:
    shown = in_plain_signs(text)
    assert shown.isascii() and cell_width(shown) == cell_width(unicodedata.normalize("NFC", text))
    drawn = PlainSigns("ascii").apply([Segment(text)], Color(0, 0, 0))
    assert "".join(segment.text for segment in drawn) == shown


@pytest.mark.parametrize("kind", ["dumb", "", "unknown"])
def test_the_app_says_one_sentence_where_it_cannot_be_drawn(kind: str) -> None:
    assert "toward today" in no_app(Tty(), Tty(), Tty(), {"TERM": kind})
    assert no_app(Tty(), Tty(), Tty(), {"TERM": "xterm"}) == ""
    assert "standard output" in no_app(Tty(), io.StringIO(), Tty(), {"TERM": "xterm"})
    assert "standard input" in no_app(None, Tty(), Tty(), {"TERM": "xterm"})
    assert "standard error" in no_app(Tty(), Tty(), io.StringIO(), {"TERM": "xterm"}), "Textual draws there"


@pytest.mark.parametrize("argv", [(), ("demo",)])
def test_a_dumb_terminal_is_sent_no_codes(home: Path, argv: tuple[str, ...]) -> None:
    main, side = pty.openpty()
    env = {**os.environ, "TERM": "dumb", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tracker", *argv], stdin=side, stdout=side, stderr=side, env=env, start_new_session=True
    )
    os.close(side)
    sent = b""
    try:
        while chunk := os.read(main, 65_536):
            sent += chunk
    except OSError:
        pass
    os.close(main)
    code = process.wait(60)
    assert b"\x1b" not in sent
    if argv:
        assert code == 0 and b"of 11 kept" in sent, "the made-up year is printed"
    else:
        assert code == 2 and sent.count(b"\n") == 1 and b"toward today" in sent
