"""What may be a passphrase, how it is tried, and what a key file may ask of this computer."""

from __future__ import annotations

import errno
import faulthandler
import os
import subprocess
import sys
from pathlib import Path
from unicodedata import normalize

import pytest

from tests.crypt_kit import HEAD, QUICK, quick_locks
from tracker.ledger.errors import BadInput, Locked
from tracker.services.safekeeping import encryption
from tracker.store.crypto import vault
from tracker.store.crypto.passphrase import WrongPassphrase, apart, as_tried, looks_like_secret, trouble, work_factor
from tracker.store.crypto.vault import StoreKey, unwrap
from tracker.store.errors import StoreDamaged, StoreLocked, TooLittleMemory, WriteFailed

BEGINNING, STANZA = b"age-encryption.org/v1\n", b"-> scrypt 4UcvDANXecNcp3dcldlStw 19\n"
BODY = b"vly/VaJlCdZIB6QaOWgpXHKagOOAQwKn1+vZ4MJ+pBM\n"
END = b"--- lPbPxddQ6yTvMtiPjFFiB8jEDtmB/6dlySkbIfGDCPo\n" + bytes(64)
COMPOSED, APART = normalize("NFC", "vier wörter für ärger"), normalize("NFD", "vier wörter für ärger")


def key_file(stanza: bytes = STANZA) -> bytes:
    return BEGINNING + stanza + BODY + END


@pytest.mark.parametrize("factor", [1, 18, 19, 20])
def test_a_work_factor_up_to_twenty_is_taken(factor: int) -> None:
    assert work_factor(key_file(STANZA.replace(b"19", b"%d" % factor)), "identity.age") == factor


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (key_file(STANZA.replace(b"19", b"21")), "a work factor of 21, and Toward takes at most 20"),
        (key_file(STANZA.replace(b"19", b"40")), "a work factor of 40"),
        (key_file(STANZA.replace(b"19", b"9999999999")), "a work factor of 9999999999"),
        (key_file(STANZA.replace(b"19", b"9" * 50)), "damaged"),
        (key_file(STANZA.replace(b"19", b"019")), "damaged"),
        (key_file(STANZA.replace(b"19", b"0")), "damaged"),
        (key_file(STANZA.replace(b"19", b"-1")), "damaged"),
        (key_file(STANZA.replace(b" 19", b"")), "damaged"),
        (key_file(STANZA.replace(b"19", b"19 19")), "damaged"),
        (key_file(STANZA.replace(b"19", b"\xd9\xa1\xd9\xa9")), "damaged"),
        (key_file(STANZA + BODY + STANZA), "one passphrase alone"),
        (key_file(STANZA + BODY + STANZA.replace(b"19", b"40")), "one passphrase alone"),
        (key_file(b"-> X25519 4UcvDANXecNcp3dcldlStw\n"), "one passphrase alone"),
        (key_file(b"-> tpm 19 19\n"), "one passphrase alone"),
        (key_file(b""), "one passphrase alone"),
        (BEGINNING + STANZA * 500, "one passphrase alone"),
        (BEGINNING, "one passphrase alone"),
        (b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n", "armored"),
        (b"", "damaged"),
        (b"\0" * 300, "damaged"),
    ],
)
def test_what_a_key_file_asks_for_is_looked_at_before_any_work(raw: bytes, said: str) -> None:
    with pytest.raises(StoreDamaged) as caught:
        unwrap(raw, "four words are plenty")
    message = caught.value.message
    assert message.startswith("identity.age ") and said in message and "recovery key" in message
    assert "passphrase does not open" not in message and len(message) < 400


@pytest.mark.parametrize(
    "text",
    [
        "AGE-SECRET-KEY-1QQQQ", "age-secret-key-1 four words", "  Age-Secret-Key-1", "“AGE-SECRET-KEY-1…”",
        "AGE-PLUGIN-YUBI",
        "age secret key one two", "A G E - S E C R E T - K E Y - 1", "\u00a0AGE-SECRET-KEY-PQ-1abc",
        "ＡＧＥ-SECRET-KEY-1abc",
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_key_is_no_passphrase(text: str) -> None:
    assert looks_like_secret(text)
    with pytest.raises(BadInput, match="recovery key"):
        encryption.check_passphrase(text, text)
    with quick_locks(), pytest.raises(WriteFailed, match="recovery key"):
        StoreKey.fresh().wrap(text)


@pytest.mark.parametrize("text", ["with\0nul in it", "two\nlines of it", "tab\there and there", "esc\x1b[2Jape it",
                                  "lone \udce9 surrogate", "\ufefffrom a notepad", "line\u2028separator"])  # fmt: skip
def test_what_nobody_can_type_again_is_no_passphrase(text: str) -> None:
    with pytest.raises(BadInput, match="control character"):
        encryption.check_passphrase(text, text)


def test_letters_of_every_script_and_signs_joined_of_several_are_a_passphrase() -> None:
    for text in (
        "пароль из слов",
        "四つの言葉で十分です",
        "क्‍ष और बहुत",
        "👩‍👩‍👧 and a cat",
        COMPOSED,
        APART,
        "x" * 1000,
    ):
        assert trouble(text) == ""
    assert "at most" in trouble("x" * 1001) and "at least" in trouble(normalize("NFD", "ääää"))
    encryption.check_passphrase(COMPOSED, APART)


@pytest.mark.parametrize("at_setting", [COMPOSED, APART])
def test_a_passphrase_opens_from_every_keyboard(at_setting: str) -> None:
    with quick_locks():
        key = StoreKey.fresh()
        wrapped = key.wrap(at_setting)
        for typed in (COMPOSED, APART):
            assert unwrap(wrapped, typed).secrets == key.secrets
        # Kept by an older version, as it was typed.
        older = QUICK.passphrase.encrypt(key.recovery.encode(), at_setting)
        for typed in (COMPOSED, APART):
            assert unwrap(older, typed).secrets == key.secrets
        with pytest.raises(StoreLocked):
            unwrap(older, COMPOSED.upper())
        with pytest.raises(StoreLocked):
            unwrap(older, "no text \udce9")
    assert as_tried("plain letters") == ("plain letters",)


def test_a_store_whose_passphrase_looks_like_a_key_opens_again(tmp_path: Path) -> None:
    with quick_locks():
        key = StoreKey.fresh()
        (tmp_path / "identity.age").write_bytes(
            QUICK.passphrase.encrypt(key.recovery.encode(), "AGE-SECRET-KEY-1 four")
        )
        assert encryption.unlock(tmp_path, "AGE-SECRET-KEY-1 four").secrets == key.secrets
        assert encryption.unlock(tmp_path, f" {key.recovery.lower()} ").secrets == key.secrets
        with pytest.raises(Locked, match="not a key of Toward"):
            encryption.unlock(tmp_path, "AGE-SECRET-KEY-1 five")


@pytest.mark.parametrize("text", [b"\xff\xfe not text", b"", b"# words", b"AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQ"])
def test_a_key_file_that_holds_no_key_is_named(text: bytes) -> None:
    with quick_locks(), pytest.raises(StoreDamaged, match=r"identity\.age opens, and holds no key"):
        unwrap(QUICK.passphrase.encrypt(text, "four words are plenty"), "four words are plenty")


def wrong() -> bytes:
    raise WrongPassphrase


def out_of_memory() -> bytes:
    raise MemoryError


class Panic(BaseException):
    """What a library in Rust raises where it gives up."""


def panic() -> bytes:
    raise Panic


def died() -> bytes:
    faulthandler.disable()
    os.abort()


def test_a_child_answers_or_its_end_is_told_in_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    assert apart(lambda: b"opened", "512 MB") == b"opened"
    assert len(apart(lambda: bytes(3_000_000), "512 MB")) == 3_000_000
    with pytest.raises(WrongPassphrase):
        apart(wrong, "512 MB")
    for broken in (out_of_memory, panic, died, lambda: bytes((os.write(2, b"thread panicked") and os._exit(3)) or 0)):
        with pytest.raises(TooLittleMemory, match="takes 512 MB of memory for a moment"):
            apart(broken, "512 MB")
    assert capfd.readouterr() == ("", "")
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


SHORT_OF_MEMORY = """
import resource, sys
from tracker.store.errors import TooLittleMemory
from tracker.store.crypto.vault import unwrap
resource.setrlimit(resource.RLIMIT_AS, (350_000_000, 350_000_000))
try:
    unwrap(sys.stdin.buffer.read(), "four words")
except TooLittleMemory as error:
    print(error.message)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a limit of memory that holds")
def test_too_little_memory_is_a_sentence_and_no_abort() -> None:
    done = subprocess.run([sys.executable, "-c", SHORT_OF_MEMORY], input=key_file(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"A passphrase takes 512 MB of memory for a moment")


def test_a_new_passphrase_says_what_memory_it_really_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room() -> int:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    monkeypatch.setattr(os, "fork", no_room)
    with pytest.raises(TooLittleMemory, match="takes about half a gigabyte of memory for a moment"):
        StoreKey.fresh().wrap("four words")


def test_the_kit_writes_key_files_as_they_are() -> None:
    assert work_factor(HEAD, "identity.age") == 1 and vault.IDENTITY == "identity.age"
