"""Choose a theme: Toward's own first, each tried on while the cursor is on it, and remembered on this computer."""

from __future__ import annotations

from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tracker.ledger.errors import TowardError
from tracker.services.appearance import OWN_THEMES, keep_theme
from tracker.services.environment import state_of
from tracker.tui.frame.dialogs import Dialog
from tracker.tui.safe import plain
from tracker.tui.widgets.choices import Choices


class ThemeScreen(Dialog[None]):
    """Every theme there is, by its name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "cancel", "as it was", id="theme.cancel", tooltip="Leave the theme as it was"),
    ]
    options = getters.query_one(Choices)

    def __init__(self) -> None:
        super().__init__("Theme", "enter saves it on this computer, esc cancels")

    def body(self) -> ComposeResult:
        """Lay out the names."""
        known = self.app.available_themes
        self._names = [name for name in OWN_THEMES if name in known]
        self._names += sorted(name for name in known if name not in OWN_THEMES)
        yield Choices(*(Option(plain(name), id=name) for name in self._names), markup=False)

    def on_mount(self) -> None:
        """Begin with the theme there is."""
        self._was = self.app.theme
        self.options.highlighted = self._names.index(self._was)

    @on(OptionList.OptionHighlighted)
    def _tried(self, event: OptionList.OptionHighlighted) -> None:
        if self.is_active and event.option_id is not None:
            self.app.theme = event.option_id

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        name = self._names[event.option_index]
        self.app.theme = self._was = name
        self.run_to_close(lambda: self._keep(name))

    async def _keep(self, name: str) -> None:
        here = self.guard.here
        try:
            await self.worker.run_without_store(lambda: keep_theme(state_of(here.data, here.state), name))
        except TowardError as error:
            self.show_error(error.message)
            return
        self.close_with_message(f"The theme is {name}, also the next time.")

    def action_cancel(self) -> None:
        """Leave it as it was."""
        self.app.theme = self._was
        self.dismiss(None)
