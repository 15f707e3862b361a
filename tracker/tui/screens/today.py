"""Today: what the day asks for, checked off with one key."""

from __future__ import annotations

from datetime import date, timedelta
from typing import ClassVar

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var
from textual.widgets import Static

from tracker.domain.commitments import Kind
from tracker.domain.reviews import Review
from tracker.domain.text.cells import cell_width
from tracker.ledger.private_words import OWN_PLAN, seen_plan
from tracker.ledger.workspace import Workspace
from tracker.present import signs
from tracker.present.day import asks_for, clock, day_name
from tracker.services.logging import log_entry, quick_log, skips
from tracker.services.logging.skips import SKIP_REASONS
from tracker.services.together import planned
from tracker.services.views.day_rows import Day, Row, day_view
from tracker.tui.actions import timing
from tracker.tui.actions.checking import add, check, is_written_down, log_minutes
from tracker.tui.actions.inbox import answer_open, is_waiting, waiting_lines, write_down
from tracker.tui.actions.lapses import log_lapse
from tracker.tui.actions.log_disclosure import log_share
from tracker.tui.actions.typed_number import TypedNumber
from tracker.tui.frame.data_screen import SHARED
from tracker.tui.frame.dialogs import ChoiceDialog
from tracker.tui.frame.store_status import arrivals
from tracker.tui.layout import day_lines, foot, nothing_line
from tracker.tui.safe import plain
from tracker.tui.widgets.board import Board

MOST_DOTS = 20
NEEDS_A_ROW = ("check", "more", "skip")


class TodayScreen(TypedNumber[Day]):
    """The day's commitments by step; left and right walk to other days."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "check", "check", id="today.check", tooltip="Check off, or take the check back"),
        Binding(
            "plus,equals_sign", "more", "count", key_display="+", id="today.more", tooltip="One more; 3 + adds three"
        ),
        Binding("minus", "fewer", "one less", key_display="-", id="today.fewer", show=False, tooltip="Take one off"),
        Binding("s", "skip", "skip", id="today.skip", tooltip="Skip this day (your streak goes on)"),
        Binding("n", "note", "note", id="today.note", show=False, tooltip="Write a private note"),
        Binding("i", "incoming", "answer", id="today.incoming", tooltip="What came from elsewhere waits for an answer"),
        Binding("d", "dashboard", "streaks", id="today.dashboard", tooltip="All streaks at a glance"),
        Binding("r", "reply", "replied", id="today.reply", show=False, tooltip="A reply given; 3 r logs three"),
        Binding("t", "time", "our time", id="today.time", show=False, tooltip="Start or stop the timer; 45 t logs it"),
        Binding("o", "share", "opened up", id="today.share", show=False, tooltip="Something you let be known"),
        Binding("x", "lapse", "it happened", id="today.lapse", show=False, tooltip="A lapse, or a moment handled"),
        Binding(
            "f", "form", "write down", id="today.form", show=False, tooltip="Write it down in full, with its fields"
        ),
        Binding("p", "plan", "plan", id="today.plan", show=False, tooltip="Plan a time together: sat 19:00 60m weekly"),
        Binding("a", "begin", "choose what to keep", id="today.begin", tooltip="Choose what you want to show up for"),
        Binding("a", "catalogue", "add", id="today.add", show=False, tooltip="Choose commitments"),
        Binding("e", "edit", "edit", id="today.edit", show=False, tooltip="Change this commitment"),
        Binding("enter", "open", "open", id="today.open", show=False, tooltip="Its numbers, calendar and plans"),
        Binding("left,h", "day(-1)", "day before", id="today.before", show=False, tooltip="Fill in an earlier day"),
        Binding("right,l", "day(1)", "day after", id="today.after", show=False, tooltip="Back towards today"),
        Binding("0", "digit(0)", show=False, id="today.now"),
        *(Binding(str(digit), f"digit({digit})", show=False) for digit in range(1, 10)),
        Binding("v", "everything", "all", id="today.all", show=False, tooltip="Also what is not asked today"),
        Binding(
            "w", "review", "review", id="today.review", show=False, tooltip="Look back: day, week, together, month"
        ),
        Binding("c", "cards", "cards", id="today.cards", show=False, tooltip="A card for telling and asking"),
        *SHARED,
    ]
    board = getters.query_one("#board", Board)
    plan = getters.query_one("#plan", Static)

    day: date | None = None
    all_rows = var(False, init=False)

    def body(self) -> ComposeResult:
        """Lay out the board, and of the row under the cursor the title in full and the if-then plan."""
        yield Board(id="board")
        yield Static(id="plan", markup=False)

    def on_mount(self) -> None:
        """Load today, and keep a running timer in sight."""
        self.set_interval(20, self._tick)

    def on_resize(self) -> None:
        """Say as much beside the day and of the row as there is room for now."""
        self.call_after_refresh(self._draw_aside)
        self.call_after_refresh(self._draw_plan)

    def _tick(self) -> None:
        if self.view is not None and self.view.ticks:
            self.reload()

    def load(self, workspace: Workspace) -> Day:
        """Return the day that is shown."""
        return day_view(workspace, self.day, self.view)

    def draw(self, view: Day) -> None:
        """Show the day."""
        if self.day is not None and self.day >= view.today:
            self.day = None
        self.heading.update(plain(f" {day_name(view.day, view.today)}"))
        self._draw_aside()
        lay_out = day_lines(view, self.all_rows)
        self.board.show(lambda width: [*lay_out(width), *waiting_lines(view, width)])
        self._draw_plan()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer on an empty Today what fills it, and not what needs a row."""
        empty = self.view is not None and not (self.view.rows or self.view.unread or self.view.hidden)
        if action in NEEDS_A_ROW and empty:
            return False
        if action == "incoming":
            return arrivals(self.app)
        return empty if action == "begin" else super().check_action(action, parameters)

    def action_incoming(self) -> None:
        """Tell what came from other devices, to be accepted or refused."""
        self.app.call_next(self.app.run_action, "app.incoming")

    def action_begin(self) -> None:
        """Open the catalogue from an empty Today."""
        self.action_catalogue()

    def _draw_aside(self) -> None:
        view = self.view
        if view is None:
            return
        kept, room = view.count.summary, self.size.width - cell_width(day_name(view.day, view.today)) - 4
        still = f"{len(view.waiting)} still open" if view.waiting else ""
        runs = clock(view, "t stops")
        ways = ((runs, still, kept), (runs, kept), (runs or kept,))
        texts = ["   ".join(part for part in way if part) for way in ways]
        text = next((each for each in texts if cell_width(each) <= room), texts[-1]) + " "
        if not runs and kept and self.size.width >= 70:
            dots = signs.KEPT.glyph * view.count.kept + signs.OPEN.glyph * (view.count.asked - view.count.kept)
            text = f"{dots}  {text}" if len(dots) <= MOST_DOTS else text
        self.aside.update(plain(text))

    @property
    def row(self) -> Row | None:
        """Return the row under the cursor."""
        rows = self.view.rows if self.view else ()
        return next((row for row in rows if row.commitment.id == self.board.key), None)

    @on(Board.Moved)
    def _draw_plan(self) -> None:
        if self.view is not None and not self.view.rows:
            self.plan.update(plain(nothing_line(self.view)))
            return
        row = self.row
        takes = "enter answers it" if is_waiting(self.board.key) else ""
        text = takes if row is None else seen_plan(row.commitment, OWN_PLAN, without_private=row.without_private)
        shorter = "" if row is None else asks_for(row)
        room = self.size.width - 2 if self.has_class("-short") else None
        self.plan.update(foot(self.board.whole, shorter, text, room=room))

    def _days(self) -> tuple[date, ...] | None:
        return (self.day,) if self.day else None

    @on(Board.Pressed)
    def action_check(self) -> None:
        """Check the row off in the way its kind asks for."""
        number, row = self.take_count(), self.row
        if self.refuse_zero(number):
            return
        if row is not None:
            self.run_worker(check(self, row, number, self.day), group="act")
        else:
            self._answer_open()

    def _answer_open(self) -> None:
        """Answer what stands open under the cursor."""
        key, view = self.board.key, self.view
        if view is not None and key is not None and is_waiting(key):
            self.run_worker(answer_open(self, view, key), group="act")

    def action_form(self) -> None:
        """Write the commitment under the cursor down with all its fields."""
        if (row := self.row) is not None:
            self.run_worker(write_down(self, row.commitment, self.day), group="act")

    @work(group="act")
    async def action_plan(self) -> None:
        """Plan a time together."""
        await self.ask_line(
            "When will you have time together?",
            "sat 19:00 60m, or: sat 19:00 60m weekly",
            lambda sentence: lambda workspace: planned.plan(workspace, sentence),
            place="planned||new",
        )

    def action_more(self) -> None:
        """Add one, or the number typed before."""
        number, row = self.take_count(), self.row
        if row is None or self.refuse_zero(number):
            return
        if row.commitment.kind is Kind.MINUTES:
            self.run_worker(log_minutes(self, row.commitment, number, self._days()), group="act")
        elif row.commitment.kind is Kind.EVENT or row.commitment.outcomes or is_written_down(row):
            self.run_worker(check(self, row, number, self.day), group="act")
        else:
            self.run_worker(add(self, row.commitment, number, self._days()), group="act")

    def action_fewer(self) -> None:
        """Take one off, or the number typed before."""
        number, row = self.take_count(), self.row
        if row is not None and not self.refuse_zero(number):
            self.act(lambda workspace: log_entry.less(workspace, row.commitment, row.day, number or 1))

    def action_reply(self) -> None:
        """Log a reply in the person's own window."""
        number, days = self.take_count(), self._days()
        if not self.refuse_zero(number):
            self.act(lambda workspace: quick_log.reply(workspace, number or 1, days))

    def action_time(self) -> None:
        """Log partner time, or start and stop the timer."""
        number, days = self.take_count(), self._days()
        runs = self.view is not None and self.view.timer is not None
        if number:
            self.act(lambda workspace: quick_log.log_time(workspace, number, days))
        elif runs and number == 0:
            self.act(lambda workspace: quick_log.stop_timer(workspace, keep=False))
        elif runs:
            self.run_worker(timing.stop(self), group="act")
        elif not self.refuse_zero(number, " min"):
            self.act(quick_log.start_timer)

    def action_share(self) -> None:
        """Log something opened up: which topic, and how deep."""
        self.run_worker(log_share(self, self._days()), group="act")

    def action_skip(self) -> None:
        """Skip the day, or take the skip back."""
        self.drop_count()
        if (row := self.row) is not None:
            self.run_worker(self._skip(row), group="act")

    async def _skip(self, row: Row) -> None:
        if row.commitment.harm:
            await self.perform(lambda workspace: skips.skip(workspace, row.commitment, (row.day,)))
            return
        if row.skipped is not None:
            await self.perform(lambda workspace: skips.unskip(workspace, row.commitment, (row.day,)))
            return
        reasons = [(reason, reason) for reason in SKIP_REASONS]
        goes_on = " (your streak goes on)" if row.figures.streak else ""
        reason = await self.ask(
            ChoiceDialog(f"Skip this day{goes_on}. Why, if you like?", [("", "no reason"), *reasons])
        )
        if reason is not None:
            await self.perform(lambda workspace: skips.skip(workspace, row.commitment, (row.day,), reason))

    def action_lapse(self) -> None:
        """Log a lapse or a moment handled of something to avoid."""
        row = self.row
        if row is None:
            return
        if row.commitment.id == quick_log.REPLY:
            self.run_worker(self._unanswered(row.day), group="act")
            return
        if row.commitment.kind is not Kind.AVOID:
            self.show_message("Nothing to log here: a day that did not work is simply left open.")
            return
        self.run_worker(log_lapse(self, row.commitment, row.day), group="act")

    async def _unanswered(self, day: date) -> None:
        await self.ask_line(
            f"One left unanswered. {quick_log.WHEN}",
            quick_log.FOR_EXAMPLE,
            lambda when: lambda workspace: quick_log.unanswered(workspace, when, day),
            "enter saves; enter alone: not yet known",
        )

    def action_note(self) -> None:
        """Write a private note with the row's day."""
        if (row := self.row) is not None:
            self.run_worker(self._note(row), group="act")

    async def _note(self, row: Row) -> None:
        today = self.view.today if self.view else row.day
        await self.write_note(row.commitment, row.day, day_name(row.day, today))

    def action_day(self, by: int) -> None:
        """Walk to another day."""
        view = self.view
        if view is None:
            return
        self.drop_count()
        goal = view.day + timedelta(days=by)
        if goal > view.today:
            self.show_message("Tomorrow can wait. This is today.")
            return
        self.day = None if goal == view.today else goal
        self.show_message("" if self.day is None else "You are filling in an earlier day. → leads back to today.")
        self.reload()

    def action_everything(self) -> None:
        """Show or hide what is not asked on this day."""
        self.drop_count()
        self.all_rows = not self.all_rows

    def watch_all_rows(self) -> None:
        """Load the day anew."""
        self.reload()

    @on(Board.Opened)
    def action_open(self) -> None:
        """Open the commitment under the cursor."""
        from tracker.tui.screens.commitment import CommitmentScreen

        if (row := self.row) is not None:
            self.open(CommitmentScreen(row.commitment.id))
        else:
            self._answer_open()

    def action_edit(self) -> None:
        """Edit the commitment under the cursor."""
        from tracker.tui.screens.edit import edit_commitment

        if (row := self.row) is not None:
            self.run_worker(edit_commitment(self, row.commitment.id), group="act")

    def action_catalogue(self) -> None:
        """Open the catalogue."""
        from tracker.tui.screens.catalogue import CatalogueScreen

        self.open(CatalogueScreen(step=self.row.commitment.step if self.row else ""))

    def action_dashboard(self) -> None:
        """Open the dashboard."""
        from tracker.tui.screens.dashboard import DashboardScreen

        self.open(DashboardScreen())

    def action_cards(self) -> None:
        """Open the cards."""
        from tracker.tui.screens.cards import CardsScreen

        self.open(CardsScreen())

    def action_review(self) -> None:
        """Look back."""
        self.drop_count()
        self.run_worker(self._review(), group="act")

    async def _review(self) -> None:
        from tracker.tui.screens.reviews.review import KINDS, ReviewScreen

        kind = await self.ask(ChoiceDialog("Look back", KINDS))
        if kind is not None:
            self.open(ReviewScreen(Review(kind)))

    def action_back(self) -> None:
        """Go back to today from an earlier day."""
        if self.count:
            self.drop_count()
        elif self.day is not None:
            self.day = None
            self.show_message("")
            self.reload()
        else:
            self.show_message("q leaves Toward. Everything is saved.")

    async def action_leave(self) -> None:
        """Leave Toward."""
        await self.app.action_quit()
