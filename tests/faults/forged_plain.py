"""Attacks on a plain store, on the exchange, and by files that somebody gives: by anybody who can write there."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.faults.forging import MOMENT, STRANGER, Attack, Home, event, orders, short, table

FAR = 2**52 - 2


def orders_from_elsewhere(a: Attack) -> None:
    """a stranger's file orders everything to be purged: asked about once, backups untouched, and refused"""
    shelf = a.home.shelf()
    own = {path: path.read_bytes() for path in a.home.own.iterdir()}
    a.home.plant(STRANGER, [orders(a.keys)])
    a.told(a.home.sh("today"), "incoming")
    a.shown("answer: i")
    a.must(a.home.shelf()[: len(shelf)] == shelf, "backups were touched before anybody answered")
    a.home.sh("done", "reply", "--day", "2026-11-21")
    a.home.sh("undo")
    a.must(a.home.shelf()[: len(shelf)] == shelf, "backups were touched by the next change")
    a.must(all(raw in path.read_bytes() or path.exists() for path, raw in own.items()), "own files were touched")
    a.told(a.home.sh("doctor"), "incoming|asks|order", code=5)
    a.told(a.home.sh("incoming"), STRANGER[:8])
    a.told(a.home.sh("incoming", "refuse", "--yes"), code=0)
    _all_there(a)
    a.must("incoming" not in a.home.sh("today").text, "it is asked about again")


def everything_deleted(a: Attack) -> None:
    """a stranger's file deletes every entry: asked about once, and taken back"""
    shelf, held = a.home.shelf(), _values(a)
    a.home.plant(STRANGER, [event(key, None, t=MOMENT + 10**6, prev=None) for key in a.keys])
    a.told(a.home.sh("today"), "incoming")
    a.shown("answer: i")
    a.must(a.home.shelf()[: len(shelf)] == shelf, "backups were touched before anybody answered")
    a.told(a.home.sh("incoming", "refuse", "--yes"), code=0)
    a.told(a.home.sh("today"), "✔|■|●|2|Reply", code=0)
    values = _values(a)
    a.must(held <= values, f"not all came back: {sorted(held - values)}")


def far_in_the_future(a: Attack) -> None:
    """an event is dated at the end of all calendars, so that its key could never be written again"""
    day = "check|s4.reachable|2026-11-25"
    key = next((key for key in a.keys if key.endswith("2026-11-25") and "reachable" in key), day)
    a.home.plant(STRANGER, [event(key, None, t=FAR), event("commitment|s4.reachable", None, t=FAR)])
    a.told(a.home.sh("done", "reply"), code=0)
    a.told(a.home.sh("today"), "Reply", code=0)
    a.told(a.home.sh("doctor"), "future|range|dated|set aside", code=5)
    a.shown("Reply")


def our_id_in_a_foreign_folder(a: Attack) -> None:
    """an event in a foreign folder bears our own device id, and a huge number"""
    device = a.home.own.name
    forged = event("check|s4.reachable|2026-11-19", {"done": 1}, device, n=2**40, t=MOMENT + 10**6)
    a.home.plant(STRANGER, [forged])
    a.told(a.home.sh("done", "reply", "--day", "2026-11-20"), code=0)
    a.told(a.home.sh("undo"), "20", code=0)
    said = a.home.sh("doctor")
    a.must("Two computers" not in said.text, f"two computers: {short(said)}")
    a.told(said, STRANGER[:8], code=5)
    a.shown("Reply")
    _all_there(a)


def odd_values(a: Attack) -> None:
    """entries hold what no entry holds: numbers for lists, a thousand levels, texts of a million letters"""
    deep: object = 1
    for _ in range(400):
        deep = [deep]
    values: tuple[object, ...] = (7, "x", [1], {"events": 7}, {"keys": 5}, {"plans": 3}, {"done": []}, {"text": deep})
    kinds = ("check", "note", "commitment", "import", "purge", "review", "setting", "session", "pause", "plan")
    keys = [f"{kind}|s4.reachable|2026-11-24" for kind in kinds] + [f"{kind}|x" for kind in kinds] + a.keys
    forged = [
        event(key, value if isinstance(value, dict) else {"value": value, "private": value}, t=MOMENT - 10**9)
        for key in keys
        for value in values
    ]
    a.home.plant(STRANGER, [*forged, event("note|s4.reachable|2026-11-24", {"text": "y" * 10**6}, t=1)])
    for words in ("today", "streaks", "history", "doctor", "undo", "list", "show reply", "review"):
        said = a.home.sh(*words.split())
        a.told(said)
        a.must(said.code >= 0, f"{words}: {short(said)}")
    a.shown("Reply")


def plans_without_end(a: Attack) -> None:
    """sixty daily plans begin in the year 1, and one has every minute of the day"""
    value = next(each["v"] for each in map(json.loads, a.before) if each["key"] == "commitment|s4.reachable")
    forged = []
    for number in range(60):
        forged.append(event(f"commitment|own.{number}", value | {"title": f"forged {number}"}))
        schedule = {"schedule": "daily", "target": 1}
        forged.append(event(f"plan|own.{number}|0001-01-01", schedule))
    a.home.plant(STRANGER, forged)
    begun = time.monotonic()
    for words in (("today",), ("streaks",), ("doctor",)):
        a.told(a.home.sh(*words, patience=30))
    a.must(time.monotonic() - begun < 20, f"it took {time.monotonic() - begun:.0f} seconds to look")
    a.shown("Reply")


def locked_by_a_stranger(a: Attack) -> None:
    """a store.json that says encrypted, with a key of a stranger, is put over a plain store"""
    marker = (a.home.data / "store.json").read_bytes()
    other = Home(a.home.root / "other", sealed=False)
    other.root.mkdir()
    other.sh("add", "s4.reachable")
    other.sh("encrypt", "--passphrase-fd", "0", "--yes", stdin="one of an attacker\n")
    for name in ("store.json", "identity.age"):
        shutil.copy(other.data / name, a.home.data / name)
    ours = json.loads(marker)["store"]
    a.home.marker({"store": ours})
    said = a.home.sh("today")
    a.must(said.code in (5, 6), f"opened, or a crash: {short(said)}")
    a.told(a.home.sh("doctor"), "encrypted|lock")
    a.told(a.home.sh("doctor", "--repair", "--yes"))
    a.shown("Reply")
    for name in ("identity.age",):
        (a.home.data / name).unlink(missing_ok=True)
    a.restored(lambda: (a.home.data / "store.json").write_bytes(marker))


def import_that_purges(a: Attack) -> None:
    """a file to import orders everything to be purged, or deletes it"""
    document = json.loads(a.home.sh("export", "--json", "--private").out)
    forged = [orders(a.keys), *(event(key, None, t=MOMENT + 10**6) for key in a.keys)]
    path = a.home.root / "gift.json"
    path.write_text(json.dumps(document | {"events": forged}))
    shelf = a.home.shelf()
    a.told(a.home.sh("import", str(path)), "Nothing new|Imported", code=0)
    a.must(a.home.shelf()[: len(shelf)] == shelf, "backups were touched")
    a.home.sh("undo")
    _all_there(a)
    a.shown("Reply")


def restore_that_purges(a: Attack) -> None:
    """a folder to restore from orders everything to be purged"""
    gift = a.home.root / "gift"
    shutil.copytree(a.home.data, gift)
    (gift / "devices" / STRANGER).mkdir()
    (gift / "devices" / STRANGER / "2026-11.json").write_bytes(table([orders(a.keys)]))
    shelf = a.home.shelf()
    a.told(a.home.sh("restore", str(gift), "--yes"))
    a.home.sh("done", "reply", "--day", "2026-11-20")
    a.home.sh("undo")
    a.must(a.home.shelf()[: len(shelf)] == shelf, "backups were touched")
    _all_there(a)
    a.shown("Reply")


def links(a: Attack) -> None:
    """links lie where folders should: at the sync place, for the backups, for a device's folder"""
    outside = a.home.root / "outside"
    outside.mkdir()
    place = a.home.root / "place"
    place.mkdir()
    (place / "devices").symlink_to(outside)
    a.home.sh("sync", "--set", str(place))
    a.told(a.home.sh("sync"), "link")
    a.must(not list(outside.iterdir()), "something was made through the link")
    (a.home.devices / STRANGER).symlink_to(outside)
    a.told(a.home.sh("today"), "link", code=0)
    (a.home.state / "backups").rename(a.home.root / "kept")
    (a.home.state / "backups").symlink_to(outside)
    a.told(a.home.sh("backup"), "link")
    a.must(not list(outside.iterdir()), "a backup went through the link")
    a.told(a.home.sh("doctor"), "link", code=5)
    a.shown("Reply")


def large_files(a: Attack) -> None:
    """a month file, store.json and device.json of eight gigabytes that hold nothing"""
    (a.home.devices / STRANGER).mkdir()
    for path in (a.home.devices / STRANGER / "2026-11.json", a.home.devices / STRANGER / "device.json"):
        with path.open("wb") as file:
            file.truncate(8 * 2**30)
    a.told(a.home.sh("today"), "2026-11.json.*(large|bytes|GB|MB)", code=0)
    a.told(a.home.sh("doctor"), "2026-11.json", code=5)
    a.shown("Reply")
    marker = (a.home.data / "store.json").read_bytes()
    with (a.home.data / "store.json").open("wb") as file:
        file.truncate(8 * 2**30)
    a.told(a.home.sh("today"), "store.json", code=5)
    (a.home.data / "store.json").unlink()
    shutil.rmtree(a.home.devices / STRANGER)
    a.restored(lambda: (a.home.data / "store.json").write_bytes(marker))


def hooks_at_the_other_end(a: Attack) -> None:
    """a repository at a path has hooks, and settings that run programs; so has the person's own git configuration"""
    place, canary, elsewhere = (a.home.root / name for name in ("between.git", "canary", "elsewhere.git"))
    for bare in (place, elsewhere):
        subprocess.run(["git", "init", "--quiet", "--bare", str(bare)], check=True)
    script = f"#!/bin/sh\ntouch {canary}\nexit 0\n"
    run = a.home.root / "run.sh"
    run.write_text(script)
    run.chmod(0o755)
    for hook in ("pre-receive", "update", "post-receive", "post-update", "reference-transaction", "proc-receive"):
        shutil.copy(run, place / "hooks" / hook)
    for name in ("core.alternateRefsCommand", "core.fsmonitor", "uploadpack.packObjectsHook", "core.sshCommand"):
        subprocess.run(["git", "--git-dir", str(place), "config", name, str(run)], check=True)
    config = a.home.root / "home" / ".gitconfig"
    lines = "".join(
        f'[remote "{name}"]\n\turl = {elsewhere}\n\tpushurl = {elsewhere}\n' for name in ("origin", "toward")
    )
    config.write_text(f"{lines}[core]\n\thooksPath = {place / 'hooks'}\n\tfsmonitor = {run}\n")
    a.told(a.home.sh("sync", "--set", str(place)), code=0)
    for _ in range(2):
        a.told(a.home.sh("sync"), code=0)
    a.must(not canary.exists(), "a program at the other end was run")
    a.must(_branch(place) and not _branch(elsewhere), "the exchange was led to another place")
    a.shown("Reply")


def _branch(bare: Path) -> bool:
    command = ["git", "--git-dir", str(bare), "rev-parse", "--verify", "--quiet", "refs/heads/toward"]
    return not subprocess.run(command, check=False, capture_output=True).returncode


def bomb(a: Attack) -> None:
    """a small repository holds files that grow to gigabytes"""
    place = a.home.root / "between.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(place)], check=True)
    size = 60 * 2**20
    lines = [b"blob\nmark :1\ndata %d\n" % size, b"\0" * size, b"\ncommit refs/heads/toward\ncommitter a <a@b> now\n"]
    lines.append(b"data 1\nx")
    lines += [b"\nM 100644 :1 devices/%032x/2026-11.json" % number for number in range(200)]
    command = ["git", "--git-dir", str(place), "fast-import", "--quiet", "--date-format=now"]
    subprocess.run(command, input=b"".join(lines) + b"\n", check=True)
    a.home.sh("sync", "--set", str(place))
    begun = time.monotonic()
    said = a.home.sh("sync", "--join", patience=90)
    a.must(said.code > 0, f"it was taken: {short(said)}")
    a.told(said, "large|more than|too many|limit")
    a.must(time.monotonic() - begun < 30, f"it took {time.monotonic() - begun:.0f} seconds to refuse")
    a.whole()


def shut_folder(a: Attack) -> None:
    """a month of our own cannot be read, and then the whole folder"""
    import os

    path = next(iter(a.home.own.glob("2026-11.json")))
    mode = path.stat().st_mode
    if not os.geteuid():
        # To root every file is open: it becomes a folder, which nobody can read as a file.
        kept = path.rename(path.with_name("kept"))
        path.mkdir()
    else:
        path.chmod(0)
    said = a.home.sh("today")
    a.told(said, "2026-11.json")
    a.must("There are no commitments yet" not in said.text, "it says that there are no commitments")
    a.shown("2026-11.json")
    if not os.geteuid():
        path.rmdir()
        kept.rename(path)
    else:
        path.chmod(mode)
        a.home.data.chmod(0)
        said = a.home.sh("today")
        a.told(said, str(a.home.data), code=5)
        a.must("Nothing was saved" not in said.text, "of a look it says that nothing was saved")
        a.home.data.chmod(0o700)
    a.whole()


def _values(a: Attack) -> set[str]:
    """Return the keys whose newest version holds something."""
    newest: dict[str, dict[str, Any]] = {}
    for each in sorted(map(json.loads, a.home.entries()), key=lambda each: (each["t"], each["id"])):
        newest[each["key"]] = each
    return {key for key, each in newest.items() if each["v"] is not None}


def _all_there(a: Attack) -> None:
    """Note what is gone of what there was; undo and answers may have added to it."""
    now = a.home.entries()
    a.must(set(a.before) <= set(now), f"gone: {sorted(set(a.before) - set(now))[:2]}")


ATTACKS = (
    orders_from_elsewhere,
    everything_deleted,
    far_in_the_future,
    our_id_in_a_foreign_folder,
    odd_values,
    plans_without_end,
    locked_by_a_stranger,
    import_that_purges,
    restore_that_purges,
    links,
    large_files,
    hooks_at_the_other_end,
    bomb,
    shut_folder,
)
