r"""Python expressions of a model's answer, parsed without a warning, whatever the process does with warnings.

    silenced(r"f(path='C:\data', n=1if x else 2)")      # f(path='C:\\data', n=1 if x else 2)

Python warns about escapes that it does not know, octal escapes beyond 377, and numbers that touch a keyword. Whether
such a warning is printed or raised is decided by filters of the whole process, so a parser that must give the same
answer always, in any thread, has to rewrite the source: nothing is left to warn of, and the tree stays the same.
"""

from __future__ import annotations

import ast
import re
import sys

F_STRING_WORK = 100_000_000
"""Python's parser needs time in proportion to an f-string's length times the number of its fields; more is refused."""

UNGUARDED_LENGTH = 100_000
"""Python 3.10 builds trees of any depth and dies of a long enough ``1+1+1+…``; longer texts are refused there."""

MOST_SEPARATORS = 12_000
"""Python's parser takes some 2.5 microseconds for each node of a tree; a text with more separators is refused.

64 kB of ``[f(a=1),f(a=1),…`` hold 27,000 and keep the parser busy for over 60 ms; no answer that means something comes
near.
"""

_SEPARATORS = ",([{=:+-*/%&|^<>@~."
_KEYWORD = r"(?:and|else|for|if|in|is|not|or)"
_MAY_TOUCH_KEYWORD = re.compile(rf"(?<![\w.])[\d.][\w.]*{_KEYWORD}")
_TOKENS = re.compile(
    rf"""
      \#[^\n]*                                                              # a comment
    | (?P<prefix>[A-Za-z]{{0,2}})(?P<string>                                # a string, as far as it is closed
          '''[^\\']*(?:(?:\\.|'(?!''))[^\\']*)*'''
        | \"""[^\\"]*(?:(?:\\.|"(?!""))[^\\"]*)*\"""
        | (?!'''|\""") (?: '[^\\'\r\n]*(?:\\(?:\r\n|.)[^\\'\r\n]*)*' | "[^\\"\r\n]*(?:\\(?:\r\n|.)[^\\"\r\n]*)*" )
      )
    | ['"].*                                                                # one that is not: the rest cannot be parsed
    | [^\W\d]\w*                                                            # a name
    | (?=(?P<number>
          0[xX](?:_?[\da-fA-F])+ | 0[oO](?:_?[0-7])+ | 0[bB](?:_?[01])+
        | (?:\d(?:_?\d)*(?:\.(?:\d(?:_?\d)*)?)? | \.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?[jJ]?
      ))(?P=number)(?P<touches>(?={_KEYWORD}))?
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\([0-7]{1,3}|.)", re.DOTALL)
_KNOWN_ESCAPES = frozenset("\r\n\\'\"abfnrtvx01234567")
_KNOWN_TEXT_ESCAPES = _KNOWN_ESCAPES | frozenset("uUN")


def parse_expression(text: str) -> ast.expr:
    """The tree of an expression. Raises SyntaxError, ValueError, RecursionError or MemoryError, and never warns."""
    if len(text) > UNGUARDED_LENGTH and sys.version_info < (3, 11):
        raise ValueError("the text is too long for Python 3.10 to parse safely")
    if _separators(text) > MOST_SEPARATORS and _separators(_without_strings(text)) > MOST_SEPARATORS:
        raise ValueError("the text holds too many calls, values or operators")
    if text.count("{") * len(text) > F_STRING_WORK and _f_string_work(text) > F_STRING_WORK:
        raise ValueError("an f-string holds too many fields")
    return ast.parse(silenced(text), mode="eval").body


def called_name(function: ast.expr) -> str:
    """The dotted name that a call calls; what is no name gives nothing: ``f`` for ``x[0].f()``, "" for a lambda."""
    parts = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if isinstance(function, ast.Name):
        parts.append(function.id)
    return ".".join(reversed(parts))


def silenced(text: str) -> str:
    """Source that parses to the same tree without a warning; ``text`` itself where there is nothing to warn of."""
    if "\\" not in text and not _MAY_TOUCH_KEYWORD.search(text):
        return text
    return _TOKENS.sub(_silenced_token, text)


def _separators(text: str) -> int:
    return sum(map(text.count, _SEPARATORS)) if len(text) > MOST_SEPARATORS else 0


def _without_strings(text: str) -> str:
    """The text without its string literals, which are one node each, however long; f-strings are more and stay."""
    return _TOKENS.sub(_without_string, text)


def _without_string(token: re.Match[str]) -> str:
    return token[0] if token["string"] is None or "f" in (token["prefix"] or "").lower() else ""


def _f_string_work(text: str) -> int:
    strings = (token["string"] for token in _TOKENS.finditer(text) if "f" in (token["prefix"] or "").lower())
    return sum(string.count("{") * len(string) for string in strings)


def _silenced_token(token: re.Match[str]) -> str:
    if token["touches"] is not None:
        return f"{token[0]} "
    prefix = (token["prefix"] or "").lower()
    if token["string"] is None or "\\" not in token["string"] or "r" in prefix:
        return token[0]
    known = _KNOWN_ESCAPES if "b" in prefix else _KNOWN_TEXT_ESCAPES
    return token["prefix"] + _ESCAPE.sub(lambda escape: _silenced_escape(escape[1], known), token["string"])


def _silenced_escape(code: str, known: frozenset[str]) -> str:
    if code[0] not in known:
        return f"\\\\{code}"
    if len(code) == 3 and code > "377":
        number = int(code, 8)
        return f"\\u{number:04x}" if "u" in known else f"\\x{number & 0xFF:02x}"
    return f"\\{code}"
