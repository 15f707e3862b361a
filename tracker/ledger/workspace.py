"""An open Toward: a data folder that can be written to. Every use case starts here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.catalogue.roles import PARTNER_TIME
from tracker.domain.clock import Clock
from tracker.ledger import event_keys
from tracker.ledger.errors import Damaged
from tracker.ledger.open_folder import OpenFolder, in_plain_words
from tracker.store.events import Draft, Event
from tracker.store.identity.identity import holds_others, state_folder

if TYPE_CHECKING:
    from tracker.store.crypto.vault import StoreKey
    from tracker.store.log.shards import Damage, Reader
    from tracker.store.transaction import Transaction

GONE_OVER = "The files of this store now carry a proof of who wrote them. This was done once; nothing else changed."
MOST_WARNINGS = 5
"""So many damaged files are named; of a folder full of strange files nobody reads more."""


def closed(damage: Damage) -> str:
    """Return why this account may not read a file, and the way out; an empty text where something else is wrong."""
    from tracker.store.barred import barrier, say_barred

    return say_barred(damage.path) if barrier(damage.path) is not None else ""


class Workspace(OpenFolder):
    """One data folder, opened to be read and written. Not for several threads at a time."""

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
        super().__init__(data, state, clock, lock_timeout, key, make, reader)
        self.backup_trouble: str | None = None
        """Why a backup that was due was not made, until somebody was told."""
        self.examine_arrivals()

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
        if text := self.closed:
            raise Damaged(f"Nothing was added: it may be there already. {text}")

    @property
    def unrelated_folder_hint(self) -> str:
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
        self.examine_arrivals()
        return changed

    def restore_vanished(self) -> int:
        """Write again what had gone from the disk, on request alone, and return how many events it was."""
        gone = self.store.vanished()
        with self.transaction() as transaction:
            # What is this device's own is written again by any transaction.
            written = transaction.write_back()
        self.after_write()
        return max(gone, written)

    def examine_arrivals(self) -> None:
        """See whether anything came from elsewhere that is to be asked about before it is obeyed."""
        if self.store.is_to_be_looked_through:
            from tracker.ledger.arrivals.examine import examine

            examine(self)

    @property
    def plans_time(self) -> bool:
        """Return whether any time together was ever planned: without that, nothing is loaded for it."""
        return next(iter(self.ledger.values(PARTNER_TIME, "planned")), None) is not None

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
            if self.ledger.fetch_missing(draft.key for draft in drafts):
                drafts = build()
            drafts = [self._answering(draft) for draft in drafts]
            events = transaction.write(drafts, cmd=cmd, undoes=undoes, redoes=redoes) if drafts else ()
        self.after_write()
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

    def after_write(self) -> None:
        """Take in what was just written, keep the streak cache in step with it, and make a backup if one is due."""
        from tracker.ledger.auto_backup import is_due, make_due

        self._take()
        self.examine_arrivals()
        self.keep_streaks()
        if not self.store.read_only and is_due(self.state, self.clock.now()):
            self.backup_trouble = make_due(self) or self.backup_trouble

    def keep_streaks(self) -> None:
        """Write the streak cache anew if it is not of this day and these events."""
        self.streak_cache.keep(self.store, self.ledger, self.today)
