"""What a commitment asks when it is logged: its fields, each with a type, a range, and when it is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from tracker.domain.clock import DayEnd, moment_of
from tracker.domain.language.parsing import parse_day, parse_duration, parse_whole
from tracker.domain.language.words import DAY_EXAMPLES, BadWord, Unreadable, say_list
from tracker.domain.text.clean import LONGEST_LINE, LONGEST_TEXT, excerpt, one_line, paragraphs, too_long


class Type(StrEnum):
    """What kind of answer a field takes."""

    TEXT = "text"
    LINE = "line"
    SCALE = "scale"
    NUMBER = "number"
    PERCENT = "percent"
    MINUTES = "minutes"
    CHOICE = "choice"
    YESNO = "yesno"
    DAY = "day"
    MOMENT = "moment"


class Gives(StrEnum):
    """What an answer is for the entry besides being an answer."""

    OUTCOME = "outcome"
    AMOUNT = "amount"
    DUE = "due"


HINTS = {
    Type.TEXT: "your own words",
    Type.LINE: "a few words",
    Type.YESNO: "yes or no",
    Type.DAY: "tomorrow, fri, +3 or 2026-11-28",
    Type.MOMENT: "20:00, fri 19:00 or +30m",
    Type.MINUTES: "45m, 1h30 or 90",
}
"""What an answer looks like, in a few words."""
RANGES = {Type.SCALE: (0, 10), Type.PERCENT: (0, 100), Type.NUMBER: (0, 10_000), Type.MINUTES: (1, 24 * 60)}


UNSURE = ("not sure", "unsure", "not quite", "maybe", "perhaps", "hesitant", "dont know", "i dont know", "not really")


class BadAnswer(Unreadable):
    """An answer that does not fit its field; the message says what does."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a field that offers a few."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    It is asked when the entry is made, or later: `after_hours` after the entry, or at the day or moment that
    the field `at` was answered with. A private answer appears in no list, summary or export that did not ask. One that
    `needs` another is asked and kept only with a yes there; `stops` is what is said where a no ends it all. One that
    `consents` gives such a yes: not sure counts as no. One
    that `stays_open` is asked again after a no.
    """

    name: str
    ask: str
    type: Type
    private: bool = False
    optional: bool = True
    choices: tuple[Choice, ...] = ()
    low: int = 0
    high: int = 10
    after_hours: int = 0
    at: str = ""
    gives: Gives | None = None
    needs: str = ""
    stops: str = ""
    consents: bool = False
    stays_open: bool = False

    @property
    def later(self) -> bool:
        """Return whether it is asked after the entry was made."""
        return bool(self.after_hours or self.at)

    @property
    def hint(self) -> str:
        """Return in a few words what an answer looks like: `0 to 10`, `yes or no`."""
        if self.type is Type.CHOICE:
            return say_list([choice.name for choice in self.choices], "or")
        return HINTS.get(self.type, f"{self.low} to {self.high}")

    @property
    def offer(self) -> str:
        """Return the hint as it stands beside the question, with words for the two ends of a scale."""
        if self.type is Type.SCALE and f" {self.high} " not in self.ask:
            return f"{self.low} not at all … {self.high} very much"
        return self.hint

    def read(self, answer: object, now: datetime, today: date, ends: Sequence[DayEnd] = ()) -> Any:
        """Return an answer as it is stored, from what was typed or came as JSON. Raises BadAnswer.

        What is said of an answer that does not fit never repeats one that is private.
        """
        try:
            return self._read(_as_text(answer, self.type), now, today, ends)
        except Unreadable as error:
            hidden = self.private and self.type not in (Type.TEXT, Type.LINE)
            raise BadAnswer(f"Answer with {self.hint}." if hidden else str(error)) from None

    def _read(self, text: str, now: datetime, today: date, ends: Sequence[DayEnd]) -> Any:
        match self.type:
            case Type.TEXT:
                return _whole(paragraphs(text), LONGEST_TEXT)
            case Type.LINE:
                return _whole(one_line(text), LONGEST_LINE)
            case Type.CHOICE:
                return self._choice(text)
            case Type.YESNO:
                return False if self.consents and _unsure(text) else read_yes(text)
            case Type.DAY:
                return _day(text, today).isoformat()
            case Type.MOMENT:
                return read_moment(text, now, today, ends).isoformat(timespec="minutes")
            case Type.MINUTES:
                return parse_duration(text)
            case _:
                return self._whole(text)

    def _choice(self, text: str) -> str:
        word = text.lower().replace(" ", "_").replace("-", "_")
        names = [choice.name for choice in self.choices]
        found = [name for name in names if name == word] or [name for name in names if word and name.startswith(word)]
        found = found or [each.name for each in self.choices if each.label.lower() == text.lower()]
        if len(found) != 1:
            raise BadAnswer(f"'{excerpt(text)}' is not one of {say_list(names)}.")
        return found[0]

    def _whole(self, text: str) -> int:
        try:
            number = parse_whole(text.rstrip("%").strip(), "a whole number", str(self.high))
        except BadWord:
            raise BadAnswer(f"Answer with a whole number from {self.low} to {self.high}.") from None
        if not self.low <= number <= self.high:
            raise BadAnswer(f"{number} is not between {self.low} and {self.high}.")
        return number

    def due(self, made: datetime, answers: Mapping[str, Any]) -> datetime | None:
        """Return when it is asked, for an entry made at a moment with these answers; None if that is not known."""
        if self.after_hours:
            return made + timedelta(hours=self.after_hours)
        if not self.at:
            return made
        answer = answers.get(self.at)
        if not answer:
            return None
        moment = datetime.fromisoformat(str(answer))
        return moment if moment.tzinfo else moment.replace(tzinfo=made.tzinfo)


def read_yes(text: str) -> bool:
    """Return whether an answer says yes. Raises BadAnswer for one that says neither yes nor no."""
    word = text.lower()
    if word in ("y", "yes", "true", "1"):
        return True
    if word in ("n", "no", "false", "0"):
        return False
    raise BadAnswer("Answer yes or no.")


def _unsure(text: str) -> bool:
    """Return whether an answer to a question of consent is neither yes nor no, and so counts as no."""
    return " ".join(re.findall(r"[a-z]+", text.lower().replace("’", "").replace("'", ""))) in UNSURE


def _as_text(answer: object, type_: Type) -> str:
    """Return what was typed, or what came as JSON, as it would have been typed; a number for minutes is minutes."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, float) and answer.is_integer():
        answer = int(answer)
    if isinstance(answer, float) and type_ is Type.MINUTES:
        return f"{answer} min"
    return str(answer).strip()


def _whole(text: str, most: int) -> str:
    """Return an answer in words; one that is too long is refused, never cut."""
    if wrong := too_long("An answer here", text, most):
        raise BadAnswer(wrong)
    return text


def _day(text: str, today: date) -> date:
    """Return the day meant; a weekday is the next one to come, or today, since forms look ahead."""
    try:
        return parse_day(text, today, ahead=True)
    except BadWord as error:
        if str(error).endswith(DAY_EXAMPLES + "."):
            raise BadAnswer(f"'{excerpt(text)}' is not a day. Try today, tomorrow, fri, +3 or 2026-11-28.") from None
        raise


MOMENT_EXAMPLES = "20:00, tomorrow 18:30, fri 7pm, +30m or 2026-11-28 19:00"


def read_moment(text: str, now: datetime, today: date, ends: Sequence[DayEnd] = ()) -> datetime:
    """Return a moment with the offset of `now`. Raises BadAnswer.

    A time alone is the next time it comes, a weekday the next one, `+30m` so long from now. A time before its day ends
    is in the night after it (`tonight 01:00`), by `ends`; beside a whole date it is of that date.
    """
    if (exact := _exactly(text)) is not None:
        return exact
    word = " ".join(text.lower().replace("t", " ", 1).split()) if re.match(r"\d{4}-", text) else text.lower().strip()
    if found := re.fullmatch(r"(?:\+|in )(.+?)(?: from now)?|(.+) from now", word):
        try:
            return now + timedelta(minutes=parse_duration(found[1] or found[2]))
        except BadWord:
            pass
    if found := re.fullmatch(r"(\d{4}-\d{2}-\d{2}) (\d{1,2}:[0-5]\d)(?::\d\d)?", word):
        try:
            return datetime.combine(parse_day(found[1], today), time.fromisoformat(found[2].zfill(5)), now.tzinfo)
        except ValueError:
            raise BadAnswer(f"'{excerpt(text)}' is not a time. Try {MOMENT_EXAMPLES}.") from None
    return _spoken_moment(text, word, now, today, ends)


def _spoken_moment(text: str, word: str, now: datetime, today: date, ends: Sequence[DayEnd]) -> datetime:
    from tracker.domain.language.meetings import NoTime, read_meeting

    try:
        said = read_meeting(re.sub(r"(\d:[0-5]\d):\d\d$", r"\1", word), today)
    except NoTime:
        raise BadAnswer(f"'{excerpt(text)}' names no time of the day. Try {MOMENT_EXAMPLES}.") from None
    except BadWord as error:
        raise BadAnswer(str(error)) from None
    if said is None or said.minutes is not None or said.every:
        raise BadAnswer(f"'{excerpt(text)}' is not a time. Try {MOMENT_EXAMPLES}.")
    if said.day is None:
        moment = datetime.combine(now.date(), said.at, now.tzinfo)
        return moment if moment > now else moment + timedelta(days=1)
    moment = moment_of(said.day, said.at, ends).replace(tzinfo=now.tzinfo)
    return moment + timedelta(days=7) if said.floats and moment <= now else moment


def _exactly(text: str) -> datetime | None:
    """Return a moment that was written with its own offset, as a stored answer is."""
    try:
        moment = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
