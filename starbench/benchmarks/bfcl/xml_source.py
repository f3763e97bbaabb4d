"""Answers in the XML formats of BFCL's format-sensitivity category.

    <functions><function name="f"><param name="a" type="integer">1</param></function></functions>
    <functions><function name="f"><params><param name="a" type="integer" value="1"/></params></function></functions>

The first is concise, the second verbose; both give ``[{"f": {"a": 1}}]``. The text handed to the parser starts with
``<functions>``, so it cannot declare entities.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree

from starbench.benchmarks.bfcl.quirks import reading as quirks
from starbench.benchmarks.quiet_source import parse_expression

_OPENING, _CLOSING = "<functions>", "</functions>"


def read_xml_calls(text: str, *, verbose: bool) -> list[dict[str, Any]]:
    """The calls of the first ``functions`` element in ``text``: ``{function name: {name: value}}``.

    Raises SyntaxError, ValueError, TypeError, LookupError, RecursionError or MemoryError.
    """
    start = text.find(_OPENING)
    end = text.find(_CLOSING, start)
    if start < 0 or end < 0:
        raise ValueError("the answer has no functions element")
    root = ElementTree.fromstring(text[start : end + len(_CLOSING)])
    return [{function.attrib["name"]: _arguments(function, verbose)} for function in root.findall("function")]


def _arguments(function: ElementTree.Element, verbose: bool) -> dict[str | None, Any]:
    holder = function
    if verbose and (params := function.find("params")) is not None:
        holder = params
    arguments: dict[str | None, Any] = {}
    for parameter in holder.findall("param"):
        name = quirks.name_of_parameter(parameter.attrib, verbose)
        text = parameter.attrib.get("value", "") if verbose else (parameter.text or "").strip()
        convert = _CONVERTERS.get(parameter.attrib.get("type", "string"), quirks.untyped_text)
        arguments[name] = convert(text)
    return arguments


def _literal(text: str) -> Any:
    return ast.literal_eval(parse_expression(text.lstrip(" \t")))


_CONVERTERS: Mapping[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "float": float,
    "boolean": quirks.true_or_false,
    "null": lambda _: None,
    "array": _literal,
    "tuple": _literal,
    "object": _literal,
    "dict": _literal,
}
