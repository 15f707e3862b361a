"""A commitment of one's own from a file: docs/fields.md says how, and what does not fit is one line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Shell
from tests.cli.test_guided import entry, give

FIELDS_PAGE = (ROOT / "docs" / "fields.md").read_text("utf-8")


def example() -> str:
    (found,) = re.findall(r"```toml\n(.*?)```", FIELDS_PAGE, re.DOTALL)
    assert isinstance(found, str)
    return found


def test_the_example_of_the_page_is_a_commitment(toward: Shell, tmp_path: Path) -> None:
    (tmp_path / "walk.toml").write_text(example(), "utf-8")
    answer = toward("add", "--file", str(tmp_path / "walk.toml"))
    assert answer.code == 0 and "on event" in answer.out
    rows = {row["name"]: row for row in json.loads(toward("log", "--fields", "walk", "--json").out)["fields"]}
    assert rows["how"]["choices"] == ["went", "short", "not_yet"] and not rows["how"]["optional"]
    assert rows["words"]["private"] and rows["later"]["private"] and rows["later"]["asked"] == "at look_again"
    assert give(toward, "log walk", {"how": "short", "words": "CANARY", "look_again": "today"}).code == 0
    assert entry(toward, "walk")["outcome"] == "short"
    assert give(toward, "answer walk", {"later": "CANARY"}).code == 0
    assert "CANARY" not in toward("show", "walk", "--json").out + toward("export").out
    again = toward("export", "--private").out
    assert toward("--data", str(tmp_path / "new"), "import", "-", stdin=again).code == 0
    assert toward("--data", str(tmp_path / "new"), "log", "--fields", "walk").code == 0


def test_a_byte_order_mark_before_a_file_is_no_part_of_it(toward: Shell, tmp_path: Path) -> None:
    (tmp_path / "walk.toml").write_bytes(b"\xef\xbb\xbf" + example().encode())
    assert toward("add", "--file", str(tmp_path / "walk.toml")).code == 0
    (tmp_path / "all.json").write_bytes(b"\xef\xbb\xbf" + toward("export").out.encode())
    assert toward("--data", str(tmp_path / "new"), "import", str(tmp_path / "all.json")).code == 0
    assert toward("--data", str(tmp_path / "new"), "list").out == toward("list").out


def test_every_type_and_key_of_the_page_is_one() -> None:
    from tracker.catalogue.forms import KEYS
    from tracker.domain.fields import Type
    from tracker.services.commitments import custom_file

    first = [
        name for row in re.findall(r"^\| (`.*?) \|", FIELDS_PAGE, re.MULTILINE) for name in re.findall(r"`(.*?)`", row)
    ]
    assert set(first) == {*Type, *KEYS, *(custom_file.KEYS), "[[fields]]", "[[outcomes]]"} - {"fields", "outcomes"}


BAD_FILES = [
    "not toml",
    'title = "Walk"',
    'step = "s4"',
    'title = 1\nstep = "s4"',
    'title = ""\nstep = "s4"',
    'title = "W"\nstep = "s9"',
    'title = "W"\nstep = "s4"\nkind = "song"',
    'title = "W"\nstep = "s4"\nschedule = "now and then"',
    'title = "W"\nstep = "s4"\ntarget = "many"',
    'title = "W"\nstep = "s4"\ntarget = 0',
    'title = "W"\nstep = "s4"\naliases = "walk"',
    'title = "W"\nstep = "s4"\ncolour = "red"',
    'title = "W"\nstep = "s4"\nfields = [1]',
    'title = "W"\nstep = "s4"\n[[fields]]\nname = "a"\nask = "?"',
    'title = "W"\nstep = "s4"\n[[fields]]\nname = "a"\nask = "?"\ntype = "choice"',
    'title = "W"\nstep = "s4"\n[[outcomes]]\nname = "a"\ncredit = 1',
    'title = "W"\nstep = "s4"\nkind = "event"\n[[outcomes]]\nname = "a"',
    'title = "W"\nstep = "s4"\nkind = "event"\n[[outcomes]]\nname = "a"\ncredit = "sometimes"',
    "x = " + "[" * 5000,
]


@pytest.mark.parametrize("text", BAD_FILES)
def test_a_file_that_does_not_fit_is_refused_in_one_line(text: str, toward: Shell) -> None:
    answer = toward("add", "--file", "-", stdin=text)
    assert answer.code == 2 and answer.out == "" and len(answer.err.splitlines()) == 1, answer
    assert json.loads(toward("list", "--json").out)["commitments"] == []


def test_a_file_says_all_about_one_commitment(toward: Shell, tmp_path: Path) -> None:
    assert toward("add", "Walk", "--file", "-", stdin=example()).code == 2
    assert toward("add", "--file", "-", "--step", "s4", stdin=example()).code == 2
    assert toward("add", "--file", str(tmp_path / "none.toml")).code == 1
    assert toward("add", "--file", "-", "--from", "2026-12-01", stdin=example()).code == 0
    assert json.loads(toward("list", "--json").out)["commitments"][0]["start"] == "2026-12-01"


def test_a_file_changes_what_one_of_your_own_asks(toward: Shell, tmp_path: Path) -> None:
    assert toward("add", "Walk", "--step", "s4").code == 0
    path = tmp_path / "walk.toml"
    path.write_text('[[fields]]\nname = "ease"\nask = "How easy?"\ntype = "scale"\n', encoding="utf-8")
    assert toward("edit", "walk", "--file", str(path)).out.startswith("'Walk' is changed.")
    assert "How easy?" in toward("log", "walk", "--fields").out
    assert "Nothing changed" in toward("edit", "walk", "--file", str(path)).out
    assert toward("edit", "walk", "--file", str(path), "--title", "Run").code == 2
    path.write_text('kind = "count"\n', encoding="utf-8")
    assert toward("edit", "walk", "--file", str(path)).code == 2
