"""Streaks in the shell: no unit is ever mixed with another, and what closed is still told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.conftest import Shell


@pytest.fixture
def trio(toward: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell in which a daily commitment was kept for three days and then asked for four times a week."""
    for number, day in enumerate(("2026-03-02", "2026-03-03", "2026-03-04")):
        monkeypatch.setenv("TOWARD_NOW", f"{day}T20:15:00+01:00")
        if not number:
            toward("add", "Trio", "--step", "s2", "--kind", "check", "--schedule", "daily")
        toward("done", "trio")
    monkeypatch.setenv("TOWARD_NOW", "2026-03-05T20:15:00+01:00")
    assert toward("edit", "trio", "--schedule", "4 per week").code == 0
    return toward


def streak(toward: Shell) -> dict[str, Any]:
    (row,) = json.loads(toward("streaks", "--json").out)["streaks"]
    found: dict[str, Any] = row
    return found


def test_three_days_are_no_weeks_after_the_schedule_changes(trio: Shell) -> None:
    row = streak(trio)

    assert (row["unit"], row["streak"], row["best"]) == ("weeks", 0, 0)
    assert row["earlier"] == [{"unit": "days", "streak": 3, "first": "2026-03-02", "last": "2026-03-04"}]
    assert row["consistency"] == pytest.approx(14.78196, abs=5e-6)
    assert "earlier streaks  3 days, 2 Mar to 4 Mar" in trio("show", "trio").out.splitlines()
    assert json.loads(trio("show", "trio", "--json").out)["figures"] == row


def test_weeks_count_from_the_new_plan_on_and_days_again_after_that(
    trio: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    trio("done", "trio")
    monkeypatch.setenv("TOWARD_NOW", "2026-03-07T20:15:00+01:00")
    answer = trio("done", "trio", "--day", "2026-03-06..2026-03-07")
    assert "1 week" in answer.out

    trio("edit", "trio", "--schedule", "daily", "--from", "2026-03-09")
    monkeypatch.setenv("TOWARD_NOW", "2026-03-09T20:15:00+01:00")
    trio("done", "trio")

    row = streak(trio)
    assert (row["unit"], row["streak"], row["best"]) == ("days", 1, 3)
    assert [(each["unit"], each["streak"]) for each in row["earlier"]] == [("days", 3), ("weeks", 1)]
    assert {"streak           1 d", "best             3 d"} <= set(trio("show", "trio").out.splitlines())
