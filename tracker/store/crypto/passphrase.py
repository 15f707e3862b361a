"""Passphrases, and the file that one encrypts: what may be one, how it is tried, and how far it is stretched."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from unicodedata import category, normalize

from tracker.store.errors import StoreDamaged, TooLittleMemory

SHORTEST, LONGEST = 8, 1_000
"""The fewest and the most characters of a new passphrase; a terminal cuts a line of more than 4,094 bytes."""
MOST_WORK = 20
"""The most that a key file may ask for: scrypt with 2^20 steps takes some seconds and one gigabyte."""
USUAL_MEMORY = "about half a gigabyte"
"""What a new passphrase takes: age measures how fast a computer is and works for a second, with 2^18 or 2^19 steps."""

_HEADER = b"age-encryption.org/v1\n"
_ARMOR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_LONGEST_HEAD = 4_096
_STANZA = re.compile(rb"-> scrypt [A-Za-z0-9+/]{22} ([1-9][0-9]{0,9})")
_KEYS = ("AGESECRETKEY", "AGEPLUGIN")
_UNSEEN = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
_WAY = "Put it back from a backup or another device. Your recovery key opens the store all the same."
_OPENED, _WRONG, _SPOILT = b"+", b"-", b"!"


class WrongPassphrase(ValueError):
    """A passphrase that does not open what it was tried on."""


class SpoiltFile(ValueError):
    """What no passphrase opens, whichever was tried."""


def looks_like_secret(text: str) -> bool:
    """Return whether a text begins like a secret key of age, in any case and however it is spaced or quoted."""
    return re.sub(r"[^A-Z0-9]", "", normalize("NFKC", text).upper()).startswith(_KEYS)


def as_set(typed: str) -> str:
    """Return a passphrase as it is set: composed (NFC), so that every keyboard types the same."""
    return normalize("NFC", typed)


def as_tried(typed: str) -> tuple[str, ...]:
    """Return what is tried for a typed passphrase: composed, as it was typed, and apart, as older versions kept it.

    One that no text file can hold gives nothing.
    """
    try:
        typed.encode()
    except UnicodeError:
        return ()
    return tuple(dict.fromkeys((as_set(typed), typed, normalize("NFD", typed))))


def trouble(new: str) -> str:
    """Return why a text cannot be a new passphrase, in one sentence, or an empty text."""
    if looks_like_secret(new):
        return (
            "A passphrase that begins like a secret key (AGE-SECRET-KEY- or AGE-PLUGIN-) would be taken for a recovery "
            "key. Choose other words."
        )
    if any(category(each) in _UNSEEN or each == "\ufeff" for each in new):
        return (
            "A passphrase is one line of letters, digits, signs and spaces; this one holds a control character, which "
            "nobody can type again for certain."
        )
    if len(as_set(new)) < SHORTEST or not new.strip():
        return f"A passphrase has at least {SHORTEST} characters; four or five unrelated words are good."
    if len(as_set(new)) > LONGEST:
        return f"A passphrase has at most {LONGEST:,} characters; four or five unrelated words are good."
    return ""


def work_factor(raw: bytes, name: str) -> int:
    """Return the scrypt work factor (1 to 20) that the key file `name` asks for. Raises StoreDamaged.

    Nothing is stretched for it: what asks for more, or is not encrypted by one passphrase alone, is refused.
    """
    if raw.startswith(_ARMOR):
        raise StoreDamaged(f"{name} is an age file in the form of text (armored), which Toward does not write. {_WAY}")
    if not raw.startswith(_HEADER):
        raise StoreDamaged(f"{name} is damaged: it does not begin as an age file does. {_WAY}")
    head, found, _ = raw[len(_HEADER) : _LONGEST_HEAD].partition(b"\n--- ")
    stanzas = [line for line in head.split(b"\n") if line.startswith(b"->")]
    if not found or len(stanzas) != 1 or not stanzas[0].startswith(b"-> scrypt "):
        raise StoreDamaged(
            f"{name} is not sealed by one passphrase alone, so it was not written by Toward or was changed. {_WAY}"
        )
    factor = _STANZA.fullmatch(stanzas[0])
    if not factor:
        raise StoreDamaged(f"{name} is damaged: it does not say how to stretch the passphrase. {_WAY}")
    if int(factor[1]) > MOST_WORK:
        raise StoreDamaged(
            f"{name} asks for a work factor of {int(factor[1])}, and Toward takes at most {MOST_WORK}: it was not "
            f"written by Toward or was changed. No passphrase was tried on it. {_WAY}"
        )
    return int(factor[1])


def say_memory(factor: int) -> str:
    """Return how much memory a work factor takes, in words: `512 MB`."""
    megabytes = 2**factor // 1024
    return f"{megabytes} MB" if megabytes < 1024 else f"{megabytes // 1024} GB"


def apart(work: Callable[[], bytes], needs: str) -> bytes:
    """Return what `work` gives, done in a child process where there are any: short of memory, age ends its process.

    `needs` is the memory that it takes, in words. Raises WrongPassphrase, SpoiltFile, or TooLittleMemory.
    """
    answer = _by_child(work) if hasattr(os, "fork") else _guarded(work)
    if answer.startswith(_OPENED):
        return answer[1:]
    if answer.startswith(_WRONG):
        raise WrongPassphrase
    if answer.startswith(_SPOILT):
        raise SpoiltFile
    raise TooLittleMemory(
        f"A passphrase takes {needs} of memory for a moment, and that much is not free here. Close other programs or "
        "allow this one more (ulimit -v), and try again. Nothing was changed."
    )


def _guarded(work: Callable[[], bytes]) -> bytes:
    """Return the mark and the outcome of some work, nothing where it broke off."""
    try:
        return _OPENED + work()
    except WrongPassphrase:
        return _WRONG
    except SpoiltFile:
        return _SPOILT
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # a panic of the library is no Exception
        return b""


def _by_child(work: Callable[[], bytes]) -> bytes:
    """Return what a child process answers, nothing where it did not live to answer."""
    reading, writing = os.pipe()
    # A signal is for this process: the child would pass it on to whoever it shares its handlers' descriptors with.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        child = os.fork()
        if not child:
            _answer(work, writing)
    except OSError:
        os.close(reading)
        return b""
    finally:
        os.close(writing)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    try:
        with os.fdopen(reading, "rb") as answer:
            return answer.read()
    except BaseException:
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
        raise
    finally:
        with contextlib.suppress(OSError):
            os.waitpid(child, 0)


def _answer(work: Callable[[], bytes], writing: int) -> None:
    """Do the work in a child, write its outcome and end; say nothing, and go first where the system runs out."""
    try:
        quiet = os.open(os.devnull, os.O_RDWR)
        for each in (0, 1, 2):
            os.dup2(quiet, each)
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        left = memoryview(_guarded(work))
        while left:
            left = left[os.write(writing, left) :]
    finally:
        os._exit(0)
