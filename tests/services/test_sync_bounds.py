"""What comes in is bounded: a small repository that would take up all memory, time or disk is refused."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.git_kit import fake_ssh, git, rewrite, script, tip
from tests.services.sync_kit import Devices, bare, begin, contents
from tracker.ledger.errors import Damaged, Refused
from tracker.services.exchange import sync
from tracker.store.exchange import git as git_module
from tracker.store.exchange import git_files, places
from tracker.store.exchange.git import Git, GitTrouble
from tracker.store.exchange.git_remote import GitRemote
from tracker.store.limits import MOST_FILES

pytestmark = pytest.mark.usefixtures("plain_git")
FOREIGN = "devices/" + "e" * 32


@pytest.fixture(params=["path", "ssh"])
def devices(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Devices]:
    """Return devices that meet in a repository, at a path and by ssh; nothing may come of what is refused."""
    found = Devices(tmp_path, bare(tmp_path / "between.git"))
    begin(found)
    if request.param == "ssh":
        monkeypatch.setenv("PATH", f"{fake_ssh(tmp_path / 'bin').parent}:{os.environ['PATH']}")
        for name in ("one", "two"):
            sync.choose(found.open(name), f"ssh://h.invalid{found.place}")
    found.log("one")
    before = found.export("one"), tip(found.place)
    yield found
    assert found.export("one") == before[0], "nothing of it came in"


def _blob(place: Path, raw: bytes) -> str:
    return git(place, "hash-object", "-w", "--stdin", stdin=raw)


def _tree(place: Path, *entries: tuple[str, str, str]) -> str:
    listed = b"".join(
        f"{mode} {'tree' if mode == '040000' else 'blob'} {of}\t{name}\0".encode() for mode, of, name in entries
    )
    return git(place, "mktree", "-z", stdin=listed)


def _commit(place: Path, tree: str, message: str = "x") -> None:
    git(place, "update-ref", "refs/heads/toward", _committed(place, tree, message))


def _committed(place: Path, tree: str, message: str) -> str:
    author = ("-c", "user.name=x", "-c", "user.email=x@x")
    return git(place, *author, "commit-tree", tree, "-p", tip(place), stdin=message.encode())


def _refused(devices: Devices, match: str) -> None:
    start = time.monotonic()
    with pytest.raises((Refused, Damaged), match=match) as error:
        sync.exchange(devices.open("one"))
    assert "othing was exchanged" in error.value.message and "name another place" in error.value.message
    assert time.monotonic() - start < 30


def test_one_file_under_more_names_than_a_store_has_files(devices: Devices) -> None:
    blob = _blob(devices.place, b"{}")
    months = [("100644", blob, f"2026-11.{number:06}.json") for number in range(MOST_FILES + 1)]
    devices_tree = _tree(devices.place, ("040000", _tree(devices.place, *months), "e" * 32))
    marker = _blob(devices.place, contents(devices.place)["store.json"])
    _commit(devices.place, _tree(devices.place, ("040000", devices_tree, "devices"), ("100644", marker, "store.json")))
    _refused(devices, r"more than any store: at most 500 devices, 10,000 files and 128 MB")


def test_one_large_file_under_many_names(devices: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_files, "MOST_TOGETHER", 5_000_000)
    blob = _blob(devices.place, bytes(1_000_000))
    rewrite(devices.place, *(f"M 100644 {blob} {FOREIGN}/2026-11.{number}.json" for number in range(12)))
    _refused(devices, "more than any store")


def test_a_file_of_zeros_that_is_a_thousand_times_larger_than_it_seems_is_left(
    devices: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_files, "MOST_BYTES", 4_000_000)
    raw = bytes(5_000_000)
    rewrite(devices.place, f"M 100644 inline {FOREIGN}/2026-11.json\ndata {len(raw)}", raw, b"\n")
    done = sync.exchange(devices.open("one"))
    assert done.notes == (
        f"{FOREIGN}/2026-11.json is too large to be one of ours: 5.0 MB, and at most 4.0 MB are read, so it was left.",
    )
    assert done.went and not (devices.root / "one" / FOREIGN).exists()
    assert git(devices.place, "cat-file", "-s", f"toward:{FOREIGN}/2026-11.json") == str(len(raw)), "and stays there"


def test_a_tree_in_a_tree_in_a_tree_is_not_walked(devices: Devices) -> None:
    place = devices.place
    tree = _tree(place, ("100644", _blob(place, b"x"), "x.json"))
    for _ in range(40):
        tree = _tree(place, *(("040000", tree, f"{number}") for number in range(10)))
    entries = [line.split(maxsplit=2) for line in git(place, "ls-tree", "toward").splitlines()]
    kept = [(mode, rest.split("\t")[0], rest.split("\t")[1]) for mode, _, rest in entries]
    _commit(place, _tree(place, *kept, ("040000", tree, "deep")))
    done = sync.exchange(devices.open("one"))
    assert done.went and not done.came


def test_a_folder_with_more_names_than_can_be_listed(devices: Devices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_files, "_MOST_LISTED", 100_000)
    blob = _blob(devices.place, b"x")
    _commit(devices.place, _tree(devices.place, *(("100644", blob, f"{number:05}") for number in range(5_000))))
    _refused(devices, "more than any store")


def test_more_devices_than_anybody_has(devices: Devices) -> None:
    blob = _blob(devices.place, b"{}")
    folder = _tree(devices.place, ("100644", blob, "2026-11.json"))
    many = _tree(devices.place, *(("040000", folder, f"{number:032x}") for number in range(501)))
    _commit(devices.place, _tree(devices.place, ("040000", many, "devices")))
    _refused(devices, "more than any store")


def test_a_message_larger_than_any(devices: Devices) -> None:
    _commit(devices.place, git(devices.place, "rev-parse", "toward^{tree}"), "x" * 1_100_000)
    _refused(devices, "more than any store")


def test_a_plain_folder_is_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stick").mkdir()
    devices = Devices(tmp_path, tmp_path / "stick")
    begin(devices)
    foreign = devices.place / FOREIGN
    foreign.mkdir()
    with (foreign / "2026-11.json").open("wb") as file:
        file.truncate(8_000_000_000)
    done = sync.exchange(devices.log("one"))
    assert done.went and done.notes == (
        f"{FOREIGN}/2026-11.json is too large to be one of ours: 8.0 GB, and at most 64 MB are read, so it was left.",
    )
    os.truncate(foreign / "2026-11.json", 100)
    for limit in ("MOST_FOLDERS", "MOST_FILES", "MOST_TOGETHER"):
        with monkeypatch.context() as patch:
            patch.setattr(places, limit, 1)
            _refused(devices, "more than any store")
    (devices.place / "identity.age").symlink_to("/dev/zero")
    with pytest.raises(Damaged, match=r"identity\.age is a symbolic link\. Nothing was exchanged"):
        sync.exchange(devices.open("one"))


@pytest.mark.parametrize("planted", ["devices", FOREIGN])
def test_no_folder_is_made_through_a_link_at_the_place(tmp_path: Path, planted: str) -> None:
    stick, outside = tmp_path / "stick", tmp_path / "outside"
    stick.mkdir()
    outside.mkdir()
    devices = Devices(tmp_path, stick)
    (stick / planted).parent.mkdir(exist_ok=True)
    (stick / planted).symlink_to(outside)
    from tracker.services.commitments import lifecycle

    lifecycle.add(devices.open("one"), "s4.reachable")
    sync.choose(devices.open("one"), str(stick))
    if planted == "devices":
        with pytest.raises(Damaged, match="devices is a symbolic link"):
            sync.exchange(devices.open("one"))
    else:
        assert f"{FOREIGN} is a symbolic link, so it was left." in sync.exchange(devices.open("one")).notes
    assert not list(outside.iterdir())


def test_a_name_as_long_as_a_name_may_be_comes_and_goes(devices: Devices) -> None:
    one = devices.open("one")
    month = one.data / "devices" / one.store.device / "2026-11.json"
    sync.exchange(one)
    for folder, name in (("f" * 255, "2026-11.json"), ("f" * 32, f"2026-11{'x' * 243}.json")):
        rewrite(
            devices.place,
            f"M 100644 inline devices/{folder}/{name}\ndata {month.stat().st_size}",
            month.read_bytes(),
            b"\n",
        )
    sync.exchange(devices.open("two"))
    assert (devices.root / "two" / "devices" / ("f" * 255) / "2026-11.json").read_bytes() == month.read_bytes()
    assert devices.open("two").warnings == ()


@pytest.mark.parametrize(
    ("bound", "value", "said"),
    [
        ("MOST_WRITTEN", 400_000, "larger than the 200 MB"),
        ("MOST_MEMORY", 24_000_000, "more than the 512 MB of memory"),
    ],
)
def test_what_a_server_sends_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int, said: str
) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    begin(devices)
    if bound == "MOST_WRITTEN":
        large = os.urandom(900_000)
        rewrite(devices.place, f"M 100644 inline x\ndata {len(large)}", large, b"\n")
    else:
        _commit(devices.place, git(devices.place, "rev-parse", "toward^{tree}"), "x" * 40_000_000)
    monkeypatch.setenv("PATH", f"{fake_ssh(tmp_path / 'bin').parent}:{os.environ['PATH']}")
    sync.choose(devices.open("one"), f"ssh://h.invalid{devices.place}")
    monkeypatch.setattr(git_module, bound, value)
    # The server has what memory it likes; the bounds are for what runs here.
    (tmp_path / "bin" / "ssh").write_text((tmp_path / "bin" / "ssh").read_text().replace("env -i", "exec env -i"))
    _refused(devices, said)


def test_what_git_would_never_make_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    begin(devices)
    blob = bytes.fromhex(_blob(devices.place, b"x"))
    odd = b"".join(b"100644 .git\0" + blob for _ in range(2))
    _commit(devices.place, git(devices.place, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=odd))
    monkeypatch.setenv("PATH", f"{fake_ssh(tmp_path / 'bin').parent}:{os.environ['PATH']}")
    sync.choose(devices.open("one"), f"ssh://h.invalid{devices.place}")
    _refused(devices, "not as git makes it")


def test_a_git_that_computes_for_ever_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "git", 'case " $* " in *" fetch "*) while :; do :; done;; esac; exec /usr/bin/git "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(git_module, "MOST_COMPUTING", 1)
    with pytest.raises(GitTrouble, match="git has computed for 30 s"):
        GitRemote("https://h.invalid/x", tmp_path / "r" / "repository").fetch()


@pytest.mark.parametrize(
    "what",
    ["while :; do echo xxxxxxxxxxxxxxxxxxxxxxxx; done", "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx >&2; done"],
)
def test_a_git_that_says_something_for_ever_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    script(tmp_path / "git", what)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(GitTrouble, match="sends more than any store holds"):
        Git(tmp_path / "r" / "repository", "there").run("x", most=10_000)


@pytest.mark.parametrize("limit", ["PATIENCE", "LONGEST"])
def test_a_git_that_trickles_is_ended_though_it_is_never_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    script(tmp_path / "git", "trap '' TERM; while :; do echo x; sleep 0.02; done")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(git_module, limit, 0.3)
    monkeypatch.setattr(git_module, "_GRACE", 0.1)
    start = time.monotonic()
    with pytest.raises(GitTrouble, match="takes too long"):
        Git(tmp_path / "r" / "repository", "there").run("x")
    assert time.monotonic() - start < 10


def test_what_is_not_what_it_says_is_not_taken(tmp_path: Path) -> None:
    devices = Devices(tmp_path, bare(tmp_path / "between.git"))
    begin(devices)
    name = f"objects/{git(devices.place, 'rev-parse', 'toward:store.json')}"
    path = devices.place / f"{name[:10]}/{name[10:]}"
    other = subprocess.run(
        ["git", "-C", str(devices.place), "rev-parse", "toward:.gitignore"], capture_output=True, check=True
    ).stdout.decode()
    path.chmod(0o600)
    path.write_bytes((devices.place / "objects" / other[:2] / other[2:].strip()).read_bytes())
    with pytest.raises(Refused, match="the repository there is damaged"):
        sync.exchange(devices.log("one"))
