"""The app's doctor and backup: found by name, calm to read, stopped by one key, and put right after a question."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from tests.tui.driver import Driver, drive, second
from tracker.services.environment import Environment, state_of
from tracker.services.safekeeping import backups
from tracker.tui.screens.store import report
from tracker.tui.screens.store.report import ReportScreen


def shards(here: Environment) -> list[Path]:
    return sorted(here.data.glob("devices/*/2*.json"))


def words(driver: Driver) -> str:
    """Return what stands in the prompt, without its frame and line ends."""
    return " ".join(driver.frame().replace("│", " ").split())


async def test_doctor_names_what_is_wrong_and_puts_it_right_after_a_question(kinds: Environment) -> None:
    backups.back_up_now(second(kinds))
    loose = shards(kinds)[-1]
    loose.chmod(0o644)
    async with drive(kinds, (60, 18)) as driver:
        driver.app.action_doctor()
        for _ in range(50):
            await driver.still()
            if "to look into" in words(driver):
                break
        assert isinstance(driver.screen, ReportScreen)
        assert "1 thing to look into" in words(driver) and "r puts right" in words(driver)
        await driver.press("r")
        assert driver.name == "ChoiceDialog" and "has the mode 644" in words(driver)
        await driver.press("1")
        for _ in range(50):
            await driver.still()
            if "All is well" in words(driver):
                break
        assert "All is well" in words(driver) and "esc closes" in words(driver)
        assert loose.stat().st_mode & 0o777 == 0o600
        await driver.press("escape")
        assert driver.name == "Today"
        offered = {each.title for each in driver.app.get_system_commands(driver.screen)}
        assert {"Back up now", "Doctor"} <= offered
        before = len(backups.lines(backups.folder_of(state_of(kinds.data, kinds.state))))
        driver.app.action_back_up()
        for _ in range(50):
            await driver.still()
            if "It lies in" in words(driver):
                break
        assert "Backed up:" in words(driver)
        assert len(backups.lines(backups.folder_of(state_of(kinds.data, kinds.state)))) == before + 1


async def test_long_work_can_be_stopped(kinds: Environment) -> None:
    begun, checked = Event(), Event()

    def job(stop: report.Stop, progress: report.Progress) -> report.Report:
        progress("Reading a very long shelf")
        begun.set()
        while not stop():
            checked.wait(0.01)
        return report.Report(("half of it",))

    async with drive(kinds, (80, 24)) as driver:
        driver.app.push_screen(ReportScreen("Doctor", job))
        await driver.pilot.pause(0.2)
        assert begun.is_set() and "Reading a very long shelf" in words(driver) and "esc stops it" in words(driver)
        await driver.pilot.press("escape")
        await driver.still()
        assert driver.name == "Today"
