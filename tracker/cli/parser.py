"""What was typed, read by argparse: only what the one command wants is built."""

from __future__ import annotations

import re
import sys
from argparse import (
    SUPPRESS,
    ArgumentParser,
    BooleanOptionalAction,
    HelpFormatter,
    Namespace,
    RawDescriptionHelpFormatter,
)
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from tracker import __version__
from tracker.cli.commands import COMMANDS, Command
from tracker.cli.output import USUAL, Output, Unwritten, room
from tracker.ledger.errors import BadInput

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

DAY_OPTIONS = ("--day", "--from", "--to")
_BACK = re.compile(r"-\d")
_CHOICE = re.compile(r"^argument \S+: (?=invalid choice: )")


class _Fitted(HelpFormatter):
    """Fits help to the terminal; left to itself it imports 14 modules to ask for the width, at every argument."""

    def __init__(self, prog: str, **settings: Any) -> None:
        super().__init__(prog, **{"width": (room(sys.stdout) or USUAL) - 2, **settings})


class _FittedAsWritten(_Fitted, RawDescriptionHelpFormatter):
    """The same, with the line breaks of its description."""


class Parser(ArgumentParser):
    """Reports what cannot be read as one line, and never guesses at a shortened option."""

    def __init__(self, **settings: object) -> None:
        super().__init__(allow_abbrev=False, **{"formatter_class": _Fitted, **settings})  # type: ignore[arg-type]

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Write help or the version, and let what cannot be written be known, which argparse itself does not."""
        if message:
            (file or sys.stderr).write(message)

    def error(self, message: str) -> NoReturn:
        """Raise BadInput with the message, and where the help is."""
        message = _CHOICE.sub("", message)
        raise BadInput(f"{message[:1].upper()}{message[1:].rstrip('.')}. See: {self.prog} --help")


PRIVATE = "Private words are never typed as arguments: they are asked for, or read from standard input."
EXIT_CODES = """\
Exit codes: 0 done, 1 could not be done and nothing changed, 2 usage, 3 not found or ambiguous,
4 store busy, 5 store damaged or from a newer version, 6 store locked,
7 saved, but the answer could not be written, 130 interrupted.
"""
ALSO = {
    "status": "today", "agenda": "today", "due": "today",
    "dashboard": "streaks", "stats": "streaks", "progress": "streaks", "runs": "streaks",
    "settings": "set", "config": "set", "preferences": "set",
    "do": "done", "check": "done", "tick": "done", "replies": "reply", "questions": "answer",
    "ls": "list", "commitments": "list", "catalogue": "add", "new": "add", "rename": "edit",
    "remove": "delete", "rm": "delete", "calendar": "plan", "plans": "plan", "reviews": "review",
    "log-time": "time", "timer": "time", "man": "help", "commands": "help", "info": "paths", "where": "paths",
}  # fmt: skip
"""Other words that people type for a command."""
WRITTEN_OUT = ("purge", "delete", "delete-everything", "encrypt", "decrypt", "restore", "import", "archive", "lapse")
"""Commands that are never meant by their beginning: they take away, or change everything at once."""
SHORTEST = 2
IN_THE_APP = {
    "journal": "What was logged, with its notes: toward show WHAT --notes. All that was changed: toward history",
    "notes": "The notes of a commitment: toward show WHAT --notes. A new one: toward done WHAT --note",
    "theme": "Themes are in the app: toward, then ctrl+p and Theme",
    "open": "The app opens with: toward",
    "app": "The app opens with: toward",
    "lock": "Encrypt the store with: toward encrypt. In the app, f9 locks it",
    "unlock": "Each command asks for the passphrase itself. If you forgot it: toward passphrase --recover",
}
"""Words for what is no command, and the way to it."""


def build(wanted: Iterable[Command] = COMMANDS) -> ArgumentParser:
    """Return the parser of the command line, with all commands or only some, which is quicker."""
    parser = Parser(
        prog="toward",
        description="Toward: commitments to the one you love, kept one at a time. Without a command, the app opens.",
        epilog=f"{PRIVATE}\n{EXIT_CODES}",
        formatter_class=_FittedAsWritten,
    )
    parser.add_argument("-V", "--version", action="version", version=f"toward {__version__}")
    _everywhere(parser, None, False)
    parser.set_defaults(run="groups.data:app")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    for command in wanted:
        described = f"{command.help[0].upper()}{command.help[1:]}."
        own = commands.add_parser(command.name, help=command.help, description=described)
        command.arguments(own)
        _everywhere(own, SUPPRESS, SUPPRESS)
        own.set_defaults(run=command.run)
    return parser


def _everywhere(parser: ArgumentParser, data: str | None, json: object) -> None:
    """Add what may stand before and after a command."""
    parser.add_argument("--data", metavar="DIR", default=data, help="the data folder; else TOWARD_DATA, else your own")
    parser.add_argument("--passphrase-fd", metavar="N", default=data, help="read an encrypted store's passphrase there")
    parser.add_argument(
        "--discreet", action=BooleanOptionalAction, default=json or None, help="codes and dots for this command, or not"
    )
    parser.add_argument("--json", action="store_true", default=json, help="answer in JSON, see docs/json.md")
    parser.add_argument("--debug", action="store_true", default=json, help="show where an error comes from")


def read(argv: Sequence[str], out: Output) -> Namespace | None:
    """Return the arguments, or None where help or the version was all that was wanted. Raises BadInput."""
    words = ((at, word) for at, word in enumerate(argv) if not _is_value(argv, at) and not word.startswith("-"))
    at, first = next(words, (0, None))
    if first is None and ("-h" in argv or "--help" in argv):
        argv, first = ["help"], "help"
    if meant := ALSO.get(first or "") or _shortened(first):
        argv, first = [*argv[:at], meant, *argv[at + 1 :]], meant
    wanted = [command for command in COMMANDS if command.name == first]
    if first is not None and not wanted:
        if first in IN_THE_APP:
            raise BadInput(f"No such command: '{first}'. {IN_THE_APP[first]}")
        raise BadInput(f"No such command: '{first}'.{nearest(first)} See: toward help")
    try:
        args, rest = build(wanted).parse_known_args(_joined(argv))
    except SystemExit:
        out.flush()
        return None
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Unwritten(error.strerror or type(error).__name__) from None
    if rest:
        raise BadInput(f"Unrecognized argument: '{rest[0]}'. See: toward {f'{first} ' if first else ''}--help")
    return args


def _shortened(word: str | None) -> str:
    """Return the only command that begins with a word, or "" where several do or it is one to be written out."""
    if word is None or len(word) < SHORTEST or any(word in (each.name, *ALSO, *IN_THE_APP) for each in COMMANDS):
        return ""
    begun = [command.name for command in COMMANDS if command.name.startswith(word.casefold())]
    return begun[0] if len(begun) == 1 and begun[0] not in WRITTEN_OUT else ""


def nearest(word: str) -> str:
    """Return a question about the command that was meant perhaps, with a blank before it, or nothing."""
    from difflib import get_close_matches

    begun = [f"'{command.name}'" for command in COMMANDS if len(word) >= SHORTEST and command.name.startswith(word)]
    if begun:
        return f" Did you mean {' or '.join(begun)}?"
    near = get_close_matches(word, [*(command.name for command in COMMANDS), *ALSO], 1)
    return f" Did you mean '{ALSO.get(near[0], near[0])}'?" if near else ""


def _is_value(argv: Sequence[str], number: int) -> bool:
    return number > 0 and argv[number - 1] in ("--data", "--passphrase-fd")


def _joined(argv: Sequence[str]) -> list[str]:
    """Return the words with a day that begins with a minus tied to its option, so that it is not taken for one."""
    words: list[str] = []
    for word in argv:
        if words and words[-1] in DAY_OPTIONS and _BACK.match(word) and "--" not in words:
            words[-1] += f"={word}"
        else:
            words.append(word)
    return words
