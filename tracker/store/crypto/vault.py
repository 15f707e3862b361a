"""The vault: what encrypts and opens the bytes of one file of a store, by age files that stock `age` opens too.

Every file is encrypted to one X25519 identity, which lies in the data folder under a passphrase. To encrypt one takes
only its public half, so each bears a proof that its writer held the identity itself; without one it is not read.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, Protocol

from tracker.store.errors import StoreDamaged, StoreLocked, WriteFailed
from tracker.store.events import encode

AGE = ".age"
IDENTITY = "identity.age"
STAMP_TABLE = "sealed"
"""The table inside an encrypted file that says which store, device and file it is of, and proves who wrote it."""

STAMP_FORMAT = 2
"""The format of an encrypted file; its proof covers it."""

CLOSED = b"}}}"
STAMP = re.compile(r'"sealed"\s*+:\s*+(\{\s*+"1"\s*+:\s*+\{[^{}]*+\}\s*+\})')
"""The stamp of an encrypted file as it stands in its text."""

AS_IT_IS = CLOSED + b"\n"
"""What stands behind the stamp, and before bytes that are no sound table and were encrypted letter by letter."""

_SECRET = re.compile(r"AGE-SECRET-KEY-1[A-Z0-9]{20,}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_HEADER = b"age-encryption.org/v1\n"
_LONGEST_HEAD, _MOST_STANZAS = 4_096, 4
"""The bytes and stanzas of an age file's head at most; those written here have two stanzas in some 300 bytes."""
_MOST_COPIES, _MOST_BEHIND = 16, 64
"""So many copies in one damaged file are looked at, and so many bytes behind the end of each."""
_EFFORT, _EFFORT_OF_ONE, _A_TRY = 128_000_000, 32_000_000, 40_000
"""What that may cost of all damaged files that one unlocked key meets, some two seconds, what for one copy, and what
each try costs beside its bytes.
"""
_WHATEVER_FOLLOWS = ("No matching keys", "Header MAC")
"""What age says of a head that opens nothing, however much or little stands behind it."""
WAY_OUT = (
    "Your recovery key opens the store all the same (toward passphrase --recover). "
    "A copy that a backup has is put back by: toward doctor --repair"
)
"""What can be done where the identity file is lost."""
INSTALL = "pip install pyrage (or: pipx inject toward pyrage)"


_SPOILT = ("header", "decryption error", "truncated", "fill whole buffer", "age format")
"""What age says, among other words, of a file that is no passphrase's fault."""


NO_KEY, ANOTHER = "is encrypted", "was sealed with another key"
UNOPENED = (NO_KEY, ANOTHER)
"""What is said of encrypted files that are sound as far as anybody here can tell."""


class CannotOpen(ValueError):
    """A file that the key does not open; the message is the reason, fit to stand behind the file's name."""


class StoreKey:
    """An unlocked identity, with those that it replaced: the first encrypts, any of them opens.

    A process that holds one is closed to others.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        from tracker.store.crypto.proofs import Prover

        pyrage = _library()
        keep_to_this_process()
        self.secrets = tuple(secrets)
        try:
            self._identities = [pyrage.x25519.Identity.from_str(secret) for secret in self.secrets]
            self._recipient = self._identities[0].to_public()
        except (pyrage.IdentityError, IndexError):
            raise StoreLocked("This is not a key of Toward. A recovery key begins with AGE-SECRET-KEY-1.") from None
        self.provers = tuple(map(Prover, self.secrets))
        self._effort = _EFFORT
        self.opened = ""
        """The SHA-256 of the identity file that a passphrase opened it from, an empty text for a recovery key."""

    def __repr__(self) -> str:
        return "Key(…)"

    @classmethod
    def fresh(cls, before: Iterable[str] = ()) -> StoreKey:
        """Return a new key that also opens what the keys `before` encrypted."""
        return cls((str(_library().x25519.Identity.generate()), *before))

    @classmethod
    def read(cls, text: str) -> StoreKey:
        """Return the key that a recovery key or the text of an identity file spells; raise StoreLocked."""
        return cls(_SECRET.findall(re.sub(r"[^\S\n]+", "", text.upper())))

    @classmethod
    def kept(cls, raw: bytes) -> StoreKey:
        """Return the key that the text of an identity file holds; raise StoreDamaged where that is none."""
        try:
            return cls.read(raw.decode())
        except (UnicodeError, StoreLocked):
            raise StoreDamaged(
                f"{IDENTITY} opens, and holds no key: it was changed, or damaged before it was sealed. "
                "Put it back from a backup or another device, or use your recovery key."
            ) from None

    @property
    def names(self) -> tuple[str, ...]:
        """The ids of this key and of those that it replaced, the newest first; they are not secret."""
        return tuple(each.name for each in self.provers)

    @property
    def recovery(self) -> str:
        """The identity as text, which opens everything without the passphrase, with stock `age` too."""
        return self.secrets[0]

    def encrypt(self, raw: bytes) -> bytes:
        """Return the bytes as an age file."""
        encrypted: bytes = _library().encrypt(raw, [self._recipient])
        return encrypted

    @property
    def name(self) -> str:
        """The id of the newest secret, 32 hexadecimal digits; it is not secret."""
        return self.provers[0].name

    def open(self, raw: bytes) -> bytes:
        """Return what an age file holds; raise CannotOpen."""
        pyrage = _library()
        if not raw.startswith(_HEADER):
            raise CannotOpen("is not an age file")
        if _is_flooded(raw):
            raise CannotOpen("is damaged, or was changed without the key")
        for identity in self._identities:
            try:
                opened: bytes = pyrage.decrypt(raw, [identity])
                return opened
            except pyrage.DecryptError as error:
                if "No matching keys" not in str(error):
                    raise CannotOpen("is damaged, or was changed without the key") from None
        raise CannotOpen(ANOTHER)

    def pieces(self, raw: bytes) -> list[tuple[bytes, bool]]:
        """Return what opens of a damaged age file: of each copy in it the beginning, and whether that is all of it.

        Whoever can write in the folder can make many such files: of each the first copy is opened as far as it goes,
        and all that may be tried beside that is limited for all of them together.
        """
        starts = [match.start() for match in islice(re.finditer(re.escape(_HEADER), raw), _MOST_COPIES)]
        copies = [raw[at:end] for at, end in pairwise([*starts, len(raw)])]
        return [self._beginning(copy) for number, copy in enumerate(copies) if not number or self._may_try(copy)]

    def _beginning(self, raw: bytes) -> tuple[bytes, bool]:
        """Return how much of an age file opens from its beginning on, and whether it is all of it."""
        pyrage = _library()
        if _is_flooded(raw):
            return b"", False
        # What somebody wrote behind its end spoils its last piece, so a few bytes less are tried as well.
        end = len(raw.rstrip(b"\0 \t\r\n"))
        behind = min(_MOST_BEHIND, _EFFORT_OF_ONE // (_A_TRY + len(raw)))
        for stop in {len(raw): 1, **dict.fromkeys(range(min(len(raw), end + 4), max(0, end - behind), -1))}:
            if stop < len(raw) and not self._may_try(raw):
                break
            try:
                return pyrage.decrypt(raw[:stop], self._identities), True
            except pyrage.DecryptError as error:
                if any(words in str(error) for words in _WHATEVER_FOLLOWS):
                    return b"", False
        into = io.BytesIO()
        with contextlib.suppress(pyrage.DecryptError, OSError):
            pyrage.decrypt_io(io.BytesIO(raw), into, self._identities)
        return into.getvalue(), False

    def _may_try(self, raw: bytes) -> bool:
        """Return whether there is effort left for one more try of a damaged file, and take it."""
        self._effort -= _A_TRY + len(raw)
        return self._effort >= 0

    def wrap(self, passphrase: str) -> bytes:
        """Return the identity file under a passphrase, after opening it again; takes seconds.

        Raise WriteFailed, also for what cannot be a passphrase, or TooLittleMemory.
        """
        from tracker.store.crypto.passphrase import USUAL_MEMORY, apart, as_set, trouble

        if wrong := trouble(passphrase):
            raise WriteFailed(f"Nothing was changed. {wrong}")
        text = "\n".join(("# The key of a Toward store; the first line is the newest.", *self.secrets, "")).encode()
        library, new = _library().passphrase, as_set(passphrase)
        wrapped = apart(lambda: bytes(library.encrypt(text, new)), USUAL_MEMORY)
        try:
            same = unwrap(wrapped, new).secrets == self.secrets
        except (StoreLocked, StoreDamaged):
            same = False
        if not same:
            raise WriteFailed("Nothing was changed: the new key did not open again. Please report this.")
        return wrapped


def unwrap(raw: bytes, passphrase: str) -> StoreKey:
    """Return the key that a passphrase opens; takes about a second.

    Raise StoreLocked, StoreDamaged for a file that is not as Toward writes it, or TooLittleMemory.
    """
    from tracker.store.crypto.passphrase import SpoiltFile, WrongPassphrase, apart, as_tried, say_memory, work_factor

    library = _library()
    needs = say_memory(work_factor(raw, IDENTITY))
    try:
        for form in as_tried(passphrase):
            with contextlib.suppress(WrongPassphrase):
                return StoreKey.kept(apart(partial(_opened, library, raw, form), needs))
    except SpoiltFile:
        raise StoreDamaged(f"{IDENTITY} is damaged, whatever the passphrase. {WAY_OUT}") from None
    raise StoreLocked("That passphrase does not open it. Nothing was changed.")


def _opened(library: Any, raw: bytes, passphrase: str) -> bytes:
    """Return what an age file under a passphrase holds; raise WrongPassphrase, or SpoiltFile where age knows better."""
    from tracker.store.crypto.passphrase import SpoiltFile, WrongPassphrase

    keep_to_this_process()
    try:
        return bytes(library.passphrase.decrypt(raw, passphrase))
    except library.DecryptError as error:
        if any(word in str(error).lower() for word in _SPOILT):
            raise SpoiltFile from None
        raise WrongPassphrase from None


class Reading(Protocol):
    """How the files of an encrypted store are read: which of them are trusted, and what they say."""

    @property
    def adopted(self) -> Mapping[str, str]:
        """The SHA-256 of each file that is read although nothing proves it, by its name below `devices`."""
        ...

    def opened(self, vault: Vault, path: Path, raw: bytes) -> bytes:
        """Return what a file says. Raise CannotOpen for one that is not trusted or lies elsewhere."""
        ...

    def pieces(self, vault: Vault, path: Path, raw: bytes) -> tuple[list[bytes], bool]:
        """Return what opens of a damaged file and is trusted, and whether each copy in it opened whole."""
        ...


class Vault:
    """What the files of one store go through: encrypted and proven if the store is encrypted, as they are otherwise."""

    def __init__(
        self, store: str = "", key: StoreKey | None = None, trust: Reading | None = None, *, encrypts: bool = True
    ) -> None:
        assert (key is None) == (trust is None), "with a key it is said what is read beside what that proves"
        self.store, self.key, self.trust = store, key, trust
        self.ending = AGE if key and encrypts else ""

    def trusting(self, trust: Reading) -> Vault:
        """Return a vault that reads something else beside the files that the newest key proves."""
        return Vault(self.store, self.key, trust, encrypts=bool(self.ending))

    def encrypt(self, path: Path, tables: Mapping[str, Any], *, proven: bool = True) -> bytes:
        """Return the bytes that the file `path` is to hold, with a proof or as before there were any.

        Raise ValueError for what is not JSON.
        """
        clear = {name: table for name, table in tables.items() if name != STAMP_TABLE}
        if not is_encrypted_file(path):
            return encode(clear)
        if not proven:
            assert self.key is not None
            return self.key.encrypt(encode({STAMP_TABLE: {"1": self.stamp(path)}, **clear}))
        head = self.head(path)
        return self._encrypted(head, encode({STAMP_TABLE: {"1": self.stamp(path)}, **clear})[len(head) :])

    def encrypt_as_it_is(self, path: Path, raw: bytes) -> bytes:
        """Return bytes that are no sound table as the file `path` is to hold them, to be had back letter by letter."""
        return self._encrypted(self.head(path), AS_IT_IS + raw)

    def _encrypted(self, head: bytes, rest: bytes) -> bytes:
        assert self.key is not None
        return self.key.encrypt(self.key.provers[0].prove(head, rest))

    def open(self, path: Path, raw: bytes) -> bytes:
        """Return what a file says, encrypted or not; raise CannotOpen for one that is not trusted or lies elsewhere."""
        if self.trust is not None:
            return self.trust.opened(self, path, raw) if raw else raw
        if is_encrypted_file(path) and raw:
            raise CannotOpen(NO_KEY)
        return raw

    def pieces(self, path: Path, raw: bytes) -> tuple[list[bytes], bool]:
        """Return what opens of a damaged encrypted file and is trusted, and whether each copy in it opened whole."""
        return self.trust.pieces(self, path, raw) if self.trust is not None and is_encrypted_file(path) else ([], False)

    def head(self, path: Path) -> bytes:
        """Return how the text of an encrypted file begins, up to its proof."""
        return encode({STAMP_TABLE: {"1": self.stamp(path)}})[: -len(CLOSED)]

    def stamp(self, path: Path) -> dict[str, Any]:
        place = {"store": self.store, "device": as_text(path.parent.name), "file": as_text(path.name)}
        return {**place, "format": STAMP_FORMAT}


PLAIN = Vault()
"""The vault of a store that is not encrypted."""


def as_text(name: str) -> str:
    """Return the name of a file as text that can be written down; on the disk it need not be UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


def is_encrypted_file(path: Path) -> bool:
    """Return whether a file is encrypted, by its name."""
    return path.name.endswith(AGE)


def twin(name: str) -> str:
    """Return the name that a shard has once it is encrypted, or once it is no more."""
    return name.removesuffix(AGE) if name.endswith(AGE) else name + AGE


def _is_flooded(raw: bytes) -> bool:
    """Return whether an age file has more of a head than is written here; each stanza of it takes long to try."""
    head, ended, _ = raw[:_LONGEST_HEAD].partition(b"\n--- ")
    return not ended or head.count(b"\n-> ") > _MOST_STANZAS


def keep_to_this_process() -> None:
    """Let no other program of this user look into this process, and write no core file, where that can be had."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        pr_set_dumpable = 4
        ctypes.CDLL(None).prctl(pr_set_dumpable, 0, 0, 0, 0)


def month_or_name(name: str) -> str:
    """Return the month that a file is of by its name, or what stands before the first dot."""
    month = _MONTH.match(name)
    return month[0] if month else name.partition(".")[0]


def _library() -> Any:
    try:
        import pyrage
    except ImportError:
        raise StoreLocked(f"Encryption needs the package pyrage. Install it: {INSTALL}") from None
    return pyrage
