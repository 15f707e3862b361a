"""The commands of an encrypted store: encrypt, decrypt and passphrase."""

from __future__ import annotations

import sys
from collections.abc import Callable

from tracker.cli.output import Output
from tracker.cli.passphrases import LONGEST
from tracker.cli.prompts import ask
from tracker.cli.session import Session
from tracker.domain.fields import read_yes
from tracker.ledger.errors import BadInput, Locked, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.environment import state_of
from tracker.services.lock_status import turned_plain
from tracker.services.safekeeping import encryption


def encrypt(session: Session) -> None:
    """Encrypt the whole store, once the recovery key is written down."""
    args, out, was_encrypted = session.args, session.out, encryption.is_encrypted(session.here.data)
    workspace = session.workspace
    if was_encrypted:
        # What was left undone was finished by opening it.
        session.print_change(encryption.finish(workspace, everyone=args.all_devices))
        return
    if args.dry_run:
        session.print_change(encryption.planned(workspace))
        return
    encryption.ready(workspace)
    out.print_paragraphs(
        "Encrypting protects what you wrote from whoever gets at the files. "
        f"{encryption.NO_WAY_BACK} {encryption.GOOD_WORDS}"
    )
    passphrase = session.passphrases.new(0)
    out.print_note("", "Making a key; this takes some seconds.")
    fresh = encryption.prepare(passphrase)
    _show_recovery(session, fresh)
    session.print_change(encryption.encrypt(workspace, fresh, _progress(out), everyone=args.all_devices))


def _show_recovery(session: Session, fresh: encryption.Fresh) -> None:
    """Show the recovery key once and go on only where its last characters are typed again."""
    out = session.out
    out.print_note("", "This is your recovery key:", "", f"  {fresh.recovery}", "")
    out.print_paragraphs(encryption.WRITE_DOWN)
    if not out.is_heard:
        raise Refused("Nothing was changed: the recovery key could not be shown.")
    if getattr(session.args, "yes", False):
        return
    while True:
        out.print_question(f"Type its last {encryption.ASKED_AGAIN} characters: ")
        line = sys.stdin.readline(LONGEST)
        if not line:
            raise Refused("Nothing was changed: the recovery key was not confirmed.")
        try:
            encryption.typed_again(fresh, line)
        except BadInput as error:
            out.print_note(error.message)
        else:
            out.wipe()
            return


def decrypt(session: Session) -> None:
    """Make plain files of an encrypted store again."""
    here, args, report = session.here, session.args, _progress(session.out)
    state = state_of(here.data, here.state)
    if turned_plain(here.data, state):
        key = session.passphrases.known_key(here)
        _ask_to_follow(session, key)
        session.print_change(encryption.follow(here.data, state, key, report, everyone=args.all_devices))
        return
    workspace = session.workspace
    key = encryption.key_of(workspace)
    if encryption.is_followed(workspace):
        _ask_to_follow(session, key)
    session.print_change(encryption.decrypt(workspace, report, everyone=args.all_devices))


def _ask_to_follow(session: Session, key: encryption.StoreKey) -> None:
    """Go on only where somebody says that they took the encryption back themselves. Raises BadInput or Refused."""
    session.out.print_paragraphs(encryption.what_following_means(session.here.data, key))
    if session.args.yes:
        return
    if not session.can_ask:
        raise BadInput("Nothing was changed. If that is meant, add --yes.")
    if not ask(session, "Was it you? yes or no", read_yes, "no"):
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
    new = session.passphrases.new(1)
    out.print_note("This takes some seconds.")
    if args.rotate:
        fresh = encryption.prepare(new, key)
        _show_recovery(session, fresh)
        session.print_change(encryption.rotate(workspace, fresh, _progress(out)))
    else:
        session.print_change(encryption.change(workspace, encryption.rewrap(key, new)))


def _recovered(session: Session) -> Workspace:
    """Return the store, unlocked by the recovery key."""
    here = session.here

    def attempt(text: str) -> Workspace:
        if not encryption.looks_like_secret(text):
            raise Locked("This is not a recovery key: it begins with AGE-SECRET-KEY-1.")
        return Workspace.at(here.data, here.state, here.clock, key=encryption.unlock(here.data, text))

    session.passphrases.need_source()
    return session.passphrases.use(attempt, "Recovery key")


def _remember(session: Session) -> None:
    from tracker.services.safekeeping.keyring import forget, remember

    here = session.here
    if session.args.forget:
        session.print_change(forget(here.data, here.state))
    else:
        session.print_change(remember(here.data, here.state, encryption.key_of(session.unlocked_by_hand())))


def _progress(out: Output) -> Callable[[int, int], None] | None:
    """Return what tells how far a conversion is, where somebody watches."""
    if not out.is_terminal:
        return None

    def report(done: int, of: int) -> None:
        if done == of or done % 10 == 0:
            out.print_note(f"{done} of {of} done")

    return report
