"""Stores with one protection taken away: to each there is a question that only the real store answers."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.faults import mutants
from tests.faults.asking import Question, for_each, only_the_real_one_answers
from tests.faults.folders import names, open_store, operations, put, shard
from tests.faults.mutants import Mutant
from tests.faults.totals import record
from tracker.store.crypto import vault
from tracker.store.errors import StoreError, WriteFailed
from tracker.store.events import encode
from tracker.store.log import shards, storage
from tracker.store.store import Store


def _refused(store: Store, name: str) -> bool:
    try:
        put(store, name)
    except StoreError:
        return True
    return False


def tells_when_nothing_was_written(root: Path) -> bool:
    store = open_store(root)
    put(store, "older")
    with patch.object(storage, "atomic_write", lambda _path, _data: None):
        return _refused(store, "dropped")


def keeps_what_another_wrote_in_between(root: Path) -> bool:
    first, second = open_store(root), open_store(root)
    put(first, "older")
    let_in = [True]

    def interrupted(document: dict[str, object]) -> bytes:
        if let_in.pop() if let_in else False:
            put(second, "second")
        return encode(document)

    with mutants.no_lock(), patch.object(vault, "encode", interrupted), contextlib.suppress(WriteFailed):
        put(first, "first")
    return "second" in names(open_store(root))


def leaves_a_spoilt_file(root: Path, spoilt: Callable[[bytes], bytes]) -> bool:
    put(open_store(root), "older", "too")
    path = shard(open_store(root))
    before = spoilt(path.read_bytes())
    path.write_bytes(before)
    put(open_store(root), "new")
    return path.read_bytes() == before


def leaves_an_empty_file(root: Path) -> bool:
    return leaves_a_spoilt_file(root, lambda _good: b"")


def leaves_a_file_with_an_odd_entry(root: Path) -> bool:
    return leaves_a_spoilt_file(root, lambda good: good.replace(b'"t":1', b'"t":-1', 1))


def reads_what_stands_behind_a_wound(root: Path) -> bool:
    store = open_store(root)
    put(store, "older"), put(store, "newer")
    shard(store).write_bytes(shard(store).read_bytes().replace(b'"2":', b'#"2":') + b"}}")
    return names(open_store(root)) == {"older", "newer"}


def tells_what_it_could_not_read(root: Path) -> bool:
    store = open_store(root)
    put(store, "older")
    left = shards.parse(shard(store).read_bytes()[:-30]).left
    return left is not None and not left.is_whole


def numbers_every_operation_once(root: Path) -> bool:
    first, second = open_store(root), open_store(root)
    for number in range(3):
        put(first, f"first {number}"), put(second, f"second {number}")
    numbers = [operation[0]["n"] for operation in operations(open_store(root))]
    return sorted(numbers) == list(range(1, 7))


def keeps_what_vanished_while_it_was_open(root: Path) -> bool:
    store = open_store(root)
    put(store, "older")
    shard(store).unlink()
    put(store, "new")
    return names(open_store(root)) == {"older", "new"}


def reads_through_no_link(root: Path) -> bool:
    store = open_store(root)
    put(store, "older")
    shard(store).rename(root / "elsewhere")
    shard(store).symlink_to(root / "elsewhere")
    record("links")
    return names(open_store(root)) == set()


def keeps_others_out(root: Path) -> bool:
    before = os.umask(0)
    try:
        put(open_store(root / "new"), "private")
    finally:
        os.umask(before)
    return all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in root.rglob("*") if path.is_file())


CAUGHT: list[tuple[Mutant, Question]] = [
    (mutants.no_read_back, tells_when_nothing_was_written),
    (mutants.shrink_guard_off, keeps_what_another_wrote_in_between),
    (mutants.empty_is_nothing, leaves_an_empty_file),
    (mutants.damage_is_dropped, leaves_a_file_with_an_odd_entry),
    (mutants.nothing_is_salvaged, reads_what_stands_behind_a_wound),
    (mutants.ended_by_the_first_wound, reads_what_stands_behind_a_wound),
    (mutants.all_is_said_to_be_read, tells_what_it_could_not_read),
    (mutants.no_look_under_the_lock, numbers_every_operation_once),
    (mutants.vanished_is_forgotten, keeps_what_vanished_while_it_was_open),
    (mutants.links_are_followed, reads_through_no_link),
    (mutants.open_to_all, keeps_others_out),
]


@for_each(CAUGHT)
def test_the_real_store_answers_and_the_mutant_does_not(tmp_path: Path, mutant: Mutant, question: Question) -> None:
    only_the_real_one_answers(tmp_path, mutant, question)


@pytest.mark.parametrize("of", ["exchange", "keys", "memory", "orders", "proofs", "shelf"])
def test_every_mutant_has_a_question(of: str) -> None:
    module = import_module(f"tests.faults.mutants_{of}")
    asked = {mutant.__name__ for mutant, _ in import_module(f"tests.faults.test_mutants_{of}").CAUGHT}
    made = {name for name, each in vars(module).items() if isfunction(each) and each.__module__ == module.__name__}
    assert asked == {name for name in made if not name.startswith("_")}
