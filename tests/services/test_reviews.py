"""Looking back: left and taken up again, blind until both are in, theirs to take back, shared line by line."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.services.kit import Bench, figures, on
from tests.services.test_undo import get
from tracker.catalogue import reviews as scripts
from tracker.domain.reviews import NO_VIEW, Free, Review
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange import transfer
from tracker.services.history import history, undo
from tracker.services.logging import followups, guided, lapses, log_entry, quick_log
from tracker.services.reviews import month_report, partner, reviews
from tracker.services.reviews.period_summary import summary_of
from tracker.services.together import planned
from tracker.services.views.dashboard import overview
from tracker.services.views.day_rows import day_view

CANARY = "CANARY"
ITEMS = [item.name for item in scripts().items]
DIALS = [item.name for item in scripts().dials]
MINE = dict.fromkeys(ITEMS, 3)
GUESS = dict.fromkeys(ITEMS, 2)


def seal(workspace: Workspace, kind: Review = Review.TOGETHER, free: Free = Free.YES, answer: int = 1) -> partner.Sheet:
    sheet = partner.Sheet(kind)
    for item in partner.asked(kind):
        sheet.rate(item.name, answer)
    sheet.free(free)
    sheet.submit(workspace)
    return sheet


def test_a_review_is_left_and_taken_up_again_elsewhere(bench: Bench, workspace: Workspace) -> None:
    assert reviews.progress(workspace, Review.WEEK).part == scripts().scripts[Review.WEEK].parts[0]
    assert not reviews.progress(workspace, Review.WEEK).began
    reviews.answer(workspace, Review.WEEK, "counts", {})
    reviews.answer(workspace, Review.WEEK, "glad", {"glad": CANARY})
    reviews.answer(workspace, Review.WEEK, "mend", {"mend_by": "2026-11-26"}, stay=True)
    now = reviews.progress(bench.open("two"), Review.WEEK)
    assert now.part is not None and now.part.name == "mend" and [part.name for part in now.done] == ["counts", "glad"]
    assert dict(now.answers) == {"glad": CANARY, "mend_by": "2026-11-26"}
    value = workspace.ledger.value(now.key) or {}
    assert value["private"] == {"glad": CANARY} and value["fields"] == {"mend_by": "2026-11-26"}
    assert CANARY not in transfer.export_json(workspace, private=False).text
    assert all(CANARY not in line.summary for line in history.history(workspace))


def test_a_review_is_finished_opened_again_and_undone(workspace: Workspace) -> None:
    for part in scripts().scripts[Review.TOGETHER].parts:
        reviews.answer(workspace, Review.TOGETHER, part.name, {})
    now = reviews.progress(workspace, Review.TOGETHER)
    assert now.finished is not None and now.part is None and len(now.done) == 9
    assert not reviews.finish(workspace, Review.TOGETHER).changed
    undo.undo(workspace)
    last = reviews.progress(workspace, Review.TOGETHER).part
    assert last is not None and last.name == "close"
    reviews.finish(workspace, Review.TOGETHER)
    reviews.answer(workspace, Review.TOGETHER, "thanks", {})
    now = reviews.progress(workspace, Review.TOGETHER)
    assert now.finished is None and now.done[-1].name == "thanks", "an answer opens it again"
    with pytest.raises(Refused):
        reviews.answer(workspace, Review.TOGETHER, "dials", {})
    with pytest.raises(BadInput):
        reviews.answer(workspace, Review.TOGETHER, "talk", {"heat": "eleven"})


def test_an_answer_left_empty_is_taken_out_and_what_is_sealed_stays(workspace: Workspace) -> None:
    partner.submit_own(workspace, Review.WEEK, MINE, GUESS)
    reviews.answer(workspace, Review.WEEK, "glad", {"glad": "one"})
    reviews.answer(workspace, Review.WEEK, "glad", {"glad": ""})
    assert dict(reviews.progress(workspace, Review.WEEK).answers) == {}
    assert partner.own(workspace, Review.TOGETHER) == {"mine": MINE, "guess": GUESS}


def test_each_period_has_its_own(bench: Bench, workspace: Workspace) -> None:
    for kind in Review:
        first = scripts().scripts[kind].parts[0].name
        reviews.answer(workspace, kind, first, {}, on(workspace, 31))
        assert (
            reviews.progress(workspace, kind, on(workspace, 31)).began and not reviews.progress(workspace, kind).began
        )


@pytest.fixture
def week(bench: Bench) -> Workspace:
    """Return a store with a week and a half behind it."""
    bench.clock.set("2026-11-16T20:00")
    workspace = bench.open()
    for cid in ("s4.reachable", "s5.no-attacks", "s4.promise-keeper", "s1.fear-forecast", "s2.needs-log"):
        lifecycle.add(workspace, cid)
    planned.plan(workspace, "wed 19:00 60m")
    log_entry.done(workspace, get(workspace, "s4.reachable"))
    bench.clock.set("2026-11-18T21:00")
    log_entry.done(workspace, get(workspace, "s4.reachable"))
    quick_log.log_time(workspace, 60)
    for outcome in ("kept", "renegotiated", "missed"):
        log_entry.done(workspace, get(workspace, "s4.promise-keeper"), outcome=outcome)
    lapses.lapse(workspace, get(workspace, "s5.no-attacks"))
    bench.clock.set("2026-11-23T20:00")
    return bench.open()


def test_what_a_week_held_is_what_is_counted_elsewhere(week: Workspace) -> None:
    summary = summary_of(week, Review.WEEK, on(week, 7))
    assert (summary.first.day, summary.last.day) == (16, 22)
    steps = {each.step: (each.kept, each.settled) for each in summary.steps}
    kept, settled = steps["s4"]
    reply = week.ledger.figures("s4.reachable", week.today)
    assert (reply.kept, reply.occasions) == (2, 7)
    assert (kept, settled) == (2 + 2 + 0, 7 + 3 + 1)
    assert "s5" not in steps and "happened" in summary.harm, "harm is told by its moments"
    assert (summary.planned_kept, summary.planned_settled) == (1, 1)
    assert summary.promises.summary == "2 of 3"
    assert summary.weeks_on_track == overview(week).on_track
    assert not any("%" in line for line in summary.lines)
    assert summary_of(week, Review.WEEK).planned_settled == 0


def test_what_may_be_shown_leaves_out_what_is_private_or_harms(week: Workspace) -> None:
    shown = {each.step for each in summary_of(week, Review.WEEK, on(week, 7), shareable=True).steps}
    assert "s5" not in shown and "s2" not in shown and "s4" in shown
    summary = summary_of(week, Review.WEEK, on(week, 7), shareable=True)
    assert (summary.weeks_on_track, summary.loops_closed, summary.loops_open) == (None, None, None)


def test_loops_are_closed_in_the_week_they_are_answered(bench: Bench, week: Workspace) -> None:
    from tracker.services.logging import guided

    guided.log(
        week, get(week, "s1.fear-forecast"),
        {"feared_outcome": CANARY, "likelihood": 80, "follow_up_at": week.today.isoformat()},
    )  # fmt: skip
    assert (summary_of(week, Review.WEEK).loops_closed, summary_of(week, Review.WEEK).loops_open) == (0, 2)
    lapse, forecast = followups.open_loops(week)
    assert lapse.commitment == "s5.no-attacks", "a lapse asks the next day whether it is put right"
    followups.answer(week, forecast, {"outcome": "better"})
    assert (summary_of(week, Review.WEEK).loops_closed, summary_of(week, Review.WEEK).loops_open) == (1, 1)
    assert summary_of(week, Review.WEEK, on(week, 7)).loops_closed == 0
    undo.undo(week)
    assert summary_of(week, Review.WEEK).loops_closed == 0
    rows = {row.step: row for row in month_report.month_table(week)}
    assert rows["s1"].between == ("1 made, none checked yet",)
    assert rows["s4"].between == ("planned times: 1 of 1 kept", "planned minutes kept: 60 of 60", "promises: 2 of 3")
    assert all(CANARY not in str(row) for row in rows.values())


def test_a_review_names_what_stands_open_only_where_one_is_alone(week: Workspace) -> None:
    def said(kind: Review, name: str) -> str:
        part = scripts().scripts[kind].part(name)
        assert part is not None
        return "\n".join(reviews.told(week, part))

    assert "Fight fair" in said(Review.DAY, "today") and "Have you put it right?" in said(Review.WEEK, "mend")
    assert said(Review.WEEK, "fears").endswith("Nothing stands open here.")
    late = {"name": "mended", "ask": "Was it mended?", "type": "yesno", "after_hours": 1}
    lifecycle.add_own(week, lifecycle.Own("Slam no door", "s5", "event", "on event", fields=(late,)))
    guided.log(week, get(week, "own.slam-no-door"), {})
    assert "Slam no door" in said(Review.WEEK, "mend"), "one's own belong to a step too"
    for part in scripts().scripts[Review.TOGETHER].parts:
        assert reviews.told(week, part) == part.say, "what one has to put right is not shown to another"


def test_it_stays_blind_until_both_are_in(workspace: Workspace) -> None:
    sheet = partner.Sheet(Review.TOGETHER)
    sheet.rate("listened", 1)
    sheet.free(Free.YES)
    with pytest.raises(Refused, match="First"):
        sheet.submit(workspace)
    partner.submit_own(workspace, Review.WEEK, MINE | {"fair": None}, GUESS)
    assert partner.reveal(workspace, Review.TOGETHER).lines == (NO_VIEW,)
    with pytest.raises(Refused, match="sealed already"):
        partner.submit_own(workspace, Review.WEEK, MINE, GUESS)
    sheet.submit(workspace)
    told = partner.reveal(workspace, Review.TOGETHER)
    assert told.open and told.attunement == 1
    listened = next(each for each in told.views if each.item.name == "listened")
    assert (listened.mine, listened.guess, listened.theirs, listened.blind_spot) == (3, 2, 1, 2)
    assert next(each for each in told.views if each.item.name == "fair").theirs is None
    assert "what would have made it a 2" in told.lines[0]
    with pytest.raises(Refused, match="sealed already"):
        seal(workspace)


def test_it_asks_whether_they_were_free_and_takes_only_numbers_of_its_own(workspace: Workspace) -> None:
    partner.submit_own(workspace, Review.WEEK, MINE, GUESS)
    sheet = partner.Sheet(Review.TOGETHER)
    sheet.rate("listened", 1)
    with pytest.raises(Refused, match="free"):
        sheet.submit(workspace)
    for name, answer in (("listened", 5), ("listened", -1), ("safe", 3)):
        with pytest.raises(BadInput):
            sheet.rate(name, answer)
    with pytest.raises(BadInput):
        partner.submit_own(workspace, Review.MONTH, {"listened": 2}, {})


@pytest.mark.parametrize("how", ["no", "left", "withdrawn"])
def test_a_missing_view_never_says_why(bench: Bench, workspace: Workspace, how: str) -> None:
    partner.submit_own(workspace, Review.WEEK, MINE, GUESS)
    before = partner.reveal(workspace, Review.TOGETHER), len(workspace.store.events)
    if how == "no":
        sheet = seal(workspace, free=Free.NO)
        assert len(workspace.store.events) == before[1]
        assert sheet._answers == {}
    elif how == "left":
        partner.Sheet(Review.TOGETHER).rate("listened", 0)
    else:
        seal(workspace)
        assert partner.reveal(workspace, Review.TOGETHER).open
        partner.withdraw(workspace, Review.TOGETHER)
    assert partner.reveal(bench.open(), Review.TOGETHER) == before[0]


def test_the_safety_page_is_for_the_partner_alone_and_is_not_remembered(bench: Bench, workspace: Workspace) -> None:
    dials = dict.fromkeys(DIALS, 7)
    partner.submit_own(workspace, Review.MONTH, dials, {})
    sheet = partner.Sheet(Review.MONTH)
    before = sorted((path, path.read_bytes()) for path in bench.root.rglob("*") if path.is_file())
    assert sheet.rate("safe", 4) and sheet.asks_to_keep()
    assert not sheet.rate("safe", 5) and not sheet.rate("loved", 0) and not sheet.asks_to_keep()
    assert sheet.free(Free.NO) and sheet.asks_to_keep()
    assert not sheet.submit(workspace).changed
    assert sorted((path, path.read_bytes()) for path in bench.root.rglob("*") if path.is_file()) == before
    low, high = (_sealed(bench, number) for number in (5, 9))
    assert low == high, "nothing besides the answer itself is kept of it"


def test_the_dials_of_both_stand_beside_each_other(workspace: Workspace) -> None:
    partner.submit_own(workspace, Review.MONTH, dict.fromkeys(DIALS, 7) | {"loved": None}, {})
    seal(workspace, Review.MONTH, answer=9)
    said = partner.reveal(workspace, Review.MONTH).lines
    assert said[0] == "safe: you 7, they 9" and said[2] == "loved: you nothing said, they 9" and len(said) == 5
    assert not partner.reveal(workspace, Review.TOGETHER).open


def test_a_month_asks_them_alone_for_three_things_more(workspace: Workspace) -> None:
    assert [item.name for item in partner.asked_of_them(Review.MONTH)][4:] == ["at_ease", "own_things", "gave_up"]
    assert partner.asked_of_them(Review.WEEK) == partner.asked(Review.WEEK)
    with pytest.raises(BadInput):
        partner.submit_own(workspace, Review.MONTH, {"at_ease": 3}, {})
    partner.submit_own(workspace, Review.MONTH, dict.fromkeys(DIALS, 7), {})
    sheet = partner.Sheet(Review.MONTH)
    with pytest.raises(BadInput):
        sheet.rate("gave_up", 5)
    for name, answer in dict.fromkeys(DIALS, 7).items() | {"at_ease": 3, "own_things": None, "gave_up": 1}.items():
        assert not sheet.rate(name, answer) and not sheet.asks_to_keep(), "none of them leads anywhere"
    sheet.free(Free.YES)
    sheet.submit(workspace)
    said = partner.reveal(workspace, Review.MONTH).lines
    assert said[4:-1] == ("at ease: they said mostly", "giving something up to keep the peace: they said a little")


def _sealed(bench: Bench, answer: int) -> list[Any]:
    """Return what a sealed sheet writes, without the answers and what no two events share."""
    there = Bench(bench.root / f"dial {answer}", bench.clock)
    workspace = there.open()
    partner.submit_own(workspace, Review.MONTH, dict.fromkeys(DIALS, 7), {})
    sheet = partner.Sheet(Review.MONTH)
    for name in DIALS:
        sheet.rate(name, answer)
    sheet.free(Free.YES)
    assert sheet.submit(workspace).lines == (partner.DONE,)
    events = sorted(workspace.store.events.values(), key=lambda event: event.get("n", 0))
    return [(event["key"], event.get("cmd"), sorted(event["v"] or {})) for event in events]


def test_nothing_but_the_reveal_depends_on_what_they_answered(bench: Bench, week: Workspace) -> None:
    partner.submit_own(week, Review.WEEK, MINE, GUESS)

    def seen(workspace: Workspace) -> list[Any]:
        summary = [summary_of(workspace, Review.WEEK, shareable=shared) for shared in (True, False)]
        offered = [reviews.offers(workspace, kind) for kind in Review]
        standing = [reviews.progress(workspace, kind) for kind in Review]
        table = month_report.month_table(workspace)
        return [day_view(workspace), overview(workspace), figures(workspace), summary, offered, standing, table]

    before = seen(week)
    seal(week, answer=0)
    assert seen(week) == before == seen(bench.open())
    assert transfer.export_json(week, private=False).text.count('"answers"') == 0


def test_what_they_take_back_is_gone_for_good(bench: Bench, workspace: Workspace) -> None:
    partner.submit_own(workspace, Review.WEEK, MINE, GUESS)
    seal(workspace)
    exported = transfer.export_json(workspace, private=True).text
    key = f"partner-ratings|{partner.period_of(workspace, Review.TOGETHER)}"
    assert set(workspace.store.winners[key]["v"] or {}) == {"private"}
    taken = partner.withdraw(workspace, Review.TOGETHER)
    with pytest.raises(Refused):
        undo.undo(workspace)
    transfer.import_json(workspace, exported)
    assert all(event["v"] is None for event in bench.open().store.versions(key))
    assert not any(b'"answers"' in path.read_bytes() for path in bench.root.rglob("*") if path.is_file())
    assert partner.withdraw(workspace, Review.TOGETHER) == taken, "it is not told whether there were any"
    seal(workspace, answer=3)
    assert partner.reveal(workspace, Review.TOGETHER).views[0].theirs == 3


def test_what_is_sealed_is_neither_undone_nor_done_again(bench: Bench, workspace: Workspace) -> None:
    lifecycle.add(workspace, "s4.reachable")
    partner.submit_own(workspace, Review.WEEK, MINE, GUESS)
    for theirs in (False, True, False):
        if theirs:
            seal(workspace)
        elif partner.reveal(workspace, Review.TOGETHER).open:
            partner.withdraw(workspace, Review.TOGETHER)
        with pytest.raises(Refused, match="stay as they are"):
            undo.undo(workspace)
        with pytest.raises(Refused, match="nothing to redo"):
            undo.redo(workspace)
        assert partner.own(workspace, Review.WEEK) is not None and get(workspace, "s4.reachable")
        assert partner.reveal(workspace, Review.TOGETHER).open is theirs


@pytest.mark.parametrize("how", ["not there", "sealed", "taken back"])
def test_undo_redo_and_history_pass_over_what_is_theirs(workspace: Workspace, how: str) -> None:
    """Whatever a partner did, the next key does the same, and no list tells of it."""
    partner.submit_own(workspace, Review.WEEK, MINE, GUESS)
    reviews.answer(workspace, Review.WEEK, "glad", {"glad": "one"})
    reviews.answer(workspace, Review.WEEK, "glad", {"glad": "two"})
    undo.undo(workspace)
    if how != "not there":
        seal(workspace)
    if how == "taken back":
        partner.withdraw(workspace, Review.TOGETHER)
    assert [(line.cmd, line.undone) for line in history.history(workspace)] == [
        ("undo", False), ("review", True), ("review", False), ("sealed", False),
    ]  # fmt: skip
    undo.redo(workspace)
    assert reviews.progress(workspace, Review.WEEK).answers == {"glad": "two"}
    undo.undo(workspace)
    undo.undo(workspace)
    assert reviews.progress(workspace, Review.WEEK).answers == {}
    assert partner.own(workspace, Review.WEEK) == {"mine": MINE, "guess": GUESS}
    assert partner.reveal(workspace, Review.TOGETHER).open is (how == "sealed")


def test_a_sheet_shows_nothing_of_itself() -> None:
    sheet = partner.Sheet(Review.MONTH)
    sheet.rate("safe", 3)
    assert repr(sheet) == str(sheet) == "Sheet()"
    sheet.drop()
    assert sheet._answers == {}


def test_a_trend_over_weeks(bench: Bench, workspace: Workspace) -> None:
    for number in range(6):
        partner.submit_own(workspace, Review.WEEK, MINE, GUESS)
        seal(workspace, answer=0 if number < 3 else 2)
        told = partner.reveal(workspace, Review.TOGETHER)
        if number == 2:
            assert told.trend == "guessed within one step in 0 of 3"
            assert dict(told.spots)["listened"] == "seen alike in 0 of 3"
            assert "  listening: seen alike in 0 of 3" in told.lines
        elif number == 0:
            assert not told.spots, "one week is no way to go"
        bench.clock.go(days=7)
    workspace = bench.resealed()
    told = partner.reveal(workspace, Review.TOGETHER, workspace.today - timedelta(days=7))
    assert "come closer" in told.trend
    assert not partner.reveal(workspace, Review.TOGETHER).open


def test_only_what_both_agreed_to_is_exported(week: Workspace) -> None:
    day = on(week, 7)
    reviews.answer(week, Review.TOGETHER, "needs", {"need_mine": "an *evening* <b>out</b>", "need_offer": CANARY}, day)
    reviews.answer(week, Review.TOGETHER, "arrive", {"word_mine": CANARY}, day)
    partner.submit_own(week, Review.TOGETHER, MINE, GUESS, day)
    offered = {offer.name: offer.text for offer in reviews.offers(week, Review.TOGETHER, day)}
    assert {"s4.reachable", "planned", "promises", "need_mine", "need_offer"} <= set(offered)
    assert not {"s5.no-attacks", "s2.needs-log", "word_mine"} & set(offered)
    both = {"need_mine", "s4.reachable"}
    text = reviews.export(week, Review.TOGETHER, {*both, "need_offer"}, {*both, "promises"}, day)
    assert text.startswith("# The week, together, 2026-11-16 to 2026-11-22\n")
    assert r"an \*evening\* \<b\>out\</b\>" in text and "2 of 7 kept" in text
    assert CANARY not in text and "2 of 3" not in text
    with pytest.raises(Refused, match="no line"):
        reviews.export(week, Review.TOGETHER, set(offered), set(), day)


def test_odd_values_are_no_reason_to_fall(workspace: Workspace) -> None:
    from tracker.store.events import Draft

    first = "2026-11-23"
    odd: tuple[Any, ...] = (
        {"private": 3, "part": 7, "finished": 9},
        {"private": {"sealed": [], "answers": {"x": "y"}}},
    )
    for value in odd:
        found = (f"review|week|{first}", f"review|together|{first}", f"partner-ratings|{first}")
        drafts = [Draft(key, value) for key in found]
        workspace.write("review", partial(list, drafts))
        reviews.progress(workspace, Review.WEEK), reviews.offers(workspace, Review.TOGETHER)
        assert not partner.reveal(workspace, Review.TOGETHER).open
    partner.submit_own(workspace, Review.WEEK, MINE, GUESS)
