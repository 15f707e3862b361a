"""What the palette offers by the screen that is shown: its keys, and what changes the encryption."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from textual.app import App, SystemCommand
from textual.dom import DOMNode
from textual.screen import Screen

from tracker.tui.frame.data_screen import DataScreen
from tracker.tui.guarded_app import GuardedApp

MOVES = ("left", "right", "h", "l")
_LEFT_OUT = frozenset({"palette", "back", "leave"})


def of_screen(app: App[Any], screen: Screen[Any]) -> Iterable[SystemCommand]:
    """Yield what the keys of a screen do, in the order of their worth."""
    seen = set(_LEFT_OUT)
    for active in screen.active_bindings.values():
        binding = active.binding
        if binding.description and active.enabled and binding.tooltip and binding.id and binding.id not in seen:
            seen.add(binding.id)
            acts = active.node in (screen, app) and binding.key not in MOVES
            run = _runner(app, active.node, binding.action)
            yield SystemCommand(binding.description.capitalize(), binding.tooltip, run, acts)


def _runner(app: App[Any], node: DOMNode, action: str) -> Callable[[], None]:
    async def run() -> None:
        await app.run_action(action, node)

    return lambda: app.call_next(run)


def of_encryption(app: GuardedApp, screen: Screen[Any]) -> Iterable[SystemCommand]:
    """Yield what changes the lock, where nothing that is being typed would go with the screens."""
    from tracker.tui.screens.store import encryption
    from tracker.tui.screens.welcome import WelcomeScreen

    if not isinstance(screen, DataScreen | WelcomeScreen):
        return

    def opener(screen: type[encryption.EncryptionScreen]) -> Callable[[], None]:
        return lambda: app.call_next(app.push_screen, screen(app.reopen))

    if app.store_status.encrypted:
        yield SystemCommand("Change the passphrase", "The key stays", opener(encryption.PassphraseScreen))
        yield SystemCommand("Decrypt", "Make plain files again", opener(encryption.DecryptScreen))
    else:
        yield SystemCommand("Encrypt", "Lock everything with a passphrase", opener(encryption.EncryptScreen))
