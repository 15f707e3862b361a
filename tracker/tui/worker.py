"""The app's one way to the services: a single thread that owns the open store, so no screen waits for a disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from tracker.ledger.errors import TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.environment import told_of

if TYPE_CHECKING:
    from tracker.services.safekeeping.encryption import StoreKey

T = TypeVar("T")


class StoreWorker:
    """Runs use cases one after another on a thread of their own."""

    def __init__(self, opener: Callable[[StoreKey | None], Workspace]) -> None:
        self._opener = opener
        self._key: StoreKey | None = None
        self._toward: Workspace | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="toward")

    async def run(self, use: Callable[[Workspace], T]) -> T:
        """Return what `use` returns; raises what it raises. The store is opened at the first call."""
        return await self.run_without_store(lambda: self._run(use))

    async def run_without_store(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, done on the same thread without opening the store for it."""
        # A screen that is left takes its workers with it; what was asked for is done all the same.
        return await asyncio.shield(asyncio.wrap_future(self._pool.submit(_or_denied, work)))

    def _run(self, use: Callable[[Workspace], T]) -> T:
        if self._toward is None:
            self._toward = self._opener(self._key)
        return use(self._toward)

    async def unlock(self, make: Callable[[], StoreKey]) -> None:
        """Make the key of an encrypted store and open it; raises what either raises."""

        def use() -> None:
            key = make()
            self._toward, self._key = self._opener(key), key

        await self.run_without_store(use)

    async def reopen(self, key: StoreKey | None) -> None:
        """Drop the open store, once everything asked for is done; the next call opens it with this key, if any."""

        def use() -> None:
            self._toward, self._key = None, key

        await self.run_without_store(use)

    async def rest(self) -> None:
        """Let go of the whole history where it was read and nobody needs it now: the short book answers Today.

        It stays where a file is damaged or has vanished, of which only this memory may still hold the entries, and
        where the store cannot be opened with less.
        """
        with suppress(TowardError):
            await self.run_without_store(self._rest)

    def _rest(self) -> None:
        workspace = self._toward
        if workspace is None or not workspace.store.complete or workspace.trouble or workspace.store.vanished():
            return
        short = self._opener(workspace.key)
        if not short.store.complete:
            short.backup_trouble = workspace.backup_trouble
            self._toward = short

    @property
    def key(self) -> StoreKey | None:
        """Return the key that the store is open with, None where it is plain or not open."""
        return self._toward.key if self._toward is not None else self._key

    def close(self) -> None:
        """Let everything that was asked for finish, and take nothing more."""
        self._pool.shutdown(wait=True)


def _or_denied(work: Callable[[], T]) -> T:
    """Return what work returns; what this account may not use on the disk is told, not a fault of the app."""
    try:
        return work()
    except PermissionError as error:
        raise told_of(error) or error from None
