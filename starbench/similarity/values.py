"""How alike two JSON values are, the wanted one with its alternatives.

    nested(7, 7.0)                          -> (1.0, "equal")
    nested(True, 1)                         -> (0.0, "type")
    nested("7", 7)                          -> (0.5, "type")       written the same, of another type
    nested(["a", "b"], ["a", "b", "c"])     -> (0.666…, "partial")
    nested({"x": 1}, {"x": 1, "y": 2})      -> (0.5, "partial")    IoU over keys
    flat([2, 1], [1, 2])                    -> (0.0, "value")      the released reward compares their str()

Both functions give 1.0 only to a value that is accepted as a whole; rounding never lifts a near miss to 1.

A list is compared in linear time: position by position, and where the lengths differ, after equal elements at the start
and at the end were cut off; the sum is divided by the longer length. A gap, or a stretch too many, costs only itself.
An object is an intersection over union of its fields. Partial credit goes :data:`DEPTH` levels deep; what lies deeper
is equal or not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from starbench.similarity.text import rouge_f1, soft, text_similarity
from starbench.types import Accepted, Fields

Credit = tuple[float, str]
"""A similarity in [0, 1] and a reason code of :data:`~starbench.similarity.reasons.ARGUMENT_REASONS`."""

DEPTH = 16
SAME_WRITING = 0.5
"""Credit for the accepted value in another JSON type: "7" for 7, "true" for true."""
TOLERANCE = 1e-9
"""Relative tolerance between numbers of which at least one is a float (0.1 + 0.2 is 0.3)."""

SCALARS = frozenset((str, int, float, bool))
"""Values of these types that are equal say the same under any profile."""
EQUAL: Credit = (1.0, "equal")
WRONG: Credit = (0.0, "value")
WRONG_TYPE: Credit = (0.0, "type")
_BELOW_ONE = math.nextafter(1.0, 0.0)
_NUMBER = re.compile(r"-?\d{1,400}(?:\.\d{1,400})?(?:[eE][+-]?\d{1,4})?", re.ASCII)
_WRITTEN = {"true": True, "false": False, "null": None, "none": None}


def kind(value: object) -> str:
    """The JSON type of a value: null, bool, number, string, list, object, or other (no JSON at all)."""
    return _KINDS.get(type(value)) or _kind_of_base(value)


_KINDS = {
    type(None): "null", bool: "bool", int: "number", float: "number", str: "string",
    list: "list", tuple: "list", dict: "object", Fields: "object",
}  # fmt: skip
_BASES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "string"), ((int, float), "number"), ((list, tuple), "list"), (Mapping, "object"),
)  # fmt: skip


def _kind_of_base(value: object) -> str:
    return next((name for types, name in _BASES if isinstance(value, types)), "other")


def fraction(
    credited: list[float], union: int, ones: int = 0, total: Callable[[Iterable[float]], float] = math.fsum
) -> float:
    """``(ones + Σ credited) / union``; exactly 1.0 only where all of the union has full credit, or it is empty."""
    if ones + credited.count(1.0) == union:
        return 1.0
    return min((ones + total(credited)) / union, _BELOW_ONE)


# ---- robust ----


def nested(got: Any, wanted: Any, depth: int = 0) -> Credit:
    """How far ``got`` is the accepted ``wanted``, by JSON type, recursively. Never raises; linear in both."""
    if type(wanted) is Accepted:
        return best(got, wanted, nested)
    if type(got) is type(wanted) in SCALARS and got == wanted:
        return EQUAL
    got_kind, wanted_kind = kind(got), kind(wanted)
    if got_kind != wanted_kind:
        return (SAME_WRITING, "type") if _written_alike(got, wanted) else WRONG_TYPE
    if got_kind == "string":
        return _credit(text_similarity(got, wanted))
    if got_kind == "number":
        return EQUAL if same_number(got, wanted) else WRONG
    if got_kind not in ("list", "object") or (depth >= DEPTH and type(wanted) is not Fields):
        return EQUAL if same(got, wanted) else WRONG
    return _credit(_list(got, wanted, depth + 1) if got_kind == "list" else _object(got, wanted, depth + 1))


def _credit(similarity: float) -> Credit:
    if similarity == 1.0:
        return EQUAL
    return (similarity, "partial") if similarity > 0.0 else WRONG


def best(got: Any, place: Accepted, value: Any) -> Credit:
    """The best credit over the alternatives of a place; an accepted value ends the search."""
    if len(place.alternatives) == 1:
        only: Credit = value(got, place.alternatives[0])
        return only
    found = WRONG_TYPE if place.alternatives else WRONG
    for wanted in place.alternatives:
        credit: Credit = value(got, wanted)
        if credit[0] == 1.0:
            return credit
        if credit[0] > found[0] or (credit[0] == found[0] and credit[1] == "value"):
            found = credit
    return found


def same_number(a: float, b: float) -> bool:
    """Numeric equality: integers exactly, floats within :data:`TOLERANCE`, NaN is NaN."""
    if a == b:
        return True
    if isinstance(a, int) and isinstance(b, int):
        return False
    try:
        return math.isclose(a, b, rel_tol=TOLERANCE) or (math.isnan(a) and math.isnan(b))
    except OverflowError:  # an integer beyond the range of floats
        return False


def _written_alike(got: object, wanted: object) -> bool:
    """Whether a string says what a number, bool or null says, in either direction."""
    text, value = (got, wanted) if isinstance(got, str) else (wanted, got)
    if not isinstance(text, str) or len(text) > 1000:
        return False
    text = text.strip()
    if kind(value) == "number":
        return bool(_NUMBER.fullmatch(text)) and same_number(_read_number(text), value)  # type: ignore[arg-type]
    return kind(value) in ("null", "bool") and _WRITTEN.get(text.casefold(), text) is value


def _read_number(text: str) -> float:
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _list(got: list[Any], wanted: list[Any], depth: int) -> float:
    longer, shorter = max(len(got), len(wanted)), min(len(got), len(wanted))
    head, tail = equal_ends(got, wanted) if shorter < longer else (0, 0)
    middle = [nested(got[i], wanted[i], depth)[0] for i in range(head, shorter - tail)]
    return fraction(middle, longer, ones=head + tail)


def equal_ends(a: Sequence[Any], b: Sequence[Any]) -> tuple[int, int]:
    """How many elements two lists have in common at their start, and how many of the rest at their end."""
    shorter = min(len(a), len(b))
    head = next((i for i in range(shorter) if not same(a[i], b[i])), shorter)
    tail = next((i for i in range(shorter - head) if not same(a[-1 - i], b[-1 - i])), shorter - head)
    return head, tail


def _object(got: Mapping[Any, Any], wanted: Mapping[Any, Any] | Fields, depth: int) -> float:
    fields = wanted.fields if isinstance(wanted, Fields) else wanted
    common = [nested(value, fields[name], depth)[0] for name, value in got.items() if name in fields]
    left_out = sum(name not in got and not (type(f) is Accepted and f.optional) for name, f in fields.items())
    return fraction(common, len(got) + left_out)


# ---- equality, without recursion ----


def same(a: object, b: object) -> bool:
    """Whether two plain values say the same (texts in soft form); stops at the first difference, any depth."""
    sort = kind(a)
    if sort != kind(b):
        return False
    if sort == "string":
        return a == b or soft(a).key == soft(b).key  # type: ignore[arg-type]
    if sort not in ("list", "object", "other"):
        return a == b or (a != a and b != b)
    end = object()
    return all(x == y for x, y in zip_longest(flatten(a), flatten(b), fillvalue=end))


def flatten(value: object) -> Iterator[object]:
    """A value as a flat stream of hashable marks, depth first, so that equal streams mean equal values.

    >>> list(flatten({"a": [1, True]}))
    [('object', 1), 'a', ('list', 2), ('number', 1), ('bool', True)]
    """
    stack = [value]
    while stack:
        value = stack.pop()
        sort = kind(value)
        if sort == "string":
            yield (sort, soft(str(value)).key)
        elif sort == "list":
            yield (sort, len(value))  # type: ignore[arg-type]
            stack.extend(reversed(value))  # type: ignore[call-overload]
        elif sort == "object":
            fields: Mapping[Any, Any] = value.fields if isinstance(value, Fields) else value  # type: ignore[assignment]
            yield (sort, len(fields))
            for name in sorted(fields, key=written, reverse=True):
                stack += [fields[name], _Name(name)]
        elif isinstance(value, _Name):
            yield value.name
        else:
            yield (sort, "nan" if value != value else value if sort != "other" else written(value))


class _Name:
    """The name of a field on the stack of :func:`flatten`."""

    __slots__ = ("name",)

    def __init__(self, name: object) -> None:
        self.name = name


def written(value: object) -> str:
    """``str(value)``, or the name of its type where that is impossible (an integer of 5,000 digits)."""
    try:
        return str(value)
    except (ValueError, RecursionError):
        return f"<{type(value).__name__}>"


# ---- star ----


def flat(got: Any, wanted: Any) -> Credit:
    """One argument as the released reward compares it: two texts by ROUGE-L, two numbers by ==, all else by str()."""
    if isinstance(got, str) and isinstance(wanted, str):
        return EQUAL if got == wanted else _credit(rouge_f1(got, wanted))
    wanted = plain(wanted)
    if isinstance(got, (int, float)) and isinstance(wanted, (int, float)):
        return EQUAL if got == wanted else WRONG
    return EQUAL if written(got) == written(wanted) else WRONG


def plain(value: Any) -> Any:
    """A wanted value without alternatives: the first one of each place, optional fields left out where they can be."""
    if isinstance(value, Accepted):
        return plain(value.alternatives[0]) if value.alternatives else None
    if isinstance(value, Fields):
        return {name: plain(place) for name, place in value.fields.items() if not place.optional}
    if isinstance(value, (list, tuple)) and any(isinstance(item, (Accepted, Fields)) for item in value):
        return [plain(item) for item in value]
    return value
