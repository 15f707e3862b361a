"""The six steps as data: commitments, prompts and cards, read lazily, one small file at a time, each at most once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracker.catalogue.model import Card, Deck, Outcome, Step, Template

if TYPE_CHECKING:
    from tracker.domain.fields import Field
    from tracker.domain.reviews import Part, Scripts

STEP_IDS = ("s1", "s2", "s3", "s4", "s5", "s6")


def steps() -> tuple[Step, ...]:
    """Return the six steps in order, by letters where Toward is discreet."""
    found = _overview()[0]
    from tracker.domain.text import discreet_mode

    if not discreet_mode.is_drawn():
        return found
    return tuple(
        replace(each, name=discreet_mode.step_name(each.id, each.name), aim=discreet_mode.DOTS) for each in found
    )


def step(step_id: str) -> Step:
    """Return one step, or raise KeyError."""
    return {each.id: each for each in steps()}[step_id]


def starters() -> tuple[str, ...]:
    """Return the ids of the commitments a first run offers."""
    return _overview()[1]


def hint() -> dict[str, int]:
    """Return how many commitments a screen suggests carrying: at the start, added per week, at most."""
    return dict(_overview()[2])


def template(template_id: str) -> Template:
    """Return one commitment of the catalogue, on either shelf, or raise KeyError."""
    step_id = template_id.partition(".")[0]
    if step_id not in STEP_IDS:
        raise KeyError(template_id)
    found = _shelf(step_id)[0].get(template_id)
    return _more()[template_id] if found is None else found


def known_template(template_id: object) -> Template | None:
    """Return the commitment of the catalogue that a stored id names, None where it names none."""
    try:
        return template(str(template_id))
    except KeyError:
        return None


def suggests(template_id: str, plan: str) -> bool:
    """Return whether an if-then plan stands, as it is, with the catalogue's commitments of a template's step."""
    step_id = template_id.partition(".")[0]
    # Looked up in the text: parsing what stands around it takes a tenth of an export.
    line = f"\nif_then = {json.dumps(plan, ensure_ascii=False)}\n"
    return step_id in STEP_IDS and any(line in _text(name) for name in (f"{step_id}.toml", "more.toml"))


def templates(step_id: str | None = None) -> tuple[Template, ...]:
    """Return the commitments of one step, or of all six in order; KeyError for an unknown step."""
    wanted = STEP_IDS if step_id is None else (step_id,)
    return tuple(each for one in wanted for each in _shelf(one)[0].values())


def more(step_id: str | None = None) -> tuple[Template, ...]:
    """Return the further commitments of one step, or of all six in order; KeyError for an unknown step."""
    if step_id is not None and step_id not in STEP_IDS:
        raise KeyError(step_id)
    return tuple(each for each in _more().values() if step_id in (None, each.step))


def reflections(step_id: str) -> tuple[str, ...]:
    """Return the prompts of one step, or raise KeyError."""
    return _shelf(step_id)[1]


@cache
def cards() -> Deck:
    """Return the deck of cards."""
    data = _read("cards.toml")
    return Deck(
        levels=tuple(data["levels"]),
        rules=tuple(data["rules"]),
        cards=tuple(
            Card(topic=topic["name"], level=card["level"], text=card["text"])
            for topic in data["topics"]
            for card in topic["cards"]
        ),
    )


@cache
def reviews() -> Scripts:
    """Return the reviews with their parts, the items of the rating, the dials and the areas of a month."""
    from tracker.domain.reviews import HIGHEST_DIAL, HIGHEST_RATING, Area, Item, Review, Script, Scripts

    data = _read("reviews.toml")
    found = {
        Review(row["kind"]): Script(
            Review(row["kind"]), row["title"], tuple(row["before"]), tuple(_part(part) for part in row["parts"])
        )
        for row in data["reviews"]
    }
    highest = {"items": HIGHEST_RATING, "dials": HIGHEST_DIAL, "alone": HIGHEST_RATING}
    items, dials, alone = (tuple(Item(**row, high=high) for row in data[name]) for name, high in highest.items())
    return Scripts(found, items, dials, alone, tuple(Area(**row) for row in data["areas"]))


def _part(row: Mapping[str, Any]) -> Part:
    """Build a part of a review from its table."""
    from tracker.catalogue.forms import read_fields
    from tracker.domain.reviews import Lead, Part, Pause

    lists = {"say": tuple(row["say"]), "offers": tuple(row.get("offers", ())), "waits": tuple(row.get("waits", ()))}
    leads = tuple(Lead(**each) for each in row.get("leads", ()))
    pause = Pause(**row["pause"]) if "pause" in row else None
    fields = read_fields(row.get("fields", ()))
    asked = {"fields": tuple(each for each in fields if not each.later), "later": tuple(e for e in fields if e.later)}
    return Part(**{**row, **lists, **asked, "pause": pause, "leads": leads})


def demo() -> list[dict[str, Any]]:
    """Return the commitments of the demo, each with how it goes there."""
    return list(_read("demo.toml")["habits"])


AFRAID, FRIGHTEN, CRISIS = "afraid", "frighten", "crisis"
NOTICE = (AFRAID, FRIGHTEN, CRISIS)
"""Whom each paragraph of the safety notice is for, in their order."""


def safety_notice(first: str = AFRAID) -> tuple[str, ...]:
    """Return the paragraphs that are shown at first, before steps 3 and 5, and whenever somebody asks.

    `first` says whose paragraph comes first, one of NOTICE. Raises ValueError for another word.
    """
    place = NOTICE.index(first) if first in NOTICE else -1
    if place < 0:
        raise ValueError(first)
    notice = _paragraphs("safety.txt")
    return (notice[place], *notice[:place], *notice[place + 1 :])


def safety_short(how: str = "Press !") -> str:
    """Return the short form of the safety notice, for whoever comes for the first time; `how` leads to the whole."""
    return _paragraphs("safety-short.txt")[0].replace("Press !", how)


def about() -> tuple[str, ...]:
    """Return the paragraphs that say who Toward is for, and what progress honestly means."""
    return _paragraphs("about.txt")


def _paragraphs(name: str) -> tuple[str, ...]:
    text = (Path(__file__).parent / name).read_text("utf-8")
    return tuple(paragraph.strip() for paragraph in text.split("\n\n"))


@cache
def _overview() -> tuple[tuple[Step, ...], tuple[str, ...], dict[str, int]]:
    """Parse what is said about the steps as a whole."""
    data = _read("steps.toml")
    return tuple(Step(**row) for row in data["steps"]), tuple(data["starters"]), data["hint"]


@cache
def _shelf(step_id: str) -> tuple[dict[str, Template], tuple[str, ...]]:
    """Parse one step's commitments and prompts."""
    if step_id not in STEP_IDS:
        raise KeyError(step_id)
    data = _read(f"{step_id}.toml")
    return {row["id"]: _template(step_id, row) for row in data["commitments"]}, tuple(data["reflections"])


@cache
def _more() -> dict[str, Template]:
    """Parse the further commitments of all steps."""
    return {row["id"]: _template(row["id"].partition(".")[0], row) for row in _read("more.toml")["commitments"]}


def _template(step_id: str, row: dict[str, Any]) -> Template:
    """Build a commitment from its table."""
    read = {name: each for name, each in row.items() if name not in ("fields", "target")}
    read |= {name: tuple(row.get(name, ())) for name in ("aliases", "topics")}
    target, rows = row.get("target"), row.get("fields", ())
    read["outcomes"] = outcomes = tuple(_outcome(each) for each in row.get("outcomes", ()))
    return Template(
        **read,
        step=step_id,
        target=None if target == "none" else target,
        counts=target != "none",
        parts=tuple(each["name"] for each in rows if each.get("part")),
        asks=_asks([{key: item for key, item in each.items() if key != "part"} for each in rows], outcomes),
    )


def _asks(rows: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome]) -> Callable[[], tuple[Field, ...]]:
    """Return what reads the fields when they are first wanted, importing what they are made of only then."""

    @cache
    def read() -> tuple[Field, ...]:
        from tracker.catalogue.forms import read_fields

        return read_fields(rows, outcomes)

    return read


def _outcome(row: dict[str, Any]) -> Outcome:
    """Build an outcome from its table, where the credit is a number, "open" or "none"."""
    credit = row["credit"]
    if credit == "open" or credit == "none":
        return Outcome(row["name"], row["label"], None, credit, row.get("leads", ""))
    return Outcome(row["name"], row["label"], float(credit), "settled", row.get("leads", ""))


def _read(name: str) -> dict[str, Any]:
    """Parse one of the catalogue's files, importing the parser only now."""
    import tomllib

    return tomllib.loads(_text(name))


@cache
def _text(name: str) -> str:
    """Return the text of one of the catalogue's files."""
    return (Path(__file__).parent / name).read_text("utf-8")
