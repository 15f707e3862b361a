"""Names as people see them: when two are the same, whether there is anything to see, and how they are spelt in ids."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = str.maketrans(
    dict.fromkeys("’‘‛ʼʹʻ′‵`´ˈ", "'")
    | dict.fromkeys("“”„‟«»″‶〃", '"')
    | dict.fromkeys("‐‑‒–—―−⁃﹘﹣－-", " ")
    | {"ı": "i"}
)
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\U000e0000-\U000e0fff]"
)
"""What takes no place of its own: joiners, soft hyphens, fillers, variation selectors, tags."""
_BLANK = frozenset("\u2800\ufffd\ufffc")
_DOT_ABOVE = "\u0307"

_LATIN = str.maketrans(
    dict(zip("αβγδεζηικλμνξοπρστυφω", "abgdeziiklmnxoprstyfo", strict=True))
    | dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps", "ς": "s"}
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
    | {"і": "i", "є": "ye", "ґ": "g", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "ђ": "dj", "џ": "dz", "ѕ": "dz"}
    | {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ŋ": "ng"}
)


def as_seen(name: str) -> str:
    """Return the form in which names are compared: those that look alike to a reader have the same.

    Case, the way accents and Hangul are stored, typographic quotes and dashes, hyphens, blanks and what cannot be seen
    make no difference.
    """
    before, text = "", name
    while text != before:
        before, text = text, _folded(text)
    return text


def _folded(name: str) -> str:
    text = unicodedata.normalize("NFKC", _UNSEEN.sub("", name.translate(_QUOTES)))
    folded = unicodedata.normalize("NFKD", text.casefold()).replace(f"i{_DOT_ABOVE}", "i")
    return " ".join(unicodedata.normalize("NFKC", folded.translate(_QUOTES)).split())


def is_visible(text: str) -> bool:
    """Return whether there is at least one sign to see in a text: no blank, filler or accent that stands alone."""
    return any(_is_seen(sign) for sign in _UNSEEN.sub("", text))


def _is_seen(sign: str) -> bool:
    category = unicodedata.category(sign)
    # A sign that this Python does not know yet may well be a new emoji.
    return category[0] not in "ZM" and category not in ("Cc", "Cf", "Cs", "Co") and sign not in _BLANK


def latin(text: str) -> str:
    """Return what can be spelt of a text in the letters a to z and digits: words with single hyphens between.

    Nothing where it has letters of which none can be spelt, or only digits stand for all its words.
    """
    folded = unicodedata.normalize("NFKD", as_seen(text))
    plain = "".join(sign for sign in folded if unicodedata.category(sign)[0] != "M").translate(_LATIN)
    slug = "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", "-")))
    lost = any(unicodedata.category(sign)[0] == "L" and not sign.isascii() for sign in plain)
    return "" if lost and not re.search("[a-z]", slug) else slug
