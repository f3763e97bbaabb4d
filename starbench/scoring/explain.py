"""What is wrong with an answer, argument by argument, against the accepted value that it came nearest to.

Example of one explanation::

    {"call": "order_parts", "argument": "lines", "reason": "partial",
     "wanted": [{"part": "BR-113", "pieces": 2}], "got": [{"part": "BR-113", "pieces": 3}],
     "difference": ["[0].pieces: wanted 2, got 3"]}

Lists and objects are compared place by place, in the pairs of places that the similarity was made of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from starbench.similarity.values import equal_ends, kind, nested, written
from starbench.types import Accepted, ArgumentPart, CallPart, Fields

LARGEST = 500
"""How many values and characters each side may have to be compared in depth, so that explanations stay short."""
DEEPEST = 16
"""How many levels are looked into."""
_NOTHING = object()
"""What stands in a place that one of two values does not have."""


def explain(parts: Iterable[CallPart]) -> list[dict[str, Any]]:
    """An explanation for each part that has not full credit: a call without partner, or a wrong argument of a pair."""
    return [row for part in parts if part.similarity < 1.0 for row in _of_call(part)]


def _of_call(part: CallPart) -> Iterator[dict[str, Any]]:
    if part.predicted is None or part.expected is None:
        yield {"call": part.name, "reason": part.reason}
    for argument in part.arguments:
        if argument.similarity < 1.0:
            yield _of_argument(part.name, argument)


def _of_argument(call: str, part: ArgumentPart) -> dict[str, Any]:
    row: dict[str, Any] = {"call": call, "argument": part.name, "reason": part.reason}
    if part.reason == "unexpected":
        return row | {"got": part.got}
    row["wanted"] = nearest(part.got, _place(part.wanted))
    if part.reason == "missing":
        return row
    row["got"] = part.got
    got = list(part.got) if isinstance(part.got, tuple) else part.got
    if isinstance(got, (list, dict)) and type(row["wanted"]) is type(got):
        row["difference"] = differences(row["wanted"], got)
    return row


def _place(wanted: Any) -> Accepted:
    """What is accepted for an argument; a part lists the alternatives in a tuple."""
    return wanted if isinstance(wanted, Accepted) else Accepted(wanted if isinstance(wanted, tuple) else (wanted,))


def nearest(got: Any, wanted: Any, depth: int = 0) -> Any:
    """The accepted value without its alternatives: in every place the one most like what came there.

    Where nothing came, the first alternative stands, and an optional field is left out.
    """
    if depth > DEEPEST:
        return None
    if isinstance(wanted, Accepted):
        if len(wanted.alternatives) > 1:
            best = max(wanted.alternatives, key=lambda one: nested(got, one)[0])
        else:
            best = next(iter(wanted.alternatives), None)
        return nearest(got, best, depth + 1)
    if isinstance(wanted, Fields):
        given = got if isinstance(got, Mapping) else {}
        needed = {name: place for name, place in wanted.fields.items() if name in given or not place.optional}
        return {name: nearest(given.get(name), place, depth + 1) for name, place in needed.items()}
    if isinstance(wanted, (list, tuple)):
        items = got if isinstance(got, (list, tuple)) and len(got) == len(wanted) else [None] * len(wanted)
        return [nearest(item, one, depth + 1) for item, one in zip(items, wanted, strict=True)]
    return wanted


def differences(wanted: Any, got: Any) -> list[str]:
    """How two JSON values differ, a short line for each place."""
    if not (_small(wanted) and _small(got)):
        return ["too large to be compared place by place"]
    return sorted(_differing(wanted, got, ""))


def _differing(wanted: Any, got: Any, place: str) -> Iterator[str]:
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name in wanted.keys() | got.keys():
            yield from _differing(wanted.get(name, _NOTHING), got.get(name, _NOTHING), f"{place}.{written(name)}")
    elif isinstance(wanted, (list, tuple)) and isinstance(got, (list, tuple)):
        for index, one, other in _side_by_side(wanted, got):
            yield from _differing(one, other, f"{place}[{index}]")
    elif wanted is _NOTHING:
        yield f"{place}: got {show(got)}, nothing wanted"
    elif got is _NOTHING:
        yield f"{place}: wanted {show(wanted)}, left out"
    elif kind(wanted) != kind(got) or wanted != got:
        yield f"{place}: wanted {show(wanted)}, got {show(got)}"


def _side_by_side(wanted: Sequence[Any], got: Sequence[Any]) -> Iterator[tuple[int, Any, Any]]:
    """The elements of two lists that were compared with each other for the similarity, with their place."""
    head = tail = 0
    if len(wanted) != len(got):
        head, tail = equal_ends(got, wanted)
    middle = zip_longest(wanted[head : len(wanted) - tail], got[head : len(got) - tail], fillvalue=_NOTHING)
    for index, (one, other) in enumerate(middle, head):
        yield index, one, other


def show(value: Any) -> str:
    """A value as JSON for a line of text, or as Python writes it where it has no JSON."""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, TypeError, RecursionError):
        return written(value)


def _small(value: Any) -> bool:
    """Whether a JSON value is small and flat enough to be looked into; goes no further than it takes to say no."""
    count, stack = 0, [(value, 0)]
    while stack:
        value, depth = stack.pop()
        count += len(value) if isinstance(value, str) else 1
        if count > LARGEST or depth > DEEPEST:
            return False
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
        stack.extend((item, depth + 1) for item in inner)
    return True
