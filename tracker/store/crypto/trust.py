"""Trust: what speaks for a file of an encrypted store, and whether it is read.

Imported only where a store is encrypted.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from tracker.domain.text.clean import LONGEST_DEVICE, excerpt
from tracker.store.crypto.proofs import Clear, take_apart
from tracker.store.crypto.vault import (
    AS_IT_IS,
    CLOSED,
    PLAIN,
    STAMP,
    STAMP_FORMAT,
    STAMP_TABLE,
    CannotOpen,
    StoreKey,
    Vault,
    as_text,
    is_encrypted_file,
    month_or_name,
)
from tracker.store.events import decode, encode, text_in
from tracker.store.files import read_plain, sum_of


class Kind(Enum):
    """What proves a file of an encrypted store."""

    PROVEN = "a proof by the newest key"
    OLDER = "a proof by a key that was replaced since"
    BEFORE = "that it was sealed for this key, as everything was before there were proofs"
    PLAIN = "nothing; it is not sealed"
    WRONG = "nothing; its proof is none"


_REFUSED = {
    Kind.OLDER: "was sealed with a key that has been replaced",
    Kind.BEFORE: "is not proven to be yours, so it is not read",
    Kind.PLAIN: "is not encrypted and this store is, so it is not read",
    Kind.WRONG: "is not proven to be yours, so it is not read",
}
_ONCE_THERE = ". It is read once this version of Toward was unlocked on {device}"
_TAKEN_BACK = ". The encryption is being taken back on {device}. If that was you, run this here too: toward decrypt"
_OURS = ". Move it away; if it is yours and something is missing: toward restore"
_WRONG = ". Let your sync bring the right one, or move it away"


@dataclass(frozen=True, slots=True)
class Trust:
    """What is read of an encrypted store beside the files that its newest key proves.

    `kinds` are read wherever they lie; `adopted` are files as they once lay here, each by its name below `devices` with
    its SHA-256. `own` is the device that this computer writes as, "" where that does not matter; `taken_back` says that
    the encryption is being taken back, and not on this computer.
    """

    kinds: frozenset[Kind] = frozenset()
    adopted: Mapping[str, str] = field(default_factory=dict)
    own: str = ""
    taken_back: bool = False

    def takes(self, kind: Kind, path: Path, raw: bytes) -> bool:
        """Return whether a file of a kind is read."""
        if kind is Kind.PROVEN or kind in self.kinds:
            return True
        known = self.adopted.get(adopted_as(path)) if kind is not Kind.WRONG else None
        return known is not None and known == sum_of(raw)

    def opened(self, vault: Vault, path: Path, raw: bytes) -> bytes:
        """Return what a file says; raise CannotOpen for one that is not trusted or lies elsewhere."""
        assert vault.key is not None
        if not is_encrypted_file(path):
            self._refuse(vault, Kind.PLAIN, path, raw)
            return raw
        clear = vault.key.open(raw)
        kind, parts = _kind(vault.key, clear)
        self._refuse(vault, kind, path, raw)
        _refuse_misplaced(vault, path, clear, parts)
        return clear if parts is None else _behind_stamp(clear, parts)

    def pieces(self, vault: Vault, path: Path, raw: bytes) -> tuple[list[bytes], bool]:
        """Return what opens of a damaged encrypted file and is trusted, and whether each copy in it opened whole."""
        assert vault.key is not None
        found = vault.key.pieces(raw)
        taken = [self._piece(vault, path, raw, clear, is_all=is_all) for clear, is_all in found if clear]
        return [each for each in taken if each], bool(taken) and all(taken) and all(is_all for _, is_all in found)

    def _piece(self, vault: Vault, path: Path, raw: bytes, clear: bytes, *, is_all: bool) -> bytes:
        """Return what is trusted of one copy in a damaged file, which may be nothing."""
        assert vault.key is not None
        kind, parts = _kind(vault.key, clear)
        if parts is not None and not is_all:
            found = ((_by(number), each.beginning(parts)) for number, each in enumerate(vault.key.provers))
            kind, proven = next((each for each in found if each[1]), (Kind.WRONG, 0))
            clear = clear[:proven]
        try:
            self._refuse(vault, kind, path, raw)
            _refuse_misplaced(vault, path, clear, parts, torn=not is_all)
        except CannotOpen:
            return b""
        return clear if parts is None else _behind_stamp(clear, parts)

    def _refuse(self, vault: Vault, kind: Kind, path: Path, raw: bytes) -> None:
        """Raise CannotOpen, with the way out, for a file of a kind that is not read."""
        if self.takes(kind, path, raw) or (kind is Kind.PLAIN and not vault.ending):
            return
        if kind is Kind.WRONG:
            way_out = _WRONG
        elif self.own and self.own == path.parent.name:
            way_out = _OURS
        else:
            ended = kind is Kind.PLAIN and self.taken_back
            way_out = (_TAKEN_BACK if ended else _ONCE_THERE).format(device=_writer(path) or "the device that wrote it")
        raise CannotOpen(_REFUSED[kind] + way_out)


STRICT = Trust()
"""Nothing beside what the newest key proves."""

ANY_OF_OURS = Trust(frozenset((Kind.OLDER, Kind.BEFORE, Kind.PLAIN)))
"""All that was read before there were proofs."""


def strict(store: str, key: StoreKey | None) -> Vault:
    """Return the vault of a store that reads nothing but what the newest key proves, a plain one without a key."""
    return Vault(store, key, STRICT) if key else PLAIN


def kind_of(key: StoreKey, path: Path, raw: bytes) -> Kind:
    """Return what proves a file, wherever it lies; raise CannotOpen where no key opens it."""
    return _kind(key, key.open(raw))[0] if is_encrypted_file(path) else Kind.PLAIN


def _kind(key: StoreKey, clear: bytes) -> tuple[Kind, Clear | None]:
    """Return what speaks for the bytes of an encrypted file, and their parts where they bear a proof."""
    parts = take_apart(clear)
    if parts is None or _stamp_in(parts) is None:
        return Kind.BEFORE, None
    for number, prover in enumerate(key.provers):
        if prover.checks(parts):
            return _by(number), parts
    return Kind.WRONG, parts


def _refuse_misplaced(vault: Vault, path: Path, clear: bytes, parts: Clear | None, *, torn: bool = False) -> None:
    """Raise CannotOpen for a file that does not belong where it lies; a copy of the same month may lie beside it.

    One of before there were proofs need not say where it belongs, unless it is a sound table or only a piece of one.
    """
    if parts is not None and parts.head == vault.head(path):
        return
    stamp = _stamp_before(clear) if parts is None else _stamp_in(parts)
    if stamp is None:
        if torn or _is_table(clear):
            raise CannotOpen("does not say which store it belongs to")
        return
    ours = vault.stamp(path)
    if stamp.get("format", STAMP_FORMAT) != STAMP_FORMAT:
        raise CannotOpen("was written by a newer version of Toward. Update Toward to read it")
    if stamp.get("store") != ours["store"]:
        raise CannotOpen("belongs to another store")
    if stamp.get("device") != ours["device"]:
        raise CannotOpen("was written in the folder of another device")
    if month_or_name(str(stamp.get("file"))) != month_or_name(path.name):
        raise CannotOpen("is another file under this name")


def is_refused(reason: str) -> bool:
    """Return whether a file was not read because nothing proves it, and not because it is damaged."""
    return reason.startswith(tuple(_REFUSED.values()))


def adopted_as(path: Path) -> str:
    """Return the name below `devices` by which a file is adopted; it need not be UTF-8 on the disk."""
    return as_text(f"{path.parent.name}/{path.name}")


def _by(number: int) -> Kind:
    return Kind.OLDER if number else Kind.PROVEN


def _behind_stamp(clear: bytes, parts: Clear) -> bytes:
    """Return what a file says: all of it, or what stands behind the stamp where that was encrypted as it is."""
    as_it_is = bytes(parts.rest[: len(AS_IT_IS)]) == AS_IT_IS
    return clear[parts.before + len(AS_IT_IS) :] if as_it_is else clear


def _stamp_in(parts: Clear) -> dict[str, Any] | None:
    """Return what stands before a proof, None where that is no stamp, letter by letter as one is written."""
    try:
        found = decode(parts.head + CLOSED)
    except ValueError:
        return None
    rows = found.get(STAMP_TABLE) if isinstance(found, dict) else None
    stamp = rows.get("1") if isinstance(rows, dict) else None
    whole = isinstance(stamp, dict) and encode({STAMP_TABLE: {"1": stamp}}) == parts.head + CLOSED
    return stamp if whole and isinstance(stamp, dict) else None


def _stamp_before(clear: bytes) -> dict[str, Any] | None:
    """Return the stamp of a file of before there were proofs, None where it has none."""
    match = STAMP.search(clear[:4_000].decode("utf-8", "replace"), 0, 2_000)
    try:
        rows = json.loads(match[1]) if match else None
    except ValueError:
        return None
    stamp = rows.get("1") if isinstance(rows, dict) else None
    return stamp if isinstance(stamp, dict) else None


def _is_table(clear: bytes) -> bool:
    try:
        return isinstance(decode(clear), dict)
    except ValueError:
        return False


def _writer(path: Path) -> str:
    """Return the name of the device whose folder a file lies in, fit to be shown, or an empty text."""
    with contextlib.suppress(OSError):
        return excerpt(text_in(read_plain(path.with_name("device.json")), "name"), LONGEST_DEVICE)
    return ""
