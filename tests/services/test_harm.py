"""What may hurt somebody takes no day off and has no price, and is headlined by its moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.services.kit import Bench, on
from tracker.cli.json_schema import show_object, streaks_object
from tracker.cli.show_page import page_lines
from tracker.domain.commitments import Commitment
from tracker.domain.counting.moments import HAPPENED, Moments
from tracker.domain.counting.occasions import State
from tracker.ledger import event_keys
from tracker.ledger.errors import BadInput, NextStep, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.commitments import lifecycle, pauses
from tracker.services.commitments.custom_file import read_changed, read_own
from tracker.services.logging import lapses, log_entry, skips
from tracker.services.views import day_rows
from tracker.services.views.details import details
from tracker.store.events import Draft

HARM = ("s3.no-hidden-contact", "s5.no-leaving-threats", "s5.no-attacks")
ATTACKS, REACHABLE = "s5.no-attacks", "s4.reachable"
OWN = 'title = "No slammed doors"\nstep = "s5"\nkind = "avoid"\nharm = true\n'


def get(workspace: Workspace, cid: str) -> Commitment:
    if workspace.ledger.get(cid) is None:
        lifecycle.add(workspace, cid)
    found = workspace.ledger.get(cid)
    assert found is not None
    return found


def own(workspace: Workspace) -> Commitment:
    made = lifecycle.add_own(workspace, read_own(OWN))
    return get(workspace, made.commitment or "")


@pytest.mark.parametrize("cid", [*HARM, "own"])
def test_harm_is_neither_skipped_nor_paused_and_is_told_kindly(workspace: Workspace, cid: str) -> None:
    harm = own(workspace) if cid == "own" else get(workspace, cid)
    uses: list[Callable[[], Change]] = [
        lambda: skips.skip(workspace, harm),
        lambda: skips.skip(workspace, harm, (on(workspace, 1), workspace.today), "ill"),
        lambda: pauses.pause(workspace, harm),
        lambda: pauses.pause(workspace, harm, workspace.today, workspace.today + timedelta(days=9)),
        lambda: pauses.pause_or_resume(workspace, harm),
    ]
    for use in uses:
        with pytest.raises(Refused, match="takes no day off") as refused:
            use()
        assert (refused.value.exit, refused.value.way) == (1, NextStep.PUT_AWAY)
    assert lifecycle.archive(workspace, harm).changed
    row = day_rows.row(workspace, get(workspace, harm.id), workspace.today)
    assert not row.due and row.paused, "put away, it asks for nothing"
    pauses.resume(workspace, get(workspace, harm.id))
    assert day_rows.row(workspace, get(workspace, harm.id), workspace.today).due


def test_a_pause_of_all_leaves_harm_out_and_says_so(workspace: Workspace) -> None:
    attacks, reachable = get(workspace, ATTACKS), get(workspace, REACHABLE)
    change = pauses.pause(workspace, None)
    assert attacks.title in change.lines[1] and "goes on being asked" in change.lines[1]
    assert day_rows.row(workspace, attacks, workspace.today).due
    assert not day_rows.row(workspace, reachable, workspace.today).due
    pauses.resume(workspace, None)
    lifecycle.archive(workspace, attacks)
    assert len(pauses.pause(workspace, None).lines) == 1


@pytest.mark.parametrize("everyone", [False, True])
def test_a_skip_or_pause_that_lies_in_the_store_excuses_nothing(
    bench: Bench, workspace: Workspace, everyone: bool
) -> None:
    attacks = get(workspace, ATTACKS)
    log_entry.done(workspace, attacks, (on(workspace, 2),))
    lapses.lapse(workspace, attacks, (on(workspace, 1),))
    before = workspace.ledger.figures(ATTACKS, workspace.today)
    owner = event_keys.EVERYONE if everyone else ATTACKS
    drafts = [Draft(event_keys.pause(owner), {"first": on(workspace, 9).isoformat(), "last": None})]
    drafts += [Draft(event_keys.skip(ATTACKS, on(workspace, ago)), {"reason": "ill"}) for ago in (0, 1)]
    workspace.write("import", lambda: drafts)
    for seen in (workspace, bench.recounted(), bench.open("two")):
        record = seen.ledger.record(ATTACKS)
        assert not record.skips and not record.pauses
        row = day_rows.row(seen, get(seen, ATTACKS), seen.today)
        assert row.due and row.summary == "how was it?" and row.state is State.OPEN
        assert seen.ledger.figures(ATTACKS, seen.today) == before


def test_harm_shows_no_price_on_its_page_nor_in_json(workspace: Workspace) -> None:
    attacks = get(workspace, ATTACKS)
    for ago in range(20, 0, -1):
        log_entry.done(workspace, attacks, (on(workspace, ago),))
    lapses.lapse(workspace, attacks)
    lapses.lapse(workspace, attacks, handled=True)
    found = details(workspace, attacks)
    lines = page_lines(found, None, 80)
    said = "\n".join(lines)
    assert "missed" not in said and "consistency" not in said.lower() and "bounce" not in said
    assert lines.index("moments  1 handled, 1 happened") < lines.index("streak   –") < lines.index("best     20 d")
    shown = show_object(workspace, found, None)
    assert shown["explanation"] is None and shown["figures"]["consistency"] is None
    assert shown["figures"]["best"] == 20 and shown["moments"]["lapses"] == 1
    (row,) = streaks_object(workspace)["streaks"]
    assert row["streak"] is row["best"] is row["consistency"] is row["bounce_back_days"] is None
    assert row["moments"] == {"handled": 1, "lapses": 1, "put_right": 0, "put_right_later": 0}


def test_only_something_to_avoid_is_marked_as_harm_and_a_file_may_mark_it_later(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match="Only something to avoid"):
        read_own(OWN.replace('"avoid"', '"check"'))
    with pytest.raises(BadInput, match="true or false"):
        read_own(OWN.replace("true", '"yes"'))
    made = lifecycle.add_own(workspace, read_own(OWN.replace("harm = true", "")))
    mine = get(workspace, made.commitment or "")
    skips.skip(workspace, mine)
    changed = read_changed("harm = true", mine)
    lifecycle.edit(workspace, mine, harm=changed.harm)
    mine = get(workspace, mine.id)
    assert mine.harm and not workspace.ledger.record(mine.id).skips
    assert read_changed("", mine).harm, "what the file leaves out stays"


def test_a_skip_promises_a_streak_only_where_one_stands(workspace: Workspace) -> None:
    reachable = get(workspace, REACHABLE)
    assert skips.skip(workspace, reachable).lines[0].endswith("It asks for nothing.")
    log_entry.done(workspace, reachable, (on(workspace, 1), on(workspace, 2)))
    assert skips.skip(workspace, reachable, (on(workspace, 3),)).lines[0].endswith("and your streak goes on.")


@pytest.mark.parametrize(
    ("counted", "headline"),
    [
        (Moments(), ""),
        (Moments(2, 3, 1), "2 handled, 3 happened, 1 put right"),
        (Moments(0, 3), "3 happened"),
        (Moments(1), "1 handled"),
        (Moments(0, 2, 1, 1), "2 happened, 1 put right, 1 put right later"),
    ],
)
def test_the_headline_counts_handled_happened_and_put_right(counted: Moments, headline: str) -> None:
    assert counted.headline == headline


@given(st.tuples(*[st.integers(0, 99)] * 4), st.integers(0, 80))
def test_a_headline_names_every_count_in_any_room(numbers: tuple[int, int, int, int], room: int) -> None:
    counted = Moments(*numbers)
    words = counted.within(room)
    assert len(words) <= max(room, len("99 handled, 99 happened, 99 right, 99 later"))
    assert [int(part.split()[0]) for part in words.split(", ") if part] == [each for each in numbers if each]


def test_harm_says_it_happened(workspace: Workspace) -> None:
    attacks = get(workspace, ATTACKS)
    lapses.lapse(workspace, attacks, (on(workspace, 1),))
    assert day_rows.row(workspace, attacks, on(workspace, 1)).summary == HAPPENED
    assert HAPPENED in "\n".join(page_lines(details(workspace, attacks), None, 80))


def test_no_schedule_gives_a_day_off_from_what_may_hurt_somebody(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match="takes no day off"):
        lifecycle.add(workspace, "s5.no-attacks", schedule="mon tue wed thu fri")
    lifecycle.add(workspace, "s5.no-attacks")
    with pytest.raises(BadInput, match="takes no day off"):
        lifecycle.edit(workspace, get(workspace, "s5.no-attacks"), schedule="mon-fri")
    with pytest.raises(BadInput, match="takes no day off"):
        lifecycle.add_own(workspace, lifecycle.Own("No slammed doors", "s5", "avoid", "weekends", harm=True))
    weekdays = Draft(event_keys.plan("s5.no-attacks", workspace.today), {"schedule": "sat sun", "target": 1})
    workspace.write("import", lambda: [weekdays])
    assert get(workspace, "s5.no-attacks").plan.schedule.sentence == "daily"
