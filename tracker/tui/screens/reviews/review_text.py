"""What a review says where it stands: the words, the counts, the marks of what is answered, and its keys."""

from __future__ import annotations

from textual.content import Content

from tracker.domain.reviews import Part
from tracker.present.review import Course
from tracker.tui.safe import plain


def render_review(view: Course) -> Content:
    """Return what a review says where it stands: its part, or what was looked at once all is finished."""
    blocks = _part(view, view.now.part) if view.now.part is not None else _finished(view)
    return Content("\n\n").join([block for block in blocks if block.plain])


def _part(view: Course, part: Part) -> list[Content]:
    now = view.now
    blocks = [] if now.began or now.done else [plain("\n".join(now.script.before)).stylize("$text-muted")]
    blocks += [plain(view.head).stylize("bold $text-primary"), plain("\n".join(view.texts)), *_counts(view)]
    blocks += [plain("\n".join(view.ratings))] if part.rates or part.dials else []
    marks = [f"{'✓' if field.name in now.answers else '·'} {field.ask}" for field in part.fields]
    blocks.append(plain("\n".join(marks)))
    answers = bool(part.fields) or ((part.rates or part.dials) and not view.submitted)
    scale = part.scale
    hint = f"{scale.low} to {scale.high} answers at once, enter in full" if scale is not None else ""
    hint = hint or f"enter {'answers' if answers else 'goes on'}"
    hint += ", ← → look at the part before and after, x finishes, esc closes it; what you answered is saved"
    if view.opened is not None:
        hint += "\nb takes back for good what was answered alone here, by whoever did"
    blocks.append(plain(hint).stylize("$text-muted"))
    return blocks


def _finished(view: Course) -> list[Content]:
    thanks = f"{view.finished} Thank you for looking.".lstrip()
    hint = "← opens the last part again, esc closes it" + (", s shares what you both agree to" * view.shares)
    return [plain(thanks), *_counts(view), plain(hint).stylize("$text-muted")]


def _counts(view: Course) -> list[Content]:
    blocks = []
    for heading, lines in view.counts:
        head = [plain(heading.upper()).stylize("bold $text-primary")] if heading else []
        blocks.append(Content("\n").join([*head, plain("\n".join(lines))]))
    return blocks
