"""What each command takes on the command line: a function a command, which adds its arguments to a parser."""

from __future__ import annotations

import os
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, _ActionsContainer

DAY = "today, yesterday, mon, -2, 2026-11-20, or a range 2026-11-01..2026-11-05"
ONE_DAY = "today, yesterday, mon, -2 or 2026-11-20"
REVIEWS = "day, week or month; or export, then which"
ONE_OF_YOURS = "an id, or any part of a title that only one has"


def nothing(_parser: ArgumentParser) -> None:
    pass


def text(word: str) -> str:
    """Return an argument as the text that was typed, also where the locale could not tell.

    Raises ArgumentTypeError for one that is no text: a name is not kept with other letters than were typed.
    """
    try:
        return os.fsencode(word).decode("utf-8")
    except UnicodeEncodeError:
        return word
    except UnicodeDecodeError:
        if not any("\ud800" <= letter <= "\udfff" for letter in word):
            # The locale is not UTF-8, and could tell.
            return word
        raise ArgumentTypeError("not UTF-8 text") from None


def flag(parser: _ActionsContainer, name: str, help: str, **settings: str) -> None:
    parser.add_argument(name, action="store_true", help=help, **settings)  # type: ignore[arg-type]


def one_day(parser: ArgumentParser) -> None:
    parser.add_argument("--day", metavar="DAY", help=f"{ONE_DAY}; today if left out")


def what(parser: ArgumentParser, help: str = ONE_OF_YOURS, nargs: str | None = None, metavar: str = "WHAT") -> None:
    parser.add_argument("what", metavar=metavar, type=text, nargs=nargs, help=help)


def when(parser: ArgumentParser) -> None:
    parser.add_argument("--day", metavar="DAY", help=f"{DAY}; today if left out")
    flag(parser, "--note", "ask for a private note, or read it from standard input")


def done(parser: ArgumentParser) -> None:
    what(parser)
    parser.add_argument("amount", metavar="AMOUNT", nargs="?", help="times, a duration, or how an event turned out")
    when(parser)


def undone(parser: ArgumentParser) -> None:
    what(parser)
    parser.add_argument("amount", metavar="AMOUNT", nargs="?", help="take only so much back; all of it if left out")
    when(parser)


def skip(parser: ArgumentParser) -> None:
    what(parser)
    parser.add_argument("--reason", metavar="WORD", default="", help="ill, travel, rest, family, work or agreed")
    flag(parser, "--take-back", "ask for the day again")
    when(parser)


def lapse(parser: ArgumentParser) -> None:
    what(parser)
    which = parser.add_mutually_exclusive_group()
    flag(which, "--handled", "a moment that was handled well")
    flag(which, "--hands", "it was not words alone: hands, throwing or breaking")
    flag(which, "--put-right", "the newest lapse is put right: asks what was done")
    when(parser)


def reply(parser: ArgumentParser) -> None:
    parser.add_argument("number", metavar="N", nargs="?", help="how many; without it the day is affirmed")
    flag(parser, "--unanswered", "one was left unanswered; saying when it will be counts")
    parser.add_argument("--at", metavar="WHEN", default="", help="when it will be answered: 21:00, or tomorrow 9:00")
    when(parser)


def time(parser: ArgumentParser) -> None:
    parser.add_argument(
        "duration",
        metavar="DURATION",
        nargs="?",
        help="45m, 1h30, 90 (minutes); or start, stop for the timer; without: how it stands",
    )
    parser.add_argument("really", metavar="DURATION", nargs="?", help="with stop: how long it really was")
    flag(parser, "--discard", "with stop: log nothing")
    parser.add_argument("--tag", metavar="WORD", type=text, default="", help="a short word, such as walk")
    when(parser)


def share(parser: ArgumentParser) -> None:
    parser.add_argument("topic", metavar="TOPIC", nargs="?", help="fears, joys, disappointments or dreams")
    parser.add_argument("depth", metavar="DEPTH", nargs="?", help="1 (light) to 5 (at the edge)")
    parser.add_argument("--received", metavar="N", help="how well it was received, 0 to 5; asked tomorrow if left out")
    when(parser)


def log(parser: ArgumentParser) -> None:
    what(parser, "an id, or part of a title; without: what asks something", "?")
    one_day(parser)
    flag(parser, "--fields", "list what it asks, and log nothing")
    flag(parser, "--now", "between 22:00 and 06:00, when what goes deep can wait")


def answer(parser: ArgumentParser) -> None:
    what(parser, "a number of the list, or a commitment; lists all without", "?", "N|WHAT")
    flag(parser, "--let-go", "close it for good without an answer")


def planned(parser: ArgumentParser) -> None:
    parser.add_argument(
        "words",
        metavar="WORDS",
        type=text,
        nargs="*",
        help='such as "sat 19:00 60m weekly"; or move [DAY] "sun 18:00 60m"; cancel [DAY]; stop DAY; lists all without',
    )
    parser.add_argument("--from", dest="start", metavar="DAY", help="a weekday is the first one from this day on")
    parser.add_argument(
        "--reason",
        metavar="WORD",
        help="why it is cancelled: ill, work, travel, children, tired, agreed or self-protection",
    )


def card(parser: ArgumentParser) -> None:
    parser.add_argument("topic", metavar="TOPIC", nargs="?", default="", help="fears, joys, disappointments or dreams")
    parser.add_argument("--level", metavar="N", help="1 (light) to 5 (at the edge); 1 to 3 if left out")
    flag(parser, "--anyway", "draw one between 22:00 and 06:00 as well")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--swap", metavar="CARD", help="another one like this card, by its id")
    which.add_argument("--pass", dest="passed", metavar="CARD", help="never draw this card again, by its id")
    flag(which, "--unlock", "open levels 4 and 5, after two received sharings at level 3")


def show(parser: ArgumentParser) -> None:
    what(parser)
    flag(parser, "--notes", "print the private notes as well")


def why(parser: ArgumentParser) -> None:
    # Somebody may look here for why a number is as it is: it is taken in to name the way.
    what(parser, SUPPRESS, "?")


def list(parser: ArgumentParser) -> None:
    flag(parser, "--archived", "the archived ones as well")


def plan(parser: ArgumentParser) -> None:
    parser.add_argument("--schedule", metavar="SENTENCE", help='such as daily, "3 per week", "mon wed fri", "on event"')
    parser.add_argument("--target", metavar="N", help="how much a day or window asks for")
    parser.add_argument("--from", dest="start", metavar="DAY", help=f"when it begins: {ONE_DAY}; today if left out")
    parser.add_argument(
        "--alias", metavar="WORD", type=text, action="append", help="another word for it; may be repeated"
    )
    flag(parser, "--if-then", "ask for an if-then plan, or read it from standard input")


def add(parser: ArgumentParser) -> None:
    what(parser, "ids of the catalogue, or a title of your own", "*")
    parser.add_argument(
        "--list", dest="shelf", metavar="STEP", nargs="?", const="", help="show the catalogue, or one step of it"
    )
    parser.add_argument("--step", metavar="STEP", help="s1 to s6, for one of your own")
    parser.add_argument("--kind", metavar="KIND", help="check, count, minutes, avoid, task or event")
    parser.add_argument("--file", metavar="FILE", help="one of your own from a file, with fields: see docs/fields.md")
    plan(parser)


def edit(parser: ArgumentParser) -> None:
    what(parser)
    parser.add_argument("--title", metavar="TEXT", type=text, help="its new title")
    parser.add_argument("--file", metavar="FILE", help="change one of your own as a file says: see docs/fields.md")
    plan(parser)


def pause(parser: ArgumentParser) -> None:
    what(parser, f"{ONE_OF_YOURS}, or all")
    parser.add_argument("--from", dest="start", metavar="DAY", help=f"{ONE_DAY}; today if left out")
    parser.add_argument("--to", dest="end", metavar="DAY", help="the last day of it; until you resume if left out")


def resume(parser: ArgumentParser) -> None:
    what(parser, f"{ONE_OF_YOURS}, or all")


def set_(parser: ArgumentParser) -> None:
    from tracker.domain.language.words import say_list
    from tracker.services.settings import SETTINGS

    *values, last = [each.values for each in SETTINGS.values()]
    parser.add_argument("name", metavar="NAME", nargs="?", help=say_list([*SETTINGS], "or"))
    parser.add_argument("value", metavar="VALUE", nargs="?", help=f"{', '.join(values)}, or {last}")


def history(parser: ArgumentParser) -> None:
    what(parser, "only what concerns one commitment", "?")
    parser.add_argument("-n", dest="most", metavar="N", default="20", help="how many lines; 20 if left out")


def export(parser: ArgumentParser) -> None:
    flag(parser, "--private", "with your private words")


def import_(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="an export, or - for standard input")


def review(parser: ArgumentParser) -> None:
    parser.add_argument("which", metavar="REVIEW", choices=("day", "week", "month", "export"), help=REVIEWS)
    parser.add_argument("of", metavar="REVIEW", nargs="?", choices=("day", "week", "month"), help="what export is of")
    parser.add_argument("--to", metavar="FILE", help="keep the export in a file, rather than print it")
    flag(parser, "--together", "the week, together with your partner")
    parser.add_argument("--day", metavar="DAY", help=f"a day of its period: {ONE_DAY}; today if left out")


def purge(parser: ArgumentParser) -> None:
    what(parser, "a commitment with all of it, also deleted", "?")
    parser.add_argument("--day", metavar="DAY", help=f"only what was logged on {ONE_DAY}, with its note")
    which = parser.add_mutually_exclusive_group()
    flag(which, "--note", "only the note of the day")
    which.add_argument("--entry", metavar="N", help="only one entry, of the day or of all: 1 is the newest")
    which.add_argument(
        "--ratings", metavar="PERIOD", help="a partner's answers: a day of the week, or a month: 2026-11"
    )
    flag(which, "--numbers", "the numbers you keep at hand on the safety page")
    which.add_argument(
        "--text-older-than", dest="older", metavar="SPAN", help="private words of days older than so many months: 12m"
    )
    flag(parser, "--yes", "do not ask first")


def sync(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--set", dest="place", metavar="REMOTE", type=text, help="a git repository, or a plain folder")
    flag(which, "--forget", "remember no place any more; what lies there stays")
    flag(which, "--dry-run", "say what would come and go, and change nothing")
    flag(parser, "--join", "make the store there and this one a single store, or take its lock in")


def incoming(parser: ArgumentParser) -> None:
    parser.add_argument(
        "answer",
        metavar="ANSWER",
        nargs="?",
        choices=("accept", "refuse"),
        help="accept or refuse; the list of what waits if left out",
    )
    parser.add_argument("number", metavar="N", nargs="?", help="its number in the list; the only one if left out")
    which = parser.add_mutually_exclusive_group()
    flag(which, "--dry-run", "say what the answer would do, and stop")
    flag(which, "--yes", "do not ask first")


def backup(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    flag(which, "--list", "the backups there are, newest first", dest="listed")
    which.add_argument("--to", metavar="DIR", type=text, help="keep a whole, verified copy below a folder elsewhere")


def restore(parser: ArgumentParser) -> None:
    parser.add_argument(
        "which",
        metavar="WHICH",
        type=text,
        nargs="?",
        default="",
        help="a number or moment of backup --list, or a folder; the newest if left out",
    )
    flag(parser, "--plain", "also if a store that was encrypted comes back in the clear")
    which = parser.add_mutually_exclusive_group()
    flag(which, "--dry-run", "say what would come back, and stop")
    flag(which, "--yes", "do not ask first")


def doctor(parser: ArgumentParser) -> None:
    flag(parser, "--repair", "put right what can be, each after a question")
    flag(parser, "--yes", "with --repair: do not ask")
    flag(parser, "--acknowledge", "do not mention again what was set aside; it stays where it is")


def delete_everything(parser: ArgumentParser) -> None:
    flag(parser, "--yes-delete-everything", "do not ask first", dest="yes")


def safety(parser: ArgumentParser) -> None:
    parser.add_argument(
        "what", metavar="WHO", nargs="?", help="whose paragraph comes first: afraid, frighten or crisis"
    )
    flag(parser, "--numbers", "ask for numbers to have at hand, or read them from standard input")


def demo(parser: ArgumentParser) -> None:
    where = parser.add_mutually_exclusive_group()
    flag(where, "--print", "print today and the streaks of it", dest="printed")
    where.add_argument("--keep", metavar="DIR", help="write it into a new folder")


def encrypt(parser: ArgumentParser) -> None:
    all_devices(parser)
    flag(parser, "--dry-run", "say what would be done, and do nothing")
    flag(parser, "--yes", "do not ask for the end of the recovery key; keep the key")


def all_devices(parser: ArgumentParser) -> None:
    flag(parser, "--all-devices", "the files of devices that are gone as well")


def decrypt(parser: ArgumentParser) -> None:
    all_devices(parser)
    flag(parser, "--yes", "do not ask first where another device did it before")


def passphrase(parser: ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    flag(which, "--rotate", "a new key as well: everything is sealed anew")
    flag(which, "--recover", "with the recovery key, where the passphrase is lost")
    flag(which, "--remember", "let this system's keyring hold the key")
    flag(which, "--forget", "take the key out of the keyring")


def help_(parser: ArgumentParser) -> None:
    parser.add_argument("command", metavar="COMMAND", nargs="?", help="the page of one command; all of them without")
    flag(parser, "--man", "print the whole manual as a page for man")


def completion(parser: ArgumentParser) -> None:
    parser.add_argument("shell", metavar="SHELL", help="bash, zsh or fish")
