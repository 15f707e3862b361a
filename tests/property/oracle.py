"""A slow second opinion: occasions found by walking day by day, figures by looking at the whole list at once.

It shares no rule with the domain. Days get the name of the window they are in, and neighbours with the same
name are one window. It knows daily, named days, windows and quotas of checks, counts and minutes.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby, pairwise
from statistics import median

from tests.property.strategies import Case
from tracker.domain.commitments import Kind, Plan
from tracker.domain.counting.occasions import Occasion
from tracker.domain.schedules import Daily, Every, Minutes, Quota, Weekdays

ONE = timedelta(days=1)


@dataclass(frozen=True)
class Judged:
    first: date
    last: date
    state: str
    done: int
    target: int
    credit: Fraction


def week_name(case: Case, day: date) -> date:
    """Return the day on which the week of `day` began, found by stepping back."""
    while True:
        weekday, changed = 0, False
        for start in case.calendar.starts:
            if start.since <= day:
                weekday = start.weekday
            changed = changed or start.since == day
        if changed or day.weekday() == weekday:
            return day
        day -= ONE


def months_after(day: date, months: int) -> date:
    year, month, number = day.year, day.month, day.day
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def name(case: Case, plan: Plan, anchor: date, day: date) -> object:
    """Return the name of the window that `day` is in, or None if nothing is asked that day."""
    match plan.schedule:
        case Daily():
            return day
        case Weekdays(days=named):
            return day if day.isoweekday() - 1 in named else None
        case Quota(period="week") | Minutes(period="week"):
            return week_name(case, day)
        case Quota() | Minutes():
            return day.strftime("%Y-%m")
        case Every(number=number, length="months"):
            turn = -3
            while months_after(anchor, (turn + 1) * number) <= day:
                turn += 1
            return turn
        case Every(number=number, length=length):
            size = number * 7 if length == "weeks" else number
            return (day - anchor).days // size
        case _:
            raise AssertionError("the oracle does not know this schedule")


def nominal(case: Case, plan: Plan, anchor: date, day: date) -> int:
    match plan.schedule:
        case Daily() | Weekdays():
            return 1
        case Quota(period="week") | Minutes(period="week"):
            return 7
        case Quota() | Minutes():
            return monthrange(day.year, day.month)[1]
        case _:
            near = (day + timedelta(days=offset) for offset in range(-100, 101))
            return sum(name(case, plan, anchor, other) == name(case, plan, anchor, day) for other in near)


def excused(case: Case, day: date) -> bool:
    if day in case.skips:
        return True
    return any(pause.first <= day <= (pause.last or date.max) for pause in case.pauses)


def judge(case: Case, plan: Plan, window: list[date], length: int) -> Judged:
    done = 0
    for day in window:
        amounts = [int(entry.amount) for entry in case.entries if entry.day == day]
        done += min(1, len(amounts)) if case.commitment.kind is Kind.CHECK else sum(amounts)
    whole = plan.schedule.number if isinstance(plan.schedule, Quota | Minutes) else plan.target
    asked = sum(not excused(case, day) for day in window)
    if isinstance(plan.schedule, Daily | Weekdays):
        logged = any(entry.day == window[0] for entry in case.entries)
        target = whole if asked or logged else 0
    else:
        target = -(-whole * asked // length)
    if target == 0:
        return Judged(window[0], window[-1], "neutral", done, 0, Fraction(0))
    credit = min(Fraction(1), Fraction(done, target))
    if credit == 1:
        state = "kept"
    elif case.today <= window[-1]:
        state = "open"
    else:
        state = "partly" if credit else "missed"
    return Judged(window[0], window[-1], state, done, target, credit)


def hardly_begun(case: Case, plan: Plan, anchor: date, window: list[date]) -> bool:
    """Return whether a week or month that a plan found half over had fewer than half of its days left."""
    if not isinstance(plan.schedule, Quota | Minutes):
        return False
    here = name(case, plan, anchor, window[0])
    near = (window[0] + timedelta(days=offset) for offset in range(-31, 32))
    return len(window) * 2 < sum(name(case, plan, anchor, day) == here for day in near)


def judged(case: Case) -> list[Judged]:
    """Return what became of every window that began by today."""
    found: list[Judged] = []
    plans = case.commitment.plans
    day = plans[0].start
    holding, anchor = -1, day
    asked_before: Plan | None = None
    while day <= case.today:
        newest = max(index for index, plan in enumerate(plans) if plan.start <= day)
        for index in range(holding + 1, newest + 1):
            if index == 0 or plans[index].schedule != plans[index - 1].schedule:
                anchor = plans[index].anchor or day
        holding = newest
        plan = plans[newest]
        here = name(case, plan, anchor, day)
        window = [day]
        day += ONE
        if here is None:
            continue
        while name(case, plan, anchor, day) == here:
            window.append(day)
            day += ONE
        one = judge(case, plan, window, nominal(case, plan, anchor, window[0]))
        fresh = plan is not asked_before
        asked_before = plan
        if fresh and one.state in ("partly", "missed") and hardly_begun(case, plan, anchor, window):
            one = replace(one, state="neutral")
        found.append(one)
    return found


Row = tuple[str, int, date, date]
"""A unit, how many were kept, and the first and last day of them."""


@dataclass(frozen=True)
class Summary:
    unit: str
    streak: int
    best: int
    closed: tuple[Row, ...]
    consistency: float | None
    kept: int
    occasions: int
    bounce_back: float | None


def streaks(occasions: list[Occasion]) -> list[Row]:
    """Return every streak of occasions of one unit, oldest first."""
    settled = [one for one in occasions if one.state.value in ("kept", "partly", "missed")]
    runs = [list(run) for kept, run in groupby(settled, key=lambda one: one.state.value == "kept") if kept]
    return [(run[0].unit, len(run), min(o.first for o in run), max(o.last for o in run)) for run in runs]


def ends_kept(occasions: list[Occasion]) -> bool:
    states = [one.state.value for one in occasions if one.state.value in ("kept", "partly", "missed")]
    return states[-1:] == ["kept"]


def summary(occasions: list[Occasion], unit: str | None = None) -> Summary:
    """Return the numbers from the definitions, from all occasions at once; `unit` is that of the plan in force."""
    settled = [one for one in occasions if one.state.value in ("kept", "partly", "missed")]
    runs = [(kept, list(run)) for kept, run in groupby(settled, key=lambda occasion: occasion.state.value == "kept")]
    score = 0.0
    for index, one in enumerate(settled):
        later = sum((after.n * after.spacing) ** 0.5 for after in settled[index + 1 :])
        faded: float = 0.5 ** (later / 13)
        fresh: float = 1 - 0.5 ** ((one.n * one.spacing) ** 0.5 / 13)
        score += one.credit * fresh * faded
    pairs = pairwise(runs)
    gaps = [(back[0].first - away[0].first).days for (kept, away), (_, back) in pairs if not kept]
    times = [(name, list(all_of)) for name, all_of in groupby(occasions, key=lambda one: one.unit)]
    unit = unit or (times[-1][0] if times else "days")
    streak, closed = 0, list[Row]()
    for index, (counted_in, of_time) in enumerate(times):
        found = streaks(of_time)
        if index == len(times) - 1 and counted_in == unit:
            streak = found[-1][1] if ends_kept(of_time) else 0
        elif found:
            most = max(length for _, length, *_ in found)
            best = next(each for each in found if each[1] == most)
            closed += [best, found[-1]] if ends_kept(of_time) and found[-1] != best else [best]
    return Summary(
        unit=unit,
        streak=streak,
        best=max((length for _, of_time in times for name, length, *_ in streaks(of_time) if name == unit), default=0),
        closed=tuple(closed),
        consistency=score * 100 if settled else None,
        kept=sum(len(run) for kept, run in runs if kept),
        occasions=len(settled),
        bounce_back=median(gaps) if gaps else None,
    )
