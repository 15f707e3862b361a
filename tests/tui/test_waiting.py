"""What stands open on Today: oldest first, closed by one key, and private words only once it is opened."""

from __future__ import annotations

from datetime import timedelta

from textual.widgets import TextArea

from tests.tui.driver import Hands, drive, second
from tracker.domain.reviews import Review
from tracker.services.commitments import lifecycle
from tracker.services.environment import Environment
from tracker.services.logging import guided, lapses
from tracker.services.reviews import reviews
from tracker.services.together import planned
from tracker.tui.actions.inbox import OPEN, OWN_LINE
from tracker.tui.frame.form import FormScreen

FORECAST, PROMISE, TIME, ATTACKS, WHY = (
    "s1.fear-forecast",
    "s4.promise-keeper",
    "s4.partner-time",
    "s5.no-attacks",
    "s1.my-why",
)
CANARY = "CANARY"


def prepare(here: Environment) -> None:
    """Leave a promise of two days ago, a planned time, and a forecast open, and write one's own line."""
    clock = here.clock
    assert isinstance(clock, Hands)
    now = clock.moment
    clock.moment = now - timedelta(days=3)
    toward = second(here)
    lifecycle.add_all(toward, [FORECAST, PROMISE, WHY])

    def log(cid: str, answers: dict[str, object]) -> None:
        commitment = toward.ledger.get(cid)
        assert commitment is not None
        guided.log(toward, commitment, answers)

    log(FORECAST, {"feared_outcome": f"{CANARY} they laugh", "likelihood": 70, "follow_up_at": "2026-11-25"})
    log(PROMISE, {"text": f"{CANARY} call the bank", "due": "2026-11-23 18:00", "confidence": 90})
    log(WHY, {"reason": f"{CANARY} so that they can lean on me [/b]"})
    planned.plan(toward, "2026-11-24 19:00 60m")
    reviews.answer(toward, Review.WEEK, "mend", {"mend": f"{CANARY} the tone", "mend_by": "2026-11-25"})
    clock.moment = now


async def test_open_questions_stand_oldest_first_and_are_closed_by_one_key(kinds: Environment) -> None:
    prepare(kinds)
    async with drive(kinds, (100, 36)) as driver:
        shown = [key for key in driver.keys if key.startswith((OPEN, OWN_LINE))]
        assert shown == [f"{OPEN}{place}" for place in range(1, 5)], "no line of one's own on a day without a lapse"
        await driver.go(f"{OPEN}4")
        frame = driver.frame()
        below = frame[frame.index("STILL OPEN") :]
        places = [below.index(words) for words in ("since Mon 23 Nov", "yesterday 19:00")]
        assert places == sorted(places) and "4 still open" in frame and CANARY not in frame

        await driver.go(f"{OPEN}1")
        await driver.press("enter")
        assert isinstance(driver.screen, FormScreen) and driver.shows(f"{CANARY} call the bank")
        await driver.press("enter", "down", "enter", "ctrl+s")
        assert driver.name == "Today" and driver.said.endswith("u takes it back"), driver.text("#trouble")
        (promise,) = second(kinds).ledger.record(PROMISE).entries
        assert promise.outcome and not promise.asks and not promise.open

        await driver.go(f"{OPEN}1")
        await driver.press("space", "2")
        assert "not this time" in driver.said and len([k for k in driver.keys if k.startswith(OPEN)]) == 2

        await driver.go(f"{OPEN}1")
        assert driver.shows("A moment to put right, today") and not driver.shows(CANARY)
        await driver.press("enter")
        assert driver.shows(f"{CANARY} the tone")
        await driver.press("y", "ctrl+s")
        assert driver.said.startswith("A moment to put right: thank you"), driver.text("#trouble")
        assert len([k for k in driver.keys if k.startswith(OPEN)]) == 1

        await driver.go(f"{OPEN}1")
        await driver.press("enter")
        driver.screen.query_one(TextArea).text = "kept for later"
        await driver.press("ctrl+l")
        assert driver.name == "Today" and not [k for k in driver.keys if k.startswith(OPEN)]
        assert not second(kinds).ledger.record(FORECAST).entries[0].asks
        await driver.press("u")
        assert [k for k in driver.keys if k.startswith(OPEN)] == [f"{OPEN}1"]


async def test_ones_own_line_is_read_by_one_key_on_a_heavy_day(kinds: Environment) -> None:
    prepare(kinds)
    toward = second(kinds)
    attacks = toward.ledger.get(ATTACKS)
    assert attacks is not None
    lapses.lapse(toward, attacks)
    async with drive(kinds, size=(60, 18)) as driver:
        assert CANARY not in driver.frame()
        await driver.go(OWN_LINE)
        await driver.press("enter")
        assert driver.name == "TextDialog" and driver.shows(f"{CANARY} so that they can lean on me [/b]")
        await driver.press("escape")
        assert driver.name == "Today" and CANARY not in driver.frame()
