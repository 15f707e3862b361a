"""python -m bench: print what commands cost against bare Python, and the app against a bare Textual app."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.stores import make

RUNS = 7
YEARS = (1, 10, 50)
WHOLE = 10
"""The most years of which everything is read, by a backup that was asked for and by doctor."""

BARE_APP = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("bare")
    def on_mount(self):
        self.call_after_refresh(self.exit)
Bare().run(headless=True)
"""
OUR_APP = """
from tracker.tui.app import TowardApp
from tracker.tui.frame.data_screen import DataScreen
class Timed(TowardApp):
    def on_mount(self):
        super().on_mount()
        self.set_interval(0.005, self.look)
    def look(self):
        if isinstance(self.screen, DataScreen) and self.screen.view is not None:
            self.call_after_refresh(self.exit, 0)
Timed().run(headless=True)
"""


def timed(command: Sequence[str], environment: dict[str, str]) -> float:
    """Return the median wall milliseconds of a command over several runs, after one that warms up."""
    found = []
    for turn in range(RUNS + 1):
        start = time.perf_counter()
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        if turn:
            found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


def main() -> None:
    """Time everything and print milliseconds and ratios; never an exit code of its own."""
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        base = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        base |= {"XDG_STATE_HOME": f"{folder}/state", "TOWARD_DATA": f"{folder}/none"}
        bare = timed([python, "-c", "pass"], base)
        bare_app = timed([python, "-c", BARE_APP], base)
        print(f"bare python {bare:.0f} ms, bare Textual app {bare_app:.0f} ms\n")
        print(f"{'years':>5} {'events':>8}  {'command':<22} {'ms':>6} {'against bare':>13}")
        for years in YEARS:
            data = Path(folder) / f"{years}"
            events = make(data, Path(folder) / "state" / "toward", years)
            environment = base | {"TOWARD_DATA": str(data)}
            whole = ("backup", "doctor") if years <= WHOLE else ()
            for words in ("today", "streaks --json", "done own.habit-3", "undo", *whole):
                command = [python, "-m", "tracker", *words.split()]
                cost = timed(command, environment) if words != "undo" else timed_undo(python, environment)
                print(f"{years:>5} {events:>8}  {'toward ' + words:<22} {cost:>6.0f} {cost / bare:>12.1f}x")
            cost = timed([python, "-c", OUR_APP], environment)
            print(f"{years:>5} {events:>8}  {'toward, first view':<22} {cost:>6.0f} {cost / bare_app:>12.1f}x (app)")


def timed_undo(python: str, environment: dict[str, str]) -> float:
    """Return the median milliseconds of an undo, with something to undo before each."""
    found = []
    for _ in range(3):
        subprocess.run([python, "-m", "tracker", "reply"], env=environment, check=True, stdout=subprocess.DEVNULL)
        start = time.perf_counter()
        subprocess.run([python, "-m", "tracker", "undo"], env=environment, check=True, stdout=subprocess.DEVNULL)
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found)


if __name__ == "__main__":
    main()
