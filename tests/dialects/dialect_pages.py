"""Reads the Markdown pages of this folder: what a model wrote, and what is to be read from it.

A page opens with prose about its dialect. Each section after it is a case::

    ## Parallel calls

    ````text
    <tool_call>…
    ````

    ```json
    {"calls": [{"name": "f", "arguments": {}}], "reply": "", "dialect": "hermes"}
    ```

The first block is the output (``text``, or ``message`` for a structured one), the second what is expected of it:
``calls``, and where given ``reply``, ``reasoning``, ``failed`` (statuses), ``in_reasoning`` (a count), ``repairs``,
``dialect`` (what automatic detection says; by default the page's own). The tools are those of :data:`TOOLS`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starbench import Tool

FOLDER = Path(__file__).parent
KINDS = (
    "One call",
    "Parallel calls",
    "No call",
    "Nested values",
    "Unicode",
    "Quotes and line breaks",
    "No arguments",
    "Prose around",
    "Another dialect beside it",
    "A marker inside a string",
    "Cut off",
    "Reasoning before",
    "A call inside the reasoning",
)
"""Sections that every page of a text dialect has."""

_WEATHER = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "integer"},
        "metric": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "place": {"type": "object"},
    },
    "required": ["city"],
}
_NOTE = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
TOOLS = (Tool("get_weather", parameters=_WEATHER), Tool("add_note", parameters=_NOTE), Tool("clock.now"))
_CASE = re.compile(
    r"^## (?P<title>[^\n]+)\n(?P<prose>.*?)(?P<fence>`{3,})(?P<kind>text|message)\n(?P<output>.*?)\n?(?P=fence)\n"
    r".*?```json\n(?P<expected>.*?)\n```",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True)
class PageCase:
    """One section of a page."""

    dialect: str
    title: str
    source: Any
    expected: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.dialect}: {self.title}"


def pages() -> list[Path]:
    """All pages, in order of name."""
    return sorted(FOLDER.glob("*.md"))


def cases(page: Path) -> Iterator[PageCase]:
    """The cases of a page."""
    for match in _CASE.finditer(page.read_text(encoding="utf-8")):
        output = match["output"]
        source = json.loads(output) if match["kind"] == "message" else output
        yield PageCase(page.stem, match["title"], source, json.loads(match["expected"]))
