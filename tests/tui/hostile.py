"""Text that wants to act on a terminal, and commitments that hold it as it is."""

from __future__ import annotations

from uuid import uuid4

from tests.tui.driver import TODAY, day
from tracker.ledger.workspace import Workspace
from tracker.store.events import Draft

TEXTS = {
    "closing": "[/b]",
    "nothing": "[/]",
    "click": "[@click=app.bell]ring[/]",
    "quit": "[@click=app.quit]leave",
    "colour": "[red]red",
    "types": "[type=x, v={'a[0]'}]",
    "open": "[[[ $x [link=http://x]",
    "escape": "\x1b[31mred\x1b[2J\x1b[H",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "title": "\x1b]0;owned\x07\x1b]8;;http://x\x1b\\link",
    "c1": "\x9b31m\x9d52;c;eA==\x9c",
    "nul": "a\x00b\x07\x08\x0b\x0c\r\nc\td",
    "bidi": "\u202eevil\u202c \u2066x\u2069 \u200e\u200f\u061c",
    "zero": "a\u200bb\u200dc\ufeffd\u00ade",
    "emoji": "❤️ ✔️ ☀️ 1️⃣ 👨‍👩‍👧 🇩🇪",
    "long": "wort " * 60,
    "one": "w" * 300,
    "wide": "漢字" * 60,
    "rtl": "שלום עולם, مرحبا بالعالم",
    "combining": "e\u0301" * 5 + "Z" + "\u0300" * 40,
    "surrogate": "\ud83d half",
}
"""Names and texts; each is written into the store without being cleaned."""


def bare(toward: Workspace, cid: str, text: str, kind: str = "check") -> None:
    """Write a commitment that holds a text in its title, if-then plan, aliases, tag, skip and note, uncleaned."""
    start = day(3).isoformat()
    value = {
        "title": text, "step": "s4", "kind": kind, "if_then": text, "aliases": [text],
        "outcomes": [{"name": "x", "label": text, "credit": 1}] if kind == "event" else [],
    }  # fmt: skip
    schedule = "on event" if kind == "event" else "daily"
    entry = {"day": day(1).isoformat(), "amount": 1, "fields": {"tag": text, "topic": text}, "outcome": text}
    drafts = [
        Draft(f"commitment|{cid}", value),
        Draft(f"plan|{cid}|{start}", {"schedule": schedule, "target": 1}),
        Draft(f"entry|{cid}|{uuid4().hex}", entry),
        Draft(f"skip|{cid}|{day(2).isoformat()}", {"reason": text}),
        Draft(f"note|{cid}|{TODAY.isoformat()}", {"private": {"text": text}}),
    ]
    toward.write("done", lambda: drafts)
