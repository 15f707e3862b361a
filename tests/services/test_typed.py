"""Nothing typed is shortened: it is kept whole, or refused with its limit and nothing is saved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.services.kit import Bench, fold
from tests.services.test_undo import get
from tracker.domain.fields import Type
from tracker.domain.text.clean import LONGEST_LINE, LONGEST_PLAN, LONGEST_TEXT
from tracker.ledger.errors import BadInput
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.commitments import custom_file, lifecycle, pauses, questions
from tracker.services.exchange.transfer import export_json, import_json
from tracker.services.logging import lapses, log_entry, notes, quick_log, skips
from tracker.services.logging.guided import log
from tracker.services.logging.stored_answers import answers_of
from tracker.services.support import numbers

LINE, PLAN, TEXT = "x" * (LONGEST_LINE + 1), "x" * (LONGEST_PLAN + 1), "x" * (LONGEST_TEXT + 1)
REPLY, AVOID, FORECAST = "s4.reachable", "s5.no-attacks", "s1.fear-forecast"


def _own(**parts: object) -> lifecycle.Own:
    usual: dict[str, object] = {"title": "Mine", "step": "s2", "kind": "check", "schedule": "daily"}
    return lifecycle.Own(**(usual | parts))  # type: ignore[arg-type]


def _question(**parts: object) -> dict[str, object]:
    return {"name": "q", "ask": "How?", "type": "line"} | parts


OVER: dict[str, tuple[Callable[[Workspace], object], str]] = {
    "note": (lambda t: notes.note(t, get(t, REPLY), t.today, TEXT), "A note"),
    "note in place": (lambda t: notes.note(t, get(t, REPLY), t.today, TEXT, replace=True), "A note"),
    "note of done": (lambda t: log_entry.done(t, get(t, REPLY), note=TEXT), "A note"),
    "note of undone": (lambda t: log_entry.undone(t, get(t, "s4.partner-time"), note=TEXT), "A note"),
    "note of skip": (lambda t: skips.skip(t, get(t, REPLY), note=TEXT), "A note"),
    "note of lapse": (lambda t: lapses.lapse(t, get(t, AVOID), note=TEXT), "A note"),
    "note of reply": (lambda t: quick_log.reply(t, 2, note=TEXT), "A note"),
    "note of time": (lambda t: quick_log.log_time(t, 5, note=TEXT), "A note"),
    "note of share": (lambda t: quick_log.share(t, "joys", note=TEXT), "A note"),
    "tag": (lambda t: quick_log.log_time(t, 5, tag="x" * 41), "A tag"),
    "title": (lambda t: lifecycle.add_own(t, _own(title=LINE)), "A title"),
    "new title": (lambda t: lifecycle.edit(t, get(t, REPLY), title=LINE), "A title"),
    "alias": (lambda t: lifecycle.add_own(t, _own(aliases=(LINE,))), "An alias"),
    "new alias": (lambda t: lifecycle.edit(t, get(t, REPLY), aliases=[LINE]), "An alias"),
    "if-then": (lambda t: lifecycle.add_own(t, _own(if_then=PLAN)), "An if-then plan"),
    "if-then of the catalogue": (lambda t: lifecycle.add(t, "s6.weekly-share", if_then=PLAN), "An if-then plan"),
    "new if-then": (lambda t: lifecycle.edit(t, get(t, REPLY), if_then=PLAN), "An if-then plan"),
    "title in a file": (lambda t: custom_file.read_own(f'title = "{LINE}"\nstep = "s2"') and _file(t), "A title"),
    "question": (lambda t: lifecycle.add_own(t, _own(fields=(_question(ask=LINE),))), "A question"),
    "choice": (
        lambda t: lifecycle.add_own(
            t, _own(fields=(_question(type="choice", choices=[{"name": "a", "label": LINE}, {"name": "b"}]),))
        ),
        "A choice",
    ),
    "outcome": (
        lambda t: lifecycle.add_own(
            t, _own(kind="event", schedule="on event", outcomes=({"name": "a", "label": LINE, "credit": 1},))
        ),
        "The label of an outcome",
    ),
    "question in the app": (
        lambda t: questions.put(t, Type.LINE, {"ask": LINE}, [], 0),
        "What does it ask? An answer here",
    ),
    "reason of a pause": (lambda t: pauses.pause(t, get(t, REPLY), reason=LINE), "A reason"),
    "numbers at hand": (lambda t: numbers.keep_numbers(t, TEXT), "The text of numbers at hand"),
    "answer": (lambda t: log(t, get(t, FORECAST), {"feared_outcome": TEXT}), "holds at most 100,000"),
}


def _file(workspace: Workspace) -> Change:
    return lifecycle.add_own(workspace, custom_file.read_own(f'title = "{LINE}"\nstep = "s2"'))


@pytest.fixture
def busy(workspace: Workspace) -> Workspace:
    """Return a store with what the table below writes to."""
    lifecycle.add_all(workspace, [REPLY, AVOID, FORECAST, "s4.partner-time"])
    quick_log.log_time(workspace, 5)
    return workspace


@pytest.mark.parametrize("name", OVER)
def test_text_over_its_limit_is_refused_and_nothing_is_saved(name: str, busy: Workspace) -> None:
    use, what = OVER[name]
    before = fold(busy)
    with pytest.raises(BadInput) as caught:
        use(busy)
    assert what in caught.value.message and "; this one has " in caught.value.message
    assert fold(busy) == before


def test_a_note_is_kept_whole_up_to_its_limit(busy: Workspace) -> None:
    for size in (22_013, LONGEST_TEXT):
        words = "é👩\u200d👩\u200d👧\tb\n\nc" + "w" * (size - 11)
        notes.note(busy, get(busy, REPLY), busy.today, words, replace=True)
        assert notes.read_note(busy, REPLY, busy.today) == words


def test_a_line_for_a_full_note_is_refused_and_not_told_as_no_change(busy: Workspace) -> None:
    full = "w" * LONGEST_TEXT
    notes.note(busy, get(busy, REPLY), busy.today, full)
    before = fold(busy)
    ways: tuple[Callable[[], Change], ...] = (
        lambda: notes.note(busy, get(busy, REPLY), busy.today, "one more"),
        lambda: log_entry.done(busy, get(busy, REPLY), note="one more"),
    )
    for more in ways:
        with pytest.raises(BadInput, match="at most 100,000 characters; with this it would have 100,009"):
            more()
    assert fold(busy) == before


def test_text_that_is_longer_already_can_be_kept_and_shortened(busy: Workspace, bench: Bench) -> None:
    """An import takes in what an older or a newer version wrote."""
    notes.note(busy, get(busy, REPLY), busy.today, "SHORT")
    lifecycle.edit(busy, get(busy, REPLY), title="TITLE")
    text = export_json(busy, private=True).text.replace("SHORT", TEXT).replace("TITLE", LINE)
    other = Bench(bench.root / "other", bench.clock).open()
    import_json(other, text)
    assert notes.read_note(other, REPLY, other.today) == TEXT
    commitment = get(other, REPLY)
    assert lifecycle.edit(other, commitment, title=LINE, if_then="If a, then b.").changed
    assert not notes.note(other, commitment, other.today, TEXT, replace=True).changed
    assert notes.note(other, commitment, other.today, TEXT[:-1], replace=True).changed
    with pytest.raises(BadInput, match="A note holds at most"):
        notes.note(other, commitment, other.today, TEXT + "y", replace=True)


def test_answers_keep_their_lines(busy: Workspace) -> None:
    words = "\tone\n\n  two\u200d 👍🏽 “three”"
    log(
        busy,
        get(busy, FORECAST),
        {"feared_outcome": words, "likelihood": 5, "follow_up_at": "+1", "situation_tag": "a talk"},
    )
    (entry,) = busy.ledger.entries_on(FORECAST, busy.today)
    assert answers_of(busy, entry.id)["feared_outcome"] == words.strip()
