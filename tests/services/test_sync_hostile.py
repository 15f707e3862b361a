"""The exchange runs nothing of others and goes nowhere else, with real git; whatever lies at the other end."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.services.git_kit import arm, fake_ssh, git, plant, runs_everything, script, tip
from tests.services.sync_kit import CID, Devices, bare, begin, contents
from tracker.ledger.errors import Damaged, Refused
from tracker.services.commitments import lifecycle
from tracker.services.exchange import sync
from tracker.store.exchange.git import Git, GitTrouble
from tracker.store.exchange.git_login import settings_for
from tracker.store.exchange.git_remote import GitRemote

pytestmark = pytest.mark.usefixtures("plain_git")


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """Return a file that anything touches that should not have run."""
    (tmp_path / "evil").mkdir()
    return tmp_path / "evil" / "canary"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return a repository that nothing is to be sent to."""
    return bare(tmp_path / "elsewhere.git")


def _refs(place: Path) -> str:
    return subprocess.run(["git", "-C", str(place), "for-each-ref"], capture_output=True, check=False).stdout.decode()


def _by_ssh(devices: Devices, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a device exchange by way of the place as if it were on another computer."""
    monkeypatch.setenv("PATH", f"{fake_ssh(devices.root / 'bin').parent}:{os.environ['PATH']}")
    workspace = devices.open(name)
    sync.choose(workspace, f"ssh://h.invalid{devices.place}")
    sync.exchange(workspace, join=True)


def test_nothing_that_lies_at_the_other_end_is_run_or_followed(tmp_path: Path, canary: Path, elsewhere: Path) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    plant(devices.place, canary, elsewhere)
    begin(devices)
    for name in ("one", "two", "one"):
        sync.exchange(devices.log(name))
    assert not canary.exists()
    (devices.place / "config").write_text("[core]\n\tbare = true\n")
    git(devices.place, "fsck", "--strict")
    assert devices.export("one") == devices.export("two") and "store.json" in contents(devices.place)
    assert not _refs(elsewhere)


@pytest.mark.parametrize("address", ["path", "file", "ssh"])
def test_the_settings_of_the_user_run_and_redirect_nothing(
    tmp_path: Path, canary: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    arm(canary)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(runs_everything(canary, elsewhere))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(home / ".gitconfig"))
    for name in ("one", "two"):
        workspace = devices.open(name)
        if name == "one":
            lifecycle.add(workspace, CID)
        if address == "ssh":
            _by_ssh(devices, name, monkeypatch)
            continue
        sync.choose(workspace, str(devices.place) if address == "path" else f"file://{devices.place}")
        sync.exchange(workspace, join=True)
    for name in ("one", "two", "one"):
        sync.exchange(devices.log(name))
    assert not canary.exists() and not _refs(elsewhere)
    (home / ".gitconfig").unlink()
    monkeypatch.delenv("GIT_CONFIG_SYSTEM")
    assert "store.json" in contents(devices.place) and devices.export("one") == devices.export("two")


def test_by_ssh_it_arrives_as_by_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    lifecycle.add(devices.open("one"), CID)
    _by_ssh(devices, "one", monkeypatch)
    devices.meet("two")
    sync.exchange(devices.log("two", "from two"))
    done = sync.exchange(devices.log("one", "from one"))
    assert done.came and done.went
    sync.exchange(devices.open("two"))
    assert devices.export("one") == devices.export("two")
    assert not list((tmp_path / "one-state").rglob("sync-*"))


def test_how_the_user_logs_in_goes_on_working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bare(tmp_path / "any.git")
    home = tmp_path / "home"
    (home / "more").mkdir(parents=True)
    (home / ".gitconfig").write_text(
        '[include]\n path = more/settings\n[core]\n sshCommand = "ssh -i \\"a b\\" -F \'#;\'"\n editor = vi\n'
        '[credential "https://h.example/a\\"b"]\n helper = "!f() { echo x; }; f"\n useHttpPath\n'
        '[http]\n proxy = http://proxy.example\n followRedirects = true\n[remote "origin"]\n url = /x\n'
        '[url "/y"]\n insteadOf = https://\n[safe]\n directory = *\n[alias]\n status = !touch /x\n'
    )
    (home / "more" / "settings").write_text("[credential]\n helper =\n helper = store\n[ssh]\n variant = simple\n")
    its = Git(tmp_path / "work" / "repository", "there")
    its.run("init", "--bare", "--quiet", "--template=", "--", str(its.folder))
    its.settings.write_text(settings_for(its, "name", "https://me@h.example/ü"))
    listed = subprocess.run(
        ["git", "config", "--file", str(its.settings), "--list", "-z"], capture_output=True, check=True
    ).stdout.decode()
    # What the system that this runs on says of logging in comes between.
    assert listed.startswith("remote.name.url\nhttps://me@h.example/ü\0")
    assert listed.split("\0")[-9:] == [
        "credential.helper\n",
        "credential.helper\nstore",
        "ssh.variant\nsimple",
        "core.sshcommand\nssh -i \"a b\" -F '#;'",
        'credential.https://h.example/a"b.helper\n!f() { echo x; }; f',
        'credential.https://h.example/a"b.usehttppath',
        "http.proxy\nhttp://proxy.example",
        "http.followredirects\ntrue",
        "",
    ]


def test_the_ssh_of_the_user_is_the_one_that_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    home, used = tmp_path / "home", tmp_path / "used"
    home.mkdir()
    ssh = fake_ssh(tmp_path / "elsewhere")
    own = script(tmp_path / "own-ssh", f'touch {used}\nexec {ssh} "$@"')
    (home / ".gitconfig").write_text(f"[core]\n sshCommand = {own}\n")
    workspace = devices.open("one")
    lifecycle.add(workspace, CID)
    sync.choose(workspace, f"h.invalid:{devices.place}")
    assert sync.exchange(workspace).went and used.exists() and tip(devices.place)


def test_a_git_that_is_too_old_to_be_kept_apart_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "git", "echo git version 2.31.8")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(GitTrouble, match=r"too old .* 2\.32"):
        GitRemote("https://h.invalid/x", tmp_path / "r" / "repository")


@pytest.mark.parametrize("name", ["objects/pack", "objects/17", "refs", "refs/heads", "packed-refs", "config"])
def test_a_link_in_the_repository_is_named_and_not_followed(tmp_path: Path, name: str) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    begin(devices)
    inside, outside = devices.place / name, tmp_path / "outside"
    if inside.exists():
        inside.rename(outside)
    else:
        outside.mkdir()
    inside.symlink_to(outside)
    before = sorted(tmp_path.joinpath("outside").rglob("*"))
    with pytest.raises(Damaged, match=rf"{name} is a symbolic link"):
        sync.exchange(devices.log("one"))
    assert sorted(outside.rglob("*")) == before


@pytest.mark.parametrize("name", ["packed-refs", "refs/heads/toward", "objects/info/alternates", "config", "OBJECT"])
def test_a_pipe_in_the_repository_stalls_nothing(tmp_path: Path, name: str) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    begin(devices)
    name = name.replace("OBJECT", f"objects/{tip(devices.place)[:2]}/{tip(devices.place)[2:]}")
    (devices.place / name).unlink(missing_ok=True)
    os.mkfifo(devices.place / name)
    with pytest.raises(Refused, match=rf"{name} is not a plain file"):
        sync.exchange(devices.log("one"))


@pytest.mark.parametrize("way", ["path", "ssh"])
def test_a_lock_that_was_left_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    begin(devices)
    if way == "ssh":
        _by_ssh(devices, "one", monkeypatch)
    monkeypatch.setattr(Git, "pause", lambda _self: None)
    lock = devices.place / "refs" / "heads" / "toward.lock"
    lock.touch()
    with pytest.raises(Refused) as error:
        sync.exchange(devices.log("one"))
    assert f": {lock} is in the way" in error.value.message and "remove it" in error.value.message
    lock.unlink()
    assert sync.exchange(devices.open("one")).went


def test_a_repository_that_a_group_shares_stays_shared(tmp_path: Path) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    git(devices.place, "config", "core.sharedRepository", "group")
    begin(devices)
    assert (devices.place / "refs" / "heads" / "toward").stat().st_mode & 0o060 == 0o060


def test_another_kind_of_object_ids_is_read_and_written(tmp_path: Path) -> None:
    bare(tmp_path / "any.git")
    subprocess.run(
        ["git", "init", "--quiet", "--bare", "--object-format=sha256", str(tmp_path / "between.git")], check=True
    )
    devices = Devices(tmp_path, tmp_path / "between.git")
    begin(devices)
    for name in ("one", "two", "one"):
        sync.exchange(devices.log(name))
    assert devices.export("one") == devices.export("two") and len(tip(devices.place)) == 64


def test_many_small_exchanges_are_packed_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    monkeypatch.setattr("tracker.store.exchange.git_remote._MANY_LOOSE", -1)
    begin(devices)
    (devices.place / "objects" / "17").mkdir(exist_ok=True)
    sync.exchange(devices.log("one"))
    assert list((devices.place / "objects" / "pack").glob("*.pack"))
    sync.exchange(devices.open("two"))
    assert devices.export("one") == devices.export("two")
