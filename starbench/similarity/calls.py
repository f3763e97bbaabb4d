"""How alike the calls of an answer and the expected calls are: an intersection over union, twice.

    expected   f(a=1, b=2), g()          predicted   f(a=1, b=3)
    pair f     (1 + 0) / |{a, b}|                     = 0.5
    calls      0.5 / (1 predicted + 2 expected - 1)   = 0.25

The paper's equation (arXiv 2602.03022): ``S = Σ sim(p, g) / (|P| + |G| - |P ∩ G|)``. Pairs are made between calls of
the same name, as many as there can be; ``sim`` of a pair is the same fraction over arguments, where an optional
argument that is left out does not count. An attempt that could not be read counts as a predicted call without partner.

Laws, for the ``robust`` profile, exactly and not up to rounding:

* 1.0 if and only if every call has a partner that accepts it as a whole and nothing is left over;
* the order of calls and of arguments does not matter;
* adding a call with no credit from any expected call, or an unreadable attempt, never raises S;
* a copy of a call never raises S, unless a further expected call accepts that very call as a whole: copies beyond the
  number of expected calls that accept them (at least one) take no partner. Without this rule
  ``f(a=1, b=1)`` against ``f(a=1, b=1), f(a=1, b=2)`` would rise from 1/2 to 3/4 by being written twice;
* dropping an exactly right call never raises S if no other predicted call gets credit from its partner.

The last law cannot hold without its condition, under any form of the equation. Let g be expected, and p (right) and
q (sim 0.9) predicted: S = 1 / (2 + 1 - 1) = 0.5, and without p, S = 0.9 / (1 + 1 - 1) = 0.9. The near miss q takes
the place of p, and what fell away is the penalty for having answered twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from starbench.similarity.profiles import Profile
from starbench.similarity.values import best, flatten, fraction, written
from starbench.types import Accepted, ArgumentPart, Call, CallPart, ExpectedCall, Similarity

PAIRS, CALLS = 16_384, 512
"""Pairs of one name, and calls of one name, that are compared if fewer are expected; the others are ``surplus``."""

ArgumentCredit = tuple[str, float, str]
"""Name of an argument, similarity, reason."""


class Pair(NamedTuple):
    """A predicted call and the expected one it was compared with, by index."""

    predicted: int
    expected: int
    similarity: float


class Matching(NamedTuple):
    """The assignment between two lists of calls and the similarity that follows from it.

    ``alone`` gives a reason to predicted calls that were not allowed a partner (``copy``, ``surplus``).
    """

    value: float
    pairs: list[Pair]
    alone: dict[int, str]


def match_calls(
    predicted: Sequence[Call], expected: Sequence[ExpectedCall], rules: Profile, failed: int = 0
) -> Matching:
    """Match two lists of calls; ``failed`` is the number of attempts that could not be read."""
    pairs: list[Pair] = []
    alone: dict[int, str] = {}
    if len(predicted) == 1 == len(expected):
        if predicted[0].name == expected[0].name:
            pairs = _pair(predicted, [0], expected, [0], rules, alone)
    else:
        made, asked = _by_name(predicted), _by_name(expected)
        for name in made:
            if name in asked:
                pairs += _pair(predicted, made[name], expected, asked[name], rules, alone)
        pairs.sort()
    union = len(predicted) + failed + len(expected) - len(pairs)
    return Matching(fraction([pair.similarity for pair in pairs], union, total=rules.total), pairs, alone)


def _by_name(calls: Sequence[Call | ExpectedCall]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for index, call in enumerate(calls):
        found.setdefault(call.name, []).append(index)
    return found


def _pair(
    predicted: Sequence[Call],
    made: list[int],
    expected: Sequence[ExpectedCall],
    asked: list[int],
    rules: Profile,
    alone: dict[int, str],
) -> list[Pair]:
    """Pairs among the calls of one name; those that may take no partner go to ``alone`` with their reason."""
    if len(made) == 1 == len(asked):
        i, j = made[0], asked[0]
        return [Pair(i, j, pair_similarity(predicted[i].arguments, expected[j], rules))]
    most = max(len(asked), min(CALLS, PAIRS // len(asked)))
    if len(made) > most:
        made = sorted(made, key=lambda i: written(tuple(flatten(predicted[i].arguments))))
        alone.update(dict.fromkeys(made[most:], "surplus"))
        made = made[:most]
    weights = [[pair_similarity(predicted[i].arguments, expected[j], rules) for j in asked] for i in made]
    if len(made) > 1 and not rules.copies_pair:
        copies = _copies(predicted, made, weights)
        alone.update(dict.fromkeys((made[row] for row in copies), "copy"))
        weights = [row for i, row in enumerate(weights) if i not in copies]
        made = [call for i, call in enumerate(made) if i not in copies]
    columns = rules.pair(weights)
    return [
        Pair(i, asked[column], row[column])
        for i, row, column in zip(made, weights, columns, strict=True)
        if column >= 0
    ]


def _copies(predicted: Sequence[Call], made: list[int], weights: list[list[float]]) -> set[int]:
    """The rows of copies of a call beyond the expected calls that accept it as a whole."""
    alike: dict[tuple[float, ...], list[int]] = {}
    for row, credits in enumerate(weights):
        alike.setdefault(tuple(credits), []).append(row)
    copies: set[int] = set()
    for credited, rows in alike.items():  # copies have the same credits, so the others need no closer look
        if len(rows) > 1:
            seen: dict[object, int] = {}
            for row in rows:
                call = tuple(flatten(predicted[made[row]].arguments))
                seen[call] = seen.get(call, 0) + 1
                if seen[call] > max(1, credited.count(1.0)):
                    copies.add(row)
    return copies


def pair_similarity(arguments: Mapping[str, Any], wanted: ExpectedCall, rules: Profile) -> float:
    """The similarity of the arguments of a call to those of an expected call of the same name.

    It follows from :func:`argument_credits`; most pairs are only weighed, so no reasons are made here.
    """
    places, value = wanted.arguments, rules.value
    credited = [best(got, places[name], value)[0] for name, got in arguments.items() if name in places]
    union = len(arguments)
    if len(credited) < len(places):
        union += sum(not place.optional for name, place in places.items() if name not in arguments)
    return fraction(credited, union)


def argument_credits(
    arguments: Mapping[str, Any], wanted: Mapping[str, Accepted], rules: Profile
) -> list[ArgumentCredit]:
    """The credit of each argument in the union of both sides, the missing ones first."""
    found = [(name, 0.0, "missing") for name, place in wanted.items() if name not in arguments and not place.optional]
    for name, got in arguments.items():
        place = wanted.get(name)
        found.append((name, 0.0, "unexpected") if place is None else (name, *best(got, place, rules.value)))
    return found


def compare_calls(
    predicted: Sequence[Call], expected: Sequence[ExpectedCall], rules: Profile, failed: int = 0
) -> Similarity:
    """The similarity of two lists of calls, with its parts."""
    matching = match_calls(predicted, expected, rules, failed)
    return Similarity(matching.value, tuple(_parts(predicted, expected, matching, failed, rules)), rules.name)


def _parts(
    predicted: Sequence[Call], expected: Sequence[ExpectedCall], matching: Matching, failed: int, rules: Profile
) -> Iterator[CallPart]:
    """Pairs in the order of the answer, then predicted calls, expected calls and attempts without partner."""
    for i, j, similarity in matching.pairs:
        reason = "equal" if similarity == 1.0 else "partial" if similarity > 0.0 else "different"
        arguments = _argument_parts(predicted[i].arguments, expected[j].arguments, rules)
        yield CallPart(predicted[i].name, i, j, similarity, reason, arguments)
    paired, met = {pair.predicted for pair in matching.pairs}, {pair.expected for pair in matching.pairs}
    for i, call in enumerate(predicted):
        if i not in paired:
            yield CallPart(call.name, i, None, 0.0, matching.alone.get(i, "unexpected"))
    for j, wanted in enumerate(expected):
        if j not in met:
            yield CallPart(wanted.name, None, j, 0.0, "missing")
    for _ in range(failed):
        yield CallPart("", None, None, 0.0, "failed")


def _argument_parts(
    arguments: Mapping[str, Any], wanted: Mapping[str, Accepted], rules: Profile
) -> tuple[ArgumentPart, ...]:
    return tuple(
        ArgumentPart(
            name,
            similarity,
            reason,
            got=arguments.get(name),
            wanted=wanted[name].alternatives if name in wanted else None,
        )
        for name, similarity, reason in argument_credits(arguments, wanted, rules)
    )
