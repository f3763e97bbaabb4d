"""The state of simulated classes as plain data, and how two states differ.

    >>> nearness(initial, model, truth)           # the answer closes two tickets, the model one of them
    Nearness(share=0.5, differences=(
        Difference(("TicketAPI", "ticket_queue", 1, "status"), model="Open", truth="Closed"),))

Only public attributes are state; upstream compares no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[Any, ...]
Instances = Mapping[str, Any]
"""Class -> its instance."""

NODES = 50_000
"""Values looked at when two states are compared; what a larger state holds beyond them is not told apart."""
LISTED = 20
"""Differences that are listed one by one."""
DEPTH = 60
"""Levels looked at; deeper only where a folder was copied into itself."""


class _Absent:
    """Stands for a value that is not there."""

    def __repr__(self) -> str:
        return "nothing"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs: ``path`` begins with class and attribute; :data:`ABSENT` where a side lacks it."""

    path: Path
    model: Any
    truth: Any

    @property
    def place(self) -> str:
        """The path as one writes it: ``TicketAPI.ticket_queue[1]['status']``."""
        owner, name, *keys = self.path
        return f"{owner}.{name}" + "".join(f"[{key!r}]" for key in keys)


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a state came: the ``share`` of values that are right among those changed or differing, in [0, 1].

    ``differences`` are the values that are not, up to :data:`LISTED` of them.
    """

    share: float
    differences: tuple[Difference, ...] = ()


def differing(model: Instances, truth: Instances) -> tuple[tuple[str, str], ...]:
    """Class and public attribute wherever two sides differ, in upstream's sense (Python's ``!=``) and order."""
    found = []
    for owner, instance in truth.items():
        got = vars(model[owner])
        found += [(owner, name) for name, value in vars(instance).items() if name[0] != "_" and got[name] != value]
    return tuple(found)


def nearness(initial: Instances, model: Instances, truth: Instances) -> Nearness:
    """Compare what the model's side changed with what the answer's side changed, value by value."""
    total = right = 0
    found: list[Difference] = []
    for path, _, got, wanted in _changes(initial, model, truth):
        total += 1
        if got == wanted:
            right += 1
        elif len(found) < LISTED:
            found.append(Difference(path, got, wanted))
    return Nearness(right / total if total else 1.0, tuple(found))


def _changes(initial: Instances, model: Instances, truth: Instances) -> Iterator[tuple[Path, Any, Any, Any]]:
    """Every single value that is not the same on all three sides, with its path."""
    waiting: list[tuple[Path, tuple[Any, ...]]] = []
    for owner, instance in reversed(list(truth.items())):
        sides = vars(initial[owner]), vars(model[owner]), vars(instance)
        for name in reversed(sides[2]):
            if name[0] != "_" and not sides[0][name] == sides[1][name] == sides[2][name]:
                waiting.append(((owner, name), tuple(side[name] for side in sides)))
    for _ in range(NODES):
        if not waiting:
            return
        path, values = waiting.pop()
        parts = [part for value in values if (part := _inside(value)) is not None]
        keys = dict.fromkeys(key for part in reversed(parts) for key in part)
        if len(parts) < len(values) or not keys or len(path) > DEPTH:
            yield path, *values
        else:
            before, got, wanted = parts
            for key in reversed(keys):
                values = before.get(key, ABSENT), got.get(key, ABSENT), wanted.get(key, ABSENT)
                if not values[0] == values[1] == values[2]:
                    waiting.append(((*path, key), values))


def _inside(item: Any) -> dict[Any, Any] | None:
    """The parts of a container by key, none for something absent; None for a single value."""
    if item is ABSENT:
        return {}
    if isinstance(item, dict):
        return item
    if isinstance(item, (list, tuple)):
        return dict(enumerate(item))
    if isinstance(item, (set, frozenset)):
        return dict.fromkeys(sorted(item, key=repr), True)
    if hasattr(item, "contents"):  # a folder of the simulated file system
        return dict(item.contents)
    if hasattr(item, "content"):  # a file
        return {"content": item.content}
    return None
