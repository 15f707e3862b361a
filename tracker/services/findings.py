"""Findings: what doctor may come upon, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tracker.services.words import count
from tracker.store.examine import Problem
from tracker.store.salvage import Salvage


class Words(NamedTuple):
    """How a finding is told: what is the case, what it means, what doctor will do, and whether it is wrong at all."""

    what: str
    means: str
    will: str = ""
    wrong: bool = True


ACKNOWLEDGED = ("set-aside-loss", "set-aside-short", "set-aside-read", "set-aside", "backup-aside")
"""What only a person may say that they know; no repair of everything at once says it for them."""

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

SEEN = "not mention it again, and leave it where it is"

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
        SEEN,
    ),
    "set-aside-short": Words(
        "{path} was set aside, and what was written last on this computer was not in it",
        "All that was in it could be read, and something may be lost all the same. The file stays as it is.",
        SEEN,
    ),
    "set-aside-read": Words(
        "{path} was set aside",
        "It was damaged, and the store has all that was in it. It stays as it is, and no purge reaches it.",
        SEEN,
        wrong=False,
    ),
    "set-aside": Words(
        "{path} was set aside",
        "It was damaged, and something else does its work. It stays as it is, and no purge reaches it.",
        SEEN,
        wrong=False,
    ),
    "backup-aside": Words(
        "the damaged backup {path} was set aside",
        "It counts as a backup no more. All that can be read of it is in the store.",
        SEEN,
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
        "They are shown nowhere. Each device empties its own when it next writes.",
        wrong=False,
    ),
    "incoming": Words(
        "something came from elsewhere and waits for your answer",
        "{detail} To answer: toward incoming",
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


def told(problem: Problem, roots: Sequence[Path] = ()) -> Finding:
    """Return a problem in words; what lies below one of `roots` is named from there on."""
    words = WORDS[problem.code]
    below = [root for root in roots if problem.path != root and problem.path.is_relative_to(root)]
    path = problem.path.relative_to(below[0]) if below else problem.path
    salvage = say_left(problem.number, problem.left)
    fields = {"path": path, "detail": problem.detail, "number": problem.number, "salvage": salvage}
    what = (_of_one(words.what) if problem.number == 1 else words.what).format(**fields)
    return Finding(
        problem.code,
        problem.path,
        what if words.what.startswith("{path}") else f"{what[0].upper()}{what[1:]}",
        words.means.format(**fields),
        words.will,
        words.wrong,
    )


def _of_one(text: str) -> str:
    """Return words about a number of things as they are said of a single one."""
    for several, one in OF_ONE.items():
        text = text.replace(several, one)
    return text


def say_left(number: int, left: Salvage | None) -> str:
    """Return how much of a damaged file can be read, and how much cannot, without a word of what is in it."""
    marred = len(left.marred) if left else 0
    if not number and not marred:
        return "Nothing of it can be read."
    said = [f"What can be read of it is used: {count(number, 'entry', 'entries')}."] if number else []
    if marred:
        it = "it" if marred == 1 else "them"
        said.append(f"{count(marred, 'entry', 'entries')} can be read but for some characters; a repair marks {it}.")
    if left and left.unread:
        said.append(f"{count(left.unread, 'byte')} of it cannot be read, the first of them at byte {left.first + 1:,}.")
    if left and left.open_ended:
        said.append("It breaks off, so nobody knows what else was in it.")
    if left and left.is_whole:
        said.append("That is all that was in it.")
    return " ".join(said)
