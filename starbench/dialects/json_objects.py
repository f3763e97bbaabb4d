"""JSON objects that are calls, in a row or in an array: shared by every dialect that writes calls as JSON.

    read_objects(window, 0, HERMES_KEYS)   # on '[{"name": "f", "arguments": {}}, {"name": "g"'
    # one parsed attempt (1, 33), one truncated attempt, and the position where reading stopped

Each object is an attempt of its own, so one bad object does not take its neighbours with it. Strings are minded: a
marker or bracket inside a string ends nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starbench.dialects.base import Span, Window, malformed, parsed, too_many, truncated
from starbench.dialects.brackets import element_end, scan
from starbench.dialects.calls import CallProblem, Keys, read_object
from starbench.dialects.json_text import JsonProblem, read_json
from starbench.dialects.repair import repair_json
from starbench.types import Attempt

_SEPARATORS = re.compile(r"[\s,;]*")


def read_objects(
    window: Window, position: int, keys: Keys, limit: Callable[[int], int] | None = None
) -> tuple[list[Attempt], int]:
    """The calls at ``position``: an array of objects, or objects one after the other; and where they end.

    ``limit`` says of a position how far a broken object there may reach (by default to the end of the window). No
    attempts means that no object stands there.
    """
    text = window.text
    position = _skip(text, position, window.end)
    in_array = text.startswith("[", position, window.end)
    position = _skip(text, position + in_array, window.end)
    attempts: list[Attempt] = []
    end = position
    while position < window.end and not too_many(window, attempts, position):
        if in_array and text[position] == "]":
            return attempts, position + 1
        bound = limit(position) if limit else window.end
        if text[position] == "{":
            attempts.append(read_at(window, position, keys, bound))
        elif in_array and position < bound:
            stop = max(element_end(text, position, bound, ",]"), position + 1)
            attempts.append(malformed(text, (position, stop), "an array element that is no object"))
        else:
            break
        end = _stop(attempts[-1])
        position = _skip(text, end, window.end)
    return attempts, max(end, _stop(attempts[-1]) if attempts else end)


def read_at(window: Window, start: int, keys: Keys, bound: int) -> Attempt:
    """The attempt that the object at ``start`` is."""
    text = window.text
    try:
        value, end = read_json(text, start)
        if end <= window.end:
            return as_attempt(window, (start, end), value, keys)
        problem = "the text ends inside the object"
    except JsonProblem as error:
        problem = str(error)
    region = scan(text, start, bound)
    span = (start, region.end)
    repaired = repair_json(text[start : region.end]) if window.repair else None
    if repaired is not None:
        return as_attempt(window, span, repaired[0], keys, repaired[1])
    if region.unclosed and bound == window.end:
        return truncated(text, span)
    return malformed(text, span, problem)


def as_attempt(window: Window, span: Span, value: Any, keys: Keys, *repairs: str) -> Attempt:
    """The attempt that a JSON ``value`` standing at ``span`` is."""
    try:
        call, notes = read_object(value, keys, repair=window.repair)
    except CallProblem as problem:
        return malformed(window.text, span, str(problem))
    return parsed(window.text, span, call, (*repairs, *notes))


def _skip(text: str, position: int, end: int) -> int:
    match = _SEPARATORS.match(text, position, end)
    return match.end() if match else position


def _stop(attempt: Attempt) -> int:
    return attempt.span[1] if attempt.span else 0
