"""What a terminal answers late is never a key, however its bytes come; keys typed around it are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

from tracker.tui.app import TowardApp
from tracker.tui.terminal.keyboard import Keyboard, encoding_typed, patient
from tracker.tui.terminal.replies import LONG_PATIENCE, PATIENCE, STALL, TAIL, TALKATIVE

REPLIES = {
    "DA1": "\x1b[?62;c",
    "DA1 of xterm": "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c",
    "DA2": "\x1b[>41;388;0c",
    "DA3": "\x1bP!|00000000\x1b\\",
    "XTVERSION": "\x1bP>|tmux 3.3a\x1b\\",
    "XTVERSION of kitty": "\x1bP>|kitty(0.32.2)\x1b\\",
    "OSC 10, BEL": "\x1b]10;rgb:ffff/ffff/ffff\x07",
    "OSC 11, ST": "\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\",
    "OSC 11 with alpha": "\x1b]11;rgba:1e1e/1e1e/1e1e/ffff\x1b\\",
    "OSC 4": "\x1b]4;12;rgb:5c5c/5c5c/ffff\x1b\\",
    "OSC 12": "\x1b]12;rgb:ff/ff/ff\x07",
    "OSC 52": "\x1b]52;c;dG9kYXk=\x07",
    "window title": "\x1b]lq t o r\x1b\\",
    "DECRPM 2026": "\x1b[?2026;2$y",
    "DECRPM 2048": "\x1b[?2048;0$y",
    "mode of ANSI": "\x1b[4;2$y",
    "kitty keyboard": "\x1b[?1u",
    "kitty graphics": "\x1b_Gi=31;OK\x1b\\",
    "cursor position": "\x1b[24;80R",
    "DECXCPR": "\x1b[?24;80;1R",
    "status": "\x1b[0n",
    "colour scheme": "\x1b[?997;1n",
    "size in cells": "\x1b[8;24;80t",
    "size in pixels": "\x1b[4;600;800t",
    "size, in band": "\x1b[48;24;80;600;800t",
    "XTGETTCAP": "\x1bP1+r544e=787465726d\x1b\\",
    "DECRQSS": "\x1bP1$r0m\x1b\\",
    "XTMODKEYS": "\x1b[>4;2m",
    "XTSMGRAPHICS": "\x1b[?1;0;256S",
    "DECREQTPARM": "\x1b[2;1;1;128;128;1;0x",
    "focus in": "\x1b[I",
    "focus out": "\x1b[O",
    "a mouse of old": "\x1b[M #%",
    "a mouse": "\x1b[<35;10;5M",
    "eight bits": "\x9b?62;c",
    "eight bits, OSC": "\x9d11;rgb:1e1e/1e1e/1e1e\x9c",
}
KEYS = {
    "t": "t", "?": "question_mark", "\r": "enter", " ": "space", "ä": "ä", "\x7f": "backspace", "\x11": "ctrl+q",
    "\x1b[A": "up", "\x1bOA": "up", "\x1b[1;5C": "ctrl+right", "\x1b[27u": "escape", "\x1b[116u": "t",
    "\x1bx": "alt+x", "\x1bOP": "f1", "\x1b[3~": "delete", "\x1b[Z": "shift+tab", "\x1b[[A": "f1",
    "\x1b[97;;97u": "a", "]": "right_square_bracket", "[": "left_square_bracket", "\x1b\r": "enter",
}  # fmt: skip


class Typing:
    """A keyboard with a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.keyboard, self.now = Keyboard(), 100.0
        self.heard: list[object] = []

    def send(self, text: str) -> Typing:
        """Let text come."""
        self.heard += self.keyboard.feed(text, self.now)
        return self

    def pass_by(self, seconds: float) -> Typing:
        """Let time pass in which nothing comes."""
        self.now += seconds + 1e-6
        self.heard += self.keyboard.tick(self.now)
        return self

    @property
    def keys(self) -> list[str]:
        """Return the keys that were heard."""
        return [each.key for each in self.heard if isinstance(each, events.Key)]

    @property
    def pasted(self) -> str:
        """Return all that was pasted."""
        return "".join(each.text for each in self.heard if isinstance(each, events.Paste))


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_a_late_answer_cut_at_any_byte_is_no_key(reply: str) -> None:
    for cut in range(len(reply) + 1):
        typing = Typing().send("t").send(reply[:cut]).send(f"{reply[cut:]}?").pass_by(STALL)
        assert typing.keys == ["t", "question_mark"], cut
    one_by_one = Typing()
    for letter in reply:
        one_by_one.send(letter)
    assert one_by_one.send("t").pass_by(STALL).keys == ["t"]


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_a_late_answer_that_comes_slowly_is_no_key(reply: str) -> None:
    """An ESC that stays alone is the Escape key, for nobody can tell; nothing of what follows is one."""
    for cut in range(1, len(reply)):
        typing = Typing().send(reply[:cut]).pass_by(0.7).send(reply[cut:]).send("t")
        assert typing.keys == (["escape"] if reply[:cut] == "\x1b" else []) + ["t"], cut
    slowly = Typing()
    for letter in reply:
        slowly.send(letter).pass_by(0.4)
    assert [key for key in slowly.send("t").keys if key != "escape"] == ["t"]


@pytest.mark.parametrize(("typed", "key"), KEYS.items(), ids=KEYS.values())
def test_a_key_is_heard_whole_whatever_comes_around_it(typed: str, key: str) -> None:
    for reply in REPLIES.values():
        assert Typing().send(reply + typed + reply).pass_by(STALL).keys == [key]
    assert Typing().send(typed).pass_by(PATIENCE).keys == [key]
    assert Typing().send(typed * 2).pass_by(PATIENCE).keys == [key, key]


@given(
    st.lists(st.one_of(st.sampled_from(list(REPLIES.values())), st.sampled_from(list(KEYS))), min_size=1, max_size=8),
    st.data(),
)
def test_any_mixture_of_answers_and_keys_in_any_pieces(sent: list[str], data: st.DataObject) -> None:
    text = "".join(sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=10)))
    typing = Typing()
    for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        typing.send(text[begin:end])
    assert typing.pass_by(STALL).keys == [KEYS[each] for each in sent if each in KEYS]


def test_the_escape_key_comes_after_a_moment_or_with_the_next_one() -> None:
    assert Typing().send("\x1b").keys == []
    assert Typing().send("\x1b").pass_by(PATIENCE).keys == ["escape"]
    assert Typing().send("\x1b").pass_by(PATIENCE).send("t").keys == ["escape", "t"]
    assert Typing().send("\x1b\x1b").pass_by(PATIENCE).keys == ["escape", "escape"]
    assert Typing().send("\x1b").send("\x1b[A").keys == ["escape", "up"]
    assert Typing().send("\x1b[?62;c\x1b").pass_by(PATIENCE).keys == [], "one answer seldom comes alone"
    assert Typing().send("\x1b[?62;c\x1b").pass_by(LONG_PATIENCE).keys == ["escape"]
    assert Typing().send("\x1b[?62;c").pass_by(TALKATIVE).send("\x1b").pass_by(PATIENCE).keys == ["escape"]
    assert Typing().send("\x1b").pass_by(1).send("[").pass_by(STALL).keys == ["escape", "left_square_bracket"]
    assert Typing().send("\x1b").pass_by(1).send("[").send("t").keys == ["escape", "left_square_bracket", "t"]


def test_answers_that_come_one_after_another_slowly_are_no_escape_key_either() -> None:
    typing = Typing()
    typing.keyboard.expect(typing.now)
    for letter in "".join(("\x1b[?2026;2$y", "\x1bP>|kitty(0.32)\x1b\\", "\x1b]11;rgb:1e/1e/1e\x1b\\", "\x1b[?62;c")):
        typing.send(letter).pass_by(0.15)
    assert typing.send("t").keys == ["t"]


def test_alt_with_a_key_that_begins_an_answer_takes_no_other_key_with_it() -> None:
    for opener, name in (("]", "right_square_bracket"), ("P", "shift+p"), ("_", "underscore")):
        heard = Typing().send(f"\x1b{opener}").send("t").pass_by(STALL).keys
        assert heard[-1] == "t" and len(heard) == 2, (name, heard)
    assert Typing().send("\x1b[").pass_by(1).send("t").keys[-1] == "t"


@pytest.mark.parametrize("broken", ["\x1b]11;rgb:1e1e", "\x1bP>|tmux", "\x1b[?62;", "\x1b]52;c;dG9k"])
def test_an_answer_that_never_ends_leaves_the_keyboard_alive(broken: str) -> None:
    assert Typing().send(broken).pass_by(STALL).send("tq").keys == ["t", "q"]
    assert Typing().send(broken).send("\x1b").pass_by(PATIENCE).keys in (["escape"], [])
    assert Typing().send(broken).send("\r").send("t").keys == ["enter", "t"]
    assert Typing().send("\x1b]11;rgb:1e1e").send("t").keys == ["t"]


def test_a_paste_stays_in_order_whatever_is_in_it() -> None:
    pasted = "one \x1b[31mtwo\x1b[0m \x1b]0;x\x07three\x1b[200~ \x1b" + "four" * 20
    whole = f"\x1b[200~{pasted}\x1b[201~"
    for cut in range(len(whole) + 1):
        typing = Typing().send(whole[:cut]).pass_by(0.5).send(whole[cut:]).pass_by(TAIL)
        assert (typing.keys, typing.pasted) == (["escape"] if cut == 1 else [], pasted), cut


def test_an_end_of_a_paste_within_it_does_not_let_the_rest_be_keys() -> None:
    typing = Typing().send("\x1b[200~one\x1b[201~t q\r\x1b[201~").send("t").pass_by(TAIL)
    assert (typing.pasted, typing.keys) == ("onet q\r", ["t"])
    assert Typing().send("\x1b[200~one\x1b[201~\x13").pass_by(TAIL).keys == ["ctrl+s"]


def test_a_paste_whose_end_is_lost_is_kept_and_the_keyboard_lives() -> None:
    typing = Typing().send("\x1b[200~one two").pass_by(STALL)
    assert (typing.pasted, typing.keys) == ("one two", [])
    assert typing.send(" three").pass_by(STALL).pasted == "one two three"
    assert typing.send("\x1b").pass_by(PATIENCE).send("t").keys == ["escape", "t"]


def test_a_megabyte_is_pasted_in_one_go() -> None:
    typing = Typing().send("\x1b[200~")
    text = "word " * 200_000
    for begin in range(0, len(text), 4096):
        typing.send(text[begin : begin + 4096])
    assert typing.send("\x1b[201~").pasted == text and typing.keys == []


@pytest.mark.parametrize("text", ["caf\udce9", "\udcff\udcfe"])
def test_bytes_that_are_no_letters_stop_nothing(text: str) -> None:
    assert Typing().send(text).send("t").keys[-1] == "t"


def test_the_app_reads_so_and_starts_where_textual_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert issubclass(TowardApp().driver_class, LinuxDriver)
    assert TowardApp().driver_class is not LinuxDriver, "the hook is in place with the Textual that is installed"
    assert encoding_typed()
    monkeypatch.setattr("tracker.tui.terminal.keyboard.new_parser", _gone)
    assert patient(LinuxDriver) is LinuxDriver
    assert patient(App().driver_class) is LinuxDriver


def _gone() -> None:
    raise ImportError
