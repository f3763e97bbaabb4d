"""Java and JavaScript calls, as BFCL asks for them: named arguments whose values are kept as source text.

    [Buffer.write(size=16, names=new HashMap<String, Integer>(), label="a, b")]
    # Call("Buffer.write", {"size": "16", "names": "new HashMap<String, Integer>()", "label": "a, b"})

A value that is a single string or character literal loses its quotes and escapes, as a function-calling model would
give it; what type a text is meant to have is for the benchmark to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from starbench.dialects.base import Toolbox
from starbench.dialects.brackets import Region, scan
from starbench.dialects.call_lists import Language
from starbench.dialects.code_dialects import CallLists
from starbench.dialects.python_literals import PythonProblem, unescaped
from starbench.dialects.python_text import Arguments
from starbench.types import Call

_QUOTED = r"""'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*\""""
_COMMENT = r"(?<![:\w])//[^\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/|\Z)"
_TEMPLATE = r"`[^`\\]*(?:\\.[^`\\]*)*`"
_REGEX = r"(?<=[=(,:\[])\s*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.){0,99}\]){1,200}/"
_GENERICS = r"(?<=\w)<[\w\s.,?&\[\]<>]{0,200}>(?=\s*[({\[.:\w])"
_BRACKETS = r"[\[\](){}'\"]"
_JAVA_TOKENS = re.compile(rf"{_COMMENT}|{_QUOTED}|{_BRACKETS}", re.DOTALL)
_SCRIPT_TOKENS = re.compile(rf"{_COMMENT}|{_QUOTED}|{_TEMPLATE}|{_REGEX}|{_BRACKETS}", re.DOTALL)
_JAVA_SPLIT = re.compile(rf"{_GENERICS}|{_JAVA_TOKENS.pattern}|,", re.DOTALL)
_SCRIPT_SPLIT = re.compile(rf"{_SCRIPT_TOKENS.pattern}|,", re.DOTALL)
_NAMED = re.compile(r"\s*([^\W\d][\w$]*)\s*=(?![=>])\s*")
_LITERAL = re.compile(rf"{_QUOTED}|{_TEMPLATE}", re.DOTALL)


def _arguments(text: str, opening: int, region: Region, split: re.Pattern[str]) -> Arguments:
    """The arguments between the parenthesis at ``opening`` and its partner, as source text."""
    if region.problem is not None:
        raise PythonProblem(region.problem, at_end=region.unclosed)
    named: dict[str, str] = {}
    positional: list[str] = []
    pieces = _pieces(text, opening, region, split)
    for piece in pieces:
        match = _NAMED.match(piece)
        source = piece[match.end() :].strip() if match else piece.strip()
        if not source:
            if match is None and len(pieces) == 1:
                break
            raise PythonProblem("a value is missing")
        value = unescaped(source[1:-1]) if _LITERAL.fullmatch(source) else source
        if match is None:
            if named:
                raise PythonProblem("a positional argument follows a named one")
            positional.append(value)
        elif match[1] in named:
            raise PythonProblem(f"argument {match[1]!r} is given twice")
        else:
            named[match[1]] = value
    return Arguments(named, tuple(positional))


def _pieces(text: str, opening: int, region: Region, split: re.Pattern[str]) -> list[str]:
    """The source text between the commas of the outermost level."""
    close = region.closes[opening]
    pieces: list[str] = []
    start = position = opening + 1
    while match := split.search(text, position, close):
        position = match.end()
        if match[0] == ",":
            pieces.append(text[start : match.start()])
            start = position
        elif match.start() in region.closes:
            position = region.closes[match.start()] + 1
    return [*pieces, text[start:close]]


def _language(tokens: re.Pattern[str], split: re.Pattern[str]) -> Language:
    return Language(
        lambda text, start, limit: scan(text, start, limit, tokens),
        lambda text, opening, region, repair: _arguments(text, opening, region, split),
    )


@dataclass(frozen=True, slots=True)
class SourceCalls(CallLists):
    """Lists of calls whose values are source text, written as they are."""

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """``[f(a=1, b="x")]``; values must be source text already."""
        written = (f"{c.name}({', '.join(f'{key}={value}' for key, value in c.arguments.items())})" for c in calls)
        return f"[{', '.join(written)}]"


_TAGS = (("<TOOLCALL>", "</TOOLCALL>"),)
JAVA = SourceCalls("bfcl-prompt-java", "BFCL's Java cases", _TAGS, _language(_JAVA_TOKENS, _JAVA_SPLIT))
JAVASCRIPT = SourceCalls(
    "bfcl-prompt-javascript", "BFCL's JavaScript cases", _TAGS, _language(_SCRIPT_TOKENS, _SCRIPT_SPLIT)
)
