"""Llama 3's JSON calls: after ``<|python_tag|>`` or bare, separated by semicolons, with ``parameters``.

    <|python_tag|>{"name": "f", "parameters": {"a": "10"}}; {"name": "g", "parameters": {}}
    <|python_tag|>brave_search.call(query="weather in Paris")

The tag is often absent: then the answer must start with the object.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starbench.dialects.base import Reading, Sign, Toolbox, Window
from starbench.dialects.calls import LLAMA_KEYS
from starbench.dialects.json_bare import BareJson, read_bare_json
from starbench.dialects.marked_json import MarkedJson
from starbench.types import Call

_TAG = "<|python_tag|>"
_TAGGED = MarkedJson(
    name="llama3-json",
    models="",
    marker=r"<\|python_tag\|>\s*",
    write_marker=_TAG,
    keys=LLAMA_KEYS,
    array=False,
    code=True,
)
_BARE = BareJson("llama3-json", "", LLAMA_KEYS, array=False)
_START = re.compile(r"""\s*\{\s*"name"\s*:\s*"[^"]*"\s*,\s*"parameters"\s*:""")


@dataclass(frozen=True, slots=True)
class LlamaJson:
    """Both forms as one dialect."""

    name: str = "llama3-json"
    models: str = "Llama 3.1, 3.2 and 3.3, Llama 4 in JSON mode"

    def read(self, window: Window) -> Reading:
        """Find the calls after the tag, or bare ones where there is no tag."""
        if window.text.find(_TAG, window.start, window.end) >= 0:
            return _TAGGED.read(window)
        return read_bare_json(window, LLAMA_KEYS)

    def sign(self, window: Window) -> Sign | None:
        """The tag, or an answer that starts with ``{"name": …, "parameters":``."""
        if _START.match(window.text, window.start, window.end):
            return Sign(0.86, "the answer starts with a JSON call that has 'parameters'")
        return _TAGGED.sign(window)

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """One tag, then the objects with semicolons between them."""
        return _TAG + "; ".join(_BARE.write([call], toolbox) for call in calls) if calls else ""


LLAMA3_JSON = LlamaJson()
