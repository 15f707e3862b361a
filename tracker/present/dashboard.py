"""The dashboard: what each step says of this week, how full the days of the year were, and the charts beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.domain.language.words import say_duration, say_number
from tracker.domain.text import discreet_mode
from tracker.present.day import day_name
from tracker.present.signs import MISSED, Shade
from tracker.services.views.dashboard import Overview
from tracker.services.views.day_count import DayCount

MOST_TITLES = 2
SHARES: tuple[tuple[Shade, float], ...] = (("dim", 0.0), ("low", 0.4), ("mid", 0.7), ("high", 0.99))


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a heading, each with its label, its value and what is said of it; `most` is the longest there can be.

    `summary` is a sentence above the bars. A discreet one has no heading.
    """

    heading: str
    summary: str
    bars: tuple[tuple[str, float, str], ...]
    most: float


def on_track(view: Overview) -> str:
    """Return how many weeks in a row are on track, or nothing for none."""
    return f"{view.on_track} {'week' if view.on_track == 1 else 'weeks'} on track" if view.on_track else ""


def week_heads(view: Overview) -> dict[str, str]:
    """Return of each step, by its id, how many of the occasions of this week are kept; nothing where none was."""
    return {step: f"{each.kept} of {each.asked} this week" if each.asked else "" for step, each in view.week.items()}


def year(view: Overview) -> dict[date, Shade]:
    """Return how much each day of the year stands out: the more of what it asked for was kept, the more."""
    return {day: shade(count) for day, count in view.year.days.items()}


def shade(count: DayCount) -> Shade:
    """Return how much a day stands out."""
    if not count.asked:
        return "none"
    return next((name for name, most in SHARES if count.kept / count.asked <= most), "full")


def day_line(view: Overview, day: date) -> str:
    """Return how much of a day of the year was kept."""
    count = view.year.days.get(day, DayCount(0, 0))
    return f"{day_name(day, view.day.today)}: {count.summary or 'nothing asked'}"


def together(view: Overview) -> Chart:
    """Return the time together, week by week."""
    this_week = view.together[-1][1]
    target = f" of {say_duration(view.together_target)}" if view.together_target else ""
    bars = tuple(
        (f"{first.day:>2} {first:%b}", minutes, say_number(minutes) if minutes else MISSED.glyph)
        for first, minutes in view.together
    )
    most = max([view.together_target, *(minutes for _, minutes in view.together)])
    return Chart(_heading("Time together"), f"{say_duration(this_week)}{target} this week", bars, most)


def opened_up(view: Overview) -> Chart | None:
    """Return how often each topic was opened up; None where none ever was."""
    bars = tuple((discreet_mode.dotted(topic), float(number), str(number)) for topic, number in view.topics)
    return Chart(_heading("Opened up"), "", bars, max(value for _, value, _ in bars)) if bars else None


def sentences(view: Overview) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what is told in words, each under a heading: words and deeds, and which way things went lately."""
    found = [("Words and deeds", view.insights)] if view.insights and not discreet_mode.is_drawn() else []
    if view.directions:
        found.append(("Lately", tuple(filter(None, (_moved(view, word) for word in ("rising", "easing"))))))
    return tuple(found)


def _moved(view: Overview, word: str) -> str:
    """Return what moved one way, at most two by name; nothing where nothing did."""
    titles = [row.commitment.title for row in view.day.rows if view.directions.get(row.commitment.id) == word]
    more = f" and {len(titles) - MOST_TITLES} more" if len(titles) > MOST_TITLES else ""
    return f"{word}: {', '.join(titles[:MOST_TITLES])}{more}" if titles else ""


def _heading(text: str) -> str:
    return "" if discreet_mode.is_drawn() else text
