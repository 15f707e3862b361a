"""Time together and cards, from the shell."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from tests.cli.conftest import Shell
from tests.cli.test_golden import shown
from tracker.catalogue import cards as deck
from tracker.catalogue.rules import GROUNDING
from tracker.ledger.errors import Refused
from tracker.ledger.workspace import Workspace
from tracker.services.environment import environment
from tracker.services.support import cards

EARLIER = "2026-10-31T12:00:00+01:00"


def plans(toward: Shell, part: str = "ahead") -> list[tuple[str, str, int, str]]:
    found = json.loads(toward("plan", "--json").out)[part]
    return [(each["day"], each["time"], each["minutes"], each["state"]) for each in found]


@pytest.fixture
def four_weeks(toward: Shell) -> Shell:
    """Return a shell in which four Saturdays were planned: kept, partly, cancelled, and nothing said."""
    toward("plan", "sat", "19:00", "60m", "weekly", "--from", "2026-10-31", now=EARLIER)
    toward("time", "50m", "--day", "2026-10-31", now="2026-11-01T12:00:00+01:00")
    toward("time", "40m", "--day", "2026-11-07", now="2026-11-08T12:00:00+01:00")
    toward("plan", "cancel", "sat", "--reason", "ill", now="2026-11-10T12:00:00+01:00")
    return toward


def test_a_plan_from_this_evening_on_counts_this_evening(toward: Shell) -> None:
    evening = "2026-11-28T21:00:00+01:00"
    toward("plan", "sat 19:00 60m weekly", "--from", "2026-11-28", now=evening)
    toward("time", "50m", now=evening)
    found = json.loads(toward("plan", "--json", now=evening).out)["past"]
    assert [(each["day"], each["state"]) for each in found] == [("2026-11-28", "kept")]


def test_what_was_planned_and_what_came_of_it(four_weeks: Shell, golden: Callable[[str, str], None]) -> None:
    golden("plan", shown("plan", four_weeks("plan")))
    assert plans(four_weeks, "past") == [
        ("2026-10-31", "19:00", 60, "kept"),
        ("2026-11-07", "19:00", 60, "partly"),
        ("2026-11-14", "19:00", 60, "cancelled"),
        ("2026-11-21", "19:00", 60, "open"),
    ]
    found = json.loads(four_weeks("plan", "--json").out)
    assert (found["kept"], found["settled"]) == (1, 2)
    told = json.loads(four_weeks("show", "s4.partner-time", "--json").out)["insights"]
    assert told == ["Planned times: 1 of 2 kept.", "Cancelled: 1.", "Nothing said yet: 1."]
    assert "ill" not in four_weeks("plan", "--json").out + four_weeks("export").out
    assert '"reason": "ill"' in four_weeks("export", "--private").out


def test_nothing_is_planned_yet(toward: Shell) -> None:
    answer = toward("plan")
    assert answer.code == 0 and answer.out == "" and "Nothing is planned" in answer.err
    for command in ("plan move 'sun 18:00 60m'", "plan cancel", "plan stop sat"):
        assert toward(*shlex.split(command)).code == 3


@pytest.mark.parametrize(
    ("command", "planned"),
    [
        ("plan 'sat 19:00 60m weekly'", [("2026-11-28", 60), ("2026-12-05", 60)]),
        ("plan sat 19:00 60m", [("2026-11-28", 60)]),
        ("plan 'sat 19:00 60m' --from 2026-12-01", [("2026-12-05", 60)]),
        ("plan 'mon 21:00 1h30'", [("2026-11-23", 90)]),
        ("plan 'mon 19:00 60m weekly'", [("2026-11-30", 60), ("2026-12-07", 60)]),
        ("plan 'tomorrow 7:30 20'", [("2026-11-24", 20)]),
        ("plan 'fri 19:00 60m fortnightly'", [("2026-11-27", 60)]),
    ],
)
def test_sentences(command: str, planned: list[tuple[str, int]], toward: Shell) -> None:
    assert toward(*shlex.split(command)).code == 0
    assert [(day, minutes) for day, _, minutes, _ in plans(toward)] == planned
    assert toward("undo").code == 0
    assert plans(toward) == [] and json.loads(toward("list", "--json").out)["commitments"] == []


@pytest.mark.parametrize(
    "command",
    [
        "plan sometime",
        "plan 'yesterday 19:00 60m'",
        "plan 'today 19:00 60m'",
        "plan 'sat 19:00 60m' --reason ill",
        "plan --from sat",
        "plan move",
        "plan move 'sun'",
        "plan stop",
        "plan cancel sat sun",
        "plan cancel someday",
    ],
)
def test_what_cannot_be_read(command: str, toward: Shell) -> None:
    toward("plan", "sat 19:00 60m")
    before = toward("export").out
    answer = toward(*shlex.split(command))
    assert answer.code == 2 and answer.out == "" and len(answer.err.splitlines()) == 1
    assert toward("export").out == before


def test_moving_one_leaves_the_others(toward: Shell) -> None:
    toward("plan", "sat 19:00 60m weekly")
    assert toward("plan", "move", "sun 18:00 45m").code == 0
    assert plans(toward) == [("2026-11-29", "18:00", 45, "ahead"), ("2026-12-05", "19:00", 60, "ahead")]
    assert plans(toward, "off") == [("2026-11-28", "19:00", 60, "moved")]
    assert toward("plan", "move", "2026-12-05", "mon 18:00 45m").code == 0
    assert plans(toward)[0] == ("2026-11-29", "18:00", 45, "ahead")
    assert toward("plan", "move", "2026-11-28", "mon 18:00 45m").code == 3
    assert toward("plan", "move", "sun", "mon 18:00 45m weekly").code == 2
    late = toward("plan", "move", "sun", "mon 18:00 45m", now="2026-11-29T18:00:00+01:00")
    assert late.code == 1 and "begun already" in late.err


def test_a_plan_is_ended_and_what_was_stays(four_weeks: Shell) -> None:
    before = plans(four_weeks, "past")
    assert four_weeks("plan", "stop", "sat").code == 0
    assert plans(four_weeks) == [] and plans(four_weeks, "past") == before
    assert four_weeks("plan", "stop", "2026-11-21").code == 1


def test_a_plan_ended_on_its_evening_keeps_that_evening(four_weeks: Shell) -> None:
    evening = "2026-11-28T20:30:00+01:00"
    four_weeks("time", "60m", now=evening)
    assert four_weeks("plan", "stop", "sat", now=evening).code == 0
    found = json.loads(four_weeks("plan", "--json", now=evening).out)
    assert found["past"][-1]["state"] == "kept" and found["ahead"] == []


def test_a_reason_is_one_of_the_list(four_weeks: Shell) -> None:
    answer = four_weeks("plan", "cancel", "sat", "--reason", "weather")
    assert answer.code == 2 and "self-protection" in answer.err
    assert four_weeks("plan", "cancel", "sat", "--reason", "self-protection").code == 0


def card(toward: Shell, command: str, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(toward(*command.split(), "--json", **more).out)
    return found


def test_a_card_with_its_rules(toward: Shell, golden: Callable[[str, str], None]) -> None:
    golden("card", shown("card fears --level 2", toward("card", "fears", "--level", "2")))
    found = card(toward, "card fears --level 2")
    assert (found["topic"], found["level"], len(found["rules"])) == ("fears", 2, 5)
    assert GROUNDING in found["stop"]
    assert found == card(toward, "card fears --level 2")


def test_a_card_is_swapped_or_passed_without_a_reason(toward: Shell) -> None:
    first = card(toward, "card joys --level 1")
    other = card(toward, f"card --swap {first['card']}")
    assert other["card"] != first["card"] and (other["topic"], other["level"]) == ("joys", 1)
    for number in range(1, 5):
        assert toward("card", "--pass", f"joys-{number}").code == 0
    assert "passed already" in toward("card", "--pass", "joys-1").out
    empty = toward("card", "joys", "--level", "1")
    assert empty.code == 1 and "No card is left" in empty.err
    assert "Cards: passed for good" in toward("undo").out
    assert card(toward, "card joys --level 1")["card"] == "joys-4"
    assert json.loads(toward("list", "--json").out)["commitments"] == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("card money", 2),
        ("card --level 6", 2),
        ("card --level 0", 2),
        ("card --level deep", 2),
        ("card --pass fears-99", 3),
        ("card --swap nothing", 3),
        ("card --unlock --pass fears-1", 2),
        ("card joys --pass fears-1", 2),
    ],
)
def test_what_no_card_is(command: str, code: int, toward: Shell) -> None:
    answer = toward(*command.split())
    assert answer.code == code and answer.out == ""


def test_the_deep_levels_open_after_two_sharings_and_a_word(toward: Shell) -> None:
    def locked() -> bool:
        answer = toward("card", "--level", "4")
        assert answer.code in (0, 1)
        return answer.code == 1

    toward("share", "fears", "2", "--received", "5")
    toward("share", "fears", "3", "--received", "3")
    for cold in ("0", "2"):
        toward("share", "joys", "3", "--received", cold)
    toward("share", "dreams", "5")
    assert locked() and toward("card", "--unlock").code == 1
    toward("share", "joys", "4", "--received", "4")
    assert locked() and toward("card", "--unlock").code == 0
    assert not locked()
    assert "open already" in toward("card", "--unlock").out
    toward("undo"), toward("undo")
    assert locked()


@pytest.mark.parametrize(("hour", "offered"), [("22:00", False), ("23:30", False), ("05:59", False), ("06:00", True)])
def test_no_card_at_night_unless_asked_for(hour: str, offered: bool, toward: Shell) -> None:
    now = f"2026-11-23T{hour}:00+01:00"
    assert (toward("card", now=now).code == 0) == offered
    assert toward("card", "--anyway", now=now).code == 0


@pytest.fixture
def store(toward: Shell) -> Iterator[Workspace]:
    here = environment(None)
    yield Workspace.at(here.data, here.state, here.clock)


def test_chance_is_given_and_every_light_card_comes(store: Workspace) -> None:
    drawn = {cards.draw(store, Random(seed)).id for seed in range(800)}
    light = {cid for cid, each in cards.deck().items() if each.level <= 3}
    assert drawn == light and len(light) == 48
    assert cards.draw(store, Random(7), "dreams").id == cards.draw(store, Random(7), "dreams").id
    assert len(cards.deck()) == len(deck().cards)
    with pytest.raises(Refused, match="0 of 2"):
        cards.draw(store, Random(1), level=5)
