"""Completion for bash, zsh and fish: scripts made from the commands; what is one's own is asked for at the moment."""

from __future__ import annotations

import re
from argparse import Action

from tracker.cli.commands import COMMANDS, Command
from tracker.cli.manual import parser_of
from tracker.cli.session import Session, open_store
from tracker.domain.text.clean import one_line
from tracker.ledger.errors import InvalidChoice, TowardError

SHELLS = ("bash", "zsh", "fish")
SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""What a shell cannot take for anything but a word."""


def completion(session: Session) -> None:
    """Print the script of a shell, or the commitments that a script asks for."""
    which = session.args.shell
    if which in ("ids", "titles"):
        session.out.print_verbatim("\n".join(_own(session, titles=which == "titles")))
        return
    if which not in SHELLS:
        raise InvalidChoice(which, SHELLS, "shell")
    script = {"bash": _bash, "zsh": _zsh, "fish": _fish}[which]()
    if session.args.json:
        session.out.json({"shell": which, "script": script})
    else:
        session.out.print_verbatim(script)


def _own(session: Session, titles: bool) -> list[str]:
    """Return the ids of one's commitments, with their titles if those are wanted; none where they cannot be read.

    Nothing is asked and nothing is said: somebody is in the middle of typing.
    """
    try:
        found = list(open_store(session.here).ledger.commitments())
    except TowardError:
        return []
    rows = [(each.id, one_line(each.title)) for each in found if SAFE.fullmatch(each.id)]
    return [f"{cid}\t{title}" if titles else cid for cid, title in rows]


def _options(command: Command) -> list[Action]:
    return [each for each in parser_of(command)._actions if each.option_strings]


def _words(command: Command) -> list[str]:
    """Return the fixed words that may follow a command: its options, and the choices it names."""
    fixed = [option for each in _options(command) for option in each.option_strings if option.startswith("--")]
    places = [each for each in parser_of(command)._actions if not each.option_strings]
    return [*fixed, *(str(word) for each in places for word in each.choices or ())]


def _takes_what(command: Command) -> bool:
    return any(each.dest == "what" for each in parser_of(command)._actions)


_BASH = """\
# Completion for toward. In ~/.bashrc: eval "$(toward completion bash)"
_toward() {{
    local program=${{COMP_WORDS[0]}} cur=${{COMP_WORDS[COMP_CWORD]}} command= what= words= i
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${{COMP_WORDS[i]}} in
            --data|--passphrase-fd) ((i++)) ;;
            -*) ;;
            *) command=${{COMP_WORDS[i]}}; break ;;
        esac
    done
    case $command in
        '') words='{names} --data --json --help --version' ;;
{cases}
    esac
    if [[ -n $what && $cur != -* ]]; then
        words="$words $("$program" completion ids 2>/dev/null)"
    fi
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
}}
complete -o default -F _toward toward
"""


def _bash() -> str:
    cases = []
    for command in COMMANDS:
        what = "what=yes; " if _takes_what(command) else ""
        cases.append(f"        {command.name}) {what}words='{' '.join(_words(command))}' ;;")
    return _BASH.format(names=" ".join(command.name for command in COMMANDS), cases="\n".join(cases))


_ZSH = """\
#compdef toward
# Completion for toward. In ~/.zshrc, after compinit: eval "$(toward completion zsh)"
_toward() {{
    local program=$words[1] command= what= i
    local -a commands options own
    commands=(
{commands}
    )
    for ((i = 2; i < CURRENT; i++)); do
        case $words[i] in
            --data|--passphrase-fd) ((i++)) ;;
            -*) ;;
            *) command=$words[i]; break ;;
        esac
    done
    case $command in
        '') _describe command commands; return ;;
{cases}
    esac
    if [[ -n $what && $words[CURRENT] != -* ]]; then
        own=("${{(@f)$($program completion titles 2>/dev/null)}}")
        own=("${{(@)own/$'\\t'/:}}")
        _describe commitment own
    fi
    compadd -- $options
    _files
}}
compdef _toward toward
"""


def _zsh() -> str:
    commands = [f"        {_quoted(f'{each.name}:{each.help}')}" for each in COMMANDS]
    cases = []
    for command in COMMANDS:
        what = "what=yes; " if _takes_what(command) else ""
        cases.append(f"        {command.name}) {what}options=({' '.join(_words(command))}) ;;")
    return _ZSH.format(commands="\n".join(commands), cases="\n".join(cases))


def _fish() -> str:
    first = "__fish_use_subcommand"
    lines = ["# Completion for toward. In ~/.config/fish/config.fish: toward completion fish | source"]
    for command in COMMANDS:
        lines.append(f"complete -c toward -n {first} -f -a {command.name} -d {_quoted(command.help)}")
        here = f"'__fish_seen_subcommand_from {command.name}'"
        for each in _options(command):
            for option in each.option_strings:
                if option.startswith("--"):
                    takes = "" if each.nargs == 0 else " -r"
                    lines.append(f"complete -c toward -n {here} -l {option[2:]}{takes} -d {_quoted(str(each.help))}")
        words = [word for word in _words(command) if not word.startswith("-")]
        if words:
            lines.append(f"complete -c toward -n {here} -f -a {_quoted(' '.join(words))}")
        if _takes_what(command):
            lines.append(f"complete -c toward -n {here} -f -a '(toward completion titles 2>/dev/null)'")
    return "\n".join(lines)


def _quoted(text: str) -> str:
    """Return text as one word of zsh and fish."""
    return "'" + text.replace("\\", "").replace("'", "’") + "'"
