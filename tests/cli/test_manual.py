"""What there is to type is told: in groups, one by one, to man, and to the shells that complete words."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Shell, spawn
from tracker import __version__
from tracker.cli.commands import COMMANDS
from tracker.cli.manual import GROUPS, man_page, overview
from tracker.cli.parser import ALSO, IN_THE_APP

PAGE = Path(ROOT) / "docs" / "toward.1"


def test_every_command_is_in_one_of_five_groups() -> None:
    named = [name for _, names in GROUPS for name in names]
    assert len(GROUPS) == 5 and len(named) == len(set(named))
    assert set(named) == {command.name for command in COMMANDS}


def test_help_is_the_same_by_every_way_and_fits(toward: Shell) -> None:
    said = toward("help")
    assert said.code == 0 and said.err == ""
    assert toward("--help").out == toward("-h").out == said.out == toward("man").out
    for title, names in GROUPS:
        assert f"\n{title}\n" in said.out
        assert all(f"  {name} " in said.out for name in names)
    assert said.out.count("\n  toward ") == 6, "six examples"
    for width in (30, 40, 45, 60, 80, 100):
        assert max(len(line) for line in overview(width)) <= max(width, 36), width


def test_the_page_of_one_command(toward: Shell) -> None:
    assert toward("help", "done").out == toward("done", "--help").out
    assert toward("help", "dashboard").out == toward("help", "streaks").out
    groups = json.loads(toward("help", "--json").out)["groups"]
    assert sum(len(group["commands"]) for group in groups) == len(COMMANDS)


@pytest.mark.parametrize("argv", [("version",), ("-V",), ("--version",)])
def test_the_version(toward: Shell, argv: tuple[str, ...]) -> None:
    assert spawn(*argv).stdout == f"toward {__version__}\n".encode()


def test_other_words_for_a_command_do_what_was_meant(young: Shell) -> None:
    assert young("status").out == young("today").out
    assert young("dashboard").out == young("streaks").out
    assert young("settings").out == young("set").out
    assert young("check", "small things", "2").code == 0
    assert young("--data", "status", "status").code == 0, "a folder may be called so too"
    assert {*ALSO.values()} <= {command.name for command in COMMANDS}
    assert not {command.name for command in COMMANDS} & {*ALSO, *IN_THE_APP}


def test_the_beginning_of_a_command_does_what_is_meant_and_never_takes_anything_away(young: Shell) -> None:
    assert young("do", "--help").out == young("done", "--help").out
    assert young("str").out == young("streaks").out
    assert young("TODA").out == young("today").out
    for word, meant in (("pur", "purge"), ("del", "delete"), ("delete-", "delete-everything"), ("rest", "restore")):
        refused = young(word, "reply", "--yes")
        assert refused.code == 2 and f"'{meant}'" in refused.err


def test_time_alone_tells_how_it_stands_and_log_alone_what_there_is(young: Shell) -> None:
    assert young("time").out == "The timer is off.\nKeep our time together: 90 of 120 min.\n"
    young("time", "start")
    assert young("time").out.startswith("The timer runs since 20:15.\n")
    assert json.loads(young("time", "--json").out)["timer_since"].startswith("2026-11-23T20:15")
    assert "s4.promise-keeper" in young("log").out and "own.small-things" not in young("log").out
    assert young("share").code == 2 and "fears" in young("share").err


def test_the_page_for_man_is_the_one_that_is_packaged(toward: Shell) -> None:
    assert toward("help", "--man").out == man_page()
    assert PAGE.read_text("utf-8") == man_page(), "write it anew: toward help --man > docs/toward.1"
    settings = tomllib.loads((Path(ROOT) / "pyproject.toml").read_text("utf-8"))
    shared = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared == {"docs/toward.1": "share/man/man1/toward.1"}
    for command in COMMANDS:
        assert rf"\fB{command.name.replace('-', chr(92) + '-')}\fR" in man_page(), command.name


@pytest.mark.skipif(shutil.which("man") is None and shutil.which("groff") is None, reason="neither man nor groff")
def test_man_reads_its_page_without_a_complaint() -> None:
    command = (
        ["man", "--warnings", "-l", str(PAGE)] if shutil.which("man") else ["groff", "-ww", "-man", "-Tutf8", str(PAGE)]
    )
    read = subprocess.run([*command, str(PAGE)], capture_output=True, timeout=60, check=True)
    assert read.stderr == b"" and b"delete-everything" in read.stdout.replace("‐".encode(), b"-")


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_commands_options_and_what_is_ones_own(young: Shell, tmp_path: Path) -> None:
    program = tmp_path / "toward"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m tracker "$@"\n', "utf-8")
    program.chmod(0o755)
    script = tmp_path / "script"
    script.write_text(young("completion", "bash").out, "utf-8")

    def complete(*words: str) -> set[str]:
        typed = " ".join(f"'{word}'" for word in (program, *words))
        run = f'. {script}; COMP_WORDS=({typed}); COMP_CWORD={len(words)}; _toward; echo "${{COMPREPLY[@]}}"'
        done = subprocess.run(["bash", "-c", run], capture_output=True, text=True, timeout=60, check=True)
        assert done.stderr == ""
        return set(done.stdout.split())

    assert complete("str") == {"streaks"}
    assert {"done", "doctor", "--version"} <= complete("") and complete("do") == {"done", "doctor"}
    assert complete("done", "--d") == {"--day", "--data", "--discreet", "--debug"}
    assert complete("--data", "x", "rev") == {"review"}
    assert complete("show", "s4.") == {"s4.reachable", "s4.partner-time", "s4.promise-keeper"}
    assert complete("review", "w") == {"week"}


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_scripts_of_other_shells_are_read_by_them(toward: Shell, tmp_path: Path, shell: str) -> None:
    script = toward("completion", shell).out
    assert all(command.name in script for command in COMMANDS)
    assert "completion titles" in script
    if shutil.which(shell):
        path = tmp_path / "script"
        path.write_text(script, "utf-8")
        subprocess.run([shell, "-n", str(path)], check=True, timeout=60)


def test_a_shell_is_given_nothing_it_could_run_and_nothing_private(young: Shell, home: Path) -> None:
    shard = next((home / "data" / "toward" / "devices").glob("*/2026-11.json"))
    text = shard.read_text("utf-8")
    shard.write_text(
        text.replace("own.small-things", "own.$(touch x)").replace("Small things", "Sm\\u001b[31mall"), "utf-8"
    )
    ids, titles = young("completion", "ids"), young("completion", "titles")
    assert "$(" not in ids.out + titles.out and "\x1b" not in titles.out and "CANARY" not in titles.out
    assert "s4.reachable" in ids.out.split() and ids.err == ""
    assert "s4.reachable\t" in titles.out


def test_nothing_is_asked_while_somebody_types(young: Shell, home: Path) -> None:
    (home / "data" / "toward" / "store.json").write_text("{", "utf-8")
    answer = young("completion", "ids")
    assert (answer.code, answer.out, answer.err) == (0, "", "")
    assert spawn("completion", "ids", env={"TOWARD_DATA": str(home / "nowhere")}).stdout == b""
