"""Looking into backups as a stranger's tool would, with stock zipfile and json; and spoiling what is in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

Spoil = Callable[[bytes], bytes]


def members(path: Path) -> dict[str, bytes]:
    """Return what a zip file holds, by name."""
    with ZipFile(path) as bag:
        assert bag.testzip() is None
        return {name: bag.read(name) for name in bag.namelist()}


def files_in(backup: Path) -> dict[str, bytes]:
    """Return every file of a backup as docs/data.md says that one finds it; each is what its sum says."""
    own = members(backup)
    packs = {name: raw for pack in backup.parent.glob("months*.zip") for name, raw in members(pack).items()}
    found = {}
    for name, entry in json.loads(own["manifest.json"])["files"].items():
        found[name] = own[name] if name in own else packs[entry["sha256"]]
        assert sha256(found[name]).hexdigest() == entry["sha256"] and len(found[name]) == entry["size"]
    return found


def spoil(path: Path, name: str, how: Spoil) -> None:
    """Change the bytes of one member of a zip file, and no sum that tells of it."""
    held = members(path)
    held[name] = how(held[name])
    with ZipFile(path, "w") as bag:
        for each, raw in held.items():
            bag.writestr(each, raw)
    path.chmod(0o600)


def spoil_month(backup: Path, month: str, how: Spoil, device: str = "") -> str:
    """Change the bytes of a month's file where a backup finds them, and return its name."""
    own = members(backup)
    entries: dict[str, dict[str, str]] = json.loads(own["manifest.json"])["files"]
    name = next(each for each in entries if f"/{month}" in each and device in each)
    if name in own:
        spoil(backup, name, how)
        return name
    digest = entries[name]["sha256"]
    pack = next(each for each in backup.parent.glob("months*.zip") if digest in members(each))
    spoil(pack, digest, how)
    return name
