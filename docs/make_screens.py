"""Draw the screenshots of the README and the docs from the demo store: python docs/make_screens.py."""

from __future__ import annotations

import asyncio
import re
import tempfile
from datetime import datetime
from pathlib import Path

from textual.pilot import Pilot

from tracker.domain.clock import FixedClock
from tracker.ledger.workspace import Workspace
from tracker.services import demo
from tracker.services.environment import Environment
from tracker.tui.app import TowardApp
from tracker.tui.frame.data_screen import Page

HERE = Path(__file__).parent / "screens"
EVENING = FixedClock(datetime.fromisoformat("2026-11-23T21:30:00+01:00"))
SIZE = (100, 34)
SCREENS = {
    "today": (),
    "streaks": ("d",),
    "commitment": ("down", "enter"),
    "catalogue": ("a",),
    "card": ("c", "enter"),
}


# Textual's pictures ask a server for their font; the reader's own will do.
FOREIGN_FONT = re.compile(r"@font-face \{[^}]*\}\s*")


async def ready(pilot: Pilot[int]) -> None:
    """Wait until the page on top has drawn its view."""
    app = pilot.app
    for _ in range(500):
        await pilot.pause()
        loaded = isinstance(app.screen, Page) and app.screen.view is not None
        if loaded and all(worker.is_finished for worker in app.workers if worker.group == "load"):
            return


async def main() -> None:
    """Write one picture a screen."""
    HERE.mkdir(exist_ok=True)
    for name, keys in SCREENS.items():
        with tempfile.TemporaryDirectory() as folder:
            here = Environment(Path(folder) / "data", Path(folder) / "state", EVENING)
            demo.fill(Workspace.at(here.data, here.state, here.clock))
            app = TowardApp(here)
            async with app.run_test(size=SIZE) as pilot:
                await ready(pilot)
                for key in keys:
                    await pilot.press(key)
                    await ready(pilot)
                picture = FOREIGN_FONT.sub("", app.export_screenshot(title="Toward"))
                (HERE / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
