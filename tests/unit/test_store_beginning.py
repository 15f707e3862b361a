"""Beginning a store: with the first change, in a folder of its own, and never where one only seems to be missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.folders import NOON, names
from tests.unit.store_kit import put
from tracker.store.errors import NotAStore, StoreDamaged
from tracker.store.store import Store


def _open(root: Path, device: str = "one", *, make: bool = True) -> Store:
    return Store.open(root / "data", root / device, lambda: NOON, make=make)


LEFT_BY_OTHERS = (".stfolder", ".stignore", ".git", ".gitignore", ".DS_Store", "desktop.ini", "Thumbs.db", "lost+found")


@pytest.mark.parametrize("make", [True, False])
def test_a_folder_with_other_things_is_never_made_a_store(tmp_path: Path, make: bool) -> None:
    (tmp_path / "data").mkdir()
    for name in (*LEFT_BY_OTHERS, "thesis.txt"):
        (tmp_path / "data" / name).touch()
    before = sorted(tmp_path.joinpath("data").iterdir())
    with pytest.raises(NotAStore, match="holds other files"):
        put(_open(tmp_path, make=make), "over the thesis")
    assert sorted(tmp_path.joinpath("data").iterdir()) == before
    (tmp_path / "data" / "thesis.txt").unlink()
    put(_open(tmp_path, make=make), "kept")
    (tmp_path / "data" / "thesis.txt").touch()
    put(_open(tmp_path), "more")
    assert names(_open(tmp_path)) == {"kept", "more"}, "what is put beside a store later is no matter"


def test_to_look_makes_nothing_and_the_first_change_everything(tmp_path: Path) -> None:
    looking = _open(tmp_path, make=False)
    assert looking.events == {} and not looking.refresh() and not (tmp_path / "data").exists()
    put(_open(tmp_path, device="two"), "from the second")
    put(looking, "from the first")
    assert looking.marker == _open(tmp_path).marker and names(looking) == {"from the second", "from the first"}
    (tmp_path / "data").rename(tmp_path / "unmounted")
    with pytest.raises(StoreDamaged, match="empty or not mounted"):
        _open(tmp_path, make=False)


def test_a_store_that_was_there_when_it_was_looked_at_is_not_made_anew(tmp_path: Path) -> None:
    put(_open(tmp_path, device="two"), "kept")
    looking = _open(tmp_path, make=False)
    (tmp_path / "data").rename(tmp_path / "unmounted")
    with pytest.raises(StoreDamaged, match="missing"):
        put(looking, "into the void")
    assert not (tmp_path / "data").exists()


def test_the_key_of_a_store_without_the_rest_of_it_is_not_begun_beside(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "identity.age").touch()
    with pytest.raises(StoreDamaged, match="missing"):
        _open(tmp_path)
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["identity.age"]
