"""What answers say beside the streaks: counts, and no percent of a handful."""

from __future__ import annotations

from datetime import date

from tracker.domain.counting.measures import FUNNEL, course, forecasts, funnel, level, needs, promises, turned
from tracker.domain.records import Entry


def test_forecasts_that_nobody_checked_yet() -> None:
    assert forecasts([]).summary == ""
    assert forecasts([{"likelihood": 80}]).summary == "1 made, none checked yet"


def test_fewer_than_five_forecasts_are_only_counted() -> None:
    checked = [{"likelihood": 60, "outcome": "better"}] * 3 + [{"likelihood": 90, "outcome": "worse"}]
    assert forecasts([*checked, {"likelihood": 10}]).summary == "as feared 1 of 4"


def test_forecasts_against_what_came() -> None:
    outcomes = ["better", "better", "as_feared", "worse", "mixed"]
    found = forecasts([{"likelihood": 20 * number, "outcome": name} for number, name in enumerate(outcomes, 1)])
    assert (found.made, found.checked, found.came, found.felt) == (5, 5, 2, 60.0)
    assert found.summary == "as feared 2 of 5, felt 60 % sure"
    assert forecasts([{"outcome": name} for name in outcomes]).summary == "as feared 2 of 5"


def test_promises_are_two_of_three_until_there_are_five() -> None:
    assert promises([]).summary == ""
    assert promises(["promised", None]).summary == "2 promised"
    assert promises(["kept", "renegotiated", "missed", "promised"]).summary == "2 of 3"
    told = promises(["kept", "kept", "renegotiated", "late", "missed", "promised"])
    assert told.summary == "promised 6, kept 2, moved in time 1, late 1, not this time 1"
    assert promises(["kept"] * 5).summary == "promised 5, kept 5"


def test_each_side_of_needs_stands_alone() -> None:
    found = needs(
        [
            {"whose": "theirs", "heard": True, "outcome": "met"},
            {"whose": "theirs", "heard": False, "outcome": "missed"},
            {"whose": "mine", "heard": True, "outcome": "negotiated"},
            {"whose": "mine", "outcome": "kindly_declined"},
            {},
        ]
    )
    assert {whose: (side.voiced, side.heard, side.met) for whose, side in found.items()} == {
        "theirs": (2, 1, 1),
        "mine": (2, 1, 1),
    }


def test_the_way_of_the_heat() -> None:
    days = [date(2026, 3, number) for number in range(1, 9)]
    triggers = [
        Entry("a", days[0], fields={"noticed": "before"}),
        Entry("b", days[1], fields={"noticed": "during"}),
        Entry("c", days[2]),
    ]
    outcomes = ["on_time", "late", "not_back", "not_announced", None]
    time_outs = [Entry(f"t{number}", days[number], outcome=outcome) for number, outcome in enumerate(outcomes)]
    assert funnel(triggers, time_outs, 2) == tuple(zip(FUNNEL, (3, 1, 4, 2, 2), strict=True))


def test_a_pause_told_of_with_its_trigger_counts_once() -> None:
    first, second = date(2026, 3, 1), date(2026, 3, 2)
    triggers = [
        Entry("a", first, outcome="paused"),
        Entry("b", first, outcome="asked"),
        Entry("c", second, outcome="paused"),
    ]

    assert dict(funnel(triggers, [], 0))["paused"] == 2
    assert dict(funnel(triggers, [Entry("t", first, outcome="on_time")], 0))["paused"] == 2
    both = [Entry("t", first, outcome="on_time"), Entry("u", first, outcome="late")]
    assert dict(funnel(triggers, both, 0))["paused"] == 3


def test_a_plain_invitation_was_answered_and_the_rest_only_if_turned_toward() -> None:
    day = date(2026, 3, 1)
    directions = [None, "toward", "missed", "away", "against"]
    found = [Entry(str(each), day, fields={"direction": each} if each else {}) for each in directions]

    assert turned([*found, Entry("two", day, amount=2.0)]) == (4, 7)


def test_few_ratings_are_told_one_by_one_and_many_by_what_they_come_to() -> None:
    assert (course([]), course([80]), course([80, 70, 55])) == ("", "80", "80, 70, 55")
    assert course([80, 70, 60, 60, 55, 50]) == "80 at first, 50 at last, 6 times"
    assert (level([]), level([3, 7]), level([3, 4, 4, 4, 4])) == ("", "3, 7", "3.8 on the whole, 5 times")
