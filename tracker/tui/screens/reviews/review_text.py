"""A review where it stands, and what its part says: the words, the counts, the marks of what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.content import Content

from tracker.domain.reviews import EFFORT, Part
from tracker.present.day import span_name
from tracker.services.reviews import partner, reviews
from tracker.services.reviews.month_report import AreaLine, said_of
from tracker.services.reviews.period_summary import PeriodSummary
from tracker.tui.safe import plain


@dataclass(frozen=True, slots=True)
class Look:
    """A review as it stands, with what its part shows; of a partner's answers only what has opened, in its part."""

    now: reviews.ReviewProgress
    says: tuple[str, ...]
    summary: PeriodSummary | None
    areas: tuple[AreaLine, ...]
    submitted: bool
    told: partner.Reveal | None
    shares: bool

    def known(self, part: Part) -> dict[str, Any]:
        """Return what a part was answered with until now."""
        return {field.name: self.now.answers[field.name] for field in part.fields if field.name in self.now.answers}


def tell(view: Look) -> Content:
    """Return what a review says where it stands: its part, or what was looked at once all is finished."""
    blocks = _part(view, view.now.part) if view.now.part is not None else _finished(view)
    return Content("\n\n").join([block for block in blocks if block.plain])


def _part(view: Look, part: Part) -> list[Content]:
    now = view.now
    head = f"Part {len(now.done) + 1} of {len(now.script.parts)}: {part.title} ({part.minutes} min)"
    blocks = [] if now.began or now.done else [plain("\n".join(now.script.before)).stylize("$text-muted")]
    blocks += [plain(head).stylize("bold $text-primary"), plain("\n".join(view.says)), *_counts(view)]
    blocks += [_ratings(view)] if part.rates or part.dials else []
    marks = [f"{'✓' if field.name in now.answers else '·'} {field.ask}" for field in part.fields]
    blocks.append(plain("\n".join(marks)))
    answers = bool(part.fields) or ((part.rates or part.dials) and not view.submitted)
    scale = part.scale
    hint = f"{scale.low} to {scale.high} answers at once, enter in full" if scale is not None else ""
    hint = hint or f"enter {'answers' if answers else 'goes on'}"
    hint += ", ← → look at the part before and after, x finishes, esc closes it; what you answered is saved"
    if view.told is not None:
        hint += "\nb takes back for good what was answered alone here, by whoever did"
    blocks.append(plain(hint).stylize("$text-muted"))
    return blocks


def _finished(view: Look) -> list[Content]:
    finished = view.now.finished
    when = f"Finished on {finished.day} {finished:%B}. " if finished else ""
    hint = "← opens the last part again, esc closes it" + (", s shares what you both agree to" * view.shares)
    return [plain(f"{when}Thank you for looking."), *_counts(view), plain(hint).stylize("$text-muted")]


def _counts(view: Look) -> list[Content]:
    summary = view.summary
    if summary is None:
        return []
    span = span_name(summary.first, summary.last)
    blocks = [plain("\n".join([span, *(f"  {line}" for line in summary.lines)]))]
    for name, said in said_of(view.areas):
        head = [plain(name.upper()).stylize("bold $text-primary")] if name else []
        blocks.append(Content("\n").join([*head, plain("\n".join(said))]))
    return blocks


def _ratings(view: Look) -> Content:
    """Return whether one's own side is submitted, and what has opened; one's own numbers stand nowhere before that."""
    if not view.submitted:
        return plain("· Your side is not sealed yet.")
    if view.told is None:
        return plain("✓ Your side is sealed.")
    return plain("\n".join(["✓ Your side is sealed.", *view.told.lines, *(() if view.told.open else (EFFORT,))]))
