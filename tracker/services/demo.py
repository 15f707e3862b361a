"""A lived-in year in a throw-away folder: made up, the same every time for one day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tracker.catalogue import demo, template
from tracker.catalogue.roles import PARTNER_TIME, WEEKLY_SHARE
from tracker.domain.calendar import ONE_DAY
from tracker.ledger import event_keys
from tracker.ledger.open_folder import in_plain_words
from tracker.ledger.workspace import Workspace
from tracker.store.events import Event, as_stored

SEED = 6
DAYS = 371


@dataclass(frozen=True, slots=True)
class Habit:
    """One commitment of the demo: since how many days, how often it works out, at what hour, how much."""

    id: str
    since: int
    chance: float
    hour: int
    amounts: tuple[float, ...] = ()


TOPICS = ("fears", "joys", "joys", "disappointments", "dreams", "dreams")
TAGS = ("walk", "dinner", "talk", "film", "river", "")
HARD_WEEKS = (range(95, 104), range(201, 206))


def fill(workspace: Workspace) -> int:
    """Write a year up to today into an empty store and return the number of events."""
    with workspace.transaction() as transaction, in_plain_words():
        events = list(_events(workspace))
        transaction.bulk(events)
    workspace.after_write()
    return len(events)


def _events(workspace: Workspace) -> Iterator[Event]:
    random = Random(SEED)
    now = workspace.clock.now()
    today = workspace.today
    number = 0
    habits = [Habit(**{**row, "amounts": tuple(row.get("amounts", ()))}) for row in demo()]
    for ago in range(DAYS, -1, -1):
        day = today - timedelta(days=ago)
        for habit in habits:
            for key, value, hour in _day(random, habit, day, ago):
                number += 1
                at = datetime.combine(day, time(hour, random.randrange(60)), now.tzinfo)
                yield _event(random, workspace.store.device, number, key, value, min(at, now))


def _day(random: Random, habit: Habit, day: date, ago: int) -> Iterator[tuple[str, dict[str, Any], int]]:
    """Yield the keys and values that one habit brings on one day."""
    chosen = template(habit.id)
    if ago == habit.since:
        yield event_keys.commitment(habit.id), chosen.as_value(), 7
        plan = {"schedule": chosen.schedule, "target": chosen.target or 1}
        yield event_keys.plan(habit.id, day), plan, 7
    if ago >= habit.since or not habit.chance:
        return
    if ago in (143, 144, 145, 146, 147):
        if ago == 147:
            last = (day + 4 * ONE_DAY).isoformat()
            yield f"pause|{habit.id}|{_hex(random)}", {"first": day.isoformat(), "last": last}, 7
        return
    hard = any(ago in week for week in HARD_WEEKS)
    chance = habit.chance * (0.45 if hard else 1.0) * (0.85 + 0.15 * (1 - ago / DAYS))
    roll = random.random()
    if ago == 0 and random.random() < 0.55:
        return
    if chosen.kind == "avoid":
        yield from _avoid(random, habit, day, roll, hard)
    elif chosen.kind == "event":
        if roll < chance:
            yield _entry(random, habit.id, day), _outcome(random, habit, day), habit.hour
    elif roll < chance:
        if chosen.kind == "check":
            yield event_keys.check(habit.id, day), {}, habit.hour
        else:
            yield _entry(random, habit.id, day), _amount(random, habit, day), habit.hour
    elif roll > 0.985 and chosen.schedule == "daily":
        yield event_keys.skip(habit.id, day), {"reason": random.choice(("ill", "travel"))}, 8


def _avoid(
    random: Random, habit: Habit, day: date, roll: float, hard: bool
) -> Iterator[tuple[str, dict[str, Any], int]]:
    if roll < (0.12 if hard else 0.012):
        value: dict[str, Any] = {"day": day.isoformat(), "outcome": "lapse", "_mended": random.random() < 0.8}
        yield _entry(random, habit.id, day), value, habit.hour
    elif roll < 0.09:
        yield _entry(random, habit.id, day), {"day": day.isoformat(), "outcome": "handled"}, habit.hour
    elif roll < habit.chance:
        yield event_keys.clear(habit.id, day), {}, habit.hour


def _outcome(random: Random, habit: Habit, day: date) -> dict[str, Any]:
    settled = [each for each in template(habit.id).outcomes if each.credit is not None]
    weights = [8, 3, 2, 1][: len(settled)]
    chosen = random.choices(settled, weights)[0]
    return {"day": day.isoformat(), "outcome": chosen.name, "credit": chosen.credit}


def _amount(random: Random, habit: Habit, day: date) -> dict[str, Any]:
    value: dict[str, Any] = {"day": day.isoformat(), "amount": random.choice(habit.amounts)}
    if habit.id == WEEKLY_SHARE:
        value["fields"] = {"topic": random.choice(TOPICS), "depth": random.choice((1, 2, 2, 3, 3, 4))}
    elif habit.id == PARTNER_TIME and (tag := random.choice(TAGS)):
        value["fields"] = {"tag": tag}
    return value


def _hex(random: Random) -> str:
    return f"{random.getrandbits(128):032x}"


def _entry(random: Random, cid: str, day: date) -> str:
    return f"entry|{cid}|{_hex(random)}"


def _event(random: Random, device: str, number: int, key: str, value: dict[str, Any], at: datetime) -> Event:
    stamp = at.isoformat(timespec="seconds")
    if value.pop("_mended", False):
        value["put_right_at"] = (at + timedelta(hours=9)).isoformat(timespec="seconds")
    if event_keys.split(key)[0] in ("check", "clear", "entry", "skip"):
        value = value | {"at": stamp}
    return as_stored(
        {
            "id": _hex(random),
            "key": key,
            "v": value,
            "t": int(at.timestamp() * 1000),
            "prev": None,
            "dev": device,
            "at": stamp,
            "op": _hex(random),
            "n": number,
            "cmd": "add" if key.startswith(("commitment", "plan")) else "done",
        }
    )
