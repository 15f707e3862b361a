"""What there is to say about the commands: an overview in groups, the page of one, a page for man, other names."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from textwrap import wrap

from tracker import __version__
from tracker.catalogue.roles import REPLIES
from tracker.cli.commands import COMMANDS, Command
from tracker.cli.parser import EXIT_CODES, PRIVATE, build, nearest
from tracker.cli.session import Session
from tracker.ledger.errors import BadInput

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Every day", ("today", "done", "reply", "time", "share", "log", "answer", "undone", "skip", "lapse")),
    ("Look back", ("streaks", "show", "list", "review", "why")),
    ("Commitments and plans", ("add", "edit", "pause", "resume", "archive", "delete", "plan", "card")),
    (
        "Safekeeping",
        ("undo", "redo", "history", "export", "import", "backup", "restore", "doctor", "sync", "incoming", "encrypt",
         "decrypt", "passphrase", "purge", "delete-everything"),
    ),
    ("Toward itself", ("help", "version", "completion", "set", "paths", "demo", "about", "safety")),
)  # fmt: skip
EXAMPLES = (
    (f"toward add {REPLIES}", "take on a commitment of the catalogue"),
    ("toward done reply", "check it off"),
    ("toward time 45m --tag walk", "log partner time"),
    ('toward plan "sat 19:00 60m weekly"', "plan time together"),
    ("toward done reply --day yesterday", "fill in an earlier day"),
    ("toward streaks", "see how it goes"),
)
ABOUT = "Toward keeps your commitments to the one you love, one at a time. `toward` alone opens the app."
EVERYWHERE = (
    ("--data DIR", "the data folder; else TOWARD_DATA, else your own"),
    ("--json", "answer in JSON"),
    ("--discreet, --no-discreet", "tell letters, codes and dots this time, or do not"),
    ("--passphrase-fd N", "read an encrypted store's passphrase from there"),
    ("--debug", "show where an error comes from, without private text"),
    ("-h, --help", "help for a command"),
)
ENVIRONMENT = (
    ("TOWARD_DATA", "The data folder, where --data does not name one."),
    ("NO_COLOR", "Where it is set and not empty, the app draws without colour."),
)


def grouped() -> list[tuple[str, list[Command]]]:
    """Return the commands under the titles of their groups; one that no group names is in the last."""
    known = {command.name: command for command in COMMANDS}
    groups = [(title, [known.pop(name) for name in names if name in known]) for title, names in GROUPS]
    groups[-1][1].extend(known.values())
    return groups


def overview(width: int) -> list[str]:
    """Return all commands in groups, with examples, in lines of at most so many cells."""
    lines = [*wrap("usage: toward [COMMAND] [WHAT ...] [--data DIR] [--json]", width), "", *wrap(_plain(ABOUT), width)]
    for title, commands in grouped():
        lines += ["", title, *_pairs([(command.name, command.help) for command in commands], width)]
    lines += ["", "Examples", *_pairs(EXAMPLES, width), "", "With every command", *_pairs(EVERYWHERE, width)]
    return [
        *lines,
        "",
        *wrap("One command in full: toward help done", width),
        *wrap(PRIVATE, width),
        *wrap(EXIT_CODES, width),
    ]


def _plain(text: str) -> str:
    return text.replace("`", "'")


def _pairs(pairs: list[tuple[str, str]] | tuple[tuple[str, str], ...], width: int) -> list[str]:
    """Return words and what they mean side by side, or one below the other where there is no room for both."""
    first = max(len(name) for name, _ in pairs) + 4
    stacked = width - first < 24
    lines: list[str] = []
    for name, meaning in pairs:
        if stacked:
            lines += [f"  {name}", *(f"      {line}" for line in wrap(meaning, max(20, width - 6)))]
        else:
            head, *more = wrap(meaning, width - first)
            lines += [f"  {name:<{first - 2}}{head}", *(" " * first + line for line in more)]
    return lines


def help_(session: Session) -> None:
    """Print the overview, the page of one command, or a page for man."""
    args = session.args
    if args.json:
        groups = [
            {"group": title, "commands": [{"name": each.name, "help": each.help} for each in commands]}
            for title, commands in grouped()
        ]
        session.out.json({"groups": groups})
    elif args.man:
        session.out.print_verbatim(man_page())
    elif args.command is None:
        session.out.print_result(*overview(session.out.width))
    else:
        session.out.print_result(*page(args.command, session.out.width))


def page(name: str, width: int) -> list[str]:
    """Return the help of one command. Raises BadInput where there is none by that name."""
    from tracker.cli.parser import ALSO

    known = next((each for each in COMMANDS if each.name == ALSO.get(name, name)), None)
    if known is None:
        raise BadInput(f"No such command: '{name}'.{nearest(name)} See: toward help")
    own = parser_of(known)
    lines = own.format_help().rstrip().splitlines()
    return [line for each in lines for line in ([each] if len(each) <= width else wrap(each, width))]


def parser_of(command: Command) -> ArgumentParser:
    """Return what reads the words after one command."""
    parser = build([command])
    return next(each for each in parser._actions if isinstance(each.choices, dict)).choices[command.name]  # type: ignore[index, no-any-return]


def version(session: Session) -> None:
    """Print the version."""
    session.print_answer({"version": __version__}, f"toward {__version__}")


def man_page() -> str:
    """Return the manual as a page for man, made from the commands themselves."""
    return "\n".join(_man()) + "\n"


def _man() -> Iterator[str]:
    yield f'.TH TOWARD 1 "" "Toward {__version__}" "Toward"'
    yield from (".SH NAME", r"toward \- keep your commitments to the one you love, one at a time")
    yield from (
        ".SH SYNOPSIS",
        r".B toward",
        r"[\fICOMMAND\fR] [\fIWHAT\fR ...] [\fB\-\-data\fR \fIDIR\fR] [\fB\-\-json\fR]",
    )
    yield from (".SH DESCRIPTION", _roff(_plain(ABOUT)), ".PP", _roff(PRIVATE), ".SH COMMANDS")
    for title, commands in grouped():
        yield f".SS {_roff(title)}"
        for command in commands:
            yield from _man_of(command)
    yield from (".SH OPTIONS", "With every command:")
    for name, meaning in EVERYWHERE:
        yield from (".TP", rf"\fB{_roff(name)}\fR", _roff(meaning))
    yield ".SH EXAMPLES"
    for typed, meaning in EXAMPLES:
        yield from (".TP", rf"\fB{_roff(typed)}\fR", _roff(meaning))
    yield ".SH ENVIRONMENT"
    for name, meaning in ENVIRONMENT:
        yield from (".TP", rf"\fB{_roff(name)}\fR", _roff(meaning))
    yield from (".SH EXIT STATUS", _roff(" ".join(EXIT_CODES.split())))


def _man_of(command: Command) -> Iterator[str]:
    own = parser_of(command)
    taken = [
        each
        for each in own._actions
        if not {"-h", "--data", "--json", "--passphrase-fd", "--discreet", "--debug"} & {*each.option_strings}
    ]
    yield from (".TP", rf"\fB{_roff(command.name)}\fR")
    yield _roff(f"{command.help[0].upper()}{command.help[1:]}.")
    for action in taken:
        if action.help and action.help != "==SUPPRESS==":
            shown = ", ".join(action.option_strings)
            value = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
            yield from (
                ".RS",
                ".TP",
                rf"\fB{_roff(' '.join(filter(None, (shown, value))))}\fR",
                _roff(action.help),
                ".RE",
            )


def _roff(text: str) -> str:
    """Return text that roff prints as it stands."""
    safe = text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq")
    return rf"\&{safe}" if safe[:1] in ".'" else safe
