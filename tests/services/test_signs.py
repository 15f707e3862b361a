"""What a month says of each step: what was done, what came of it between two, and what it becomes."""

from __future__ import annotations

import pytest

from tests.answers import CANARY
from tests.services.kit import MENDED, Bench
from tests.services.test_undo import get
from tracker.domain.text import discreet_mode
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.logging import followups, guided, lapses, quick_log, repair_plan
from tracker.services.reviews import month_report
from tracker.services.together import planned
from tracker.services.views.measures import insight

LOGGED = (
    ("s1.belief-map", {"belief_text": CANARY, "strength": 80}),
    ("s1.belief-map", {"strength": 55}),
    ("s1.take-it-in", {"let_in": 4}),
    ("s2.needs-log", {"whose": "theirs", "heard": True, "outcome": "met", "my_overwhelm": 6}),
    ("s2.needs-log", {"whose": "mine", "heard": False, "outcome": "missed"}),
    ("s3.weekly-look", {"trust": 5, "felt_trusted": 3, "on_my_mind": 4}),
    ("s5.time-out", {"announced": False, "return_time": "+30m"}),
    ("s5.repair", {"named_it": True, "hours_until": 20}),
    ("s6.edge-moment", {"safe": "unsure", "did": "withdrew"}),
    ("s6.edge-moment", {"safe": "unsure", "did": "stayed"}),
    ("s6.weekly-share", {"topic": "fears", "depth": 2, "felt_received": 3, "held_back": 1}),
)


@pytest.fixture
def month(bench: Bench) -> Workspace:
    """Return a store with a month of everything in it."""
    bench.clock.set("2026-10-30T20:00")
    workspace = bench.open()
    lifecycle.add_all(workspace, [*dict.fromkeys(cid for cid, _ in LOGGED), "s5.no-attacks", "s3.no-hidden-contact"])
    lapses.lapse(workspace, get(workspace, "s5.no-attacks"))
    bench.clock.set("2026-11-09T20:00")
    for cid, answers in LOGGED:
        guided.log(workspace, get(workspace, cid), answers)
        bench.clock.go(minutes=1)
    guided.log(workspace, get(workspace, "s3.no-hidden-contact"), {"what": "lapse"})
    bench.clock.go(minutes=11)
    repair_plan.put_right(workspace, get(workspace, "s3.no-hidden-contact"), MENDED)
    lapses.lapse(workspace, get(workspace, "s5.no-attacks"), handled=True)
    planned.plan(workspace, "today 21:00 60m")
    quick_log.log_time(workspace, 40)
    bench.clock.go(days=1)
    for loop in followups.open_loops(workspace):
        asked = {"told_within_24h": True, "felt_later": 7}
        given = {field.name: asked[field.name] for field in loop.fields if field.name in asked}
        if given:
            followups.answer(workspace, loop, given)
    return workspace


def test_each_step_says_what_came_of_it_and_what_it_becomes(month: Workspace) -> None:
    rows = {row.step: row for row in month_report.month_table(month)}
    assert rows["s1"].becomes == (
        "the old belief, 0 to 100: 80, 55",
        "kind words let in, 0 to 10: 4",
        "moments of withdrawal: 2",
    )
    assert len(rows["s2"].between) == 2 and rows["s2"].becomes == ("weight of requests, 0 to 10: 6",)
    assert rows["s3"].between == ("told within a day: 1 of 1",)
    assert rows["s3"].becomes == ("trust, 0 to 10: 5", "feeling trusted, 0 to 10: 3")
    assert rows["s4"].between[:2] == ("planned times: 0 of 1 kept", "planned minutes kept: 40 of 60")
    assert rows["s4"].becomes == ()
    assert "hours until it was put right: 20" in rows["s5"].between
    assert rows["s5"].becomes == ("1 handled, 1 happened, 1 put right; the month before 1 happened",)
    assert rows["s6"].between[-3:] == ("depth: 2", "held back: 1", "felt received: 3")
    assert rows["s6"].becomes == ("ease a day later, 0 to 10: 7", "edge moments stayed with: 1 of 2")


def test_it_shows_no_private_answer_and_nothing_of_what_was_not_logged(month: Workspace, bench: Bench) -> None:
    assert CANARY not in str(month_report.month_table(month)) and "on_my_mind" not in str(
        month_report.month_table(month)
    )
    there = Bench(bench.root / "there", bench.clock).open()
    assert all(not (row.counted or row.between) for row in month_report.month_table(there))
    assert [row.becomes for row in month_report.month_table(there)] == [()] * 6


def test_a_month_shows_only_what_has_a_value_and_names_the_rest_in_one_line(month: Workspace, bench: Bench) -> None:
    told = month_report.said_of(month_report.month_table(month))

    assert all(said for _, said in told)
    labels = [line for _, said in told for line in said if line.startswith("  ") and not line.startswith("    ")]
    values = [line for _, said in told for line in said if line.startswith("    ")]
    assert labels and len(values) >= len(labels)
    (name, (rest,)) = told[-1]
    assert name == "" and rest.startswith("Not logged yet: ") and "time" not in rest.split("(")[0].split(", ")
    empty = month_report.said_of(month_report.month_table(Bench(bench.root / "there", bench.clock).open()))
    assert empty == (("", ("Not logged yet: beliefs, needs, one life, time, emotions, openness.",)),)


def test_a_commitment_says_what_came_of_it_over_time(month: Workspace, bench: Bench) -> None:
    def told(cid: str) -> tuple[str, ...]:
        return insight(month, get(month, cid))

    assert told("s1.belief-map") == ("How strong, over time: 80, 55.",)
    assert told("s3.no-hidden-contact") == ("Told within a day: 1 of 1.",)
    lifecycle.add(month, "s1.thought-record")
    for before, after in ((70, 40), (60, 60), (50, None)):
        given = {"thought": CANARY, "intensity_before": before, "intensity_after": after}
        guided.log(month, get(month, "s1.thought-record"), given)
    assert told("s1.thought-record") == ("The feeling eased in 1 of 2.",)
    for chooser in ("them", "me"):
        guided.log(month, get(month, "s4.partner-time"), {"actual_min": 30, "chooser": chooser, "undivided": True})
        bench.clock.go(minutes=1)
    assert told("s4.partner-time")[-2:] == ("Undivided: 2 of 2.", "Last time you chose what to do.")


def test_told_discreetly_a_month_is_codes_and_counts_alone(month: Workspace) -> None:
    areas = month_report.month_table(month)
    discreet_mode.draw(True)
    try:
        told = dict(month_report.said_of(areas))
        codes = dict(month_report.said_of(month_report.month_table(month)))
    finally:
        discreet_mode.draw(False)
    assert told and set(told) <= set(discreet_mode.LETTERS.values())
    assert all(line.startswith(f"  {letter} ") for letter, lines in codes.items() for line in lines)
