"""What the palette offers besides commitments: the keys of the screen, then what is had everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from tracker.tui.frame.data_screen import DataScreen

if TYPE_CHECKING:
    from tracker.tui.app import TowardApp

MOVES = ("left", "right", "h", "l")
_LEFT_OUT = frozenset({"palette", "back", "leave"})


def offers(app: TowardApp, screen: Screen[object]) -> Iterable[SystemCommand]:
    """Yield the commands for a screen, in the order of their worth."""
    yield from _keys(app, screen)
    yield SystemCommand("Back up now", "Copy everything, and read the copy again", app.action_back_up)
    yield SystemCommand("Doctor", "Look at every file and backup, and say what is wrong", app.action_doctor)
    yield SystemCommand("Incoming", "What came from other devices and waits for your answer", app.action_incoming)
    if app.syncing.under_way:
        yield SystemCommand("Stop syncing", "What came in until now stays", app.syncing.stop)
    else:
        yield SystemCommand("Sync now", "Exchange with your other devices", app.sync)
    if app.trouble:
        yield SystemCommand("Put back", "Write again what vanished from the disk while Toward was open", app.put_back)
    if not app.holds_words:
        yield from _locks(app, screen)
    yield SystemCommand("Theme", "Dark, light, high contrast and more", app.action_change_theme)


def _keys(app: TowardApp, screen: Screen[object]) -> Iterable[SystemCommand]:
    seen = set(_LEFT_OUT)
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.description and active.enabled and binding.tooltip and binding.id and binding.id not in seen:
            seen.add(binding.id)
            acts = active.node in (screen, app) and binding.key not in MOVES
            run = _runner(app, active.node, binding.action)
            yield SystemCommand(binding.description.capitalize(), binding.tooltip, run, acts)


def _runner(app: TowardApp, node: DOMNode, action: str) -> Callable[[], None]:
    async def run() -> None:
        await app.run_action(action, node)

    return lambda: app.call_next(run)


def _locks(app: TowardApp, screen: Screen[object]) -> Iterable[SystemCommand]:
    """Yield what changes the lock, where nothing that is being typed would go with the screens."""
    from tracker.tui.screens.store import encryption
    from tracker.tui.screens.welcome import WelcomeScreen

    if not isinstance(screen, DataScreen | WelcomeScreen):
        return

    def opener(screen: type[encryption.EncryptionScreen]) -> Callable[[], None]:
        return lambda: app.call_next(app.push_screen, screen(app.worker, app.here, app.reopen))

    if app.standing.encrypted:
        yield SystemCommand("Change the passphrase", "The key stays", opener(encryption.PassphraseScreen))
        yield SystemCommand("Decrypt", "Make plain files again", opener(encryption.DecryptScreen))
    else:
        yield SystemCommand("Encrypt", "Lock everything with a passphrase", opener(encryption.EncryptScreen))
