"""What is pasted stays in its order and loses the codes of a terminal, in every field and by every way."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.widgets import Input, TextArea

from tests.tui.driver import drive
from tests.tui.terminal import Terminal
from tracker.domain.text.clean import UNSAFE, without_codes
from tracker.services.environment import Environment

CODED = {
    "colours": ("\x1b[1;31mI was\x1b[0m late \x1b[38;5;12mand said so\x1b[m", "I was late and said so"),
    "a link": ("see \x1b]8;;http://x\x1b\\here\x1b]8;;\x07 now", "see here now"),
    "a title": ("\x1b]0;owned\x07one two", "one two"),
    "a clipboard": ("one \x1b]52;c;ZXZpbA==\x07two", "one two"),
    "moves": ("one\x1b[2J\x1b[H two\x1b[?1049h three\x1b[6n", "one two three"),
    "the end of a paste": ("one \x1b[201~two\x1b[200~ three", "one two three"),
    "letters": ("one\x1b(B two\x1b=\x1b> three\x1b7", "one two three"),
    "one byte": ("one\x9b31m two\x9d0;x\x9c three\x81", "one two three"),
    "an ESC alone": ("one \x1btwo three\x1b", "one two three"),
    "no end": ("one \x1b]0;two\nthree", "one ]0;two\nthree"),
    "a device": ("one \x1bP+q544e\x1b\\two \x1b_Gx\x1b\\three", "one two three"),
    "lines": ("one\r\ntwo\rthree\n\x00four\x08", "one\ntwo\nthree\nfour"),
}


@pytest.mark.parametrize(("pasted", "kept"), CODED.values(), ids=CODED)
def test_codes_go_and_words_stay_in_order(pasted: str, kept: str) -> None:
    assert without_codes(pasted) == kept


@given(st.lists(st.text("abc äß中\n", min_size=1), max_size=6), st.sampled_from(list(CODED.values())))
def test_no_letter_around_a_code_is_lost(words: list[str], coded: tuple[str, str]) -> None:
    code = coded[0][: coded[0].rfind("\x1b")]
    assert "".join(words) == without_codes("\x1b[0m".join(words))
    assert without_codes(code + "\n" + "".join(words)).endswith("\n" + "".join(words))
    assert not UNSAFE.search(without_codes(coded[0]))


async def test_a_paste_into_a_note_and_into_a_line_of_a_form(kinds: Environment) -> None:
    pasted, _ = CODED["colours"]
    async with drive(kinds, (80, 24)) as driver:
        await driver.press("e")
        field = driver.screen.query_one("#if_then", Input)
        field.value = ""
        field.focus()
        await driver.settle()
        driver.app.post_message(events.Paste(f"{pasted}\r\n\x1b[1mand I will again\x1b[0m\n"))
        await driver.settle()
        assert field.value == "I was late and said so and I will again", "no line of it is lost"
        await driver.press("escape", "escape", "n")
        area = driver.screen.query_one(TextArea)
        driver.app.post_message(events.Paste(f"{pasted}\r\n\x1b[1mand I will again\x1b[0m"))
        await driver.settle()
        assert area.text == "I was late and said so\nand I will again"
        await driver.press("ctrl+s")
        await driver.settle()
    assert any("said so\\nand I will again" in file.read_text("utf-8") for file in kinds.data.rglob("2*.json"))


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_in_a_real_terminal_answers_are_no_keys_and_a_paste_is_kept(kinds: Environment, tmp_path: Path) -> None:
    root = tmp_path / "xdg" / "toward"
    root.parent.mkdir()
    shutil.move(kinds.state, root)
    terminal = Terminal(tmp_path, Environment(kinds.data, root, kinds.clock))
    try:
        terminal.until(b"Reply")
        for part in (
            b"\x1b[?62",
            b";c\x1bP>|t",
            b"mux 3.4\x1b",
            b"\\\x1b]11;rgb:1e1e/",
            b"1e1e/1e1e\x07\x1b[?2026;2$y\xe4",
        ):
            os.write(terminal.main, part)
        os.write(terminal.main, b"2r")
        terminal.until(b"2 replies")
        assert b"min logged" not in terminal.bytes and b"timer" not in terminal.bytes.lower()
        os.write(terminal.main, b"n")
        terminal.until(b"nly for you")
        os.write(terminal.main, b"\x1b[200~one \x1b[31mtwo\x1b[0m\rthree\x1b[201~")
        terminal.until(b"three")
        os.write(terminal.main, b"\x13")
        terminal.until(b"note kept")
        os.write(terminal.main, b"\x11")
        assert terminal.close() == 0
    finally:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
    assert any("one two\\nthree" in file.read_text("utf-8") for file in kinds.data.rglob("2*.json"))
