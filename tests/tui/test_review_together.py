"""The week together in the app: turns of a talk, what both agree to share, and answers that are taken back."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Checkbox, Input

from tests.tui.driver import TODAY, Hands, drive, second
from tests.tui.test_frames import whole
from tests.tui.test_review import CANARY, at, files, hold, look, seal, shown
from tracker.domain.reviews import NO_VIEW, Free, Review
from tracker.services.environment import Environment
from tracker.services.reviews import partner, reviews
from tracker.tui.screens.reviews.review import ReviewScreen


async def test_two_speak_in_turns_and_much_heat_leads_to_a_pause(young: Environment) -> None:
    at(young, Review.TOGETHER, "talk")
    async with drive(young, (60, 18)) as driver:
        await look(driver, Review.TOGETHER)
        page = driver.screen
        assert isinstance(page, ReviewScreen) and isinstance(young.clock, Hands)

        async def pass_by(minutes: float) -> str:
            young.clock.move(minutes=minutes)  # type: ignore[attr-defined]
            page._tick()
            await driver.settle()
            return driver.text("#aside").strip()

        await driver.press("t")
        assert driver.text("#aside").startswith("the first speaks, 5:00") and "listens and says it back" in driver.said
        assert (await pass_by(4)).startswith("the first speaks, 1:00")
        assert await pass_by(2) == "change sides when you are ready, t begins"
        await driver.press("t")
        assert (await pass_by(3)).startswith("the second speaks, 2:00")
        assert await pass_by(3) == "the time is up, take what you need"
        whole(driver, "time is up")
        await driver.press("t", "enter")
        driver.screen.query(Input).last().value = "6"
        await driver.press("ctrl+s")
        assert driver.name == "ChoiceDialog" and driver.shows("pause")
        await driver.press("1")
        assert driver.name == "Form" and driver.shows("Pause well")
        moment = driver.screen.query_one("#field-return_time", Input)
        moment.value = "20:30"
        await driver.press("ctrl+s")
        assert driver.name == "Review" and "Added 'Pause well" in driver.said and "written down" in driver.said
        assert [entry.open for entry in second(young).ledger.entries_on("s5.time-out", TODAY)] == [True]
        now = reviews.progress(second(young), Review.TOGETHER)
        assert now.part is not None and now.part.name == "needs" and now.answers["heat"] == 6


async def test_what_both_agree_to_is_seen_and_kept_in_a_file(
    young: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    at(young, Review.TOGETHER, "arrive")
    reviews.answer(second(young), Review.TOGETHER, "thanks", {"thanks_mine": "[b]the soup[/b]"})
    reviews.answer(second(young), Review.TOGETHER, "needs", {"need_mine": f"{CANARY} a walk"})
    before = files(young)
    async with drive(young, (60, 18)) as driver:
        await look(driver, Review.TOGETHER)
        await driver.press("s")
        whole(driver, "share")
        boxes = list(driver.screen.query(Checkbox))
        assert boxes and not any(box.value for box in boxes)
        await driver.press("space", "ctrl+s")
        assert "no line yet that both" in driver.said
        thanks = next(index for index, box in enumerate(boxes) if box.id == f"mine-{len(boxes) // 2 - 2}")
        for box in boxes[thanks : thanks + 2]:
            box.focus()
            await driver.press("space")
        await driver.press("ctrl+s")
        whole(driver, "keep")
        leaves = driver.text("#leaves")
        assert leaves.startswith("# The week, together") and CANARY not in leaves and leaves.count("\n- ") == 1
        assert "the soup" in leaves and driver.shows("~/toward-week-2026-11-23.md")
        await driver.press("escape")
        assert [box.id for box in driver.screen.query(Checkbox) if box.value] == [
            "mine-0", *(box.id for box in boxes[thanks : thanks + 2]),
        ]  # fmt: skip
        await driver.press("ctrl+s")
        line = driver.screen.query_one(Input)
        line.value = "~/none/week.md"
        await driver.press("enter")
        assert "Name another file" in driver.said
        (tmp_path / "week.md").write_text("mine")
        line.value = "~/week.md"
        await driver.press("enter")
        assert "Enter once more writes over it" in driver.said and (tmp_path / "week.md").read_text() == "mine"
        line.value = "~/toward-week-2026-11-23.md"
        await driver.press("enter")
        assert driver.name == "Review" and driver.said.startswith("Kept in ~/toward-week")
    kept = tmp_path / "toward-week-2026-11-23.md"
    assert kept.read_text("utf-8") == leaves and kept.stat().st_mode & 0o777 == 0o600
    assert files(young) == before and (tmp_path / "week.md").read_text() == "mine"


@pytest.mark.parametrize("answered", [True, False])
async def test_taking_back_says_the_same_whether_or_not_they_answered(young: Environment, answered: bool) -> None:
    at(young, Review.TOGETHER, "rating")
    seal(young, Review.TOGETHER)
    if answered:
        sheet = partner.Sheet(Review.TOGETHER)
        sheet.rate("listened", 1)
        sheet.free(Free.YES)
        sheet.submit(second(young))
    async with drive(young, (60, 18)) as driver:
        await look(driver, Review.TOGETHER)
        assert (NO_VIEW in shown(driver)) is not answered and "b takes back for good" in shown(driver)
        await driver.press("b")
        whole(driver, "take it back")
        await driver.type("yes\n")
        assert driver.said.startswith("Type purge") and partner.reveal(second(young), Review.TOGETHER).open is answered
        await driver.press(*["backspace"] * 3)
        await driver.type("purge\n")
        assert driver.said == "Nothing is kept any more of the partner's answers for 2026-11-23."
        assert NO_VIEW in shown(driver)
        await driver.press("u")
        assert driver.said.startswith("Ratings that are sealed stay")
    assert not hold(young, b'"answers"')
