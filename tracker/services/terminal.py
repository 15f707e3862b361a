"""What the terminal is, as far as its environment says: decided once, for the shell and the app."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

UTF8 = ("utf8", "utf8sig", "cp65001")
COERCED = "C.UTF-8"
"""What Python itself puts into LC_CTYPE where it finds the C locale."""


def plain_encoding(stream: TextIO, env: Mapping[str, str] = os.environ) -> str | None:
    """Return the encoding whose letters a stream may be sent, with signs of ASCII alone; None where it knows UTF-8."""
    encoding = _short(stream.encoding or "ascii")
    if encoding not in UTF8:
        return stream.encoding or "ascii"
    return None if env.get("PYTHONIOENCODING") or env.get("PYTHONUTF8") == "1" or _says_utf8(env) else "ascii"


def _says_utf8(env: Mapping[str, str]) -> bool:
    """Return whether the locale is one of UTF-8, or does not say."""
    named = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    if named == COERCED and not env.get("LC_ALL"):
        named = env.get("LANG") or named
    if named in ("C", "POSIX"):
        return False
    _, _, codes = named.partition(".")
    return not codes or _short(codes.partition("@")[0]) in UTF8


def _short(encoding: str) -> str:
    return encoding.lower().replace("-", "").replace("_", "")


def no_app(stdin: TextIO | None, stdout: TextIO | None, stderr: TextIO | None, env: Mapping[str, str]) -> str:
    """Return why the app cannot be shown here, and the way; an empty text where it can."""
    for name, stream in (("input", stdin), ("output", stdout), ("error", stderr)):
        if stream is None or not stream.isatty():
            return f"The app needs a terminal, and standard {name} is not one. In plain lines: toward today"
    if not can_be_drawn_on(env):
        kind = env.get("TERM", "")
        text = f"TERM is '{kind}'" if kind else "TERM says nothing"
        return f"The app needs a terminal that can be drawn on, and {text}. In plain lines: toward today"
    return ""


def can_be_drawn_on(env: Mapping[str, str] = os.environ) -> bool:
    """Return whether a terminal, by its environment, can be cleared and drawn on, and not only print line by line."""
    return os.name != "posix" or env.get("TERM", "") not in ("", "dumb", "unknown")
