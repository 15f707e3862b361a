"""The message line: long sentences, small windows, and the key at the end that is never cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui.driver import SIZES, drive, held, second
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.tui.frame.data_screen import UNDO, DataScreen
from tracker.tui.widgets.message_line import CUT, MOST_LINES, fitted

LONG = "s5.no-attacks"
WORDS = st.lists(st.sampled_from(["a", "word", "kindly", "Freundlichkeit", "漢字"]), max_size=120).map(" ".join)


@given(WORDS, st.sampled_from(["", UNDO]), st.integers(20, 120))
def test_a_message_has_its_key_and_four_lines_at_most(text: str, key: str, width: int) -> None:
    shown = fitted(text, key, width)
    assert len(shown.wrap(width)) <= MOST_LINES and shown.plain.endswith(key)
    begun = shown.plain.removesuffix(key).rstrip().removesuffix(CUT.strip()).rstrip()
    assert text.startswith(begun)
    assert CUT.strip() in shown.plain or shown.plain.removesuffix(key).rstrip() == text


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_answer_to_a_lapse_of_a_long_title_ends_with_its_key(
    kinds: Environment, size: tuple[int, int]
) -> None:
    toward = second(kinds)
    commitment = toward.ledger.get(LONG)
    assert commitment is not None
    lifecycle.edit(toward, commitment, title="No insults, no shouting, no mocking, and nothing they entrusted to me")
    async with drive(kinds, size) as driver:
        await driver.go(LONG)
        await driver.press("x", "2", "enter")
        assert held(kinds, LONG).state.value == "missed"
        for _ in range(2):
            frame = " ".join(driver.frame().split())
            assert UNDO in frame and "it happened, today" in frame
            await driver.press("u", "ctrl+r")
            assert driver.said.startswith("Done again") or "happened" in driver.said


async def test_what_is_new_in_the_store_stands_behind_what_was_done_and_in_the_place_of_older_news(
    kinds: Environment,
) -> None:
    async with drive(kinds, SIZES[1]) as driver:
        page = driver.screen
        assert isinstance(page, DataScreen)
        page.show_message("Done.", undo=True)
        page.append_message("A file is gone.", "")
        assert driver.said == f"Done. A file is gone.  {UNDO}"
        page.append_message("It is back.", "A file is gone.")
        assert driver.said == f"Done. It is back.  {UNDO}"
        page.append_message("word " * 57 + "The way out.", "It is back.")
        assert driver.said.endswith("The way out."), "a way out is never cut for what was done before"
