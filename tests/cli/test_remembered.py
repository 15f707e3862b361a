"""What nobody did on this computer: refused by every command with exit code 5, and put right by doctor."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Answer, Shell
from tests.crypt_kit import PASSPHRASE
from tests.forged import AT_ONCE, UNLOCKING, Forge, is_another, says_plain
from tracker.cli import prompts
from tracker.cli.session import Session
from tracker.services.environment import state_of
from tracker.services.safekeeping import encryption
from tracker.store.crypto.vault import StoreKey
from tracker.store.encryption.relocking import lock_marker
from tracker.store.identity.identity import read_marker
from tracker.store.identity.memory import read_known

pytestmark = pytest.mark.usefixtures("quick_locks")

Keyed = Callable[..., Answer]


@pytest.fixture
def keyed(young: Shell, tmp_path: Path) -> Keyed:
    """Return a shell whose store was encrypted and has a backup; each command is given the passphrase."""

    def run(*argv: str, typed: str = PASSPHRASE) -> Answer:
        path = tmp_path / "typed"
        path.write_text(f"{typed}\n")
        fd = os.open(path, os.O_RDONLY)
        try:
            return young(*argv, "--passphrase-fd", str(fd))
        finally:
            os.close(fd)

    assert run("encrypt", "--yes").code == 0 and run("backup").code == 0
    return run


def known(home: Path) -> str:
    """Return which identity file this computer remembers as the one that opened last."""
    (state,) = (each for each in (home / "state" / "toward").iterdir() if (each / "device-id").exists())
    return read_known(state).identity


def locked_by_another(data: Path) -> None:
    (data / "store.json").write_bytes(lock_marker(read_marker(data), StoreKey.fresh()).encoded())


def cut_off(data: Path) -> None:
    (data / "store.json").write_bytes((data / "store.json").read_bytes()[:20])


def files(home: Path) -> dict[str, bytes]:
    folder = home / "data"
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


COMMANDS = (("today",), ("reply",), ("export",), ("backup",), ("sync",), ("undo",), ("restore", "1", "--yes"))


@pytest.mark.parametrize("forge", AT_ONCE, ids=lambda each: each.__name__)
def test_every_command_refuses_and_writes_nothing(keyed: Keyed, home: Path, forge: Forge) -> None:
    said = forge(home / "data" / "toward")
    before = files(home)
    for command in COMMANDS:
        if command[0] == "restore" and "is missing" in said:
            # That is what puts a lost folder back.
            continue
        answer = keyed(*command)
        assert answer.code == 5 and said in answer.err and answer.err.count("\n") == 1, (command, answer)
    answer = keyed("doctor")
    assert answer.code == 5 and "All is well" not in answer.out and files(home) == before


@pytest.mark.parametrize("forge", UNLOCKING, ids=lambda each: each.__name__)
def test_a_lost_identity_is_named_and_put_back(keyed: Keyed, home: Path, forge: Forge) -> None:
    said = forge(home / "data" / "toward")
    answer = keyed("today")
    assert answer.code == 5 and said in answer.err and "recovery key" in answer.err
    assert "identity.age" in keyed("doctor", typed="nobody knows").out
    assert keyed("doctor", "--repair", "--yes").code == 0
    assert keyed("today").code == 0


def test_a_store_that_says_plain_is_put_right_with_the_key_alone(keyed: Keyed, home: Path) -> None:
    before = keyed("export", "--private").out
    says_plain(home / "data" / "toward")
    wrong = keyed("doctor", "--repair", "--yes", typed="nobody knows")
    assert wrong.code == 5 and "put back only for somebody who opens it" in wrong.err
    assert keyed("today").code == 5
    repaired = keyed("doctor", "--repair", "--yes", "--json")
    assert json.loads(repaired.out)["repaired"] and repaired.code == 0
    assert keyed("export", "--private").out == before


def test_only_a_yes_follows_what_another_device_did(keyed: Keyed, home: Path) -> None:
    before = keyed("export", "--private").out
    says_plain(home / "data" / "toward")
    asked = keyed("decrypt")
    assert asked.code == 2 and "Nothing proves who did" in " ".join(asked.err.split())
    assert keyed("decrypt", "--yes", typed="nobody knows").code == 6
    assert not list((home / "data").rglob("2*.json"))
    assert keyed("decrypt", "--yes").code == 0
    assert keyed("export", "--private").out == before


def test_another_store_is_taken_only_by_somebody_who_says_so(
    young: Shell, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_another(home / "data" / "toward")
    answer = young("doctor", "--repair", "--yes")
    assert answer.code == 5 and "--yes does not answer that" in " ".join(answer.err.split())
    assert young("today").code == 5
    monkeypatch.setattr(Session, "can_ask", property(lambda _self: True))
    monkeypatch.setattr(prompts, "read_line", lambda: "yes\n")
    assert "This is the store of this computer now" in " ".join(young("doctor", "--repair").err.split())
    assert young("today").code == 0 and list((home / "state" / "toward").glob("*.of-another-*/backups"))


def test_where_two_devices_encrypted_at_once_the_passphrase_of_this_one_gets_in_again(keyed: Keyed, home: Path) -> None:
    """The lock of the other one lies there: doctor is given the passphrase from before and puts this one's back."""
    data = home / "data" / "toward"
    marker, other, opened = read_marker(data), StoreKey.fresh(), known(home)
    (data / "identity.age").write_bytes(encryption.rewrap(other, "of the other device").wrapped)
    (data / "store.json").write_bytes(lock_marker(marker, other).encoded())
    answer = keyed("today", typed="of the other device")
    assert answer.code == 6 and "toward doctor --repair" in answer.err
    assert known(home) == opened, "what is refused has opened nothing"
    assert keyed("doctor", typed="of nobody at all").code == 6
    assert "locked with another key" in keyed("doctor").out
    keyed("doctor", "--repair", "--yes")
    assert keyed("today").code == 0 and keyed("doctor").code == 0


SPOILT: tuple[Callable[[Path], object], ...] = (locked_by_another, cut_off, says_plain)


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda each: each.__name__)
@pytest.mark.parametrize("where", ["here", "elsewhere"])
def test_a_repair_keeps_a_passphrase_that_was_changed(
    keyed: Keyed, home: Path, spoil: Callable[[Path], object], where: str
) -> None:
    """Here it was used before store.json was spoilt, or it comes from another device and is first typed to repair."""
    data, new = home / "data" / "toward", "changed on purpose elsewhere"
    (data / "identity.age").write_bytes(encryption.rewrap(encryption.unlock(data, PASSPHRASE), new).wrapped)
    changed = (data / "identity.age").read_bytes()
    if where == "here":
        assert keyed("today", typed=new).code == 0
    spoil(data)
    keyed("doctor", "--repair", "--yes", typed=new)
    assert (data / "identity.age").read_bytes() == changed
    assert keyed("today", typed=new).code == 0 and keyed("doctor", typed=new).code == 0
    assert keyed("today").code == 6, "the one from before opens it no more"


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda each: each.__name__)
def test_a_repair_brings_the_identity_back_that_the_passphrase_opened(
    keyed: Keyed, home: Path, spoil: Callable[[Path], object]
) -> None:
    data = home / "data" / "toward"
    (data / "identity.age").write_bytes(encryption.rewrap(StoreKey.fresh(), "of the other device").wrapped)
    spoil(data)
    keyed("doctor", "--repair", "--yes")
    assert keyed("today").code == 0 and keyed("doctor").code == 0
    assert list(data.glob("identity.age.*")), "what lay there is kept"


def test_a_data_folder_that_was_moved_is_told_once_with_what_stays_behind(young: Shell, home: Path) -> None:
    data, root = home / "data" / "toward", home / "state" / "toward"
    young("today")
    old = state_of(data, root)
    moved = data.rename(data.with_name("elsewhere"))
    said = f"This computer knows this store from another folder. Its backups, its place for toward sync and what was \
remembered of it stay in {old}; here they begin anew."
    assert said in young("today", "--data", str(moved)).err.replace("\n", " ")
    assert "another folder" not in young("today", "--data", str(moved)).err
    assert old.is_dir() and (old / "backups").is_dir()
    young("add", "reply", "--data", str(home / "new"))
    assert "another folder" not in young("today", "--data", str(home / "new")).err, "another store is no news"


def test_whoever_types_unlock_learns_that_each_command_asks(young: Shell) -> None:
    answer = young("unlock")
    assert answer.code == 2 and "Each command asks for the passphrase itself" in answer.err


def test_doctor_says_of_a_wrong_passphrase_once_that_it_opens_nothing(keyed: Keyed) -> None:
    answer = keyed("doctor", typed="other words here")
    assert answer.code == 6 and answer.err.count("passphrase") == 1
