"""An open data folder: its store, what is counted of it, and the clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.domain.clock import YEARS, Clock, day_of
from tracker.ledger.errors import Busy, Damaged, Locked, Refused, Unsaved
from tracker.ledger.ledger import Ledger
from tracker.ledger.streak_cache import StreakCache, archived_before
from tracker.store.errors import (
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFromTheFuture,
    StoreLocked,
    TooLittleMemory,
    UnsafePath,
    WriteFailed,
)
from tracker.store.store import Store

if TYPE_CHECKING:
    from tracker.store.crypto.vault import StoreKey
    from tracker.store.log.shards import Reader


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Turn what the store raises into what a person is told."""
    try:
        yield
    except StoreBusy as error:
        raise Busy(error.message) from None
    except StoreLocked as error:
        raise Locked(error.message) from None
    except (StoreDamaged, StoreFromTheFuture, TooLittleMemory, UnsafePath) as error:
        raise Damaged(error.message) from None
    except WriteFailed as error:
        raise Unsaved(error.message) from None
    except StoreError as error:
        raise Refused(error.message) from None


def refuse_year(now: datetime) -> None:
    """Raise Refused for a clock in whose years nothing is counted, also where it got there while the app is open."""
    if now.year not in YEARS:
        raise Refused(
            f"The clock says that it is the year {now.year}. Set it right, then try again. Nothing was changed."
        )


class OpenFolder:
    """The state of one data folder, as far as it was read. Not for several threads at a time."""

    def __init__(
        self,
        data: Path,
        state: Path,
        clock: Clock,
        lock_timeout: float,
        key: StoreKey | None,
        make: bool,
        reader: Reader | None,
    ) -> None:
        self.data, self.state, self.clock = data, state, clock
        now = clock.now()
        refuse_year(now)
        with in_plain_words():
            since = archived_before(now.date())
            self.store = Store.open(
                data, state, clock.now, since=since, lock_timeout=lock_timeout, key=key, make=make, reader=reader
            )
            self.streak_cache = StreakCache(state, self.store.vault)
            checkpoints = self.streak_cache.take_up(self.store)
            if checkpoints is None:
                self.store.load_all()
        self.store.take_changed()
        left_out = self.streak_cache.gone, self.streak_cache.without_private
        self.ledger = Ledger(self.store, checkpoints, *left_out, self.store.unread, self.load_history, now.date())

    @property
    def key(self) -> StoreKey | None:
        """Return the key of an encrypted store, None for a plain one."""
        return self.store.vault.key

    @property
    def today(self) -> date:
        """Return the day it is, by the person's own day end. Raises Refused where the clock is past all reason."""
        now = self.clock.now()
        refuse_year(now)
        return day_of(now, self.ledger.day_ends)

    @property
    def encrypted(self) -> bool:
        """Return whether the store was opened with a key."""
        return self.store.vault.key is not None

    @property
    def is_new(self) -> bool:
        """Return whether nothing was ever written here."""
        return not self.store.winners and self.store.complete and not self.store.damaged

    def day_at(self, moment: datetime) -> date:
        """Return the day a moment belongs to, by the person's own day end."""
        return day_of(moment, self.ledger.day_ends)

    @property
    def full_store(self) -> Store:
        """Return the store with its whole history read, for who looks at events themselves."""
        self.load_history()
        return self.store

    def load_history(self) -> None:
        """Read the whole history; the ledger asks for it where it is asked for what it does not hold."""
        if self.store.complete and not self.ledger.checkpoints:
            return
        with in_plain_words():
            self.store.load_all()
        self._restart()

    def _restart(self) -> None:
        self.store.take_changed()
        self.ledger.restart(self.clock.now().date())

    @property
    def has_arrivals(self) -> bool:
        """Return whether anything came from elsewhere that waits for an answer."""
        return self.store.judge.has_questions(self.store.waiting)

    def refold(self) -> None:
        """Fold everything anew, as it is after an answer to what came from elsewhere."""
        with in_plain_words():
            self.store.judge_anew()
        self._restart()

    def _take(self) -> bool:
        changed = self.store.take_changed()
        if self.store.asked_for_all and self.ledger.checkpoints:
            # A purge read all that there is, and may have emptied what was counted before the cut.
            self._restart()
            return True
        if not self.store.complete and not (
            self.streak_cache.covers(self.today) and self.streak_cache.still_holds(self.store)
        ):
            self.load_history()
            return True
        self.ledger.apply(changed)
        return bool(changed)
