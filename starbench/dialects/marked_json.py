"""JSON after a marker: an array of calls or objects one after the other, with or without a closing marker.

    [TOOL_CALLS] [{"name": "get_weather", "arguments": {"city": "Paris"}}]

The markers belong to no attempt; each object is one. A closing marker or bracket that is missing does no harm to the
objects that are complete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from starbench.dialects.base import (
    BARE_MARKER,
    MARKED,
    Reading,
    Sign,
    Span,
    Toolbox,
    Window,
    malformed,
    too_many,
    truncated,
)
from starbench.dialects.call_lists import read_block, write_python_call
from starbench.dialects.calls import HERMES_KEYS, Keys, objects_of
from starbench.dialects.json_objects import read_objects
from starbench.types import Attempt, Call

_CODE = re.compile(r"\s*(?:```[\w+-]*\s*)?\[?\s*[^\W\d]\w*(?:\.\w+)*\(")


@dataclass(frozen=True, slots=True)
class MarkedJson:
    """The grammar as a dialect.

    ``marker`` is a pattern, ``close`` a text that may follow; ``write_marker`` and ``joint`` are for writing.
    ``code`` allows Python calls in place of JSON. Calls of the names ``no_call`` mean that nothing is called.
    """

    name: str
    models: str
    marker: str
    write_marker: str
    close: str = ""
    keys: Keys = HERMES_KEYS
    array: bool = True
    code: bool = False
    no_call: frozenset[str] = frozenset()
    write_code: bool = False
    sign_pattern: str = ""

    def read(self, window: Window) -> Reading:
        """Find the calls after every marker."""
        pattern = re.compile(self.marker, re.MULTILINE)
        attempts: list[Attempt] = []
        markup: list[Span] = []
        match = pattern.search(window.text, window.start, window.end)
        while match is not None and not too_many(window, attempts, match.start()):
            found, spans, end = self._after(window, match, pattern)
            markup.extend(spans)
            for attempt in found:
                silent = attempt.call is not None and attempt.call.name in self.no_call and attempt.span
                markup.append(silent) if silent else attempts.append(attempt)
            match = pattern.search(window.text, max(end, match.end()), window.end)
        return Reading(attempts, sorted(markup))

    def _after(
        self, window: Window, match: re.Match[str], pattern: re.Pattern[str]
    ) -> tuple[list[Attempt], list[Span], int]:
        """The attempts after the marker ``match``, the markup around them, and where they end."""
        text, start = window.text, match.end()
        if self.code and _CODE.match(text, start, window.end):
            reading, end = read_block(window.part(start, window.end))
            attempts, spans = list(reading.attempts), [*reading.markup]
        else:
            attempts, end = read_objects(window, start, self.keys)
            spans = [(start, end)]
        if not attempts:
            return self._nothing(window, match, pattern)
        closing = re.compile(rf"\s*(?:```\s*)?{re.escape(self.close)}").match(text, end, window.end)
        if self.close and closing:
            spans.append((end, closing.end()))
            end = closing.end()
        return attempts, [match.span(), *spans], end

    def _nothing(
        self, window: Window, match: re.Match[str], pattern: re.Pattern[str]
    ) -> tuple[list[Attempt], list[Span], int]:
        """A marker after which no call stands: an empty array is no attempt, anything else is."""
        text, start = window.text, match.end()
        closed = re.escape(self.close) or r"\s*\Z"
        empty = re.compile(rf"\s*\[\s*\]\s*(?:{closed})?|\s*{closed}").match(text, start, window.end)
        if empty is not None and empty.end() > start:
            return [], [(match.start(), empty.end())], empty.end()
        following = pattern.search(text, start, window.end)
        limit = following.start() if following else window.end
        stop = text.find(self.close, start, limit) if self.close else -1
        end = stop + len(self.close) if stop >= 0 else limit
        span = (match.start(), end)
        if text[start:end].strip():
            return [malformed(text, span, "there is no call after the marker")], [], end
        return [truncated(text, span)], [], end

    def sign(self, window: Window) -> Sign | None:
        """The marker with something like a call behind it."""
        match = re.compile(self.marker, re.MULTILINE).search(window.text, window.start, window.end)
        if match is None or not re.compile(self.sign_pattern).search(window.text, match.start(), window.end):
            return None
        after = window.text[match.end() : match.end() + 20].lstrip("`json \n\t")[:1]
        reason = f"{match[0].strip()[:40]!r} at character {match.start()}"
        if after in ("{", "[") and after:
            return Sign(MARKED, reason, match.start())
        if self.code and _CODE.match(window.text, match.end(), window.end):
            return Sign(MARKED, reason, match.start())
        return Sign(BARE_MARKER, f"{reason}, and no call after it", match.start())

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """The marker and an array, or the marker before every object."""
        if self.write_code:
            return f"{self.write_marker}[{', '.join(map(write_python_call, calls))}]{self.close}"
        objects = [json.dumps(value, ensure_ascii=False) for value in objects_of(calls, self.keys)]
        if self.array:
            objects = [f"[{', '.join(objects)}]"]
        return "\n".join(f"{self.write_marker}{text}{self.close}" for text in objects)


GRANITE = MarkedJson(
    name="granite",
    models="Granite 3.0, Granite 20b function calling (Granite 3.1 to 4 write hermes)",
    marker=r"<\|tool_call\|>|<function_call>",
    write_marker="<|tool_call|>",
    no_call=frozenset({"no_function"}),
)
PHI4 = MarkedJson(
    name="phi4",
    models="Phi-4-mini",
    marker=r"functools(?=\s*\[)|<\|tool_call\|>",
    write_marker="<|tool_call|>",
    close="<|/tool_call|>",
    sign_pattern=r"functools\s*\[|<\|/tool_call\|>",
)
COHERE = MarkedJson(
    name="cohere",
    models="Command R, R+, R7B and A",
    marker=r"<\|START_ACTION\|>\s*|^Action:\s*```json\s*(?=\[)",
    write_marker="<|START_ACTION|>",
    close="<|END_ACTION|>",
    keys=Keys(name=("tool_name", "name"), arguments=("parameters", "arguments")),
    no_call=frozenset({"directly_answer", "directly-answer"}),
)
APERTUS = MarkedJson(
    name="apertus",
    models="Apertus 2509",
    marker=r"<\|tools_prefix\|>",
    write_marker="<|tools_prefix|>",
    close="<|tools_suffix|>",
    keys=Keys(name=(), arguments=()),
)
NEMOTRON = MarkedJson(
    name="nemotron-toolcall",
    models="Nemotron Nano v2, Llama-Nemotron; BFCL's tool-call tag",
    marker=r"<TOOLCALL>",
    write_marker="<TOOLCALL>",
    close="</TOOLCALL>",
    code=True,
)
GIGACHAT = MarkedJson(
    name="gigachat",
    models="GigaChat 3",
    marker=r"function call<\|role_sep\|>\s*",
    write_marker="function call<|role_sep|>\n",
    array=False,
)
LFM2 = MarkedJson(
    name="lfm2",
    models="LFM2, LFM2.5, MiniCPM3",
    marker=r"<\|tool_call_start\|>",
    write_marker="<|tool_call_start|>",
    close="<|tool_call_end|>",
    code=True,
    write_code=True,
)
