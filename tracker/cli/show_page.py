"""One commitment in words: its numbers, why they are so, its plans, its latest entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from textwrap import wrap

from tracker.cli.layout import strip, title
from tracker.domain.counting.figures import STRIP_LENGTH
from tracker.domain.text import discreet_mode
from tracker.domain.text.cells import aligned
from tracker.ledger.private_words import seen_plan
from tracker.present import commitment as page
from tracker.present.day import cells
from tracker.services.commitments.lifecycle import step_name
from tracker.services.history.versions import Version, say_version
from tracker.services.views.details import Details

LATEST = 10
OWN = "Its if-then plan is your own: --notes prints it."


def page_lines(view: Details, notes: Mapping[date, Sequence[Version]] | None, width: int) -> list[str]:
    """Return the lines of `toward show`; a plan and notes of the person's own only where `notes` are given."""
    commitment = view.commitment
    lines = [title(commitment), f"{discreet_mode.dotted(commitment.id)}, {step_name(commitment.step)}"]
    if commitment.aliases:
        lines.append(f"Also called {', '.join(commitment.aliases)}.")
    lines += wrap(view.if_then if notes is not None else seen_plan(commitment, OWN), width)
    figures = [("now", page.state(view)), *page.figures(view)]
    figures += [(page.EARLIER, each) for each in page.earlier(view)]
    if marks := strip(cells(view.row).strip):
        figures.append((f"last {STRIP_LENGTH}", marks))
    lines += ["", *aligned(figures)]
    if sentences := page.sentences(view):
        lines += ["", *(line for sentence in sentences for line in wrap(sentence, width))]
    for section in filter(None, (page.why(view), page.plans(view), page.lately(view, LATEST))):
        lines += ["", section.heading, *(f"  {line}" for line in (*aligned(section.rows), *section.sentences))]
    return lines + _notes(view, notes)


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
            lines += [f"    {say_version(each)}:"] if len(versions) > 1 else []
            lines += [
                f"    {'  ' if len(versions) > 1 else ''}{line}"
                for line in discreet_mode.dotted(each.text).splitlines()
            ]
    return lines


def _versions(found: Details, day: date) -> str:
    return f" ({found.several[day]} versions)" if day in found.several else ""
