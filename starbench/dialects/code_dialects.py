"""Dialects that write calls as code: where the calls stand, for the reader in :mod:`starbench.dialects.call_lists`.

    LLAMA4.read(window)       # <|python_start|>[get_weather(city='Paris')]<|python_end|>

A dialect without markers reads the whole answer; one with markers reads what follows them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starbench.dialects.base import (
    BARE_MARKER,
    MAX_CANDIDATES,
    Finder,
    Reading,
    Sign,
    Span,
    Toolbox,
    Window,
    malformed,
    pattern_sign,
    too_many,
    truncated,
)
from starbench.dialects.call_lists import (
    HEAD,
    PYTHON,
    Language,
    read_block,
    read_calls,
    sign_of_calls,
    write_python_call,
)
from starbench.types import Attempt, Call

_NO_CALL = "there is no call after the marker"


@dataclass(frozen=True, slots=True)
class CallLists:
    """The grammar as a dialect.

    ``markers`` are pairs of texts that may stand around the calls; ``lines`` says that a call a line is written
    between them, not a list.
    """

    name: str
    models: str
    markers: tuple[tuple[str, str], ...] = ()
    language: Language = PYTHON
    lines: bool = False

    def read(self, window: Window) -> Reading:
        """Find the calls between the markers if there are any, otherwise in the whole window."""
        for opening, closing in self.markers:
            if window.text.find(opening, window.start, window.end) >= 0:
                return self._between(window, opening, closing)
        return read_calls(window, self.language)

    def _between(self, window: Window, opening: str, closing: str) -> Reading:
        attempts: list[Attempt] = []
        markup: list[Span] = []
        openings, closings = Finder(window, opening), Finder(window, closing)
        start = openings.at(window.start)
        while start >= 0 and len(markup) < MAX_CANDIDATES and not too_many(window, attempts, start):
            inner = start + len(opening)
            reading, end = read_block(window.part(inner, window.end), self.language)
            following, stop = openings.at(end), closings.at(end)
            limit = following if following >= 0 else window.end
            if reading.attempts or not opening.startswith("<"):
                attempts.extend(reading.attempts)
                markup += [(start, inner), *reading.markup]
            elif 0 <= stop < limit and not window.text[inner:stop].strip("[] \n"):
                markup.append((start, stop))
            else:
                span = (start, stop if 0 <= stop < limit else limit)
                ended = span[1] < window.end
                attempts.append(malformed(window.text, span, _NO_CALL) if ended else truncated(window.text, span))
            if 0 <= stop < limit:
                markup.append((stop, stop + len(closing)))
            start = following
        return Reading(attempts, sorted(markup))

    def sign(self, window: Window) -> Sign | None:
        """Markers; without markers of its own, an answer that holds calls."""
        if self.markers:
            openings = "|".join(re.escape(opening) for opening, _ in self.markers)
            sign = pattern_sign(window, re.compile(rf"(?:{openings})\s*(?:```[\w+-]*\s*)?(?:\[\s*)?{HEAD}"))
            special = self.markers[0][0].startswith("<|")
            return sign or (pattern_sign(window, re.compile(openings), BARE_MARKER) if special else None)
        return sign_of_calls(window, self.language)

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """``[f(a=1, b='x')]`` between the first pair of markers."""
        opening, closing = self.markers[0] if self.markers else ("", "")
        written = [write_python_call(call) for call in calls]
        return "\n".join([opening, *written, closing]) if self.lines else f"{opening}[{', '.join(written)}]{closing}"


_BFCL_TAGS = (("<TOOLCALL>", "</TOOLCALL>"),)
PYTHONIC = CallLists("pythonic", "BFCL and ACEBench prompts, ToolACE, Llama 3.2, Hammer, any prompted model")
ACEBENCH = CallLists("acebench", "ACEBench's prompt")
BFCL_PROMPT = CallLists("bfcl-prompt", "BFCL's default prompt", _BFCL_TAGS)
LLAMA4 = CallLists("llama4", "Llama 4 Scout and Maverick", (("<|python_start|>", "<|python_end|>"),))
OLMO3 = CallLists("olmo3", "Olmo 3", (("<function_calls>", "</function_calls>"),), lines=True)
TOOL_CODE = CallLists("tool-code", "Gemma 1 to 3, prompted", (("```tool_code", "```"),), lines=True)
NEXUS = CallLists("nexus", "NexusRaven", (("Call:", "<bot_end>"),), lines=True)
