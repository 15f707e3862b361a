"""Look back, part by part: left at any time, taken up again where it was, and shared line by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tracker.domain.reviews import SAFE, Part, Review, unsafe
from tracker.ledger.commitment_fields import asked_now
from tracker.ledger.errors import BadInput, NextStep, TowardError
from tracker.ledger.workspace import Workspace
from tracker.present.review import Course, course
from tracker.services.change import Change
from tracker.services.commitments import lifecycle
from tracker.services.history.purge import CONFIRM
from tracker.services.reviews import partner, reviews
from tracker.tui.countdown import Countdown
from tracker.tui.frame.data_screen import SHARED, DataScreen
from tracker.tui.frame.dialogs import ChoiceDialog
from tracker.tui.frame.form import FormScreen
from tracker.tui.frame.guarded_screen import Use
from tracker.tui.safe import plain
from tracker.tui.screens.reviews.partner_turn import TheirTurn
from tracker.tui.screens.reviews.review_text import render_review
from tracker.tui.screens.reviews.sharing import MINE, THEIRS, KeepScreen, ShareScreen
from tracker.tui.widgets.reader import Reader

KINDS = (
    (Review.DAY.value, "today, in two minutes"),
    (Review.WEEK.value, "the week, alone"),
    (Review.TOGETHER.value, "the week, together"),
    (Review.MONTH.value, "the month"),
)
THERE = (("no", "not now: go on"), ("yes", "yes, hand over the keyboard"))
PAUSES = (("yes", "write the pause down"), ("no", "not now"))
LEADS = {
    NextStep.SMALLER: "To make one smaller: e on its row of Today.",
    NextStep.SWAP: "To swap one: a on Today leads to what you can add, and x there puts one away.",
    NextStep.TAKE_ON: "To keep what you offer as a commitment of your own: a on Today, then n.",
}
"""Where an answer leads on to, by the keys of other screens."""
TAKE_BACK = (
    "For whoever answered here alone: your answers are yours. Taken back, they are gone for good, and nothing brings "
    "them back. It will only say “No view yet.” Exports that you allowed may hold copies. Type purge to go on."
)


class ReviewScreen(DataScreen[Course]):
    """One review of the period that holds the day on which it was opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "go on", id="review.on", tooltip="Answer this part, or go on to the next"),
        Binding("left,h", "part(-1)", "part before", id="review.before", show=False, tooltip="The part before"),
        Binding("right,l", "part(1)", "part after", id="review.after", show=False, tooltip="The part after"),
        Binding("t", "timer", "timer", id="review.timer", tooltip="Start or stop the minutes of this part"),
        Binding("x", "finish", "finish", id="review.finish", tooltip="Finish, whatever parts are left"),
        Binding("s", "share", "share", id="review.share", tooltip="Keep as a file what you both agree to share"),
        Binding(
            "b",
            "take_back",
            "take it back",
            id="review.take-back",
            show=False,
            tooltip="For the one who answered alone: take the answers back for good",
        ),
        *(Binding(str(digit), f"digit({digit})", show=False) for digit in range(10)),
        *SHARED,
    ]
    words = getters.query_one("#review", Reader)
    script = getters.query_one("#script", Static)

    def __init__(self, kind: Review) -> None:
        super().__init__()
        self.kind = kind
        self._day: date | None = None
        self._shown: str | None = None
        self._walked: Part | None = None
        self._countdown = Countdown()

    @property
    def unsaved(self) -> bool:
        """Return whether answers are being asked for, one after another."""
        return self._asking or super().unsaved

    def body(self) -> ComposeResult:
        """Lay out the words of the part."""
        with Reader(id="review"):
            yield Static(id="script", classes="column", markup=False)

    def on_mount(self) -> None:
        """Load the part that is next, and let the timer run."""
        self.words.focus()
        self.set_interval(1, self._tick)

    def load(self, workspace: Workspace) -> Course:
        """Return where the review stands. It stays with its period, also past the end of the day."""
        day = self._day = self._day or workspace.today
        return course(workspace, self.kind, day, self._walked)

    def draw(self, view: Course) -> None:
        """Show the part that is next, or what was looked at once all is finished."""
        now = view.now
        name = now.part.name if now.part else ""
        if name != self._shown:
            self._shown = name
            self._countdown.stop()
            self.words.scroll_home(animate=False)
        self.heading.update(plain(f" {now.script.title}"))
        self._draw_aside()
        self.script.update(render_review(view))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key has anything to do here; whether a partner answered is no part of that."""
        match action:
            case "share":
                return self.view is not None and self.view.shares
            case "take_back":
                return self.view is not None and self.view.opened is not None
        return True

    def _draw_aside(self) -> None:
        view = self.view
        if view is None:
            return
        part = view.now.part
        text = "finished" if part is None else self._countdown.describe(part) or f"{view.place}, {part.minutes} min"
        self.aside.update(plain(f"{text} "))

    def action_go_on(self) -> None:
        """Answer the part, or go on where it asks nothing."""
        view = self.view
        if view is None:
            return
        if view.now.part is None:
            self.action_back()
        else:
            self.run_worker(self._go_on(view, view.now.part), group="act")

    async def _go_on(self, view: Course, part: Part) -> None:
        if part.rates or part.dials:
            if not view.submitted:
                await self._rate(part)
                return
            if view.opened is not None and not view.opened.open:
                there = await self.ask(ChoiceDialog("Is your partner here, and willing to answer?", THERE))
                if there == "yes":
                    await self.ask(TheirTurn(self.kind, self._day))
                    await self._load_and_draw()
                if there != "no":
                    return
        if not part.fields:
            await self.perform(self._keep(part, {}))
            return
        known = view.known(part)
        place = f"review|{self.kind.value}|{part.name}"
        form = FormScreen(part.title, part.fields, lambda answers: self._keep(part, answers), known, place=place)
        change = await self.ask(form)
        if change is None:
            return
        if change.way in LEADS:
            change = replace(change, lines=("Kept.", LEADS[change.way]))
        await self.show_change(change)
        if change.way is NextStep.PAUSE and change.commitment is not None:
            await self._pause(change.commitment)

    def action_digit(self, digit: int) -> None:
        """Answer the one scale of the part, and go on."""
        view = self.view
        part = view.now.part if view is not None else None
        if view is None or part is None or (scale := part.scale) is None:
            return
        if scale.low <= digit <= scale.high:
            answers = view.known(part) | {scale.name: digit}
            self.run_to_close(lambda: self.perform(self._keep(part, answers)))
        else:
            self.show_message(f"A number here is {scale.hint}.")

    async def _pause(self, cid: str) -> None:
        """Lead from a talk that grew too hot into the form of a pause well taken."""
        if await self.ask(ChoiceDialog(NextStep.PAUSE.value, PAUSES)) != "yes":
            return
        ready = await self.worker.run(lambda workspace: lifecycle.ensure_active(workspace, cid))
        form = FormScreen(
            ready.commitment.title,
            asked_now(ready.commitment),
            lambda answers: lambda workspace: reviews.take_pause(workspace, cid, answers),
        )
        await self.show_change(await self.ask(form))

    @work(group="act")
    async def action_share(self) -> None:
        """Share what both agree to."""
        kind, day, agreed = self.kind, self._day, None
        offers = await self.worker.run(lambda workspace: reviews.offers(workspace, kind, day))
        while (agreed := await self.ask(ShareScreen(offers, agreed))) is not None:
            mine, theirs = agreed[MINE], agreed[THEIRS]
            try:
                text = await self.worker.run(partial(reviews.export, kind=kind, mine=mine, theirs=theirs, day=day))
                where = await self.worker.run(lambda workspace: reviews.file_name(workspace, kind, day))
            except TowardError as error:
                self.show_message(error.message, warn=True)
                return
            change = await self.ask(KeepScreen(text, where))
            if change is not None:
                self.show_message(" ".join(change.lines))
                return

    @work(group="act")
    async def action_take_back(self) -> None:
        """Let whoever answered alone take it back; the same is said whether or not somebody did."""
        await self.ask_line(TAKE_BACK, "the word purge", self._withdraw, "enter takes it back, esc cancels")

    def _withdraw(self, typed: str) -> Use:
        def use(workspace: Workspace) -> Change:
            if typed.strip().lower() != CONFIRM:
                raise BadInput(f"Type {CONFIRM} to take it back, or esc to cancel.")
            change = partner.withdraw(workspace, self.kind, self._day)
            return replace(change, lines=change.lines[:-1])

        return use

    def _keep(self, part: Part, answers: dict[str, Any]) -> Use:
        return lambda workspace: reviews.answer(workspace, self.kind, part.name, answers, self._day)

    async def _rate(self, part: Part) -> None:
        """Take one's own ratings, and the guesses of theirs, and submit them."""
        change = await self.ask(FormScreen(part.title, partner.own_fields(self.kind), self._seal))
        if change is not None:
            await self._load_and_draw()
            self.show_message(" ".join(change.lines))

    def _seal(self, answers: dict[str, Any]) -> Use:
        def use(workspace: Workspace) -> Change:
            def read(side: str) -> dict[str, int | None]:
                return {
                    item.name: partner.read_rating(item, str(answers.get(f"{side}-{item.name}", "")))
                    for item in partner.asked(self.kind)
                }

            mine = read(partner.MINE)
            guess = {} if self.kind is Review.MONTH else read(partner.GUESS)
            change = partner.submit_own(workspace, self.kind, mine, guess, self._day)
            low = self.kind is Review.MONTH and unsafe(SAFE, mine.get(SAFE))
            return replace(change, way=NextStep.SAFETY) if low else change

        return use

    def action_part(self, by: int) -> None:
        """Look at the part before or after; that changes nothing, so there is nothing to undo."""
        if self.view is None:
            return
        now = self.view.now
        place = len(now.done) + by
        if place < 0:
            self.show_message("This is the first part.")
        elif place < len(now.script.parts):
            self._walked = now.script.parts[place]
            self.show_message("")
            self.reload()
        elif now.finished is None:
            self.show_message("This is the last part. x finishes.")
        else:
            self.show_message("It is finished.")
            self._walked = None
            self.reload()

    async def show_change(self, change: Change | None, view: Course | None = None, *, taken_back: bool = False) -> None:
        """Go where the review stands after a change, wherever somebody looked before."""
        if change is not None:
            self._walked = None
        await super().show_change(change, taken_back=taken_back)

    def action_finish(self) -> None:
        """Finish."""
        if self.view is not None:
            self.act(lambda workspace: reviews.finish(workspace, self.kind, self._day))

    def action_back(self) -> None:
        """Close this screen, and say how it is taken up again."""
        now = self.view.now if self.view else None
        if now is not None and now.began and now.finished is None:
            self.close_with_message("Saved up to here. w resumes it.")
        else:
            self.dismiss(None)

    def action_timer(self) -> None:
        """Start the minutes of the part, or stop them; they end nothing."""
        part = self.view.now.part if self.view else None
        if part is None:
            return
        if self._countdown.runs and not self._countdown.waits(part):
            self._countdown.stop()
            self._draw_aside()
            self.show_message("The timer is stopped.")
        else:
            self._start(part)

    def _start(self, part: Part) -> None:
        if self._shown == part.name:
            self._countdown.start(part, self.guard.elapsed())
            self._draw_aside()
            listens = "One speaks, the other listens and says it back. " if part.turn else ""
            self.show_message(f"{listens}The timer runs. Nothing ends by itself.")

    def _tick(self) -> None:
        if self._countdown.runs and self.stands:
            self._countdown.tick(self.guard.elapsed())
            self._draw_aside()
