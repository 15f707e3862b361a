"""An encrypted store with one rule of its proofs taken away; the tests must tell each from the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tracker.services.exchange import sync
from tracker.store.crypto import trust
from tracker.store.crypto.proofs import Clear, Prover
from tracker.store.crypto.trust import ANY_OF_OURS, Kind, Trust
from tracker.store.crypto.vault import Vault
from tracker.store.encryption import adoption, conversion, unlocking
from tracker.store.identity.memory import read_known
from tracker.store.log.shard_set import ShardSet
from tracker.store.log.shards import Contents, read_shard


@contextmanager
def no_file_proof() -> Iterator[None]:
    """Take any proof for a right one."""
    with patch.object(Prover, "checks", lambda _self, _clear: True):
        yield


@contextmanager
def proofs_are_optional() -> Iterator[None]:
    """Read what was sealed for the key, whoever sealed it."""
    with _also(Kind.BEFORE):
        yield


@contextmanager
def stamp_not_bound() -> Iterator[None]:
    """Read a file wherever it lies."""
    with patch.object(trust, "_refuse_misplaced", lambda *_args, **_more: None):
        yield


@contextmanager
def plain_files_are_read() -> Iterator[None]:
    """Read plain files beside sealed ones, as before there were proofs."""
    with _also(Kind.PLAIN):
        yield


@contextmanager
def any_store_json() -> Iterator[None]:
    """Follow a store.json whoever wrote it."""
    with (
        patch.object(unlocking, "refuse_unproven", lambda *_: None),
        patch.object(unlocking, "as_of", lambda _marker, key: key),
    ):
        yield


@contextmanager
def proof_may_be_taken_off() -> Iterator[None]:
    """Take a store.json without a proof for one of before there were proofs, whatever else is known."""
    with patch.object(unlocking, "proven_anywhere", lambda *_: False), _forgetful():
        yield


@contextmanager
def _forgetful() -> Iterator[None]:
    with patch.object(unlocking, "read_known", lambda state: read_known(state)._replace(proven=False)):
        yield


@contextmanager
def older_keys_everywhere() -> Iterator[None]:
    """Read what a key has sealed that was replaced since."""
    with _also(Kind.OLDER):
        yield


@contextmanager
def older_store_json_where_new() -> Iterator[None]:
    """Follow a store.json of a replaced key on a computer that does not know the newer one."""

    class Anything(str):
        __slots__ = ()

        def __ne__(self, _other: object) -> bool:
            return False

    with patch.object(unlocking, "read_known", lambda state: read_known(state)._replace(key=Anything())):
        yield


@contextmanager
def older_keys_are_sealed_anew() -> Iterator[None]:
    """Seal anew what a replaced key proves, in the folders of all devices."""
    real = conversion.convert_tree

    def convert_tree(folder: Path, vault: Vault, tell: Any = None) -> Any:
        adopted = vault.trust.adopted if vault.trust else {}
        return real(folder, vault.trusting(Trust(frozenset((Kind.OLDER,)), adopted)), tell)

    with patch.object(conversion, "convert_tree", convert_tree):
        yield


@contextmanager
def proof_of_a_copy_may_be_taken_off() -> Iterator[None]:
    """Take a copy whose store.json bears no proof for one of before there were proofs."""
    with patch.object(unlocking, "proven_anywhere", lambda *_: False):
        yield


@contextmanager
def whatever_can_be_salvaged() -> Iterator[None]:
    """Believe all that opens of a damaged file."""

    def beginning(_self: Prover, clear: Clear) -> int:
        return clear.before + len(clear.rest)

    with patch.object(Prover, "beginning", beginning):
        yield


@contextmanager
def adopted_by_name() -> Iterator[None]:
    """Read an adopted file whatever it says by now."""
    real = Trust.takes

    def takes(self: Trust, kind: Kind, path: Path, raw: bytes) -> bool:
        return trust.adopted_as(path) in self.adopted or real(self, kind, path, raw)

    with patch.object(Trust, "takes", takes):
        yield


@contextmanager
def adopted_orders_are_given() -> Iterator[None]:
    """Obey what a plain file orders that lay there when the store was encrypted."""

    def read(self: ShardSet, name: str) -> Contents:
        return read_shard(self._devices / name, self.vault)

    with patch.object(ShardSet, "_read", read):
        yield


@contextmanager
def strangers_are_adopted() -> Iterator[None]:
    """Adopt what lies in the folder of a device that was never seen."""
    with (
        patch.object(conversion, "met", lambda *_: frozenset()),
        patch.object(adoption, "met", lambda *_: frozenset()),
    ):
        yield


@contextmanager
def adopted_again_and_again() -> Iterator[None]:
    """Adopt whatever lies there each time a store is opened."""
    real = conversion.continue_conversion

    def continue_conversion(folder: Path, state: Path, vault: Vault) -> Vault:
        assert vault.key is not None
        adoption.adopt(folder.parents[1], state, vault.key, adoption.OF_BEFORE)
        trusted = Trust(adopted=read_known(state).adopted)
        return real(folder, state, vault.trusting(trusted))

    with (
        patch.object(conversion, "is_converted", lambda *_: False),
        patch.object(conversion, "continue_conversion", continue_conversion),
    ):
        yield


@contextmanager
def sealed_when_met() -> Iterator[None]:
    """Seal a plain file that turns up in this device's folder, and so prove what nobody here wrote."""
    real = conversion.convert_tree

    def convert_tree(folder: Path, vault: Vault, tell: Any = None) -> Any:
        return real(folder, vault.trusting(ANY_OF_OURS), tell)

    with (
        patch.object(conversion, "is_converted", lambda *_: False),
        patch.object(conversion, "convert_tree", convert_tree),
    ):
        yield


@contextmanager
def backups_are_believed() -> Iterator[None]:
    """Take all that lies in a backup for written here, though it was copied byte by byte."""
    with patch.object(conversion, "trust_in_state", lambda *_: ANY_OF_OURS):
        yield


@contextmanager
def the_place_is_followed() -> Iterator[None]:
    """Exchange with a place whatever its store.json says of the encryption."""
    with patch.object(sync, "_refuse_unproven", lambda *_: None):
        yield


@contextmanager
def _also(kind: Kind) -> Iterator[None]:
    real = Trust.takes

    def takes(self: Trust, found: Kind, path: Path, raw: bytes) -> bool:
        return found is kind or real(self, found, path, raw)

    with patch.object(Trust, "takes", takes):
        yield
