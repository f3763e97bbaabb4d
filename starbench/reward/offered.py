"""The tools that were on offer, as far as the format rule needs them, from wherever they can be found.

    offered_by(None, prompt)        # the prompt's <tools> block
    .signature("get_weather")       # Signature(known={"city", "days"}, required=("city",), open=False)

Only tools that an answer names are read in full, and a definition that stands in several prompts is read once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from starbench.errors import InputError
from starbench.tools import read_tool, read_tools
from starbench.types import Tool


class Signature(NamedTuple):
    """What may and what must be given to a tool; ``open`` means that other arguments are welcome too."""

    known: frozenset[str]
    required: tuple[str, ...]
    open: bool


class Definition:
    """One definition: its name now, the rest when it is asked for.

    ``line`` is its JSON text where there is one; that is kept instead of the value, of which most is never needed:
    thousands of live objects slow down every collection of garbage.

    Raises:
        InputError: it is no tool definition.
    """

    __slots__ = ("_line", "_signature", "_source", "_tool", "name")

    def __init__(self, source: Any, line: str | None = None) -> None:
        self._line = line
        self._source: Any = source if line is None else None
        self._tool: Tool | None = source if isinstance(source, Tool) else None
        self._signature: Signature | None = None
        name = source.get("name") if isinstance(source, dict) else None
        self.name: str = name if isinstance(name, str) else self.tool.name

    @property
    def tool(self) -> Tool:
        """The tool that is defined."""
        if self._tool is None:
            source = self._source if self._line is None else json.loads(self._line)
            self._tool = read_tool(source)
        return self._tool

    @property
    def signature(self) -> Signature:
        """What may and must be given to it."""
        if self._signature is None:
            schema = self.tool.parameters
            is_open = bool(schema.get("additionalProperties") or schema.get("patternProperties"))
            self._signature = Signature(
                frozenset(schema.get("properties", ())), tuple(schema.get("required", ())), is_open
            )
        return self._signature


class Offered:
    """Tools by name; empty where no definition could be found, and then nothing is known."""

    __slots__ = ("_tools", "by_name")

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self.by_name = {definition.name: definition for definition in definitions}
        self._tools: tuple[Tool, ...] | None = None

    @property
    def tools(self) -> tuple[Tool, ...]:
        """All of them, read in full."""
        if self._tools is None:
            self._tools = tuple(definition.tool for definition in self.by_name.values())
        return self._tools


NOTHING_KNOWN = Offered(())


def offered_by(tools: Any, prompt: Any) -> Offered:
    """What ``tools`` define, else what the prompt offers in its ``<tools>`` block.

    Raises:
        InputError: ``tools`` are no tool definitions. (A prompt may hold anything and never raises.)
    """
    if tools is None:
        return offered_in(prompt_text(prompt))
    if isinstance(tools, str):
        return _offered_by_json(tools)
    return Offered(map(Definition, read_tools(tools)))


@lru_cache(maxsize=1024)
def _offered_by_json(tools: str) -> Offered:
    return Offered(map(Definition, read_tools(tools)))


def prompt_text(prompt: Any) -> str:
    """A prompt as text: of messages, only what the system and developer say, where tools are offered."""
    if isinstance(prompt, str):
        return prompt
    if not isinstance(prompt, Sequence):
        return ""
    said = (m.get("content") for m in prompt if isinstance(m, Mapping) and m.get("role") in ("system", "developer"))
    return "\n".join(content for content in said if isinstance(content, str))


_OPEN, _CLOSE = "<tools>", "</tools>"
_BETWEEN = re.compile(r"[\s,]*")
_DECODER = json.JSONDecoder()


@lru_cache(maxsize=2048)
def offered_in(prompt: str) -> Offered:
    """The tools of the first ``<tools>`` block that holds definitions; later ones may be a user's words."""
    position = prompt.find(_OPEN)
    while position >= 0:
        position += len(_OPEN)
        try:
            definitions = _lines(prompt, position) or [Definition(value) for value in _values(prompt, position)]
        except InputError:
            definitions = []
        if definitions:
            return Offered(definitions)
        position = prompt.find(_OPEN, position)
    return NOTHING_KNOWN


def _lines(text: str, position: int) -> list[Definition] | None:
    """The definitions of a block with one on each line, the usual form; None for another form."""
    if not text.startswith("\n", position):
        return None
    lines = text[position + 1 : text.find(f"\n{_CLOSE}", position)].split("\n")
    found = [_of_line(line) for line in lines]
    return None if None in found else [definition for definition in found if definition is not None]


@lru_cache(maxsize=8192)
def _of_line(line: str) -> Definition | None:
    try:
        return Definition(json.loads(line), line)
    except (ValueError, RecursionError, InputError):
        return None


def _values(text: str, position: int) -> list[Any]:
    """The JSON values from ``position`` to the closing tag, an array's elements one by one; nothing without the tag."""
    values: list[Any] = []
    while True:
        match = _BETWEEN.match(text, position)
        position = match.end() if match else position
        if text.startswith(_CLOSE, position):
            return values
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            return []
        values += value if isinstance(value, list) else [value]
