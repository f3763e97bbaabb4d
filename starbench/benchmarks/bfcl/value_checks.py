"""Whether one argument's value is among the accepted ones, as the official BFCL checker sees it.

    check_value("New York", ["New York City", "NYC"], str, None)      # Problem("value_error:string", "…")
    check_value([1, 2], [[1, 2]], list, int)                          # None: it is right

Each check follows the official order, because the first error found is the one that is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from starbench.benchmarks.bfcl.quirks import judging as quirks


class Problem(NamedTuple):
    """Why a value or call is wrong: upstream's error type, and a sentence of ours."""

    error: str
    sentence: str


def check_value(value: Any, alternatives: Sequence[Any], documented: type, element: type | None) -> Problem | None:
    """The problem with ``value``, or None. ``element`` is the documented type of an array's elements."""
    wanted = quirks.type_of_first(alternatives)
    problem = _check_type(value, alternatives, documented, element, wanted)
    if problem is not None:
        return problem
    if not quirks.stands_for_variable(value, wanted, documented):
        check = _check_objects if element is dict else _CHECKS.get(documented)
        if check is not None:
            return check(value, alternatives)
    if quirks.equal_to_one_of(value, alternatives):
        return None
    return Problem("value_error:others", f"{quirks.printed(value)} is not among the accepted values")


def _check_type(
    value: Any, alternatives: Sequence[Any], documented: type, element: type | None, wanted: type | None
) -> Problem | None:
    """The value has the documented type, its elements included, or else the type of the first accepted value."""
    right = type(value) is documented
    if right and _elements_fit(value, alternatives, element):
        return None
    if type(value) is not wanted:
        got = type(value).__name__
        return Problem("type_error:simple", f"{quirks.printed(value)} is {got}, expected is {documented.__name__}")
    if right:
        return Problem("type_error:nested", f"elements of {quirks.printed(value)} have other types than expected")
    return None


def _elements_fit(value: Any, alternatives: Sequence[Any], element: type | None) -> bool:
    """Whether the elements have the documented type, or all the type of the first element of one accepted list."""
    if element is None:
        return True
    return any(quirks.any_elements_fit(accepted) or _fit_like(value, accepted, element) for accepted in alternatives)


def _fit_like(value: Any, accepted: Sequence[Any], element: type) -> bool:
    wanted = quirks.type_of_first(accepted)
    for item in value:
        if type(item) is not element and type(item) is not wanted:
            quirks.printed(item)
            return False
    return True


def _check_text(value: str, alternatives: Sequence[Any]) -> Problem | None:
    if quirks.standardized(value) in [quirks.standardized(text) for text in alternatives if type(text) is str]:
        return None
    return Problem("value_error:string", f"{quirks.printed(value)} is not among the accepted texts")


def _check_list(value: Sequence[Any], alternatives: Sequence[Any]) -> Problem | None:
    items = [quirks.standardized_if_text(item) for item in value]
    if items in [quirks.elements_of(alternative) for alternative in alternatives]:
        return None
    return Problem("value_error:list/tuple", f"{quirks.printed(value)} is not among the accepted lists")


def _check_object(value: Mapping[Any, Any], alternatives: Sequence[Any]) -> Problem | None:
    problem: Problem | None = Problem("dict_checker:unclear", "no object is accepted")
    for alternative in alternatives:
        if alternative == "":
            continue
        problem = quirks.last_of(_wrong_member(value, alternative), _missing_member(value, alternative))
        if problem is None:
            return None
    return problem


def _wrong_member(value: Mapping[Any, Any], accepted: Mapping[Any, Any]) -> Problem | None:
    for key, member in value.items():
        if key not in accepted:
            return Problem("value_error:dict_key", f"the key {str(key)!r} is not expected")
        options = quirks.options_in_place(accepted[key])
        if quirks.standardized_if_text(member) not in options:
            return Problem("value_error:dict_value", f"{quirks.printed(member)} at {key!r} is not accepted")
    return None


def _missing_member(value: Mapping[Any, Any], accepted: Mapping[Any, Any]) -> Problem | None:
    for key, options in accepted.items():
        if key not in value and "" not in options:
            return Problem("value_error:dict_key", f"the key {str(key)!r} is missing")
    return None


def _check_objects(value: Sequence[Any], alternatives: Sequence[Any]) -> Problem | None:
    problem: Problem | None = Problem("list_dict_checker:unclear", "no list of objects is accepted")
    for alternative in alternatives:
        if len(value) != len(alternative):
            sentence = f"{len(value)} objects were given, expected are {len(alternative)}"
            problem = Problem("value_error:list_dict_count", sentence)
            continue
        problem = next(filter(None, (_check_object(item, [alternative[i]]) for i, item in enumerate(value))), None)
        if problem is None:
            return None
    return problem


_CHECKS: Mapping[type, Callable[[Any, Sequence[Any]], Problem | None]] = {
    str: _check_text,
    list: _check_list,
    dict: _check_object,
}
