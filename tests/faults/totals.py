"""What the fault tests did, counted by themselves: how much of everything was tried, printed at the end of the run.

A plugin of the test run. With several workers each counts for itself, and the numbers are added up at the end.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.faults.scale import SCALE

ROWS = {
    "kill states": "crash states tried, process killed",
    "power states": "crash states tried, power cut",
    "random kills": "real kills survived, at random moments",
    "exact kills": "real kills survived, at a chosen system call",
    "left": "screens left before a step by chance",
    "closed": "answers about files and folders that may not be read",
    "errors": "errors of the operating system injected",
    "corrupt files": "corrupt files opened",
    "salvaged files": "damaged files searched for what they still hold",
    "process writes": "writes by processes at the same time",
    "hostile bytes": "hostile bytes sent to a terminal's program",
    "canaries": "canaries planted before a forced crash",
    "unsafe answers": "unsafe answers of a partner driven along a path",
    "links": "links planted",
    "mutants": "mutants tried",
    "caught": "mutants caught",
}
"""What is counted, and how the table calls it."""

_counted: Counter[str] = Counter()
_elsewhere: Counter[str] = Counter()


def record(what: str, number: int = 1) -> None:
    """Count that something was tried `number` times; `what` is a name out of ROWS."""
    assert what in ROWS
    _counted[what] += number


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand what a worker has counted to the process that started it."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["faults"] = dict(_counted)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what a worker has counted."""
    _elsewhere.update(getattr(node, "workeroutput", {}).get("faults", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table in a long run and one line in every other."""
    totals = _counted + _elsewhere
    if not totals:
        return
    if SCALE < 2:
        said = ", ".join(f"{totals[what]:,} {what}" for what in ROWS if totals[what] and what != "caught")
        caught = f" ({totals['caught']} caught)" if totals["mutants"] else ""
        terminalreporter.write_line(f"faults: {said}{caught}")
        return
    terminalreporter.section("what was tried")
    for what, words in ROWS.items():
        terminalreporter.write_line(f"{totals[what]:>10,}  {words}")
    for reason in sorted({_reason(report) for report in terminalreporter.stats.get("skipped", ())}):
        terminalreporter.write_line(f"   skipped  {reason}")


def _reason(report: Any) -> str:
    found = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(found).removeprefix("Skipped: ")
