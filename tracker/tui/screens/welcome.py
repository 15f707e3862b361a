"""The first run: what this is, for whom, and a few commitments to begin with."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from tracker.catalogue import safety_notice
from tracker.tui.bridge import Bridge
from tracker.tui.closing import Closing
from tracker.tui.safe import plain
from tracker.tui.widgets.keys import Keys

WHAT = """\
Toward helps you become someone a partner can count on, one kept commitment at a time.

You choose a few small, concrete acts. Each evening you check them off. What you log stays on this \
machine, in files only you can read; nothing is sent anywhere. What you log can be undone, also tomorrow. \
You can encrypt all of it with a passphrase (ctrl+p, Encrypt): lose that and its recovery key, and nobody can open it \
again.

A miss is a dot, not a verdict. Start small: three commitments are plenty."""


class WelcomeScreen(Closing):
    """What Toward is, and whom it is not for."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter,space", "go_on", "go on", id="welcome.on", tooltip="Read on, then choose your first commitments"
        ),
        Binding("escape", "skip", "look around", id="welcome.skip", tooltip="Choose later"),
        Binding("ctrl+q,q", "app.quit", "leave", id="welcome.leave", tooltip="Leave Toward"),
    ]
    text = getters.query_one(VerticalScroll)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.bridge = bridge

    def compose(self) -> ComposeResult:
        """Lay out what this is and the safety notice."""
        with VerticalScroll(classes="calm"), Vertical(classes="column"):
            yield Static(plain("Toward"), classes="question")
            yield Static(plain(WHAT))
            yield Static(plain("\nBefore you begin"), classes="question")
            yield Static(plain("\n\n".join(safety_notice())))
            yield Static(plain("\nThis page is always one key away: !"), classes="hint")
        yield Keys()

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.text.focus()

    def action_go_on(self) -> None:
        """Read on, and go on to the starters once the notice was in sight to its end."""
        from tracker.tui.screens.catalogue import CatalogueScreen

        if self.text.scroll_y < self.text.max_scroll_y:
            self.text.scroll_page_down(animate=False)
        elif self.is_active:
            self.app.switch_screen(CatalogueScreen(self.bridge, starting=True))

    def action_skip(self) -> None:
        """Go to an empty Today."""
        self.dismiss(None)
