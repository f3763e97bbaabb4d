"""JSON calls without any marker: an object or an array, bare, fenced or amid prose.

    [{"name": "get_weather", "arguments": {"city": "Paris"}}]
    {"tool_calls": [{"name": "get_weather", "arguments": {"city": "Paris"}}]}

An object is an attempt if it has a name and something under an arguments key (or names an offered tool); any other
JSON in the text, such as ``[1, 2]`` or a quoted result, is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from starbench.dialects.base import (
    MAX_CANDIDATES,
    Reading,
    Sign,
    Span,
    Toolbox,
    Window,
    marker_sign,
    occurrences,
    too_many,
)
from starbench.dialects.brackets import scan
from starbench.dialects.calls import ANY_KEYS, Keys, looks_like_call, objects_of, unwrapped
from starbench.dialects.json_objects import as_attempt, read_at, read_objects
from starbench.dialects.json_text import JsonProblem, read_json
from starbench.types import Attempt, Call

_NAMES = "|".join(ANY_KEYS.name)
_ANCHOR = re.compile(
    rf"""(?P<wrapper>\{{\s*['"](?:tool_calls|function_calls|calls)['"]\s*:\s*)(?=\[\s*\{{)"""
    rf"""|(?P<array>\[)\s*\{{\s*['"](?P<key>{_NAMES}|id|type)['"]\s*:"""
    rf"""|(?P<object>\{{)\s*['"]""",
    re.DOTALL,
)
_CALL_KEY = re.compile(
    rf"""\{{\s*['"](?:{_NAMES})['"]\s*:\s*['"{{][^{{}}\[\]]*['"](?:{"|".join(ANY_KEYS.arguments)})['"]\s*:"""
)
_NAME_KEY = re.compile(rf"""\{{\s*['"](?:{_NAMES})['"]\s*:\s*['"]\w""")
_LEAD = re.compile(r"\s*(?:```[\w+-]*)?\s*")


def read_bare_json(window: Window, keys: Keys = ANY_KEYS) -> Reading:
    """All JSON calls of ``window``."""
    text, position = window.text, window.start
    attempts: list[Attempt] = []
    lists: list[Span] = []
    for _ in range(MAX_CANDIDATES):
        match = _ANCHOR.search(text, position, window.end)
        if match is None or too_many(window, attempts, match.start()):
            break
        start = match.start()
        if match["wrapper"] is not None:
            found, position = read_objects(window, match.end(), keys)
            attempts.extend(found)
            closing = re.compile(r"\s*\}").match(text, position, window.end)
            position = closing.end() if closing else max(position, match.end())
            lists.append((start, position))
        elif match["array"] is not None and _starts_call(window, text.index("{", start)):
            found, position = read_objects(window, start, keys)
            attempts.extend(found)
            lists.append((start, position))
        elif match["array"] is not None:
            position = start + 1
        else:
            position = _object(window, start, keys, attempts)
    return Reading(attempts, lists)


def _starts_call(window: Window, brace: int) -> bool:
    """Whether the object at ``brace`` is a call, or tries to be one."""
    try:
        value, _ = read_json(window.text, brace)
    except JsonProblem:
        return _CALL_KEY.match(window.text, brace, window.end) is not None
    return _is_call(window, value)


def _is_call(window: Window, value: object) -> bool:
    if looks_like_call(value):
        return True
    inner = unwrapped(value)
    return isinstance(inner, dict) and any(
        isinstance(inner.get(key), str) and inner[key] in window.toolbox for key in ANY_KEYS.name
    )


def _object(window: Window, start: int, keys: Keys, attempts: list[Attempt]) -> int:
    """Read the object at ``start`` if it is a call; where to go on."""
    try:
        value, end = read_json(window.text, start)
    except JsonProblem as problem:
        tries = _CALL_KEY if start > _begin(window) else _NAME_KEY
        if not tries.match(window.text, start, window.end):
            stuck = problem.position <= start
            return scan(window.text, start, window.end).end if stuck else min(problem.position, window.end)
        attempts.append(read_at(window, start, keys, window.end))
        span = attempts[-1].span
        return span[1] if span else window.end
    if end > window.end:
        return window.end
    if _is_call(window, value):
        attempts.append(as_attempt(window, (start, end), value, keys))
    return end


def _begin(window: Window) -> int:
    """Where the answer begins, after white space and an opening fence."""
    lead = _LEAD.match(window.text, window.start, window.end)
    return lead.end() if lead else window.start


@dataclass(frozen=True, slots=True)
class BareJson:
    """The grammar as a dialect; ``markers`` are texts that may stand before the JSON."""

    name: str
    models: str
    keys: Keys = ANY_KEYS
    array: bool = True
    markers: tuple[tuple[str, str], ...] = ()

    def read(self, window: Window) -> Reading:
        """Find the calls in the whole window; markers are no part of the reply."""
        reading = read_bare_json(window, self.keys)
        inside = [attempt.span for attempt in reading.attempts if attempt.span]
        found = (span for pair in self.markers for marker in pair if marker for span in occurrences(window, marker))
        outer = [span for span in found if not any(a <= span[0] < b for a, b in inside)]
        return Reading(reading.attempts, sorted([*reading.markup, *outer]))

    def sign(self, window: Window) -> Sign | None:
        """Markers; without markers of its own, JSON that is a call."""
        if self.markers:
            return marker_sign(window, [opening for opening, _ in self.markers])
        reading = read_bare_json(window, self.keys)
        if not reading.attempts:
            return None
        if window.text[_begin(window)] in "{[":
            return Sign(0.85, "the answer starts with a JSON call", 0, reading)
        return Sign(0.75, "a JSON call stands amid text", 0, reading)

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """An array of objects, or (where the dialect writes no array) one object a line."""
        objects = objects_of(calls, self.keys)
        if self.array:
            return json.dumps(objects, ensure_ascii=False)
        return "\n".join(json.dumps(value, ensure_ascii=False) for value in objects)


JSON = BareJson("json", "any prompted model, xLAM, Hammer, BitAgent", Keys(ANY_KEYS.name, ANY_KEYS.arguments))
BFCL_PROMPT_JSON = BareJson(
    "bfcl-prompt-json",
    "BFCL's prompt that asks for JSON",
    Keys(("function", "name"), ("parameters", "arguments")),
    markers=(("<TOOLCALL>", "</TOOLCALL>"),),
)
