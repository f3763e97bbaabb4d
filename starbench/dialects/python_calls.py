"""Python calls: a list of them, one a line, or between markers.

    [get_weather(city='Paris', days=3), clock.now()]
    <|python_start|>[f(a=1)]<|python_end|>

Code fences and prose around are allowed. A bare call counts where it stands at the start of a line and either nothing
but calls is in the answer, or it names an offered tool (any name written with keyword arguments, where no tools are
known): ``print(x)`` in an explanation is not an attempt. See :mod:`starbench.dialects.python_text` for what values
may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from starbench.dialects.base import (
    Finder,
    Reading,
    Sign,
    Span,
    Toolbox,
    Window,
    malformed,
    marker_sign,
    parsed,
    truncated,
)
from starbench.dialects.calls import CallProblem, name_positional
from starbench.dialects.python_text import PythonProblem, element_end, read_arguments, scan
from starbench.types import Attempt, Call

_HEAD = r"[^\W\d]\w*(?:\.\w+)*[ \t]*\("
_CALL = re.compile(r"([^\W\d]\w*(?:\.\w+)*)[ \t]*\(")
_QUOTED_CALL = re.compile(rf"['\"]\s*(?={_HEAD})")
_ANCHOR = re.compile(rf"(?P<list>\[)\s*['\"]?\s*{_HEAD}|^[ \t]*(?P<bare>{_HEAD})", re.MULTILINE)
_KEYWORDS = re.compile(r"\s*(?:\)|[^\W\d]\w*\s*=[^=])")
_SEPARATORS = re.compile(r"[\s,;]*")
_NEXT = re.compile(rf"\s*[,;]\s*(?={_HEAD})")
_BETWEEN = re.compile(r"[\s,;.`\]]*")
_LEAD = re.compile(r"\s*(?:```[\w+-]*)?\s*")
_LINE_END = re.compile(r"[ \t.]*(?:$|[,;#`\]<])", re.MULTILINE)


def read_python_calls(window: Window) -> Reading:
    """All Python calls of ``window``: lists of calls, and lines that are calls."""
    text, position = window.text, window.start
    begin = _end(_LEAD, window, window.start)
    only_calls = _is_only_calls(window, begin)
    attempts: list[Attempt] = []
    lists: list[Span] = []
    while match := _ANCHOR.search(text, position, window.end):
        position = match.end()
        if match["list"]:
            if match.start() == begin or _believable(window, match.end()):
                position = _list(window, match.start(), attempts)
                lists.append((match.start(), position))
        elif only_calls or _believable(window, match.end()):
            position = _line(window, match.start("bare"), attempts, only_calls)
    return Reading(attempts, lists)


def _call(window: Window, head: re.Match[str]) -> Attempt:
    """The call whose name and opening parenthesis ``head`` matched."""
    text, name = window.text, head[1]
    region = scan(text, head.end() - 1, window.end)
    span = (head.start(), region.end)
    try:
        arguments = read_arguments(text, head.end() - 1, region, repair=window.repair)
        named, notes = name_positional(name, arguments.positional, arguments.named, window.toolbox)
    except PythonProblem as problem:
        return (truncated if problem.at_end else malformed)(text, span, str(problem))
    except CallProblem as problem:
        return malformed(text, span, str(problem))
    return parsed(text, span, Call(name, named), (*arguments.notes, *notes))


def _list(window: Window, opening: int, attempts: list[Attempt]) -> int:
    """Read the list of calls whose bracket stands at ``opening``; where it ends."""
    text = window.text
    position = _end(_SEPARATORS, window, opening + 1)
    while position < window.end and text[position] != "]":
        attempts.append(_element(window, position))
        position = _end(_SEPARATORS, window, _stop(attempts[-1]))
    return min(position + 1, window.end)


def _element(window: Window, start: int) -> Attempt:
    """The list element at ``start``: a call, or what stands in its place."""
    text = window.text
    head = _CALL.match(text, start, window.end)
    if head is not None:
        attempt = _call(window, head)
        end = max(element_end(text, _stop(attempt), window.end, ",;]"), _stop(attempt))
        if attempt.status == "truncated" or not text[_stop(attempt) : end].strip():
            return attempt
        return malformed(text, (start, end), "more follows the call's closing parenthesis")
    end = max(element_end(text, start, window.end, ",;]"), start + 1)
    quoted = _QUOTED_CALL.match(text, start, end)
    head = _CALL.match(text, quoted.end(), end - 1) if quoted else None
    if head is None:
        return malformed(text, (start, end), "a list element that is no call")
    inner = _call(window.part(start, end - 1), head)
    if window.repair and inner.call is not None:
        return parsed(text, (start, end), inner.call, ("a call given in quotes", *inner.repairs))
    return malformed(text, (start, end), "a call given in quotes")


def _line(window: Window, start: int, attempts: list[Attempt], only_calls: bool) -> int:
    """Read the call at ``start`` and those that follow it after commas or semicolons; where they end."""
    text, head = window.text, _CALL.match(window.text, start, window.end)
    end = start
    while head is not None:
        attempt = _call(window, head)
        end = _stop(attempt)
        if attempt.status != "truncated" and text[end : end + 1] in ("(", "[", "."):
            follows = text[end : end + 2]
            if follows[1:].isidentifier() or follows[0] != ".":
                attempt = malformed(text, (head.start(), end), "more follows the call's closing parenthesis")
        named = only_calls or head[1] in window.toolbox
        if not named and not _LINE_END.match(text, end, window.end):
            return end
        attempts.append(attempt)
        following = _NEXT.match(text, end, window.end)
        head = _CALL.match(text, following.end(), window.end) if following else None
    return end


def _is_only_calls(window: Window, begin: int) -> bool:
    """Whether the answer starts with a bare call and goes on with nothing but calls."""
    position = begin
    while head := _CALL.match(window.text, position, window.end):
        region = scan(window.text, head.end() - 1, window.end)
        if region.problem is not None:
            return True
        position = _end(_BETWEEN, window, region.end)
    return begin < position == window.end


def _believable(window: Window, inside: int) -> bool:
    """Whether what looks like a call amid prose is an attempt; ``inside`` is the position after its parenthesis."""
    if window.toolbox:
        name = re.search(r"[\w.]*$", window.text[max(inside - 200, window.start) : inside].rstrip("( \t"))
        return name is not None and name[0] in window.toolbox
    return _KEYWORDS.match(window.text, inside, window.end) is not None


def _end(pattern: re.Pattern[str], window: Window, position: int) -> int:
    match = pattern.match(window.text, position, window.end)
    return match.end() if match else position


def _stop(attempt: Attempt) -> int:
    return attempt.span[1] if attempt.span else 0


@dataclass(frozen=True, slots=True)
class PythonCalls:
    """The grammar as a dialect. ``markers`` are pairs of texts that may stand around the calls."""

    name: str
    models: str
    markers: tuple[tuple[str, str], ...] = ()

    def read(self, window: Window) -> Reading:
        """Find the calls between the markers if there are any, otherwise in the whole window."""
        for opening, closing in self.markers:
            regions = list(between(window, opening, closing))
            if regions:
                readings = [read_python_calls(inner) for inner, _ in regions]
                markup = [span for _, spans in regions for span in spans]
                markup += [span for reading in readings for span in reading.markup]
                return Reading([a for reading in readings for a in reading.attempts], sorted(markup))
        return read_python_calls(window)

    def sign(self, window: Window) -> Sign | None:
        """Markers; without markers of its own, an answer that holds calls."""
        if self.markers:
            return marker_sign(window, [opening for opening, _ in self.markers])
        return python_sign(window)

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """``[f(a=1), g(b='x')]`` between the first pair of markers."""
        opening, closing = self.markers[0] if self.markers else ("", "")
        return f"{opening}[{', '.join(map(write_python_call, calls))}]{closing}"


def between(window: Window, opening: str, closing: str) -> Iterator[tuple[Window, list[Span]]]:
    """Each part of ``window`` after an ``opening`` marker, up to its ``closing`` one (or the next opening), and the
    markers.
    """
    openings, closings = Finder(window, opening), Finder(window, closing)
    start = openings.at(window.start)
    while start >= 0:
        inner = start + len(opening)
        stop, following = closings.at(inner), openings.at(inner)
        limit = following if following >= 0 else window.end
        closed = 0 <= stop < limit
        spans = [(start, inner), (stop, stop + len(closing))] if closed else [(start, inner)]
        yield window.part(inner, stop if closed else limit), spans
        start = following


def python_sign(window: Window) -> Sign | None:
    """How much an answer without markers looks like Python calls."""
    attempts = read_python_calls(window).attempts
    if not attempts:
        return None
    offered = any(a.call is not None and a.call.name in window.toolbox for a in attempts)
    begin = _end(_LEAD, window, window.start)
    if window.text.startswith("[", begin):
        return Sign(0.9 if offered else 0.8, "the answer starts with a list of calls")
    if attempts[0].span is not None and attempts[0].span[0] == begin and _is_only_calls(window, begin):
        return Sign(0.85 if offered else 0.7, "the answer is nothing but calls")
    return Sign(0.7, "an offered tool is called") if offered else Sign(0.4, "something like a call stands amid text")


def write_python_call(call: Call) -> str:
    """``f(a=1, b='x')``."""
    return f"{call.name}({', '.join(f'{key}={value!r}' for key, value in call.arguments.items())})"


PYTHONIC = PythonCalls("pythonic", "BFCL and ACEBench prompts, ToolACE, Llama 3.2, Hammer, any prompted model")
BFCL_PROMPT = PythonCalls("bfcl-prompt", "BFCL's default prompt", (("<TOOLCALL>", "</TOOLCALL>"),))
