"""Addresses of git repositories: which are used, how they are shown, and which of them is a path on this computer."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit


def shown(text: str) -> str:
    """Return a text without the name and password that an address in it may hold."""
    return re.sub(r"://[^/@\s]*@", "://", text)


def is_address(text: str) -> bool:
    """Return whether a text is an address for git: a URL, or `host:path` as ssh writes it."""
    return "://" in text or re.match(r"[^/:\s]+:", text) is not None


def path_of(address: str) -> Path | None:
    """Return the path that a repository has on this computer, None for one that is reached over a network."""
    if address.lower().startswith("file://"):
        return Path(unquote(urlsplit(address).path))
    path = Path(address)
    return path if path.is_absolute() else None


def is_bare_repository(path: Path) -> bool:
    """Return whether a folder is a repository without a work tree."""
    return (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()


def refuse_address(text: str) -> str | None:
    """Return why an address is not used, or None."""
    scheme, colons, rest = text.partition("://")
    if not text.strip() or text.startswith("-") or not text.isprintable():
        return "is not the address of a repository or the path of a folder"
    if scheme.lower() in ("http", "git") and colons:
        return "would send your words in the clear. Use https or ssh"
    if "::" in text.partition("/")[0] or (colons and scheme.lower() not in ("file", "https", "ssh")):
        return "would let git run another program"
    if scheme.lower() == "file" and colons and not rest.startswith("/"):
        return "names a file of another computer. Use its path here, or ssh"
    if re.search(r"://[^/@\s]*:[^/@\s]*@", text):
        return "holds a password. Leave it out, and let git's credential helper keep it"
    return None
