"""The XML that BFCL's format-sensitivity prompts ask for.

    <functions><function name="f"><params><param name="a" value="1" type="integer"/></params></function></functions>
    <functions><function name="f"><param name="a" type="integer">1</param></function></functions>

Both are read under either name; ``type`` says what a value is. The first is written verbosely, the second concisely.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starbench.dialects.base import MARKED, Reading, Sign, Toolbox, Window
from starbench.dialects.raw_values import Typed, named_type, typed
from starbench.dialects.tag_reader import Tags, read_tags
from starbench.types import Call


def by_written_type(tag: re.Match[str], raw: str, schema: Any) -> Typed:
    """The value by the ``type`` attribute, or by the schema where there is none."""
    stated = re.search(r"""\btype\s*=\s*["']([^"']*)["']""", tag[0])
    return named_type(raw, stated[1]) if stated else typed(raw, schema)


TAGS = Tags(
    call=r"""<function\s+name\s*=\s*["'](?P<name>[^"'<>]+)["']\s*>""",
    call_end="</function>",
    argument=(
        r"""<param\b(?=[^<>]*?\sname\s*=\s*["'](?P<key>[^"'<>]+)["'])"""
        r"""(?:(?=[^<>]*?\svalue\s*=\s*(?:"(?P<value>[^"]*)"|'[^']*'))(?:[^<>"']|"[^"]*"|'[^']*')*/>|[^<>]*>)"""
    ),
    argument_end="</param>",
    wrappers=(("<functions>", "</functions>"), ("<TOOLCALL>", "</TOOLCALL>")),
    around=r"(?:\s|</?params\s*/?>)*",
    entities=True,
    convert=by_written_type,
)
_TYPES = {bool: "boolean", int: "integer", float: "float", str: "string", list: "array", dict: "dict"}


@dataclass(frozen=True, slots=True)
class BfclXml:
    """One of the two forms as a dialect."""

    name: str
    models: str
    verbose: bool

    def read(self, window: Window) -> Reading:
        """Find every ``<function name=…>``."""
        return read_tags(window, TAGS)

    def sign(self, window: Window) -> Sign | None:
        """``<function name=…>`` with parameters in the form's own style."""
        match = TAGS.call_pattern.search(window.text, window.start, window.end)
        if match is None:
            return None
        after = window.text[match.end() : match.end() + 300]
        verbose = "<params" in after
        if verbose != self.verbose or not (
            verbose or "<functions>" in window.content or re.search(r"<param[^>]*\btype=", after)
        ):
            return None
        return Sign(MARKED, f"{match[0]!r} at character {match.start()}", match.start())

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """One ``<functions>`` element."""
        return f"<functions>{''.join(self._function(call.name, call.arguments) for call in calls)}</functions>"

    def _function(self, name: str, arguments: Mapping[str, Any]) -> str:
        inner = "".join(self._param(key, value) for key, value in arguments.items())
        inner = f"<params>{inner}</params>" if self.verbose else inner
        return f'<function name="{html.escape(name)}">{inner}</function>'

    def _param(self, key: str, value: Any) -> str:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        kind = _TYPES.get(type(value), "null")
        if self.verbose:
            return f'<param name="{html.escape(key)}" value="{html.escape(text)}" type="{kind}"/>'
        return f'<param name="{html.escape(key)}" type="{kind}">{html.escape(text)}</param>'


VERBOSE = BfclXml("bfcl-prompt-verbose-xml", "BFCL's prompt that asks for verbose XML", verbose=True)
CONCISE = BfclXml("bfcl-prompt-concise-xml", "BFCL's prompt that asks for concise XML", verbose=False)
