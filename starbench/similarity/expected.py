"""Ways to say what is expected.

expected_calls([Call("add", {"a": 1})])           exactly this call
expected_reply("Which city?")                     this reply, and no call
ABSTAIN                                           no call
ANY_CALL                                          some call of an offered tool
possible_answers([{"f": {"x": [5], "y": ["", 2]}}])   BFCL's notation: x is 5, y is 2 or left out
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starbench.types import Accepted, Call, Expected, ExpectedCall, Fields, Tool

ABSTAIN = Expected("abstain")
ANY_CALL = Expected("any_call")


def expected_calls(calls: Iterable[Call]) -> Expected:
    """Exactly these calls, in any order; each value is the only one accepted."""
    return Expected(
        "calls",
        tuple(
            ExpectedCall(call.name, {name: Accepted((value,)) for name, value in call.arguments.items()})
            for call in calls
        ),
    )


def expected_reply(*replies: str) -> Expected:
    """A reply that says the same as one of these, and no call."""
    return Expected("reply", replies=replies)


def possible_answers(
    answers: Sequence[Mapping[str, Mapping[str, Sequence[Any]]]], tools: Sequence[Tool] = ()
) -> Expected:
    """Calls in BFCL's notation: a list of ``{function: {parameter: [alternatives]}}``.

    An empty string among the alternatives says that the parameter may be left out. It is a value as well only where
    nothing else is accepted, or where the tool demands the parameter or has "" as its default. An alternative that is
    an object, or a list of objects, gives each field its own list of alternatives.
    """
    schemas = {tool.name: tool.parameters for tool in tools}
    return Expected(
        "calls",
        tuple(
            ExpectedCall(name, {p: _place(alts, p, schemas.get(name, {})) for p, alts in arguments.items()})
            for answer in answers
            for name, arguments in answer.items()
        ),
    )


def _place(alternatives: Sequence[Any], name: str, schema: Mapping[str, Any]) -> Accepted:
    optional = any(alt == "" for alt in alternatives)
    declared = schema.get("properties", {}).get(name, {})
    default = declared.get("default") if isinstance(declared, Mapping) else None
    real = name in schema.get("required", ()) or default == "" or all(alt == "" for alt in alternatives)
    return Accepted(tuple(_alternative(alt) for alt in alternatives if alt != "" or real), optional)


def _alternative(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _fields(value)
    if isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
        return [_fields(item) for item in value]
    return value


def _fields(value: Mapping[str, Any]) -> Fields:
    return Fields({name: _place(alts if isinstance(alts, list) else [alts], name, {}) for name, alts in value.items()})
