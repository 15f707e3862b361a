"""What somebody does to a data folder who can write in it: each way returns what the shell and the app must say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

Forge = Callable[[Path], str]


def _marker(data: Path, **changes: object) -> None:
    path = data / "store.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changes}))


def says_plain(data: Path) -> str:
    """Let store.json say that the store is plain."""
    _marker(data, format=1, encryption="", check="", mac="")
    return "says that this store is not encrypted, and this computer knows that it is"


def marker_gone(data: Path) -> str:
    """Take store.json away."""
    (data / "store.json").unlink()
    return "is missing, and what was saved lies beside it"


def is_another(data: Path) -> str:
    """Put another store in the place of this one."""
    shutil.move(data, data.with_name("kept"))
    data.mkdir(0o700)
    (data / "store.json").write_text(json.dumps({"format": 1, "store": "0" * 32}))
    return "holds another store than the one that this computer kept there"


def identity_cut(data: Path) -> str:
    """Cut the identity file off."""
    path = data / "identity.age"
    path.write_bytes(path.read_bytes()[:40])
    return "identity.age is cut off, so no passphrase opens it"


def identity_gone(data: Path) -> str:
    """Take the identity file away."""
    (data / "identity.age").unlink()
    return "identity.age is missing, so no passphrase opens it"


def identity_is_a_folder(data: Path) -> str:
    """Put a folder in the place of the identity file."""
    (data / "identity.age").unlink()
    (data / "identity.age").mkdir(0o700)
    return "identity.age is a folder, so no passphrase opens it"


AT_ONCE: tuple[Forge, ...] = (says_plain, marker_gone, is_another)
"""What is refused before anybody is asked for a passphrase."""

UNLOCKING: tuple[Forge, ...] = (identity_cut, identity_gone, identity_is_a_folder)
"""What is told once a passphrase was typed."""
