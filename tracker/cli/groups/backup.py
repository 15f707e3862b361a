"""The commands that keep what was written safe, and the one that removes it."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from tracker.cli.json_schema import taken
from tracker.cli.prompts import ask, read_line
from tracker.cli.session import Session
from tracker.domain.fields import read_yes
from tracker.ledger.errors import BadInput, Damaged, Exit, Locked, Refused, TowardError
from tracker.services.environment import is_closed, refuse_closed, state_of
from tracker.services.quantities import count, say_moment, say_size

if TYPE_CHECKING:
    from tracker.services.safekeeping.encryption import StoreKey


def backup(session: Session) -> None:
    """Make a backup now, list them, or keep a copy elsewhere."""
    from tracker.services.safekeeping import backups

    args = session.args
    if args.listed:
        _list(session)
        return
    workspace = session.workspace
    kept = backups.back_up_to(workspace, args.to) if args.to is not None else backups.back_up_now(workspace)
    session.out.saved = True
    answer = {**taken(kept, "path files"), "new_files": kept.fresh, **taken(kept, "bytes troubles")}
    session.print_answer(answer, *kept.lines)
    session.out.print_note(*(f"Note: {trouble}" for trouble in kept.troubles))


def _list(session: Session) -> None:
    """Print the backups, newest first; this opens no store."""
    from tracker.services.safekeeping import backups

    here = session.here
    folder = backups.folder_of(state_of(here.data, here.state))
    now = here.clock.now()
    refuse_closed(folder)
    found = backups.lines(folder, now)
    if session.args.json:
        rows = [taken(each, "number made path files bytes ahead") for each in found]
        session.out.json({"folder": str(folder), "backups": rows})
        return
    if not found:
        session.out.print_result("There is no backup yet. One is made with the next change, or now: toward backup")
        return
    width = len(str(len(found)))
    for each in found:
        size = f"{count(each.files, 'file'):>9}  {say_size(each.bytes)}"
        size += ", dated ahead of this clock" if each.ahead else ""
        session.out.print_result(f"{each.number:>{width}}  {say_moment(each.made, now)}  {size}")
    session.out.print_note("What one of them would bring back: toward restore NUMBER --dry-run")


def restore(session: Session) -> None:
    """Say what a backup would bring back, ask, and take it in."""
    from tracker.services.safekeeping import restore as restoring

    here, args = session.here, session.args
    state = state_of(here.data, here.state)
    copy = restoring.choose(args.which, state, here.clock.now())
    restoring.refuse_changed(here.data, state)
    key = session.key()
    copy_key = session.passphrases.key_of(copy, key)
    if args.plain and (lock := restoring.lock_to_ask_for(here.data, state, copy)):
        key = session.passphrases.key_of(lock, key)
    shown = restoring.preview(here.data, state, here.clock, copy, key, copy_key)
    made = f"the backup of {say_moment(shown.made, here.clock.now())}" if shown.made else "this copy"
    if shown.made and shown.made > here.clock.now() + restoring.AHEAD:
        made += ", a date ahead of this clock"
    about = f"From {made}, {copy}:"
    if args.dry_run:
        answer = {
            "path": str(copy),
            "entries": len(shown.events),
            **taken(shown, "days titles damaged lost"),
            "unsealed": shown.decrypted,
            "unproven": shown.unproven,
        }
        session.print_answer(answer, about, *shown.lines)
        return
    if shown.events or shown.lost or shown.damaged:
        session.out.print_note(about)
        session.out.print_paragraphs(*shown.lines)
    restoring.refuse_decrypted(shown, args.plain)
    if not args.yes and (shown.events or shown.lost):
        if not session.can_ask:
            raise BadInput("Nothing was changed. If that is meant, add --yes.")
        if not ask(session, "Take this in? yes or no", read_yes, "no"):
            raise Refused("Nothing was changed.")
    session.print_change(restoring.restore(here.data, state, here.clock, shown, key, copy_key, plain=args.plain))


def doctor(session: Session) -> int:
    """Look at everything, say what is wrong, and put right what can be where that is asked for."""
    from tracker.services.safekeeping.doctor import examine
    from tracker.services.safekeeping.findings import ACKNOWLEDGED

    here, args, out = session.here, session.args, session.out
    state = state_of(here.data, here.state)
    if args.yes and not args.repair:
        raise BadInput("--yes goes with --repair: toward doctor --repair --yes")
    if args.repair and not args.yes and not session.can_ask:
        raise BadInput("Each repair is asked about, so it needs a terminal. If all of them are meant, add --yes.")
    _refuse_no_folder(here.data)
    if not os.path.lexists(here.data) and not os.path.lexists(state) and not (is_closed(here.data) or is_closed(state)):
        raise Refused(f"There is nothing yet in {here.data}. Begin with: toward add --list")
    out.print_note(*(f"Note: {each}" for each in here.notes))
    key = _key_for(session, state)
    report = examine(here.data, state, here.clock, key=key)
    done = _repair(session, state, key) if args.repair else []
    if args.acknowledge:
        done += _acknowledge(session, state, key)
    if done or args.repair:
        if key is None:
            # What was put right may be what barred the way to the key.
            key = _key_for(session, state)
        report = examine(here.data, state, here.clock, key=key)
    if args.json:
        findings = [
            taken(each, "code wrong path what means") | {"repair": each.will or None} for each in report.findings
        ]
        out.json(taken(report, "healthy files entries backups") | {"findings": findings, "repaired": done})
    else:
        for each in report.findings:
            out.print_result(*wrap(f"{'!' if each.wrong else '-'} {each.what}.", out.width, subsequent_indent="  "))
            out.print_result(*wrap(each.means, out.width, initial_indent="  ", subsequent_indent="  "))
            if each.code in ACKNOWLEDGED:
                out.print_result(*wrap("Once you know: toward doctor --acknowledge", out.width, initial_indent="  "))
            elif each.will:
                out.print_result(
                    *wrap(f"--repair would: {each.will}.", out.width, initial_indent="  ", subsequent_indent="  ")
                )
        out.print_result(*wrap(report.summary, out.width))
    return Exit.DONE if report.healthy else Exit.DAMAGED


def _repair(session: Session, state: Path, key: StoreKey | None) -> list[str]:
    """Put right what can be, in the order in which it depends on each other, and return what was done."""
    from tracker.services.safekeeping.doctor import examine
    from tracker.services.safekeeping.findings import ACKNOWLEDGED, ASKED_EACH
    from tracker.services.safekeeping.repairing import ORDER, mend

    here = session.here
    done: list[str] = []
    report = examine(here.data, state, here.clock, key=key)
    for finding in report.findings if session.args.yes else ():
        if finding.code in ASKED_EACH:
            session.out.print_note(
                f"{finding.what}: --yes does not answer that. Without it, at a terminal: it is asked."
            )
    for code in (each for each in ORDER if each not in (*ACKNOWLEDGED, *ASKED_EACH) or not session.args.yes):
        changed = False
        for finding in (each for each in report.findings if each.code == code):
            session.out.print_paragraphs(f"{finding.what}. {finding.means}")
            question = f"{finding.will[0].upper()}{finding.will[1:]}? yes or no"
            if not session.args.yes and not ask(session, question, read_yes, "no"):
                continue
            try:
                done.append(mend(here.data, state, here.clock, finding, key))
                session.out.print_note(done[-1])
                changed = session.out.saved = True
            except TowardError as error:
                session.out.print_note(error.message)
        if changed:
            report = examine(here.data, state, here.clock, key=key)
    return done


def _key_for(session: Session, state: Path) -> StoreKey | None:
    """Return what opens the store for doctor, None where it is plain or nothing here can tell.

    Where the store is not what this computer remembers, the key is asked for only to put that right.
    """
    from tracker.services.lock_status import key_for_repair, knows_key

    args, needed, locked = session.args, key_for_repair(session.here.data, state), False
    if needed is None or (needed is False and args.passphrase_fd is not None):
        try:
            return session.key()
        except Damaged:
            # With the key doctor can say what is wrong, and put it right.
            needed = True
        except Locked as error:
            if (args.passphrase_fd is None and not (args.repair and session.can_ask)) or not knows_key(state):
                raise
            # Another lock may lie there; a backup has the one that this passphrase opened.
            if args.passphrase_fd is None:
                session.out.print_note(error.message)
            needed = locked = True
    if not needed or (args.passphrase_fd is None and not (args.repair and session.can_ask)):
        return None
    try:
        return session.passphrases.known_key(session.here)
    except TowardError as error:
        if locked:
            raise
        session.out.print_note(error.message)
        return None


def _acknowledge(session: Session, state: Path, key: StoreKey | None) -> list[str]:
    """Let what was set aside be mentioned no more, and return what was done."""
    from tracker.services.safekeeping.doctor import examine
    from tracker.services.safekeeping.findings import ACKNOWLEDGED
    from tracker.services.safekeeping.repairing import mend

    here = session.here
    findings = examine(here.data, state, here.clock, key=key).findings
    done = [mend(here.data, state, here.clock, each, key) for each in findings if each.code in ACKNOWLEDGED]
    session.out.print_note(*done)
    return done


def delete_everything(session: Session) -> None:
    """Say what goes and what cannot be reached, and remove it once that was typed."""
    from tracker.services.safekeeping import erase

    here, out = session.here, session.out
    _refuse_no_folder(here.data)
    plan = erase.plan(here.data, state_of(here.data, here.state))
    if not session.args.yes:
        if not session.can_ask:
            raise BadInput(f"{erase.describe(plan)[0]} If that is meant, add --yes-delete-everything.")
        out.print_paragraphs(*erase.describe(plan))
        out.print_question(f"Nothing brings it back. Type {erase.WORDS} to go on: ")
        if " ".join(read_line().lower().split()) != erase.WORDS:
            raise Refused("Nothing was removed.")
    erased = erase.delete_everything(plan)
    out.saved = True
    answer: dict[str, Any] = {"removed": erased.files, "left": [str(each) for each in erased.foreign]}
    if session.args.json:
        out.json(answer)
    else:
        out.print_result(*erased.lines)
        out.print_paragraphs(erase.BEYOND_REACH)


def _refuse_no_folder(data: Path) -> None:
    """Raise Damaged where something else than a folder lies: it is none of Toward's, so it is left as it is."""
    if not is_closed(data) and data.exists() and not data.is_dir():
        raise Damaged(f"{data} is not a folder. Move it away, then try again.")
