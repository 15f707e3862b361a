"""Devices that meet in a real git repository: pushing at once, refused, asked to stop, slow or somebody else's."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest

from tests.services.sync_kit import CID, Devices, bare, begin, contents, tree
from tracker.ledger.errors import Refused
from tracker.services.commitments import lifecycle
from tracker.services.exchange import sync
from tracker.store.exchange import remote
from tracker.store.exchange.git import Git, GitTrouble
from tracker.store.exchange.git_remote import GitRemote

pytestmark = pytest.mark.usefixtures("plain_git")


@pytest.fixture
def repository(tmp_path: Path) -> Devices:
    """Return devices that meet in a repository."""
    return Devices(tmp_path, bare(tmp_path / "between.git"))


def test_three_devices_push_at_once(repository: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository)
    repository.meet("three")
    pushes: list[bool] = []
    send = GitRemote.send

    def overtaken(remote: GitRemote) -> bool:
        others = [name for name in ("two", "three") if not pushes and name not in busy]
        for name in others:
            busy.add(name)
            sync.exchange(repository.log(name))
        pushes.append(send(remote))
        return pushes[-1]

    busy = {"one"}
    monkeypatch.setattr(GitRemote, "send", overtaken)
    sync.exchange(repository.log("one"))
    assert False in pushes and pushes[-1]
    for name in ("two", "three"):
        sync.exchange(repository.open(name))
    assert repository.export("one") == repository.export("two") == repository.export("three")


def test_really_at_once(repository: Devices) -> None:
    begin(repository)
    names = ("one", "two")
    trouble: list[BaseException] = []

    def go(name: str) -> None:
        try:
            sync.exchange(repository.log(name))
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=go, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []
    for name in names:
        sync.exchange(repository.open(name))
    assert repository.export("one") == repository.export("two")


def test_the_history_of_git_says_nothing_private(repository: Devices) -> None:
    begin(repository)
    log = subprocess.run(
        ["git", "-C", str(repository.place), "log", "--format=%an|%ae|%cn|%s|%b", "toward"],
        capture_output=True,
        check=True,
    )
    assert set(log.stdout.decode().split()) == {"toward|toward@localhost|toward|Exchange|"}
    assert not list((repository.root / "one-state").rglob("sync-*")), "nothing of git stays behind"


def test_git_is_not_there_or_lets_nobody_in(repository: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository)
    workspace = repository.log("one")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(repository.root))
        with pytest.raises(Refused, match="git is not installed"):
            sync.exchange(workspace)
    fake = repository.root / "bin"
    fake.mkdir()
    for said, told in {
        "fatal: Could not read from remote repository.\nPermission denied (publickey).": "not let in",
        "fatal: unable to access 'https://u:secret@h/': Could not resolve host: h": "cannot be reached",
        "error: odd https://u:secret@h/\x1b[31m": "git says: error: odd https://h/",
    }.items():
        (fake / "said").write_text(said)
        (fake / "git").write_text(f'#!/bin/sh\ncase " $* " in *" fetch "*) cat {fake}/said >&2; exit 1;; esac\n')
        (fake / "git").chmod(0o700)
        with monkeypatch.context() as patch:
            patch.setenv("PATH", f"{fake}:/usr/bin:/bin")
            patch.setattr(remote, "remembered", lambda _state: remote.Remote("git", "https://h.invalid/x"))
            with pytest.raises(Refused, match=told) as error:
                sync.exchange(workspace)
        assert "secret" not in error.value.message and "\x1b" not in error.value.message
    assert sync.exchange(workspace).went


def test_the_environment_of_whoever_calls_does_not_steer_git(
    repository: Devices, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-push").write_text(f"#!/bin/sh\ntouch {tmp_path}/hooked\n")
    (hooks / "pre-push").chmod(0o700)
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    (home / ".gitconfig").write_text(
        f"[core]\n hooksPath = {hooks}\n[push]\n gpgSign = true\n[commit]\n gpgSign = true\n"
    )
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    lifecycle.add(repository.open("one"), CID)
    repository.meet("one")
    assert {path.name for path in tmp_path.iterdir()} & {"hooked", "trace", "index", "nowhere"} == set()


def test_asked_to_stop_it_stops(repository: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(repository)
    workspace = repository.log("one")
    fake = repository.root / "bin"
    fake.mkdir()
    (fake / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (fake / "git").chmod(0o700)
    stopped = threading.Event()
    stopped.set()
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{fake}:/usr/bin:/bin")
        with pytest.raises(Refused, match="Stopped"):
            sync.exchange(workspace, stopped=stopped)
    assert sync.exchange(workspace).went


def test_a_tree_made_by_somebody_else_brings_only_what_is_ours(repository: Devices, tmp_path: Path) -> None:
    begin(repository)
    workspace = repository.log("one")
    sync.exchange(workspace)
    work = tmp_path / "work"

    def git(*words: str) -> None:
        subprocess.run(["git", "-C", str(work), *words], check=True, capture_output=True)

    subprocess.run(["git", "clone", "--quiet", "--branch", "toward", str(repository.place), str(work)], check=True)
    (work / "evil.sh").write_text("x")
    (work / "devices" / "link").symlink_to("/etc")
    (work / "devices" / "e").mkdir()
    (work / "devices" / "e" / "2026-11.json").symlink_to("/etc/passwd")
    (work / ".gitattributes").write_text("* filter=evil\n")
    git("add", "-A")
    git("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x")
    git("push", "-q")
    before = tree(repository.root / "two")
    two = repository.open("two")
    sync.exchange(two)
    new = set(tree(repository.root / "two")) - set(before)
    assert new <= {f"devices/{workspace.store.device}/{name}" for name in ("2026-11.json", "device.json", ".lock")} | {
        f"devices/{two.store.device}/.lock"
    }
    assert "evil.sh" in contents(repository.place), "and takes nothing of theirs away"


def test_a_repository_of_something_else_is_left_alone(repository: Devices, tmp_path: Path) -> None:
    work = tmp_path / "work"
    subprocess.run(["git", "clone", "--quiet", str(repository.place), str(work)], check=True, capture_output=True)
    (work / "a").write_text("x")
    for words in (
        ("add", "a"),
        ("-c", "user.name=x", "-c", "user.email=x@x", "commit", "-qm", "x"),
        ("push", "-q", "origin", "HEAD:main"),
    ):
        subprocess.run(["git", "-C", str(work), *words], check=True, capture_output=True)
    with pytest.raises(Refused, match="other things"):
        repository.meet("one")


def test_git_that_reads_slowly_gets_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text('#!/bin/sh\ncase " $* " in *" cat "*) sleep 0.3; exec cat;; esac\n')
    (tmp_path / "git").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    much = b"x" * 1_000_000
    assert Git(tmp_path / "r", "there").run("cat", stdin=much, most=len(much)).out == much


def test_git_that_never_answers_is_given_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "git").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr("tracker.store.exchange.git.PATIENCE", 0.0)
    with pytest.raises(GitTrouble, match="does not answer"):
        GitRemote("https://h.invalid/x", tmp_path / "r")
