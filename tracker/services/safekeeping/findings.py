"""Findings: what doctor may come upon, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tracker.services.quantities import count
from tracker.store.examine import Problem
from tracker.store.log.salvage import Salvage


class Words(NamedTuple):
    """How a finding is told: what is the case, what it means, what doctor will do, and whether it is wrong at all."""

    what: str
    means: str
    will: str = ""
    wrong: bool = True


ACKNOWLEDGED = ("older-file", "set-aside-loss", "set-aside-short", "set-aside-read", "set-aside", "backup-aside")
"""What only a person may say that they know; no repair of everything at once says it for them."""

ASKED_EACH = ("another-store", "two-stores")
"""What only a person may decide: --yes, which is for all repairs at once, does not."""

NOT_AS_KNOWN = (
    "turned-plain",
    "lock-lost",
    "other-key",
    "not-proven",
    "another-lock",
    "identity",
    "identity-lost",
    "strange-lock",
    *ASKED_EACH,
)
"""What keeps a store from being opened, so that nothing in it was looked at."""

OF_ONE = {
    "{number} entries are": "{number} entry is",
    "{number} entries were": "{number} entry was",
    "{number} entries still hold what they held": "{number} entry still holds what it held",
    "{number} entries that the store": "{number} entry that the store",
    "{number} entries that a backup holds are": "{number} entry that a backup holds is",
    "{number} purged entries lie in files of other devices": "{number} purged entry lies in a file of another device",
    "{number} ids stand": "{number} id stands",
    "{number} operations of this device share their": "{number} operation of this device shares its",
    "{number} backups are": "{number} backup is",
}
"""What is said of several things, and of one."""

NOT_AGAIN = "not mention it again, and leave it where it is"

WORDS = {
    "lost": Words(
        "{path} is missing and so is all that was in the folder",
        "The data folder is empty or not mounted. Nothing is begun anew in its place. Mount it, or: toward restore",
    ),
    "marker-missing": Words(
        "{path} is missing",
        "Without it the folder cannot be told from an empty one, so nothing is read. The entries are there.",
        "make it anew, with the id that this store had",
    ),
    "marker-damaged": Words(
        "{path} is damaged",
        "Nothing is read until it is sound again. The entries are there.",
        "set it aside and make it anew, with the id that this store had",
    ),
    "turned-plain": Words(
        "{path} says that this store is not encrypted, and this computer knows that it is",
        "Nothing was read or written. If you took the encryption back on another device: toward decrypt. If not, "
        "a sync service or somebody changed it, and the one from before can be put back; your passphrase is asked for.",
        "put back the store.json that this computer knows, and keep this one under another name",
    ),
    "lock-lost": Words(
        "{path} is missing or damaged, and this computer knows that the store is encrypted",
        "Nothing was read or written. The one from before can be put back; your passphrase is asked for.",
        "put back the store.json that this computer knows",
    ),
    "other-key": Words(
        "{path} is locked with another key than this computer knows",
        "If the key was changed on another device, unlock with the new passphrase there is. If not, the lock from "
        "before can be put back; the passphrase from before is asked for.",
        "put back the store.json and identity.age that this computer knows, and keep these under other names",
    ),
    "not-proven": Words(
        "{path} is not proven to be yours",
        "Nothing was read or written. A sync service or somebody may have changed it. Let your sync finish; if that "
        "does not help, the one from before can be put back.",
        "put back the store.json that this computer knows, and keep this one under another name",
    ),
    "another-lock": Words(
        "{path} is of another store, though this computer's own files lie beside it",
        "Nothing was read or written. The one from before can be put back; your passphrase is asked for.",
        "put back the store.json that this computer knows, and keep this one under another name",
    ),
    "another-store": Words(
        "{path} is of another store than the one that this computer kept there",
        "Nothing was read or written. Mount or put back the folder that was there. What this computer knows of the "
        "other store, its backups too, would be kept beside it.",
        "take this store as the one of this computer from now on",
    ),
    "two-stores": Words(
        "{path} is of another store, though this computer's own files lie beside it",
        "Nothing was read or written. A sync service may have brought two stores of yours together. If the other one "
        "is not yours, put the store.json from before back.",
        "let the two be one store for good; all of both is kept",
    ),
    "strange-lock": Words(
        "{path} says that this store is encrypted, and this computer did not do that",
        "If you did it on another device, unlock Toward with the passphrase from there. If nobody here knows one: the "
        "files of this computer are not encrypted, and all that you wrote here can be read.",
        "put the lock aside, keep it under another name, and go on without encryption as before",
    ),
    "ending": Words(
        "{path} says that the encryption is being taken back, and this computer did not do that",
        "Everything of this computer stays encrypted. If you did it on another device: toward decrypt. If not, the "
        "store.json from before can be put back.",
        "put back the store.json that this computer knows, and keep this one under another name",
    ),
    "identity": Words(
        "{path} {detail}",
        "It holds the key under your passphrase, so no passphrase opens it now. Your recovery key does. A backup has a "
        "copy that fits.",
        "put back the copy of the backup, and keep what lies there under another name",
    ),
    "identity-lost": Words(
        "{path} {detail}",
        "It holds the key under your passphrase, so no passphrase opens it now, and no backup here has a copy that "
        "fits. Put it back from another device, or use your recovery key: toward passphrase --recover",
    ),
    "older-file": Words(
        "{path} {detail}",
        "A sync service, a copy put back or somebody did that. What a backup here holds can be taken back, and another "
        "device may still have the rest: let your sync finish.",
        "remember the file as it is now, and not mention it again",
    ),
    "sealed-file": Words(
        "{path} {detail}, so nothing here opens it",
        "It is left as it is, and so are sealed backups. It opens with the store.json and identity.age that it was "
        "made with: put them back from another device or a backup.",
    ),
    "backup-sealed": Words(
        "the backup {path} holds files under another lock",
        "It is left as it is. With the key it was made with it can be restored: toward restore",
        wrong=False,
    ),
    "device-id": Words(
        "{path} is damaged",
        "It says which files this computer writes to. Without it nothing is opened.",
        "set it aside; this computer goes on as a new device",
    ),
    "barred": Words("{path} cannot be read by this account", "{detail}"),
    "closed": Words("{path} cannot be read by this account", "It may well be sound. {detail}"),
    "no-lock": Words(
        "{path} lies on a disk that gives no lock ({detail})",
        "Two programs could write at once, so nothing is saved there. Keep the data on a disk of this computer; "
        "toward sync carries it to a share.",
    ),
    "folder": Words("{path} {detail}", "What lies in it cannot be seen here."),
    "own-file": Words(
        "{path} {detail}",
        "Toward leaves it as it is, and writes beside it. {salvage}",
        "write what can be read of it, and what a backup has, into a sound file, and set this one aside",
    ),
    "odd-file": Words(
        "{path} {detail}",
        "Toward leaves it as it is, and writes beside it. Move it away. What a backup holds can be taken back.",
    ),
    "file": Words(
        "{path} {detail}",
        "It belongs to another device, which alone may write it. {salvage} Let that device or its sync bring it again.",
    ),
    "ids": Words(
        "{number} ids stand for two different entries",
        "Copies of the same entry differ. The fuller one is used, the same on every device.",
        wrong=False,
    ),
    "two-writers": Words(
        "{number} operations of this device share their number with another one",
        "Most likely an older copy of the folder was put back and written on. All of it is read, and undo refuses "
        "where it cannot tell what was last. If this disk was copied instead, and both copies write: on one of "
        "them, remove the file device-id in its state folder; see: toward paths",
        wrong=False,
    ),
    "conflict-copy": Words(
        "{detail} in this device's folder",
        "A sync service made a copy, so two computers may write as the same device. Their entries are all read.",
        wrong=False,
    ),
    "left-behind": Words(
        "{path} was set aside and holds {number} entries that the store lacks",
        "They can be read.",
        "take them into the store; the file stays where it is",
    ),
    "set-aside-loss": Words(
        "{path} was set aside, and not all of it could be read",
        "{salvage} What stood there may be lost. The file stays as it is; no purge reaches it.",
        NOT_AGAIN,
    ),
    "set-aside-short": Words(
        "{path} was set aside, and what was written last on this computer was not in it",
        "All that was in it could be read, and something may be lost all the same. The file stays as it is.",
        NOT_AGAIN,
    ),
    "set-aside-read": Words(
        "{path} was set aside",
        "It was damaged, and the store has all that was in it. It stays as it is, and no purge reaches it.",
        NOT_AGAIN,
        wrong=False,
    ),
    "set-aside": Words(
        "{path} was set aside",
        "It was damaged, and something else does its work. It stays as it is, and no purge reaches it.",
        NOT_AGAIN,
        wrong=False,
    ),
    "backup-aside": Words(
        "the damaged backup {path} was set aside",
        "It counts as a backup no more. All that can be read of it is in the store.",
        NOT_AGAIN,
        wrong=False,
    ),
    "mode": Words(
        "{path} has the mode {detail}",
        "Others on this computer may be able to read it, or you are not.",
        "let only you read and write it",
    ),
    "link": Words("{path} is a symbolic link", "Nothing is read or written through it. Remove the link."),
    "parent": Words(
        "others can write to {path} (mode {detail})",
        "They could put another folder in the place of yours.",
    ),
    "temp": Words("{path} was left by something that was cut short", "Nobody needs it.", "remove it"),
    "unopened": Words("the store cannot be opened", "{detail}"),
    "newer": Words("the store is of a newer version", "{detail}"),
    "misread": Words(
        "{number} entries are not understood",
        "They are kept as they are, and not counted. A newer version may understand them; what nobody would type, "
        "such as a day before 1900, stays uncounted.",
        wrong=False,
    ),
    "future": Words(
        "{number} entries are dated more than a day ahead of this clock",
        "A clock was or is far off. Look whether it is {detail}. What you change goes before them all the same.",
        wrong=False,
    ),
    "concurrent": Words(
        "{number} entries were changed on two devices at the same time",
        "The newer version is shown, and both are kept.",
        wrong=False,
    ),
    "purge": Words(
        "a purge is not finished: {number} entries still hold what they held", "They are shown nowhere.", "empty them"
    ),
    "purge-elsewhere": Words(
        "{number} purged entries lie in files of other devices",
        "They are shown nowhere here. Each device empties its own when it next writes, and without encryption once "
        "somebody accepts it there: toward incoming",
        wrong=False,
    ),
    "incoming": Words(
        "something came from elsewhere and waits for your answer",
        "{detail} To answer: toward incoming, or i on Today",
    ),
    "summary": Words(
        "the table of streaks {detail}",
        "It is derived, and is counted anew from the entries.",
        "count it anew",
    ),
    "missing": Words(
        "{number} entries that a backup holds are gone from the data folder",
        "A file lost them or is damaged.",
        "take them back from the backup; nothing is removed",
    ),
    "no-backup": Words("there is no backup yet", "One is made with the next change.", "make one now", wrong=False),
    "old-backup": Words("the newest backup is of {detail}", "It is a week old or more.", "make one now"),
    "backup-failed": Words("the last backup was not made: {detail}", "It is tried again every hour.", "make one now"),
    "backup": Words(
        "the backup {path} is damaged: {detail}",
        "What is sound in it can still be restored, but it counts as a backup no more.",
        "make a new one, and set this one aside with every byte of it",
    ),
    "backup-dates": Words(
        "{number} backups are dated more than a day ahead of this clock",
        "A clock was or is far off. Look whether it is {detail}. They are kept, in the order in which they were made.",
        wrong=False,
    ),
    "space": Words("only {detail} are free where {path} lies", "Changes and backups may soon be refused."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: a code, where, in words, and whether it is wrong and can be repaired here."""

    code: str
    path: Path
    what: str
    means: str
    will: str
    wrong: bool

    @property
    def repairable(self) -> bool:
        """Return whether doctor can put it right without throwing anything away."""
        return bool(self.will)


def describe(problem: Problem, roots: Sequence[Path] = ()) -> Finding:
    """Return a problem in words; what lies below one of `roots` is named from there on."""
    words = WORDS[problem.code]
    below = [root for root in roots if problem.path != root and problem.path.is_relative_to(root)]
    path = problem.path.relative_to(below[0]) if below else problem.path
    salvage = say_left(problem.number, problem.left)
    fields = {"path": path, "detail": problem.detail, "number": problem.number, "salvage": salvage}
    what = words.what
    for several, one in OF_ONE.items() if problem.number == 1 else ():
        what = what.replace(several, one)
    what = what.format(**fields)
    return Finding(
        problem.code,
        problem.path,
        what if words.what.startswith("{path}") else f"{what[0].upper()}{what[1:]}",
        words.means.format(**fields),
        words.will,
        words.wrong,
    )


def say_left(number: int, left: Salvage | None) -> str:
    """Return how much of a damaged file can be read, and how much cannot, without a word of what is in it."""
    marred = len(left.marred) if left else 0
    if not number and not marred:
        return "Nothing of it is used."
    lines = [f"What can be read of it is used: {count(number, 'entry', 'entries')}."] if number else []
    if marred:
        it = "it" if marred == 1 else "them"
        lines.append(f"{count(marred, 'entry', 'entries')} can be read but for some characters; a repair marks {it}.")
    if left and left.unread:
        lines.append(
            f"{count(left.unread, 'byte')} of it cannot be read, the first of them at byte {left.first + 1:,}."
        )
    if left and left.open_ended:
        lines.append("It breaks off, so nobody knows what else was in it.")
    if left and left.is_whole:
        lines.append("That is all that was in it.")
    return " ".join(lines)
