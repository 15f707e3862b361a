"""One commitment in words: its numbers, why they are so, its plans, its latest entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tracker.cli.layout import strip, title
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.counting.explain import Explanation
from tracker.domain.counting.figures import Figures
from tracker.domain.records import Entry
from tracker.domain.schedules import Unit
from tracker.domain.text import discreet_mode
from tracker.domain.text.cells import left, right
from tracker.ledger.change import say_day, say_earlier, say_streak
from tracker.ledger.private_words import seen_plan
from tracker.ledger.workspace import Workspace
from tracker.present import page, signs
from tracker.present.day import cells
from tracker.services.commitments.lifecycle import say_plan, step_name
from tracker.services.history.versions import Version, said
from tracker.services.views.details import Details

LATEST = 10
OWN = "Its if-then plan is your own: --notes prints it."
LABEL = 14


def portrait(
    workspace: Workspace,
    found: Details,
    notes: Mapping[date, Sequence[Version]] | None,
    told: Sequence[str],
    width: int,
) -> list[str]:
    """Return the lines of `toward show`, with what its answers say; the text of notes only if it is given."""
    commitment, today = found.commitment, workspace.today
    lines = [title(commitment), f"{discreet_mode.dotted(commitment.id)}, {step_name(commitment.step)}"]
    if commitment.aliases:
        lines.append(f"Also called {', '.join(commitment.aliases)}.")
    lines += _wrapped(found.if_then if notes is not None else seen_plan(commitment, OWN), width)
    lines += ["", *_numbers(found), *(told and ("", *told)), ""]
    if found.unsettled:
        lines += [*(line for sentence in found.unsettled for line in _wrapped(sentence, width)), ""]
    if commitment.counts and not commitment.harm:
        lines += [*_why(found.figures, found.explanation, today), ""]
    lines += ["Plans", *(f"  from {plan.start}  {say_plan(commitment.kind, plan)}" for plan in found.plans)]
    lines += ["", *_latest(commitment, found.entries, today)]
    return lines + _notes(found, notes)


def _wrapped(text: str, width: int) -> list[str]:
    from textwrap import wrap

    return wrap(text, width)


def _line(label: str, text: str) -> str:
    return f"{left(label, LABEL)}{text}"


def _numbers(found: Details) -> list[str]:
    commitment, figures = found.commitment, found.figures
    lines = [_line("now", "archived" if commitment.archived else found.row.summary)]
    if found.row.shorter:
        lines.append(_line("asks for", found.row.shorter))
    if commitment.kind is Kind.AVOID:
        lines.append(_line("moments", found.moments.headline or "none yet"))
    if commitment.counts:
        unit = figures.unit
        lines.append(_line("streak", f"{_run(figures.streak, unit)}, best {_run(figures.best, unit)}"))
        lines += [_line("earlier", say_earlier(each, found.row.day)) for each in figures.closed]
    if commitment.counts and not commitment.harm:
        lines.append(_line("kept", f"{figures.kept} of {figures.occasions}"))
        if figures.score_shown:
            lines.append(_line("consistency", signs.consistency(figures)))
        if figures.bounce_back is not None:
            lines.append(_line("bounce-back", f"{cells(found.row).back}, from a miss to the next kept one"))
        lines.append(_line("last 14", strip(cells(found.row).strip)))
    if told := page.total(commitment, found.total):
        lines.append(_line("in total", told))
    return lines


def _run(kept: int, unit: Unit) -> str:
    """Return a run in words, without "in a row"."""
    return say_streak(kept, unit).removesuffix(" in a row") if kept else "none"


def _why(figures: Figures, why: Explanation, today: date) -> list[str]:
    """Return what the last occasions added or cost, and what comes next."""
    if not figures.score_shown or why.now is None:
        return [page.no_number_yet(figures)]
    lines = [f"Why {why.now:.0f}"]
    for step in why.steps:
        when = left(say_day(step.occasion.first, today), 16)
        lines.append(f"  {when}{left(page.WORDS[step.occasion.state], 14)}{right(f'{step.points:+.1f}', 6)}")
    skipped = "" if why.if_skipped is None else f", skipped {why.if_skipped:.1f}"
    return [*lines, f"  next: kept {why.if_kept:.1f}, missed {why.if_missed:.1f}{skipped}"]


def _latest(commitment: Commitment, entries: Sequence[Entry], today: date) -> list[str]:
    if not entries:
        return ["No entries yet."]
    lines = ["Latest entries"]
    for entry in reversed(entries[-LATEST:]):
        lines.append(f"  {left(say_day(entry.day, today), 16)}{page.entry(commitment, entry)}")
    return lines


def _notes(found: Details, notes: Mapping[date, Sequence[Version]] | None) -> list[str]:
    if not found.note_days:
        return []
    if notes is None:
        latest = sorted(found.note_days)[-LATEST:]
        more = len(found.note_days) - len(latest)
        days = ", ".join(f"{day}{_versions(found, day)}" for day in latest) + (f" and {more} more" if more else "")
        return ["", f"Notes on {days}. To read them: --notes"]
    lines = ["", "Notes"]
    for day, versions in notes.items():
        lines.append(f"  {day}{_versions(found, day)}")
        for each in versions:
            lines += [f"    {said(each)}:"] if len(versions) > 1 else []
            lines += [
                f"    {'  ' if len(versions) > 1 else ''}{line}"
                for line in discreet_mode.dotted(each.text).splitlines()
            ]
    return lines


def _versions(found: Details, day: date) -> str:
    return f" ({found.several[day]} versions)" if day in found.several else ""
