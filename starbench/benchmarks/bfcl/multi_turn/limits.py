"""What a simulated call may cost: the few arguments with which BFCL's own code would run for hours are refused.

A guard looks at one method's arguments before it runs and raises :class:`Refused`, whose text becomes the result of the
call, as an exception's does upstream::

    power(base=10, exponent=10 ** 9)          # would fill the memory
    square_root(number=2, precision=10 ** 9)  # would compute a billion digits
    find()                                    # in a tree that was copied into itself thirty times

No call of the answers comes near a limit and none of these methods changes state, so a refusal changes no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

CALLS = 5_000
"""Calls run on each side of a conversation; the longest of the published runs has 37."""
CHARACTERS = 50_000_000
"""Characters of results kept on each side of a conversation."""
TEXT = 2_000_000
"""Characters of one call."""
PARTS = 100_000
"""Commas in one call, a bound on the nodes of its syntax tree."""
NODES = 100_000
"""Values inside one result, files and folders inside one tree."""
PRECISION = 1_000
"""Digits that a calculation may ask for."""
MEMORY = 1_000_000
"""Characters that a memory of one text may come to; it holds 10,000 unless they are replaced."""
BITS = 200_000
"""Bits of an integer power; a result of more than 4,300 digits cannot be written out anyway."""

Arguments = Callable[[int, str], Any]
"""The value of an argument, by position and name; None where it was left out."""

_HUGE_EXPONENT = re.compile(r"[eE][+-]?\d{4,}")


class Refused(Exception):
    """A call that is not run; the text says why."""


def guard(method: str, receiver: Any, positional: Sequence[Any], named: Mapping[str, Any]) -> None:
    """Raise :class:`Refused` where ``method`` of ``receiver`` would take too much with these arguments."""
    check = _GUARDS.get(method)
    if check is None:
        return

    def argument(position: int, name: str) -> Any:
        return positional[position] if position < len(positional) else named.get(name)

    check(receiver, argument)


def weigh(value: Any) -> None:
    """Raise :class:`Refused` where ``value`` holds more than :data:`NODES` values, shared ones counted each time.

    A result that was passed on as an argument can stand in the next result many times over, so that writing it out
    would take exponential time; walking it stops at the limit.
    """
    waiting, seen = [value], 0
    while waiting:
        item = waiting.pop()
        seen += 1
        if seen > NODES:
            raise Refused("the result holds too many values to be written out")
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, (list, tuple, set, frozenset)):
            waiting.extend(item)


def _power(receiver: Any, argument: Arguments) -> None:
    base, exponent = argument(0, "base"), argument(1, "exponent")
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent > BITS:
        raise Refused("the power has too many digits")


def _rounding(receiver: Any, argument: Arguments) -> None:
    places = argument(1, "decimal_places")
    if isinstance(places, int) and abs(places) > BITS:
        raise Refused("rounding to that many places is not supported")


def _precision(receiver: Any, argument: Arguments, position: int) -> None:
    wanted = argument(position, "precision")
    try:
        digits = int(wanted)
    except (TypeError, ValueError, OverflowError):
        return  # the method's own affair
    if digits > PRECISION:
        raise Refused(f"a precision of more than {PRECISION} digits is not supported")


def _square_root(receiver: Any, argument: Arguments) -> None:
    _precision(receiver, argument, 1)


def _logarithm(receiver: Any, argument: Arguments) -> None:
    _precision(receiver, argument, 2)
    for value in (argument(0, "value"), argument(1, "base")):
        if isinstance(value, str) and (len(value) > PRECISION or _HUGE_EXPONENT.search(value)):
            raise Refused("a number written out that long is not supported")


def _replacement(receiver: Any, argument: Arguments) -> None:
    """An empty text stands before every character, so that replacing it again and again would fill the machine."""
    old, new = str(argument(0, "old_text")), str(argument(1, "new_text"))
    if len(receiver.memory) + receiver.memory.count(old) * len(new) > MEMORY:
        raise Refused("the memory would become too long")


def _tree(receiver: Any, argument: Arguments) -> None:
    """Count the files below every folder that ``find`` or ``du`` could start from; shared ones count each time."""
    waiting, seen = [receiver.root, receiver._current_dir], 0
    while waiting:
        for item in waiting.pop().contents.values():
            seen += 1
            if seen > NODES:
                raise Refused("the folders hold too many files, or each other")
            if hasattr(item, "contents"):
                waiting.append(item)


_GUARDS: Mapping[str, Callable[[Any, Arguments], None]] = {
    "power": _power,
    "round_number": _rounding,
    "square_root": _square_root,
    "logarithm": _logarithm,
    "memory_replace": _replacement,
    "find": _tree,
    "du": _tree,
}
"""Method -> what it checks first."""
