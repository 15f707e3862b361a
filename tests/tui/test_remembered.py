"""What nobody did on this computer: the app says so before it opens anything, and while it is open writes nothing."""

from __future__ import annotations

import pytest
from textual.widgets import TextArea

from tests.crypt_kit import PASSPHRASE
from tests.forged import AT_ONCE, UNLOCKING, Forge, is_another, says_plain
from tests.tui.driver import Driver, drive, second
from tracker.services.environment import Environment
from tracker.services.safekeeping import encryption

pytestmark = pytest.mark.usefixtures("quick_locks")


@pytest.fixture
def sealed(kinds: Environment) -> Environment:
    encryption.encrypt(second(kinds), encryption.prepare(PASSPHRASE))
    return kinds


def words(driver: Driver) -> str:
    """Return all that stands on the screen, wherever its lines break."""
    return " ".join(" ".join(driver.lines()).split())


def files(here: Environment) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in here.data.rglob("*") if each.is_file()}


@pytest.mark.parametrize("forge", AT_ONCE, ids=lambda each: each.__name__)
async def test_the_app_opens_nothing_and_says_why(sealed: Environment, forge: Forge) -> None:
    said = forge(sealed.data)
    before = files(sealed)
    async with drive(sealed, (120, 40)) as driver:
        assert driver.name == "Trouble" and said in words(driver)
    assert files(sealed) == before


@pytest.mark.parametrize("forge", UNLOCKING, ids=lambda each: each.__name__)
async def test_the_lock_screen_names_what_is_lost(sealed: Environment, forge: Forge) -> None:
    said = forge(sealed.data)
    async with drive(sealed, (120, 40)) as driver:
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.name == "Unlock" and said in driver.said and "recovery key" in driver.said


async def test_another_store_put_there_meanwhile_is_given_nothing(kinds: Environment) -> None:
    async with drive(kinds, (120, 40)) as driver:
        assert driver.name == "Today"
        said = is_another(kinds.data)
        before = files(kinds)
        await driver.press("space")
        await driver.poll()
        assert said in words(driver) and files(kinds) == before


@pytest.mark.parametrize("away", ["f9", "ctrl+g"])
async def test_a_forged_store_opens_no_lock_before_half_typed_words(sealed: Environment, away: str) -> None:
    async with drive(sealed, (120, 40)) as driver:
        await driver.type(f"{PASSPHRASE}\n")
        await driver.press("n")
        await driver.type("half a sentence")
        await driver.press(away)
        marker = (sealed.data / "store.json").read_bytes()
        said = says_plain(sealed.data)
        if away == "ctrl+g":
            await driver.press("space")
        for typed in ("anything", PASSPHRASE):
            await driver.type(f"{typed}\n")
            assert driver.name == "Unlock" and not driver.shows("half a sentence") and said in driver.said
        (sealed.data / "store.json").write_bytes(marker)
        await driver.type("anything\n")
        assert driver.name == "Unlock" and not driver.shows("half a sentence")
        await driver.type(f"{PASSPHRASE}\n")
        assert driver.screen.query_one(TextArea).text == "half a sentence"


async def _until(driver: Driver, text: str) -> None:
    for _ in range(80):
        await driver.still()
        if text in words(driver).replace("│ ", ""):
            return
    raise AssertionError(f"{text!r} is not shown:\n{driver.frame()}")


async def test_doctor_takes_another_store_for_no_tired_enter(kinds: Environment) -> None:
    said = is_another(kinds.data)
    before = files(kinds)
    async with drive(kinds, (120, 40)) as driver:
        assert said in words(driver)
        await driver.press("d")
        await _until(driver, "If that is meant, r can take this store")
        await driver.press("r", "enter")
        await _until(driver, "If that is meant, r can take this store")
    assert files(kinds) == before


async def test_doctor_says_on_its_page_why_a_repair_was_refused(sealed: Environment) -> None:
    says_plain(sealed.data)
    before = files(sealed)
    async with drive(sealed, (120, 40)) as driver:
        await driver.press("d")
        await _until(driver, "It can be put right")
        await driver.press("r", "1")
        await _until(driver, "only for somebody who opens it")
    assert files(sealed) == before
