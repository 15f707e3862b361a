"""The app's one way to the services: a single thread that owns the open store, so no screen waits for a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tracker.services.toward import Toward

T = TypeVar("T")


class Bridge:
    """Runs use cases one after another on a thread of their own."""

    def __init__(self, opener: Callable[[], Toward]) -> None:
        self._opener = opener
        self._toward: Toward | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="toward")

    async def run(self, use: Callable[[Toward], T]) -> T:
        """Return what `use` returns; raises what it raises. The store is opened at the first call."""
        # A screen that is left takes its workers with it; what was asked for is done all the same.
        return await asyncio.shield(asyncio.wrap_future(self._pool.submit(self._run, use)))

    async def beside(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, done on the same thread without opening the store for it."""
        return await asyncio.shield(asyncio.wrap_future(self._pool.submit(work)))

    def _run(self, use: Callable[[Toward], T]) -> T:
        if self._toward is None:
            self._toward = self._opener()
        return use(self._toward)

    def close(self) -> None:
        """Let everything that was asked for finish, and take nothing more."""
        self._pool.shutdown(wait=True)
