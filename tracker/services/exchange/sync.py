"""Exchange with other devices, by way of a git repository or a plain folder; nobody's server, nothing shrinks."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tracker.domain.text.clean import one_line
from tracker.ledger.errors import BadInput, Locked, Refused
from tracker.ledger.open_folder import in_plain_words
from tracker.ledger.workspace import Workspace
from tracker.services.change import Change
from tracker.services.history.versions import device_name
from tracker.services.quantities import count
from tracker.store.crypto.vault import IDENTITY, StoreKey
from tracker.store.encryption.identity_file import read_identity
from tracker.store.encryption.unlocking import as_of, is_proven, opens_marker
from tracker.store.errors import StoreDamaged, StoreFromTheFuture, reason_of, write_failed
from tracker.store.events import text_in
from tracker.store.exchange import remote
from tracker.store.exchange.address import shown as without_password
from tracker.store.exchange.places import Folder
from tracker.store.exchange.remote import Place, Remote
from tracker.store.exchange.union import Lack, Reader, Step, lacking, superseded
from tracker.store.files import exclusive, read_plain
from tracker.store.identity import identity
from tracker.store.identity.identity import MARKER, ON, Marker, parse_marker, write_sync_ignores
from tracker.store.identity.memory import learn, read_known
from tracker.store.log.housekeeping import clear_away
from tracker.store.log.shards import open_shard

TURNS = 6
"""How often it is tried again when other devices send at the same moment."""
_NO_SUCH_NAME = (errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many events of a device and month came or went."""

    device: str
    name: str
    month: str
    events: int


@dataclass(frozen=True, slots=True)
class Synced:
    """What an exchange did, or would do where it was only asked."""

    kind: str
    where: str
    came: tuple[Moved, ...]
    went: tuple[Moved, ...]
    waiting: tuple[str, ...]
    joined: bool
    why: Mapping[str, str]
    """Why each of those that wait was left, where more is known than that it could not be read whole."""

    @property
    def summary(self) -> str:
        """Return what was done in one sentence."""
        came, went = (sum(each.events for each in moved) for moved in (self.came, self.went))
        if not came and not went:
            return "Nothing new on either side."
        return f"{count(came, 'change')} came in, {count(went, 'change')} went out."

    @property
    def notes(self) -> tuple[str, ...]:
        """Return for each file that waits a sentence that says why."""
        return tuple(
            f"{name} {self.why[name]}, so it was left."
            if name in self.why
            else f"{name} could not be read whole, so it was left for the next time."
            for name in self.waiting
        )


def chosen(workspace: Workspace) -> Remote | None:
    """Return the place that this data folder exchanges with, or None."""
    return remote.remembered(workspace.state)


def choose(workspace: Workspace, text: str) -> Change:
    """Remember a place to exchange with. Raises BadInput where the text names none."""
    try:
        named = remote.read_remote(text.strip(), workspace.data, workspace.state)
    except remote.NoRemote as error:
        raise BadInput(f"'{without_password(one_line(text))}' {error}.") from None
    before = chosen(workspace)
    if before is not None and (before.kind, before.where) == (named.kind, named.where):
        return Change((f"{named.shown} is the place already.",), changed=False)
    try:
        remote.remember(workspace.state, named)
    except OSError as error:
        raise Refused(write_failed(workspace.state, error).message) from None
    what = "repository" if named.kind == "git" else "folder"
    return Change((f"This device exchanges by way of the {what} {named.shown}.",))


def forget(workspace: Workspace) -> Change:
    """Remember no place any more; what lies there stays."""
    before = chosen(workspace)
    if before is None:
        return Change(("No place to exchange with is set.",), changed=False)
    try:
        remote.forget(workspace.state)
    except OSError as error:
        raise Refused(write_failed(workspace.state, error).message) from None
    return Change((f"{before.shown} is forgotten here. What lies there stays.",))


def exchange(
    workspace: Workspace,
    *,
    join: bool = False,
    say: Say = lambda _: None,
    stopped: threading.Event | None = None,
) -> Synced:
    """Take in what other devices left at the place, and leave what is new here.

    Raises TowardError; whatever was done until then is whole, and it can be repeated.
    """
    named = _named(workspace)
    came: list[Step] = []
    with in_plain_words(), _finished(named), exclusive(workspace.state, 0.1):
        workspace.store.make()
        say(f"Asking {named.shown}…")
        with remote.opened(named, workspace.state, stopped) as place:
            for _ in range(TURNS):
                there = place.fetch()
                marker, joined = _agreed(workspace, named, place, there, join)
                say("Taking in what is new…")
                taken = _take(workspace, marker, there)
                came += taken.steps
                say("Sending what is new…")
                given = _give(workspace, marker, place, there)
                if place.send():
                    break
            else:
                raise Refused("Other devices were quicker each time. Nothing is lost; try again in a moment.")
        remote.remember(workspace.state, Remote(named.kind, named.where, met=True))
        left = {**place.left, **taken.left, **given.left}
    return _told(workspace, named, there, came, given.steps, (*taken.waiting, *given.waiting), joined, left)


def preview(workspace: Workspace, *, join: bool = False, stopped: threading.Event | None = None) -> Synced:
    """Return what an exchange would do, and change nothing. Raises TowardError."""
    named = _named(workspace)
    with in_plain_words(), _finished(named), remote.opened(named, workspace.state, stopped, writing=False) as place:
        data = Folder(workspace.data)
        there, here = place.fetch(), data.fetch() if workspace.store.made else {}
        _, joined = _agreed(workspace, named, place, there, join, dry=True)
        comes = lacking(there, here, workspace.store.device, _reader(workspace))
        goes = lacking(here, there, "", _reader(workspace))
        left = {**place.left, **data.left}
    return _told(workspace, named, there, comes.steps, goes.steps, (*comes.waiting, *goes.waiting), joined, left)


def _named(workspace: Workspace) -> Remote:
    named = chosen(workspace)
    if named is None:
        raise Refused("No place to exchange with is set. Name a git repository or a folder: toward sync --set REMOTE")
    return named


@contextmanager
def _finished(named: Remote) -> Iterator[None]:
    """Turn what a disk refuses halfway into a sentence that says where."""
    try:
        yield
    except OSError as error:
        reason = reason_of(error)
        raise Refused(
            f"The exchange with {named.shown} is not finished: {reason}. "
            "Nothing is lost; once that is put right, toward sync goes on."
        ) from None


def _agreed(
    workspace: Workspace, named: Remote, place: Place, there: Mapping[str, bytes], join: bool, *, dry: bool = False
) -> tuple[Marker, bool]:
    """Return what store.json is to say on both sides, and whether two stores become one; `dry` changes nothing.

    Raises Refused, or Locked where a lock came in, or would.
    """
    identity.refuse_missing_marker(workspace.data, workspace.state)
    mine = workspace.store.marker
    if MARKER not in there:
        if named.met:
            raise Refused(
                f"{place.where} is empty or not mounted: something was exchanged there before, and its {MARKER} is "
                "gone. Nothing was changed. To fill it anew: toward sync --forget, then toward sync --set REMOTE"
            )
        if there or place.is_foreign():
            raise Refused(f"{place.where} holds other things and no store. Name a folder or repository of its own.")
        return mine, False
    theirs = parse_marker(there[MARKER], f"The {MARKER} in {place.where}", "Put it back from another device.")
    if theirs.format > identity.ENCRYPTED_FORMAT:
        raise StoreFromTheFuture(f"A newer version of Toward has written to {place.where}. Update Toward to exchange.")
    if not mine.ids & theirs.ids and not join and workspace.is_new:
        raise Refused(f"{place.where} holds a store. To take part in it with this device: toward sync --join")
    if mine.encryption or theirs.encryption:
        return _agreed_on_the_lock(workspace, mine, theirs, place, there, join, dry), False
    if mine.ids & theirs.ids:
        return mine.joined(theirs), False
    if not join:
        raise Refused(
            f"{place.where} holds another store than this one, and nothing was exchanged. "
            "If both are yours and are to be one for good: toward sync --join"
        )
    return mine.joined(theirs), True


def _agreed_on_the_lock(
    workspace: Workspace, mine: Marker, theirs: Marker, place: Place, there: Mapping[str, bytes], join: bool, dry: bool
) -> Marker:
    """Return what store.json is to say where a side is encrypted. Raises Refused, or Locked once a lock came in."""
    same = bool(mine.ids & theirs.ids)
    if not same and not workspace.is_new:
        raise Refused(
            f"{place.where} holds another store, and an encrypted one can be brought together with no other. "
            "Take the encryption back first (toward decrypt), on both sides; then: toward sync --join"
        )
    if mine.encryption and theirs.encryption:
        if workspace.key is not None and opens_marker(theirs, workspace.key):
            _refuse_unproven(theirs, workspace.key, place)
            return mine
        raise Refused(
            f"{place.where} is locked with another key than this store, so nothing was exchanged. If the key was "
            f"changed on another device, copy {IDENTITY} and {MARKER} from there, then unlock it with that passphrase."
        )
    if mine.encryption:
        # What is encrypted says which store it is of, and nothing proves what a plain store says.
        return mine
    if IDENTITY not in there:
        raise Refused(f"{place.where} is encrypted, and its {IDENTITY} is missing. Sync the device that encrypted it.")
    if not join:
        # Whoever can write there can put a lock there, and then nobody here knows its passphrase.
        raise Refused(
            f"{place.where} is encrypted and this store is not; nothing was exchanged. "
            "If you did that, toward sync --join locks this one too. If not, name another place."
        )
    if dry:
        raise Locked(
            f"The store in {place.where} is encrypted. An exchange would encrypt this one too, with the same "
            "passphrase. Nothing was changed."
        )
    data = Folder(workspace.data)
    # From here on the store may go by the other name as well; its lock is this computer's own once it was opened.
    learn(workspace.state, was=read_known(workspace.state).was | theirs.ids | mine.ids)
    data.write(IDENTITY, there[IDENTITY])
    data.write(MARKER, theirs.encoded() if not same else theirs.encoded(read_plain(workspace.data / MARKER)))
    raise Locked(
        f"The store in {place.where} is encrypted, and from now on this one is too. "
        "Open it with the same passphrase, then sync once more."
    )


def _refuse_unproven(theirs: Marker, key: StoreKey, place: Place) -> None:
    """Raise StoreDamaged where nobody with the key wrote the store.json of an encrypted place.

    One of before there were proofs passes, and so does one of before the key was replaced: ours takes its place.
    """
    if not is_proven(theirs, as_of(theirs, key)) and (theirs.mac or theirs.encryption != ON):
        raise StoreDamaged(
            f"The {MARKER} in {place.where} is not proven to be yours, so nothing was exchanged. "
            f"Put the {MARKER} of your data folder in its place, or name another place: toward sync --set REMOTE"
        )


def _take(workspace: Workspace, marker: Marker, there: Mapping[str, bytes]) -> Lack:
    """Bring in what other devices wrote."""
    data = Folder(workspace.data)
    with workspace.transaction():
        here = data.fetch()
        lack = lacking(there, here, workspace.store.device, _reader(workspace))
        _write(data, lack)
        lack.left.update(data.left)
        if identity.read_marker(workspace.data) != marker:
            data.write(MARKER, marker.encoded(here[MARKER]))
        for name in superseded(data.fetch(), _reader(workspace)) if marker.encryption else ():
            # Its device has encrypted it since, and that is here too.
            data.remove(name)
        write_sync_ignores(workspace.data)
        clear_away(workspace.data / identity.DEVICES)
        identity.remember_written(workspace.state, marker.store)
    if lack.steps:
        with workspace.transaction():
            # What came in may tell this device to empty something, before its files go out.
            pass
        workspace.after_write()
    return lack


def _give(workspace: Workspace, marker: Marker, place: Place, there: Mapping[str, bytes]) -> Lack:
    """Leave what is new here, the marker first."""
    data = Folder(workspace.data)
    here = data.fetch()
    lack = lacking(here, there, "", _reader(workspace))
    known = there.get(MARKER)
    before = parse_marker(known, MARKER, "") if known is not None else None
    # With another key than before, the identity file there lets nobody in any more who comes later.
    is_other = before is None or before.check != marker.check
    lock = read_identity(workspace.data) if marker.encryption and (is_other or IDENTITY not in there) else None
    if lock is not None and IDENTITY in there:
        place.write(IDENTITY, lock)
    if before != marker:
        place.write(MARKER, marker.encoded(known) if known is not None else here[MARKER])
    if lock is not None and IDENTITY not in there:
        place.write(IDENTITY, lock)
    lack.left.update(data.left)
    _write(place, lack)
    if marker.encryption:
        for name in superseded({**there, **{step.name: step.data for step in lack.steps}}, _reader(workspace)):
            place.remove(name)
    return lack


def _write(place: Place, lack: Lack) -> None:
    """Write what is lacking at a place; a file whose name cannot be there is left, and the others go on."""
    for step in lack.steps:
        try:
            place.write(step.name, step.data)
        except OSError as error:
            if error.errno not in _NO_SUCH_NAME:
                raise
            lack.left[step.name] = f"has a name that cannot be used in {place.where}"


def _reader(workspace: Workspace) -> Reader:
    """Return what opens a shard's bytes, encrypted or not."""
    return lambda name, raw: open_shard(Path(name), raw, workspace.store.vault)


def _told(
    workspace: Workspace,
    named: Remote,
    there: Mapping[str, bytes],
    came: Iterable[Step],
    went: Iterable[Step],
    waiting: Iterable[str],
    joined: bool,
    left: Mapping[str, str],
) -> Synced:
    known = {name.split("/")[1]: text_in(raw, "name") for name, raw in there.items() if name.endswith("/device.json")}
    names = known | workspace.store.device_names()
    return Synced(
        named.kind,
        named.shown,
        _moved(came, names),
        _moved(went, names),
        tuple(sorted({one_line(name) for name in (*waiting, *left)})),
        joined,
        {one_line(name): one_line(reason) for name, reason in left.items()},
    )


def _moved(steps: Iterable[Step], names: Mapping[str, str]) -> tuple[Moved, ...]:
    counts: dict[tuple[str, str], int] = {}
    for step in steps:
        counts[step.device, step.month] = counts.get((step.device, step.month), 0) + step.events
    return tuple(
        Moved(one_line(device), device_name(device, names), one_line(month), events)
        for (device, month), events in sorted(counts.items())
        if events
    )
