"""The first run: what this is, for whom, and a few commitments to begin with."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from tracker.catalogue import safety_short
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.safe import plain
from tracker.tui.widgets.key_footer import KeyFooter

WHAT = (
    "Choose a few small acts for someone you love; check them off daily. "
    "All stays on this computer; a passphrase can encrypt it."
)


class WelcomeScreen(GuardedScreen[None]):
    """What Toward is, and whom it is not for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "go_on", "go on", id="welcome.on", tooltip="Choose your first commitments"),
        Binding(
            "exclamation_mark,f2", "safety", "safety", key_display="!", id="welcome.safety", tooltip="The whole notice"
        ),
        Binding("escape", "skip", "look around", id="welcome.skip", tooltip="Choose later"),
        Binding("ctrl+q,q", "app.quit", "leave", id="welcome.leave", tooltip="Leave Toward"),
    ]
    text = getters.query_one(VerticalScroll)

    def compose(self) -> ComposeResult:
        """Lay out what this is, and the short form of the safety notice: at most 90 words in all."""
        with VerticalScroll(classes="calm"), Vertical(classes="column"):
            yield Static(plain("Toward"), classes="question")
            yield Static(plain(f"{WHAT}\n\n{safety_short()}"))
        yield KeyFooter()

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.text.focus()

    def action_go_on(self) -> None:
        """Go on to the starters, once the notice was in sight to its end."""
        from tracker.tui.screens.catalogue import CatalogueScreen

        if self.text.scroll_y < self.text.max_scroll_y:
            self.text.scroll_page_down(animate=False)
        elif self.is_active:
            self.app.switch_screen(CatalogueScreen(starting=True))

    def action_skip(self) -> None:
        """Go to an empty Today."""
        self.dismiss(None)
