"""Add a commitment with a plan of one's own, make a new one, or change one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Input, Label, Select, Static

from tracker.catalogue import steps
from tracker.catalogue.model import Template
from tracker.domain.commitments import Commitment, Kind
from tracker.domain.language.parsing import parse_day
from tracker.domain.language.words import BadWord
from tracker.domain.text.clean import one_line
from tracker.ledger.errors import BadInput, TowardError
from tracker.ledger.private_words import plan_of
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.commitments import lifecycle
from tracker.services.commitments.custom_fields import outcome_rows
from tracker.services.commitments.plans import explain, read_target
from tracker.services.commitments.questions import Row, with_needed
from tracker.services.history.drafts import Words
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.safe import plain
from tracker.tui.widgets.key_footer import KeyFooter

KINDS = {
    Kind.CHECK: "check - done or not done",
    Kind.COUNT: "count - how many times",
    Kind.MINUTES: "minutes - how long",
    Kind.AVOID: "avoid - a day without it",
    Kind.TASK: "task - one time",
    Kind.EVENT: "event - when it happens",
}
ASKS = "asks"
EXAMPLES = "daily, mon wed fri, 3 per week, every 3 days, 120 min per week, at most 2 per day, once by 2026-12-24"


class EditScreen(GuardedScreen[None]):
    """One form for all of it; what is typed stays until it is saved or left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "keep", priority=True, id="edit.save", tooltip="Keep what is typed"),
        Binding(
            "ctrl+o",
            "questions",
            "what it asks",
            priority=True,
            id="edit.questions",
            tooltip="The questions of one of your own",
        ),
        Binding("escape", "leave", "leave as it was", priority=True, id="edit.leave", tooltip="Keep nothing"),
    ]
    AUTO_FOCUS = ""

    def __init__(self, subject: Commitment | Template | None, step: str = "s1") -> None:
        super().__init__()
        self.place = f"commitment|{subject.id if subject else ''}|form"
        self._subject, self._step = subject, step
        details: Mapping[str, Any] = subject.details if isinstance(subject, Commitment) else {}
        self._outcomes: Sequence[Row] = outcome_rows(details.get("outcomes"))
        self._rows_before: list[Row] = list(details.get("fields", ()))
        self._rows = self._rows_before
        self._today: date | None = None
        self._target_before = ""
        self._own_words = subject is None or (isinstance(subject, Commitment) and "catalogue" not in details)

    @property
    def _own(self) -> bool:
        return self._subject is None

    def compose(self) -> ComposeResult:
        """Lay out the form."""
        subject = self._subject
        kind = Kind(subject.kind) if subject else Kind.CHECK
        if isinstance(subject, Commitment):
            plan = subject.plan
            schedule, target = plan.schedule.sentence, plan.target
            if_then = plan_of(subject.details)
        else:
            schedule = subject.schedule if subject else "3 per week"
            target = (subject.target or 1) if subject else 1
            if_then = subject.if_then if subject else ""
        name = "A commitment of your own" if subject is None else subject.title
        with VerticalScroll(classes="calm"):
            yield Static(plain(name), classes="question")
            if self._own:
                yield Label("What will you do?", markup=False)
                yield Input(id="title", placeholder="A small, concrete act", compact=True)
                yield Label("Step", markup=False)
                yield Select(
                    [(plain(each.name), each.id) for each in steps()], value=self._step, allow_blank=False, id="step",
                    compact=True,
                )  # fmt: skip
                yield Label("How it counts", markup=False)
                yield Select(
                    [(label, value.value) for value, label in KINDS.items()], value=kind.value, allow_blank=False,
                    id="kind", compact=True,
                )  # fmt: skip
            elif isinstance(subject, Commitment):
                yield Label("Title", markup=False)
                yield Input(one_line(subject.title), id="title", compact=True)
            yield Label("How often", markup=False)
            yield Input(schedule, id="schedule", placeholder=EXAMPLES, compact=True)
            yield Static(id="asks", markup=False, classes="hint")
            yield Label("Target, each time", markup=False)
            self._target_before = str(target)
            yield Input(self._target_before, id="target", compact=True)
            yield Label("If … then …", markup=False)
            yield Input(one_line(if_then), id="if_then", placeholder="If …, then I …", compact=True)
            changing = isinstance(subject, Commitment)
            yield Label("From which day on does this hold?" if changing else "Begins on", markup=False)
            yield Input("today", id="start", compact=True)
            if self._own_words:
                yield Button(self._say_asked(), id="questions", compact=True)
            yield Static(id="trouble", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Keep", id="save", compact=True)
                yield Button("Leave as it was", id="leave", compact=True)
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin on the first line to type on, with the top of the form in sight."""
        self.query_one(Input).focus(scroll_visible=False)
        self.run_worker(self._learn_today(), group="look")

    async def _learn_today(self) -> None:
        self._today = await self.worker.run(lambda workspace: workspace.today)

    def filled_in(self) -> tuple[object, ...]:
        """Return what stands in the lines, and what it asks."""
        return (*super().filled_in(), repr(self._rows))

    def lines(self) -> Words:
        """Return the lines, and what it asks."""
        return {**super().lines(), ASKS: json.dumps(list(self._rows), ensure_ascii=False)}

    def fill_in(self, words: Words) -> None:
        """Put the lines there again, and what it asks."""
        super().fill_in(words)
        with suppress(ValueError):
            rows = json.loads(words.get(ASKS, ""))
            if self._own_words and isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
                self._rows = rows
                self.query_one("#questions", Button).label = plain(self._say_asked())

    def _say_asked(self) -> str:
        many = len(self._rows)
        asked = f"{many} question{'' if many == 1 else 's'}" if many else "nothing"
        return f"When it is logged it asks {asked}: change that"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer questions only where the commitment is one's own."""
        return self._own_words if action == "questions" else super().check_action(action, parameters)

    @on(Button.Pressed, "#questions")
    def action_questions(self) -> None:
        """Add, change, order and take away what it asks."""
        self.run_to_close(self._questions)

    async def _questions(self) -> None:
        from tracker.tui.screens.questions import QuestionsScreen

        subject = self._subject
        cid = subject.id if subject is not None else ""
        screen = QuestionsScreen(self._text("title"), self._kind(), self._rows, self._outcomes, cid)
        rows = await self.ask(screen)
        if rows is not None:
            self._rows = rows
            self.query_one("#questions", Button).label = plain(self._say_asked())

    def _text(self, name: str) -> str:
        found = self.query(f"#{name}").results(Input)
        return next((each.value for each in found), "")

    def _target(self) -> int | None:
        """Return the target typed, or None where it is as it was. Raises BadInput."""
        text = self._text("target").strip()
        return None if text == self._target_before else read_target(self._kind(), text)

    def _kind(self) -> Kind:
        if self._subject is not None:
            return Kind(self._subject.kind)
        return Kind(str(self.query_one("#kind", Select).value))

    @on(Input.Changed)
    @on(Select.Changed)
    def _explain(self) -> None:
        """Say what the schedule asks for, or what is wrong with it, while it is typed."""
        self.query_one("#asks", Static).update(plain(self._asks()))

    def _asks(self) -> str:
        return explain(self._kind(), self._text("schedule"), self._text("target"), self._today)

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        """Go on to the next line, and save from the last."""
        if event.input is self.query(Input).last():
            self.action_save()
        else:
            self.focus_next()

    @on(Button.Pressed, "#leave")
    def _pressed_leave(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Keep what is typed; the form stays open where something does not fit."""
        self.run_to_close(self._save)

    async def _save(self) -> None:
        subject = self._subject
        title, schedule = self._text("title"), self._text("schedule")
        if_then = self._text("if_then")
        start = self._text("start") or "today"
        if not schedule.strip():
            self.show_error(f"Say how often. It can be {EXAMPLES}.")
            return
        try:
            target = self._target()
        except TowardError as error:
            self.show_refusal(error)
            return
        kind = self._kind()
        rows = with_needed(kind, self._rows) if self._rows else []
        step = str(self.query_one("#step", Select).value) if self._own else ""

        def use(workspace: Workspace) -> Change:
            try:
                day = parse_day(start, workspace.today, ahead=True)
            except BadWord as error:
                raise BadInput(str(error)) from None
            if isinstance(subject, Commitment):
                now = subject.plan
                changed = schedule != now.schedule.sentence or target is not None
                return lifecycle.edit(
                    workspace,
                    subject,
                    title=title,
                    if_then=if_then,
                    schedule=schedule if changed else None,
                    target=target,
                    start=day if changed or start.strip().lower() != "today" else None,
                    fields=rows if rows != self._rows_before else None,
                )
            if subject is not None:
                return lifecycle.add(
                    workspace, subject.id, schedule=schedule, target=target, start=day, if_then=if_then
                )
            own = lifecycle.Own(title, step, kind.value, schedule, target, if_then=if_then, fields=tuple(rows))
            return lifecycle.add_own(workspace, own, day)

        if (change := await self.save(use)) is not None:
            self.close_with_message(" ".join(change.lines), undo=change.changed)

    def action_leave(self) -> None:
        """Leave everything as it was; an open list of choices closes first."""
        if not self.closed_choices() and self.may_close("esc"):
            self.dismiss(None)


async def edit_commitment(page: DataScreen[Any], cid: str) -> None:
    """Open the form of a commitment, with its own words also where the app is discreet: they are written there.

    Only for use inside a worker.
    """
    if (commitment := await page.fetch(lambda workspace: workspace.ledger.whole(cid))) is not None:
        page.open(EditScreen(commitment))
