"""Hostile bytes in every place a file can hold them, printed by the real commands on a real terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shell
from tests.cli.on_a_terminal import type_on_a_terminal
from tests.faults.scale import SCALE
from tests.faults.totals import record
from tracker.domain.text.clean import UNSAFE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")

HOSTILE = (
    "A\x1b]52;c;ZXZpbA==\x07B"
    "\x1b]0;owned\x07\x1b]8;;http://x\x1b\\C\x1b]8;;\x1b\\"
    "\x1b[31m\x1b[2J\x1b[H\x1b[?1049h\x1bP+q\x1b\\\x1b[6n\x1b[21t"
    "\x9b31m\x9d52;c;eA==\x9c\x00\x07\x08\x0b\x0c\x7f"
    "\u202e\u2066\u200e\u061c\u2028\ufeffZ"
)
COMMANDS = (
    "today", "list", "streaks", "history", "history --json", "answer", "plan", "card --anyway", "set", "paths",
    "show reply", "show time", "show attacks", "show promise", "show {name}", "log --fields {name}", "done {name}",
    "undo", "redo", "today --json", "list --json", "export", "export --private", "review week", "review month",
    "import {file}", "import {folder}", "add --file {toml}", "add --file {file}", "done {raw}", "show {raw}",
    "skip reply --reason {raw}",
    "time 5 --tag {raw}", "set {raw}", "purge {raw}", "{raw}", "add {raw} --step s1", "today --day {raw}",
)  # fmt: skip


def spoil(value: Any, text: str) -> Any:
    """Return a value with a text at the end of all its own."""
    if isinstance(value, dict):
        return {name: spoil(part, text) for name, part in value.items()}
    if isinstance(value, list):
        return [spoil(part, text) for part in value]
    return f"{value} {text}" if isinstance(value, str) and " " in value else value


def acts(sent: bytes) -> list[bytes]:
    """Return everything in what a terminal was sent that it would have acted on."""
    text = sent.decode("utf-8", "surrogateescape").replace("\r\n", "\n")
    return [found.encode("utf-8", "surrogateescape") for found in re.findall(f"{UNSAFE.pattern}.{{0,20}}", text)]


@pytest.fixture
def everywhere(young: Shell, home: Path) -> dict[str, str]:
    """Fill every place of a store with hostile text, and return what commands may be given."""
    young("log", "reply", stdin="x\n" * 9), young("add", "Say {x}", "--step", "s1")
    shard = next((home / "data" / "toward" / "devices").glob("*/2026-11.json"))
    tables = json.loads(shard.read_text("utf-8"))
    for event in tables["events"].values():
        event["v"] = spoil(event["v"], HOSTILE)
        if event["key"].startswith("entry|") and event["v"]:
            event["v"]["fields"] = {"tag": HOSTILE, "topic": HOSTILE, "answer": HOSTILE, HOSTILE: [HOSTILE]}
            event["v"]["outcome"] = HOSTILE
        event["cmd"] = event["cmd"] + HOSTILE
    extra = {**next(iter(tables["events"].values())), "id": "x", "key": f"note|{HOSTILE}|{HOSTILE}", "dev": HOSTILE}
    tables["events"]["9999"] = extra
    shard.write_text(json.dumps(tables), "utf-8")
    device = shard.parent / "device.json"
    device.write_text(json.dumps({"name": HOSTILE, "version": HOSTILE}), "utf-8")
    named = HOSTILE.replace("\0", "").replace("/", "")[:60]
    (shard.parent / f"{named}.json").write_text("damaged", "utf-8")
    (shard.parent.parent / named).symlink_to("nowhere")
    toml = home / "own.toml"
    toml.write_text(f'title = "x"\n"{json.dumps(HOSTILE)[1:-1]}" = 1\n', "utf-8")
    bad = home / f"{named}.toml"
    bad.write_bytes(b"title = " + HOSTILE.encode())
    return {
        "name": "own.say-x", "toml": str(toml), "file": str(bad), "folder": str(home), "raw": HOSTILE.replace("\0", "")
    }  # fmt: skip


def test_a_terminal_is_sent_nothing_to_act_on(everywhere: dict[str, str], tmp_path: Path) -> None:
    commands = [[word.format(**everywhere) for word in command.split()] for command in COMMANDS]
    sent = type_on_a_terminal(commands, tmp_path)
    record("hostile bytes", len(HOSTILE.encode()) * (60 + sum("{raw}" in each for each in COMMANDS)))
    assert acts(sent) == []
    assert b"Traceback" not in sent and b"went wrong inside" not in sent
    assert sent.count(b"== ") >= len(COMMANDS)
    shown = sent.decode("utf-8", "replace")
    assert "�]52;c;ZXZpbA==�B" in shown, "the letters of it are shown"


def test_the_check_sees_what_acts() -> None:
    assert len(acts(f"fine\r\n{HOSTILE}".encode())) == 5
    assert acts("fine: ä 💛\ttab\r\n".encode()) == []


@pytest.mark.parametrize("seed", range(1 if SCALE < 2 else 8))
def test_any_control_character_in_a_title(young: Shell, tmp_path: Path, home: Path, seed: int) -> None:
    letters = [chr(code) for code in (*range(1, 32), *range(127, 160), *range(0x2000, 0x2070)) if code not in (10, 9)]
    text = "".join(letters[seed::8] if SCALE > 1 else letters)
    shard = next((home / "data" / "toward" / "devices").glob("*/2026-11.json"))
    tables = json.loads(shard.read_text("utf-8"))
    for event in tables["events"].values():
        event["v"] = spoil(event["v"], text)
    shard.write_text(json.dumps(tables), "utf-8")
    sent = type_on_a_terminal([["today"], ["list"], ["show", "reply"], ["history"], ["today", "--json"]], tmp_path)
    record("hostile bytes", len(text.encode()) * 20)
    assert acts(sent) == []


def test_an_endless_file_is_not_read_to_its_end(young: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("this system has no endless file")
    monkeypatch.setattr("tracker.cli.groups.data.MOST_BYTES", 1000)
    answer = young("import", "/dev/zero")
    assert answer.code == 2 and "too large" in answer.err
    assert os.fspath("/dev/zero") not in answer.out
