"""The settings, in one table: what each is about, how it is typed, how it is kept and how it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tracker.domain.calendar import ONE_DAY, WEEKDAYS, next_week_start
from tracker.domain.clock import DEFAULT_DAY_END, LATEST_DAY_END
from tracker.domain.language.hours import read_time
from tracker.domain.language.parsing import parse_duration
from tracker.domain.language.words import BadWord, weekday_of
from tracker.domain.text.clean import one_line
from tracker.ledger import event_keys
from tracker.ledger.errors import BadInput, InvalidChoice, Refused
from tracker.ledger.time_settings import DAY_END, WEEK_START
from tracker.ledger.workspace import Workspace
from tracker.services import appearance
from tracker.services.change import Change, say_day
from tracker.services.environment import ON, is_discreet
from tracker.store.events import Draft
from tracker.store.files import atomic_write, read_plain

LOCK_AFTER, LONGEST_OPEN = 15, 1440
"""Idle minutes after which the app locks an encrypted store: what holds at first, and the most."""
DISCREET = (
    "On this computer Toward is discreet now: letters for steps, codes for titles, dots for your words. It hides from "
    "a glance, not from somebody who controls this computer."
)
PLAIN = "On this computer Toward shows everything by its name again."


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    `values` says in a few words what can be typed and `example` is one; `put` reads and keeps it, and raises BadInput
    or Refused; `shown` is what holds on a day, an empty text where there is nothing to set.
    """

    name: str
    about: str
    values: str
    example: str
    put: Callable[[Workspace, str], Change]
    shown: Callable[[Workspace, date], str]


def put(workspace: Workspace, name: str, text: str) -> Change:
    """Set a setting. Raises BadInput where the name or the value does not fit, Refused where it cannot be kept."""
    if name not in SETTINGS:
        raise InvalidChoice(name, tuple(SETTINGS), "setting")
    return SETTINGS[name].put(workspace, text)


def shown(workspace: Workspace, day: date) -> dict[str, str]:
    """Return the settings in force on a day, by name."""
    found = {each.name: each.shown(workspace, day) for each in SETTINGS.values()}
    return {name: value for name, value in found.items() if value}


def say_discreet(on: bool) -> str:
    """Return what being discreet means, or that it is over."""
    return DISCREET if on else PLAIN


def lock_after(workspace: Workspace) -> int:
    """Return after how many idle minutes the app locks an encrypted store on this computer, 0 for never."""
    try:
        return min(LONGEST_OPEN, max(0, int(read_plain(workspace.store.state / "lock-after"))))
    except (OSError, ValueError):
        return LOCK_AFTER


def _put_since(workspace: Workspace, name: str, since: date, stored: int | str, shown: str) -> Change:
    """Keep a setting that cuts time: dated, so that it never changes a day that was."""
    events = workspace.write("set", lambda: [Draft(event_keys.setting(name, since), {"value": stored})])
    line = f"{name} is {shown} from {say_day(since, workspace.today)} on. Days before stay as they are."
    return Change((line,), operation=events[0]["op"])


def _put_week_start(workspace: Workspace, text: str) -> Change:
    weekday = weekday_of(one_line(text).lower())
    if weekday is None:
        raise InvalidChoice(text, WEEKDAYS, "weekday")
    return _put_since(workspace, WEEK_START, next_week_start(workspace.today, weekday), weekday, WEEKDAYS[weekday])


def _week_start(workspace: Workspace, day: date) -> str:
    starts = [start.weekday for start in workspace.ledger.calendar.starts if start.since <= day]
    return WEEKDAYS[starts[-1] if starts else 0]


def _put_day_end(workspace: Workspace, text: str) -> Change:
    at = read_time(text, "morning")
    if at is None:
        raise BadInput(f"'{text}' is not a time of day. Try 03:00.")
    if at > LATEST_DAY_END:
        raise BadInput("A day can end between 00:00 and 12:00 on the next morning.")
    shown = at.isoformat("minutes")
    return _put_since(workspace, DAY_END, workspace.today + ONE_DAY, shown, shown)


def _day_end(workspace: Workspace, day: date) -> str:
    ends = [end.at for end in workspace.ledger.day_ends if end.since <= day]
    return (ends[-1] if ends else DEFAULT_DAY_END).isoformat("minutes")


def _put_lock_after(workspace: Workspace, text: str) -> Change:
    word = text.strip().lower()
    try:
        minutes = 0 if word in ("0", "never", "off") else parse_duration(word)
    except BadWord:
        raise BadInput(f"'{text}' is not a number of minutes. Try 15; 0 never locks by itself.") from None
    if not workspace.encrypted:
        raise Refused("Only an encrypted store locks. To encrypt it: toward encrypt")
    try:
        atomic_write(workspace.store.state / "lock-after", f"{minutes}\n".encode())
    except OSError:
        raise Refused(f"Nothing was saved: check that you may write to {workspace.store.state}.") from None
    how = f"locks after {minutes} idle minutes" if minutes else "never locks by itself"
    return Change((f"On this computer the app {how}.",))


def _lock_after(workspace: Workspace, _: date) -> str:
    return f"{lock_after(workspace)} min" if workspace.encrypted else ""


def _put_theme(workspace: Workspace, text: str) -> Change:
    theme = appearance.theme_named(text)
    appearance.keep_theme(workspace.state, theme)
    return Change((f"On this computer the theme is {theme}, from the next start on.",))


def _theme(workspace: Workspace, _: date) -> str:
    return appearance.read_theme(workspace.state) or appearance.OWN_THEMES[0]


def _put_discreet(workspace: Workspace, text: str) -> Change:
    on = appearance.discreet_named(text)
    appearance.keep_discreet(workspace.state, on)
    return Change((say_discreet(on),))


def _discreet(workspace: Workspace, _: date) -> str:
    return ON if is_discreet(workspace.state) else appearance.OFF


SETTINGS = {
    each.name: each
    for each in (
        Setting(WEEK_START, "on which day a week begins", "a weekday", "sun", _put_week_start, _week_start),
        Setting(DAY_END, "when a day ends", "a time such as 03:00", "04:00", _put_day_end, _day_end),
        Setting("lock-after", "after how long the app locks", "minutes", "5", _put_lock_after, _lock_after),
        Setting("theme", "the colours of the app", "a theme such as light", "light", _put_theme, _theme),
        Setting("discreet", "codes and dots in place of words", "on", "on", _put_discreet, _discreet),
    )
}
"""Every setting by its name, in the order in which they are shown."""
