"""Oddities of judging a call: where upstream's checker departs from comparing with the accepted values.

    standardized("-5 Main St.")      # "5mainst"

They stand in the order in which an answer meets them, from its shape to the value of one argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from starbench.benchmarks.bfcl.quirks.registry import QUIRKS, quirk


@quirk
def counts_as_call(decoded: Any) -> bool:
    """In (ir)relevance cases only the shape of the answer counts, so text that cannot be decoded is a right abstention.

    That includes error messages of the serving side. Whether the called tool exists is not looked at.
    """
    return bool(decoded) and is_list_of_calls(decoded)


def is_list_of_calls(decoded: Any) -> bool:
    """Whether ``decoded`` is a list of ``{function name: {parameter: value}}``, or empty."""
    return type(decoded) is list and all(
        type(call) is dict and len(call) == 1 and type(next(iter(call.values()))) is dict for call in decoded
    )


@quirk
def kind_of_check(category: str) -> str:
    """Words in the category's name decide which check is made; format sensitivity goes by the id of the varied case."""
    return next((kind for kind in ("parallel", "multiple") if kind in category), "simple")


@quirk
def with_underscores(name: str, underscore_to_dot: bool) -> str:
    """Of models whose API forbids dots in names, the dotted spelling is wrong and the one with underscores right."""
    return name.replace(".", "_") if underscore_to_dot else name


ANY_IS_TEXT: Mapping[str, type] = {"any": str}
QUIRKS["ANY_IS_TEXT"] = "The documented type any means string, unless the first accepted value is of another type."


@quirk
def float_from_whole(value: Any, documented: str) -> Any:
    """A whole number is taken for a float where the parameter is a float, but not inside an array or object."""
    return float(value) if documented == "float" and type(value) is int else value


@quirk
def list_from_tuple(value: Any, documented: str) -> Any:
    """A Python tuple is right for the documented type tuple (as is a list), and wrong for an array."""
    return list(value) if documented == "tuple" and type(value) is tuple else value


@quirk
def type_of_first(alternatives: Sequence[Any]) -> type | None:
    """Only the first accepted value that is not blank decides which other type than the documented one is right.

    So null passes where it comes first and fails where it comes later, and of ``[5, "any"]`` only 5 can be right.
    """
    return next((type(alternative) for alternative in alternatives if alternative != ""), None)


@quirk
def any_elements_fit(alternative: Any) -> bool:
    """An accepted value that is no list switches off the check of element types, and ``""`` (optional) is one."""
    return type(alternative) is not list


@quirk
def stands_for_variable(value: Any, wanted: type | None, documented: type) -> bool:
    """An accepted value of another type than documented is taken for a variable's name, which must be equal exactly."""
    return type(value) is not documented or wanted not in (None, documented)


_SOFT = {ord(character): None for character in " ,./-_*^"}


@quirk
def standardized(text: str) -> str:
    """Text is compared without case, spaces and ``,./-_*^``, even where these are a sign or a decimal point."""
    return text.translate(_SOFT).lower().replace("'", '"')


def standardized_if_text(value: Any) -> Any:
    """``value``, in the form that is compared if it is text."""
    return standardized(value) if type(value) is str else value


@quirk
def options_in_place(options: Any) -> list[Any]:
    """Accepted values of a key that are a text and no list are its letters (and optional: any text contains ``""``)."""
    return [standardized_if_text(options[index]) for index in range(len(options))]


@quirk
def elements_of(alternative: Any) -> list[Any]:
    """Elements are compared softly at the first level only, and ``""`` (optional) is also the empty list."""
    return [standardized_if_text(alternative[index]) for index in range(len(alternative))]


_Problem = TypeVar("_Problem")


@quirk
def last_of(problem: _Problem | None, later: _Problem | None) -> _Problem | None:
    """A key missing from an object replaces the error found before in the same object."""
    return later or problem


@quirk
def first_fitting(tried: Iterable[tuple[int, object]]) -> int | None:
    """Parallel calls are matched greedily: an expected call takes the first that fits, even if another needs it."""
    return next((index for index, problem in tried if problem is None), None)


@quirk
def equal_to_one_of(value: Any, alternatives: Iterable[Any]) -> bool:
    """What is no text, list or object is compared by Python's equality, in which 1, 1.0 and True are the same."""
    return value in alternatives


@quirk
def printed(value: Any) -> str:
    """A wrong value is printed into the error message, so one that Python cannot print crashes the evaluation.

    These are integers of more than 4300 digits and values nested some 500 levels deep.
    """
    return repr(value)
