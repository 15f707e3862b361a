"""The palette: what can be done here, in the order of its worth, and then the person's own commitments."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from textual.app import SystemCommand
from textual.command import DiscoveryHit, Hit, Hits, Provider

from tracker.ledger.workspace import Workspace
from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.safe import plain

OPENS = "Open its numbers and calendar"
FIRST = 7


def _titles(workspace: Workspace) -> list[tuple[str, str]]:
    return [(each.id, each.title) for each in workspace.ledger.commitments()]


class Everything(Provider):
    """Offers the commands of the screen and the app, and every commitment by its title."""

    async def startup(self) -> None:
        """Fetch the titles once, when the palette opens."""
        page = self.screen
        self._page = page if isinstance(page, DataScreen) else None
        self._titles = await self._page.worker.run(_titles) if self._page else []

    def _offers(self) -> Iterator[SystemCommand]:
        yield from self.app.get_system_commands(self.screen)
        for place, (cid, title) in enumerate(self._titles):
            yield SystemCommand(title, OPENS, partial(self._open, cid), place < FIRST)

    async def discover(self) -> Hits:
        """Yield what can be done, then the first commitments; mere movement is left out."""
        for title, text, run, shown in self._offers():
            if shown:
                yield DiscoveryHit(plain(title), run, text=title, help=text)

    async def search(self, query: str) -> Hits:
        """Yield what has a name that matches."""
        matcher = self.matcher(query)
        for title, text, run, _ in self._offers():
            if score := matcher.match(title):
                yield Hit(score, plain(title), run, text=title, help=text)

    def _open(self, cid: str) -> None:
        from tracker.tui.screens.commitment import CommitmentScreen

        if self._page is not None:
            self.app.push_screen(CommitmentScreen(cid))
