"""How the release compares calls: each takes the most similar gold call of its name that is left, in order.

    first_come([("f", {"a": 1, "b": 2}), ("g", {})], [("f", {"a": 1, "b": 3})])  ->  [0.5]

A call takes a partner even at similarity 0. Names and arguments are whatever JSON a label or an answer holds; what the
release cannot compare raises here as well, and :mod:`starbench.reward.star` makes a code of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starbench.similarity.values import SCALARS, flat

StarCall = tuple[Any, Any]
"""Name and arguments, whatever JSON these are."""


def first_come(predicted: Sequence[StarCall], gold: Sequence[StarCall]) -> list[float]:
    """The credit of each call that finds a partner; raises where the release does."""
    if len(predicted) == 1 == len(gold):
        (name, arguments), (wanted, partner) = predicted[0], gold[0]
        hash((name, wanted))  # the release looks calls up by name, and raises where that is a list
        return [_pair(arguments, partner)] if name == wanted else []
    left: dict[Any, list[Any]] = {}
    for name, arguments in gold:
        left.setdefault(name, []).append(arguments)
    credited: list[float] = []
    for name, arguments in predicted:
        partners = left.get(name)
        if partners:
            best, highest = 0, -1.0
            for index, partner in enumerate(partners):
                if highest == 1.0 and type(partner) is dict:  # none is better, and the release does not raise
                    continue
                similarity = _pair(arguments, partner)
                if similarity > highest:
                    best, highest = index, similarity
            del partners[best]
            credited.append(highest)
    return credited


def _pair(got: Any, wanted: Any) -> float:
    """The similarity of two sets of arguments; raises TypeError where the release does."""
    if type(got) is not dict or type(wanted) is not dict:
        return _pair_of_any_kind(got, wanted)
    credited, common = 0.0, 0
    for name, value in got.items():
        if name in wanted:
            common += 1
            other = wanted[name]
            credited += 1.0 if value == other and type(other) in SCALARS else flat(value, other)[0]
    union = len(got) + len(wanted) - common
    return credited / union if union else 1.0


def _pair_of_any_kind(got: Any, wanted: Any) -> float:
    if not isinstance(wanted, (dict, list)):
        raise TypeError("the release copies the gold's arguments")
    if any(name in wanted for name in got):
        raise TypeError("the release looks up an argument by name in a list or text")
    return 0.0 if len(got) + len(wanted) else 1.0
