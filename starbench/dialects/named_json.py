"""The name in the text, the arguments as a JSON object after it.

    <｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Paris"}<｜tool▁call▁end｜>
    <|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>{"city": "Paris"}<|tool_call_end|>

An attempt reaches from the header to the closing marker; where the dialect has none, to the end of the object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starbench.dialects.base import (
    MARKED,
    Finder,
    Reading,
    Sign,
    Toolbox,
    Window,
    malformed,
    occurrences,
    parsed,
    pattern_sign,
    too_many,
    truncated,
)
from starbench.dialects.brackets import Region, scan
from starbench.dialects.calls import CallProblem, read_arguments_object
from starbench.dialects.json_text import JsonProblem, read_json
from starbench.dialects.repair import repair_json
from starbench.types import Attempt, Call


def _as_it_is(name: str) -> str:
    return name


@dataclass(frozen=True, slots=True)
class NamedJson:
    """The grammar as a dialect.

    ``header`` is a pattern whose first group that matched is the name; ``end`` is a pattern that must follow the
    object, with ``end_marker`` a text that it contains; ``wrappers`` are texts around calls that belong to none.
    ``name_of`` makes the tool's name of what stands in the header (empty if there is none). ``template`` writes a
    call, given its name, its arguments as JSON, and its number.
    """

    name: str
    models: str
    header: str
    template: Callable[[str, str, int], str]
    end: str = ""
    end_marker: str = ""
    wrappers: tuple[str, ...] = ()
    name_of: Callable[[str], str] = _as_it_is
    before: str = ""
    joint: str = ""
    after: str = ""
    confidence: float = MARKED

    def read(self, window: Window) -> Reading:
        """Find every header and the object after it."""
        pattern = re.compile(self.header, re.MULTILINE)
        ends = Finder(window, self.end_marker) if self.end_marker else None
        attempts: list[Attempt] = []
        match = pattern.search(window.text, window.start, window.end)
        while match is not None and not too_many(window, attempts, match.start()):
            attempt = self._call(window, match, pattern, ends)
            attempts.append(attempt)
            stop = attempt.span[1] if attempt.span else match.end()
            match = pattern.search(window.text, max(stop, match.end()), window.end)
        spans = [attempt.span for attempt in attempts if attempt.span]
        found = sorted(span for wrapper in self.wrappers for span in occurrences(window, wrapper))
        return Reading(attempts, [span for span in found if not any(a <= span[0] < b for a, b in spans)])

    def _call(self, window: Window, match: re.Match[str], pattern: re.Pattern[str], ends: Finder | None) -> Attempt:
        text, notes = window.text, []
        try:
            value, stop = read_json(text, match.end())
            if stop > window.end:
                raise JsonProblem("the text ends inside the arguments", match.end())
        except JsonProblem as problem:
            limit = self._limit(window, match, pattern, ends)
            region = scan(text, match.end(), limit) if text.startswith("{", match.end(), limit) else None
            repaired = repair_json(text[match.end() : region.end]) if window.repair and region else None
            if region is None or repaired is None:
                return self._broken(window, match, limit, region, str(problem))
            value, stop = repaired[0], region.end
            notes.append(repaired[1])
        closing = re.compile(self.end).match(text, stop, window.end)
        if closing is None and not window.repair:
            limit = max(self._limit(window, match, pattern, ends), stop)
            return self._broken(window, match, limit, None, "the call is not closed")
        if closing is None:
            notes.append("the closing marker is missing")
        span = (match.start(), closing.end() if closing else stop)
        name = self.name_of(next((group for group in match.groups() if group), "").strip())
        if not name:
            return malformed(text, span, "there is no name")
        try:
            arguments, liberties = read_arguments_object(value, repair=window.repair)
        except CallProblem as problem:
            return malformed(text, span, str(problem))
        return parsed(text, span, Call(name, arguments), [*notes, *liberties])

    def _limit(self, window: Window, match: re.Match[str], pattern: re.Pattern[str], ends: Finder | None) -> int:
        """Where a broken call ends at the latest: after its closing marker, or before the next header."""
        following = pattern.search(window.text, match.end(), window.end)
        stop = following.start() if following else window.end
        closing = ends.at(match.end()) if ends else -1
        return closing + len(self.end_marker) if 0 <= closing < stop else stop

    def _broken(self, window: Window, match: re.Match[str], limit: int, region: Region | None, problem: str) -> Attempt:
        """The attempt that cannot be read and reaches to ``limit``, or over its object where no marker closes calls."""
        text, start = window.text, match.start()
        if not self.end_marker and region is not None and not region.unclosed:
            return malformed(text, (start, region.end), problem)
        closed = self.end_marker and text.endswith(self.end_marker, match.end(), limit)
        if closed or limit < window.end:
            return malformed(text, (start, limit), problem)
        return truncated(text, (start, limit))

    def sign(self, window: Window) -> Sign | None:
        """A header."""
        return pattern_sign(window, re.compile(self.header, re.MULTILINE), self.confidence)

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """Every call by the dialect's template."""
        texts = (json.dumps(dict(call.arguments), ensure_ascii=False) for call in calls)
        written = (self.template(c.name, text, i) for i, (c, text) in enumerate(zip(calls, texts, strict=True)))
        return f"{self.before}{self.joint.join(written)}{self.after}"


def _kimi_name(header: str) -> str:
    """``functions.get_weather:0`` names ``get_weather``; a bare counter names nothing."""
    name = re.sub(r":\d+$", "", header.removeprefix("functions."))
    return "" if name.isdigit() or re.fullmatch(r"call[_\d]*", name) else name


DEEPSEEK = NamedJson(
    name="deepseek",
    models="DeepSeek V3, V3-0324, R1, R1-0528, V3.1",
    header=(
        r"<｜tool▁call▁begin｜>\s*(?:function\s*<｜tool▁sep｜>)?([^<`{}\n]{1,200}?)\s{0,9}"
        r"(?:<｜tool▁sep｜>\s*(?:```(?:json)?\s*)?|```(?:json)?\s*)"
    ),
    end=r"\s*(?:```)?\s*<｜tool▁call▁end｜>",
    end_marker="<｜tool▁call▁end｜>",
    wrappers=("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"),
    template=lambda name, text, i: f"<｜tool▁call▁begin｜>{name}<｜tool▁sep｜>{text}<｜tool▁call▁end｜>",
    before="<｜tool▁calls▁begin｜>",
    after="<｜tool▁calls▁end｜>",
)
KIMI_K2 = NamedJson(
    name="kimi-k2",
    models="Kimi K2, K2.5, K2.6",
    header=r"<\|tool_call_begin\|>([^<]*)<\|tool_call_argument_begin\|>\s*",
    end=r"\s*<\|tool_call_end\|>",
    end_marker="<|tool_call_end|>",
    wrappers=(
        "<|tool_calls_section_begin|>",
        "<|tool_calls_section_end|>",
        "<|tool_call_section_begin|>",
        "<|tool_call_section_end|>",
    ),
    name_of=_kimi_name,
    template=lambda name, text, i: (
        f"<|tool_call_begin|>functions.{name}:{i}<|tool_call_argument_begin|>{text}<|tool_call_end|>"
    ),
    before="<|tool_calls_section_begin|>",
    after="<|tool_calls_section_end|>",
)
LLAMA3_CUSTOM = NamedJson(
    name="llama3-custom",
    models="Llama 3.1 with custom tools, Functionary v3.1",
    header=r"<function=([^<>\s]+)>(?!\s*(?:<parameter=|</function>))\s*",
    end=r"\s*</function>",
    end_marker="</function>",
    template=lambda name, text, i: f"<function={name}>{text}</function>",
    joint="\n",
)
CHATGLM4 = NamedJson(
    name="chatglm4",
    models="GLM-4-9B, GLM-4-0414",
    header=r"^([^\W\d][\w.-]*)[ \t]*\n(?=\{)",
    template=lambda name, text, i: f"{name}\n{text}",
    joint="\n",
    confidence=0.6,
)
PLAMO3 = NamedJson(
    name="plamo3",
    models="PLaMo 3",
    header=(
        r"<\|plamo:begin_tool_request:plamo\|>\s*<\|plamo:begin_tool_name:plamo\|>([^<]+)<\|plamo:end_tool_name:plamo\|>"
        r"\s*<\|plamo:begin_tool_arguments:plamo\|>\s*(?:<\|plamo:constrain\|>json<\|plamo:msg\|>)?\s*"
    ),
    end=r"\s*<\|plamo:end_tool_arguments:plamo\|>\s*<\|plamo:end_tool_request:plamo\|>",
    end_marker="<|plamo:end_tool_request:plamo|>",
    wrappers=("<|plamo:begin_tool_requests:plamo|>", "<|plamo:end_tool_requests:plamo|>"),
    template=lambda name, text, i: (
        f"<|plamo:begin_tool_request:plamo|><|plamo:begin_tool_name:plamo|>{name}<|plamo:end_tool_name:plamo|>"
        f"<|plamo:begin_tool_arguments:plamo|><|plamo:constrain|>json<|plamo:msg|>{text}"
        "<|plamo:end_tool_arguments:plamo|><|plamo:end_tool_request:plamo|>"
    ),
    before="<|plamo:begin_tool_requests:plamo|>",
    after="<|plamo:end_tool_requests:plamo|>",
)
