"""The forms of the catalogue say what they promise."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.unit.test_catalogue import FORBIDDEN
from tracker import catalogue
from tracker.catalogue.forms import read_fields, write_fields
from tracker.catalogue.model import Template
from tracker.domain.commitments import Kind, misfit
from tracker.domain.consent import CHECKLIST
from tracker.domain.fields import RANGES, BadAnswer, Choice, Field, Gives, Type
from tracker.domain.language.parsing import parse_schedule

EVERYTHING = (*catalogue.templates(), *catalogue.more())
ASKED = [(each, field) for each in EVERYTHING for field in each.fields]
PLAIN_CHECKS = {"s4.plan-first", "s6.touch-with-words"}

MORE = (
    *("s1.my-why", "s1.protection-map"),
    *("s2.own-thing", "s2.needs-talk", "s2.guess-and-ask", "s2.respect-a-no"),
    *("s3.weekly-look", "s3.ask-not-check", "s3.open-offer"),
    *("s4.here-today", "s4.reach-first", "s4.invest-in-us", "s4.was-needed", "s4.undivided", "s4.no-quiet-distance"),
    *("s5.my-part", "s6.after-closeness"),
)

# What those fields are called that each commitment cannot be without.
PROMISED = {
    "s1.belief-map": "belief_text strength cost_tag origin_tag",
    "s1.thought-record": "situation_tag thought feeling intensity_before urge evidence_for evidence_against"
    " kinder_view intensity_after",
    "s1.fear-forecast": "situation_tag feared_outcome likelihood follow_up_at outcome learned",
    "s1.take-it-in": "meaning_in_my_words let_in",
    "s1.origins": "origin_tag text distress_before distress_after",
    "s1.why-us": "planned_at kept minutes how_it_felt",
    "s1.kinder-voice": "response",
    "s2.turn-toward": "direction",
    "s2.needs-log": "whose topic_tag heard outcome my_overwhelm",
    "s2.listen-and-check": "confirmed minutes",
    "s2.caring-act": "need_tag",
    "s2.voice-mine": "asked answer how_it_felt",
    "s2.stay-with-hard": "reaction intensity",
    "s2.cheer-theirs": "tag",
    "s3.inventory": "category route route_done_at",
    "s3.openness-agreement": "areas free_to_say_no_mine free_to_say_no_theirs next_review",
    "s3.close-exit": "category done_at fear_before done feeling_later",
    "s3.planned-telling": "category safe_to_tell right_time sober not_in_a_fight nobody_listening support_for_both"
    " health_handled counsellor told fear_before feeling_later follow_up",
    "s3.no-hidden-contact": "what who_started trigger_tag lapse_type intensity someone_afraid put_right_how"
    " put_right_by put_right told_within_24h",
    "s3.decide-together": "size mode reversible",
    "s3.volunteer": "area_tag",
    "s4.plan-first": "",
    "s4.partner-time": "planned_min actual_min undivided chooser tag cancel_reason",
    "s4.child-time": "planned_min actual_min",
    "s4.reachable": "needing_reply in_window late unanswered told_beforehand",
    "s4.call-back": "response",
    "s4.promise-keeper": "text size due confidence outcome repaired",
    "s4.word-and-deed": "said did",
    "s5.trigger-log": "trigger_tag body_sign intensity noticed did",
    "s5.time-out": "announced return_time minutes returned resumed_talk",
    "s5.no-leaving-threats": "what trigger_tag someone_afraid put_right_how put_right_by put_right",
    "s5.no-attacks": "what lapse_type intensity someone_afraid put_right_how put_right_by put_right",
    "s5.repair": "named_it heard_impact made_amends plan hours_until accepted",
    "s5.feeling-and-wish": "topic_tag",
    "s5.ask-for-space": "asked_plainly return_time returned urge",
    "s6.weekly-share": "topic depth vulnerability fear_before felt_later felt_received held_back",
    "s6.four-topics": "topic depth",
    "s6.small-true-thing": "feeling_word",
    "s6.edge-moment": "urge intensity safe did",
    "s6.invite-theirs": "minutes",
    "s6.touch-with-words": "",
    "s6.my-story": "told fear_before felt_later",
}


def named(template: Template) -> dict[str, Field]:
    """The fields of a commitment by name."""
    return {field.name: field for field in template.fields}


def say(pair: tuple[Template, Field]) -> str:
    """Where a field stands."""
    return f"{pair[0].id} {pair[1].name}"


def test_the_further_shelf_holds_what_the_steps_ask_for_beyond_the_42() -> None:
    assert tuple(each.id for each in catalogue.more()) == MORE
    assert not set(MORE) & {each.id for each in catalogue.templates()}
    assert all(each.shelf == "more" for each in catalogue.more())
    assert all(each.shelf == "main" for each in catalogue.templates())
    for step_id in catalogue.STEP_IDS:
        found = catalogue.more(step_id)
        assert found == tuple(each for each in catalogue.more() if each.id.startswith(f"{step_id}."))
        assert all(each.step == step_id for each in found)
    for each in catalogue.more():
        assert catalogue.template(each.id) is each
    with pytest.raises(KeyError):
        catalogue.more("s7")


@pytest.mark.parametrize("each", EVERYTHING, ids=lambda each: each.id)
def test_what_a_commitment_asks_for_can_be_counted(each: Template) -> None:
    target = each.target or 1
    assert misfit(Kind(each.kind), parse_schedule(each.schedule), target) is None


def test_every_commitment_asks_something_or_is_a_plain_check() -> None:
    silent = {each.id for each in EVERYTHING if not each.fields}
    assert silent == PLAIN_CHECKS
    assert {catalogue.template(each).kind for each in silent} == {"check"}
    assert PROMISED.keys() == {each.id for each in catalogue.templates()}
    for each in catalogue.templates():
        assert set(PROMISED[each.id].split()) <= named(each).keys(), each.id


@pytest.mark.parametrize("each", EVERYTHING, ids=lambda each: each.id)
def test_names_are_unique_and_questions_short_and_kind(each: Template) -> None:
    assert len(named(each)) == len(each.fields)
    assert len({(field.ask, field.at, field.after_hours) for field in each.fields}) == len(each.fields)
    for field in each.fields:
        assert 0 < len(field.ask) <= 75, field.name
        ends = field.ask.removesuffix(" Not sure counts as no")
        assert ends.endswith("?") or (":" not in ends and ends == field.ask), field.name
        assert field.ask == field.ask.strip() and field.ask[0].isupper(), field.name
        texts = [field.ask, *(choice.label for choice in field.choices)]
        assert [text for text in texts if FORBIDDEN.search(text)] == []
        assert all(0 < len(choice.label) <= 40 for choice in field.choices), field.name
        assert not re.search(r"\b(I|my|me)\b", field.ask.partition(" 0 ")[0]), field.name


@pytest.mark.parametrize("pair", ASKED, ids=say)
def test_free_text_and_what_could_betray_are_private(pair: tuple[Template, Field]) -> None:
    template, field = pair
    betrays = (Type.TEXT, Type.LINE)
    telling = ("someone_afraid", "category", "area", "urge", "lapse_type", "origin_tag", "safe")
    if field.type in betrays and (template.id, field.name) != ("s4.partner-time", "tag"):
        assert field.private
    if field.name in telling and field.type in (Type.CHOICE, Type.YESNO):
        assert field.private
    if field.name.startswith("free_to_say_no"):
        assert field.private


@pytest.mark.parametrize("pair", ASKED, ids=say)
def test_other_people_have_no_names_here(pair: tuple[Template, Field]) -> None:
    _, field = pair
    if field.name in ("trigger_tag", "category", "area"):
        assert re.search(r"categor(y|ies), never a name", field.ask, re.IGNORECASE)


def test_an_entry_can_do_without_nearly_every_answer() -> None:
    needed = {each.id: [field.name for field in each.fields if not field.optional] for each in EVERYTHING}
    assert {cid: names for cid, names in needed.items() if len(names) > 1} == {
        "s1.fear-forecast": ["feared_outcome", "follow_up_at"],
        "s2.needs-log": ["whose", "outcome"],
        "s3.open-offer": ["free_not_to", "state"],
        "s3.openness-agreement": ["free_to_say_no_mine", "free_to_say_no_theirs"],
        "s3.planned-telling": [*CHECKLIST, "told"],
        "s4.promise-keeper": ["text", "due"],
        "s5.my-part": ["my_part", "said"],
        "s6.edge-moment": ["safe", "did"],
    }
    assert all(field.optional for _, field in ASKED if field.later)


@pytest.mark.parametrize("pair", [pair for pair in ASKED if pair[1].later], ids=say)
def test_what_is_asked_later_knows_when(pair: tuple[Template, Field]) -> None:
    template, field = pair
    made = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)
    if not field.at:
        assert field.due(made, {}) == datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
        return
    names = list(named(template))
    assert names.index(field.at) < names.index(field.name)
    earlier = named(template)[field.at]
    assert earlier.type in (Type.DAY, Type.MOMENT) and not earlier.later
    answer = earlier.read("2026-11-28" if earlier.type is Type.DAY else "2026-11-28 19:00", made, made.date())
    due = field.due(made, {field.at: answer})
    assert due is not None and due > made and due.date().isoformat() == "2026-11-28"
    assert field.due(made, {}) is None


@pytest.mark.parametrize("each", EVERYTHING, ids=lambda each: each.id)
def test_what_an_answer_gives_fits_the_commitment(each: Template) -> None:
    gives = {field.gives: field for field in each.fields if field.gives}
    assert len(gives) == sum(field.gives is not None for field in each.fields)
    assert (Gives.OUTCOME in gives) == (bool(each.outcomes) and not each.parts)
    if Gives.OUTCOME in gives:
        assert gives[Gives.OUTCOME].choices == tuple(Choice(one.name, one.label) for one in each.outcomes)
    assert (Gives.AMOUNT in gives) == (each.kind == "minutes")
    assert each.kind == "event" or Gives.DUE not in gives


def test_the_choices_of_outcomes_are_written_once() -> None:
    for name in (*(f"{step_id}.toml" for step_id in catalogue.STEP_IDS), "more.toml"):
        for row in catalogue._read(name)["commitments"]:
            for field in row.get("fields", ()):
                assert not (field.get("gives") == "outcome" and "choices" in field), row["id"]
                assert "private" in field, row["id"]


def test_repair_is_counted_in_parts() -> None:
    assert {each.id: each.parts for each in EVERYTHING if each.parts} == {
        "s5.repair": ("named_it", "heard_impact", "made_amends", "plan")
    }
    repair = catalogue.template("s5.repair")
    assert len(repair.outcomes) == len(repair.parts)
    assert all(named(repair)[part].type is Type.YESNO for part in repair.parts)


def test_something_to_avoid_asks_what_happened_and_what_will_be_put_right() -> None:
    for each in EVERYTHING:
        if each.kind == "avoid":
            fields = named(each)
            assert [choice.name for choice in fields["what"].choices][:2] == ["handled", "lapse"], each.id
            assert fields["someone_afraid"].type is Type.YESNO
            assert (fields["put_right_how"].type, fields["put_right_by"].type) == (Type.TEXT, Type.MOMENT)
            assert (fields["put_right"].type, fields["put_right"].at) == (Type.YESNO, "put_right_by")


def test_the_four_topics_are_the_same_wherever_they_are_asked() -> None:
    topics = catalogue.template("s6.weekly-share").topics
    asked = [field for _, field in ASKED if field.name == "topic"]
    assert [[choice.name for choice in field.choices] for field in asked] == [list(topics)] * 2


@pytest.mark.parametrize("pair", [pair for pair in ASKED if pair[1].choices], ids=say)
def test_every_choice_can_be_typed_and_no_other(pair: tuple[Template, Field]) -> None:
    _, field = pair
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for choice in field.choices:
        assert field.read(choice.name, now, now.date()) == choice.name
    with pytest.raises(BadAnswer):
        field.read("something else entirely", now, now.date())


def test_ranges_are_the_usual_ones_where_nothing_else_is_said() -> None:
    special = {
        (each.id, field.name): (field.low, field.high)
        for each, field in ASKED
        if field.type in RANGES and (field.low, field.high) != RANGES[field.type]
    }
    assert special == {
        ("s6.weekly-share", "depth"): (1, 5),
        ("s6.weekly-share", "felt_received"): (0, 5),
        ("s6.weekly-share", "held_back"): (0, 4),
        ("s6.four-topics", "depth"): (1, 5),
        ("s3.weekly-look", "on_my_mind"): (0, 4),
        ("s4.here-today", "presence"): (0, 4),
    }


@pytest.mark.parametrize("each", EVERYTHING, ids=lambda each: each.id)
def test_fields_come_back_as_they_were_written(each: Template) -> None:
    assert read_fields(write_fields(each.fields)) == each.fields
    assert "fields" not in each.as_value()
    assert "parts" not in each.as_value()


def test_fields_are_read_once_and_only_when_wanted() -> None:
    repair = catalogue.template("s5.repair")
    assert repair.fields is repair.fields


def test_a_short_row_is_enough() -> None:
    (field,) = read_fields([{"name": "mood", "ask": " How  was it?\n", "type": "text"}])
    assert field == Field("mood", "How was it?", Type.TEXT, private=True)
    assert write_fields([field]) == [{"name": "mood", "ask": "How was it?", "type": "text", "private": True}]
    (size,) = read_fields([{"name": "size", "ask": "How big?", "type": "choice", "choices": [{"name": "quite_big"}]}])
    assert size.choices == (Choice("quite_big", "quite big"),)
    assert read_fields([]) == ()


GOOD: dict[str, Any] = {"name": "mood", "ask": "How was it?", "type": "scale"}
DAY = {"name": "day_after", "ask": "When?", "type": "day"}
SIZE = {"name": "size", "ask": "How big?", "type": "choice", "choices": [{"name": "big"}]}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("mood", "list of tables"),
        (None, "list of tables"),
        (["mood"], "a table with a name"),
        ([GOOD | {"name": "Mood"}], "small letters"),
        ([GOOD | {"name": 3}], "small letters"),
        ([GOOD | {"name": "a" * 41}], "small letters"),
        ([GOOD | {"colour": "red"}], "'colour', which means nothing"),
        ([GOOD | {"ask": " "}], "asks nothing"),
        ([GOOD | {"ask": None}], "asks nothing"),
        ([GOOD | {"type": "mood"}], "type of the field 'mood' is one of text, line"),
        ([GOOD | {"gives": "joy"}], "gives of the field 'mood' is one of outcome, amount and due"),
        ([GOOD | {"private": 1}], "true or false"),
        ([GOOD | {"optional": "no"}], "true or false"),
        ([GOOD | {"low": "a"}], "whole number"),
        ([GOOD | {"high": True}], "whole number"),
        ([GOOD | {"low": 4, "high": 4}], "nothing to choose"),
        ([GOOD | {"after_hours": -1}], "whole number"),
        ([GOOD | {"type": "yesno", "low": 1}], "no low and no high"),
        ([GOOD | {"type": "text", "private": False}], "free text is private"),
        ([GOOD | {"choices": [{"name": "big"}]}], "or neither"),
        ([GOOD | {"type": "choice"}], "or neither"),
        ([GOOD | {"choices": "big"}], "list of tables"),
        ([SIZE | {"choices": [{"label": "Big"}]}], "small letters"),
        ([SIZE | {"choices": [{"name": "Big"}]}], "small letters"),
        ([SIZE | {"choices": [{"name": "big"}, {"name": "big"}]}], "one name"),
        ([GOOD, GOOD], "two fields called 'mood'"),
        ([GOOD | {"at": "day_after"}], "no day or moment before it"),
        ([GOOD, DAY | {"at": "mood"}], "no day or moment before it"),
        ([DAY, GOOD | {"at": "day_after", "after_hours": 24}], "not both"),
        ([GOOD | {"gives": "amount"}], "cannot give the amount"),
        ([SIZE | {"gives": "due"}], "cannot give the due"),
        ([SIZE | {"gives": "outcome"}, SIZE | {"name": "other", "gives": "outcome"}], "Two fields give the outcome"),
    ],
)
def test_a_row_that_is_none_is_refused_in_one_sentence(rows: Any, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        read_fields(rows)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


def test_outcomes_fill_the_choices_only_where_none_are_given() -> None:
    outcomes = catalogue.template("s3.close-exit").outcomes
    bare: Mapping[str, Any] = {"name": "came", "ask": "What came of it?", "type": "choice", "gives": "outcome"}
    (filled,) = read_fields([bare], outcomes)
    assert [choice.name for choice in filled.choices] == ["closed", "planned"]
    (own,) = read_fields([SIZE | {"gives": "outcome"}], outcomes)
    assert [choice.name for choice in own.choices] == ["big"]


def test_the_catalogue_offers_nothing_it_does_not_have() -> None:
    missing = "nothing_like_this"
    with pytest.raises(AttributeError, match=missing):
        getattr(catalogue, missing)


def test_the_domain_is_imported_only_when_fields_are_wanted() -> None:
    script = (
        "import sys\n"
        "from tracker import catalogue\n"
        "chosen = catalogue.template('s4.undivided')\n"
        "chosen.as_value(), catalogue.templates()\n"
        "print([name for name in sys.modules if name.startswith('tracker.domain')], len(chosen.fields))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] 1"
