"""Looking back in the app: left and taken up again, and a partner's turn of which nothing stays but what they seal."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input, Select, TextArea

from tests.tui.driver import TODAY, Driver, Hands, drive, second
from tests.tui.test_frames import whole
from tracker.catalogue import reviews as scripts
from tracker.domain.reviews import EFFORT, NO_VIEW, Free, Review
from tracker.services.environment import Environment
from tracker.services.reviews import partner, reviews
from tracker.tui.frame.form import FormScreen
from tracker.tui.screens.reviews.partner_turn import HAND_OVER, TheirTurn
from tracker.tui.screens.reviews.review import ReviewScreen

CANARY = "CANARY"
SAFE = "two people who can disagree"
PLACE = {Review.DAY: "1", Review.WEEK: "2", Review.TOGETHER: "3", Review.MONTH: "4"}


def files(here: Environment) -> dict[Path, bytes]:
    """Return every file of a store and its state."""
    found = {path for root in (here.data, here.state) for path in root.rglob("*") if path.is_file()}
    return {path: path.read_bytes() for path in sorted(found) if path.name != ".lock"}


def hold(here: Environment, part: bytes) -> list[Path]:
    """Return the files that hold something."""
    return [path for path, raw in files(here).items() if part in raw]


def seal(here: Environment, kind: Review, rating: int = 3) -> None:
    """Seal one's own side, as was done before."""
    mine = {item.name: rating for item in partner.asked(kind)}
    partner.submit_own(second(here), kind, mine, {} if kind is Review.MONTH else mine)


def at(here: Environment, kind: Review, part: str) -> None:
    """Go to a part by answering the one before."""
    parts = [each.name for each in scripts().scripts[kind].parts]
    if part != parts[0]:
        reviews.answer(second(here), kind, parts[parts.index(part) - 1], {})


async def look(driver: Driver, kind: Review) -> None:
    """Open a review from Today."""
    await driver.press("w", PLACE[kind])
    assert driver.name == "Review", driver.frame()


def shown(driver: Driver) -> str:
    """Return what a part says, in sight or not."""
    return driver.text("#script")


async def turn(driver: Driver) -> None:
    """Hand over the keyboard."""
    await driver.press("enter", "2")
    assert isinstance(driver.screen, TheirTurn), driver.frame()
    assert driver.shows(HAND_OVER)
    await driver.press("enter")


async def test_it_is_left_and_taken_up_again_at_the_same_part(young: Environment) -> None:
    async with drive(young) as driver:
        await look(driver, Review.WEEK)
        assert "Part 1 of 7" in shown(driver) and "Ten minutes" in shown(driver) and "kept" in shown(driver)
        await driver.press("enter")
        assert "Part 2 of 7" in shown(driver) and "Ten minutes" not in shown(driver)
        await driver.press("enter")
        form = driver.screen
        assert isinstance(form, FormScreen)
        form.query_one(TextArea).text = f"{CANARY} the walk"
        await driver.press("ctrl+s")
        assert "Part 3 of 7" in shown(driver) and driver.said == "Kept. You can leave and go on later.  u takes it back"
        await driver.press("escape")
        assert driver.name == "Today" and "w resumes it" in driver.said
        await look(driver, Review.WEEK)
        assert "Part 3 of 7" in shown(driver)
    async with drive(young) as driver:
        await look(driver, Review.WEEK)
        assert "Part 3 of 7" in shown(driver)
        await driver.press("left")
        assert "✓ Which moment are you glad of?" in shown(driver) and CANARY not in driver.frame()
        await driver.press("enter")
        assert driver.screen.query_one(TextArea).text == f"{CANARY} the walk"


async def test_one_digit_is_enough_for_the_day(young: Environment) -> None:
    async with drive(young) as driver:
        await driver.press("w", "1")
        assert "0 to 4 answers at once" in shown(driver)
        await driver.press("7")
        assert driver.said == "A number here is 0 to 4." and "Part 1 of 1" in shown(driver)
        await driver.press("enter")
        driver.screen.query_one(TextArea).text = "the walk"
        await driver.press("ctrl+s", "left", "3")
        assert "Finished on 25 November" in shown(driver) and "finished" in driver.said
        assert reviews.progress(second(young), Review.DAY).answers == {"here": 3, "event": "the walk"}
        await driver.press("2")
        assert reviews.progress(second(young), Review.DAY).answers["here"] == 3, "what is finished takes no digit"
        await driver.press("u")
        assert "Finished" in shown(driver), "the form before it stands"
        assert reviews.progress(second(young), Review.DAY).answers == {"event": "the walk"}
        await driver.press("escape", "w", "3", "right", "4")
        assert reviews.progress(second(young), Review.TOGETHER).answers == {}, "a scale to 10 takes two digits"


async def test_parts_before_and_after_and_the_last_of_them(young: Environment) -> None:
    async with drive(young) as driver:
        await look(driver, Review.DAY)
        await driver.press("left")
        assert driver.said == "This is the first part."
        await driver.press("right")
        assert "This is the last part" in driver.said
        await driver.press("escape", "w", "4", "l", "l", "h")
        assert "Part 2 of 4" in shown(driver)
        assert "Not logged yet: " in shown(driver) and "one life" in shown(driver)
        assert "what it becomes:" not in shown(driver), "a column without a value is no line"


async def test_a_look_at_another_part_is_no_change(young: Environment) -> None:
    async with drive(young) as driver:
        await look(driver, Review.WEEK)
        await driver.press("enter", "enter")
        driver.screen.query_one(TextArea).text = "the walk"
        await driver.press("ctrl+s")
        before = files(young)
        await driver.press("right", "right", "left", "left", "left")
        assert "Part 2 of 7" in shown(driver) and files(young) == before
        await driver.press("u")
        assert "Part 2 of 7" in shown(driver) and "Undone. Review: looked back" in driver.said
        assert reviews.progress(second(young), Review.WEEK).answers == {}, "undo takes back the answer, not the look"


async def test_finish_and_undo(young: Environment) -> None:
    async with drive(young) as driver:
        await look(driver, Review.MONTH)
        await driver.press("right", "x")
        assert "Finished on 25 November" in shown(driver) and driver.text("#aside").strip() == "finished"
        assert reviews.progress(second(young), Review.MONTH).finished is not None
        await driver.press("x", "right")
        assert driver.said == "It is finished."
        await driver.press("u")
        assert "Part 1 of 4" in shown(driver)
        assert reviews.progress(second(young), Review.MONTH).finished is None
        await driver.press("x", "left")
        assert "Part 4 of 4" in shown(driver)
        await driver.press("x", "enter")
        assert driver.name == "Today"


async def test_the_last_answer_finishes(young: Environment) -> None:
    async with drive(young) as driver:
        await look(driver, Review.DAY)
        await driver.press("enter")
        line = driver.screen.query_one(Input)
        line.value = "9"
        await driver.press("ctrl+s")
        assert driver.name == "Form" and driver.said
        line.value = "3"
        await driver.press("ctrl+s")
        assert "Thank you for looking" in driver.said
        assert reviews.progress(second(young), Review.DAY).answers == {"here": 3}


async def test_a_choice_names_the_way_on_and_is_prefilled(young: Environment) -> None:
    at(young, Review.WEEK, "change")
    async with drive(young) as driver:
        await look(driver, Review.WEEK)
        await driver.press("enter")
        driver.screen.query_one(Select).value = "smaller"
        await driver.press("ctrl+s")
        assert driver.said.startswith("Kept. To make one smaller: e on its row of Today.")
        await driver.press("left", "enter")
        assert driver.screen.query_one(Select).value == "smaller"


async def test_the_timer_counts_down_and_ends_nothing(young: Environment) -> None:
    async with drive(young) as driver:
        await look(driver, Review.WEEK)
        page = driver.screen
        assert isinstance(page, ReviewScreen) and isinstance(young.clock, Hands)
        before = files(young)
        await driver.press("t")
        assert driver.text("#aside").startswith("2:00 left")
        young.clock.move(seconds=65)
        page._tick()
        await driver.settle()
        assert driver.text("#aside").startswith("0:55 left")
        young.clock.move(minutes=5)
        page._tick()
        await driver.settle()
        assert "time is up" in driver.text("#aside") and "Part 1 of 7" in shown(driver)
        await driver.press("t")
        assert driver.text("#aside").strip() == "part 1 of 7, 2 min"
        assert files(young) == before
        await driver.press("t", "right")
        assert driver.text("#aside").strip() == "part 2 of 7, 1 min"


async def test_a_review_stays_with_its_day(young: Environment) -> None:
    async with drive(young) as driver:
        await look(driver, Review.DAY)
        assert isinstance(young.clock, Hands)
        young.clock.move(hours=12)
        await driver.press("x")
        assert reviews.progress(second(young), Review.DAY, TODAY).finished is not None
        assert not reviews.progress(second(young), Review.DAY).began


@pytest.mark.parametrize("kind", [Review.WEEK, Review.TOGETHER])
async def test_the_own_side_is_sealed_unseen(young: Environment, kind: Review) -> None:
    at(young, kind, "guess" if kind is Review.WEEK else "rating")
    async with drive(young) as driver:
        await look(driver, kind)
        assert "not sealed yet" in shown(driver) and NO_VIEW not in shown(driver)
        await driver.press("enter")
        lines = list(driver.screen.query(Input))
        assert len(lines) == 12
        lines[0].value, lines[1].value, lines[2].value = "3", "2", "7"
        await driver.press("ctrl+s")
        assert "0 to 4" in driver.said
        lines[2].value = ""
        await driver.press("ctrl+s")
        assert driver.said == partner.SUBMITTED
        own = partner.own(second(young), kind)
        first = partner.asked(kind)[0].name
        assert own is not None and own["mine"][first] == 3 and own["guess"][first] == 2
        assert (NO_VIEW in shown(driver)) is (kind is Review.TOGETHER)
        assert (EFFORT in shown(driver)) is (kind is Review.TOGETHER)
        await driver.press("enter")
        if kind is Review.TOGETHER:
            assert driver.name == "ChoiceDialog"
            await driver.press("enter")
        now = reviews.progress(second(young), kind).part
        assert now is not None and now.name == ("show" if kind is Review.WEEK else "deeds")


async def test_the_partners_answers_lie_in_no_file_before_they_seal_them(young: Environment) -> None:
    kind = Review.TOGETHER
    seal(young, kind)
    at(young, kind, "rating")
    async with drive(young) as driver:
        await look(driver, kind)
        await turn(driver)
        before = files(young)
        await driver.type(f"{CANARY}\n")
        assert "0 to 4" in driver.said and not driver.shows(CANARY)
        await driver.type("1\n2\n")
        await driver.press("up")
        assert driver.shows("2 of 6")
        await driver.type("1\n" * 5)
        await driver.type(f"{CANARY}\n")
        assert "not quite" in driver.said
        await driver.type("yes\n")
        await driver.type(f"{CANARY}\n")
        assert driver.said == "Answer yes or no."
        assert files(young) == before and not hold(young, CANARY.encode()) and not hold(young, b'"answers"')
        await driver.type("yes\n")
        assert driver.shows("exported") and files(young) == before, "one question is left, and nothing is kept yet"
        await driver.type("\n")
        assert driver.shows(partner.DONE) and hold(young, b'"answers"') and not hold(young, b"may_leave")
        await driver.press("enter")
        assert "you thought 3, they felt 1" in shown(driver)
        await driver.press("enter")
        assert "Part 4 of 9" in shown(driver) and "they felt" not in shown(driver)
        await driver.press("x")
        assert "they felt" not in shown(driver)
        await driver.press("escape", "w", "2")
        for _ in scripts().scripts[Review.WEEK].parts:
            assert "they felt" not in shown(driver)
            await driver.press("right")
    assert not hold(young, CANARY.encode())


@pytest.mark.parametrize(
    "keys",
    [("escape",), ("yes\n", "\n", "enter"), ("yes\n", "no\n", "enter"), ("no\n", "escape", "yes\n", "enter")],
    ids=["left", "seal left empty", "not sealed", "not free"],
)
async def test_what_is_not_sealed_is_gone_and_nobody_is_told(young: Environment, keys: tuple[str, ...]) -> None:
    kind = Review.TOGETHER
    seal(young, kind)
    at(young, kind, "rating")
    async with drive(young) as driver:
        await look(driver, kind)
        untouched = driver.frame()
        before = files(young)
        await turn(driver)
        sheet = driver.screen._turn._sheet  # type: ignore[attr-defined]
        await driver.type("1\n" * 6)
        for key in keys:
            if key.endswith("\n"):
                await driver.type(key)
                assert (driver.name == "Safety") is (key == "no\n" == keys[0])
            else:
                assert key != "enter" or (driver.shows(partner.DONE) and driver.shows("call them"))
                await driver.press(key)
        assert driver.name == "Review" and driver.frame() == untouched
        assert not sheet._answers and files(young) == before


async def test_a_sheet_is_dropped_when_the_app_is_left(young: Environment) -> None:
    seal(young, Review.TOGETHER)
    at(young, Review.TOGETHER, "rating")
    async with drive(young) as driver:
        await look(driver, Review.TOGETHER)
        await turn(driver)
        await driver.type("1\n")
        sheet = driver.screen._turn._sheet  # type: ignore[attr-defined]
        assert sheet._answers
    assert not sheet._answers


async def test_a_dial_that_is_not_safe_opens_the_page_at_once(young: Environment) -> None:
    seal(young, Review.MONTH, 8)
    async with drive(young) as driver:
        await look(driver, Review.MONTH)
        await turn(driver)
        before = files(young)
        await driver.type("3\n")
        assert driver.name == "Safety" and SAFE in driver.text("#notice")
        await driver.press("escape")
        assert isinstance(driver.screen, TheirTurn) and driver.shows("Keep this to yourself?")
        assert driver.screen.query_one(Input).has_focus and driver.screen.query_one(Input).value == ""
        await driver.press("f2", "escape")
        await driver.type("no\n")
        assert driver.shows("1 of 7")
        await driver.type("7\n8\n8\n8\n4\n\n1\nyes\ny\n")
        assert files(young) == before
        await driver.type("\n")
        await driver.press("enter")
        assert "safe: you 8, they 7" in shown(driver) and "keep the peace: they said a little" in shown(driver)
    assert not hold(young, b'"safe": 3')


async def test_ones_own_dial_opens_the_page_too(young: Environment) -> None:
    async with drive(young) as driver:
        await look(driver, Review.MONTH)
        await driver.press("enter")
        for line in driver.screen.query(Input):
            line.value = "3"
        await driver.press("ctrl+s")
        assert driver.name == "Safety"
        await driver.press("escape")
        assert driver.name == "Review" and driver.said == partner.SUBMITTED
    assert not hold(young, b"safety")


async def test_sealed_twice_says_so_and_keeps_the_first(young: Environment) -> None:
    seal(young, Review.MONTH, 8)
    async with drive(young) as driver:
        await look(driver, Review.MONTH)
        await turn(driver)
        await driver.type("7\n7\n7\n7\n\n\n\nyes\n")
        sheet = partner.Sheet(Review.MONTH)
        sheet.rate("safe", 9)
        sheet.free(Free.YES)
        sheet.submit(second(young))
        await driver.type("yes\n\n")
        assert "sealed already" in driver.said
        await driver.press("enter")
        assert "safe: you 8, they 9" in shown(driver)


@pytest.mark.parametrize("size", [(80, 24), (60, 18)], ids=["80x24", "60x18"])
@pytest.mark.parametrize("kind", list(Review))
async def test_no_line_is_wider_than_the_screen(demo: Environment, kind: Review, size: tuple[int, int]) -> None:
    async with drive(demo, size) as driver:
        await look(driver, kind)
        for part in scripts().scripts[kind].parts:
            whole(driver, part.name)
            assert part.title in shown(driver)
            assert driver.text("#heading").strip() == scripts().scripts[kind].title
            if part.fields:
                await driver.press("enter")
                whole(driver, f"{part.name} form")
                await driver.press("escape")
            await driver.press("pagedown")
            whole(driver, part.name)
            await driver.press("right")
        await driver.press("x")
        whole(driver, "finished")


@pytest.mark.parametrize("size", [(80, 24), (60, 18)], ids=["80x24", "60x18"])
async def test_the_partners_turn_fits_and_covers_what_lies_below(young: Environment, size: tuple[int, int]) -> None:
    seal(young, Review.TOGETHER)
    at(young, Review.TOGETHER, "rating")
    async with drive(young, size) as driver:
        await look(driver, Review.TOGETHER)
        await driver.press("enter", "2")
        whole(driver, "hand over")
        assert not driver.shows("Your side is sealed") and driver.shows("esc")
        await driver.press("enter")
        for _ in range(6):
            whole(driver, "question")
            assert driver.shows("esc stops")
            await driver.type("\n")
        whole(driver, "free")
        await driver.type("yes\n")
        whole(driver, "seal")
        await driver.type("no\n")
        whole(driver, "done")
