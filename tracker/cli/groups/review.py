"""The commands that look back and that forget: review, part by part at a terminal, and purge."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from textwrap import wrap
from typing import Any, TypeVar

from tracker.cli.json_schema import review_object
from tracker.cli.prompts import forget_what_was_typed_ahead, lines_typed, read_line
from tracker.cli.session import Session
from tracker.domain.fields import BadAnswer, Field, Type
from tracker.domain.reviews import Item, Part, Review
from tracker.ledger.errors import BadInput, Refused, TowardError
from tracker.present.partner_turn import PartnerTurn
from tracker.present.review import Counts, Course, counts_of, course, opened_lines, period
from tracker.services.change import Change
from tracker.services.exchange import to_file
from tracker.services.history import purge as purging
from tracker.services.reviews import partner, reviews

T = TypeVar("T")
LEAVE = "press ctrl-d, now or at any time"
SAFETY_KEY = "!"
ROOM_TO_ASK = 3
"""Lines that the question below a page may take."""
ALWAYS = f"ctrl-d stops and keeps nothing, {SAFETY_KEY} leads to the safety page"
NO_TURN = (
    "Your partner answers alone, on a screen that is cleared afterwards, and this terminal cannot be cleared. They can "
    "answer in another one, or in the app."
)


class _Left(Exception):
    """Somebody left by ctrl-d."""


def review(session: Session) -> None:
    """Look back: print what there is, or go through it part by part where somebody sits there."""
    args = session.args
    if args.which == "export":
        _export(session, _kind(session, args.of or "week"))
        return
    if args.of is not None:
        raise BadInput(f"'{args.of}' goes with export: toward review export {args.of}")
    if args.to is not None:
        raise BadInput("--to goes with export: toward review export week --to FILE")
    kind, day = _kind(session, args.which), session.day()
    if day is not None and day > session.workspace.today:
        raise Refused(f"{day} has not come yet; today is {session.workspace.today}.")
    if args.json:
        session.out.json(review_object(session.workspace, kind, day))
    elif not session.can_ask:
        session.out.print_result(*_counts(counts_of(*period(session.workspace, kind, day))))
    else:
        _Sitting(session, kind, day).go()


def _kind(session: Session, word: str) -> Review:
    if not session.args.together:
        return Review(word)
    if word != "week":
        raise BadInput("--together belongs to the week: toward review week --together")
    return Review.TOGETHER


def _counts(counted: Counts) -> list[str]:
    """Return what a period held as lines, a blank one before each heading."""
    (_, lines), *more = counted
    return [*lines, *(line for name, texts in more for line in ("", *([name.upper()] if name else []), *texts))]


class _Sitting:
    """One run through a review; what was answered is kept part by part."""

    def __init__(self, session: Session, kind: Review, day: date | None) -> None:
        self.session, self.kind, self.day = session, kind, day
        self.workspace, self.out = session.workspace, session.out

    def go(self) -> None:
        """Go through the parts that are left."""
        at = self._course()
        again = " --together" if self.kind is Review.TOGETHER else ""
        command = f"toward review {'week' if again else self.kind}{again}"
        if at.finished:
            self.out.print_result(*_counts(at.counts))
            if self.kind is Review.TOGETHER:
                self.out.print_result("", *partner.reveal(self.workspace, self.kind, self.day).lines)
            self.out.print_note(f"{at.finished} To go through it again, undo that: toward undo")
            return
        script = at.now.script
        head = f"{script.title}, {script.minutes} minutes. Leave with ctrl-d; what you answered is kept."
        self.out.print_paragraphs(head, *(() if at.now.began else script.before))
        try:
            while at.now.part is not None:
                self._part(at, at.now.part)
                at = self._course()
        except _Left:
            self.out.print_note("", f"Kept up to here. Go on with: {command}")
            return
        self.out.print_result(reviews.finished_line(script))

    def _course(self) -> Course:
        return course(self.workspace, self.kind, self.day or self.workspace.today)

    def _part(self, at: Course, part: Part) -> None:
        *turns, over = part.ends(self.workspace.clock.now())
        self.out.print_note("", f"{at.head}, until {over:%H:%M}")
        self.out.print_paragraphs(*at.texts)
        for turn in turns:
            self.out.print_paragraphs(f"One speaks until {turn:%H:%M}, the other until {over:%H:%M}.")
        if at.counts:
            self.out.print_result(*_counts(at.counts))
        if part.rates or part.dials:
            self._rate()
        given = at.known(part)
        try:
            for field in part.fields:
                given[field.name] = self._field(field, given.get(field.name))
            if not part.fields:
                self._ask("Enter to go on", str)
        except _Left:
            if any(answer is not None for answer in given.values()):
                reviews.answer(self.workspace, self.kind, part.name, given, self.day, stay=True)
            raise
        change = reviews.answer(self.workspace, self.kind, part.name, given, self.day)
        self.out.print_paragraphs(*change.lines[1:])
        if change.way is not None:
            from tracker.cli.hints import HINTS

            self.out.print_paragraphs(HINTS[change.way].format(about=change.commitment))

    def _field(self, field: Field, known: Any) -> Any:
        """Return what is answered to a question; an empty line keeps what was answered before."""
        if field.type is Type.TEXT:
            hint = ", enter keeps what you wrote" if known else ""
            self.out.print_paragraphs(f"{field.ask} (for your eyes; end with an empty line{hint})")
            words = lines_typed(self.session, "An answer here")
            if words is None:
                raise _Left
            return words or known
        choices = f" ({', '.join(choice.name for choice in field.choices)})" if field.choices else ""
        default = "" if known is None else " [kept]"
        now, today = self.workspace.clock.now(), self.workspace.today
        return self._ask(f"{field.ask}{choices}{default}", lambda text: field.read(text, now, today) if text else known)

    def _rate(self) -> None:
        """Take one's own ratings, then the partner's where they are there, and open all that is in."""
        kind, day, workspace = self.kind, self.day, self.workspace
        items = partner.asked(kind)
        if partner.own(workspace, kind, day) is None:
            mine, guess = {}, {}
            for item in items:
                mine[item.name] = self._rating(item, item.mine)
                if kind is not Review.MONTH:
                    guess[item.name] = self._rating(item, "  Your guess of their answer")
            self.out.print_note(*partner.submit_own(workspace, kind, mine, guess, day).lines)
        if kind is Review.WEEK:
            return
        if not partner.reveal(workspace, kind, day).open:
            if not self.out.can_wipe:
                self.out.print_paragraphs(NO_TURN)
            elif self._yes("Is your partner here, and willing to answer?"):
                self._their_turn()
        self.out.print_result(*opened_lines(partner.reveal(workspace, kind, day)))

    def _their_turn(self) -> None:
        """Let the partner answer alone, on a screen of its own; cleared in the end, whatever they do."""
        turn = PartnerTurn(self.kind)
        self.out.saved = True  # No exit code tells whether they answered.
        with self.out.apart():
            try:
                self.out.print_paragraphs(*(line.format(how=LEAVE) for line in partner.THEIR_TURN))
                while not turn.over:
                    self._ask_them(turn)
                if turn.may_leave is not None:
                    self._submit(turn)
                turn.drop()
                self._ask(f"{partner.DONE} {partner.CALL}", str)
            except _Left:
                pass
            finally:
                turn.drop()
                forget_what_was_typed_ahead()

    def _submit(self, turn: PartnerTurn) -> None:
        """Submit what they answered; where that fails it is said to them, and to nobody later."""
        try:
            turn.submit(self.workspace, self.day)
        except TowardError as error:
            self.out.print_paragraphs(f"{error.message} Nothing was kept.")

    def _ask_them(self, turn: PartnerTurn) -> None:
        """Ask the next question of their turn; the safety page follows at once where it is called for."""
        if turn.asks_to_keep:
            forget_what_was_typed_ahead()
            self.out.print_paragraphs(partner.OTHERWISE)
        scale = f" 0 to {turn.item.high}" if turn.item is not None else ""
        if self._ask_alone(f"{turn.question}{scale}", turn.take):
            self._safety()

    def _ask_alone(self, question: str, read: Callable[[str], T]) -> T:
        """Return what the partner answers; nothing of it stays on the screen, whatever comes next."""
        while True:
            self.out.print_paragraphs(ALWAYS)
            answer = self._ask(question, lambda text: None if text == SAFETY_KEY else (read(text),))
            if answer is not None:
                self.out.wipe()
                return answer[0]
            self._safety()

    def _safety(self) -> None:
        from tracker.catalogue import safety_notice

        forget_what_was_typed_ahead()
        self.out.wipe()
        shown = 0
        for paragraph in safety_notice():
            lines = len(wrap(paragraph, self.out.width)) + 1
            if shown and shown + lines > self.out.height - ROOM_TO_ASK:
                # On a screen that cannot be scrolled back to, what runs off its top would be read by nobody.
                self._ask("Press enter to read on", str)
                self.out.wipe()
                shown = 0
            self.out.print_paragraphs(paragraph, "")
            shown += lines
        self._ask("Press enter to go on; this page is cleared, and nothing is kept of it", str)
        self.out.wipe()

    def _rating(self, item: Item, question: str) -> int | None:
        return self._ask(f"{question} 0 to {item.high}", lambda text: partner.read_rating(item, text))

    def _yes(self, question: str) -> bool:
        return self._ask(f"{question} yes or no [no]", partner.read_yes)

    def _ask(self, question: str, read: Callable[[str], T]) -> T:
        while True:
            self.out.print_question(f"{question}: ")
            try:
                if not (line := read_line()):
                    raise _Left
                return read(line.strip())
            except (BadInput, BadAnswer) as error:
                self.out.print_note(str(error))


def _export(session: Session, kind: Review) -> None:
    """Ask both about each line, then print those that both agreed to, or keep them in a file."""
    workspace, day = session.workspace, session.day()
    if not session.can_ask:
        raise BadInput("Both of you are asked about each line, so an export needs a terminal.")
    found = reviews.offers(workspace, kind, day)
    if not found:
        raise Refused("There is nothing in this review that could be shared.")
    sitting = _Sitting(session, kind, day)
    session.out.print_note("Line by line: it is shared only if both of you say yes.")
    agreed: dict[str, set[str]] = {"mine": set(), "theirs": set()}
    try:
        for offer in found:
            session.out.print_note("", offer.text)
            if sitting._yes("Do you agree?"):
                agreed["mine"].add(offer.name)
                if sitting._yes("Does your partner agree?"):
                    agreed["theirs"].add(offer.name)
        text = reviews.export(workspace, kind, agreed["mine"], agreed["theirs"], day)
        session.out.print_note("", "This is what it would be:", *text.splitlines())
        if session.args.to is not None:
            session.print_change(_keep(sitting, text, session.args.to))
            return
        if not sitting._yes("Print it?"):
            raise Refused("Nothing was printed.")
    except _Left:
        raise Refused("Nothing was printed.") from None
    session.print_answer({"markdown": text}, *text.splitlines())


def _keep(sitting: _Sitting, text: str, where: str) -> Change:
    """Keep a text in a file, asking before another is written over, and for a better name while there is none."""
    over = False
    while True:
        try:
            change = to_file.write(text, where, over=over)
            sitting.out.saved = True
            return change
        except to_file.Taken as error:
            sitting.out.print_paragraphs(error.message)
            if over := sitting._yes("Write over it?"):
                continue
        except TowardError as error:
            sitting.out.print_paragraphs(error.message)
        where, over = sitting._ask("Another file, or enter to keep nothing", str), False
        if not where:
            raise Refused("Nothing was written.")


def purge(session: Session) -> None:
    """Forget something for good, once that was confirmed."""
    if session.args.ratings is not None:
        _take_back(session, session.args.ratings)
        return
    removal = _plan_removal(session)
    if not purging.holds_any(session.workspace, removal):
        raise Refused(f"Nothing is kept of {removal.about}.")
    if not session.args.yes:
        number = (
            f"{removal.events} event{'' if removal.events == 1 else 's'}" if removal.events else "what was half typed"
        )
        _confirm(session, f"This empties {number} for good: {removal.about}.")
    session.print_change(purging.purge(session.workspace, removal))


def _take_back(session: Session, period: str) -> None:
    """Take a partner's answers back, without a word on whether there were any."""
    if session.args.what is not None or session.args.day is not None:
        raise BadInput("--ratings names a period and nothing else: toward purge --ratings 2026-11-23")
    about = purging.ratings(session.workspace, period).about
    if not session.args.yes:
        _confirm(session, f"This takes {about} back for good, if there are any.", ours=False)
    change = partner.withdraw_period(session.workspace, period)
    session.out.saved = True  # No exit code tells whether there were any.
    session.print_change(change)


def _plan_removal(session: Session) -> purging.Removal:
    args, workspace = session.args, session.workspace
    if args.numbers:
        if args.what is not None or args.day is not None:
            raise BadInput("--numbers stands alone: toward purge --numbers")
        return purging.numbers(workspace)
    if args.older is not None:
        if args.what is not None or args.day is not None:
            raise BadInput("--text-older-than names a span and nothing else: toward purge --text-older-than 12m")
        return purging.old_words(workspace, args.older)
    if args.what is None:
        raise BadInput("Name what to purge: a commitment, --ratings with a week or a month, or --text-older-than 12m.")
    if not (args.note or args.entry is not None or args.day is not None):
        return purging.commitment(workspace, args.what)
    commitment, day = session.commitment(archived=True), session.day()
    if args.note:
        return purging.note(workspace, commitment, day or workspace.today)
    if args.entry is not None:
        from tracker.domain.language.parsing import parse_whole

        return purging.entry(workspace, commitment, parse_whole(args.entry, "the number of an entry", "1"), day)
    return purging.day(workspace, commitment, day or workspace.today)


def _confirm(session: Session, what: str, *, ours: bool = True) -> None:
    """Go on only where somebody typed the word. Raises BadInput without a terminal, Refused for another word."""
    if not session.can_ask:
        raise BadInput(f"{what} If that is meant, add --yes.")
    session.out.print_note(what)
    session.out.print_paragraphs(*(purging.warnings(session.workspace) if ours else (purging.WARNING,)))
    session.out.print_question(f"No undo brings it back. Type {purging.CONFIRM} to go on: ")
    if read_line().strip().lower() != purging.CONFIRM:
        raise Refused("Nothing was purged.")
