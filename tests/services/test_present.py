"""What both faces show is decided once: the same signs, numbers and words in the app and in the shell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from rich.cells import cell_len

from tests.faults.folders import no_waiting_for_the_disk
from tests.services.kit import Bench, HandClock, on
from tests.services.test_undo import get
from tracker.cli.layout import streak_lines
from tracker.cli.show_page import page_lines
from tracker.domain.commitments import Kind
from tracker.domain.counting.figures import Mark
from tracker.domain.counting.occasions import State
from tracker.domain.language.words import say_duration
from tracker.domain.records import Entry
from tracker.ledger.workspace import Workspace
from tracker.present import commitment as page
from tracker.present import signs
from tracker.services import demo
from tracker.services.commitments import lifecycle, pauses
from tracker.services.logging import lapses, log_entry, quick_log, skips
from tracker.services.views import day_rows
from tracker.services.views.day_rows import Row
from tracker.services.views.details import details
from tracker.tui.layout import columns, row_line

REPLY, TURN, CALL, DISTANCE = "s4.reachable", "s2.turn-toward", "s4.call-back", "s4.no-quiet-distance"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the demo."""
    bench = Bench(tmp_path_factory.mktemp("demo"), HandClock())
    with no_waiting_for_the_disk():
        demo.fill(bench.open())
    return bench.open()


def test_every_sign_takes_one_cell_and_no_two_states_share_one() -> None:
    of_rows = [signs.KEPT, signs.PARTLY, signs.OPEN, signs.EVENT, signs.MISSED, signs.LET_OFF, signs.NOT_ASKED]
    of_marks = [
        signs.of_mark(Mark(date(2026, 3, 2), state, credit))
        for state, credit in (
            (State.KEPT, 1.0),
            (State.PARTLY, 0.2),
            (State.PARTLY, 0.5),
            (State.PARTLY, 0.9),
            (State.MISSED, 0.0),
            (State.OPEN, 0.0),
            (State.NEUTRAL, 0.0),
        )
    ]

    for found in (of_rows, of_marks):
        assert len({sign.glyph for sign in found}) == len(found)
        assert all(cell_len(sign.glyph) == 1 for sign in found)


@pytest.fixture
def rows(bench: Bench) -> Workspace:
    """Return a store with a row in every state."""
    workspace = bench.open()
    for cid in (REPLY, TURN, CALL, DISTANCE, "s4.here-today"):
        lifecycle.add(workspace, cid, start=on(workspace, 5))
    skips.skip(workspace, get(workspace, REPLY), (on(workspace, 1),))
    log_entry.done(workspace, get(workspace, REPLY), (on(workspace, 2),))
    log_entry.done(workspace, get(workspace, TURN))
    return workspace


def glyph(workspace: Workspace, cid: str, ago: int) -> str:
    return signs.of_row(day_rows.row(workspace, get(workspace, cid), on(workspace, ago))).glyph


def test_skipped_missed_kept_open_and_begun_have_signs_of_their_own(rows: Workspace) -> None:
    assert [glyph(rows, REPLY, ago) for ago in range(4)] == ["○", "–", "●", "·"]
    assert (glyph(rows, TURN, 0), glyph(rows, CALL, 0)) == ("◐", "◇")
    assert (glyph(rows, DISTANCE, 0), glyph(rows, DISTANCE, 1)) == ("○", "–")
    lapses.lapse(rows, get(rows, DISTANCE))
    assert glyph(rows, DISTANCE, 0) == "·"
    pauses.pause(rows, get(rows, "s4.here-today"), rows.today)
    assert glyph(rows, "s4.here-today", 0) == "–"
    assert glyph(rows, REPLY, 9) == " "


def shown(workspace: Workspace) -> Iterator[tuple[Row, str, str]]:
    """Yield each row with its line in the app and in the shell."""
    view = day_rows.day_view(workspace)
    shell = [line for line in streak_lines(view, 200) if line]
    for row in view.rows:
        app = "".join(text for text, _ in row_line(row, 200, columns(200)).parts)
        title = " ".join(row.commitment.title.split())[:30]
        yield row, app, next(line for line in shell if title in line)


def test_the_app_and_the_shell_tell_each_commitment_with_the_same_signs(lived: Workspace) -> None:
    seen = 0
    for row, app, shell in shown(lived):
        assert app.split()[0] == shell.split()[0] == signs.of_row(row).glyph
        if row.commitment.harm or not row.commitment.counts:
            continue
        strip = "".join(signs.of_mark(mark).glyph for mark in row.figures.strip)
        told = (signs.streak(row.commitment, row.figures), signs.consistency(row.figures))
        for line in (app, shell):
            assert strip in line and all(number in line for number in told)
        seen += 1
    assert seen > 8


def test_none_is_the_same_sign_everywhere(rows: Workspace) -> None:
    call = get(rows, CALL)
    figures = rows.ledger.figures(CALL, rows.today)

    assert (signs.streak(call, figures), signs.best(call, figures), signs.consistency(figures)) == ("–", "–", "–")


def test_no_number_of_consistency_is_told_before_the_thirteenth(rows: Workspace) -> None:
    reply = get(rows, REPLY)
    for ago in range(3):
        log_entry.done(rows, reply, (on(rows, ago),))
    lines = "\n".join(page_lines(details(rows, reply), None, 80))

    assert "3 of 6 kept so far. Consistency is a number after 13 times." in lines
    assert "now 1" not in lines and "kept next" not in lines and "of 100" not in lines
    assert page.no_number_yet(rows.ledger.figures(TURN, rows.today)).startswith("0 of 5 kept so far")
    lifecycle.add(rows, "s1.kinder-voice")
    assert page.no_number_yet(rows.ledger.figures("s1.kinder-voice", rows.today)).startswith("Nothing is settled yet")


def test_totals_are_told_of_the_same_kinds_in_both_faces(rows: Workspace) -> None:
    quick_log.log_time(rows, 90)
    told = {Kind.MINUTES: say_duration(90), Kind.COUNT: "once", Kind.EVENT: "", Kind.CHECK: "", Kind.AVOID: ""}
    for cid, kind in ((quick_log.TIME, Kind.MINUTES), (TURN, Kind.COUNT), (REPLY, Kind.CHECK), (DISTANCE, Kind.AVOID)):
        assert page.total(get(rows, cid), details(rows, get(rows, cid)).total) == told[kind]
    assert page.total(get(rows, CALL), 3) == "3 times"


def test_an_entry_is_told_in_one_order(rows: Workspace) -> None:
    reply, turn = get(rows, REPLY), get(rows, TURN)
    day = rows.today

    assert page.entry(turn, Entry("e", day, amount=3, fields={"depth": 2, "topic": "fears", "tag": "walk"})) == (
        "3 times, walk, fears, depth 2"
    )
    assert page.entry(reply, Entry("e", day, amount=4, fields={"in_window": 4})) == "4 replies"
    assert page.entry(reply, Entry("e", day, fields={"unanswered": 1})) == "1 unanswered"
    assert page.entry(reply, Entry("e", day)) == "done"
