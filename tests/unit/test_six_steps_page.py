"""Every point of the six steps has its place on docs/six-steps.md, and everything named there exists."""

from __future__ import annotations

import re
from pathlib import Path

from tests.unit.test_catalogue import FORBIDDEN
from tests.unit.test_catalogue_fields import EVERYTHING, named
from tracker import catalogue
from tracker.cli.commands import COMMANDS

PAGE = Path(__file__).parents[2] / "docs" / "six-steps.md"

# Every point of the six steps; some stand for a few that belong together.
REFS = (
    *("I1", "I2", "I3", "I4", "I5", "I6–I7", "I8", "I9", "I10–I11"),
    *(f"I{number}" for number in range(12, 29)),
    *("1a", "1b", "1c", "1d", "1e"),
    *("2a", "2b", "2c", "2d", "2e", "2f", "2g", "2h", "2i"),
    *("3a", "3b", "3c", "3d", "3e", "3f", "3g", "3h", "3i", "3j"),
    *("4a", "4b", "4c", "4d", "4d′", "4e", "4f", "4g", "4h", "4i", "4j", "4k", "4l"),
    *("5a", "5b", "5c", "5d", "5e", "5f", "5g", "5h", "5i"),
    *("6a", "6b–e", "6f", "6g", "6h", "6i", "6j", "6k", "6l", "6m"),
    *("E1", "E2", "E3", "E4"),
)


def rows_of_the_page() -> list[tuple[str, str]]:
    """The reference and the place of every row."""
    found = re.findall(r"^\| (\S+) \| ([^|]+) \| (.+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return [(ref, place) for ref, asks, place in found if ref != "ref" and asks.strip("-")]


def test_every_point_of_the_six_steps_stands_on_the_page_once() -> None:
    assert [ref for ref, _ in rows_of_the_page()] == list(REFS)
    assert all(place.strip() for _, place in rows_of_the_page())


def test_every_commitment_stands_on_the_page_and_every_name_there_exists() -> None:
    text = "\n".join(place for _, place in rows_of_the_page())
    known = {each.id: each for each in EVERYTHING}
    assert set(re.findall(r"\bs\d\.[a-z-]+", text)) == known.keys()
    for cid, mark, fields in re.findall(r"`(s\d\.[a-z-]+)`( \+)?(?: \(((?:`\w+`(?:, )?)+)\))?", text):
        assert bool(mark) == (known[cid].shelf == "more"), cid
        assert set(re.findall(r"`(\w+)`", fields)) <= named(known[cid]).keys(), cid


def test_no_point_is_lost_where_rows_stand_for_a_few() -> None:
    """I1 to I28, the letters of each step and E1 to E4, one by one, whatever is put together in a row."""
    found: list[str] = []
    for ref, _ in rows_of_the_page():
        head, _, last = ref.partition("–")
        if not last:
            found.append(head)
        elif last.startswith("I"):
            found += [f"I{number}" for number in range(int(head[1:]), int(last[1:]) + 1)]
        else:
            found += [f"{head[0]}{chr(letter)}" for letter in range(ord(head[1]), ord(last) + 1)]
    letters = {"1": "abcde", "2": "abcdefghi", "3": "abcdefghij", "4": "abcdefghijkl", "5": "abcdefghi"}
    letters["6"] = "abcdefghijklm"
    wanted = [f"I{number}" for number in range(1, 29)]
    wanted += [f"{step}{letter}" for step, each in letters.items() for letter in each]
    wanted += ["4d′", *(f"E{number}" for number in range(1, 5))]
    assert sorted(found) == sorted(wanted)


def test_every_name_of_the_page_is_a_commitment_a_field_of_the_one_before_it_or_a_command() -> None:
    known = {each.id: named(each).keys() for each in EVERYTHING}
    commands = {command.name for command in COMMANDS}
    for ref, place in rows_of_the_page():
        before = ""
        for name in re.findall(r"`([^`]+)`", place):
            if name.startswith("toward "):
                assert name.split()[1] in commands, f"{ref}: {name}"
            elif re.fullmatch(r"s\d\.[a-z-]+", name):
                assert name in known, f"{ref}: {name}"
                before = name
            else:
                assert name in ("!", "?", "c") or name in known.get(before, ()), f"{ref}: {name} after {before}"


def test_the_page_uses_no_word_that_scolds() -> None:
    assert FORBIDDEN.findall(PAGE.read_text("utf-8")) == []


def test_every_prompt_on_the_page_is_one_of_ours() -> None:
    prompts = {prompt for step_id in catalogue.STEP_IDS for prompt in catalogue.reflections(step_id)}
    text = "\n".join(place for _, place in rows_of_the_page())
    quoted = re.findall(r'prompt "([^"]+)"', text)
    assert quoted and set(quoted) <= prompts
