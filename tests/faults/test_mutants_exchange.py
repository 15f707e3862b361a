"""Exchanges and readings with one protection taken away: to each there is a question that only the real one answers."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.faults import mutants_exchange as mutants
from tests.faults.asking import Question, for_each, only_the_real_one_answers
from tests.faults.folders import open_store, put, shard
from tests.faults.mutants import Mutant
from tests.services.git_kit import fake_ssh, git, rewrite, script, tip
from tests.services.sync_kit import CID, Devices, bare, begin
from tracker.ledger.errors import TowardError
from tracker.services.commitments import lifecycle
from tracker.services.exchange import sync
from tracker.store import limits, transaction
from tracker.store.backup.copies import backups_lock
from tracker.store.errors import StoreError
from tracker.store.exchange import git as git_module
from tracker.store.exchange.git import Git, TooMuch
from tracker.store.files import LONGEST_NAME, atomic_write
from tracker.store.log import shards

pytestmark = pytest.mark.usefixtures("plain_git")


def _meeting(root: Path) -> Devices:
    devices = Devices(root, bare(root / "between.git"))
    begin(devices)
    devices.log("one")
    return devices


def _told(devices: Devices, words: str) -> bool:
    """Return whether an exchange is refused by these words."""
    try:
        sync.exchange(devices.open("one"))
    except TowardError as error:
        return words in error.message
    return False


def runs_nothing_that_lies_there(root: Path) -> bool:
    devices = _meeting(root)
    script(root / "hooks" / "reference-transaction", f"touch {root}/canary")
    git(devices.place, "config", "core.hooksPath", str(root / "hooks"))
    sync.exchange(devices.open("one"))
    return not (root / "canary").exists()


def goes_nowhere_else(root: Path) -> bool:
    place, elsewhere = bare(root / "between.git"), bare(root / "elsewhere.git")
    (root / "home").mkdir()
    (root / "home" / ".gitconfig").write_text(
        f'[url "ssh://h.invalid{elsewhere}"]\n insteadOf = ssh://h.invalid{place}\n'
    )
    devices = Devices(root, place)
    workspace = devices.open("one")
    lifecycle.add(workspace, CID)
    sync.choose(workspace, f"ssh://h.invalid{place}")
    there = {"HOME": str(root / "home"), "PATH": f"{fake_ssh(root / 'bin').parent}:{os.environ['PATH']}"}
    with patch.dict(os.environ, there):
        sync.exchange(workspace)
    return not (elsewhere / "refs" / "heads" / "toward").exists()


def follows_no_link_in_a_repository(root: Path) -> bool:
    devices = _meeting(root)
    (devices.place / "refs" / "heads").rename(root / "outside")
    (devices.place / "refs" / "heads").symlink_to(root / "outside")
    return _told(devices, "is a symbolic link")


def names_a_lock_that_was_left(root: Path) -> bool:
    devices = _meeting(root)
    (devices.place / "refs" / "heads" / "toward.lock").touch()
    with patch.object(Git, "pause", lambda _self: None):
        return _told(devices, "toward.lock is in the way")


def takes_no_object_for_another(root: Path) -> bool:
    devices = _meeting(root)
    one, other = (git(devices.place, "rev-parse", f"toward:{name}") for name in ("store.json", ".gitignore"))
    objects = devices.place / "objects"
    (objects / one[:2] / one[2:]).unlink()
    (objects / one[:2] / one[2:]).write_bytes((objects / other[:2] / other[2:]).read_bytes())
    # Of the same size, or else its heading tells already.
    raw = b"{" + b" " * (int(git(devices.place, "cat-file", "-s", one)) - 2) + b"}"
    forged = git(devices.place, "hash-object", "-w", "--stdin", stdin=raw)
    (objects / one[:2] / one[2:]).unlink()
    (objects / one[:2] / one[2:]).write_bytes((objects / forged[:2] / forged[2:]).read_bytes())
    return _told(devices, "the repository there is damaged")


def takes_in_no_more_than_a_store_holds(root: Path) -> bool:
    devices = _meeting(root)
    many = (f"M 100644 inline devices/{number:032x}/2026-11.json\ndata 2\n{{}}" for number in range(501))
    rewrite(devices.place, *many)
    return _told(devices, "more than any store")


def looks_into_no_more_folders_than_there_can_be(root: Path) -> bool:
    store = open_store(root)
    put(store, "older")
    for number in range(limits.MOST_FOLDERS):
        (store.data / "devices" / f"{number:032x}").mkdir()
    return any("folders, so the others" in each.reason for each in open_store(root).damaged)


def ends_a_git_that_never_stops_talking(root: Path) -> bool:
    script(root / "git", "i=0; while [ $i -lt 9000 ]; do echo xxxxxxxxxxxxxxxx; i=$((i+1)); done")
    with patch.dict(os.environ, {"PATH": f"{root}:/usr/bin:/bin"}):
        try:
            Git(root / "r" / "repository", "there").run("x", most=10_000)
        except TooMuch:
            return True
    return False


def ends_a_git_that_is_never_done(root: Path) -> bool:
    script(root / "git", "for i in 1 2 3 4 5 6; do echo x; sleep 0.1; done")
    with patch.dict(os.environ, {"PATH": f"{root}:/usr/bin:/bin"}), patch.object(git_module, "_GRACE", 0.1):
        patience = patch.object(git_module, "PATIENCE", 0.05) if git_module.PATIENCE < 1_000 else nullcontext()
        with patience:
            try:
                Git(root / "r" / "repository", "there").run("x")
            except StoreError:
                return True
    return False


def lets_git_write_only_so_much(root: Path) -> bool:
    script(root / "git", f"exec head -c 200000 /dev/zero >{root}/much")
    with patch.dict(os.environ, {"PATH": f"{root}:/usr/bin:/bin"}), patch.object(git_module, "MOST_WRITTEN", 50_000):
        try:
            Git(root / "r" / "repository", "there").run("x")
        except StoreError as error:
            return "larger than" in error.message
    return False


def takes_nothing_that_git_would_not_make(root: Path) -> bool:
    devices = _meeting(root)
    # A mode with a zero before it, which git reads and never writes.
    odd = b"040000 devices\0" + bytes.fromhex(git(devices.place, "rev-parse", "toward:devices"))
    odd += b"100644 store.json\0" + bytes.fromhex(git(devices.place, "rev-parse", "toward:store.json"))
    tree = git(devices.place, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=odd)
    author = ("-c", "user.name=x", "-c", "user.email=x@x")
    commit = git(devices.place, *author, "commit-tree", tree, "-p", tip(devices.place), "-m", "x")
    git(devices.place, "update-ref", "refs/heads/toward", commit)
    sync.choose(devices.open("one"), f"ssh://h.invalid{devices.place}")
    with patch.dict(os.environ, {"PATH": f"{fake_ssh(root / 'bin').parent}:{os.environ['PATH']}"}):
        return _told(devices, "not as git makes it")


def reads_no_file_that_is_none_of_ours(root: Path) -> bool:
    store = open_store(root)
    put(store, "older")
    with patch.object(shards, "MOST_BYTES", 10_000):
        path = shard(store, "2026-10.json")
        path.write_bytes(bytes(20_000))
        return any("too large" in each.reason for each in open_store(root).damaged)


def makes_no_folder_through_a_link_in_the_state_folder(root: Path) -> bool:
    (root / "outside").mkdir()
    (root / "backups").symlink_to(root / "outside")
    try:
        with backups_lock(root / "backups", 1.0):
            pass
    except StoreError:
        return not list((root / "outside").iterdir())
    return False


def makes_no_folder_through_a_link_at_a_place(root: Path) -> bool:
    (root / "stick").mkdir()
    (root / "outside").mkdir()
    devices = Devices(root, root / "stick")
    lifecycle.add(devices.open("one"), CID)
    sync.choose(devices.open("one"), str(devices.place))
    (devices.place / "devices").symlink_to(root / "outside")
    return _told(devices, "is a symbolic link") and not list((root / "outside").iterdir())


def makes_no_folder_through_a_link_in_the_data_folder(root: Path) -> bool:
    (root / "outside").mkdir()
    store = open_store(root)
    (store.data / "devices").symlink_to(root / "outside")
    try:
        put(store, "new")
    except StoreError:
        return not list((root / "outside").iterdir())
    return False


def writes_the_longest_name(root: Path) -> bool:
    path = root / f"2026-11{'x' * (LONGEST_NAME - 12)}.json"
    try:
        atomic_write(path, b"x")
    except OSError:
        return False
    return path.read_bytes() == b"x"


def begins_another_file_in_time(root: Path) -> bool:
    with patch.object(transaction, "ROOMY", 1_000):
        for number in range(6):
            put(open_store(root), f"entry {number}")
    return len(list(shard(open_store(root)).parent.glob("2026-11*.json"))) > 1


def exchanges(root: Path) -> bool:
    """Return whether an exchange works at all, so that a refusal is one for a reason."""
    devices = _meeting(root)
    before = tip(devices.place)
    return bool(sync.exchange(devices.open("one")).went) and tip(devices.place) != before


CAUGHT: list[tuple[Mutant, Question]] = [
    (mutants.their_settings_count, runs_nothing_that_lies_there),
    (mutants.the_users_settings_count, goes_nowhere_else),
    (mutants.links_there_are_followed, follows_no_link_in_a_repository),
    (mutants.a_lock_is_a_quicker_device, names_a_lock_that_was_left),
    (mutants.objects_are_believed, takes_no_object_for_another),
    (mutants.as_many_as_there_are, takes_in_no_more_than_a_store_holds),
    (mutants.as_many_as_there_are, looks_into_no_more_folders_than_there_can_be),
    (mutants.listened_to_for_ever, ends_a_git_that_never_stops_talking),
    (mutants.waited_for_ever, ends_a_git_that_is_never_done),
    (mutants.git_has_all_of_the_machine, lets_git_write_only_so_much),
    (mutants.nothing_is_looked_over, takes_nothing_that_git_would_not_make),
    (mutants.files_of_any_size, reads_no_file_that_is_none_of_ours),
    (mutants.folders_are_made_through_links, makes_no_folder_through_a_link_in_the_state_folder),
    (mutants.folders_are_made_through_links, makes_no_folder_through_a_link_at_a_place),
    (mutants.folders_are_made_through_links, makes_no_folder_through_a_link_in_the_data_folder),
    (mutants.longer_names_than_there_can_be, writes_the_longest_name),
    (mutants.months_grow_for_ever, begins_another_file_in_time),
]


@for_each(CAUGHT)
def test_the_real_exchange_answers_and_the_mutant_does_not(tmp_path: Path, mutant: Mutant, question: Question) -> None:
    only_the_real_one_answers(tmp_path, mutant, question)


def test_the_exchange_of_the_questions_works(tmp_path: Path) -> None:
    assert exchanges(tmp_path)
