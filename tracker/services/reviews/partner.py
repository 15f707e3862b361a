"""Three views of a week, blind until all are in: mine, my guess of theirs, and theirs, which stay theirs.

Nothing outside the reveal of a review may read what a partner answered: no number, no nudge, no other screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tracker.catalogue import reviews
from tracker.domain.fields import BadAnswer, Field, Type
from tracker.domain.fields import read_yes as read_yes_or_no
from tracker.domain.reviews import (
    CURIOUS,
    NO_VIEW,
    Free,
    Item,
    Review,
    Views,
    attunement,
    may_be_kept,
    never_kept,
    say_attunement,
    say_blind_spot,
    unsafe,
    views,
)
from tracker.ledger import codec, event_keys
from tracker.ledger.errors import BadInput, Refused
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.history.purge import WARNING, purge, ratings
from tracker.services.reviews import partners_turn
from tracker.store.events import Draft

MINE, GUESS = "mine", "guess"
SUBMITTED = "Sealed. It opens together with theirs."
DONE = "Thank you. That is all."
THEIR_TURN = (
    "This part is yours alone, and the other one looks away. Nothing you type is kept or shown before you seal it. "
    "Then it opens here for both of you. It is kept in a file on this computer, which its owner can read. You can take "
    "it back for good.",
    f"If you would rather not answer: {{how}}. Nothing is kept. It will only say “{NO_VIEW}”",
)
"""What a partner is told first; `how` is the way to leave."""
FREE = "Were you free to answer honestly? yes, not quite or no"
SEAL = "Seal this, so that it opens for both of you together? yes or no, and no if you leave it empty"
MAY_LEAVE = (
    "May your answers also go into files that are exported from here? yes or no, and no if you leave it empty. Backups "
    "and synced copies of this folder hold what you sealed either way"
)
KEEP_TO_YOURSELF = "Keep this to yourself? Nothing is kept unless you choose otherwise."
OTHERWISE = (
    f"Yes, or an empty line: none of your answers is kept, and it will only say “{NO_VIEW}” With no, the question "
    "comes again. An answer like this one is never kept, whatever you choose."
)
CALL = "Take as long as you like. Press enter, then call them"
UNREADABLE = "A file that cannot be read could not be emptied, and may hold copies."
Answers = Mapping[str, int | None]


def period_of(workspace: Workspace, kind: Review, day: date | None = None) -> str:
    """Return what names a period of ratings: the first day of its week, or its month."""
    first = kind.span(day or workspace.today, workspace.ledger.calendar).first
    return first.isoformat()[:7] if kind is Review.MONTH else first.isoformat()


def asked(kind: Review) -> tuple[Item, ...]:
    """Return what is rated: the four dials of a month, or the six items of a week."""
    return reviews().dials if kind is Review.MONTH else reviews().items


def asked_of_them(kind: Review) -> tuple[Item, ...]:
    """Return what a partner is asked: the same, and of a month what is asked of them alone."""
    return asked(kind) + (reviews().alone if kind is Review.MONTH else ())


def own_fields(kind: Review) -> list[Field]:
    """Return what is asked of oneself: each item, and of a week the guess of what the partner will say to it."""
    fields = []
    for item in asked(kind):
        asks = {MINE: item.mine}
        if kind is not Review.MONTH:
            asks[GUESS] = "Your guess of their answer"
        fields += [
            Field(f"{side}-{item.name}", ask, Type.SCALE, private=True, high=item.high) for side, ask in asks.items()
        ]
    return fields


def read_rating(item: Item, text: str) -> int | None:
    """Return an answer, None for one that did not come up. Raises BadInput."""
    word = text.strip()
    if word in ("", "-", "–"):
        return None
    if word.isascii() and word.isdigit() and len(word) < 3 and int(word) <= item.high:
        return int(word)
    raise BadInput(f"Answer with 0 to {item.high}, or leave it empty where it did not come up.")


def _own_key(workspace: Workspace, kind: Review, day: date | None) -> str:
    # Alone or together, a week has one rating of one's own.
    kind = Review.MONTH if kind is Review.MONTH else Review.WEEK
    return event_keys.review(kind, kind.span(day or workspace.today, workspace.ledger.calendar).first.isoformat())


def own(workspace: Workspace, kind: Review, day: date | None = None) -> dict[str, dict[str, int | None]] | None:
    """Return one's own ratings and guesses of a period by `mine` and `guess`, or None while they are not submitted."""
    value = workspace.ledger.value(_own_key(workspace, kind, day)) or {}
    submitted = codec.table(value, "private").get("sealed")
    if not isinstance(submitted, Mapping):
        return None
    return {name: partners_turn.numbers(asked(kind), submitted.get(name)) for name in (MINE, GUESS)}


def submit_own(workspace: Workspace, kind: Review, mine: Answers, guess: Answers, day: date | None = None) -> Change:
    """Submit one's own ratings and guesses, for good. Raises Refused, or BadInput for one that is none."""
    submitted = {MINE: _checked(asked(kind), mine), GUESS: _checked(asked(kind), guess)}
    key = _own_key(workspace, kind, day)

    def build() -> list[Draft]:
        if own(workspace, kind, day) is not None or _theirs(workspace, kind, day):
            raise Refused("That is sealed already.")
        value = dict(workspace.ledger.value(key) or {})
        return [Draft(key, value | {"private": {**codec.table(value, "private"), "sealed": submitted}})]

    events = workspace.write(event_keys.SUBMITTED, build)
    return Change((SUBMITTED,), operation=events[0]["op"])


def _checked(items: Iterable[Item], answers: Answers) -> dict[str, int | None]:
    found = partners_turn.numbers(items, answers)
    if len(found) != len(answers):
        raise BadInput("One of these answers is none of this review's.")
    return found


class Sheet:
    """What a partner answers, in memory alone until they submit it. It is made, filled in and dropped in one sitting.

    One answer that is never kept keeps all of it from being written, so that nothing can be read from what is missing.
    """

    def __init__(self, kind: Review) -> None:
        self.kind = kind
        self._answers: dict[str, int | None] = {}
        self._free: Free | None = None

    def __repr__(self) -> str:
        return "Sheet()"

    def rate(self, name: str, answer: int | None) -> bool:
        """Take an answer; return whether the safety page is to be shown now, to the partner alone.

        That is remembered nowhere. Raises BadInput.
        """
        self._answers |= _checked(asked_of_them(self.kind), {name: answer})
        return self.kind is Review.MONTH and unsafe(name, answer)

    def free(self, answer: Free) -> bool:
        """Take whether they were free to answer honestly; return whether the safety page is to be shown now."""
        self._free = answer
        return answer is Free.NO

    def asks_to_keep(self) -> bool:
        """Return whether something here is never kept, so that they are asked whether it stays with them."""
        free = self._free in (None, Free.YES)
        return not free or any(never_kept(name, answer) for name, answer in self._answers.items())

    def again(self) -> None:
        """Forget what is never kept, since they chose to answer that once more."""
        self._answers = {name: answer for name, answer in self._answers.items() if not never_kept(name, answer)}
        if self._free is not Free.YES:
            self._free = None

    def drop(self) -> None:
        """Forget everything."""
        self._answers.clear()
        self._free = None

    def submit(self, workspace: Workspace, day: date | None = None, *, may_leave: bool = False) -> Change:
        """Keep the answers, as the partner wishes; what is said is the same where nothing of them is ever kept.

        With `may_leave` they let exports hold them. Raises Refused before one's own ratings are submitted, or while it
        is unsaid whether they were free.
        """
        if own(workspace, self.kind, day) is None:
            raise Refused("First the one whose Toward this is rates and guesses; then both are sealed.")
        if self._free is None:
            raise Refused("One question is left: were you free to answer honestly?")
        if self._free is not Free.YES or not may_be_kept(self.kind, self._answers):
            self.drop()
            return Change((DONE,), changed=False)
        key = event_keys.theirs(period_of(workspace, self.kind, day))
        value = partners_turn.value_of(self._answers, may_leave)

        def build() -> list[Draft]:
            if _theirs(workspace, self.kind, day):
                raise Refused("That is sealed already. It can be taken back for good, and given anew.")
            return [Draft(key, value)]

        events = workspace.write("review", build)
        self.drop()
        return Change((DONE,), operation=events[0]["op"])


def _theirs(workspace: Workspace, kind: Review, day: date | None) -> dict[str, int | None]:
    key = event_keys.theirs(period_of(workspace, kind, day))
    return partners_turn.answers_in(key, workspace.ledger.value(key), asked_of_them(kind))


@dataclass(frozen=True, slots=True)
class Reveal:
    """All three views, or none: `open` says whether both sides are in. Of a month it is the dials of both."""

    open: bool
    kind: Review = Review.WEEK
    views: tuple[Views, ...] = ()
    attunement: float | None = None
    trend: str = ""
    spots: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Return it in words; where a side is missing it says no more than that."""
        if not self.open:
            return (NO_VIEW,)
        if self.kind is Review.MONTH:
            told = (each for each in self.views if each.item.mine or each.theirs is not None)
            return (*(each.side_by_side for each in told), CURIOUS)
        lines = [each.summary for each in self.views if each.theirs is not None]
        lines += [f"Over the weeks: {self.trend}."] if self.trend else []
        labels = {each.item.name: each.item.label for each in self.views}
        return (*lines, *(f"  {labels[name]}: {said}" for name, said in self.spots), CURIOUS)


def reveal(workspace: Workspace, kind: Review, day: date | None = None) -> Reveal:
    """Return what opens when both sides are in. A missing side is never made up, and why it is missing is not said."""
    now = _opened(workspace, kind, day)
    if not now:
        return Reveal(False)
    if kind is Review.MONTH:
        return Reveal(True, kind, now)
    weeks = _weeks(workspace, kind.span(day or workspace.today, workspace.ledger.calendar).first)
    distances = [value for week in weeks if (value := attunement(week)) is not None]
    spots = []
    for item in asked(kind):
        each_week = [each.blind_spot for week in weeks for each in week if each.item == item]
        found = [spot for spot in each_week if spot is not None]
        if len(found) > 1:
            spots.append((item.name, say_blind_spot(found)))
    return Reveal(True, kind, now, attunement(now), say_attunement(distances), tuple(spots))


def _opened(workspace: Workspace, kind: Review, day: date | None) -> tuple[Views, ...]:
    mine, theirs = own(workspace, kind, day), _theirs(workspace, kind, day)
    return views(asked_of_them(kind), mine[MINE], mine[GUESS], theirs) if mine and theirs else ()


def _weeks(workspace: Workspace, until: date) -> list[tuple[Views, ...]]:
    """Return the weeks up to one in which both sides are in, oldest first."""
    found = []
    for key, _ in workspace.ledger.shared_values(event_keys.THEIRS):
        period = event_keys.split(key)[1]
        if len(period) == len("2026-11-23") and date.fromisoformat(period) <= until:
            found.append(_opened(workspace, Review.WEEK, date.fromisoformat(period)))
    return [week for week in found if week]


def withdraw(workspace: Workspace, kind: Review, day: date | None = None) -> Change:
    """Take a partner's answers back for good, as they wish; what is said tells nobody whether there were any."""
    return withdraw_period(workspace, period_of(workspace, kind, day))


def withdraw_period(workspace: Workspace, text: str) -> Change:
    """Do so for a week, named by any of its days, or for a month such as `2026-11`. Raises BadInput."""
    removal = ratings(workspace, text)
    if removal.keys:
        purge(workspace, removal)
    unread = [UNREADABLE] if workspace.damaged else []
    return Change((f"Nothing is kept any more of {removal.about}.", *unread, WARNING), changed=False)


def read_free(text: str) -> Free:
    """Return whether somebody is free to say no, from what was typed. Raises BadInput."""
    try:
        return Free(text.lower().replace(" ", "_"))
    except ValueError:
        raise BadInput("Answer yes, not quite or no.") from None


def read_keep(text: str) -> bool:
    """Return whether an answer stays with the partner; nothing is a yes. Raises BadInput."""
    return not text or read_yes(text)


def read_yes(text: str) -> bool:
    """Return a yes or a no from what was typed; nothing is a no. Raises BadInput."""
    try:
        return bool(text) and read_yes_or_no(text)
    except BadAnswer as error:
        raise BadInput(str(error)) from None
