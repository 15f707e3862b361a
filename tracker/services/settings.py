"""Settings that cut time: dated, so that they never change a day that was."""

from __future__ import annotations

from datetime import date, time

from tracker.domain.calendar import ONE_DAY, WEEKDAYS, next_week_start
from tracker.domain.clock import DEFAULT_DAY_END, LATEST_DAY_END
from tracker.domain.language.hours import read_time
from tracker.domain.language.parsing import parse_duration
from tracker.domain.language.words import BadWord, weekday_of
from tracker.domain.text.clean import one_line
from tracker.ledger import event_keys
from tracker.ledger.errors import BadInput, InvalidChoice, Refused
from tracker.ledger.workspace import Workspace
from tracker.services import appearance
from tracker.services.change import Change, say_day
from tracker.services.environment import ON, is_discreet
from tracker.store.events import Draft
from tracker.store.files import atomic_write, read_plain

_LOCK_AFTER = "lock-after"
NAMES = ("week-start", "day-ends-at", "lock-after", "theme", "discreet")
EXAMPLES = {
    "week-start": "week-start sun",
    "day-ends-at": "day-ends-at 04:00",
    "lock-after": "lock-after 5",
    "theme": "theme light",
    "discreet": "discreet on",
}
LOCK_AFTER, LONGEST_OPEN = 15, 1440
"""Idle minutes after which the app locks an encrypted store: what holds at first, and the most."""


DISCREET = (
    "On this computer Toward is discreet now: letters for steps, codes for titles, dots for your words. It hides from "
    "a glance, not from somebody who controls this computer."
)
PLAIN = "On this computer Toward shows everything by its name again."


def say_discreet(on: bool) -> str:
    """Return what being discreet means, or that it is over."""
    return DISCREET if on else PLAIN


def put(workspace: Workspace, name: str, text: str) -> Change:
    """Set a setting from the next day or week on; BadInput where the name or the value does not fit."""
    today = workspace.today
    stored: int | str
    if name == "week-start":
        weekday = _weekday(text)
        since, stored, shown = next_week_start(today, weekday), weekday, WEEKDAYS[weekday]
    elif name == "day-ends-at":
        at = _time(text)
        since, stored, shown = today + ONE_DAY, at.isoformat("minutes"), at.isoformat("minutes")
    elif name == "lock-after":
        return _put_lock_after(workspace, text)
    elif name == "theme":
        theme = appearance.theme_named(text)
        appearance.keep_theme(workspace.state, theme)
        return Change((f"On this computer the theme is {theme}, from the next start on.",))
    elif name == "discreet":
        on = appearance.discreet_named(text)
        appearance.keep_discreet(workspace.state, on)
        return Change((say_discreet(on),))
    else:
        raise InvalidChoice(name, NAMES, "setting")
    events = workspace.write("set", lambda: [Draft(event_keys.setting(name, since), {"value": stored})])
    said = f"{name} is {shown} from {say_day(since, today)} on. Days before stay as they are."
    return Change((said,), operation=events[0]["op"])


def _put_lock_after(workspace: Workspace, text: str) -> Change:
    """Set the minutes for this computer, from now on: they are about where it stands, not about any day."""
    word = text.strip().lower()
    try:
        minutes = 0 if word in ("0", "never", "off") else parse_duration(word)
    except BadWord:
        raise BadInput(f"'{text}' is not a number of minutes. Try 15; 0 never locks by itself.") from None
    if not workspace.encrypted:
        raise Refused("Only an encrypted store locks. To encrypt it: toward encrypt")
    try:
        atomic_write(workspace.store.state / _LOCK_AFTER, f"{minutes}\n".encode())
    except OSError:
        raise Refused(f"Nothing was saved: check that you may write to {workspace.store.state}.") from None
    said = f"locks after {minutes} idle minutes" if minutes else "never locks by itself"
    return Change((f"On this computer the app {said}.",))


def lock_after(workspace: Workspace) -> int:
    """Return after how many idle minutes the app locks an encrypted store on this computer, 0 for never."""
    try:
        return min(LONGEST_OPEN, max(0, int(read_plain(workspace.store.state / _LOCK_AFTER))))
    except (OSError, ValueError):
        return LOCK_AFTER


def _weekday(word: str) -> int:
    """Return a weekday's number (0 is Monday). Raises BadInput."""
    found = weekday_of(one_line(word).lower())
    if found is None:
        raise InvalidChoice(word, WEEKDAYS, "weekday")
    return found


def _time(text: str) -> time:
    at = read_time(text, "morning")
    if at is None:
        raise BadInput(f"'{text}' is not a time of day. Try 03:00.")
    if at > LATEST_DAY_END:
        raise BadInput("A day can end between 00:00 and 12:00 on the next morning.")
    return at


def shown(workspace: Workspace, day: date) -> dict[str, str]:
    """Return the settings in force on a day, by name."""
    starts = [start.weekday for start in workspace.ledger.calendar.starts if start.since <= day]
    ends = [end.at for end in workspace.ledger.day_ends if end.since <= day]
    locks = {"lock-after": f"{lock_after(workspace)} min"} if workspace.encrypted else {}
    return {
        "week-start": WEEKDAYS[starts[-1] if starts else 0],
        "day-ends-at": (ends[-1] if ends else DEFAULT_DAY_END).isoformat("minutes"),
        **locks,
        "theme": appearance.read_theme(workspace.state) or appearance.OWN_THEMES[0],
        "discreet": ON if is_discreet(workspace.state) else appearance.OFF,
    }
