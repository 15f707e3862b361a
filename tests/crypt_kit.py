"""Encryption without the second that a passphrase costs: age as it is, but for what stretches the passphrase."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pyrage
import pytest

from tracker.store.crypto import passphrase, vault
from tracker.store.crypto.vault import StoreKey
from tracker.store.encryption import identity_file, unlocking
from tracker.store.identity.identity import read_marker

PASSPHRASE = "four words are plenty"


HEAD = b"age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 1\nbody\n--- mac\n"
"""What a key file under a passphrase begins with; behind it lies an age file that opens quickly."""


def at_once(work: Callable[[], bytes], _needs: str) -> bytes:
    """Return what some work gives, without a process of its own."""
    return work()


class Quick:
    """Stands in for age's passphrases: each is an identity of its own, so that a wrong one opens nothing."""

    def __init__(self) -> None:
        self._known: dict[str, pyrage.x25519.Identity] = {}

    def _identity(self, passphrase: str) -> pyrage.x25519.Identity:
        return self._known.setdefault(passphrase, pyrage.x25519.Identity.generate())

    def encrypt(self, raw: bytes, passphrase: str) -> bytes:
        """Seal bytes with a passphrase."""
        sealed: bytes = pyrage.encrypt(raw, [self._identity(passphrase).to_public()])
        return HEAD + sealed

    def decrypt(self, raw: bytes, passphrase: str) -> bytes:
        """Open bytes with a passphrase; raise DecryptError for a wrong one."""
        opened: bytes = pyrage.decrypt(raw.removeprefix(HEAD), [self._identity(passphrase)])
        return opened


QUICK = SimpleNamespace(**vars(pyrage) | {"passphrase": Quick()})


@contextmanager
def quick_locks() -> Iterator[None]:
    """Make keys and unlock within a millisecond, and leave this process as open as it was."""
    with (
        patch.object(vault, "_library", lambda: QUICK),
        patch.object(vault, "keep_to_this_process"),
        patch.object(passphrase, "apart", at_once),
    ):
        yield


@pytest.fixture(name="quick_locks")
def _quick_locks() -> Iterator[None]:
    """Make keys and unlock within a millisecond for the length of a test."""
    with quick_locks():
        yield


def unlocked(data: Path) -> StoreKey | None:
    """Return the key of a data folder by its passphrase, None where it is not encrypted."""
    return identity_file.unlock(data, PASSPHRASE) if unlocking.is_encrypted(data) else None


def said_anew(data: Path, key: StoreKey, **changes: object) -> None:
    """Let store.json say something else, as whoever holds the key could."""
    path = data / "store.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}))
    marker = unlocking.with_proof(read_marker(data), key)
    path.write_text(json.dumps({**json.loads(path.read_bytes()), "mac": marker.mac}))


def holding(folder: Path, *words: str) -> list[str]:
    """Return the files below a folder that hold one of the words."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
    return [str(path) for path in found if any(word.encode() in path.read_bytes() for word in words)]
