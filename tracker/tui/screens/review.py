"""Look back, part by part: left at any time, taken up again where it was, and a partner's turn that is theirs alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from textual import events, getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tracker.domain.fields import Field, Type
from tracker.domain.reviews import EFFORT, HIGHEST_DIAL, HIGHEST_RATING, SAFE, Free, Item, Part, Review, unsafe
from tracker.services import lookback, partner, reviews
from tracker.services.change import Change
from tracker.services.errors import BadInput, Refused, TowardError, Way
from tracker.services.lookback import AreaLine, Summary
from tracker.services.toward import Toward
from tracker.tui.bridge import Bridge
from tracker.tui.closing import Closing
from tracker.tui.page import SHARED, Page
from tracker.tui.prompts import Choose
from tracker.tui.safe import plain
from tracker.tui.screens.form import FormScreen, Use

KINDS = (
    (Review.DAY.value, "today, in two minutes"),
    (Review.WEEK.value, "the week, alone"),
    (Review.TOGETHER.value, "the week, together"),
    (Review.MONTH.value, "the month"),
)
HAND_OVER = "Hand over the keyboard"
THEIR_TURN = (
    "This part is yours alone, and the other one looks away. Nothing you type is kept or shown before you seal it. "
    "Once you do, it opens here, for both of you, and nowhere else; you can take it back for good.",
    "If you would rather not answer, press esc now or at any time. Nobody is told.",
)
FREE = "Were you free to answer honestly? yes, not quite or no"
SEAL = "Seal this, so that it opens for both of you together? yes or no, and no if you leave it empty"
THERE = (("no", "not now: go on"), ("yes", "yes, hand over the keyboard"))


@dataclass(frozen=True, slots=True)
class Look:
    """A review as it stands, with what its part shows; of a partner's answers only what has opened, in its part."""

    now: reviews.Standing
    summary: Summary | None
    areas: tuple[AreaLine, ...]
    sealed: bool
    told: partner.Reveal | None


class Words(VerticalScroll, can_focus=True, inherit_bindings=False):
    """What a part says; it scrolls up and down, and leaves left and right to the review."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", show=False),
        Binding("down,j", "scroll_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "scroll_home", show=False),
        Binding("end", "scroll_end", show=False),
    ]


class ReviewScreen(Page[Look]):
    """One review of the period that holds the day on which it was opened."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "go on", id="review.on", tooltip="Answer this part, or go on to the next"),
        Binding("left,h", "part(-1)", "part before", id="review.before", show=False, tooltip="The part before"),
        Binding("right,l", "part(1)", "part after", id="review.after", show=False, tooltip="The part after"),
        Binding("t", "timer", "timer", id="review.timer", tooltip="Start or stop the minutes of this part"),
        Binding("x", "finish", "finish", id="review.finish", tooltip="Finish, whatever parts are left"),
        *SHARED,
    ]
    words = getters.query_one("#review", Words)
    script = getters.query_one("#script", Static)

    def __init__(self, bridge: Bridge, kind: Review) -> None:
        super().__init__(bridge)
        self.kind = kind
        self._day: date | None = None
        self._shown: str | None = None
        self._until: datetime | None = None
        self._left = timedelta()
        self._ticking = False

    @property
    def unsaved(self) -> bool:
        """Return whether answers are being asked for, one after another."""
        return self._asking or super().unsaved

    def body(self) -> ComposeResult:
        """Lay out the words of the part."""
        with Words(id="review"):
            yield Static(id="script", classes="column", markup=False)

    def on_mount(self) -> None:
        """Load the part that is next, and let the timer run."""
        super().on_mount()
        self.words.focus()
        self.set_interval(1, self._tick)

    def load(self, toward: Toward) -> Look:
        """Return where the review stands. It stays with its period, also past the end of the day."""
        day = self._day = self._day or toward.today
        now = reviews.standing(toward, self.kind, day)
        part = now.part
        counts = part is None or part.counts
        rated = part is not None and (part.rates or part.dials)
        sealed = rated and partner.own(toward, self.kind, day) is not None
        return Look(
            now=now,
            summary=lookback.summary_of(toward, self.kind, day, shareable=self.kind is Review.TOGETHER)
            if counts
            else None,
            areas=lookback.month_table(toward, day) if counts and self.kind is Review.MONTH else (),
            sealed=sealed,
            told=partner.reveal(toward, self.kind, day) if sealed and self.kind is not Review.WEEK else None,
        )

    def draw(self, view: Look) -> None:
        """Show the part that is next, or what was looked at once all is finished."""
        now = view.now
        name = now.part.name if now.part else ""
        if name != self._shown:
            self._shown, self._until = name, None
            self.words.scroll_home(animate=False)
        self.heading.update(plain(f" {now.script.title}"))
        self._draw_aside()
        blocks = self._part(view, now.part) if now.part is not None else self._finished(view)
        self.script.update(Content("\n\n").join([block for block in blocks if block.plain]))

    def _draw_aside(self) -> None:
        now = self.view.now if self.view else None
        if now is None:
            return
        if now.part is None:
            text = "finished"
        elif self._until is None:
            text = f"part {len(now.done) + 1} of {len(now.script.parts)}, {now.part.minutes} min"
        elif self._left > timedelta():
            minutes, seconds = divmod(int(self._left.total_seconds()), 60)
            text = f"{minutes}:{seconds:02d} left, t stops"
        else:
            text = "the time is up, take what you need"
        self.aside.update(plain(f"{text} "))

    def _part(self, view: Look, part: Part) -> list[Content]:
        now = view.now
        head = f"Part {len(now.done) + 1} of {len(now.script.parts)}: {part.title} ({part.minutes} min)"
        blocks = [] if now.began else [plain("\n".join(now.script.before)).stylize("$text-muted")]
        blocks += [plain(head).stylize("bold $primary"), plain("\n".join(part.say)), *self._counts(view)]
        blocks += [self._ratings(view)] if part.rates or part.dials else []
        marks = [f"{'✓' if field.name in now.answers else '·'} {field.ask}" for field in part.fields]
        blocks.append(plain("\n".join(marks)))
        answers = bool(part.fields) or ((part.rates or part.dials) and not view.sealed)
        hint = f"enter {'answers' if answers else 'goes on'}, ← → lead to the part before and after, x finishes\n"
        blocks.append(plain(hint + "esc leaves it; what you answered is kept").stylize("$text-muted"))
        return blocks

    def _finished(self, view: Look) -> list[Content]:
        finished = view.now.finished
        when = f"Finished on {finished:%Y-%m-%d}. " if finished else ""
        hint = "← opens the last part again, esc leaves it"
        return [plain(f"{when}Thank you for looking."), *self._counts(view), plain(hint).stylize("$text-muted")]

    def _counts(self, view: Look) -> list[Content]:
        summary = view.summary
        if summary is None:
            return []
        one_day = summary.first == summary.last
        span = f"{summary.first}" if one_day else f"{summary.first} to {summary.last}"
        blocks = [plain("\n".join([span, *(f"  {line}" for line in summary.said)]))]
        for area in view.areas:
            lines = [f"  what I do: {area.leading}", *(f"    {line}" for line in area.counted)]
            lines += [f"  between us: {area.middle}", *(f"    {line}" for line in area.between)]
            lines += [f"  what it becomes: {area.lagging}"]
            head = plain(area.name.upper()).stylize("bold $primary")
            blocks.append(Content("\n").join([head, plain("\n".join(lines))]))
        return blocks

    def _ratings(self, view: Look) -> Content:
        """Return whether one's own side is sealed, and what has opened; one's own numbers stand nowhere before that."""
        if not view.sealed:
            return plain("· Your side is not sealed yet.")
        if view.told is None:
            return plain("✓ Your side is sealed.")
        return plain("\n".join(["✓ Your side is sealed.", *view.told.said, *(() if view.told.open else (EFFORT,))]))

    def action_go_on(self) -> None:
        """Answer the part, or go on where it asks nothing."""
        view = self.view
        if view is None:
            return
        if view.now.part is None:
            self.action_back()
        else:
            self.run_worker(self._go_on(view, view.now.part), group="act")

    async def _go_on(self, view: Look, part: Part) -> None:
        if part.rates or part.dials:
            if not view.sealed:
                await self._rate(part)
                return
            if view.told is not None and not view.told.open:
                there = await self.ask(Choose("Is your partner here, and willing to answer?", THERE))
                if there == "yes":
                    await self.ask(TheirTurn(self.bridge, self.kind, self._day))
                    await self._load_and_draw()
                if there != "no":
                    return
        if not part.fields:
            await self.perform(self._keep(part, {}))
            return
        known = {field.name: view.now.answers[field.name] for field in part.fields if field.name in view.now.answers}
        form = FormScreen(self.bridge, part.title, part.fields, lambda answers: self._keep(part, answers), known)
        await self.tell(await self.ask(form))

    def _keep(self, part: Part, answers: dict[str, Any]) -> Use:
        return lambda toward: reviews.answer(toward, self.kind, part.name, answers, self._day)

    async def _rate(self, part: Part) -> None:
        """Take one's own ratings, and the guesses of theirs, and seal them."""
        change = await self.ask(FormScreen(self.bridge, part.title, own_fields(self.kind), self._seal))
        if change is not None:
            await self._load_and_draw()
            self.say(" ".join(change.said))

    def _seal(self, answers: dict[str, Any]) -> Use:
        def use(toward: Toward) -> Change:
            def read(side: str) -> dict[str, int | None]:
                return {
                    item.name: partner.read_rating(self.kind, str(answers.get(f"{side}-{item.name}", "")))
                    for item in partner.asked(self.kind)
                }

            mine = read(partner.MINE)
            guess = {} if self.kind is Review.MONTH else read(partner.GUESS)
            change = partner.seal_own(toward, self.kind, mine, guess, self._day)
            low = self.kind is Review.MONTH and unsafe(SAFE, mine.get(SAFE))
            return replace(change, way=Way.SAFETY) if low else change

        return use

    def action_part(self, by: int) -> None:
        """Go to the part before or after."""

        def go(toward: Toward) -> Change:
            now = reviews.standing(toward, self.kind, self._day)
            parts = now.script.parts
            place = (len(parts) if now.part is None else parts.index(now.part)) + by
            if place < 0:
                raise Refused("This is the first part.")
            if place >= len(parts):
                raise Refused("It is finished." if now.part is None else "This is the last part. x finishes.")
            change = reviews.go_to(toward, self.kind, parts[place].name, self._day)
            return replace(change, said=(f"{parts[place].title}.",))

        if self.view is not None:
            self.act(go)

    def action_finish(self) -> None:
        """Finish."""
        if self.view is not None:
            self.act(lambda toward: reviews.finish(toward, self.kind, self._day))

    def action_back(self) -> None:
        """Close this screen, and say how it is taken up again."""
        now = self.view.now if self.view else None
        if now is not None and now.began and now.finished is None:
            self.leave_saying("Kept up to here. w goes on with it.")
        else:
            self.dismiss(None)

    def action_timer(self) -> None:
        """Start the minutes of the part, or stop them; they end nothing."""
        part = self.view.now.part if self.view else None
        if part is None:
            return
        if self._until is not None:
            self._until = None
            self._draw_aside()
            self.say("The timer is stopped.")
        else:
            self.run_worker(self._start(part), group="act")

    async def _start(self, part: Part) -> None:
        try:
            now = await self.bridge.run(_moment)
        except TowardError as error:
            self.say(error.message, warn=True)
            return
        if self._shown == part.name and self._stands:
            self._left = timedelta(minutes=part.minutes)
            self._until = now + self._left
            self._draw_aside()
            self.say("The timer runs. Nothing ends by itself.")

    def _tick(self) -> None:
        if self._until is not None and not self._ticking:
            self._ticking = True
            self.run_worker(self._count_down(), group="tick")

    async def _count_down(self) -> None:
        try:
            now = await self.bridge.run(_moment)
        except TowardError:
            return
        finally:
            self._ticking = False
        if self._until is not None and self._stands:
            self._left = self._until - now
            self._draw_aside()


def _moment(toward: Toward) -> datetime:
    return toward.clock.now()


def own_fields(kind: Review) -> list[Field]:
    """Return what is asked of oneself: each item, and of a week the guess of what the partner will say to it."""
    highest = HIGHEST_DIAL if kind is Review.MONTH else HIGHEST_RATING
    fields = []
    for item in partner.asked(kind):
        asks = {partner.MINE: item.mine}
        if kind is not Review.MONTH:
            asks[partner.GUESS] = "Your guess of their answer"
        fields += [
            Field(f"{side}-{item.name}", ask, Type.SCALE, private=True, high=highest) for side, ask in asks.items()
        ]
    return fields


class Answer(Input):
    """One line whose answer is taken before the next key, so that fast fingers lose none."""

    def __init__(self, take: Callable[[str], None]) -> None:
        super().__init__(compact=True, max_length=20)
        self._take_in = take

    def on_key(self, event: events.Key) -> None:
        """Hand the line over at enter."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._take_in(self.value)


class TheirTurn(Closing, ModalScreen[None]):
    """The partner answers alone. What they type is on this screen only, and gone with it unless they seal it.

    However they end it, the same is said.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "go_on", "go on", id="theirs.on", tooltip="Begin, or close this page at its end"),
        Binding("up", "before", "question before", id="theirs.before", tooltip="Answer the question before anew"),
        Binding("f2", "safety", "safety", id="theirs.safety", tooltip="Safety"),
        Binding("escape", "leave", "leave", id="theirs.leave", tooltip="Stop here; nothing is kept"),
    ]
    FORGETS = True
    AUTO_FOCUS = ""
    question = getters.query_one("#theirs-question", Static)
    told = getters.query_one("#theirs-told", Static)
    line = getters.query_one(Answer)
    trouble = getters.query_one("#trouble", Static)
    hint = getters.query_one("#theirs-hint", Static)

    def __init__(self, bridge: Bridge, kind: Review, day: date | None) -> None:
        super().__init__()
        self._bridge, self._day = bridge, day
        self._sheet = partner.Sheet(kind)
        self._items: tuple[Item, ...] = partner.asked(kind)
        self._highest = HIGHEST_DIAL if kind is Review.MONTH else HIGHEST_RATING
        self._place = -1
        self._sealing = False

    @property
    def _over(self) -> bool:
        return self._place > len(self._items) + 1

    def compose(self) -> ComposeResult:
        """Lay out one question at a time."""
        with Vertical(classes="prompt"):
            yield Static(id="theirs-question", classes="question", markup=False)
            yield Static(id="theirs-told", markup=False)
            yield Answer(self._answered)
            yield Static(id="trouble", markup=False)
            yield Static(id="theirs-hint", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Say first whose turn it is."""
        self._show()

    def on_unmount(self) -> None:
        """Forget what was not sealed."""
        self._sheet.drop()

    def _show(self, trouble: str = "") -> None:
        """Show where it stands; nothing of an earlier answer stays on the screen."""
        place, many = self._place, len(self._items)
        told, hint = "", "enter goes on, ↑ leads back, f2 safety, esc stops and keeps nothing"
        if place < 0:
            question, told = HAND_OVER, "\n\n".join(THEIR_TURN)
            hint = "enter begins, f2 safety, esc stops and keeps nothing"
        elif place < many:
            question = f"{place + 1} of {many}: {self._items[place].theirs}"
            told = f"0 to {self._highest}; leave it empty where it did not come up"
        elif self._over:
            question, told, hint = partner.DONE, "Press enter, then call them.", ""
        else:
            question = FREE if place == many else SEAL
        self.question.update(plain(question))
        self.told.update(plain(told))
        self.hint.update(plain(hint))
        self.trouble.update(plain(trouble))
        self.line.value = ""
        self.line.display = place >= 0 and not self._over
        if self.line.display:
            self.line.focus()
        else:
            self.set_focus(None)

    def _answered(self, text: str) -> None:
        if self._sealing:
            return
        if self._over or self._place < 0:
            self.action_go_on()
            return
        try:
            self._take(text.strip())
        except BadInput as error:
            self._show(error.message)

    def _take(self, text: str) -> None:
        """Take an answer and go on; the safety page comes at once where it is called for. Raises BadInput."""
        place, many, careful = self._place, len(self._items), False
        if place < many:
            careful = self._sheet.rate(self._items[place].name, partner.read_rating(self._sheet.kind, text))
            self._place += 1
        elif place == many:
            free = _free(text)
            careful = self._sheet.free(free)
            self._place += 2 if free is Free.NO else 1
        elif _yes(text):
            self._sealing = True
            self.run_last(self._seal)
            return
        else:
            self._sheet.drop()
            self._place += 1
        self._show()
        if careful:
            self.action_safety()

    async def _seal(self) -> None:
        said = ""
        try:
            with self.patience(lambda text: self.trouble.update(plain(text))):
                await self._bridge.run(lambda toward: self._sheet.seal(toward, self._day))
        except TowardError as error:
            said = f"{error.message} Nothing was kept."
        finally:
            self._sheet.drop()
        self._sealing = False
        self._place += 1
        self._show(said)

    def action_go_on(self) -> None:
        """Begin, or close at the end."""
        if self._over:
            self.action_leave()
        elif self._place < 0:
            self._place = 0
            self._show()

    def action_before(self) -> None:
        """Go back one question."""
        if self._place > 0 and not self._over and not self._sealing:
            self._place -= 1
            self._show()

    def action_safety(self) -> None:
        """Show the safety page; that it was shown is remembered nowhere."""
        from tracker.tui.screens.safety import SafetyScreen

        if self.is_active:
            self.app.push_screen(SafetyScreen())

    def action_leave(self) -> None:
        """Forget everything and close."""
        if not self._sealing:
            self._sheet.drop()
            self.dismiss(None)


def _free(text: str) -> Free:
    try:
        return Free(text.lower().replace(" ", "_"))
    except ValueError:
        raise BadInput("Answer yes, not quite or no.") from None


def _yes(text: str) -> bool:
    word = text.lower()
    if word in ("", "n", "no"):
        return False
    if word in ("y", "yes"):
        return True
    raise BadInput("Answer yes or no.")
