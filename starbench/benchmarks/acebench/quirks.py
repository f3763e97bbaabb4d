"""Every oddity of ACEBench's scorer that decides a verdict, by name.

The checker calls these where upstream departs from what the benchmark asks for; ``strict`` grading uses none of them.
The numbers are those of the project's own list of measured behaviour; :data:`QUIRKS` says each in a sentence::

    contained("total", "Total eclipse")  -> True      substring_match
    without_suffix("book_flight_2")      -> "book_flight"
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from starbench.benchmarks.constant_folding import Folder

QUIRKS: Mapping[str, str] = {
    "unchecked_scalars": "Q1: a top-level number or boolean is compared by type only: any int passes for any int.",
    "number_is_int": "Q2: type 'number' means int, so a float passes only where the answer itself is a float.",
    "enum_is_enumerate": "Q3: type 'enum' means Python's enumerate, which no value is an instance of.",
    "substring_match": "Q4: a string passes if the normalised answer stands anywhere inside it.",
    "nested_substring_match": "Q5: inside an object, str(answer) anywhere inside str(value) passes: 50 for 5.",
    "ordered_lists": "Q6: lists are compared in order and to full length; strings are normalised one level deep.",
    "empty_container_fails": "Q7: an answer [] or {} can never be given, only left out.",
    "whitespace_deleted": "Q8: all white space is deleted before multi-turn answers are read, inside strings too.",
    "first_brackets": "Q9: the first outermost [...] is read, brackets inside strings counted; a stray ] hides it.",
    "unary_negates": "Q10: any unary operator negates: +5 is -5, not True is -1.",
    "arithmetic_evaluated": "Q11: arithmetic is evaluated: 20-30 is -10.",
    "odd_callee": "What is called need not be a name: x[0].f() calls f, and (lambda: 1)() the empty name.",
    "positional_dropped": "Q12: positional arguments are dropped.",
    "number_suffix_dropped": "Q13: _digits at the end of an expected name are dropped, even where they belong to it.",
    "substring_schema": "Q14: the schema of an expected call is the first function whose name stands inside its name.",
    "many_to_one": "Q15: one call can satisfy several expected calls.",
    "one_text_for_extra_and_missing": "Q16: a missing function is reported as an extra one.",
    "last_candidate_reports": "Q17: the error type is that of the last call tried.",
    "alternative_still_listed": "Q18: an answer that matches a later alternative is correct and listed as a failure.",
    "true_and_false_text": "A value 'true' or 'false', as text or bare name, is a boolean, so it fails for a string.",
    "special_anywhere": "Special cases look for fixed words anywhere in the raw text; the form of the answer is free.",
    "unmatched_class_keeps_verdict": "Q26: an agent's class without counterpart gets the verdict of the class before.",
    "milestone_cursor": "Q27: one missing milestone consumes the rest of the trace.",
    "crash": "Q29, Q30: the official run stops with an exception on this answer; here it is wrong with a code.",
}
"""Name -> what upstream does."""

# Reading an answer.

_BRACKET = re.compile(r"[\[\]]")


def without_whitespace(result: Any) -> str:
    """``whitespace_deleted``: the answer without any white space; AttributeError for anything but text."""
    return "".join(result.split())


def first_brackets(result: Any) -> str | None:
    """``first_brackets``: from the first [ at depth 0 to the ] that closes it, or None; TypeError for what has no loop.

    The depth may go below 0: after a stray ], the next [ only brings it back to 0 and opens nothing.
    """
    if not isinstance(result, str):
        iter(result)
        return None
    start, depth = -1, 0
    for bracket in _BRACKET.finditer(result):
        if bracket[0] == "[":
            if depth == 0:
                start = bracket.start()
            depth += 1
        else:
            depth -= 1
            if depth == 0 and start != -1:
                return result[start : bracket.end()]
    return None


def negated(node: ast.UnaryOp) -> Any:
    """``unary_negates``: minus what stands there, whatever the operator; only constants can be negated."""
    operand: Any = node.operand
    return -operand.value


def evaluated(node: ast.BinOp, folder: Folder) -> Any:
    """``arithmetic_evaluated``: worked out on constants without running anything; names are not defined."""
    named = next((part.id for part in ast.walk(node) if isinstance(part, ast.Name)), None)
    if named is not None:
        raise NameError(f"name {named!r} is not defined")
    return folder.fold(node)


# Comparing with the expected answer.

PYTHON_TYPES: Mapping[str, type] = {
    "string": str, "any": str, "integer": int, "int": int, "number": int, "float": float, "boolean": bool,
    "array": list, "tuple": list, "list": list, "list(string)": list, "list(enum)": list, "objectArray": list,
    "dict": dict, "object": dict, "enum": enumerate,
}  # fmt: skip
"""``number_is_int`` and ``enum_is_enumerate``: documented type -> Python type that a value must have exactly."""

CONTAINERS = frozenset({"array", "tuple", "list(string)", "list(enum)", "object", "objectArray"})
"""Types whose elements upstream sets out to check ("list" and "dict" are not among them)."""

_SOFT = re.compile(r"[ ,./\-_*^]")
_NUMBERED = re.compile(r"_\d+$")


def normalised(text: str) -> str:
    """Upstream's normal form of a text: soft punctuation and spaces deleted, lower case, ' read as "."""
    return _SOFT.sub("", text).lower().replace("'", '"')


def contained(answer: str, value: str) -> bool:
    """``substring_match``: whether the normalised answer stands anywhere inside the normalised value."""
    return normalised(answer) in normalised(value)


def contained_as_text(answer: Any, value: Any) -> bool:
    """``nested_substring_match``: whether the answer, written out, stands anywhere inside the value, written out."""
    plain = normalised(value) if type(value) is str else value
    return str(normalised(answer) if type(answer) is str else answer) in str(plain)


def as_boolean(value: Any) -> Any:
    """``true_and_false_text``: the booleans that "true" and "false" stand for, any other value as it is."""
    if type(value) is str and value in ("true", "false"):
        return value == "true"
    return value


def without_suffix(name: str) -> str:
    """``number_suffix_dropped``: an expected name as upstream looks for it."""
    return _NUMBERED.sub("", name)


def schema_of(functions: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    """``substring_schema``: the first function whose name stands inside the expected name, suffix included."""
    return next((function for function in functions if function["name"] in name), None)
