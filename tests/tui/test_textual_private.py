"""The private names of Textual that the app leans on: each is listed here, and its code is as it was read.

A new Textual that changes one of them fails here by its name: read what changed, see that the app still does what the
reason says, and write the new digest down. A private name that is not listed may not be used.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from textual import widget
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.message_pump import MessagePump
from textual.widgets import Footer

import tracker.tui

USED = {
    "_fatal_error": "overridden: Textual's prints local variables, which hold words of the person",
    "_handle_exception": "overridden: an error that draws itself would draw words of the person",
    "_exception": "the first error, for the report without words and for tests",
    "_exception_event": "set as Textual does, so that a test hears of an error",
    "_return_code": "set as Textual does, so that the process fails",
    "_dispatch_message": "overridden: what was asked of a screen that was left ends there",
    "_display": "overridden: nothing is painted of a store that should have been locked by now",
    "_driver": "written to, for the title of the window",
    "_bindings_ready": "set: the footer is made anew only when it has other keys to show",
    "_has_relative_children_height": "overridden: a part of 1fr must not make its box as high as it may be",
    "_sigcont_application": "overridden: the terminal is taken again even where it was not let go before",
    "_must_signal_resume": "whether Textual let go of the terminal itself",
    "_auto_restart": "whether the terminal is to be taken again",
    "_file": "what is written to; wrapped, for a terminal that goes",
    "_writer_thread": "whether somebody is there to write: without, a text is dropped",
}
"""Every private name that the app uses or overrides, and what for."""

DIGESTS = {
    "App._fatal_error": (App._fatal_error, "29f9c6788a18"),
    "App._handle_exception": (App._handle_exception, "b4010995a00a"),
    "App._display": (App._display, "439a55b93ba1"),
    "MessagePump._dispatch_message": (MessagePump._dispatch_message, "c531d3f6b1b9"),
    "Widget._has_relative_children_height": (vars(widget.Widget)["_has_relative_children_height"].fget, "7392a12e8c5e"),
    "Footer.compose": (Footer.compose, "8063fda21b7e"),
    "Footer.bindings_changed": (Footer.bindings_changed, "8539ef60a774"),
    "LinuxDriver.__init__": (LinuxDriver.__init__, "32c084d1d459"),
    "LinuxDriver.write": (LinuxDriver.write, "27b5229f9db3"),
    "LinuxDriver.run_input_thread": (LinuxDriver.run_input_thread, "4cda6f75a3f0"),
    "LinuxDriver._sigcont_application": (LinuxDriver._sigcont_application, "d4d670de073f"),
    "XTermParser.parse": (XTermParser.parse, "480166cfaf4c"),
}
"""The code that is overridden, or that sets what is read, by its digest."""


@pytest.mark.parametrize("name", DIGESTS)
def test_the_code_is_as_it_was_read(name: str) -> None:
    code, digest = DIGESTS[name]
    assert code is not None
    found = hashlib.sha256("".join(inspect.getsource(code).split()).encode()).hexdigest()[:12]
    assert found == digest, f"{name} is not what it was: read it anew"


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Return every source file of the app, parsed."""
    for path in sorted(Path(tracker.tui.__file__).parent.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def is_private(name: str) -> bool:
    """Return whether a name has one underscore in front."""
    return name.startswith("_") and not name.startswith("__")


@cache
def of_textual(base: type) -> frozenset[str]:
    """Return the private names that a class of Textual defines, or sets on itself."""
    set_on_self = re.findall(r"\bself\.(_[a-z]\w*)\b(?::[^=\n]+)? = ", inspect.getsource(base))
    return frozenset({*filter(is_private, vars(base)), *set_on_self})


def app_classes() -> Iterator[type]:
    """Return every class of the app that is one of Textual."""
    for info in pkgutil.walk_packages(tracker.tui.__path__, "tracker.tui."):
        for _, each in inspect.getmembers(import_module(info.name), inspect.isclass):
            if each.__module__ == info.name and any(base.__module__.startswith("textual.") for base in each.__mro__):
                yield each


def used_by(each: type) -> set[str]:
    """Return the private names of Textual that a class uses or overrides."""
    theirs = {name for base in each.__mro__ if base.__module__.startswith("textual.") for name in of_textual(base)}
    tree = ast.parse(inspect.getsource(each))
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {name for name in found if is_private(name)} & theirs


def test_what_is_listed_is_used_and_nothing_else() -> None:
    used: dict[str, str] = {name: each.__name__ for each in app_classes() for name in used_by(each)}
    keyboard = (Path(tracker.tui.__file__).parent / "terminal" / "keyboard.py").read_text(encoding="utf-8")
    # The driver is a class made inside a function, where the platform has one.
    used |= {
        name: "PatientDriver" for name in of_textual(LinuxDriver) | {"_auto_restart"} if f"self.{name}" in keyboard
    }
    used |= {"_sigcont_application": "PatientDriver"}
    assert used.keys() == USED.keys(), {name: used.get(name) for name in used.keys() ^ USED.keys()}


def test_nobody_reaches_into_another_object() -> None:
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and is_private(node.attr):
                whose: Any = node.value
                own = isinstance(whose, ast.Name) and whose.id in ("self", "os", "cls")
                own = own or (isinstance(whose, ast.Call) and ast.unparse(whose) == "super()")
                assert own, f"{path.name}:{node.lineno} uses {ast.unparse(node)}"
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("textual"):
                private = any(map(is_private, node.module.split("."))) or any(
                    is_private(each.name) for each in node.names
                )
                assert not private or node.module == "textual._xterm_parser", f"{path.name}:{node.lineno}"
