"""What came from elsewhere, as a shell sees it: told in one line, listed, tried dry, and answered."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cli.conftest import Shell
from tests.cli.test_golden import shown

STRANGER = "e" * 32


def plant(data: Path, name: str, *events: dict[str, Any]) -> None:
    """Put a file with events into a stranger's folder."""
    folder = data / "devices" / STRANGER
    folder.mkdir(exist_ok=True, mode=0o700)
    (folder / "device.json").write_text(json.dumps({"name": name}))
    made = {"prev": None, "dev": STRANGER, "at": "2026-11-23T20:00:00+01:00"}
    rows = {str(number): {**made, "id": f"e{number}", **each} for number, each in enumerate(events, start=1)}
    (folder / "2026-11.json").write_text(json.dumps({"events": rows}))
    for path in folder.iterdir():
        path.chmod(0o600)


def held(data: Path) -> dict[str, dict[str, Any]]:
    """Return the newest event of each key in the plain files of the store."""
    newest: dict[str, dict[str, Any]] = {}
    for path in data.glob("devices/*/2*.json"):
        for event in json.loads(path.read_text())["events"].values():
            newest[event["key"]] = max(event, newest.get(event["key"], event), key=lambda each: each["t"])
    return newest


def test_what_it_prints(young: Shell, home: Path, golden: Callable[[str, str], None]) -> None:
    data = home / "data" / "toward"
    assert young("incoming").out == "Nothing from other devices waits for an answer.\n"
    known = held(data)
    until = max(event["t"] for event in known.values()) + 1
    order = {"key": "purge|x", "v": {"keys": dict.fromkeys(known, until)}, "t": until}
    gone = ({"key": key, "v": None, "t": until + 5} for key in list(known)[:1])
    plant(data, "\x1b[31mlaptop", order, *gone)
    told = []
    for command in (
        "today",
        "incoming",
        "incoming --json",
        "incoming --dry-run",
        "incoming accept",
        "incoming accept --dry-run",
        "incoming refuse 1 --dry-run --json",
        "incoming accept 7",
        "incoming accept x",
        "incoming refuse --yes",
        "incoming",
        "today",
    ):
        told.append(shown(command, young(*shlex.split(command))))
    golden("incoming", "\n".join(told).replace("eeeeeeee", "<device>").replace(str(home), "~"))


def test_accepting_empties_and_says_so(young: Shell, home: Path) -> None:
    data = home / "data" / "toward"
    young("today")
    known = held(data)
    until = max(event["t"] for event in known.values()) + 1
    plant(data, "laptop", {"key": "purge|x", "v": {"keys": dict.fromkeys(known, until)}, "t": until})
    assert "CANARY" in "".join(path.read_text() for path in data.glob("devices/*/2*.json"))
    answer = young("incoming", "accept", "1", "--yes")
    assert answer.code == 0 and answer.out.startswith("Accepted: ")
    assert "CANARY" not in "".join(path.read_text() for path in data.glob("devices/*/2*.json"))
    assert young("today").err == ""
