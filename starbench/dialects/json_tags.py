"""A JSON object, or several, in a tag.

    <tool_call>
    {"name": "get_weather", "arguments": {"city": "Paris"}}
    </tool_call>

An attempt reaches from tag to tag; two objects in one tag are two attempts. A tag that is never closed makes a
truncated attempt, even if the object in it is complete: with ``repair`` it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from starbench.dialects.base import (
    BARE_MARKER,
    MARKED,
    Finder,
    Reading,
    Sign,
    Toolbox,
    Window,
    malformed,
    too_many,
    truncated,
)
from starbench.dialects.calls import HERMES_KEYS, Keys, objects_of
from starbench.dialects.json_objects import read_objects
from starbench.dialects.json_text import skip_space
from starbench.types import Attempt, Call


@dataclass(frozen=True, slots=True)
class JsonTags:
    """The grammar as a dialect: ``open`` + JSON + ``close``, repeated.

    ``pattern`` matches the opening tag where it is not just ``open``. ``array`` says that all calls are written in
    one tag as an array, ``lines`` in one tag as one object a line; ``spaced`` that line breaks stand between tag and
    JSON.
    """

    name: str
    models: str
    open: str
    close: str
    keys: Keys = HERMES_KEYS
    pattern: str = ""
    array: bool = False
    lines: bool = False
    spaced: bool = True
    peek: str = "{["

    @property
    def opening(self) -> re.Pattern[str]:
        """The compiled opening tag."""
        return re.compile(self.pattern or re.escape(self.open))

    def read(self, window: Window) -> Reading:
        """Find every tag, closed or not."""
        opening, closings = self.opening, Finder(window, self.close)
        attempts: list[Attempt] = []
        tag = opening.search(window.text, window.start, window.end)
        while tag is not None and not too_many(window, attempts, tag.start()):
            following = opening.search(window.text, tag.end(), window.end)
            found = self._tag(window, tag, following, closings)
            attempts.extend(found)
            end = found[-1].span[1] if found[-1].span else tag.end()
            tag = following
            if tag is not None and tag.start() < end:
                tag = opening.search(window.text, end, window.end)
        return Reading(attempts)

    def _tag(
        self, window: Window, tag: re.Match[str], following: re.Match[str] | None, closings: Finder
    ) -> list[Attempt]:
        """The attempts of one tag: at least one. ``following`` is the next opening tag, wherever it stands."""
        text, start = window.text, tag.start()
        attempts, end = read_objects(window, tag.end(), self.keys, lambda position: _bound(window, closings, position))
        after = skip_space(text, end)
        if attempts and text.startswith(self.close, after, window.end):
            return _stretched(window, attempts, start, after + len(self.close))
        closing = closings.at(max(end, tag.end()))
        if following is not None and following.start() < end:
            following = self.opening.search(text, end, window.end)
        if closing >= 0 and not (following is not None and following.start() < closing):
            problem = "text follows the JSON value" if attempts else "there is no JSON object in the tag"
            stop = closing + len(self.close)
            return _broken(window, attempts, malformed(text, (start, stop), problem))
        if attempts and window.repair and attempts[-1].call is not None:
            last = replace(attempts[-1], repairs=("the closing tag is missing", *attempts[-1].repairs))
            return _stretched(window, [*attempts[:-1], last], start, end)
        if following is not None:
            bad = malformed(text, (start, following.start()), "the tag is not closed before the next one opens")
        else:
            bad = truncated(text, (start, window.end), "the tag is not closed")
        return _broken(window, attempts, bad)

    def sign(self, window: Window) -> Sign | None:
        """The opening tag with JSON behind it."""
        tag = self.opening.search(window.text, window.start, window.end)
        if tag is None:
            return None
        after = skip_space(window.text, tag.end())
        reason = f"{tag[0][:40]!r} at character {tag.start()}"
        if after < window.end and window.text[after] in self.peek:
            return Sign(MARKED, reason, tag.start())
        return Sign(BARE_MARKER, f"{reason}, and no JSON after it", tag.start())

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """One tag a call, or one tag for all."""
        objects = [json.dumps(value, ensure_ascii=False) for value in objects_of(calls, self.keys)]
        if self.array or self.lines:
            objects = [f"[{', '.join(objects)}]" if self.array else "\n".join(objects)]
        space = "\n" if self.spaced else ""
        return "\n".join(f"{self.open}{space}{text}{space}{self.close}" for text in objects)


def _bound(window: Window, closings: Finder, position: int) -> int:
    """Where the next closing tag stands, or the window ends."""
    closing = closings.at(position)
    return closing if closing >= 0 else window.end


def _stretched(window: Window, attempts: list[Attempt], start: int, end: int) -> list[Attempt]:
    """The attempts, the first beginning at ``start`` and the last ending at ``end``, so that they include the tags."""
    spans = [attempt.span or (0, 0) for attempt in attempts]
    starts = [start, *(span[0] for span in spans[1:])]
    ends = [*(span[1] for span in spans[:-1]), end]
    return [
        replace(attempt, raw=window.text[a:b], span=(a, b))
        for attempt, a, b in zip(attempts, starts, ends, strict=True)
    ]


def _broken(window: Window, attempts: list[Attempt], bad: Attempt) -> list[Attempt]:
    """The attempts with the last one (or the whole tag) replaced by ``bad``; a problem found earlier is kept."""
    start, end = bad.span or (0, 0)
    if attempts and attempts[-1].call is None and attempts[-1].problem is not None and bad.status == "malformed":
        bad = replace(bad, problem=attempts[-1].problem)
    last = attempts[-1].span if attempts else None
    bad = replace(bad, span=(last[0], end)) if last else bad
    return _stretched(window, [*attempts[:-1], bad], start, end)


HERMES = JsonTags(
    name="hermes",
    models="Hermes 2 Pro and 3, Qwen 2.5 and 3, QwQ, xLAM-Qwen, Granite 3.1 to 4, Ernie 4.5, Arch, Trinity, STAR",
    open="<tool_call>",
    close="</tool_call>",
)
INTERNLM = JsonTags(
    name="internlm",
    models="InternLM 2.5, Intern-S1",
    open="<|action_start|><|plugin|>",
    close="<|action_end|>",
    keys=Keys(arguments=("parameters", "arguments")),
    pattern=r"<\|action_start\|>\s*<\|plugin\|>",
)
LONGCAT = JsonTags("longcat", "LongCat-Flash", "<longcat_tool_call>", "</longcat_tool_call>")
JAMBA = JsonTags(
    "jamba", "Jamba 1.5, Hunyuan-A13B", "<tool_calls>", "</tool_calls>", array=True, spaced=False, peek="["
)
MINIMAX_M1 = JsonTags("minimax-m1", "MiniMax-M1", "<tool_calls>", "</tool_calls>", lines=True, peek="{")
