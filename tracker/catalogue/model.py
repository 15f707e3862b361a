"""What the catalogue holds: steps, templates of commitments with their outcomes, and cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tracker.domain.fields import Field

Kind = Literal["check", "count", "minutes", "avoid", "task", "event"]
Share = Literal["private", "kept", "total", "ask"]
State = Literal["settled", "open", "none"]
Shelf = Literal["main", "more"]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the six steps."""

    id: str
    name: str
    aim: str
    safety_first: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way an event can turn out, and what it is worth; only a settled one has a credit.

    `leads` is where it leads once it is logged: to a `repair`, to the page for those who `frighten`, or nowhere.
    """

    name: str
    label: str
    credit: float | None
    state: State
    leads: str = ""

    def as_value(self) -> dict[str, Any]:
        """Return the outcome as plain data, without a credit unless it is settled."""
        value: dict[str, Any] = {"name": self.name, "label": self.label, "state": self.state}
        if self.credit is not None:
            value["credit"] = self.credit
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A commitment as the catalogue offers it.

    `one_key` says what a bare "done" may log: the name of an outcome, an event that is still `open`, or nothing before
    the `form` is answered; without it the outcome must be named. `deep` is what is not offered at night. `parts` names
    the fields that are counted together where the outcome is the number of them answered yes.
    """

    id: str
    step: str
    title: str
    kind: Kind
    schedule: str
    target: int | None
    counts: bool
    aliases: tuple[str, ...]
    if_then: str
    why: str
    share: Share
    counting: str = ""
    replace: str = ""
    note: str = ""
    outcomes: tuple[Outcome, ...]
    gathers: str = ""
    distinct: str = ""
    harm: bool = False
    topics: tuple[str, ...]
    shelf: Shelf = "main"
    parts: tuple[str, ...]
    one_key: str = ""
    deep: bool = False
    asks: Callable[[], tuple[Field, ...]] = field(compare=False, repr=False)

    @property
    def fields(self) -> tuple[Field, ...]:
        """Return what is asked when it is logged or later, in order; read when it is first wanted."""
        return self.asks()

    def as_value(self) -> dict[str, Any]:
        """Return a self-contained copy for an event, without empties and without the plan.

        Schedule and target are left out because a plan holds from a day on, and the fields because the catalogue's
        own wording may improve; `counts` appears only as False.
        """
        value: dict[str, Any] = {
            "catalogue": self.id,
            "step": self.step,
            "title": self.title,
            "kind": self.kind,
            "aliases": list(self.aliases),
            "if_then": self.if_then,
            "why": self.why,
            "share": self.share,
            "counting": self.counting,
            "replace": self.replace,
            "note": self.note,
            "outcomes": [outcome.as_value() for outcome in self.outcomes],
            "gathers": self.gathers,
            "distinct": self.distinct,
            "harm": self.harm,
            "topics": list(self.topics),
        }
        value = {key: item for key, item in value.items() if item}
        if not self.counts:
            value["counts"] = False
        return value


@dataclass(frozen=True, slots=True)
class Card:
    """A question to tell about or to ask, at a level from 1 (light) to 5 (at the edge)."""

    topic: str
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Deck:
    """All cards, what each level means (lightest first), and the rules both agree to."""

    levels: tuple[str, ...]
    rules: tuple[str, ...]
    cards: tuple[Card, ...]
