"""The key kept by the system's keyring, only where the person asked for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tracker.ledger.errors import Refused
from tracker.ledger.open_folder import in_plain_words
from tracker.services.change import Change
from tracker.services.environment import state_of
from tracker.services.safekeeping.encryption import StoreKey

SERVICE = "toward"
KNOWN = (
    "keyring.backends.macOS",
    "keyring.backends.SecretService",
    "keyring.backends.Windows",
    "keyring.backends.kwallet",
)
"""The modules of keyrings that belong to an operating system or its desktop; no other is trusted with the key."""

INSTALL = "pip install keyring (or: pipx inject toward keyring)"
_MARK = "remembered"


def recall(data: Path, state_root: Path) -> StoreKey | None:
    """Return the key that the keyring holds for a data folder, or None; never asked unless it was given one."""
    state = state_of(data, state_root)
    if not (state / _MARK).exists():
        return None
    try:
        text = _keyring().get_password(SERVICE, state.name)
        return StoreKey.read(text) if text else None
    except Exception:
        # Whatever ails a keyring, a locked one too, the passphrase still opens the store.
        return None


def remember(data: Path, state_root: Path, key: StoreKey) -> Change:
    """Let the keyring hold the key, so that nothing is asked on this computer. Raises Refused."""
    state = state_of(data, state_root)
    try:
        _keyring().set_password(SERVICE, state.name, "\n".join(key.secrets))
    except Refused:
        raise
    except Exception:
        raise Refused("The keyring of this system could not be used. Nothing was changed.") from None
    with in_plain_words():
        os.close(os.open(state / _MARK, os.O_WRONLY | os.O_CREAT, 0o600))
    return Change(
        (
            "The keyring of this system holds the key now, and Toward does not ask on this computer.",
            "Any program that runs under your name may be able to read it there. To take it back: "
            "toward passphrase --forget",
        )
    )


def forget(data: Path, state_root: Path) -> Change:
    """Take the key out of the keyring. Raises Refused."""
    return forget_of(state_of(data, state_root))


def forget_of(state: Path) -> Change:
    """Do so for the state folder of a data folder. Raises Refused."""
    if not (state / _MARK).exists():
        return Change(("The keyring holds no key of this store.",), changed=False)
    try:
        _keyring().delete_password(SERVICE, state.name)
    except Refused:
        raise
    except Exception:
        raise Refused("The keyring could not be opened to take the key out. Unlock it and try again.") from None
    (state / _MARK).unlink(missing_ok=True)
    return Change(("The keyring holds the key no more; the passphrase is asked for again.",))


def _keyring() -> Any:
    """Return the system's keyring. Raises Refused where there is none that is known."""
    try:
        import keyring
    except ImportError:
        raise Refused(f"This needs the package keyring. Install it: {INSTALL}") from None
    backend = keyring.get_keyring()
    backends = getattr(backend, "backends", [backend])
    if not backends or not type(backends[0]).__module__.startswith(KNOWN):
        raise Refused("There is no keyring of this system to keep a key in. The passphrase is asked for each time.")
    return backends[0]
