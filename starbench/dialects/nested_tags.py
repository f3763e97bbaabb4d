"""MiniMax M3's calls: every tag behind a namespace mark, arguments as elements, which may nest.

    ]<]minimax[>[<tool_call>
    ]<]minimax[>[<invoke name="f">]<]minimax[>[<city>Paris]<]minimax[>[</city>]<]minimax[>[</invoke>
    ]<]minimax[>[</tool_call>

An element with elements in it is an object, or a list if these are all called ``item`` and the schema does not say
otherwise; any other holds raw text, typed by the schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starbench.dialects.base import (
    Reading,
    Sign,
    Toolbox,
    Window,
    malformed,
    occurrences,
    overlaps,
    parsed,
    pattern_sign,
    too_many,
    truncated,
)
from starbench.dialects.json_text import MAX_DEPTH
from starbench.dialects.raw_values import typed, types_of
from starbench.types import Attempt, Call

MARK = "]<]minimax[>["
_TAG = re.compile(re.escape(MARK) + r"<(/?)([^<>]*)>")
_INVOKE = re.compile(re.escape(MARK) + r"""<invoke\s+name\s*=\s*["']?([^"'<>]+)["']?\s*>""")
_WRAPPERS = (f"{MARK}<tool_call>", f"{MARK}</tool_call>")


class _Broken(Exception):
    """The call cannot be read."""


@dataclass(slots=True)
class _Element:
    """An element while it is read: where its text begins, and the elements in it."""

    name: str
    start: int
    text: str = ""
    inner: list[_Element] = field(default_factory=list)


def _tree(window: Window, opening: re.Match[str]) -> tuple[_Element, int]:
    """The elements of the call that ``opening`` begins, and where it ends."""
    stack = [_Element("invoke", opening.end())]
    for tag in _TAG.finditer(window.text, opening.end(), window.end):
        closes, name = tag[1] == "/", tag[2].strip()
        if not closes:
            if name.startswith("invoke") or len(stack) > MAX_DEPTH:
                break
            stack.append(_Element(name, tag.end()))
            continue
        element = stack.pop()
        if name != element.name:
            raise _Broken(f"</{name[:40]}> does not close <{element.name[:40]}>")
        element.text = window.text[element.start : tag.start()]
        if not stack:
            return element, tag.end()
        stack[-1].inner.append(element)
    raise _Broken(f"<{stack[-1].name[:40]}> is not closed")


def _value(element: _Element, schema: Any, notes: list[str]) -> Any:
    known = schema if isinstance(schema, Mapping) else {}
    admitted = types_of(known)
    if not element.inner:
        if admitted & {"array", "object"} and not element.text.strip():
            return [] if "array" in admitted else {}
        value, note = typed(element.text, schema)
        if note:
            notes.append(f"{element.name}: {note}")
        return value
    if all(inner.name == "item" for inner in element.inner) and "object" not in admitted:
        return [_value(inner, known.get("items"), notes) for inner in element.inner]
    properties = known.get("properties")
    return _members(element, properties if isinstance(properties, Mapping) else {}, notes)


def _members(element: _Element, properties: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for inner in element.inner:
        if inner.name in members:
            raise _Broken(f"argument {inner.name[:40]!r} is given twice")
        members[inner.name] = _value(inner, properties.get(inner.name), notes)
    return members


@dataclass(frozen=True, slots=True)
class NestedTags:
    """The form as a dialect."""

    name: str = "minimax-m3"
    models: str = "MiniMax M3"

    def read(self, window: Window) -> Reading:
        """Find every ``<invoke name=…>``."""
        attempts: list[Attempt] = []
        opening = _INVOKE.search(window.text, window.start, window.end)
        while opening is not None and not too_many(window, attempts, opening.start()):
            attempt, end = self._call(window, opening)
            attempts.append(attempt)
            opening = _INVOKE.search(window.text, max(end, opening.end()), window.end)
        spans = [attempt.span for attempt in attempts if attempt.span]
        found = sorted(span for wrapper in _WRAPPERS for span in occurrences(window, wrapper))
        return Reading(attempts, [span for span in found if not overlaps(span, spans)])

    def _call(self, window: Window, opening: re.Match[str]) -> tuple[Attempt, int]:
        text, start, name = window.text, opening.start(), opening[1].strip()
        notes: list[str] = []
        try:
            tree, end = _tree(window, opening)
            arguments = _members(tree, window.toolbox.properties(name), notes)
            return parsed(text, (start, end), Call(name, arguments), notes), end
        except _Broken as problem:
            following = _INVOKE.search(text, opening.end(), window.end)
            limit = following.start() if following else window.end
            stop = text.find(f"{MARK}</invoke>", opening.end(), limit)
            if stop < 0 and following is None:
                return truncated(text, (start, limit), str(problem)), limit
            end = stop + len(f"{MARK}</invoke>") if stop >= 0 else limit
            return malformed(text, (start, end), str(problem)), end

    def sign(self, window: Window) -> Sign | None:
        """A tag behind the namespace mark."""
        return pattern_sign(window, re.compile(re.escape(MARK) + "<(?:tool_call|invoke)"))

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """The calls in one outer tag."""
        written = "".join(
            f'{MARK}<invoke name="{call.name}">'
            f"{''.join(_written(key, value) for key, value in call.arguments.items())}{MARK}</invoke>\n"
            for call in calls
        )
        return f"{_WRAPPERS[0]}\n{written}{_WRAPPERS[1]}"


def _written(name: str, value: Any) -> str:
    """An element with the value in it; empty lists and objects as JSON, because an empty element would be text."""
    if isinstance(value, Mapping) and value:
        inner = "".join(_written(key, item) for key, item in value.items())
    elif isinstance(value, (list, tuple)) and value:
        inner = "".join(_written("item", item) for item in value)
    else:
        inner = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"{MARK}<{name}>{inner}{MARK}</{name}>"


MINIMAX_M3 = NestedTags()
