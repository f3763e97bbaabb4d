"""Calls as code: a list of them, one a line, or between markers.

    [get_weather(city='Paris', days=3), clock.now()]
    <|python_start|>[f(a=1)]<|python_end|>

Code fences and prose around are allowed. A bare call counts where it stands at the start of a line and either nothing
but calls is in the answer, or it names an offered tool (any name written with keyword arguments, where no tools are
known): ``print(x)`` in an explanation is not an attempt. What stands between the parentheses is the language's
business; for Python see :mod:`starbench.dialects.python_text`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from starbench.dialects.base import (
    MAX_ATTEMPTS,
    Reading,
    Sign,
    Span,
    Window,
    malformed,
    parsed,
    too_many,
    truncated,
)
from starbench.dialects.brackets import Region, element_end, scan
from starbench.dialects.calls import CallProblem, name_positional
from starbench.dialects.python_literals import PythonProblem
from starbench.dialects.python_text import Arguments, read_arguments
from starbench.types import Attempt, Call

HEAD = r"[^\W\d]\w*(?:\.\w+)*[ \t]*\("
_CALL = re.compile(r"([^\W\d]\w*(?:\.\w+)*)[ \t]*\(")
_QUOTED_CALL = re.compile(rf"['\"]\s*(?={HEAD})")
_ANCHOR = re.compile(rf"(?P<list>\[)\s*(?:['\"]\s*)?{HEAD}|^[ \t]*(?P<bare>{HEAD})", re.MULTILINE)
_NAME = re.compile(r"['\"\s]*([\w.]+)")
_DOTTED = re.compile(r"[\w.]*")
_KEYWORDS = re.compile(r"\s*(?:\)|[^\W\d]\w*\s*=[^=])")
_SEPARATORS = re.compile(r"[\s,;]*")
_NEXT = re.compile(rf"\s*[,;]\s*(?={HEAD})")
_BETWEEN = re.compile(r"[\s,;.`\]]*")
_LEAD = re.compile(r"\s*(?:```[\w+-]*)?\s*")
_LINE_END = re.compile(r"[ \t.]*(?:$|[,;#`\]<])", re.MULTILINE)
_CONTINUES = re.compile(r"[(\[]|\.\w")
_MORE = "more follows the call's closing parenthesis"


@dataclass(frozen=True, slots=True)
class Language:
    """How a language's calls are read: matching brackets, and the arguments between them (raises PythonProblem)."""

    scan: Callable[[str, int, int], Region]
    arguments: Callable[[str, int, Region, bool], Arguments]


PYTHON = Language(scan, lambda text, opening, region, repair: read_arguments(text, opening, region, repair=repair))


def read_calls(window: Window, language: Language = PYTHON) -> Reading:
    """All calls of ``window``: lists of calls, and lines that are calls."""
    return _CallReader(window, language).read()


def read_block(window: Window, language: Language = PYTHON) -> tuple[Reading, int]:
    """The calls that ``window`` starts with: a list, or calls one after the other; and where they end.

    Nothing stops them but themselves, so a marker inside a string does no harm.
    """
    reader = _CallReader(window, language)
    end = reader.block()
    return Reading(reader.attempts, reader.lists), end


def sign_of_calls(window: Window, language: Language = PYTHON) -> Sign | None:
    """How much ``window`` looks like calls in code without markers."""
    return _CallReader(window, language).sign()


def write_python_call(call: Call) -> str:
    """``f(a=1, b='x')``."""
    return f"{call.name}({', '.join(f'{key}={value!r}' for key, value in call.arguments.items())})"


class _CallReader:
    """Reads one window; ``attempts`` and ``lists`` collect what was found, in order."""

    def __init__(self, window: Window, language: Language) -> None:
        self.window, self.text, self.end, self.language = window, window.text, window.end, language
        self.attempts: list[Attempt] = []
        self.lists: list[Span] = []
        self.only_calls = False
        self._regions: dict[int, Region] = {}

    def read(self) -> Reading:
        position = self.window.start
        begin = self.after(_LEAD, position)
        self.only_calls = self.is_only_calls(begin)
        while match := _ANCHOR.search(self.text, position, self.end):
            if too_many(self.window, self.attempts, match.start()):
                break
            position = match.end()
            if match["list"]:
                if match.start() == begin or self.is_believable(match.end()):
                    position = self.list(match.start())
                    self.lists.append((match.start(), position))
            elif self.only_calls or self.is_believable(match.end()):
                position = self.line(match.start("bare"))
            if self.attempts and self.attempts[-1].span == (position, self.end):
                break
        return Reading(self.attempts, self.lists)

    def block(self) -> int:
        """Read the calls that stand at the window's start; where they end."""
        begin = self.after(_LEAD, self.window.start)
        if self.text.startswith("[", begin):
            self.lists.append((begin, self.list(begin)))
            return self.lists[0][1]
        end = position = begin
        while (head := _CALL.match(self.text, position, self.end)) and not too_many(
            self.window, self.attempts, position
        ):
            attempt, end = self.call(head)
            self.attempts.append(attempt)
            position = self.after(_BETWEEN, end)
        return end

    def call(self, head: re.Match[str]) -> tuple[Attempt, int]:
        """The call whose name and opening parenthesis ``head`` matched, and where it ends."""
        opening, name = head.end() - 1, head[1]
        region = self.region(opening)
        span = (head.start(), region.end)
        try:
            arguments = self.language.arguments(self.text, opening, region, self.window.repair)
            named, notes = name_positional(name, arguments.positional, arguments.named, self.window.toolbox)
        except PythonProblem as problem:
            return (truncated if problem.at_end else malformed)(self.text, span, str(problem)), span[1]
        except CallProblem as problem:
            return malformed(self.text, span, str(problem)), span[1]
        return parsed(self.text, span, Call(name, named), (*arguments.notes, *notes)), span[1]

    def list(self, opening: int) -> int:
        """Read the list of calls whose bracket stands at ``opening``; where it ends."""
        position = self.after(_SEPARATORS, opening + 1)
        while position < self.end and self.text[position] != "]":
            if too_many(self.window, self.attempts, position):
                return self.end
            attempt, position = self.element(position)
            self.attempts.append(attempt)
            position = self.after(_SEPARATORS, position)
        return min(position + 1, self.end)

    def element(self, start: int) -> tuple[Attempt, int]:
        """The list element at ``start``: a call, or what stands in its place; and where it ends."""
        head = _CALL.match(self.text, start, self.end)
        if head is not None:
            attempt, stop = self.call(head)
            end = max(element_end(self.text, stop, self.end, ",;]"), stop)
            if attempt.status == "truncated" or not self.text[stop:end].strip():
                return attempt, stop
            return malformed(self.text, (start, end), _MORE), end
        end = max(element_end(self.text, start, self.end, ",;]"), start + 1)
        quoted = _QUOTED_CALL.match(self.text, start, end)
        head = _CALL.match(self.text, quoted.end(), end - 1) if quoted else None
        if head is None:
            return malformed(self.text, (start, end), "a list element that is no call"), end
        inner, _ = _CallReader(self.window.part(start, end - 1), self.language).call(head)
        if self.window.repair and inner.call is not None:
            return parsed(self.text, (start, end), inner.call, ("a call given in quotes", *inner.repairs)), end
        return malformed(self.text, (start, end), "a call given in quotes"), end

    def line(self, start: int) -> int:
        """Read the call at ``start`` and those that follow it after commas or semicolons; where they end."""
        head, end = _CALL.match(self.text, start, self.end), start
        while head is not None and not too_many(self.window, self.attempts, head.start()):
            attempt, end = self.call(head)
            if attempt.call is not None and _CONTINUES.match(self.text, end, self.end):
                attempt = malformed(self.text, (head.start(), end), _MORE)
            wanted = self.only_calls or head[1] in self.window.toolbox
            if not wanted and not _LINE_END.match(self.text, end, self.end):
                return end
            self.attempts.append(attempt)
            following = _NEXT.match(self.text, end, self.end)
            head = _CALL.match(self.text, following.end(), self.end) if following else None
        return end

    def is_only_calls(self, begin: int) -> bool:
        """Whether the answer starts with a bare call and goes on with nothing but calls."""
        position, seen = begin, 0
        while seen <= MAX_ATTEMPTS and (head := _CALL.match(self.text, position, self.end)):
            seen += 1
            region = self.region(head.end() - 1)
            if region.problem is not None:
                return True
            position = self.after(_BETWEEN, region.end)
        return begin < position and (position == self.end or seen > MAX_ATTEMPTS)

    def is_believable(self, inside: int) -> bool:
        """Whether what looks like a call amid prose is an attempt; ``inside`` is the position after its parenthesis."""
        if self.window.toolbox:
            backwards = self.text[max(inside - 200, self.window.start) : inside].rstrip("( \t")[::-1]
            name = _DOTTED.match(backwards)  # from the end, since the start of the name is not known
            return name is not None and name[0][::-1] in self.window.toolbox
        return _KEYWORDS.match(self.text, inside, self.end) is not None

    def region(self, opening: int) -> Region:
        """What the parenthesis at ``opening`` encloses; each is scanned once."""
        if opening not in self._regions:
            self._regions[opening] = self.language.scan(self.text, opening, self.end)
        return self._regions[opening]

    def after(self, pattern: re.Pattern[str], position: int) -> int:
        match = pattern.match(self.text, position, self.end)
        return match.end() if match else position

    def sign(self) -> Sign | None:
        reading = self.read()
        if not self.attempts:
            return None
        names = (_NAME.match(attempt.raw) for attempt in self.attempts)
        offered = any(name is not None and name[1] in self.window.toolbox for name in names)
        begin = self.after(_LEAD, self.window.start)
        if self.text.startswith("[", begin):
            return Sign(0.9 if offered else 0.8, "the answer starts with a list of calls", begin, reading)
        if self.only_calls:
            return Sign(0.85 if offered else 0.7, "the answer is nothing but calls", begin, reading)
        if offered:
            return Sign(0.7, "an offered tool is called", begin, reading)
        return Sign(0.4, "something like a call stands amid text", begin, reading)
