"""The shape of the source tree: no circle between modules, no long file, no crowded folder."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "tracker").rglob("*.py"))
}


def imported(name: str) -> set[str]:
    """Return the modules of ours that one imports: on top, inside a function or only for types."""
    found = set()
    for node in ast.walk(ast.parse(SOURCES[name].read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            full = (f"{node.module}.{alias.name}" for alias in node.names)
            found |= {one if one in SOURCES else str(node.module) for one in full}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return (found & SOURCES.keys()) - {name}


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Return the groups of modules that reach one another (Tarjan)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    groups: list[set[str]] = []

    def visit(name: str) -> None:
        order[name] = lowest[name] = len(order)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in order:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in stack:
                lowest[name] = min(lowest[name], order[other])
        if lowest[name] == order[name]:
            cut = stack.index(name)
            if len(group := set(stack[cut:])) > 1:
                groups.append(group)
            del stack[cut:]

    for name in graph:
        if name not in order:
            visit(name)
    return groups


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set()}) == [{"a", "b", "c"}]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    groups = circles({name: imported(name) for name in SOURCES})
    assert groups == [], "\n".join(" ".join(sorted(group)) for group in groups)


def test_every_file_is_under_400_lines() -> None:
    lines = {name: len(path.read_text().splitlines()) for name, path in SOURCES.items()}
    assert {name: count for name, count in lines.items() if count >= 400} == {}


def test_no_folder_has_more_than_15_modules() -> None:
    modules = Counter(path.parent.relative_to(ROOT).as_posix() for path in SOURCES.values() if path.stem != "__init__")
    assert {folder: count for folder, count in modules.items() if count > 15} == {}
