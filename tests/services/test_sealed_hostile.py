"""What somebody without the key puts into the folder of an encrypted store, or of a copy of it."""

from __future__ import annotations

import base64
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyrage
import pytest

from tests.services.kit import Bench
from tests.services.test_incoming import all_of, plant
from tests.services.test_locks import lock, unlock
from tracker.services.commitments import lifecycle
from tracker.services.exchange import incoming
from tracker.services.logging import quick_log
from tracker.services.safekeeping import encryption, restore
from tracker.store.crypto import vault
from tracker.store.crypto.vault import StoreKey
from tracker.store.errors import StoreDamaged
from tracker.store.identity.identity import parse_marker

pytestmark = pytest.mark.usefixtures("quick_locks")


def _line() -> bytes:
    return base64.b64encode(os.urandom(32)).rstrip(b"=")


def _for_nobody(copies: int) -> bytes:
    """Return what looks like so many age files, one behind the other, and was sealed for no known key."""
    stanzas = b"".join(b"-> X25519 " + _line() + b"\n" + _line() + b"\n" for _ in range(vault._MOST_STANZAS))
    return (b"age-encryption.org/v1\n" + stanzas + b"--- " + _line() + b"\n" + os.urandom(80)) * copies


def _counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that gets an entry with each try to open an age file."""
    tries: list[int] = []

    def decrypt(raw: bytes, identities: list[Any]) -> bytes:
        tries.append(len(raw))
        return bytes(pyrage.decrypt(raw, identities))

    monkeypatch.setattr(vault, "_library", lambda: SimpleNamespace(**vars(pyrage) | {"decrypt": decrypt}))
    monkeypatch.setattr(vault, "keep_to_this_process", lambda: None)
    return tries


def test_what_was_sealed_for_nobody_here_costs_a_try_for_each_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = _counted(monkeypatch)
    key = StoreKey.fresh()
    for _ in range(5):
        assert not any(clear for clear, _ in key.pieces(_for_nobody(40)))
    assert len(tries) <= 5 * 16


def test_all_damaged_files_together_cost_a_limited_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = _counted(monkeypatch)
    monkeypatch.setattr(vault, "_EFFORT", 20 * vault._A_TRY)
    key = StoreKey.fresh()
    spoilt = key.encrypt(b"words")[:-1]
    for _ in range(10):
        assert not any(clear for clear, _ in key.pieces(spoilt * 10))
    assert len(tries) <= 10 + 20
    assert key.pieces(key.encrypt(b"words"))[0] == (b"words", True), "of each the first copy is opened in any case"


@pytest.mark.parametrize("text", ["\ud800", "x\udfff"])
def test_a_store_json_that_cannot_be_written_again_is_damaged(text: str) -> None:
    said = {"format": 2, "store": "0" * 32, "was": [text], "encryption": "age", "check": "eA==", "mac": "0" * 64}
    with pytest.raises(StoreDamaged, match="is damaged"):
        parse_marker(json.dumps(said).encode(), "store.json", "")


def test_while_the_encryption_is_taken_back_an_order_is_asked_about(bench: Bench) -> None:
    quick_log.reply(bench.open("two"))
    mine = bench.open()
    lifecycle.add(mine, "s4.partner-time")
    lock(bench)
    unlock(bench, "two")
    encryption.decrypt(unlock(bench))
    leaving = unlock(bench)
    assert leaving.encrypted and not leaving.store.vault.ending
    whole = dict(leaving.store.winners)
    plant(bench, all_of(leaving))
    told = unlock(bench)
    (each,) = incoming.waiting(told)
    assert each.kind == incoming.PURGES and "toward incoming" in incoming.summary(told)
    incoming.refuse(told, incoming.chosen(told, 1))
    again = unlock(bench)
    assert {key: again.store.winners[key] for key in whole} == whole


def test_a_decryption_that_waits_for_files_of_nobody_says_what_to_do(bench: Bench) -> None:
    quick_log.reply(bench.open())
    lock(bench)
    junk = bench.data / "devices" / ("e" * 32) / "2026-10.json.age"
    junk.parent.mkdir()
    junk.write_bytes(b"junk")
    said = encryption.decrypt(unlock(bench), everyone=True).lines
    assert "Move away what was left" in said[-1] and "--all-devices" not in said[-1]
    junk.unlink()
    unlock(bench)
    assert not encryption.is_encrypted(bench.data)


def test_a_copy_of_which_nothing_proves_who_wrote_it_is_said_to_be_that(bench: Bench, tmp_path: Path) -> None:
    quick_log.reply(bench.open())
    shutil.copytree(bench.data, tmp_path / "plain-copy")
    lock(bench)
    workspace = unlock(bench)
    shutil.copytree(bench.data, tmp_path / "sealed-copy")

    def said(name: str) -> str:
        shown = restore.preview(bench.data, workspace.state, bench.clock, tmp_path / name, workspace.key)
        return " ".join(shown.lines)

    assert "nothing proves who wrote this copy" in said("plain-copy")
    assert "nothing proves" not in said("sealed-copy")
