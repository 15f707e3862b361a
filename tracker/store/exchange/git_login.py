"""What git is told of the user's own settings: how to log in, and nothing else.

A remote of theirs with the name that we use, or a `url.*.insteadOf`, would send the files somewhere else.
"""

from __future__ import annotations

import re

from tracker.store.exchange.git import Git

_HOW_TO_LOG_IN = re.compile(r"credential\..+|http\..+|ssh\.variant|core\.sshcommand", re.DOTALL)
_THEIRS = (b"local", b"worktree", b"command")


def settings_for(git: Git, remote: str, address: str) -> str:
    """Return the text of the settings under which git exchanges with `address`, which it is to know as `remote`."""
    # Their own settings are read as git itself finds them, so where they lie is known to git alone.
    listed = git.run("config", "--list", "-z", "--show-scope", "--includes", as_the_user=True).out.split(b"\0")
    lines = [f"[remote {_quoted(remote)}]\n\turl = {_quoted(address)}\n"]
    for scope, entry in zip(listed[::2], listed[1::2], strict=False):
        name, has_value, value = entry.decode("utf-8", "surrogateescape").partition("\n")
        if scope not in _THEIRS and _HOW_TO_LOG_IN.fullmatch(name):
            lines.append(_line(name, value if has_value else None))
    return "".join(lines)


def _line(name: str, value: str | None) -> str:
    section, _, rest = name.partition(".")
    subsection, _, key = rest.rpartition(".")
    if "\n" in subsection:
        return ""
    heading = f"[{section} {_quoted(subsection)}]" if subsection else f"[{section}]"
    return f"{heading}\n\t{key}\n" if value is None else f"{heading}\n\t{key} = {_quoted(value)}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
