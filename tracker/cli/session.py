"""What every command is handed: its arguments, the way out, and the store once it is asked for."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.cli.output import Output
from tracker.domain.clock import Clock
from tracker.domain.text import discreet_mode
from tracker.ledger.errors import Ambiguous, BadInput, Locked, NextStep, NotFound
from tracker.services.environment import Environment, environment, is_discreet, state_of
from tracker.services.terminal import no_app

if TYPE_CHECKING:
    from tracker.cli.passphrases import Passphrases
    from tracker.domain.commitments import Commitment
    from tracker.ledger.workspace import Workspace
    from tracker.services.change import Change
    from tracker.services.commitments.lifecycle import Activation
    from tracker.services.safekeeping.encryption import StoreKey

OpenApp = Callable[[Path, Path, Clock], int]


class Session:
    """One run of one command."""

    def __init__(self, args: Namespace, out: Output, open_app: OpenApp | None = None) -> None:
        self.args, self.out = args, out
        discreet_mode.draw(False)
        self._open_app = open_app
        self._is_first = self._showed_safety = self._noted_arrivals = False

    @cached_property
    def here(self) -> Environment:
        """Return the data folder, the root of all state folders and the clock. Raises BadInput."""
        here = environment(self.args.data)
        self._be_discreet(here)
        return here

    def _be_discreet(self, here: Environment) -> None:
        """Tell codes and dots where that is wanted for this command or on this computer; JSON stays data."""
        wanted = self.args.discreet
        if wanted is None:
            wanted = is_discreet(state_of(here.data, here.state))
        discreet_mode.draw(wanted and not self.args.json)

    @cached_property
    def workspace(self) -> Workspace:
        """Return the open store, with a word about what could not be used."""
        try:
            workspace = open_store(self.here)
        except Locked:
            workspace = self.passphrases.open_store(self.here)
        return self._with_warnings(workspace)

    def key(self) -> StoreKey | None:
        """Return the key of an encrypted store, asked for where need be; None where it is plain or cannot tell."""
        from tracker.services.lock_status import needs_key

        return self.workspace.key if needs_key(self.here.data) else None

    def unlocked_by_hand(self) -> Workspace:
        """Return the open store of somebody who knows the passphrase, whatever this computer remembers."""
        return self._with_warnings(self.passphrases.open_store(self.here, by_hand=True))

    @cached_property
    def passphrases(self) -> Passphrases:
        """Return where passphrases come from."""
        from tracker.cli.passphrases import Passphrases

        return Passphrases(self.args.passphrase_fd, self.out)

    def _with_warnings(self, workspace: Workspace) -> Workspace:
        self._is_first = workspace.is_new
        for text in (
            *(self.here.notes if workspace.is_new else ()),
            *workspace.warnings,
            *filter(None, (workspace.news,)),
        ):
            self.out.print_note(f"Note: {text}")
        self._note_arrivals(workspace)
        return workspace

    def _note_arrivals(self, workspace: Workspace) -> None:
        """Say once what came from elsewhere and waits for an answer."""
        asks = getattr(self.args, "run", "") == "groups.incoming:incoming"
        if asks or self._noted_arrivals or not workspace.has_arrivals:
            return
        from tracker.services.exchange.incoming import summary

        if arrived := summary(workspace):
            self.out.print_note(f"Note: {arrived}")
            self._noted_arrivals = True

    @property
    def has_saved(self) -> bool:
        """Return whether this command has written to the store by now."""
        return "workspace" in self.__dict__ and self.workspace.store.has_written

    def close(self) -> None:
        """Say at the end that a backup that was due was not made, or that no store lies where one was looked for."""
        if "workspace" not in self.__dict__:
            return
        self._note_arrivals(self.workspace)
        if self.workspace.backup_trouble:
            self.out.print_note(f"Note: {self.workspace.backup_trouble} See: toward doctor")
        if hint := self.workspace.unrelated_folder_hint:
            self.out.print_note(f"Note: {hint}")
        elif self._is_first and not self.args.json and not self._showed_safety:
            self._first_time()

    @property
    def can_ask(self) -> bool:
        """Return whether somebody sits there to answer."""
        return sys.stdin is not None and sys.stdin.isatty()

    @property
    def has_terminal(self) -> bool:
        """Return whether the app can be opened."""
        return self._open_app is not None and not no_app(sys.stdin, sys.stdout, sys.stderr, os.environ)

    def open_app(self, here: Environment) -> int:
        """Open the app on a data folder and return its exit code. Raises BadInput without a terminal."""
        if wrong := no_app(sys.stdin, sys.stdout, sys.stderr, os.environ):
            raise BadInput(wrong)
        if self._open_app is None:
            raise BadInput("The app cannot be opened from here. In plain lines: toward today")
        if self.args.passphrase_fd is not None:
            raise BadInput("--passphrase-fd belongs to a command; the app asks for the passphrase itself.")
        if not here.data.is_dir():
            self.out.print_note(*(f"Note: {each}" for each in here.notes))
        code = self._open_app(here.data, here.state, here.clock)
        if code and self.args.debug:
            from tracker.services.safekeeping.crash import CRASH_LOG

            with suppress(OSError):
                self.out.print_note(*(here.state / CRASH_LOG).read_text("utf-8").splitlines())
        return code

    def days(self, name: str = "day") -> tuple[date, ...] | None:
        """Return the days an option names, or None without it. Raises BadWord."""
        text: str | None = getattr(self.args, name)
        if text is None:
            return None
        from tracker.domain.language.parsing import parse_days

        return parse_days(text, self.workspace.today, self.workspace.ledger.calendar)

    def day(self, name: str = "day", *, ahead: bool = False) -> date | None:
        """Return the one day an option names, or None without it; with `ahead` a weekday is the next one to come.

        Raises BadWord.
        """
        text: str | None = getattr(self.args, name)
        if text is None:
            return None
        from tracker.domain.language.parsing import parse_day

        return parse_day(text, self.workspace.today, ahead=ahead)

    def commitment(self, archived: bool = False) -> Commitment:
        """Return the commitment that WHAT names. Raises NotFound, with the catalogue's own if it has one."""
        from tracker.services.commitments.find import find

        try:
            return find(self.workspace, self.args.what, archived)
        except Ambiguous:
            raise
        except NotFound as error:
            known = in_catalogue(self.args.what)
            if error.way is NextStep.DOCTOR:
                # It may be there, in a file that cannot be used: adding it anew would make two.
                raise
            if known is None or self.workspace.ledger.get(known) is not None:
                raise
            none = f"No such commitment: '{self.args.what}'." if error.candidates else error.message
            raise NotFound(f"{none} The catalogue has '{known}': toward add {known}") from None

    def ensure_active(self) -> Activation:
        """Return the commitment that WHAT names, ready to be logged, also one that is archived or not taken on yet.

        Raises NotFound where nobody goes by that name, in the catalogue neither.
        """
        from tracker.services.commitments.find import find
        from tracker.services.commitments.lifecycle import ensure_active

        try:
            cid = find(self.workspace, self.args.what).id
        except Ambiguous:
            raise
        except NotFound as error:
            known = error.about or in_catalogue(self.args.what)
            if known is None:
                raise
            cid = known
        return ensure_active(self.workspace, cid)

    def print_answer(self, answer: Mapping[str, Any], *lines: str) -> None:
        """Print an answer: as JSON where that was asked for, or else in lines."""
        if self.args.json:
            self.out.json(answer)
        else:
            self.out.print_result(*lines)

    def print_change(self, change: Change) -> None:
        """Say what a command changed, and what may be done next."""
        self.out.saved = self.out.saved or change.changed
        told = {
            "changed": change.changed,
            "commitment": change.commitment,
            "said": list(change.lines),
            "operation": change.operation,
        }
        self.print_answer(told, *change.lines)
        if change.way is not None:
            self.hint(change.way, change.commitment)

    def hint(self, way: NextStep, about: str | None) -> None:
        """Say what may be done next; before a step that needs care the safety notice itself, but beside JSON."""
        from tracker.cli.hints import HINTS

        if way is NextStep.CARE and not self.args.json:
            self._safety()
        elif way is NextStep.FRIGHTEN:
            self._frighten()
        else:
            self.out.print_note(HINTS[way].format(about=about))

    def _frighten(self) -> None:
        """Print the paragraph for those who frighten somebody, and where the rest of the page is."""
        from tracker.catalogue import FRIGHTEN, safety_notice

        self.out.print_paragraphs("", safety_notice(FRIGHTEN)[0], "", "The whole page: toward safety")

    def _safety(self) -> None:
        """Print the safety notice as talk, so that the answer of the command stays what it is."""
        from tracker.catalogue import safety_notice

        for paragraph in (*safety_notice(), "Again at any time: toward safety"):
            self.out.print_paragraphs("", paragraph)
        self._showed_safety = True

    def _first_time(self) -> None:
        """Print the short form of the notice to whoever comes for the first time."""
        from tracker.catalogue import safety_short

        self.out.print_paragraphs("", safety_short("Type toward safety"))


def open_store(here: Environment) -> Workspace:
    """Return the open store. Raises TowardError."""
    from tracker.ledger.workspace import Workspace

    return Workspace.at(here.data, here.state, here.clock, make=False)


def in_catalogue(word: str) -> str | None:
    """Return the id of the one commitment of the catalogue that goes by a word, or None."""
    from tracker.services.commitments.find import find_template

    try:
        return find_template(word).id
    except NotFound:
        return None
