"""An open Toward: one store, its state, and the clock. Every use case starts here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.catalogue.roles import PARTNER_TIME
from tracker.domain.clock import Clock, day_of
from tracker.ledger import event_keys
from tracker.ledger.errors import Busy, Damaged, Locked, Refused, TowardError, Unsaved
from tracker.ledger.ledger import Ledger
from tracker.ledger.streak_cache import StreakCache, sealed_before
from tracker.services.environment import YEARS
from tracker.services.environment import state_of as state_of
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
from tracker.store.events import Draft, Event
from tracker.store.identity.identity import holds_others, state_folder
from tracker.store.store import Store

if TYPE_CHECKING:
    from tracker.store.crypto.vault import StoreKey
    from tracker.store.log.shards import Damage, Reader
    from tracker.store.transaction import Transaction


GONE_OVER = "The files of this store now carry a proof of who wrote them. This was done once; nothing else changed."
MOST_WARNINGS = 5
"""So many damaged files are named; of a folder full of strange files nobody reads more."""


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


def closed(damage: Damage) -> str:
    """Return why this account may not read a file, and the way out; an empty text where something else is wrong."""
    from tracker.store.barred import barrier, say_barred

    return say_barred(damage.path) if barrier(damage.path) is not None else ""


class Workspace:
    """One data folder, opened. Not for several threads at a time."""

    def __init__(
        self,
        data: Path,
        state: Path,
        clock: Clock,
        lock_timeout: float = 30.0,
        *,
        key: StoreKey | None = None,
        make: bool = True,
        reader: Reader | None = None,
    ) -> None:
        self.data, self.state, self.clock = data, state, clock
        self.backup_trouble: str | None = None
        """Why a backup that was due was not made, until somebody was told."""
        now = clock.now()
        refuse_year(now)
        with in_plain_words():
            since = sealed_before(now.date())
            how: dict[str, Any] = {"lock_timeout": lock_timeout, "key": key, "make": make, "reader": reader}
            self.store = Store.open(data, state, clock.now, since=since, **how)
            self.summary = StreakCache(state, self.store.vault)
            carries = self.summary.take_up(self.store)
            if carries is None:
                self.store.load_all()
        self.store.take_changed()
        self.ledger = Ledger(self.store, carries, self.summary.bare, self.store.unread, now.date())
        self.look_around()

    @classmethod
    def at(
        cls,
        data: Path,
        state_root: Path,
        clock: Clock,
        lock_timeout: float = 30.0,
        *,
        key: StoreKey | None = None,
        make: bool = True,
    ) -> Workspace:
        """Return the opened data folder; its state folder lies below `state_root`.

        Without `make` a new folder is only looked at, and made with the first change.
        Raises TowardError: Locked for an encrypted store without its key.
        """
        return cls(data, state_folder(state_root, data), clock, lock_timeout, key=key, make=make)

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
    def warnings(self) -> tuple[str, ...]:
        """Return a line for a newer format, for files that could not be used, and for a folder that others can see."""
        lines = [self.store.read_only] if self.store.read_only else []
        lines += self.store.memory.news
        damaged = self.store.damaged
        lines += [closed(damage) or f"{damage.path} {damage.reason}" for damage in damaged[:MOST_WARNINGS]]
        if len(damaged) > MOST_WARNINGS:
            lines.append(f"{len(damaged) - MOST_WARNINGS} more files could not be used")
        if self.store.made and (exposed := self.store.exposed()):
            lines.append(
                f"Others who use this computer can look into {exposed[0]}. To close it: chmod 700 {exposed[0]}"
            )
        return tuple(lines)

    @property
    def news(self) -> str:
        """Return a line about what opening the store has changed in its files, or an empty text."""
        return GONE_OVER if self.store.went_over else ""

    @property
    def damaged(self) -> bool:
        """Return whether files could not be used, so that what is there may not be all."""
        return bool(self.store.damaged)

    @property
    def closed(self) -> str:
        """Return which file this account may not read, and the way out; an empty text where it may read all."""
        return next(filter(None, map(closed, self.store.damaged)), "")

    def refuse_closed(self) -> None:
        """Raise Damaged where this account may not read a file: what is looked for may stand in it, in another form."""
        if told := self.closed:
            raise Damaged(f"Nothing was added: it may be there already. {told}")

    @property
    def astray(self) -> str:
        """Return a line where the folder holds other things and was never a store, or an empty text."""
        if self.store.made or not holds_others(self.data):
            return ""
        return f"{self.data} holds other files and no store of Toward. Is it the folder you mean?"

    @property
    def trouble(self) -> str:
        """Return in one line what a person may want to know of the store, with the way out, or an empty text."""
        if self.store.read_only or not self.store.damaged:
            return next(iter(self.warnings), "")
        many, first = len(self.store.damaged), self.store.damaged[0]
        files = "A file cannot be used" if many == 1 else f"{many} files cannot be used"
        reason = first.reason.rstrip(".")
        if many == 1 and self.store.memory.gone:
            return f"{first.path.name} {reason}. What can be done: Doctor (ctrl+p)"
        return f"{files}: {first.path.name} {reason}. The rest works. What can be done: Doctor (ctrl+p)"

    def poll(self) -> bool:
        """Take in what other processes and devices wrote; return whether anything changed."""
        with in_plain_words():
            self.store.refresh()
        changed = self._take()
        self.look_around()
        return changed

    def put_back(self) -> int:
        """Write again what had gone from the disk, on request alone, and return how many events it was."""
        gone = self.store.vanished()
        with self.transaction() as transaction:
            # What is this device's own is written again by any transaction.
            written = transaction.write_back()
        self.settle()
        return max(gone, written)

    def complete(self) -> None:
        """Load the whole history, for what a summary cannot answer."""
        if self.store.complete:
            return
        with in_plain_words():
            self.store.load_all()
        self.store.take_changed()
        self.ledger = Ledger(self.store, today=self.clock.now().date())

    def look_around(self) -> None:
        """See whether anything came from elsewhere that is to be asked about before it is obeyed."""
        if self.store.is_to_be_looked_through:
            from tracker.services.exchange.arrivals import look

            look(self)

    @property
    def arrived(self) -> str:
        """Return in one line what came from elsewhere and waits for an answer, or an empty text."""
        return self._arrived("toward incoming")

    @property
    def arrived_in_app(self) -> str:
        """Return the same with the key that answers it in the app."""
        return self._arrived("i on Today")

    def _arrived(self, how: str) -> str:
        if not self.has_arrivals:
            return ""
        from tracker.services.exchange.incoming import line

        return line(self, how)

    @property
    def has_arrivals(self) -> bool:
        """Return whether anything came from elsewhere that waits for an answer."""
        return self.store.judge.has_questions(self.store.waiting)

    @property
    def plans_time(self) -> bool:
        """Return whether any time together was ever planned: without that, nothing is loaded for it."""
        return next(iter(self.ledger.values(PARTNER_TIME, "planned")), None) is not None

    def refold(self) -> None:
        """Fold everything anew, as it is after an answer to what came from elsewhere."""
        with in_plain_words():
            self.store.judge_anew()
        self.store.take_changed()
        self.ledger = Ledger(self.store, today=self.clock.now().date())

    def reach(self, cid: str, day: date) -> None:
        """Make sure that what was logged for a commitment on a day is known."""
        if not self.ledger.reaches(cid, day):
            self.complete()

    def _take(self) -> bool:
        changed = self.store.take_changed()
        if self.store.asked_for_all and self.ledger.carries:
            # A purge read all that there is, and may have emptied what was counted before the cut.
            self.ledger = Ledger(self.store, today=self.clock.now().date())
            return True
        if not self.store.complete and not (self.summary.covers(self.today) and self.summary.still_holds(self.store)):
            self.complete()
            return True
        self.ledger.apply(changed)
        return bool(changed)

    def write(
        self,
        cmd: str,
        build: Callable[[], Sequence[Draft]],
        *,
        undoes: str | None = None,
        redoes: str | None = None,
    ) -> tuple[Event, ...]:
        """Write one operation and return its events.

        `build` is called under the lock, with the newest state in the book; if it returns nothing, nothing is
        written. Raises TowardError, and then nothing has changed.
        """
        with self.transaction() as transaction:
            drafts = build()
            if any(self.ledger.is_bare(draft.key) for draft in drafts):
                self.ledger.fill()
                drafts = build()
            drafts = [self._answering(draft) for draft in drafts]
            events = transaction.write(drafts, cmd=cmd, undoes=undoes, redoes=redoes) if drafts else ()
        self.settle()
        return events

    def _answering(self, draft: Draft) -> Draft:
        """Return the draft so that it settles the versions of what a commitment is."""
        if event_keys.split(draft.key)[0] not in event_keys.SHAPE:
            return draft
        return replace(draft, settles=tuple(event["id"] for event in self.store.concurrent(draft.key)))

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Hold the store's lock with the newest state in the book."""
        with in_plain_words(), self.store.transaction() as transaction:
            self._take()
            yield transaction

    def settle(self) -> None:
        """Take in what was just written, keep the summary in step with it, and make a backup if one is due."""
        from tracker.services.safekeeping.backup_due import is_due

        self._take()
        self.look_around()
        self.keep_summary()
        if not self.store.read_only and is_due(self.state, self.clock.now()):
            from tracker.services.safekeeping.backups import keep_one

            self.backup_trouble = keep_one(self) or self.backup_trouble

    def keep_summary(self) -> None:
        """Write the summary table anew if it is not of this day and these events."""
        self.summary.keep(self.store, self.ledger, self.today)


__all__ = ["TowardError", "Workspace"]
