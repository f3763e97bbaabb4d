"""What the official BFCL code reads from a stored result: the decoders of its OpenAI-style and prompting handlers.

    decode([{"get_weather": '{"city": "Paris"}'}], "bfcl-fc")                    # [{"get_weather": {"city": "Paris"}}]
    decode("[get_weather(city='Paris')]", "bfcl-prompt")                         # the same
    decode("<functions>…</functions>", "bfcl-prompt", fmt="concise_xml")         # and so on, see FORMATS

Model text is parsed, never executed. Oddities are called by name from :mod:`starbench.benchmarks.bfcl.quirks`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from starbench.benchmarks.bfcl.python_source import read_python_calls
from starbench.benchmarks.bfcl.quirks import reading as quirks
from starbench.errors import UnknownNameError

JSON_DEPTH = 970
"""Deeper JSON exceeds the recursion limit of the official code, wherever that stands on this Python."""

_TAG = ("<TOOLCALL>", "</TOOLCALL>")
_JSON_BRACKETS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_FAILURES = (
    ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, SyntaxError, TypeError, ValueError,
)  # fmt: skip


class DecodeFailure(Exception):
    """The official decoder fails on this result; the message says why."""


def decode(
    result: Any, dialect: str, *, language: str = "python", fmt: str = "python", tagged: bool = False
) -> list[Any]:
    """What the official decoder makes of ``result``: normally a list of ``{function name: {parameter: value}}``.

    ``dialect`` is ``bfcl-fc`` (rows of one name and JSON text) or ``bfcl-prompt`` (text); for text, ``language`` is
    ``python``, ``java`` or ``javascript``, and Python answers have a ``fmt`` out of :data:`FORMATS` and may be
    ``tagged`` (inside ``<TOOLCALL>``). Where upstream's decoder returns something else than a list, so does this.
    Raises :class:`DecodeFailure` where it raises.
    """
    if dialect not in _DIALECTS:
        raise UnknownNameError.of("stored BFCL dialect", dialect, _DIALECTS)
    form = fmt if language == "python" else language
    if form not in FORMATS:
        raise UnknownNameError.of("BFCL answer format", form, FORMATS)
    try:
        return _rows(result) if dialect == "bfcl-fc" else _text(result, form, tagged)
    except _FAILURES as failure:
        raise DecodeFailure(str(failure) or type(failure).__name__) from failure


def _rows(result: Any) -> list[Any]:
    if not isinstance(result, list):
        if result in ("", {}):
            return []
        raise TypeError("the result is text or nothing, and no list of calls")
    calls = []
    for row in result:
        name, arguments = quirks.first_member(row)
        calls.append({name: _read_json(arguments)})
    return calls


def _text(result: Any, form: str, tagged: bool) -> Any:
    if not isinstance(result, str):
        raise TypeError("the result is no text")
    text = quirks.between_brackets(result)
    return FORMATS[form](_inside_tag(text) if tagged else text)


def _inside_tag(text: str) -> str:
    opening, closing = _TAG
    start = text.find(opening)
    end = text.find(closing, start)
    if start < 0 or end < 0:
        raise ValueError("the answer has no TOOLCALL element")
    return text[start + len(opening) : end].strip()


def _read_json(text: Any) -> Any:
    if isinstance(text, str) and text.count("[") + text.count("{") > JSON_DEPTH and _depth(text) > JSON_DEPTH:
        raise RecursionError("the JSON is nested too deeply")
    return json.loads(text)


def _depth(text: str) -> int:
    depth = deepest = 0
    for match in _JSON_BRACKETS.finditer(text):
        depth += (match[0] in "[{") - (match[0] in "]}")
        deepest = max(deepest, depth)
    return deepest


def _json(text: str) -> list[Any]:
    try:
        items = _read_json(quirks.cut_out_list(text))
    except json.JSONDecodeError:
        return quirks.no_call_in_broken_json()
    return [{item["function"]: item["parameters"]} for item in quirks.objects_among(items)]


def _verbose_xml(text: str) -> list[Any]:
    from starbench.benchmarks.bfcl.xml_source import read_xml_calls

    return read_xml_calls(text, verbose=True)


def _concise_xml(text: str) -> list[Any]:
    from starbench.benchmarks.bfcl.xml_source import read_xml_calls

    return read_xml_calls(text, verbose=False)


def _java(text: str) -> Any:
    from starbench.benchmarks.bfcl.java_source import read_java_call

    return read_java_call(text[1:-1])


def _javascript(text: str) -> Any:
    from starbench.benchmarks.bfcl.javascript_source import read_javascript_call

    return read_javascript_call(text[1:-1])


FORMATS: Mapping[str, Callable[[str], Any]] = {
    "python": read_python_calls,
    "json": _json,
    "verbose_xml": _verbose_xml,
    "concise_xml": _concise_xml,
    "java": _java,
    "javascript": _javascript,
}
"""Answer formats of prompting models: name -> reader of the text inside the brackets that upstream makes sure of."""

_DIALECTS = ("bfcl-fc", "bfcl-prompt")
