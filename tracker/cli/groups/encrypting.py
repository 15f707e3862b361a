"""The commands of an encrypted store: encrypt, decrypt and passphrase; and how a shell unlocks one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from textwrap import wrap
from typing import TYPE_CHECKING, TypeVar

from tracker.cli.output import Output
from tracker.cli.prompts import ask, yes
from tracker.ledger.errors import BadInput, Locked, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.environment import state_of
from tracker.services.safekeeping import encryption
from tracker.services.safekeeping.lock_status import turned_plain

if TYPE_CHECKING:
    from pathlib import Path

    from tracker.cli.session import Session
    from tracker.services.environment import Environment

T = TypeVar("T")
TRIES = 3
LONGEST = 10_000
NOT_TEXT = "{} is not UTF-8 text, so no passphrase was taken from it. To convert a file: iconv -t UTF-8 FILE"
HOW = (
    "This store is encrypted, and nobody is here to type its passphrase. Give it on a descriptor: "
    "toward today --passphrase-fd 3 3< FILE"
)


def has_terminal() -> bool:
    """Return whether a passphrase can be typed: at the terminal of this process, whatever standard input is."""
    with suppress(OSError):
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
        return True
    return False


def typed(question: str) -> str:
    """Return a line typed without being shown. Raises Refused where there is none, BadInput where it is no text."""
    import getpass

    try:
        line = getpass.getpass(f"{question}: ")
        line.encode()
    except EOFError:
        raise Refused("Cancelled: no answer was given. Nothing changed.") from None
    except UnicodeError:
        raise BadInput(NOT_TEXT.format("What was typed")) from None
    return line


def from_descriptor(number: str) -> list[str]:
    """Return the lines that an open file descriptor holds. Raises BadInput."""
    if not number.isascii() or not number.isdigit() or len(number) > 6:
        raise BadInput(f"'{number}' is not the number of an open descriptor. Try: --passphrase-fd 3 3< FILE")
    chunks: list[bytes] = []
    try:
        while (chunk := os.read(int(number), LONGEST)) and sum(map(len, chunks)) <= LONGEST:
            chunks.append(chunk)
    except OSError:
        raise BadInput(f"Descriptor {number} is not open for reading. Try: --passphrase-fd 3 3< FILE") from None
    if sum(map(len, chunks)) > LONGEST:
        raise BadInput(f"Descriptor {number} holds more than {LONGEST:,} bytes, which no passphrase here may have.")
    try:
        lines = b"".join(chunks).decode().split("\n")
    except UnicodeError:
        raise BadInput(NOT_TEXT.format(f"What descriptor {number} holds")) from None
    return [line.removesuffix("\r") for line in lines]


def open_locked(session: Session, here: Environment, *, by_hand: bool = False) -> Workspace:
    """Return the encrypted store, unlocked; `by_hand` asks whatever the keyring knows.

    Raises Locked after a wrong passphrase, or after three at a terminal.
    """

    def use(key: encryption.StoreKey) -> Workspace:
        return Workspace.at(here.data, here.state, here.clock, key=key)

    state = state_of(here.data, here.state)
    if session.args.passphrase_fd is not None:
        return use(encryption.unlock(here.data, _first(session), state))
    from tracker.services.safekeeping.keyring import recall

    with suppress(Locked):
        if not by_hand and (key := recall(here.data, here.state)) is not None:
            return use(key)
    if not has_terminal():
        raise Locked(HOW)
    encryption.need_library()
    return _three_times(session.out, lambda: use(encryption.unlock(here.data, typed("Passphrase"), state)))


def key_of(session: Session, folder: Path, known: encryption.StoreKey | None = None) -> encryption.StoreKey | None:
    """Return what opens a data folder or a copy of one: None where it is plain, `known` if that does.

    Raises Locked as `open_locked` does.
    """
    if not encryption.needs_key(folder) or (known is not None and encryption.opens(folder, known)):
        return known
    if session.args.passphrase_fd is not None:
        return encryption.unlock(folder, _first(session))
    if not has_terminal():
        raise Locked(HOW)
    encryption.need_library()
    session.out.tell(f"{folder} is encrypted.")
    return _three_times(session.out, lambda: encryption.unlock(folder, typed("Passphrase")))


def _first(session: Session) -> str:
    lines = _lines(session)
    return lines[0]


def _lines(session: Session) -> list[str]:
    """Return what came on the descriptor; it is read once."""
    if session.passphrases is None:
        session.passphrases = from_descriptor(session.args.passphrase_fd)
    return session.passphrases


def _three_times(out: Output, attempt: Callable[[], T]) -> T:
    for left in reversed(range(TRIES)):
        try:
            return attempt()
        except (Locked, BadInput) as error:
            if not left:
                raise
            out.tell(error.message)
    raise AssertionError


def _new_passphrase(session: Session, line: int) -> str:
    """Return a new passphrase: typed twice, or a line of the descriptor. Raises BadInput."""
    if session.args.passphrase_fd is not None:
        lines = _lines(session)
        first = second = lines[line] if line < len(lines) else ""
    else:
        _need_terminal()
        first, second = typed("New passphrase"), typed("The same once more")
    encryption.check_passphrase(first, second)
    return first


def _need_terminal() -> None:
    if not has_terminal():
        raise BadInput("This asks for a passphrase, and nobody is here to type it. Run it at a terminal.")


def encrypt(session: Session) -> None:
    """Encrypt the whole store, once the recovery key is written down."""
    args, out = session.args, session.out
    if encryption.is_encrypted(session.here.data):
        _finish(session)
        return
    workspace = session.workspace
    if args.dry_run:
        session.answer(encryption.planned(workspace))
        return
    encryption.ready(workspace)
    _tell(
        out,
        "Encrypting protects what you wrote from whoever gets at the files. "
        f"{encryption.NO_WAY_BACK} {encryption.GOOD_WORDS}",
    )
    passphrase = _new_passphrase(session, 0)
    out.tell("", "Making a key; this takes some seconds.")
    fresh = encryption.prepare(passphrase)
    _show_recovery(session, fresh)
    session.answer(encryption.encrypt(workspace, fresh, _progress(out), everyone=args.all_devices))


def _finish(session: Session) -> None:
    """Say that a store is encrypted, after what was left undone was finished by opening it."""
    workspace = session.workspace
    session.answer(encryption.finish(workspace, everyone=session.args.all_devices))


def _show_recovery(session: Session, fresh: encryption.Fresh) -> None:
    """Show the recovery key once and go on only where its last characters are typed again."""
    out = session.out
    out.tell("", "This is your recovery key:", "", f"  {fresh.recovery}", "")
    _tell(out, encryption.WRITE_DOWN)
    if not out.is_heard:
        raise Refused("Nothing was changed: the recovery key could not be shown.")
    if getattr(session.args, "yes", False):
        return
    while True:
        out.ask(f"Type its last {encryption.ASKED_AGAIN} characters: ")
        line = sys.stdin.readline(LONGEST)
        if not line:
            raise Refused("Nothing was changed: the recovery key was not confirmed.")
        try:
            encryption.typed_again(fresh, line)
        except BadInput as error:
            out.tell(error.message)
        else:
            out.wipe()
            return


def decrypt(session: Session) -> None:
    """Make plain files of an encrypted store again."""
    here, args, tell = session.here, session.args, _progress(session.out)
    state = state_of(here.data, here.state)
    if turned_plain(here.data, state):
        key = known_key(session)
        _ask_to_follow(session, key)
        session.answer(encryption.follow(here.data, state, key, tell, everyone=args.all_devices))
        return
    workspace = session.workspace
    key = encryption.key_of(workspace)
    if encryption.is_followed(workspace):
        _ask_to_follow(session, key)
    session.answer(encryption.decrypt(workspace, tell, everyone=args.all_devices))


def known_key(session: Session) -> encryption.StoreKey:
    """Return the key that this computer knows the store by, whatever store.json says now. Raises Locked."""
    here = session.here
    state = state_of(here.data, here.state)
    if session.args.passphrase_fd is not None:
        return encryption.find_key(here.data, state, _first(session))
    if not has_terminal():
        raise Locked(HOW)
    encryption.need_library()
    return _three_times(session.out, lambda: encryption.find_key(here.data, state, typed("Passphrase")))


def _ask_to_follow(session: Session, key: encryption.StoreKey) -> None:
    """Go on only where somebody says that they took the encryption back themselves. Raises BadInput or Refused."""
    _tell(session.out, encryption.what_following_means(session.here.data, key))
    if session.args.yes:
        return
    if not session.can_ask:
        raise BadInput("Nothing was changed. If that is meant, add --yes.")
    if not ask(session, "Was it you? yes or no", yes, "no"):
        raise Refused("Nothing was changed.")


def passphrase(session: Session) -> None:
    """Change the passphrase, or the key itself, or what this computer remembers."""
    args, out = session.args, session.out
    if not encryption.is_encrypted(session.here.data):
        raise Refused("This store is not encrypted. To encrypt it: toward encrypt")
    if args.forget or args.remember:
        _remember(session)
        return
    workspace = _recovered(session) if args.recover else session.unlocked_by_hand()
    key = encryption.key_of(workspace)
    new = _new_passphrase(session, 1)
    out.tell("This takes some seconds.")
    if args.rotate:
        fresh = encryption.prepare(new, key)
        _show_recovery(session, fresh)
        session.answer(encryption.rotate(workspace, fresh, _progress(out)))
    else:
        session.answer(encryption.change(workspace, encryption.rewrap(key, new)))


def _recovered(session: Session) -> Workspace:
    """Return the store, unlocked by the recovery key."""
    here = session.here

    def attempt(text: str) -> Workspace:
        if not encryption.looks_like_recovery(text):
            raise Locked("This is not a recovery key: it begins with AGE-SECRET-KEY-1.")
        return Workspace.at(here.data, here.state, here.clock, key=encryption.unlock(here.data, text))

    if session.args.passphrase_fd is not None:
        return attempt(_first(session))
    _need_terminal()
    return _three_times(session.out, lambda: attempt(typed("Recovery key")))


def _remember(session: Session) -> None:
    from tracker.services.safekeeping.keyring import forget, remember

    here = session.here
    if session.args.forget:
        session.answer(forget(here.data, here.state))
    else:
        session.answer(remember(here.data, here.state, encryption.key_of(session.unlocked_by_hand())))


def _progress(out: Output) -> Callable[[int, int], None] | None:
    """Return what tells how far a conversion is, where somebody watches."""
    if not out.is_terminal:
        return None

    def tell(done: int, of: int) -> None:
        if done == of or done % 10 == 0:
            out.tell(f"{done} of {of} done")

    return tell


def _tell(out: Output, text: str) -> None:
    out.tell(*wrap(text, out.width))
