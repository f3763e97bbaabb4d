"""A JSON object, or an array of them, in a tag.

    <tool_call>
    {"name": "get_weather", "arguments": {"city": "Paris"}}
    </tool_call>

An attempt reaches from tag to tag; two objects in one tag are two attempts. A tag that is never closed makes a
truncated attempt, even if the object in it is complete: with ``repair`` it is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starbench.dialects.base import Finder, Reading, Sign, Toolbox, Window, malformed, marker_sign, truncated
from starbench.dialects.calls import HERMES_KEYS, Keys
from starbench.dialects.json_objects import read_objects
from starbench.dialects.json_text import skip_space
from starbench.types import Attempt, Call


@dataclass(frozen=True, slots=True)
class JsonTags:
    """The grammar as a dialect: ``open`` + JSON + ``close``, repeated. ``peek`` lists what may follow ``open``."""

    name: str
    models: str
    open: str
    close: str
    keys: Keys = HERMES_KEYS
    array: bool = False
    peek: str = "{["

    def read(self, window: Window) -> Reading:
        """Find every tag, closed or not."""
        openings, closings = Finder(window, self.open), Finder(window, self.close)
        attempts: list[Attempt] = []
        start = openings.at(window.start)
        while start >= 0:
            found = self._tag(window, start, openings, closings)
            attempts.extend(found)
            last = found[-1].span or (0, 0)
            start = openings.at(max(last[1], start + len(self.open)))
        return Reading(attempts)

    def _tag(self, window: Window, start: int, openings: Finder, closings: Finder) -> list[Attempt]:
        """The attempts of the tag that opens at ``start``: at least one."""
        text, inner = window.text, start + len(self.open)
        closing = closings.at(inner)
        limit = closing if closing >= 0 else window.end
        attempts, end = read_objects(window, inner, self.keys, limit)
        after = skip_space(text, end)
        if attempts and text.startswith(self.close, after) and after + len(self.close) <= window.end:
            return _stretched(window, attempts, start, after + len(self.close))
        closing, following = closings.at(end), openings.at(end)
        if closing >= 0 and not 0 <= following < closing:
            problem = "text follows the JSON value" if attempts else "there is no JSON object in the tag"
            bad = malformed(text, (start, closing + len(self.close)), problem)
            return _broken(window, attempts, start, closing + len(self.close), bad)
        stop = following if following >= 0 else window.end
        if attempts and window.repair and attempts[-1].call is not None:
            last = replace(attempts[-1], repairs=("the closing tag is missing", *attempts[-1].repairs))
            return _stretched(window, [*attempts[:-1], last], start, end)
        if following >= 0:
            bad = malformed(text, (start, stop), "the tag is not closed before the next one opens")
        else:
            bad = truncated(text, (start, stop), "the tag is not closed")
        return _broken(window, attempts, start, stop, bad)

    def sign(self, window: Window) -> Sign | None:
        """The opening tag with JSON behind it."""
        sign = marker_sign(window, [self.open], 0.95)
        if sign is None:
            return None
        position = skip_space(window.text, window.text.find(self.open, window.start) + len(self.open))
        if position >= window.end:
            return Sign(0.6, sign.reason + ", and nothing after it")
        return sign if window.text[position] in self.peek else None

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """One tag a call (or one tag for all, where the dialect writes an array)."""
        objects = [{self.keys.name[0]: c.name, self.keys.arguments[0]: dict(c.arguments)} for c in calls]
        payloads = [objects] if self.array else objects
        return "\n".join(f"{self.open}\n{json.dumps(p, ensure_ascii=False)}\n{self.close}" for p in payloads)


def _stretched(window: Window, attempts: list[Attempt], start: int, end: int) -> list[Attempt]:
    """The attempts, the first beginning at ``start`` and the last ending at ``end``, so that they include the tags."""
    spans = [attempt.span or (0, 0) for attempt in attempts]
    starts = [start, *(span[0] for span in spans[1:])]
    ends = [*(span[1] for span in spans[:-1]), end]
    return [
        replace(attempt, raw=window.text[a:b], span=(a, b))
        for attempt, a, b in zip(attempts, starts, ends, strict=True)
    ]


def _broken(window: Window, attempts: list[Attempt], start: int, end: int, bad: Attempt) -> list[Attempt]:
    """The attempts with the last one (or the whole tag) replaced by ``bad``; a problem found earlier is kept."""
    last = bad
    if attempts and attempts[-1].call is None and attempts[-1].problem is not None and bad.status == "malformed":
        last = replace(bad, problem=attempts[-1].problem)
    return _stretched(window, [*attempts[:-1], last] if attempts else [last], start, end)


HERMES = JsonTags(
    name="hermes",
    models="Hermes 2 Pro and 3, Qwen 2.5 and 3, QwQ, xLAM-Qwen, Granite 4, Ernie 4.5, STAR",
    open="<tool_call>",
    close="</tool_call>",
)
