"""The commands that shape: add, edit, pause, resume, archive, delete, set."""

from __future__ import annotations

from datetime import date

from tracker.catalogue import step, steps, templates
from tracker.cli.json_schema import shelf_object
from tracker.cli.layout import shelf_lines
from tracker.cli.prompts import ask, private_words
from tracker.cli.session import Session, in_catalogue
from tracker.domain.commitments import Commitment, Kind, usual_schedule
from tracker.domain.language.parsing import parse_asked, parse_day
from tracker.domain.language.words import weekday_of
from tracker.domain.text.clean import LONGEST_PLAN
from tracker.ledger.errors import BadInput, NotFound
from tracker.services import settings
from tracker.services.commitments import find, lifecycle, naming, pauses, plans
from tracker.services.text_limits import typed_line


def add(session: Session) -> None:
    """Take on commitments of the catalogue, or one of one's own, or show what there is."""
    args = session.args
    if args.shelf is not None:
        _show_shelf(session)
        return
    words: list[str] = args.what
    if args.file is not None:
        _add_from_file(session)
        return
    if not words:
        if not session.can_ask:
            raise BadInput('Name one of the catalogue (toward add --list), or a title: toward add "Title" --step s4')
        words = [ask(session, "Its title", _title)]
    start = session.day("start", ahead=True)
    own = args.step is not None or args.kind is not None
    if own and (len(words) > 1 or in_catalogue(words[0]) == words[0]):
        raise BadInput("--step and --kind are for one commitment of your own. Those of the catalogue have them.")
    if not own and len(words) == 1 and in_catalogue(words[0]) is None:
        own = _is_own(session, words[0])
    if own:
        session.print_change(lifecycle.add_own(session.workspace, _own(session, words[0]), start))
    elif len(words) == 1:
        if args.alias:
            raise BadInput("--alias is for a commitment of your own; others: toward edit WHAT --alias WORD")
        target, if_then = _target(session, Kind(find.find_template(words[0]).kind)), _if_then(session)
        change = lifecycle.add(
            session.workspace, words[0], schedule=args.schedule, target=target, start=start, if_then=if_then
        )
        session.print_change(change)
    else:
        if any((args.schedule, args.target, start, args.alias, args.if_then)):
            raise BadInput("Several at once are taken on as they are. Add one by one to change something about them.")
        session.print_change(lifecycle.add_all(session.workspace, list(dict.fromkeys(words))))


def _add_from_file(session: Session) -> None:
    """Take one's own commitment on as a file describes it."""
    from tracker.cli.groups.data import read_text
    from tracker.services.commitments.custom_file import read_own

    args = session.args
    if args.what or any((args.step, args.kind, args.schedule, args.target, args.alias, args.if_then)):
        raise BadInput("--file says all about one commitment; only --from goes with it.")
    start = session.day("start", ahead=True)
    own = read_own(read_text(args.file, "no commitment"))
    session.print_change(lifecycle.add_own(session.workspace, own, start))


def _is_own(session: Session, word: str) -> bool:
    """Return whether a word that is not in the catalogue is to be a commitment of one's own. Raises NotFound."""
    try:
        find.find_template(word)
    except NotFound as error:
        if error.candidates or not session.can_ask:
            raise
    return True


def _own(session: Session, title: str) -> lifecycle.Own:
    """Return what is typed of one's own commitment, and ask for what is missing where somebody can answer."""
    args = session.args
    step_id, kind, schedule = args.step, args.kind, args.schedule
    if step_id is None:
        if not session.can_ask:
            raise BadInput("Which step does it belong to? Say it with --step s1 to --step s6.")
        session.out.print_note(*(f"  {each.id}  {each.name}" for each in steps()))
        step_id = ask(session, "Its step", find.read_step)
    if kind is None and schedule is not None and (meant := plans.kind_for(schedule)) is not None:
        kind = meant.value
    if kind is None:
        question = "How it counts: check, count, minutes, avoid, task or event"
        kind = ask(session, question, find.read_kind, "check").value if session.can_ask else "check"
    kind = find.read_kind(kind).value
    if schedule is None:
        usual = usual_schedule(kind, _target(session, Kind(kind)))
        schedule = (
            ask(session, "When it is asked", lambda text: _schedule(session, text), usual) if session.can_ask else usual
        )
    target = _target(session, Kind(kind))
    return lifecycle.Own(
        title=title,
        step=step_id,
        kind=kind,
        schedule=schedule,
        target=target,
        aliases=tuple(args.alias or ()),
        if_then=_if_then(session) or "",
    )


def _title(text: str) -> str:
    title = typed_line(text, naming.TITLE)
    if not title:
        raise BadInput("A commitment needs a title of at least one visible character.")
    return title


def _schedule(session: Session, text: str) -> str:
    parse_asked(text, session.workspace.today)
    return text


def _target(session: Session, kind: Kind) -> int | None:
    text = session.args.target
    return None if text is None else plans.read_target(kind, text)


def _if_then(session: Session) -> str | None:
    if not session.args.if_then:
        return None
    return private_words(session, "If ..., then I ...: one sentence.", lifecycle.IF_THEN, LONGEST_PLAN)


def _show_shelf(session: Session) -> None:
    """Print the catalogue by step, with which are one's own."""
    args = session.args
    wanted = [step(find.read_step(args.shelf))] if args.shelf else list(steps())
    if args.what or args.step or args.kind:
        raise BadInput("--list shows the catalogue and adds nothing. One step of it: toward add --list s4")
    yours = {each.id: each for each in session.workspace.ledger.commitments(archived=True)}
    if args.json:
        rows = [shelf_object(each, yours.get(each.id)) for one in wanted for each in templates(one.id)]
        session.out.json({"catalogue": rows})
        return
    session.out.print_result(*shelf_lines(wanted, yours, session.out.width))


def edit(session: Session) -> None:
    """Change a commitment from a day on."""
    args = session.args
    start = session.day("start", ahead=True)
    commitment = session.commitment()
    if args.file is not None:
        _edit_from_file(session, commitment, start)
        return
    if all(each is None for each in (args.title, args.schedule, args.target, args.alias, start)) and not args.if_then:
        raise BadInput("Say what to change: --title, --schedule, --target, --alias, --if-then or --file.")
    session.print_change(
        lifecycle.edit(
            session.workspace,
            commitment,
            title=args.title,
            schedule=args.schedule,
            target=_target(session, commitment.kind),
            start=start,
            if_then=_if_then(session),
            aliases=args.alias,
        )
    )


def _edit_from_file(session: Session, commitment: Commitment, start: date | None) -> None:
    """Change one's own commitment as a file describes it."""
    from tracker.cli.groups.data import read_text
    from tracker.services.commitments.custom_file import read_changed

    args = session.args
    if any((args.title, args.schedule, args.target, args.alias, args.if_then)):
        raise BadInput("--file says all that changes; only --from goes with it.")
    commitment = session.workspace.ledger.whole(commitment.id) or commitment
    own = read_changed(read_text(args.file, "no commitment"), commitment)
    plan = commitment.plan
    session.print_change(
        lifecycle.edit(
            session.workspace,
            commitment,
            title=own.title,
            schedule=None if own.schedule == plan.schedule.sentence else own.schedule,
            target=None if own.target == plan.target else own.target,
            start=start,
            if_then=own.if_then,
            aliases=own.aliases if commitment.aliases or own.aliases else None,
            harm=own.harm,
            fields=own.fields,
            outcomes=own.outcomes,
        )
    )


def _one_or_all(session: Session, archived: bool = False) -> Commitment | None:
    """Return the commitment meant, or None for all of them."""
    return None if session.args.what.casefold() == "all" else session.commitment(archived)


def pause(session: Session) -> None:
    """Ask for nothing for a while."""
    first, last = session.day("start", ahead=True), session.day("end", ahead=True)
    if (
        first is not None
        and last is not None
        and last < first
        and weekday_of(session.args.end.strip().lower()) is not None
    ):
        last = parse_day(session.args.end, first, ahead=True)
    session.print_change(pauses.pause(session.workspace, _one_or_all(session), first, last))


def resume(session: Session) -> None:
    """End a pause, or resume an archived commitment."""
    session.print_change(pauses.resume(session.workspace, _one_or_all(session, archived=True)))


def archive(session: Session) -> None:
    """Put a commitment away."""
    session.print_change(lifecycle.archive(session.workspace, session.commitment(archived=True)))


def delete(session: Session) -> None:
    """Hide a commitment with its history."""
    session.print_change(lifecycle.delete(session.workspace, session.commitment(archived=True)))


def set_setting(session: Session) -> None:
    """Set one setting from the next day or week on, or print them all."""
    args = session.args
    if args.name is None:
        shown = settings.shown(session.workspace, session.workspace.today)
        session.print_answer({"settings": shown}, *(f"{name:<14}{value}" for name, value in shown.items()))
    elif args.value is None:
        setting = settings.SETTINGS.get(args.name) or next(iter(settings.SETTINGS.values()))
        raise BadInput(f"What shall {args.name} be? For example: toward set {setting.name} {setting.example}")
    else:
        session.print_change(settings.put(session.workspace, args.name, args.value))
