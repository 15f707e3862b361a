"""What is half typed: kept encrypted on the disk before the app has to go, and there again at the next start."""

from __future__ import annotations

from contextlib import suppress

from tracker.ledger.errors import TowardError
from tracker.services.history import drafts
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.terminal.on_terminal import OnTerminal
from tracker.tui.worker import StoreWorker


class HalfTyped(OnTerminal):
    """An app that keeps what stands typed and not saved on its screens, by the place it belongs to."""

    worker: StoreWorker

    def __init__(self) -> None:
        super().__init__()
        self.unfinished: dict[str, drafts.Words] = {}
        """What was half typed when the app last had to go, by its place; a screen takes its own up when it opens."""
        self._on_disk: set[str] = set()

    def typed(self) -> dict[str, drafts.Words]:
        """Return what stands typed and not saved on the screens, by its place."""
        screens = (screen for screen in self.screen_stack if isinstance(screen, GuardedScreen) and screen.place)
        return {each.place: words for each in screens if each.unsaved_changes and (words := each.lines())}

    async def keep_drafts(self) -> None:
        """Write down what is half typed, encrypted as the store is; what the disk refuses is not.

        What was kept before of a screen that holds no word any more is let go: it was deleted, or lost its yes.
        """
        typed = self.typed()
        open_now = {each.place for each in self.screen_stack if isinstance(each, GuardedScreen) and each.is_mounted}
        if emptied := sorted((self._on_disk & open_now) - typed.keys()):
            self._on_disk -= set(emptied)
            await self._forget(emptied)
        if typed:
            with suppress(TowardError):
                await self.worker.run(lambda workspace: drafts.keep(workspace, typed))
                self._on_disk |= typed.keys()

    def restore_drafts(self, kept: tuple[drafts.Unfinished, ...]) -> None:
        """Remember what was half typed the last time, for the screens that it belongs to."""
        self.unfinished = {each.place: each.words for each in kept}
        self._on_disk |= self.unfinished.keys()

    def finished(self, *places: str) -> None:
        """Let go of what was kept of some places: it is saved now, or was let go on purpose."""
        gone = [place for place in places if place in self._on_disk]
        for place in gone:
            self._on_disk.discard(place)
            self.unfinished.pop(place, None)
        if gone:
            self.run_worker(self._forget(gone), group="drafts")

    async def _forget(self, places: list[str]) -> None:
        with suppress(TowardError):
            await self.worker.run(lambda workspace: drafts.forget(workspace, places))
