"""Salvage: every event that can still be read in bytes that are no sound shard, and how much of them is not.

The search is one pass: its time and memory grow with the length of the file, whatever somebody wrote into it.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tracker.store.crypto.vault import STAMP
from tracker.store.events import Event, can_be_saved, canonical, valid_event, values

MOST = 32_000_000
"""So many bytes of a file are searched; a month of ten entries an hour has five million."""

_EVENT = re.compile(r'\{\s*+"(?:id|key|v|t|prev|dev|at|op|n|cmd|undoes|redoes|as|settles|purged)"\s*+:')
_TABLE = re.compile(r'\{\s*+"(?:events|sealed)"\s*+:')
_FRAME = re.compile(r'(?:[\s,{}\x00\ufeff]|"(?:events|\d{1,9})"\s*+:|"[^"\\{}]{1,60}+"\s*+:(?=\s*+(?:\{|\Z)))++')
_FRAME_SIGNS = " \t\r\n,{}\x00\ufeff"
_EDGE = " \t\r\n\x00\ufeff"
_CHUNK = 65_536
_NAMES_BEHIND = 4
_NAME_BEHIND = re.compile(r'"[^"\\{}]{1,60}+"\s*+:\Z')


_ZEROS = re.compile("\x00+")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]+")
_MARK = "\ufffd"
_EFFORT = 16
"""So many times the length of a file may be read again before the search ends."""
_TRY, _DEEP = 2_000, 20_000
"""What it costs, in characters, to try a place in vain, and to find that something is nested too deeply."""
_WINDOWS = (2_000, 50_000, 2_000_000)
_TAILS = (1_000_000, 50_000)
"""So much of the end is searched even where what stands before it used up the effort."""
_FRAGMENTS = 20


@dataclass(frozen=True, slots=True)
class Salvage:
    """What a damaged file still gives.

    `events` are whole. `marred` can be read only with a mark in the place of characters that cannot be saved. `unread`
    are the bytes that are no part of either, `first` is the place of the first of them (0 is the beginning), and
    `open_ended` says that the file breaks off or lacks its table, so that nobody knows what else was in it.
    """

    events: tuple[Event, ...]
    marred: tuple[Event, ...]
    unread: int
    first: int
    open_ended: bool

    @property
    def is_whole(self) -> bool:
        """Return whether all that was in the file has been read."""
        return not (self.marred or self.unread or self.open_ended)


def salvage(raw: bytes) -> Salvage:
    """Return what can be read of the bytes of a damaged file; any bytes give an answer and never an exception."""
    text = _text(raw[:MOST])
    found = _Search(text)
    unread, first = found.unread()
    unread += max(0, len(raw) - MOST)
    place = len(text[:first].encode("utf-8", "surrogateescape"))
    return Salvage(tuple(found.events.values()), tuple(found.marred.values()), unread, place, found.open_ended)


def _text(raw: bytes) -> str:
    """Return bytes as text, each one that is not UTF-8 as half a surrogate pair."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16").encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
        except UnicodeError:
            pass
    return raw.decode("utf-8", "surrogateescape")


class _Search:
    """One pass through a text for what decodes to an event, wherever it stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans: list[tuple[int, int]] = []
        self._effort = _EFFORT * len(text) + 100_000_000
        self._strict = json.JSONDecoder(object_pairs_hook=self._pairs)
        self._lax = json.JSONDecoder(strict=False, object_pairs_hook=self._pairs)
        self._is_odd = False
        self.events: dict[str, Event] = {}
        self.marred: dict[str, Event] = {}
        came_to = self._search(0)
        for tail in _TAILS:
            if self._effort <= 0:
                self._effort = 20_000_000
                came_to = self._search(max(came_to, len(text) - tail))
        whole = {each["id"] for each in self.events.values()}
        self.marred = {text: each for text, each in self.marred.items() if each["id"] not in whole}
        self.open_ended = not self._is_closed()

    def _search(self, at: int) -> int:
        """Take every event that begins at a place or later and ends, and return how far the search came."""
        while self._effort > 0 and (match := _EVENT.search(self._text, at)):
            at = match.start()
            value, end = self._decode(at)
            if valid_event(value) and self._take(value):
                self._spans.append((at, end))
                at = end
            else:
                # Where one event was torn into another, the other stands inside of it.
                at += 1
        return at

    def _decode(self, at: int) -> tuple[object, int]:
        """Return the value that begins at a place and where it ends, or None; what it costs is counted."""
        # An error counts the lines before it, so what is decoded is a window and not all that follows.
        for width in (*_WINDOWS, len(self._text) - at):
            window = self._text[at : at + width]
            self._is_odd = False
            try:
                value, length = self._scan(window)
            except json.JSONDecodeError as error:
                self._effort -= max(_TRY, error.pos)
                broke_off = error.pos > width - 20 or error.msg.startswith("Unterminated")
                if not broke_off or at + width >= len(self._text) or self._effort <= 0:
                    return None, at
            except (RecursionError, ValueError):
                self._effort -= _DEEP
                return None, at
            else:
                self._effort -= length
                return value, at + length
        return None, at

    def _scan(self, window: str) -> tuple[object, int]:
        try:
            return self._strict.raw_decode(window)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid control character"):
                raise
        self._is_odd = True
        return self._lax.raw_decode(window)

    def _pairs(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        self._effort -= 200
        found = dict(pairs)
        self._is_odd = self._is_odd or len(found) != len(pairs)
        return found

    def _take(self, event: Event) -> bool:
        """Keep an event, marked where it cannot be saved as it is; False where more than its value is spoilt."""
        if not self._is_odd and can_be_saved(event):
            self.events.setdefault(canonical(event), event)
            return True
        beside = [part for name, part in values(event).items() if name != "v" and isinstance(part, str)]
        if any(map(_CONTROL.search, beside)):
            return False
        with contextlib.suppress(RecursionError):
            marked = {**event, "v": _marked(event["v"])}
            if valid_event(marked) and can_be_saved(marked):
                self.marred.setdefault(canonical(marked), marked)
                return True
        return False

    def _is_closed(self) -> bool:
        """Return whether there is a table of entries, and each that begins also ends."""
        tables, at = 0, self._text.find("{")
        while at >= 0:
            value, end = self._decode(at) if self._effort > 0 else (None, at)
            if isinstance(value, dict) and isinstance(value.get("events"), dict):
                tables, at = tables + 1, end
            elif _TABLE.match(self._text, at):
                return False
            else:
                at += 1
            match = _TABLE.search(self._text, at)
            at = match.start() if match else -1
        return tables > 0

    def unread(self) -> tuple[int, int]:
        """Return how many bytes belong to no event, and where in the text the first of them stands."""
        known = "".join(self._text[start:end] for start, end in self._spans)
        total = 0
        places: list[int] = []
        for start, end in self._left():
            part = self._text[start:end]
            # A piece of what stands elsewhere as a whole, as in a second copy that breaks off, is not lost.
            if len(places) < _FRAGMENTS and part in known:
                continue
            total += len(part.encode("utf-8", "surrogateescape"))
            places.append(start)
        return total, min(places, default=0)

    def _left(self) -> Iterator[tuple[int, int]]:
        """Yield the pieces between events that are more than the frame of a table."""
        text, at = self._text, 0
        while at < len(text) and (edge := len(text[at : at + _CHUNK]) - len(text[at : at + _CHUNK].lstrip(_EDGE))):
            at += edge
        begin, stop = at, _strip_behind(text, at, len(text), _EDGE)
        for start, end in [*self._spans, (stop, stop)]:
            for one, other in _outside(STAMP.finditer(text, begin, max(begin, start)), start, begin):
                before = _FRAME.match(text, one, other)
                first = before.end() if before else one
                last = _before_frame(text, first, other)
                # Zeros inside a table stand where something else stood.
                for frame in ((one, first), (last, other)):
                    yield from (each.span() for each in _ZEROS.finditer(text, *frame))
                if last > first:
                    yield first, last
            begin = max(begin, end)


def _before_frame(text: str, at: int, stop: int) -> int:
    """Return where, from `at` to `stop`, the frame of a table at the end begins."""
    for _ in range(_NAMES_BEHIND):
        stop = _strip_behind(text, at, stop, _FRAME_SIGNS)
        name = _NAME_BEHIND.search(text, max(at, stop - 80), stop)
        if name is None:
            break
        stop = name.start()
    return stop


def _strip_behind(text: str, at: int, stop: int, signs: str) -> int:
    """Return where the signs at the end of a stretch begin; the stretch is looked at in pieces."""
    while stop > at:
        piece = text[max(at, stop - _CHUNK) : stop]
        shorter = piece.rstrip(signs)
        stop -= len(piece) - len(shorter)
        if shorter:
            break
    return stop


def _outside(matches: Iterable[re.Match[str]], stop: int, at: int = 0) -> Iterator[tuple[int, int]]:
    """Yield the stretches from `at` to `stop` that none of the matches covers."""
    for match in matches:
        if match.start() > at:
            yield at, match.start()
        at = max(at, match.end())
    if at < stop:
        yield at, stop


def _marked(value: Any) -> Any:
    """Return a value with a mark for what cannot be saved: bad characters, and numbers that are none."""
    if isinstance(value, dict):
        return {_marked(str(name)): _marked(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_marked(part) for part in value]
    if isinstance(value, str):
        return _CONTROL.sub(_MARK, value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
