"""A day and its commitments: rows, names of days, what stands open, and what is said where there is no row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.catalogue.roles import PAUSES
from tracker.domain.language.words import say_duration, say_number
from tracker.domain.text import discreet_mode
from tracker.ledger.errors import NOT_READ
from tracker.present import signs
from tracker.present.signs import Sign
from tracker.services.change import say_day
from tracker.services.views.day_rows import Day, Row

STILL_OPEN = "STILL OPEN"
HIDDEN = "What came from elsewhere waits for your answer, and may hide what you keep."
"""What is said where there is no commitment to show while an order to purge, or what changed much, waits."""
NOTHING_YET = "Nothing to keep yet."


@dataclass(frozen=True, slots=True)
class Cells:
    """What a row shows beside its title: its sign, its state in words, and how it went.

    What may hurt somebody has the headline of the last fortnight in place of strip and numbers, and what counts
    nothing has none of them.
    """

    sign: Sign
    state: str
    strip: tuple[Sign, ...] = ()
    streak: str = ""
    best: str = ""
    consistency: str = ""
    back: str = ""
    headline: str = ""
    short_headline: str = ""

    def headline_within(self, room: int) -> str:
        """Return the headline, in shorter words where it has more than `room` characters."""
        return self.headline if len(self.headline) <= room else self.short_headline


def cells(row: Row) -> Cells:
    """Return what a row shows beside its title."""
    commitment, figures, sign = row.commitment, row.figures, signs.of_row(row)
    if commitment.harm and row.moments is not None:
        return Cells(sign, row.summary, headline=row.moments.headline, short_headline=row.moments.within(0))
    if commitment.harm or not commitment.counts:
        return Cells(sign, row.summary)
    return Cells(
        sign,
        row.summary,
        tuple(map(signs.of_mark, figures.strip)),
        signs.streak(commitment, figures),
        signs.best(commitment, figures),
        signs.consistency(figures),
        "" if figures.bounce_back is None else f"{say_number(figures.bounce_back)} d",
    )


def asks_for(row: Row) -> str:
    """Return why a row asks for less than a whole window does, or nothing where it does not."""
    return f"It asks for {row.shorter}." if row.shorter else ""


def is_asked(row: Row) -> bool:
    """Return whether a row belongs to what its day is about: due, an event, logged, or skipped by itself."""
    return row.due or row.on_event or bool(row.logged) or (row.skipped is not None and not row.paused)


def day_name(day: date, today: date) -> str:
    """Return a day as a title: `Monday 23 November, yesterday`; its year where it is not this one."""
    ago = (today - day).days
    year = f" {day.year}" if day.year != today.year else ""
    name = f"{day:%A} {day.day} {day:%B}{year}"
    if ago == 0:
        return name
    return f"{name}, {'yesterday' if ago == 1 else f'{ago} days ago'}"


def span_name(first: date, last: date) -> str:
    """Return a day, or the first and the last day of some: `24 Nov` or `23 Nov – 29 Nov`."""
    return " – ".join(f"{each.day} {each:%b}" for each in sorted({first, last}))


def counted(view: Day) -> str:
    """Return how much of a day is kept: `3 of 11 kept`."""
    return view.count.summary or "nothing asked"


def clock(view: Day, stops: str) -> str:
    """Return what runs, in a few words: a pause until one is back, or the timer of partner time and what `stops` it."""
    back = next((each.left for each in view.waiting if each.commitment in PAUSES and each.left is not None), None)
    if back is not None:
        return f"back in {back} min"
    together = "" if discreet_mode.is_drawn() else " together"
    return "" if view.timer is None else f"{say_duration(view.timer_minutes)}{together}, {stops}"


def next_together(view: Day) -> tuple[str, str] | None:
    """Return a heading and when the next planned time is; None without one."""
    each = view.next_time
    if each is None:
        return None
    when = f"{say_day(each.day, view.today)} {each.at:%H:%M}, {say_duration(each.minutes)}"
    return "NEXT" if discreet_mode.is_drawn() else "NEXT TOGETHER", when


def own_line(view: Day) -> tuple[str, str] | None:
    """Return a heading and what leads to the person's own line; None where it is not to be within reach."""
    if not view.why:
        return None
    what = "" if discreet_mode.is_drawn() else "a line of your own, for days like this"
    return discreet_mode.dotted("WHY I DO THIS"), what


def nothing_here(unread: bool, hidden: bool) -> str:
    """Return why there is no row: a file that cannot be read, what waits for an answer, or that none was taken on."""
    return NOT_READ if unread else HIDDEN if hidden else NOTHING_YET
