"""The catalogue says what it promises: six steps, 42 commitments and a further shelf, 48 prompts, 80 cards."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

import tracker
from tracker import catalogue
from tracker.catalogue import roles

# id: kind, schedule, target ("none" makes no occasions; None leaves it to the schedule)
EXPECTED: dict[str, tuple[str, str, int | str | None]] = {
    "s1.belief-map": ("count", "monthly", 1),
    "s1.thought-record": ("count", "2 per week", None),
    "s1.fear-forecast": ("count", "weekly", None),
    "s1.take-it-in": ("count", "3 per week", None),
    "s1.origins": ("task", "once", 4),
    "s1.why-us": ("check", "monthly", None),
    "s1.kinder-voice": ("event", "on event", None),
    "s2.turn-toward": ("count", "daily", 3),
    "s2.needs-log": ("event", "on event", "none"),
    "s2.listen-and-check": ("count", "4 per week", None),
    "s2.caring-act": ("check", "5 per week", None),
    "s2.voice-mine": ("count", "2 per week", None),
    "s2.stay-with-hard": ("event", "on event", None),
    "s2.cheer-theirs": ("count", "weekly", None),
    "s3.inventory": ("task", "once", 1),
    "s3.openness-agreement": ("check", "every 3 months", None),
    "s3.close-exit": ("event", "on event", None),
    "s3.planned-telling": ("event", "on event", None),
    "s3.no-hidden-contact": ("avoid", "daily", None),
    "s3.decide-together": ("event", "on event", None),
    "s3.volunteer": ("count", "2 per week", None),
    "s4.plan-first": ("check", "weekly", None),
    "s4.partner-time": ("minutes", "120 min per week", None),
    "s4.child-time": ("minutes", "60 min per week", None),
    "s4.reachable": ("check", "daily", None),
    "s4.call-back": ("event", "on event", None),
    "s4.promise-keeper": ("event", "on event", None),
    "s4.word-and-deed": ("check", "5 per week", None),
    "s5.trigger-log": ("event", "on event", "none"),
    "s5.time-out": ("event", "on event", None),
    "s5.no-leaving-threats": ("avoid", "daily", None),
    "s5.no-attacks": ("avoid", "daily", None),
    "s5.repair": ("event", "on event", None),
    "s5.feeling-and-wish": ("count", "3 per week", None),
    "s5.ask-for-space": ("event", "on event", None),
    "s6.weekly-share": ("count", "weekly", None),
    "s6.four-topics": ("count", "4 per month", None),
    "s6.small-true-thing": ("check", "5 per week", None),
    "s6.edge-moment": ("event", "on event", None),
    "s6.invite-theirs": ("count", "2 per week", None),
    "s6.touch-with-words": ("check", "3 per week", None),
    "s6.my-story": ("task", "once", 1),
}

# id: what each outcome is worth
CREDITS: dict[str, dict[str, float | str]] = {
    "s1.kinder-voice": {"rephrased": 1, "noticed": 1},
    "s2.needs-log": {"met": "none", "negotiated": "none", "kindly_declined": "none", "missed": "none"},
    "s2.stay-with-hard": {"stayed": 1, "paused_and_returned": 1, "defended": 0, "shut_down": 0},
    "s3.close-exit": {"closed": 1, "planned": "open"},
    "s3.planned-telling": {"all": 1, "part": 0.5, "not_yet": "open"},
    "s3.decide-together": {"joint": 1, "asked_first": 1, "told_after": 0, "alone": 0, "smaller": "none"},
    "s4.call-back": {"called": 1, "gave_time": 1, "not_yet": "open", "no": 0},
    "s4.promise-keeper": {"kept": 1, "renegotiated": 1, "late": 0.5, "missed": 0, "promised": "open"},
    "s5.trigger-log": {"paused": "none", "asked": "none", "spoke_calm": "none", "lapsed": "none", "hands": "none"},
    "s5.time-out": {"on_time": 1, "late": 0.5, "not_back": 0, "not_announced": 0},
    "s5.repair": {"four_parts": 1, "three_parts": 0.75, "two_parts": 0.5, "one_part": 0.25},
    "s5.ask-for-space": {"returned": 1, "asked": 0.5, "pushed_away": 0},
    "s6.edge-moment": {"stayed": 1, "asked_for_pause": 1, "withdrew": 0.5, "attacked": 0, "hands": 0},
    "s6.my-story": {"all": 1, "part": 0.5},
}

TOPICS = ("fears", "joys", "disappointments", "dreams")
FORBIDDEN = re.compile(r"(?<![a-z])(fail|cheat day|broken|bad|should|toxic|needy)(?![a-z])", re.IGNORECASE)
FILES = ("steps.toml", *(f"{step_id}.toml" for step_id in catalogue.STEP_IDS), "more.toml", "cards.toml")
FIELD_KEYS = {
    *("name", "ask", "type", "private", "optional", "choices", "low", "high"),
    *("after_hours", "at", "gives", "part", "needs", "stops", "stays_open"),
}
COMMITMENT_KEYS = {
    *(
        "id",
        "title",
        "kind",
        "schedule",
        "target",
        "aliases",
        "if_then",
        "why",
        "share",
        "counting",
        "replace",
    ),
    *("note", "harm", "gathers", "distinct", "topics", "fields", "outcomes", "one_key", "deep"),
}


def strings(data: Any) -> Iterator[str]:
    """Every string in parsed TOML, keys left out."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for item in data.values():
            yield from strings(item)
    elif isinstance(data, list):
        for item in data:
            yield from strings(item)


def with_ids(key: str) -> set[str]:
    """The commitments that carry something under this attribute."""
    return {each.id for each in catalogue.templates() if getattr(each, key)}


@pytest.fixture
def files_read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the files parsed during a test that starts with nothing cached."""
    names: list[str] = []
    read = catalogue._read

    def noting(name: str) -> dict[str, Any]:
        names.append(name)
        return read(name)

    cached = (catalogue._overview, catalogue._shelf, catalogue._more, catalogue.cards)
    for each in cached:
        each.cache_clear()
    monkeypatch.setattr(catalogue, "_read", noting)
    yield names
    for each in cached:
        each.cache_clear()


def test_there_are_six_steps_in_order() -> None:
    assert tuple(step.id for step in catalogue.steps()) == catalogue.STEP_IDS
    assert {step.id for step in catalogue.steps() if step.safety_first} == {"s3", "s5"}
    assert all(step.name and step.aim for step in catalogue.steps())
    assert catalogue.step("s4").name == "Show up with time and with deeds"


def test_all_42_commitments_have_the_agreed_kind_schedule_and_target() -> None:
    found = {
        each.id: (each.kind, each.schedule, each.target if each.counts else "none") for each in catalogue.templates()
    }
    assert found == EXPECTED
    assert tuple(found) == tuple(EXPECTED)
    assert len(found) == 42


def test_each_step_holds_seven_commitments_and_eight_prompts() -> None:
    for step_id in catalogue.STEP_IDS:
        shelf = catalogue.templates(step_id)
        assert len(shelf) == 7
        assert all(each.step == step_id and each.id.startswith(f"{step_id}.") for each in shelf)
        assert len(catalogue.reflections(step_id)) == 8
    prompts = [prompt for step_id in catalogue.STEP_IDS for prompt in catalogue.reflections(step_id)]
    assert len(set(prompts)) == 48


def test_starters_exist_and_the_hint_is_small() -> None:
    assert catalogue.starters() == ("s4.reachable", "s4.partner-time", "s6.small-true-thing")
    assert catalogue.hint() == {"active_at_start": 3, "add_per_week": 1, "active_max": 7}
    assert len(catalogue.starters()) == catalogue.hint()["active_at_start"]


@pytest.mark.parametrize("unknown", ["", "s1", "s1.", "s1.nothing", "s7.partner-time", "../s1.belief-map", "cards.x"])
def test_an_unknown_id_is_a_key_error(unknown: str) -> None:
    with pytest.raises(KeyError):
        catalogue.template(unknown)


@pytest.mark.parametrize("unknown", ["", "s0", "s7", "steps", "../s1"])
def test_an_unknown_step_is_a_key_error(unknown: str) -> None:
    with pytest.raises(KeyError):
        catalogue.step(unknown)
    with pytest.raises(KeyError):
        catalogue.templates(unknown)
    with pytest.raises(KeyError):
        catalogue.reflections(unknown)


def test_outcomes_carry_the_agreed_credit_in_the_agreed_order() -> None:
    found = {
        each.id: [(one.name, one.credit if one.state == "settled" else one.state) for one in each.outcomes]
        for each in catalogue.templates()
        if each.outcomes
    }
    assert found == {template_id: list(credits.items()) for template_id, credits in CREDITS.items()}


def test_outcomes_are_sound() -> None:
    for each in (*catalogue.templates(), *catalogue.more()):
        assert bool(each.outcomes) or each.kind != "event", each.id
        assert len({one.name for one in each.outcomes}) == len(each.outcomes), each.id
        assert len({one.label for one in each.outcomes}) == len(each.outcomes), each.id
        for one in each.outcomes:
            assert re.fullmatch(r"[a-z]+(_[a-z]+)*", one.name)
            assert 0 < len(one.label) <= 40
            assert (one.credit is None) == (one.state != "settled")
            assert one.credit is None or 0 <= one.credit <= 1
            assert each.counts or one.state == "none", each.id
        if each.outcomes and each.counts:
            assert each.outcomes[0].credit == 1, each.id


def test_what_needs_more_than_a_kind_says_so() -> None:
    assert with_ids("harm") == {"s3.no-hidden-contact", "s5.no-leaving-threats", "s5.no-attacks"}
    assert with_ids("harm") == {
        each.id for each in catalogue.templates() if each.counting.startswith("It leads with moments")
    }
    assert with_ids("gathers") == with_ids("distinct") == {"s6.four-topics"}
    four_topics = catalogue.template("s6.four-topics")
    assert (four_topics.gathers, four_topics.distinct) == ("s6", "topic")
    assert with_ids("topics") == {"s6.weekly-share"}
    assert catalogue.template("s6.weekly-share").topics == TOPICS
    assert with_ids("note") == {"s3.planned-telling", "s5.no-leaving-threats"}
    for each in catalogue.templates():
        assert each.replace or each.kind != "avoid", each.id


def test_every_commitment_is_complete() -> None:
    for each in (*catalogue.templates(), *catalogue.more()):
        assert each.kind in {"check", "count", "minutes", "avoid", "task", "event"}
        assert each.share in {"private", "kept", "total", "ask"}
        assert each.title and each.why, each.id
        assert each.if_then.startswith("If ") and ", then " in each.if_then, each.id
        assert (each.kind == "event") == (each.schedule == "on event"), each.id
        assert (each.kind == "task") == (each.schedule == "once"), each.id
        assert each.target is None or each.target > 0, each.id


def test_no_alias_is_used_twice_or_hides_an_id() -> None:
    everything = (*catalogue.templates(), *catalogue.more())
    uses = Counter(alias.casefold() for each in everything for alias in each.aliases)
    assert [alias for alias, times in uses.items() if times > 1] == []
    owners = {each.id.partition(".")[2]: each.id for each in everything}
    assert len(owners) == len(everything)
    for each in everything:
        for alias in each.aliases:
            assert alias == alias.strip() != ""
            assert alias.casefold() not in EXPECTED
            assert owners.get(alias.casefold(), each.id) == each.id


def test_the_words_a_person_would_type_are_there() -> None:
    assert catalogue.template("s4.reachable").aliases == ("reply", "messages", "reachable")
    assert catalogue.template("s4.partner-time").aliases == ("time", "partner time", "date")
    assert catalogue.template("s6.weekly-share").aliases == ("share", "disclosure", "open up")


def test_there_are_four_cards_for_each_topic_and_level() -> None:
    deck = catalogue.cards()
    assert len(deck.cards) == len({card.text for card in deck.cards}) == 80
    assert Counter((card.topic, card.level) for card in deck.cards) == {
        (topic, level): 4 for topic in TOPICS for level in range(1, 6)
    }
    assert len(deck.levels) == len(deck.rules) == 5


@pytest.mark.parametrize("name", FILES)
def test_no_text_uses_a_word_that_scolds(name: str) -> None:
    texts = list(strings(catalogue._read(name)))
    assert texts
    assert [text for text in texts if FORBIDDEN.search(text)] == []
    assert [text for text in texts if text != text.strip() or not text.isprintable()] == []


@pytest.mark.parametrize("step_id", catalogue.STEP_IDS)
def test_no_key_of_the_data_goes_unread(step_id: str) -> None:
    data = catalogue._read(f"{step_id}.toml")
    assert data.keys() == {"reflections", "commitments"}
    _must_be_read(data["commitments"], COMMITMENT_KEYS)


def test_no_key_of_the_further_shelf_goes_unread() -> None:
    data = catalogue._read("more.toml")
    assert data.keys() == {"commitments"}
    _must_be_read(data["commitments"], COMMITMENT_KEYS | {"shelf"})


def _must_be_read(rows: list[dict[str, Any]], keys: set[str]) -> None:
    for row in rows:
        assert row.keys() <= keys, row["id"]
        for field in row.get("fields", ()):
            assert field.keys() <= FIELD_KEYS, row["id"]
            assert all(choice.keys() == {"name", "label"} for choice in field.get("choices", ())), row["id"]
        for outcome in row.get("outcomes", ()):
            assert outcome.keys() - {"leads"} == {"name", "label", "credit"}, row["id"]
            assert outcome["credit"] in ("open", "none") or isinstance(outcome["credit"], (int, float))


def test_a_template_becomes_a_value_without_empties() -> None:
    for each in (*catalogue.templates(), *catalogue.more()):
        value = each.as_value()
        assert json.loads(json.dumps(value)) == value
        assert value["catalogue"] == each.id
        assert value["step"] == each.step
        assert value["title"] == each.title
        assert all(item not in ("", [], None, {}) for item in value.values())
        assert ("counts" in value) == (not each.counts)
        assert ("harm" in value) == each.harm
        assert not value.keys() & {"schedule", "target", "fields", "parts", "shelf"}
    assert catalogue.template("s3.close-exit").as_value()["outcomes"] == [
        {"name": "closed", "label": "closed it", "state": "settled", "credit": 1.0},
        {"name": "planned", "label": "planned, not yet closed", "state": "open"},
    ]
    defended = catalogue.template("s2.stay-with-hard").as_value()["outcomes"][2]
    assert defended["credit"] == 0.0


def test_a_value_is_a_copy() -> None:
    value = catalogue.template("s4.reachable").as_value()
    value["aliases"].append("mine")
    assert "mine" not in catalogue.template("s4.reachable").as_value()["aliases"]
    counted = catalogue.hint()
    counted["active_max"] = 99
    assert catalogue.hint()["active_max"] == 7


def test_what_is_loaded_is_frozen() -> None:
    step, template, card = catalogue.step("s1"), catalogue.template("s1.origins"), catalogue.cards().cards[0]
    for thing in (step, template, card):
        assert not hasattr(thing, "__dict__")
        with pytest.raises(FrozenInstanceError):
            setattr(thing, next(iter(thing.__slots__)), "changed")


def test_one_commitment_costs_one_small_file_once(files_read: list[str]) -> None:
    assert catalogue.template("s4.reachable") is catalogue.template("s4.reachable")
    assert files_read == ["s4.toml"]
    catalogue.reflections("s4")
    assert files_read == ["s4.toml"]


def test_the_further_shelf_costs_its_own_file_once(files_read: list[str]) -> None:
    assert catalogue.more() == catalogue.more()
    assert catalogue.template("s4.undivided") in catalogue.more("s4")
    assert sorted(files_read) == ["more.toml", "s4.toml"]


def test_the_steps_cost_their_own_file_once(files_read: list[str]) -> None:
    catalogue.steps()
    catalogue.step("s1")
    catalogue.starters()
    catalogue.hint()
    assert files_read == ["steps.toml"]


def test_the_cards_cost_their_own_file_once(files_read: list[str]) -> None:
    assert catalogue.cards() is catalogue.cards()
    assert files_read == ["cards.toml"]


def test_importing_the_catalogue_parses_nothing() -> None:
    script = (
        "import sys, tracker.catalogue\n"
        "print(*sorted(m for m in sys.modules if m.partition('.')[0] in"
        " ('tomllib', 'tinydb', 'textual', 'rich', 'filelock', 'tracker')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        "tracker",
        "tracker.catalogue",
        "tracker.catalogue.model",
    ]


def test_each_suggested_plan_is_known_by_its_words() -> None:
    for each in (*catalogue.templates(), *catalogue.more()):
        assert not each.if_then or catalogue.suggests(each.id, each.if_then)
        assert not catalogue.suggests(each.id, f"{each.if_then} And more.") and not catalogue.suggests(
            "own.mine", each.if_then
        )


def test_no_other_package_names_a_commitment_by_its_id() -> None:
    known = {each.id for each in (*catalogue.templates(), *catalogue.more())}
    found = {
        (str(path), word)
        for path in sorted(Path(tracker.__path__[0]).rglob("*.py"))
        if path.parent.name != "catalogue"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for word in re.findall(r"\bs[1-6]\.[a-z][a-z-]*", node.value)
        if word in known
    }

    assert found == set()


def test_each_part_is_played_by_a_commitment_that_there_is() -> None:
    known = {each.id for each in (*catalogue.templates(), *catalogue.more())}
    named = {value for value in vars(roles).values() if isinstance(value, str) and re.match(r"s[1-6]\.", value)}

    assert named | roles.GUARDED | roles.WORTH.keys() | roles.WITHDRAWALS.keys() <= known


def test_how_it_counts_is_said_in_sentences() -> None:
    told = [each.counting for each in (*catalogue.templates(), *catalogue.more()) if each.counting]

    assert len(told) == 31
    assert [each for each in told if not re.fullmatch(r"([A-Z][a-z :,]+\. ?)+", each)] == []
