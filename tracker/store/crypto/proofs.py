"""Proofs: what shows that a file was written by somebody who holds the key of its store.

A key for them is derived from the identity (HKDF, RFC 5869), one for each use, so that what proves a file can prove
nothing else. Imported only where a store is encrypted.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import NamedTuple

FILE, BEGINNING, MARKER, NAME = (
    f"toward {use} 1".encode() for use in ("file proof", "beginning proof", "store.json proof", "key name")
)
"""The labels of the keys that are derived: for a whole file, its beginnings, store.json, and the name of a key."""

STEP = 65_536
"""The beginnings that are proven of a large file end at multiples of this: where age ends a piece of its own."""

MOST_STEPS = 1_024
_MEMBER = b',"mac":"'
_WHOLE, _PART = 64, 32
_FARTHEST = 4_096


def derive(secret: bytes, label: bytes, length: int = 32, salt: bytes = b"") -> bytes:
    """Return `length` bytes (at most 8,160) derived from a secret for one use: HKDF with SHA-256."""
    pseudorandom = hmac.digest(salt or bytes(32), secret, "sha256")
    found, block = b"", b""
    for number in range(1, -(-length // 32) + 1):
        block = hmac.digest(pseudorandom, block + label + bytes((number,)), "sha256")
        found += block
    return found[:length]


class Prover:
    """What one secret proves, and how a proof is checked."""

    __slots__ = ("_beginning", "_file", "_marker", "name")

    def __init__(self, secret: str) -> None:
        self._file, self._beginning, self._marker, name = (
            derive(secret.encode("ascii"), label) for label in (FILE, BEGINNING, MARKER, NAME)
        )
        self.name = name.hex()[:32]
        """What tells this secret from others; nothing can be derived from it."""

    def prove(self, head: bytes, rest: bytes) -> bytes:
        """Return `head + rest` with the proof of both between them, and of each beginning of a large file."""
        return b"".join((head, _MEMBER, self._proofs(head, memoryview(rest)), b'"', rest))

    def checks(self, clear: Clear) -> bool:
        """Return whether bytes are, to the last one, what a holder of the secret wrote."""
        return hmac.compare_digest(self._proofs(clear.head, clear.rest), clear.proofs)

    def beginning(self, clear: Clear) -> int:
        """Return how many bytes of the beginning of a file are what a holder of the secret wrote; it may be none."""
        running = hmac.new(self._file, clear.head, sha256)
        at, proven = 0, 0
        for step, part in enumerate(clear.proofs.split(b" ")[1 : MOST_STEPS + 1], start=1):
            stop = step * STEP - clear.before
            if not at <= stop <= len(clear.rest):
                break
            running.update(clear.rest[at:stop])
            at = stop
            if hmac.compare_digest(self._part(running.digest(), step), part):
                proven = step * STEP
        return proven

    def _proofs(self, head: bytes, rest: memoryview) -> bytes:
        """Return the proof of a whole file and behind it, each after a space, those of its beginnings."""
        steps = _steps(len(head) + len(rest))
        running = hmac.new(self._file, head, sha256)
        parts, at = [b""], 0
        for step in range(1, steps + 1):
            stop = step * STEP - len(head) - _width(steps)
            running.update(rest[at:stop])
            parts.append(self._part(running.digest(), step))
            at = stop
        running.update(rest[at:])
        parts[0] = running.hexdigest().encode()
        return b" ".join(parts)

    def mark(self, said: bytes) -> str:
        """Return the proof of what a store.json says, as 64 hexadecimal digits."""
        return hmac.digest(self._marker, said, "sha256").hex()

    def marks(self, said: bytes, mac: str) -> bool:
        """Return whether a proof is that of what a store.json says."""
        return hmac.compare_digest(self.mark(said).encode(), mac.encode("utf-8", "replace"))

    def _part(self, running: bytes, step: int) -> bytes:
        # The running hash itself would pass for the proof of a file that ends there.
        return hmac.digest(self._beginning, running + step.to_bytes(4, "big"), "sha256").hex()[:_PART].encode()


class Clear(NamedTuple):
    """The bytes of a file around the member that proves them."""

    head: bytes
    proofs: bytes
    rest: memoryview

    @property
    def before(self) -> int:
        """Return how many bytes stand before `rest`."""
        return len(self.head) + len(_MEMBER) + len(self.proofs) + 1


def take_apart(raw: bytes) -> Clear | None:
    """Return the bytes around a proof, right or wrong; None where they bear none."""
    at = raw.find(_MEMBER, 0, _FARTHEST)
    begin = at + len(_MEMBER)
    stop = raw.find(b'"', begin, begin + _width(MOST_STEPS)) if at >= 0 else -1
    return Clear(raw[:at], raw[begin:stop], memoryview(raw)[stop + 1 :]) if stop >= 0 else None


def _width(steps: int) -> int:
    return len(_MEMBER) + _WHOLE + (1 + _PART) * steps + 1


def _steps(length: int) -> int:
    """Return how many beginnings are proven of a file that has so many bytes without its proof."""
    steps = min(length // STEP, MOST_STEPS)
    while steps < MOST_STEPS and length + _width(steps + 1) > (steps + 1) * STEP:
        steps += 1
    return steps
