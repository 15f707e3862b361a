"""Encrypt the store, change its passphrase, or take the encryption back: one screen, a step at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import getters, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Input, Label, Static

from tracker.ledger.errors import TowardError
from tracker.services.change import Change
from tracker.services.safekeeping import encryption
from tracker.tui.frame.guarded_screen import GuardedScreen
from tracker.tui.safe import plain
from tracker.tui.widgets.key_footer import KeyFooter

Reopen = Callable[[encryption.StoreKey | None], None]


class EncryptionScreen(GuardedScreen[None]):
    """Asks some secrets, one line under another, and does one thing with them; nothing changes before the last step."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", priority=True, id="locksmith.leave", tooltip="Change nothing"),
        Binding("enter", "read", show=False, id="locksmith.read"),
    ]
    trouble = getters.query_one("#trouble", Static)
    heading_text = ""
    words = ""
    asks: ClassVar[Sequence[tuple[str, str]]] = ()

    def __init__(self, reopen: Reopen) -> None:
        super().__init__()
        self._reopen = reopen
        self._busy = False
        self._key: encryption.StoreKey | None = None
        self._done = False

    def compose(self) -> ComposeResult:
        """Lay out the words and the lines to type on."""
        with VerticalScroll(classes="calm", can_focus=False), Vertical(classes="column"):
            yield Static(plain(self.heading_text), classes="question", id="title")
            yield Static(plain(self.words), id="explained")
            with Vertical(id="asked"):
                for name, label in self.asks:
                    yield Label(label, markup=False)
                    yield Input(password=True, id=name, compact=True)
            yield Static(id="trouble", markup=False)
            yield Static(plain("enter continues, esc cancels"), classes="hint", id="hint")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin on the first line, with the words above it in sight."""
        self.query_one(Input).focus(scroll_visible=False)

    def typed(self, name: str) -> str:
        """Return what stands on a line."""
        return str(self.query_one(f"#{name}", Input).value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.input is self.query(Input).last():
            self.run_to_close(self._go_on)
        else:
            self.focus_next(Input)

    async def _go_on(self) -> None:
        self._busy = True
        try:
            await self.go()
        except TowardError as error:
            self.show_error(error.message)
        finally:
            self._busy = False

    async def go(self) -> None:
        """Do what the secrets were asked for. Raises TowardError."""
        raise NotImplementedError

    def show_error(self, text: str) -> None:
        """Show a sentence under the lines, in sight in the smallest window."""
        if self.is_mounted:
            self.trouble.update(plain(text))
            if text:
                self.call_after_refresh(self.query_one(VerticalScroll).scroll_end, animate=False)

    def show_progress(self, done: int, of: int) -> None:
        """Show how far the files are; called on the services' thread."""
        self.app.call_from_thread(self.show_error, f"{done} of {of} done")

    async def done(self, key: encryption.StoreKey | None, change: Change) -> None:
        """Say all of what was done, until that was read."""
        self._key, self._done = key, True
        self.query_one("#title", Static).update(plain("Done"))
        self.query_one("#explained", Static).update(plain("\n\n".join(change.lines)))
        await self.query_one("#asked", Vertical).remove_children()
        self.show_error("")
        self.query_one("#hint", Static).update(plain("enter goes on"))
        self.query_one(VerticalScroll).can_focus = True
        self.query_one(VerticalScroll).focus()

    async def checked(self) -> encryption.StoreKey:
        """Return the key of whoever knows the passphrase of now. Raises Locked."""
        typed = self.typed("now")
        self.show_error("Opening…")
        await self.shown()
        return await self.worker.run(lambda workspace: encryption.unlock(self.guard.here.data, typed))

    def action_read(self) -> None:
        """Go on once it was read what was done."""
        if self._done:
            self.action_leave()

    def action_leave(self) -> None:
        """Leave everything as it is, or what was done once it was read; not while files are being changed."""
        if self._done:
            self._reopen(self._key)
        elif self._busy:
            self.show_error("One moment, this is under way.")
        else:
            self.dismiss(None)


class EncryptScreen(EncryptionScreen):
    """A passphrase twice, the recovery key once with its end typed again, and then every file."""

    heading_text = "Encrypt everything with a passphrase"
    words = (
        "From then on what you wrote opens with a passphrase, or with a recovery key. "
        f"{encryption.NO_WAY_BACK} {encryption.GOOD_WORDS}"
    )
    asks = (("first", "A passphrase"), ("second", "The same once more"))

    def __init__(self, reopen: Reopen) -> None:
        super().__init__(reopen)
        self._fresh: encryption.Fresh | None = None

    async def go(self) -> None:
        """Make the key and show it, or, once its end was typed again, encrypt."""
        if self._fresh is None:
            passphrase = self.typed("first")
            encryption.check_passphrase(passphrase, self.typed("second"))
            self.show_error("Making a key; this takes some seconds…")
            await self.shown()
            self._fresh = await self.worker.run(lambda workspace: encryption.prepare(passphrase))
            await self._show(self._fresh)
            return
        fresh = self._fresh
        encryption.typed_again(fresh, self.typed("end"))
        change = await self.worker.run(lambda workspace: encryption.encrypt(workspace, fresh, self.show_progress))
        await self.done(fresh.key, change)

    async def _show(self, fresh: encryption.Fresh) -> None:
        self.query_one("#title", Static).update(plain("Your recovery key"))
        self.query_one("#explained", Static).update(plain(f"{fresh.recovery}\n\n{encryption.WRITE_DOWN}"))
        asked = self.query_one("#asked", Vertical)
        await asked.remove_children()
        await asked.mount(
            Label(f"Its last {encryption.ASKED_AGAIN} characters, typed again", markup=False),
            Input(id="end", compact=True),
        )
        self.show_error("")
        self.query_one("#end", Input).focus(scroll_visible=False)


class PassphraseScreen(EncryptionScreen):
    """The passphrase of now, and another one twice."""

    heading_text = "Change the passphrase"
    words = "The recovery key stays as it was."
    asks = (("now", "The passphrase of now"), ("first", "A new one"), ("second", "The same once more"))

    async def go(self) -> None:
        """Put the key under the new passphrase."""
        new = self.typed("first")
        encryption.check_passphrase(new, self.typed("second"))
        key = await self.checked()
        self.show_error("This takes some seconds…")
        await self.shown()
        change = await self.worker.run(lambda workspace: encryption.change(workspace, encryption.rewrap(key, new)))
        await self.done(key, change)


class DecryptScreen(EncryptionScreen):
    """The passphrase once more, and then plain files."""

    heading_text = "Take the encryption back"
    words = "Everything you wrote becomes plain files again, which whoever gets at them can read."
    asks = (("now", "Your passphrase"),)

    async def go(self) -> None:
        """Make plain files of all of this device."""
        key = await self.checked()
        change = await self.worker.run(lambda workspace: encryption.decrypt(workspace, self.show_progress))
        await self.done(key, change)
