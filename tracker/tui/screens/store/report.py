"""A calm page for long work: what is being done, how it went, and a key that puts things right after a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from tracker.ledger.errors import TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.environment import Environment, state_of
from tracker.services.safekeeping.encryption import StoreKey
from tracker.tui.frame.dialogs import ChoiceDialog, Dialog
from tracker.tui.safe import plain

if TYPE_CHECKING:
    from tracker.services.exchange.incoming import Waiting
    from tracker.services.safekeeping.findings import Finding

GLANCE = 0.1
RUNNING, DONE, MENDABLE = "esc stops it", "esc closes", "r puts right what can be, each after a question; esc closes"

ANSWERABLE = "r answers, one by one; esc closes"
YES_OR_NO = (("yes", "yes"), ("no", "no"))


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that can be put right: what it is, what would be done, and how; `do` and `instead` return what was."""

    what: str
    will: str
    do: Callable[[], str]
    instead: Callable[[], str] | None = None
    """What else may be answered: then it is accepted or refused, not done or left."""
    answers: Sequence[tuple[str, str]] = YES_OR_NO
    at: int = 0
    """The answer that enter gives."""


@dataclass(frozen=True, slots=True)
class Report:
    """How long work went: paragraphs, and what can be put right."""

    said: Sequence[str]
    repairs: Sequence[Repair] = ()
    hint: str = MENDABLE


Stop = Callable[[], bool]
Progress = Callable[[str], None]
Work = Callable[[Stop, Progress], Report]


class ReportScreen(Dialog[None]):
    """Runs work off the key path, shows how far it is, and lets it be stopped."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "close", "close", id="report.close", tooltip="Stop what runs, or close this page"),
        Binding("r", "repair", "put right", id="report.repair", tooltip="Put right what can be, each after a question"),
    ]
    TALL, FAILS = True, False
    report = getters.query_one("#report", Static)

    def __init__(self, title: str, job: Work) -> None:
        super().__init__(title, RUNNING)
        self._job = job
        self._stop, self._now = Event(), "One moment"
        self._outcome: Report | None = None
        self._done: list[str] = []
        """What the answers given so far have done."""

    def body(self) -> ComposeResult:
        """Lay out room for the report."""
        with VerticalScroll():
            yield Static(id="report", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self.set_interval(GLANCE, self._glance)
        self.run_worker(self._work(), group="work", exclusive=True)

    def _glance(self) -> None:
        if self._outcome is None and not self._stop.is_set():
            self.report.update(plain(f"{self._now}…"))

    def _progress(self, text: str) -> None:
        self._now = text

    async def _work(self) -> None:
        self._outcome = None
        self.hint.update(plain(RUNNING))
        self.refresh_bindings()
        try:
            report = await self.worker.run_without_store(lambda: self._job(self._stop.is_set, self._progress))
        except TowardError as error:
            report = Report((error.message,))
        if self._stop.is_set():
            self.dismiss(None)
            return
        self._outcome = report
        self.report.update(plain("\n\n".join((*self._done, *report.said))))
        self.hint.update(plain(report.hint if report.repairs else DONE))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer a repair only where there is one."""
        return action != "repair" or bool(self._outcome and self._outcome.repairs)

    def action_close(self) -> None:
        """Close, or stop what runs first."""
        if self._outcome is not None:
            self.dismiss(None)
            return
        self._stop.set()
        self.report.update(plain("Stopping…"))

    @work(group="repair", exclusive=True)
    async def action_repair(self) -> None:
        """Ask about each repair and do it."""
        self._done = []
        for each in self._outcome.repairs if self._outcome else ():
            question = f"{each.what}. {each.will[0].upper()}{each.will[1:]}?" if each.will else each.what
            answer = await self.ask(ChoiceDialog(question, each.answers, each.at))
            if answer is None:
                break
            if (do := {"yes": each.do, "refuse": each.instead}.get(answer)) is not None:
                try:
                    self._done.append(await self.worker.run_without_store(do))
                except TowardError as error:
                    self._done.append(error.message)
        if self.is_mounted:
            await self._work()


def backing_up(here: Environment, key: StoreKey | None) -> Work:
    """Return the work of making a backup now."""

    def work(stop: Stop, progress: Progress) -> Report:
        from tracker.services.safekeeping import backups

        progress("Copying, and reading again what was copied")
        kept = backups.back_up_now(Workspace.at(here.data, here.state, here.clock, key=key), stop)
        return Report((*kept.lines, *kept.troubles))

    return work


def _to_answer(each: Waiting, answer: Callable[..., str]) -> Repair:
    """Return the question about one thing that waits: enter leaves it, and each answer says what it does."""
    from tracker.services.exchange import incoming

    yes, no = incoming.answers(each)
    return Repair(
        each.summary,
        "",
        partial(answer, each.marks, yes=True),
        partial(answer, each.marks, yes=False),
        (("no", incoming.LATER), ("yes", yes), ("refuse", no)),
    )


def answering(here: Environment, key: StoreKey | None) -> Work:
    """Return the work of telling what came from elsewhere, each to be accepted or refused."""

    def work(stop: Stop, progress: Progress) -> Report:
        from tracker.services.exchange import incoming

        progress("Comparing what came from other devices")

        def answer(marks: tuple[str, ...], *, yes: bool) -> str:
            workspace = Workspace.at(here.data, here.state, here.clock, key=key)
            # What came meanwhile may have moved the numbers.
            things = [each for each in incoming.waiting(workspace) if each.marks == marks]
            return " ".join((incoming.accept if yes else incoming.refuse)(workspace, things).lines)

        found = incoming.waiting(Workspace.at(here.data, here.state, here.clock, key=key))
        if not found:
            return Report((incoming.NOTHING,))
        several = len(found) > 1
        lines = [f"{f'{each.number}. ' if several else ''}{each.summary} {each.means}" for each in found]
        repairs = [_to_answer(each, answer) for each in found]
        return Report((*lines, incoming.ASKED), repairs, ANSWERABLE)

    return work


def _offer(each: Finding) -> str:
    """Return what Doctor can do about something; what only a person may decide is not called putting right."""
    from tracker.services.safekeeping.findings import ACKNOWLEDGED, ASKED_EACH

    if not each.will:
        return ""
    if each.code in ACKNOWLEDGED:
        return f" Once you know, r can {each.will}."
    return (
        f" If that is meant, r can {each.will}." if each.code in ASKED_EACH else f" It can be put right: {each.will}."
    )


def examining(here: Environment, key: StoreKey | None) -> Work:
    """Return the work of looking at everything."""

    def work(stop: Stop, progress: Progress) -> Report:
        from tracker.services.safekeeping import doctor, repairing
        from tracker.services.safekeeping.findings import ACKNOWLEDGED, ASKED_EACH

        state = state_of(here.data, here.state)
        report = doctor.examine(here.data, state, here.clock, stop, progress, key)
        lines = [report.summary]
        for each in report.findings:
            lines.append(f"{each.what}. {each.means}{_offer(each)}")
        mendable = (each for each in report.findings if each.repairable)
        repairs = [
            Repair(
                f"{each.what}. {each.means.rstrip('.')}" if each.code in ASKED_EACH else each.what,
                each.will,
                partial(repairing.mend, here.data, state, here.clock, each, key),
                at=1 if each.code in (*ACKNOWLEDGED, *ASKED_EACH) else 0,
            )
            for each in sorted(mendable, key=lambda each: repairing.ORDER.index(each.code))
        ]
        return Report(lines, repairs)

    return work
