"""The formats in which events leave a store and come back: what each of them is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol


class NotOurs(ValueError):
    """A text that is not in the format it is read as; the message says what is wrong with it."""


class Writer(Protocol):
    """What makes a text of events."""

    def __call__(self, events: Iterable[Mapping[str, Any]], *, private: bool) -> str:
        """Return the text of events, which says whether it holds what is private."""
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """One format: `read` returns the events of a text and raises NotOurs, `write` gives the same text for the same."""

    name: str
    read: Callable[[str], list[dict[str, Any]]]
    write: Writer
