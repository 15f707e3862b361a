"""Why a folder is refused, or goes on in another way, where it is not what this computer remembers; and the way out."""

from __future__ import annotations

from pathlib import Path

from tracker.domain.text.clean import LONGEST_DEVICE, excerpt
from tracker.domain.text.discreet_mode import is_drawn
from tracker.store.errors import StoreDamaged
from tracker.store.identity.memory import ANOTHER_STORE

_MOST = 3
"""So many names of devices are told."""

TAKEN_BACK = (
    "On another device the encryption of this store is being taken back. On this computer everything stays encrypted, "
    "what you write too. If you want it off here as well: toward decrypt"
)
ENCRYPTED_ELSEWHERE = (
    "This store was encrypted on another device, not on this computer, which keeps its files encrypted too from now "
    "on. If that was not you: toward decrypt"
)
OTHER_KEY = (
    "This key is not the one that this computer knows, and does not hold it, so nothing was opened. If the key was "
    "changed on another device, unlock with the new passphrase there is. If this is none of yours, the passphrase from "
    "before goes to: toward doctor --repair"
)


def refused(data: Path, change: str) -> StoreDamaged:
    """Return what to raise for a change of store.json that nobody made on this computer."""
    if change == ANOTHER_STORE:
        return StoreDamaged(
            f"{data} holds another store than the one that this computer kept there, so nothing was read or written. "
            "Mount or put back the folder that was there. What else can be done, each after a question: "
            "toward doctor --repair"
        )
    return StoreDamaged(
        f"{data / 'store.json'} says that this store is not encrypted, and this computer knows that it is, so nothing "
        "was read or written. If you took the encryption back on another device: toward decrypt. If not, put "
        "store.json back from another device or a backup: toward doctor --repair"
    )


def encrypted_in_plain(data: Path) -> StoreDamaged:
    """Return what to raise where encrypted files lie in a store that says it is plain and is new to this computer."""
    return StoreDamaged(
        f"{data / 'store.json'} says that this store is not encrypted, and encrypted files lie beside it, so nothing "
        "was read or written. Let your sync finish. If that does not help, put store.json back from another device"
    )


def new_device(names: list[str]) -> str:
    """Return a line about devices that this computer had not seen before."""
    one = len(names) == 1
    many = "A device new to this computer writes" if one else f"{len(names)} devices new to this computer write"
    shown = ", ".join(excerpt(each, LONGEST_DEVICE) for each in names[:_MOST])
    more = ", …" if len(names) > _MOST else ""
    named = "" if is_drawn() else f": {shown}{more}"
    none = "it is not" if one else "they are not"
    return f"{many} here{named}. If {none} yours, somebody else can write in the data folder."


def moved(old: Path) -> str:
    """Return a line about a store that this computer knows from another data folder, by its state folder."""
    return (
        "This computer knows this store from another folder. Its backups, its place for toward sync and what was "
        f"remembered of it stay in {old}; here they begin anew."
    )
