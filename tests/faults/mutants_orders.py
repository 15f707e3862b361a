"""Ways to take orders from elsewhere that look right and are not; the tests must tell every one from the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tracker.ledger.arrivals import examine
from tracker.ledger.workspace import Workspace
from tracker.services.history import undo
from tracker.store import events, store, transaction
from tracker.store.backup import backups
from tracker.store.events import Event, merge_same_id
from tracker.store.identity import memory
from tracker.store.log import incoming, index
from tracker.store.log.incoming import OBEY, Judge
from tracker.store.log.index import ELSEWHERE, OURS, Index
from tracker.store.log.shard_set import ShardSet
from tracker.store.log.sifting import foreign_folders


@contextmanager
def obeyed_unasked() -> Iterator[None]:
    """Obey every order, as a plain store once did."""
    with patch.object(Judge, "__call__", lambda _self, _event: OBEY):
        yield


@contextmanager
def known_by_its_id() -> Iterator[None]:
    """Take an order for one that was accepted because it has its id."""

    def mark_of(event: Event) -> str:
        return event["id"]

    with (
        patch.object(incoming, "mark_of", mark_of),
        patch.object(index, "mark_of", mark_of),
        patch.object(transaction, "mark_of", mark_of),
    ):
        yield


@contextmanager
def waiting_orders_empty_backups() -> Iterator[None]:
    """Let an order that waits reach what is copied."""

    def covers(self: Index, event: Event) -> bool:
        return "purged" not in event and event["t"] <= self.orders.get(event["key"], -1)

    with patch.object(Index, "covers", covers):
        yield


@contextmanager
def emptied_goes_first() -> Iterator[None]:
    """Take an emptied copy for the truth though nobody ordered it."""

    def better(_self: Index, one: tuple[int, Event], other: tuple[int, Event]) -> tuple[int, Event]:
        return one if merge_same_id(one[1], other[1]) is one[1] else other

    with patch.object(Index, "_better", better):
        yield


@contextmanager
def what_is_theirs_is_asked_about() -> Iterator[None]:
    """Ask whether a partner's answers, taken back on another device, may go here too."""
    with patch.object(incoming, "takes_back", lambda _event: False):
        yield


@contextmanager
def anything_beside_theirs_goes() -> Iterator[None]:
    """Obey an order unasked as soon as it names a partner's answers, whatever else it names."""

    def takes_back(event: Event) -> bool:
        return any(key.startswith(incoming.THEIRS) for key in incoming.orders_of(event))

    with patch.object(incoming, "takes_back", takes_back):
        yield


@contextmanager
def every_folder_is_ours() -> Iterator[None]:
    """Believe what a file says of who wrote it."""
    with patch.object(ShardSet, "_place", lambda _self, _name: OURS):
        yield


@contextmanager
def no_file_is_ours() -> Iterator[None]:
    """Let a longer copy from elsewhere change what was written here."""
    real = Index._choose

    def choose(self: Index, first: Event, event: Event, _place: int) -> set[str]:
        places, self.places = self.places, {}
        try:
            return real(self, first, event, ELSEWHERE)
        finally:
            self.places = places

    with patch.object(Index, "_choose", choose):
        yield


@contextmanager
def copies_carry_orders() -> Iterator[None]:
    """Take from a copy whatever it holds."""
    with (
        patch.object(store.Store, "takes_in", lambda _self, _event: True),
        patch.object(Judge, "knows", lambda _self, _event: True),
        patch("tracker.services.safekeeping.restore.PURGE", "\0"),
    ):
        yield


@contextmanager
def our_order_lies_in_its_file_alone() -> Iterator[None]:
    """Forget what was ordered here once the file that says so is an older one."""
    with patch.object(store, "orders_of_device", lambda *_: []):
        yield


@contextmanager
def any_time_will_do() -> Iterator[None]:
    """Read what is dated at the end of time."""
    with (
        patch.object(events, "farthest", lambda: 2**52),
        patch.object(incoming, "farthest", lambda: 2**52),
        patch("tracker.store.log.shards.farthest", lambda: 2**52),
    ):
        yield


@contextmanager
def changes_pass() -> Iterator[None]:
    """Ask about nothing but purges."""
    with patch.object(examine, "_replaced", lambda *_: None):
        yield


@contextmanager
def strangers_are_known() -> Iterator[None]:
    """Take a device for known because it is there."""
    real = examine._compare

    def compare(workspace: Workspace, judge: Any, seen: Any) -> None:
        _, folders = foreign_folders(workspace.store.shards)
        real(workspace, judge, seen._replace(devices=seen.devices | folders))

    with patch.object(examine, "_compare", compare):
        yield


@contextmanager
def backups_go_meanwhile() -> Iterator[None]:
    """Thin backups out past the copy made before what waits."""
    with patch.object(Workspace, "has_arrivals", property(lambda _self: False)):
        yield


@contextmanager
def last_by_its_number() -> Iterator[None]:
    """Undo what has the largest number, though numbers were used twice."""
    with patch.object(undo, "_refuse_doubt", lambda *_: None):
        yield


@contextmanager
def each_look_counts_for_itself() -> Iterator[None]:
    """Forget what was let pass before."""
    with patch.object(examine, "_lately", lambda *_: None):
        yield


@contextmanager
def whoever_changes_only_corrects() -> Iterator[None]:
    """Add up no change of what a device wrote itself, however old that is."""
    with patch.object(examine, "_is_corrected", lambda *_: True):
        yield


@contextmanager
def a_note_is_only_added_to() -> Iterator[None]:
    """Take every change of a note for more below it."""
    with patch.object(examine, "_is_added_to", lambda *_: True):
        yield


@contextmanager
def only_what_stands_is_looked_at() -> Iterator[None]:
    """Do not see what was changed in its own place below what was written over it."""
    with patch.object(examine, "_spoilt", lambda *_: None):
        yield


@contextmanager
def strangers_count_with_ours() -> Iterator[None]:
    """Measure changes of one's own entries by all that anybody added."""
    with patch.object(examine, "is_written_here", lambda *_: False):
        yield


@contextmanager
def a_new_key_changes_nothing() -> Iterator[None]:
    """Take what bends something for an entry that is only added."""
    with patch.object(examine, "_bends", lambda *_: False):
        yield


@contextmanager
def a_commitment_is_one_entry() -> Iterator[None]:
    """Count a commitment that goes for one, whatever goes with it."""
    with patch.object(examine._Weights, "of", lambda *_: 1):
        yield


@contextmanager
def whatever_lies_in_our_files_is_ours() -> Iterator[None]:
    """Believe what somebody puts into this device's own files in its name."""
    with patch.object(memory, "suspects", lambda *_: {}):
        yield


@contextmanager
def all_of_a_changed_file_is_theirs() -> Iterator[None]:
    """Take a whole file for planted where something was slipped in between, whatever a backup vouches for."""
    with patch.object(backups, "in_newest_backup", lambda *_: []):
        yield
