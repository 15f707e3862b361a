"""Exchanging with other devices beside the running app: on a thread and a store of its own, as another shell would."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from tracker.ledger.errors import TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.environment import Environment
from tracker.services.safekeeping.encryption import StoreKey

Tell = Callable[[str, bool], None]


class Syncing:
    """At most one exchange at a time; `tell` shows a sentence and whether it is a warning, `key` opens the store."""

    def __init__(self, here: Environment, tell: Tell, key: Callable[[], StoreKey | None]) -> None:
        self._here, self._tell, self._key = here, tell, key
        self._stopped: threading.Event | None = None

    @property
    def under_way(self) -> bool:
        """Return whether an exchange is under way."""
        return self._stopped is not None

    def stop(self) -> None:
        """Ask the exchange to stop; what came in until then stays."""
        if self._stopped is not None:
            self._stopped.set()

    async def run(self) -> None:
        """Exchange, and tell how it goes and what it did."""
        if self.under_way:
            return
        stopped = self._stopped = threading.Event()
        loop = asyncio.get_running_loop()

        def progress(text: str) -> None:
            loop.call_soon_threadsafe(self._tell, text, False)

        try:
            sentence = await asyncio.to_thread(_exchange, self._here, self._key(), progress, stopped)
        except TowardError as error:
            self._tell(error.message, True)
        else:
            self._tell(sentence, False)
        finally:
            stopped.set()
            self._stopped = None


def _exchange(
    here: Environment, key: StoreKey | None, progress: Callable[[str], None], stopped: threading.Event
) -> str:
    from tracker.services.exchange.sync import exchange

    done = exchange(Workspace.at(here.data, here.state, here.clock, key=key), say=progress, stopped=stopped)
    more = len(done.notes) - 1
    rest = f" {more} more {'was' if more == 1 else 'were'} left too: toward sync names each." if more > 0 else ""
    return " ".join((done.summary, *done.notes[:1])) + rest
