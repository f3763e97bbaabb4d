"""Imports go one way. The table is the architecture: an edge that is not in it fails here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORE = {"types", "errors"}
READING = CORE | {"tools", "dialects"}
SCORER = READING | {"similarity"}
EDGES: dict[str, set[str]] = {
    "types": set(),
    "errors": set(),
    "tools": CORE,
    "dialects": CORE | {"tools"},
    "similarity": READING,
    "reward": SCORER,
    "store": {"errors"},
    "statistics": set(),
    "benchmarks": SCORER | {"store"},
    "predictions": SCORER | {"benchmarks"},
    "scoring": SCORER | {"benchmarks", "predictions", "statistics"},
    "reports": SCORER | {"benchmarks", "predictions", "scoring", "statistics"},
    "backends": SCORER | {"predictions"},
    "runner": SCORER | {"backends", "benchmarks", "predictions", "scoring", "store"},
    "adapters": SCORER | {"reward"},
    "server": SCORER | {"reward", "adapters"},
}
"""Room -> the rooms of starbench that it may import. The command line (``cli``) may import every room."""


def imports(path: Path) -> Iterator[str]:
    """Absolute module names that a file imports, wherever in the file the import stands."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    """The first-level module or package of starbench that a file belongs to."""
    first = path.relative_to(ROOT / "starbench").parts[0]
    return first.removesuffix(".py")


FILES = sorted((ROOT / "starbench").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_stay_inside_the_table(path: Path) -> None:
    here = room(path)
    used = {name.split(".")[1] for name in imports(path) if name.startswith("starbench.")}
    rooms = {p.name.removesuffix(".py") for p in (ROOT / "starbench").iterdir()}
    if here in ("__init__", "__main__", "cli"):
        return
    assert here in EDGES, f"{path}: a new room needs a line in EDGES"
    forbidden = (used & rooms) - EDGES[here] - {here}
    assert not forbidden, f"{path} may not import {sorted(forbidden)}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_the_core_never_imports_training_code(path: Path) -> None:
    assert not [name for name in imports(path) if name.split(".")[0] == "starbench_train"]


def test_the_table_names_existing_or_planned_rooms_in_order() -> None:
    order = list(EDGES)
    for name, allowed in EDGES.items():
        assert allowed <= set(order[: order.index(name)]), f"{name} points forward"
