"""The app's loop taken in hand: one step at a time, on a time of its own, with something done before a chosen step.

A step is what runs between two awaits of any task. Nothing waits for a real clock or another thread, so the same seed
takes the same way each time.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from unittest.mock import patch

from textual import _time

from tracker.services.environment import told_of
from tracker.tui.worker import StoreWorker

T = TypeVar("T")
MOST_TURNS = 12
"""Turns of the loop that the services take at most to answer."""


class Steps:
    """The steps of a loop: how many there were, and what is to be done before one to come."""

    def __init__(self, loop: Any, chance: random.Random) -> None:
        self._loop, self._chance = loop, chance
        self._run_once = loop._run_once
        self._now = float(loop.time())
        self._due: tuple[int, Callable[[], object]] | None = None
        self.taken = 0

    def before(self, step: int, do: Callable[[], object]) -> None:
        """Do something before the step so many from now on."""
        self._due = (self.taken + step, do)

    def now(self) -> float:
        """Return the seconds of the loop's own time."""
        return self._now

    def turn(self) -> None:
        """Take one step, or let time pass until there is one to take."""
        loop = self._loop
        if not loop._ready and loop._scheduled:
            self._now = max(self._now, min(each.when() for each in loop._scheduled))
        rest: deque[Any] = deque()
        if loop._ready:
            if self._due is not None and self.taken >= self._due[0]:
                do, self._due = self._due[1], None
                do()
            self.taken += 1
            first = loop._ready.popleft()
            rest, loop._ready = loop._ready, deque([first])
        self._run_once()
        rest.extend(loop._ready)
        loop._ready = rest

    async def answer(self, work: Callable[[], T]) -> T:
        """Return what services return, after as many turns of the loop as chance has it."""
        for _ in range(self._chance.randrange(MOST_TURNS)):
            await asyncio.sleep(0)
        try:
            return work()
        except PermissionError as error:
            raise told_of(error) or error from None


@contextmanager
def in_hand(seed: int) -> Iterator[Steps]:
    """Take the running loop in hand until the block ends; a test says the seed where it fails."""
    loop: Any = asyncio.get_running_loop()
    steps = Steps(loop, random.Random(seed))

    async def run_without_store(_worker: StoreWorker, work: Callable[[], T]) -> T:
        return await asyncio.shield(asyncio.ensure_future(steps.answer(work)))

    with (
        patch.object(loop, "_run_once", steps.turn),
        patch.object(loop, "time", steps.now),
        patch.object(_time, "get_time", steps.now),
        patch.object(StoreWorker, "run_without_store", run_without_store),
    ):
        yield steps
