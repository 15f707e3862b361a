"""Amounts and durations as people write them; the exact forms are read by `words`, and all others here."""

from __future__ import annotations

import re
from fractions import Fraction

from tracker.domain.language.words import DURATION_EXAMPLES, MOST_MINUTES, BadWord, say_duration, say_number

_ONES = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen",
)  # fmt: skip
NUMBERS = {word: number for number, word in enumerate(_ONES, 1)} | {"a": 1, "an": 1, "dozen": 12, "twenty": 20}
NUMBERS |= {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90}
"""Numbers as words, by what they are worth."""
HALVES = {"half": Fraction(1, 2), "quarter": Fraction(1, 4), "third": Fraction(1, 3)}
HALVES |= {f"{word}s": part for word, part in HALVES.items()}
SIGNS = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3)}
HOURS = {"h", "hr", "hrs", "hour", "hours"}
MINUTES = {"m", "min", "mins", "minute", "minutes", "'", "′"}
UNITS = HOURS | MINUTES

_DIGITS = r"[0-9]{1,9}\s?/\s?[0-9]{1,9}|[0-9]{1,9}[.,][0-9]{1,9}|[0-9]{1,9}"
_TOKEN = re.compile(rf"\s*((?:{_DIGITS})(?![0-9])|[½¼¾⅓⅔]|[a-z]+|['′])\.?")
_ISO = re.compile(r"p(?:([0-9]{1,3})d)?(?:t(?:([0-9]{1,4}(?:[.,][0-9]{1,4})?)h)?(?:([0-9]{1,5})m)?(?:0{1,2}s)?)?")
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::00)?\s*(?:h|hrs?|hours?)?")
_WHOLE_HOURS = re.compile(r"([0-9]{1,2})[.,]([0-5][0-9])\s*(?:h|hr|hrs|hour|hours)")
_BARE = re.compile(r"([0-9]{1,2})[.,]([0-9]{1,2})")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?:\.[0-9]{3})+)")
QUARTERS = ("00", "25", "50", "75")
FEW_HOURS = 5
"""Below so many, a decimal without its unit means hours, for nobody counts parts of a minute: `1,5` is 90 minutes."""
WHOLE_ENOUGH = Fraction(1, 20)


def read_amount(text: str, what: str = "an amount", example: str = "3") -> float:
    """Return an amount: `1,5`, `1½`, `1 1/2`, `three`, `3x`.

    Raises BadWord, with both readings of `1,500` and `1.500`.
    """
    word = " ".join(text.lower().split())
    if _THOUSANDS.fullmatch(word):
        mark = "," if "," in word else "."
        whole = word.replace(mark, "")
        if word.count(mark) > 1:
            raise BadWord(f"'{text}' is not {what}. Write {whole}, in digits alone.")
        decimal = word.replace(",", ".").rstrip("0").rstrip(".")
        raise BadWord(f"'{text}' could be {whole} or {decimal}. Write one of them.")
    tokens = _tokens(re.sub(r"(?<=[0-9½¼¾⅓⅔a-z])\s*(?:x|times)$", "", word))
    found = _number(tokens, 0) if tokens else None
    if found is None or found[1] != len(tokens):
        raise BadWord(f"'{text}' is not {what}. Try {example}.")
    return float(found[0])


def read_minutes(text: str, most: int = MOST_MINUTES) -> int:
    """Return whole minutes (1 to `most`): `1.5h`, `90 mins`, `half an hour`, `PT1H30M`.

    Raises BadWord, with both readings where there are two.
    """
    word = " ".join(text.lower().replace("’", "'").split())
    if (twofold := _twofold(text, word)) is not None:
        raise twofold
    minutes = _iso(word) if word.startswith("p") else _clock(word)
    if minutes is None and (found := _BARE.fullmatch(word)) and int(found[2]):
        minutes = Fraction(f"{found[1]}.{found[2]}") * 60
    if minutes is None:
        minutes = _summed(_tokens(word))
    if minutes is None:
        raise BadWord(f"'{text}' is not a duration. Try {DURATION_EXAMPLES}.")
    whole = round(minutes)
    if abs(minutes - whole) > WHOLE_ENOUGH:
        raise BadWord(f"'{text}' is not in whole minutes. Write {int(minutes)}m or {int(minutes) + 1}m.")
    if not 1 <= whole <= most:
        limit = "a day" if most == MOST_MINUTES else f"{most} minutes"
        raise BadWord(f"'{text}' is not between one minute and {limit}. Try {DURATION_EXAMPLES}.")
    return whole


def _twofold(text: str, word: str) -> BadWord | None:
    """Return the refusal of what is read in two ways: `1.30h` by the clock or in tenths, `7,5` in hours or minutes."""
    if (found := _WHOLE_HOURS.fullmatch(word)) and found[2] not in QUARTERS:
        clock, tenths = int(found[1]) * 60 + int(found[2]), round(Fraction(f"{found[1]}.{found[2]}") * 60)
        if clock != tenths:
            return BadWord(
                f"'{text}' could be {say_duration(clock)} or {say_duration(tenths)}. Write {clock}m or {tenths}m."
            )
    if _THOUSANDS.fullmatch(word):
        mark = "," if "," in word else "."
        return BadWord(
            f"'{text}' could be {word.replace(mark, '')} or {word.split(mark)[0]}. Write one of them, as 90m."
        )
    found = _BARE.fullmatch(word)
    if found and not int(found[2]) and 1 <= int(found[1]) <= MOST_MINUTES // 60:
        whole = int(found[1])
        return BadWord(
            f"'{text}' could be hours ({whole} h) or minutes ({whole} min). Write {whole * 60}m or {whole}m."
        )
    if found and int(found[2]):
        hours = Fraction(f"{found[1]}.{found[2]}")
        clock = int(found[1]) * 60 + int(found[2]) if len(found[2]) == 2 and found[2] < "60" else 0
        tenths = round(hours * 60)
        if clock and clock != tenths and found[2] not in QUARTERS:
            return BadWord(
                f"'{text}' could be {say_duration(clock)} or {say_duration(tenths)}. Write {clock}m or {tenths}m."
            )
        if hours >= FEW_HOURS:
            return BadWord(
                f"'{text}' could be hours ({say_duration(tenths)}) or minutes ({say_number(float(hours))} min). "
                f"Write {tenths}m, or whole minutes."
            )
    return None


def _iso(word: str) -> Fraction | None:
    """Return minutes of an ISO 8601 duration such as `pt1h30m`."""
    found = _ISO.fullmatch(word)
    if not found or word.endswith(("p", "t")):
        return None
    hours = Fraction((found[2] or "0").replace(",", "."))
    return Fraction(int(found[1] or 0) * 1440 + int(found[3] or 0)) + hours * 60


def _clock(word: str) -> Fraction | None:
    found = _CLOCK.fullmatch(word)
    return Fraction(int(found[1]) * 60 + int(found[2])) if found else None


def _tokens(word: str) -> list[str]:
    """Return numbers, words and signs in order; nothing where a character is neither."""
    found, at = [], 0
    while at < len(word):
        token = _TOKEN.match(word, at)
        if token is None:
            return []
        found.append(token[1].replace(" ", ""))
        at = token.end()
    return found


def _number(tokens: list[str], at: int) -> tuple[Fraction, int] | None:
    """Return a number that begins at a place, and the place after it."""
    word = tokens[at] if at < len(tokens) else ""
    if word in ("a", "an") and at + 1 < len(tokens) and tokens[at + 1] in (*HALVES, "dozen"):
        return _number(tokens, at + 1)
    value = _single(word)
    if value is None:
        return None
    at += 1
    rest = tokens[at] if at < len(tokens) else ""
    if value.denominator == 1 and (rest in SIGNS or "/" in rest) and not word.isalpha():
        part = _single(rest)
        return (value + part, at + 1) if part is not None and part < 1 else None
    if word in NUMBERS and word not in ("a", "an") and rest in HALVES and rest.endswith("s"):
        return value * HALVES[rest], at + 1
    if tokens[at : at + 2] == ["and", "a"] and tokens[at + 2 : at + 3] and tokens[at + 2] in HALVES:
        return value + HALVES[tokens[at + 2]], at + 3
    return value, at


def _single(token: str) -> Fraction | None:
    if token in SIGNS or token in HALVES:
        return SIGNS.get(token) or HALVES[token]
    if token in NUMBERS:
        return Fraction(NUMBERS[token])
    if not token or not token[0].isdigit():
        return None
    if "/" in token:
        top, bottom = token.split("/")
        return Fraction(int(top), int(bottom)) if int(bottom) else None
    return Fraction(token.replace(",", "."))


def _summed(tokens: list[str]) -> Fraction | None:
    """Return the minutes of `1 h 30`, `two hours and a half`, `half an hour` or `90 mins`."""
    total, at, before, parted = Fraction(0), 0, "", False
    while at < len(tokens):
        if before and tokens[at] == "and":
            at += 1
        found = _number(tokens, at)
        if found is None or before == "m":
            return None
        number, at = found
        while number < 1 and at < len(tokens) and tokens[at] in ("of", "a", "an"):
            at += 1
        unit = tokens[at] if at < len(tokens) else ""
        if unit and unit not in UNITS:
            return None
        if before == "h" and (unit in HOURS or parted or number >= 60):
            return None
        parted = number.denominator != 1
        if unit in HOURS or (before == "h" and not unit and number < 1):
            total += number * 60
        else:
            total += number
        before, at = ("h" if unit in HOURS else "m"), at + 1
    return total if before and (len(tokens) > 1 or tokens[0][:1].isdigit()) else None
