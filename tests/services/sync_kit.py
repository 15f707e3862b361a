"""Devices that meet by way of a folder or a git repository."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.services.kit import HandClock
from tracker.ledger.workspace import Workspace
from tracker.services.commitments import lifecycle
from tracker.services.exchange import sync
from tracker.services.exchange.transfer import export_json
from tracker.services.logging import log_entry

CID = "s4.reachable"


class Devices:
    """Devices with a data folder of their own each, and a place between them."""

    def __init__(self, root: Path, place: Path) -> None:
        self.root, self.place = root, place
        self.clock = HandClock()

    def open(self, name: str) -> Workspace:
        """Return a device's store, opened anew."""
        return Workspace.at(self.root / name, self.root / f"{name}-state", self.clock)

    def meet(self, name: str, join: bool = True) -> Workspace:
        """Let a device exchange by way of the place, and return its store."""
        workspace = self.open(name)
        sync.choose(workspace, str(self.place))
        sync.exchange(workspace, join=join)
        return workspace

    def log(self, name: str, text: str = "") -> Workspace:
        """Check today off on a device, with a note."""
        workspace = self.open(name)
        commitment = workspace.ledger.get(CID)
        assert commitment is not None
        log_entry.done(workspace, commitment, note=text)
        return workspace

    def export(self, name: str) -> str:
        """Return all that a device holds."""
        return export_json(self.open(name), private=True).text


def bare(path: Path) -> Path:
    """Make an empty repository without a work tree; skip the test where there is no git."""
    if shutil.which("git") is None:
        pytest.skip("needs git")
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    return path


def tree(root: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def begin(devices: Devices) -> None:
    """Let one begin and two take part."""
    lifecycle.add(devices.open("one"), CID)
    devices.meet("one")
    devices.meet("two")


def contents(place: Path) -> dict[str, bytes]:
    """Return the newest files of a place."""
    if not (place / "HEAD").exists():
        return tree(place)
    listed = subprocess.run(
        ["git", "-C", str(place), "ls-tree", "-r", "--name-only", "toward"], capture_output=True, check=True
    )
    names = listed.stdout.decode().splitlines()
    show = ["git", "-C", str(place), "show"]
    return {name: subprocess.run([*show, f"toward:{name}"], capture_output=True, check=True).stdout for name in names}
