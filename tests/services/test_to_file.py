"""A text kept as a file: for one's own eyes, and never over another unasked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tracker.ledger.errors import BadInput, Refused
from tracker.services.exchange import to_file

TEXT = "# The week\n\n- kept\n"


def test_it_is_private_and_never_over_another_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "week.md"
    assert "~/week.md" in to_file.write(TEXT, "~/week.md").lines[0]
    assert path.read_text() == TEXT and path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(to_file.Taken, match="there already"):
        to_file.write("other", str(path))
    assert path.read_text() == TEXT
    to_file.write("other", str(path), over=True)
    assert path.read_text() == "other" and path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["week.md"]


@pytest.mark.parametrize("over", [False, True])
def test_what_is_no_place_is_one_line(tmp_path: Path, over: bool) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "aim")
    os.mkfifo(tmp_path / "pipe")
    where = [str(tmp_path / name) for name in ("", "link", "pipe", "none/week.md", "x" * 300, "a\nb/c", "\udc80/c")]
    for name in ("", "  ", "a\0b", "~nobody-of-that-name/x", *where):
        with pytest.raises((BadInput, Refused)) as error:
            to_file.write(TEXT, name, over=over)
        assert "\n" not in error.value.message and not isinstance(error.value, to_file.Taken)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "pipe"]
