"""What stands inside a region of a response template: its content read, and put into the shape of a call.

    read_content('{"a": 1}', "json", {})                                                       # {"a": 1}
    shaped({"function": {"name": "{name}", "arguments": "{content}"}}, {"name": "f", "content": {}})

The content parsers and the placeholders are those that transformers documents for ``response_template``. Patterns
come from a model's repository and are not trusted: they run against a :class:`Clock`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from typing import Any

import regex  # type: ignore[import-untyped]

from starbench.dialects.calls import CallProblem
from starbench.dialects.json_text import JsonProblem, read_all_json

TIME_LIMIT = 1.0
"""Seconds that the patterns of a template may take for one text, all together."""

_PLACEHOLDER = re.compile(r"\{(\w+(?:\.\w+)*)\}")
_KEY = re.compile(r"(?<=[{,])\s*(\w+)\s*:")


class Clock:
    """Runs patterns for :data:`TIME_LIMIT` seconds in all; then raises TimeoutError."""

    def __init__(self) -> None:
        self.end = time.monotonic() + TIME_LIMIT

    def search(self, pattern: regex.Pattern[str], text: str, position: int = 0) -> regex.Match[str] | None:
        """The first match at or after ``position``."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return pattern.search(text, position, timeout=left)


def read_content(text: str, parser: str, arguments: Mapping[str, Any], clock: Clock | None = None) -> Any:
    """The value of a region's text. Raises :class:`~starbench.dialects.calls.CallProblem`."""
    try:
        if parser == "json":
            return _json(text, arguments)
        if parser == "xml-inline":
            return _tags(text, arguments, clock or Clock())
        if parser == "kv-lines":
            return _lines(text, arguments)
        plain = text.strip() if arguments.get("strip", True) else text
        kinds: dict[str, Any] = {"text": str, "int": int, "float": float, "bool": lambda t: t.lower() in ("true", "1")}
        return kinds[parser](plain)
    except JsonProblem as problem:
        raise CallProblem(str(problem)) from None
    except ValueError as error:
        raise CallProblem(f"the content is no {parser}: {error}") from None


def _json(text: str, arguments: Mapping[str, Any]) -> Any:
    working, kept = text, list[str]()
    for opening, closing in arguments.get("string_delims", ()):
        parts = working.split(opening)
        working = parts[0]
        for part in parts[1:]:
            inside, _, after = part.partition(closing)
            kept.append(json.dumps(inside, ensure_ascii=False))
            working += f"\x01{len(kept) - 1}\x02{after}"
        if opening == closing:
            working, kept = _between(text, opening)
    if arguments.get("unquoted_keys"):
        working = _KEY.sub(r'"\1":', working)
    working = re.sub("\x01(\\d+)\x02", lambda match: kept[int(match[1])], working)
    try:
        return read_all_json(working)
    except JsonProblem:
        if arguments.get("allow_non_json"):
            return text.strip()
        raise


def _between(text: str, delimiter: str) -> tuple[str, list[str]]:
    """``text`` with each part between two delimiters replaced by a mark, and these parts as JSON strings."""
    parts = text.split(delimiter)
    kept = [json.dumps(part, ensure_ascii=False) for part in parts[1::2]]
    marked = (part if i % 2 == 0 else f"\x01{i // 2}\x02" for i, part in enumerate(parts))
    return "".join(marked), kept


def _tags(text: str, arguments: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
    pattern = regex.compile(arguments["tag_pattern"], regex.DOTALL)
    found: dict[str, Any] = {}
    match = clock.search(pattern, text)
    while match is not None:
        key, value = match["key"], _value(match.groupdict().get("value") or "", arguments)
        if key in found and arguments.get("merge_duplicates"):
            found[key] = [*(found[key] if isinstance(found[key], list) else [found[key]]), value]
        elif key in found:
            raise CallProblem(f"argument {key!r} is given twice")
        else:
            found[key] = value
        match = clock.search(pattern, text, match.end() if match.end() > match.start() else match.end() + 1)
    return found


def _lines(text: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    pairs = (line.split(arguments.get("kv_sep", ":"), 1) for line in text.split(arguments.get("line_sep", "\n")))
    return {pair[0].strip(): _value(pair[1].strip(), arguments) for pair in pairs if len(pair) == 2}


def _value(raw: str, arguments: Mapping[str, Any]) -> Any:
    parser = arguments.get("value_parser")
    return raw if parser is None else read_content(raw, parser.get("name", "text"), parser.get("args", {}))


def shaped(template: Any, scope: Mapping[str, Any]) -> Any:
    """``template`` with its placeholders replaced from ``scope``. Raises :class:`CallProblem` where one is missing."""
    if isinstance(template, Mapping):
        return {key: shaped(value, scope) for key, value in template.items()}
    if isinstance(template, list):
        return [shaped(value, scope) for value in template]
    whole = _PLACEHOLDER.fullmatch(template) if isinstance(template, str) else None
    if whole is None:
        return template
    value: Any = scope
    for step in whole[1].split("."):
        if not isinstance(value, Mapping) or step not in value:
            raise CallProblem(f"the template's placeholder {template} is not there")
        value = value[step]
    return value
