"""A dialect that a model brings along: the ``response_template`` of its tokenizer (transformers 5.13 and later).

    template = ResponseTemplate({"fields": {"tool_calls": {"open": "<call>", "close": "</call>", "repeats": True,
                                                           "content": "json"}, "content": {}}})
    starbench.parse('<call>{"name": "f", "arguments": {}}</call>', template)

The text of each field lies between its opening and closing; a field without an opening takes what is left. The field
``tool_calls`` holds the calls, fields named after thinking the reasoning, all others the reply. The patterns are not
trusted: together they have a second for a text, after which the rest is one malformed attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import regex  # type: ignore[import-untyped]

from starbench.dialects.base import Reading, Span, Window, malformed, parsed, truncated
from starbench.dialects.calls import ANY_KEYS, CallProblem, read_object
from starbench.dialects.raw_values import typed
from starbench.dialects.template_content import Clock, read_content, shaped
from starbench.errors import InputError
from starbench.types import Attempt, Call

CALLS = "tool_calls"
REASONING = frozenset({"reasoning_content", "reasoning", "thinking", "thought"})
_PARSERS = frozenset({"text", "int", "float", "bool", "json", "xml-inline", "kv-lines"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a template, its patterns compiled."""

    name: str
    open: regex.Pattern[str] | None
    close: regex.Pattern[str] | None
    content: str = "text"
    arguments: Mapping[str, Any] = field(default_factory=dict)
    transform: Any = None
    each: bool = False


def _pattern(spec: Mapping[str, Any], key: str, name: str) -> regex.Pattern[str] | None:
    """The pattern under ``open`` or ``close``: a text, a list of texts, or (with ``_pattern``) a regular expression."""
    literal, source = spec.get(key), spec.get(f"{key}_pattern")
    try:
        if source is not None:
            return regex.compile(source, regex.DOTALL)
        if literal is None:
            return None
        texts = [literal] if isinstance(literal, str) else sorted(literal, key=len, reverse=True)
        return regex.compile("|".join(regex.escape(text) for text in texts), regex.DOTALL)
    except (regex.error, TypeError) as error:
        raise InputError(f"response_template, field {name!r}: {key} is no text or pattern ({error})") from None


def _field(name: str, spec: Any) -> Field:
    if not isinstance(spec, Mapping):
        raise InputError(f"response_template, field {name!r}: give an object with open, close and content")
    content = spec.get("content", "text")
    if content not in _PARSERS:
        raise InputError(f"response_template, field {name!r}: content {content!r} is none of {sorted(_PARSERS)}")
    return Field(
        name,
        _pattern(spec, "open", name),
        _pattern(spec, "close", name),
        content,
        spec.get("content_args") or {},
        spec.get("transform"),
        bool(spec.get("transform_each")),
    )


class ResponseTemplate:
    """A dialect made of a ``response_template``. Raises :class:`~starbench.errors.InputError` if it cannot be used."""

    name = "response_template"
    models = "any model whose tokenizer has a response_template"

    def __init__(self, spec: Mapping[str, Any]) -> None:
        fields = spec.get("fields") if isinstance(spec, Mapping) else None
        if not isinstance(fields, Mapping) or not fields:
            raise InputError("a response_template needs an object under 'fields'")
        self.fields = tuple(_field(str(name), given) for name, given in fields.items())
        self.implicit = next((f for f in self.fields if f.open is None), None)

    def read(self, window: Window) -> Reading:
        """Go from field to field; the window is the whole text, end-of-turn tokens included."""
        return _TemplateReader(window, self).read()


class _TemplateReader:
    """Reads one window; collects attempts, markup and reasoning."""

    def __init__(self, window: Window, template: ResponseTemplate) -> None:
        self.window, self.text, self.template, self.clock = window, window.content, template, Clock()
        self.attempts: list[Attempt] = []
        self.markup: list[Span] = []
        self.reasoning: list[Span] = []
        self.complete = True

    def read(self) -> Reading:
        position = 0
        try:
            while (following := self.next_field(position)) is not None:
                part, opening = following
                position = self.region(part, opening)
        except TimeoutError:
            span = (position, len(self.text))
            self.attempts.append(malformed(self.text, span, "the template's patterns take too long"))
        return Reading(self.attempts, sorted(self.markup), self.reasoning, self.complete)

    def next_field(self, position: int) -> tuple[Field, regex.Match[str]] | None:
        """The field that opens next; the closing marks of the field without an opening are markup."""
        found = []
        for part in self.template.fields:
            match = self.clock.search(part.open, self.text, position) if part.open is not None else None
            if match is not None:
                found.append((match.start(), -match.end(), part, match))
        best = min(found, key=lambda entry: entry[:2], default=None)
        limit = best[0] if best else len(self.text)
        closing = self.template.implicit.close if self.template.implicit else None
        while closing is not None and (mark := self.clock.search(closing, self.text, position)):
            if mark.start() >= limit or mark.end() == mark.start():
                break
            self.markup.append(mark.span())
            position = mark.end()
        return (best[2], best[3]) if best else None

    def region(self, part: Field, opening: regex.Match[str]) -> int:
        """Read the region that ``opening`` begins; where it ends."""
        start = opening.end()
        closing = self.clock.search(part.close, self.text, start) if part.close is not None else None
        stop = closing.start() if closing else len(self.text)
        end: int = max(closing.end() if closing else len(self.text), opening.start() + 1)
        if part.name == CALLS:
            self.calls(part, opening, stop, end, closed=closing is not None or part.close is None)
        else:
            self.markup.append(opening.span())
            if closing:
                self.markup.append(closing.span())
            if part.name in REASONING:
                self.reasoning.append((start, stop))
                self.complete = closing is not None
        return end

    def calls(self, part: Field, opening: regex.Match[str], stop: int, end: int, *, closed: bool) -> None:
        span = (opening.start(), end)
        if not closed:
            self.attempts.append(truncated(self.text, span))
            return
        try:
            found = self.values(part, self.text[opening.end() : stop], opening.groupdict())
            if not found:
                raise CallProblem("there is no call between the marks")
            calls = [self.call(value) for value in found]
        except CallProblem as problem:
            self.attempts.append(malformed(self.text, span, str(problem)))
            return
        first = parsed(self.text, span, *calls[0])
        self.attempts.append(first)
        self.attempts.extend(replace(first, span=None, call=call, repairs=notes) for call, notes in calls[1:])

    def values(self, part: Field, body: str, captures: Mapping[str, Any]) -> list[Any]:
        """The values of a region: one, or those of a list."""
        value = read_content(body, part.content, part.arguments, self.clock)
        if part.each and isinstance(value, list):
            scopes = [{**captures, **item} for item in value if isinstance(item, Mapping)]
            return [shaped(part.transform, scope) for scope in scopes]
        if part.transform is not None:
            value = shaped(part.transform, {**captures, "content": value})
        return value if isinstance(value, list) else [value]

    def call(self, value: Any) -> tuple[Call, tuple[str, ...]]:
        """The call that a value is, its text arguments typed by the tool's schema."""
        inner = value.get("function") if isinstance(value, Mapping) else None
        call, notes = read_object(inner if isinstance(inner, Mapping) else value, ANY_KEYS)
        properties = self.window.toolbox.properties(call.name)
        arguments = {
            key: typed(given, properties.get(key))[0] if isinstance(given, str) and key in properties else given
            for key, given in call.arguments.items()
        }
        return Call(call.name, arguments), notes
