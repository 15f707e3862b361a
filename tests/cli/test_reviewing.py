"""Looking back and forgetting in the shell: objects, the run through the parts, the partner's turn, the purge."""

from __future__ import annotations

import fcntl
import json
import os
import struct
import termios
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_json import hold
from tests.cli.test_shaping import Terminal
from tracker.catalogue import reviews as scripts
from tracker.cli.output import FIRST_SCREEN, OTHER_SCREEN, WIPE, Output
from tracker.cli.session import Session
from tracker.domain.reviews import Review
from tracker.ledger.errors import Refused
from tracker.services.reviews import partner

CANARY = "CANARY"
SAFE = "This tool is for two people who can disagree without fear"


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody sit there to answer; what they type comes from standard input."""
    monkeypatch.setattr(Session, "can_ask", property(lambda _: True))
    monkeypatch.setattr(Output, "can_wipe", property(lambda _: True))


def files(home: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != ".lock"}


def canaries(home: Path) -> list[Path]:
    return [path for path, raw in files(home).items() if CANARY.encode() in raw]


@pytest.mark.parametrize("which", ["day", "week", "month", "week --together", "week --day 2026-11-17"])
def test_a_review_as_json(which: str, young: Shell) -> None:
    answer = young("review", *which.split(), "--json")
    assert (answer.code, answer.err) == (0, "")
    found = json.loads(answer.out)
    hold(found, "review", which)
    kind = Review.TOGETHER if "together" in which else Review(which.split()[0])
    assert found["review"] == kind and len(found["parts"]) == len(scripts().scripts[kind].parts)
    assert len(found["areas"]) == (6 if kind is Review.MONTH else 0)
    assert CANARY not in answer.out
    shown = young("review", *which.split())
    assert shown.code == 0 and CANARY not in shown.out
    assert all(line.strip() in shown.out for line in found["summary"]["said"])


def test_looking_back_without_a_terminal_writes_nothing(young: Shell, home: Path) -> None:
    before = files(home / "data")
    assert young("review", "week", "--json").code == young("review", "month").code == 0
    assert files(home / "data") == before


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ("review", 2), ("review year", 2), ("review day --together", 2), ("review week week", 2),
        ("review week --day tomorrow", 1), ("review export week", 2), ("review week --day 2026-13-01", 2),
        ("review week --to x.md", 2),
        ("purge", 2), ("purge reply", 2), ("purge nothing-like-this --yes", 3), ("purge --ratings soon --yes", 2),
        ("purge --ratings 2026-11-23", 2), ("purge reply --ratings 2026-11-23 --yes", 2),
        ("purge reply --entry 99 --yes", 1), ("purge reply --entry x --yes", 2), ("purge reply --note --entry 1", 2),
    ],
)  # fmt: skip
def test_what_cannot_be_done(argv: str, code: int, young: Shell, home: Path) -> None:
    before = files(home / "data")
    answer = young(*argv.split())
    assert answer.code == code and answer.out == "" and answer.err.startswith("toward: ")
    assert files(home / "data") == before


def test_a_week_alone_is_left_and_taken_up_again(young: Shell, home: Path, at_terminal: None) -> None:
    left = young("review", "week", stdin=f"\n{CANARY} the walk\nand the talk\n\n{CANARY} the tone\n\n")
    assert left.code == 0 and "Go on with: toward review week" in left.err and "Part 1 of 7" in left.err
    standing = json.loads(young("review", "week", "--json").out)
    assert (standing["began"], standing["part"], standing["finished"]) == (True, "mend", None)
    ratings = "9\n" + "3\n2\n" * 6
    rest = young("review", "week", stdin=f"\nfri\n\n{ratings}\n\nswop\nsmaller\n")
    assert "Part 3 of 7" in rest.err and "Part 2 of 7" not in rest.err and "enter keeps" in rest.err
    assert "Answer with 0 to 4" in rest.err and "Sealed" in rest.err and "not one of" in rest.err
    assert "finished" in rest.out, rest
    assert "It is asked Fri 27 Nov." in rest.err and "To make one smaller: toward edit WHAT" in rest.err
    assert json.loads(young("review", "week", "--json").out)["finished"] is not None
    again = young("review", "week")
    assert "Finished on 23 November." in again.err
    assert CANARY not in rest.out + rest.err + again.out + young("review", "week", "--json").out
    assert CANARY in young("export", "--private").out and CANARY not in young("export").out
    assert young("undo").code == 0
    assert "Part 7 of 7" in young("review", "week", stdin="").err
    friday = "2026-11-27T09:00:00+01:00"
    waiting = json.loads(young("today", "--json", now=friday).out)["open"]
    hold(waiting, "list of waiting", "today")
    number = next(str(each["number"]) for each in waiting if each["commitment"] == "review")
    assert "A moment to put right, today" in young("answer", now=friday).out
    closed = young("answer", number, "--json", stdin='{"mended": true}', now=friday)
    assert closed.code == 0 and CANARY not in closed.out + young("answer", now=friday).out
    assert "A moment to put right" not in young("answer", now=friday).out


def test_the_partner_answers_alone_and_it_opens_for_both(young: Shell, home: Path, at_terminal: None) -> None:
    own = "3\n2\n" * 6
    theirs = "yes\n" + "1\n" * 6 + "yes\nyes\n\n"
    answer = young("review", "week", "--together", stdin=f"calm\n7\n{CANARY}\n\n3\n{own}{theirs}")
    assert "Listening: you thought 3, they felt 1. Ask: what would have made it a 2?" in answer.out
    assert "two people who can disagree" not in answer.err
    assert young("purge", "--ratings", "today").code == 2
    gone = young("purge", "--ratings", "2026-11-24", stdin="no\n")
    assert gone.code == 1 and gone.err.endswith("Nothing was purged.\n")
    assert young("purge", "--ratings", "2026-11-24", stdin="purge\n").code == 0
    assert not any(b'"answers"' in raw for raw in files(home).values())
    told = [young("purge", "--ratings", day, "--yes").out.replace(day, "") for day in ("2026-11-23", "2026-11-16")]
    assert told[0] == told[1], "it is not told whether there were any"
    assert "No view yet." in young("review", "week", "--together", stdin="no\n").out


@pytest.mark.parametrize(
    ("theirs", "page"),
    [
        ("yes\n7\n7\n7\n7\n\n\n\nno\n\n\n\n", 1),
        ("yes\n3\n\nno\n3\n\nyes\n\n", 2),
        ("yes\n7\n7\n7\n7\n\n\n\nyes\nno\n\n", 0),
        ("no\n", 0),
        ("yes\n4\n\n", 1),
    ],
    ids=["not free", "not safe twice", "not sealed", "not now", "left"],
)
def test_a_month_never_says_why_there_is_no_view(
    theirs: str, page: int, young: Shell, home: Path, at_terminal: None
) -> None:
    answer = young("review", "month", stdin=f"8\n8\n8\n8\n{theirs}")
    assert answer.err.count(SAFE) == page
    assert "No view yet." in answer.out and "effort, not effect" in answer.out
    assert SAFE not in answer.out
    assert not any(b'"answers"' in raw or b"safety" in raw for raw in files(home / "data").values())


def rate_and_hand_over(terminal: Terminal) -> None:
    """Give one's own ratings, and say that it is the partner's turn."""
    for _ in range(4):
        terminal.read_until("0 to 10: ")
        terminal.seen = ""
        terminal.type("8")
    terminal.read_until("[no]: ")
    terminal.seen = ""
    terminal.type("yes")


def test_a_real_terminal_is_cleared_around_the_partners_turn(young: Shell, home: Path) -> None:
    terminal = Terminal("review", "month")
    rate_and_hand_over(terminal)
    terminal.read_until("\x1b[3J")
    terminal.read_until("I feel safe. 0 to 10: ")
    terminal.seen = ""
    terminal.type("2")
    terminal.read_until(SAFE)
    terminal.read_until("Press enter")
    terminal.seen = ""
    terminal.type("")
    terminal.read_until("\x1b[3J")
    terminal.read_until("Keep this to yourself?")
    terminal.type("no")
    terminal.read_until("I feel safe. 0 to 10: ")
    os.write(terminal.master, b"\x04")
    terminal.read_until("No view yet.")
    assert SAFE not in terminal.seen.rpartition("\x1b[3J")[2]
    os.write(terminal.master, b"\x04")
    terminal.read_until("Go on with: toward review month")
    assert terminal.leave() == 0


def test_nothing_they_typed_stays_on_the_screen_and_nothing_typed_ahead_answers_for_them(
    young: Shell, home: Path
) -> None:
    """Each answer is taken away before the next question, on a screen that cannot be scrolled back to."""
    terminal = Terminal("review", "month")
    rate_and_hand_over(terminal)
    terminal.read_until("I feel safe. 0 to 10: ")
    assert terminal.seen.count(OTHER_SCREEN) == 1 and FIRST_SCREEN not in terminal.seen
    terminal.seen = ""
    terminal.type("!")
    terminal.read_until("Press enter")
    assert SAFE in terminal.seen
    terminal.type("")
    for answer, asked in (("9", "I feel secure."), ("8", "I feel loved."), ("7", "able to rely"), ("6", "at ease")):
        terminal.read_until("0 to 10: ")
        terminal.seen = ""
        terminal.type(answer)
        terminal.read_until(asked)
        assert WIPE in terminal.seen.partition(asked)[0], f"{answer} stood there still"
    terminal.read_until("0 to 4: ")
    terminal.seen = ""
    terminal.type("4")
    terminal.read_until("0 to 4: ")
    terminal.seen = ""
    terminal.type("4\n4\nyes\nyes\nyes")
    terminal.read_until("Keep this to yourself?")
    terminal.type("")
    terminal.read_until("call them: ")
    terminal.seen = ""
    terminal.type("\nno\nno")
    terminal.read_until("No view yet.")
    ended = terminal.seen.partition("No view yet.")[0]
    assert ended.endswith(f"{WIPE}{FIRST_SCREEN}{WIPE}")
    terminal.read_until("Enter to go on: ")
    os.write(terminal.master, b"\x04")
    assert terminal.leave() == 0


def test_on_a_low_screen_they_read_the_safety_page_from_its_beginning(young: Shell, home: Path) -> None:
    """No line runs off the top of a screen that cannot be scrolled back to."""
    terminal = Terminal("review", "month")
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 80, 0, 0))
    rate_and_hand_over(terminal)
    terminal.read_until("I feel safe. 0 to 10: ")
    terminal.seen = ""
    terminal.type("2")
    pages = []
    for asked in ("Press enter to read on: ", "Press enter to go on"):
        terminal.read_until(asked)
        pages.append(terminal.seen.rpartition(WIPE)[2])
        terminal.seen = ""
        terminal.type("")
    assert SAFE in pages[0] and "crisis line" in pages[1]
    assert all(page.count("\n") < 12 for page in pages)
    terminal.read_until("Keep this to yourself?")
    os.write(terminal.master, b"\x04")
    terminal.read_until("No view yet.")
    os.write(terminal.master, b"\x04")
    assert terminal.leave() == 0


@pytest.mark.parametrize("kind", ["month", "week --together"])
def test_where_the_screen_cannot_be_cleared_they_are_not_asked(kind: str, young: Shell, home: Path) -> None:
    """Neither on a terminal that prints line by line, nor where the questions go into a file."""
    terminal = Terminal("review", *kind.split(), term="dumb")
    if kind != "month":
        for line in ("calm", "7", "", "", "3"):
            terminal.type(line)
    for _ in range(4 if kind == "month" else 12):
        terminal.type("3")
    terminal.read_until("cannot be cleared")
    terminal.read_until("No view yet.")
    assert "willing to answer" not in terminal.seen and WIPE not in terminal.seen
    terminal.read_until("Enter to go on: ")
    os.write(terminal.master, b"\x04")
    assert terminal.leave() == 0


def test_a_seal_that_fails_is_told_to_them_alone(
    young: Shell, home: Path, at_terminal: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise Refused("The disk is full.")

    monkeypatch.setattr(partner.Sheet, "submit", full)
    theirs = "yes\n9\n9\n9\n9\n1\n1\n1\nyes\nyes\nno\n\n"
    answer = young("review", "month", stdin=f"8\n8\n8\n8\n{theirs}")
    assert answer.code == 0 and "No view yet." in answer.out
    told, _, after = answer.err.partition("call them: ")
    assert "The disk is full. Nothing was kept." in told and "disk" not in after


def test_only_what_both_agree_to_is_printed(young: Shell, home: Path, at_terminal: None) -> None:
    own = "3\n2\n" * 6
    talk = f"\n\n\n\n{own}no\n\n\n\n\n{CANARY} shared\n{CANARY} kept back\n"
    young("review", "week", "--together", stdin=talk)
    offered = young("review", "export", "week", "--together", stdin="")
    assert offered.code == 1 and offered.out == ""

    def agree(shared: str) -> str:
        texts = [text for _, text in _offers(young)]
        return "".join("yes\nyes\n" if shared in text else "yes\nno\n" for text in texts)

    printed = young("review", "export", "week", "--together", stdin=f"{agree('shared')}yes\n")
    assert printed.code == 0, printed
    assert printed.out.startswith("# The week, together, 2026-11-23 to 2026-11-29\n")
    assert f"{CANARY} shared" in printed.out and "kept back" not in printed.out
    assert printed.out.count("\n- ") == 1 and "This is what it would be:" in printed.err
    kept = young("review", "export", "week", "--together", "--json", stdin=f"{agree('shared')}yes\n")
    hold(json.loads(kept.out), "review export", "export")
    assert young("review", "export", "week", "--together", stdin=f"{agree('shared')}no\n").out == ""
    assert young("review", "export", "week", "--together", stdin=f"{agree('nothing of it')}yes\n").code == 1


def test_what_both_agree_to_is_kept_in_a_file(young: Shell, home: Path, tmp_path: Path, at_terminal: None) -> None:
    yes = "".join("yes\nyes\n" for _ in _offers(young))
    there = tmp_path / "there.md"
    there.write_text("mine")
    argv = ("review", "export", "week", "--together", "--to")
    none = young(*argv, str(tmp_path / "no folder" / "a.md"), stdin=f"{yes}{tmp_path / 'a.md'}\n")
    assert none.code == 0 and none.out.startswith(f"Kept in {tmp_path / 'a.md'}")
    assert "(No such file" in " ".join(none.err.split())
    text = (tmp_path / "a.md").read_text("utf-8")
    assert text.startswith("# The week, together") and (tmp_path / "a.md").stat().st_mode & 0o777 == 0o600
    assert "This is what it would be:" in none.err
    left = young(*argv, str(there), stdin=f"{yes}no\n\n")
    assert left.code == 1 and "Write over it?" in left.err and there.read_text() == "mine"
    over = young(*argv, str(there), "--json", stdin=f"{yes}yes\n")
    hold(json.loads(over.out), "change", "review export --to")
    assert there.read_text("utf-8") == text


def test_each_part_says_when_its_minutes_would_be_over(young: Shell, home: Path, at_terminal: None) -> None:
    own = "3\n2\n" * 6
    talk = young("review", "week", "--together", stdin=f"\n\n\n\n{own}no\n\n\nyes\n6\n")
    assert "Part 1 of 9: Arrive (3 min), until 20:18" in talk.err
    assert "One speaks until 20:20, the other until 20:25." in talk.err and talk.err.count("speaks until") == 1
    assert "Then: toward log s5.time-out" in talk.err.replace("\n", " ")
    assert "asks for a pause" not in young("review", "week", "--together", stdin="\n").err


def _offers(young: Shell) -> list[tuple[str, str]]:
    """Return what would be offered: the name and the text of each line."""
    from tracker.ledger.workspace import Workspace
    from tracker.services.environment import environment
    from tracker.services.reviews.reviews import offers

    here = environment()
    return [(each.name, each.text) for each in offers(Workspace.at(here.data, here.state, here.clock), Review.TOGETHER)]


@pytest.mark.parametrize(
    ("argv", "left"),
    [
        (("reply", "--note", "--day", "fri"), True),
        (("reply", "--day", "fri"), True),
        (("reply",), False),
    ],
)
def test_a_purge_leaves_no_canary_anywhere(argv: tuple[str, ...], left: bool, young: Shell, home: Path) -> None:
    assert canaries(home)
    young("streaks")
    answer = young("purge", *argv, "--yes", "--json")
    assert answer.code == 0, answer
    hold(json.loads(answer.out), "change", "purge")
    assert canaries(home) == []
    assert ("s4.reachable" in young("list", "--json").out) is left
    assert young("undo").code == 1 and canaries(home) == []
    assert young("streaks").code == young("history").code == young("today").code == 0
    assert "something was purged" in young("history").out
    hold(json.loads(young("export", "--private", "--json").out), "export", "export")


def test_an_entry_and_a_deleted_commitment(young: Shell, home: Path) -> None:
    total = json.loads(young("show", "s4.partner-time", "--json").out)["total"]
    assert young("purge", "s4.partner-time", "--entry", "1", "--yes").code == 0
    assert json.loads(young("show", "s4.partner-time", "--json").out)["total"] < total
    young("delete", "reply")
    assert young("purge", "s4.reachable", "--yes").code == 0
    assert canaries(home) == []
    assert young("purge", "s4.reachable", "--yes").code in (1, 3)


def test_an_old_export_brings_nothing_back(young: Shell, home: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text(young("export", "--private").out, "utf-8")
    young("purge", "reply", "--yes")
    assert young("import", str(old)).code == 0
    assert canaries(home) == [] and "s4.reachable" not in young("list", "--json").out


def test_a_purge_is_confirmed_by_a_word(young: Shell, home: Path, at_terminal: None) -> None:
    asked = young("purge", "reply", stdin="yes\n")
    assert asked.code == 1 and "Type purge to go on" in asked.err and canaries(home)
    assert CANARY not in asked.err
    assert young("purge", "reply", stdin="purge\n").code == 0 and canaries(home) == []
