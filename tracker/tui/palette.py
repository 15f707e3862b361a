"""The person's own commitments in the palette: choose one and it opens."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from tracker.services.toward import Toward
from tracker.tui.page import Page
from tracker.tui.safe import plain


def _titles(toward: Toward) -> list[tuple[str, str]]:
    return [(each.id, each.title) for each in toward.book.commitments()]


class Commitments(Provider):
    """Offers every commitment by its title."""

    async def startup(self) -> None:
        """Fetch the titles once, when the palette opens."""
        page = self.screen
        self._page = page if isinstance(page, Page) else None
        self._titles = await self._page.bridge.run(_titles) if self._page else []

    async def discover(self) -> Hits:
        """Yield the first commitments."""
        for cid, title in self._titles[:7]:
            yield DiscoveryHit(plain(title), partial(self._open, cid), text=title, help="Open its numbers and calendar")

    async def search(self, query: str) -> Hits:
        """Yield the commitments whose title matches."""
        matcher = self.matcher(query)
        for cid, title in self._titles:
            if score := matcher.match(title):
                yield Hit(
                    score, plain(title), partial(self._open, cid), text=title, help="Open its numbers and calendar"
                )

    def _open(self, cid: str) -> None:
        from tracker.tui.screens.commitment import CommitmentScreen

        if self._page is not None:
            self.app.push_screen(CommitmentScreen(self._page.bridge, cid))
