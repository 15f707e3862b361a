"""Cards for telling and asking: a topic, a level, one card on the table, and the rules that go with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import ClassVar

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.reactive import var
from textual.widgets import Static

from tracker.ledger.errors import TowardError
from tracker.ledger.workspace import Workspace
from tracker.services.support import cards
from tracker.tui.actions.log_disclosure import log_share
from tracker.tui.frame.data_screen import SHARED, DataScreen
from tracker.tui.frame.dialogs import ChoiceDialog
from tracker.tui.safe import plain
from tracker.tui.widgets.reader import Reader

ANY = "any"
BEGIN = "enter draws a card"
ANYWAY = "If you both want one all the same: n"
UNLOCK = "Levels 4 and 5 hold what is rarely told. Open them, if you both want to?"
UNLOCKS = (("no", "not now"), ("yes", "yes, we both want to"))


@dataclass(frozen=True, slots=True)
class Table:
    """What is open: whether it is night, the levels that may be drawn, and why the others may not."""

    night: bool
    unlocked: bool
    ready: bool
    locked: str
    seed: str


class Pick(Static):
    """One of a few choices, chosen by a click; its sign says whether it is the one."""

    def __init__(self, label: str, choose: Callable[[], None]) -> None:
        super().__init__(classes="pick", markup=False)
        self._label, self._choose = label, choose

    def show(self, chosen: bool, locked: bool = False) -> None:
        """Draw it anew."""
        self.set_class(chosen, "-chosen")
        self.set_class(locked, "-locked")
        self.update(plain(f"{'●' if chosen else '○'} {self._label}{' locked' if locked else ''}"))

    def on_click(self) -> None:
        """Choose it."""
        self._choose()


class CardsScreen(DataScreen[Table]):
    """One card at a time; either may pass, swap or stop."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "deal", "draw", id="cards.draw", tooltip="Draw a card of this topic and level"),
        Binding("s", "swap", "swap", id="cards.swap", tooltip="Another card like it, without a reason"),
        Binding("x", "put_away", "pass", id="cards.pass", tooltip="Never draw this card again, without a reason"),
        Binding("o", "used", "we used it", id="cards.used", tooltip="Log that you let yourself be known"),
        Binding("n", "anyway", "anyway", id="cards.anyway", tooltip="Draw one late at night as well"),
        Binding("left,h", "topic(-1)", "topic before", id="cards.before", show=False, tooltip="The topic before"),
        Binding("right,l", "topic(1)", "topic after", id="cards.after", show=False, tooltip="The topic after"),
        *(
            Binding(
                str(level), f"level({level})", f"level {level}", id=f"cards.level-{level}", show=False,
                tooltip=f"Cards of level {level}, from 1 (light) to 5 (at the edge)",
            )
            for level in range(1, 6)
        ),
        *SHARED,
    ]  # fmt: skip
    topic = var(0, init=False)
    """Which of the topics is chosen, by its place."""
    level = var(1, init=False)
    words = getters.query_one("#deck", Reader)
    card = getters.query_one("#card", Static)

    def __init__(self) -> None:
        super().__init__()
        self._topics = (ANY, *cards.topics())
        self._drawn: cards.Drawn | None = None
        self._chance: Random | None = None
        self._topic_picks = [
            Pick(topic, partial(self._choose_topic, place)) for place, topic in enumerate(self._topics)
        ]
        levels = range(1, len(cards.levels()) + 1)
        self._level_picks = [Pick(str(level), partial(self.action_level, level)) for level in levels]

    def body(self) -> ComposeResult:
        """Lay out the choices, the card with its rules, and the rule to stop, which stays in sight."""
        yield Horizontal(*self._topic_picks, classes="picks")
        yield Horizontal(*self._level_picks, classes="picks")
        yield Static(id="means", markup=False)
        yield Static(id="locked", markup=False)
        with Reader(id="deck"):
            yield Static(id="card", markup=False)
            yield Static(plain("\n".join(f"- {rule}" for rule in cards.rules())), id="rules")
        yield Static(plain(f"{cards.STOP}  ! opens the safety page."), id="stop")

    def on_mount(self) -> None:
        """Load what is open."""
        self.heading.update(plain(" A card for telling and asking"))
        self.words.focus()

    def load(self, workspace: Workspace) -> Table:
        """Return what is open now."""
        return Table(
            night=cards.is_night(workspace),
            unlocked=cards.is_unlocked(workspace),
            ready=cards.ready(workspace) >= cards.TWICE,
            locked=cards.locked(workspace),
            seed=workspace.clock.now().isoformat(),
        )

    def draw(self, view: Table) -> None:
        """Show the choices and the card."""
        self._chance = self._chance or Random(view.seed)
        if not view.unlocked:
            self.set_reactive(CardsScreen.level, min(self.level, cards.LIGHT))
            if self._drawn is not None and self._drawn.card.level > cards.LIGHT:
                self._drawn = None
        for place, pick in enumerate(self._topic_picks):
            pick.show(place == self.topic)
        for level, pick in enumerate(self._level_picks, 1):
            pick.show(level == self.level, locked=level > cards.LIGHT and not view.unlocked)
        self.query_one("#means", Static).update(plain(cards.levels()[self.level - 1]))
        locked = self.query_one("#locked", Static)
        locked.update(plain(view.locked))
        locked.set_class(view.unlocked, "-open")
        self._draw_card(view)
        self.refresh_bindings()

    def _draw_card(self, view: Table) -> None:
        drawn = self._drawn
        self.card.set_class(drawn is None, "-empty")
        if drawn is None:
            self.card.border_title = self.card.border_subtitle = ""
            self.card.update(plain(f"{cards.NIGHT}\n\n{ANYWAY}." if view.night else BEGIN))
        else:
            self.card.border_title = drawn.card.topic
            self.card.border_subtitle = f"level {drawn.card.level}, {drawn.means.partition(' - ')[0]}"
            self.card.update(plain(drawn.card.text))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether a key has anything to do: swapping and passing need a card, and n the night."""
        night = self.view is not None and self.view.night
        match action:
            case "swap" | "put_away":
                return self._drawn is not None
            case "anyway":
                return night
            case "deal":
                return self._drawn is None or not night
        return True

    def action_topic(self, by: int) -> None:
        """Go to the topic before or after."""
        self._choose_topic((self.topic + by) % len(self._topics))

    def _choose_topic(self, place: int) -> None:
        self.topic = place

    def watch_topic(self) -> None:
        """Take the card off the table where it does not fit what is chosen now."""
        drawn, topic = self._drawn, self._topics[self.topic]
        if drawn is not None and (drawn.card.level != self.level or topic not in (ANY, drawn.card.topic)):
            self._drawn = None
        self.redraw()

    watch_level = watch_topic

    def action_level(self, level: int) -> None:
        """Choose a level; a locked one says why, or asks whether both want to open it."""
        view = self.view
        if view is None:
            return
        if level > cards.LIGHT and not view.unlocked:
            if view.ready:
                self.run_worker(self._unlock(level), group="act")
            else:
                self.show_message(view.locked)
            return
        self.level = level

    async def _unlock(self, level: int) -> None:
        if await self.ask(ChoiceDialog(UNLOCK, UNLOCKS)) == "yes" and await self.perform(cards.unlock):
            self.action_level(level)

    def action_deal(self) -> None:
        """Draw a card; at night say that it can wait."""
        self.run_worker(self._deal(), group="act")

    def action_anyway(self) -> None:
        """Draw one although it is late."""
        self.run_worker(self._deal(anyway=True), group="act")

    def action_swap(self) -> None:
        """Draw another like it; this is open at night too, so that nobody is held to a card."""
        if self._drawn is not None:
            self.run_worker(self._deal(anyway=True, instead_of=self._drawn.id), group="act")

    async def _deal(self, *, anyway: bool = False, instead_of: str = "") -> None:
        topic, level, chance = self._topics[self.topic], self.level, self._chance
        if chance is None:
            return
        wanted = "" if topic == ANY else topic
        before = instead_of or (self._drawn.id if self._drawn else "")
        try:
            self._drawn = await self.worker.run(
                lambda workspace: cards.draw(workspace, chance, wanted, level, anyway=anyway, instead_of=instead_of)
            )
        except TowardError as error:
            await self._load_and_draw()
            late = self.view is not None and self.view.night and not anyway
            self.show_message(f"It keeps until morning. {ANYWAY}." if late else error.message)
            return
        self.show_message("" if before != self._drawn.id else "The same one came again.")
        self.words.scroll_home(animate=False)
        await self._load_and_draw()

    def action_put_away(self) -> None:
        """Pass the card for good."""
        if (drawn := self._drawn) is not None:
            self._drawn = None
            self.act(lambda workspace: cards.pass_for_good(workspace, drawn.id))

    @work(group="act")
    async def action_used(self) -> None:
        """Log that something was told, with the card's topic and its level to begin with."""
        card = self._drawn.card if self._drawn else None
        topic, depth = (card.topic, card.level) if card else (None, self.level)
        if await log_share(self, None, topic, depth) is not None:
            self._drawn = None
            self.redraw()
