"""What a proof is worth: derived as RFC 5869 says, right for the very bytes that were written and for no others."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crypt_kit import quick_locks
from tracker.store.crypto.proofs import STEP, Prover, derive, take_apart
from tracker.store.crypto.trust import STRICT, Trust
from tracker.store.crypto.vault import StoreKey, Vault
from tracker.store.files import sum_of
from tracker.store.log.shards import open_shard

MONTH = Path("devices/one/2026-11.json.age")
EVENT = {"id": "1", "key": "note|a", "v": {"text": "words"}, "t": 1, "prev": None, "dev": "one"}
EVENT |= {"at": "2026-11-23T20:00:00+01:00"}


@pytest.fixture(autouse=True, scope="module")
def _quick() -> Iterator[None]:
    with quick_locks():
        yield


@pytest.mark.parametrize(
    ("secret", "salt", "label", "length", "expected"),
    [
        (
            "0b" * 22,
            "000102030405060708090a0b0c",
            "f0f1f2f3f4f5f6f7f8f9",
            42,
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x50)).hex(),
            bytes(range(0x60, 0xB0)).hex(),
            bytes(range(0xB0, 0x100)).hex(),
            82,
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b83"
            "67793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            "0b" * 22,
            "",
            "",
            42,
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_keys_are_derived_as_the_rfc_says(secret: str, salt: str, label: str, length: int, expected: str) -> None:
    found = derive(bytes.fromhex(secret), bytes.fromhex(label), length, bytes.fromhex(salt))
    assert found.hex() == expected


def test_each_use_has_a_key_of_its_own() -> None:
    prover = Prover("AGE-SECRET-KEY-1A")
    parts = take_apart(prover.prove(b"head", b"rest"))
    assert parts is not None and prover.mark(b"headrest") != parts.proofs.decode() != prover.name
    assert len({Prover(f"AGE-SECRET-KEY-1{each}").name for each in "ABC"}) == 3


@given(st.binary(max_size=300), st.sampled_from((0, 100, STEP - 200, STEP - 100, STEP, 3 * STEP + 7)), st.data())
def test_any_other_byte_and_nothing_is_proven(text: bytes, more: int, data: st.DataObject) -> None:
    prover = Prover("AGE-SECRET-KEY-1A")
    raw = prover.prove(b'{"sealed":{"1":{"store":"s"', b"}}," + text + bytes(more))
    whole = take_apart(raw)
    assert whole is not None and prover.checks(whole)
    at = data.draw(st.one_of(st.integers(0, min(len(raw), 4_000) - 1), st.integers(0, len(raw) - 1)))
    bit = data.draw(st.integers(1, 255))
    changed = take_apart(raw[:at] + bytes((raw[at] ^ bit,)) + raw[at + 1 :])
    assert changed is None or not prover.checks(changed)
    cut = take_apart(raw[:-1])
    assert cut is None or not prover.checks(cut)
    assert not Prover("AGE-SECRET-KEY-1B").checks(whole)


def test_the_beginnings_of_a_large_file_are_proven_and_no_beginning_passes_for_a_file() -> None:
    prover = Prover("AGE-SECRET-KEY-1A")
    raw = prover.prove(b'{"sealed":{"1":{"store":"s"', bytes(3 * STEP + 1_000))
    for length in (STEP, STEP + 1, 2 * STEP, 3 * STEP, len(raw) - 1):
        parts = take_apart(raw[:length])
        assert parts is not None and not prover.checks(parts)
        assert prover.beginning(parts) == length // STEP * STEP
    forged = take_apart(raw[: STEP + 500] + b"#" + raw[STEP + 501 :])
    assert forged is not None and prover.beginning(forged) == STEP
    parts = take_apart(raw[: 2 * STEP])
    assert parts is not None
    for part in parts.proofs.split(b" ")[1:]:
        as_whole = parts._replace(proofs=part + part)
        assert not prover.checks(as_whole)


@given(st.data())
def test_no_event_is_taken_from_a_file_of_which_a_byte_was_changed(data: st.DataObject) -> None:
    with quick_locks():
        key = StoreKey.read("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX")
        vault = Vault("store", key, STRICT)
        clear = key.open(vault.encrypt(MONTH, {"events": {"1": EVENT}}))
        assert len(open_shard(MONTH, key.encrypt(clear), vault).events) == 1
        at, bit = data.draw(st.integers(0, len(clear) - 1)), data.draw(st.integers(1, 255))
        found = open_shard(MONTH, key.encrypt(clear[:at] + bytes((clear[at] ^ bit,)) + clear[at + 1 :]), vault)
        assert found.events == () and found.trouble


def test_what_was_adopted_is_read_as_it_lay_there_and_not_otherwise() -> None:
    key = StoreKey.fresh()
    plain = Path("devices/two/2026-11.json")
    raw = b'{"events":{"1":' + b'{"id":"1","key":"k","v":null,"t":1,"prev":null,"dev":"two",'
    raw += b'"at":"2026-11-23T20:00:00+01:00"}}}'
    vault = Vault("store", key, Trust(adopted={"two/2026-11.json": sum_of(raw)}))
    assert len(open_shard(plain, raw, vault).events) == 1
    for path, other in ((plain, raw + b" "), (plain.with_name("2026-10.json"), raw)):
        assert open_shard(path, other, vault).events == ()
    whole = Vault("store", key, STRICT).encrypt(MONTH, {"events": {"1": EVENT}})
    changed = key.encrypt(key.open(whole).replace(b"words", b"sword"))
    adopted = Vault("store", key, Trust(adopted={"one/2026-11.json.age": sum_of(changed)}))
    assert open_shard(MONTH, changed, adopted).events == (), "a false proof is never adopted"


def test_the_lines_in_the_docs_check_a_file_by_hand(tmp_path: Path) -> None:
    docs = Path(__file__).parents[2] / "docs" / "encryption.md"
    (lines,) = re.findall(r"```python\n(.*?)```", docs.read_text("utf-8"), re.DOTALL)
    key = StoreKey.fresh()
    sealed = Vault("a store", key, STRICT).encrypt(
        MONTH, {"events": {str(n): {**EVENT, "v": {"text": "w" * 500}} for n in range(300)}}
    )
    clear = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(key.recovery)])
    (tmp_path / "recovery-key.txt").write_text(f"# written down on paper\n{key.recovery.lower()}\n")
    for raw, said in ((clear, "is proven"), (clear.replace(b"www", b"wvw", 1), "is NOT proven")):
        (tmp_path / "2026-11.json").write_bytes(raw)
        argv = [sys.executable, "-I", "-S", "-c", lines]
        done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.strip().endswith(said) and '"store":"a store"' in done.stdout
