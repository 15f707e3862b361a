"""Repositories and settings of somebody else that would like to run something, take up everything, or lead astray."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

HOOKS = (
    "applypatch-msg",
    "fsmonitor-watchman",
    "post-checkout",
    "post-index-change",
    "post-receive",
    "post-rewrite",
    "post-update",
    "pre-auto-gc",
    "pre-push",
    "pre-receive",
    "proc-receive",
    "push-to-checkout",
    "reference-transaction",
    "update",
)


def script(path: Path, text: str) -> Path:
    """Make a program of the shell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o700)
    return path


def git(place: Path, *words: str, stdin: bytes = b"") -> str:
    """Run git in a repository, as its owner would, and return what it says."""
    done = subprocess.run(["git", "-C", str(place), *words], input=stdin, capture_output=True, check=True)
    return done.stdout.decode().strip()


def runs_everything(canary: Path, elsewhere: Path) -> str:
    """Return settings each of which lets git run a program that touches `canary`, or go to `elsewhere`."""
    run = f"touch {canary};:"
    return f"""
[core]
    hooksPath = {canary.parent}/hooks
    fsmonitor = {canary.parent}/run
    alternateRefsCommand = {canary.parent}/run
    pager = {canary.parent}/run
    editor = {canary.parent}/run
    gitProxy = {canary.parent}/run
    askPass = {canary.parent}/run
    attributesFile = {canary.parent}/attributes
[uploadpack]
    packObjectsHook = {canary.parent}/run
    allowFilter = true
[receive]
    denyCurrentBranch = updateInstead
    procReceiveRefs = refs
    autogc = true
[gc]
    auto = 1
    autoDetach = false
    recentObjectsHook = {canary.parent}/run
[maintenance]
    auto = true
[push]
    gpgSign = true
[commit]
    gpgSign = true
[gpg]
    program = {canary.parent}/run
[filter "evil"]
    clean = {run}
    smudge = {run}
    process = {run}
    required = true
[diff]
    external = {canary.parent}/run
[init]
    templateDir = {canary.parent}/template
[remote "origin"]
    url = {elsewhere}
    pushurl = {elsewhere}
    uploadpack = {canary.parent}/run
    receivepack = {canary.parent}/run
    promisor = true
[remote]
    pushDefault = origin
[extensions]
    partialClone = origin
[url "{elsewhere}"]
    insteadOf = /
    insteadOf = ssh://
    pushInsteadOf = /
    pushInsteadOf = ssh://
[transfer]
    hideRefs = refs
[credential]
    helper = "!{run}"
[protocol]
    allow = always
[protocol "ext"]
    allow = always
[trace2]
    normalTarget = {canary}
    eventTarget = {canary}
"""


def arm(canary: Path) -> None:
    """Put the programs, hooks and templates there that `runs_everything` names."""
    script(canary.parent / "run", f'touch {canary}\nexec "$@"')
    for name in HOOKS:
        for folder in ("hooks", "template/hooks"):
            script(canary.parent / folder / name, f"touch {canary}")
    (canary.parent / "attributes").write_text("* filter=evil\n")


def plant(place: Path, canary: Path, elsewhere: Path) -> None:
    """Let a bare repository run and redirect all that a repository can."""
    arm(canary)
    (place / "config").write_text(f"{(place / 'config').read_text()}{runs_everything(canary, elsewhere)}")
    for name in HOOKS:
        script(place / "hooks" / name, f"touch {canary}")
    other = canary.parent / "alternate.git"
    git(canary.parent, "init", "--quiet", "--bare", str(other))
    with (place / "objects" / "info" / "alternates").open("a") as file:
        file.write(f"{other}/objects\n")
    (place / "info" / "attributes").write_text("* filter=evil\n")


def fake_ssh(folder: Path) -> Path:
    """Make an `ssh` that asks no other computer: the command for it is run here, with the settings of a server."""
    server = folder / "server-home"
    server.mkdir(parents=True, exist_ok=True)
    return script(
        folder / "ssh",
        'while [ "${1#-}" != "$1" ]; do [ "$1" = -o ] && shift; shift; done; shift\n'
        f'env -i PATH=/usr/bin:/bin HOME={server} ${{GIT_PROTOCOL:+GIT_PROTOCOL=$GIT_PROTOCOL}} sh -c "$*"',
    )


def tip(place: Path) -> str:
    """Return the newest commit of the store in a repository."""
    return git(place, "rev-parse", "toward")


def rewrite(place: Path, *lines: bytes | str) -> None:
    """Put a commit on the branch of the store, whose parent is the newest one, as fast-import is told."""
    text = b"".join(each if isinstance(each, bytes) else f"{each}\n".encode() for each in lines)
    head = f"commit refs/heads/toward\ncommitter x <x@x> now\ndata 1\nx\nfrom {tip(place)}\n".encode()
    git(place, "fast-import", "--quiet", "--force", "--date-format=now", stdin=head + text)


def peak(process_pid: int) -> int:
    """Return the most memory, in bytes, that a process had, 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{process_pid}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def environment_of(home: Path) -> dict[str, str]:
    """Return the environment of somebody whose settings lie in `home`."""
    return {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
