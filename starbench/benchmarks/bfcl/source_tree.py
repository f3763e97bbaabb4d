"""Java or JavaScript source text of one value, cut into a tree of brackets in one pass.

``new int[]{1, f(2)}`` becomes::

    (Token("word", "new"), Token("word", "int"), Group("["), Group("{", ((Token("number", "1"),),
                                                                         (Token("word", "f"), Group("(", …)))))

A group holds its items already separated (at ``,`` and ``;``), so reading the tree never searches again and stays
linear. Nothing is executed, and nothing is understood yet: that is :mod:`starbench.benchmarks.bfcl.source_values`.
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias, Union

LENGTH_LIMIT = 4_000
DEPTH_LIMIT = 60
"""Longer text, and text with deeper brackets, is not read; the longest value that BFCL expects has 110 characters."""

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)
    | (?P<number>(?:0[xX][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)[lLfFdDn]?)
    | (?P<word>[^\W\d][\w$]*|\$[\w$]*)
    | (?P<generics><[\w\s,.?\[\]<>]{0,200}>(?=\s*[(\[{]))
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    | (?P<separator>[,;])
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENS = {")": "(", "]": "[", "}": "{"}


class Token(NamedTuple):
    """One word, number, string, ``<…>`` or other character, and where it stands; ``kind`` is a name of the pattern."""

    kind: str
    text: str
    start: int
    end: int


class Group(NamedTuple):
    """A pair of brackets: ``kind`` is ``(``, ``[`` or ``{``; an empty last item, as in ``[1,]``, is left out.

    ``marks`` holds what stands between the items: commas, semicolons.
    """

    kind: str
    items: tuple[tuple[Node, ...], ...]
    marks: str
    start: int
    end: int


Node: TypeAlias = Union[Token, Group]  # noqa: UP007 - a bar between classes cannot be written here in Python 3.10
Item: TypeAlias = "tuple[Node, ...]"


class _Open:
    """A group whose closing bracket has not come yet."""

    def __init__(self, kind: str, start: int) -> None:
        self.kind = kind
        self.start = start
        self.items: list[Item] = []
        self.nodes: list[Node] = []
        self.marks: list[str] = []

    def separate(self, mark: str) -> None:
        self.items.append(tuple(self.nodes))
        self.marks.append(mark)
        self.nodes = []

    def close(self, end: int) -> Group:
        items = [*self.items, tuple(self.nodes)] if self.nodes else self.items
        return Group(self.kind, tuple(items), "".join(self.marks), self.start, end)


def tree(text: str) -> Item | None:
    """The nodes of the one expression in ``text``, or None.

    None means that brackets do not match, that no or several expressions stand there, or that a limit is passed.
    """
    if len(text) > LENGTH_LIMIT:
        return None
    stack = [_Open("", 0)]
    for match in _TOKEN.finditer(text):
        kind, found = match.lastgroup, match.group()
        if kind == "open":
            if len(stack) > DEPTH_LIMIT:
                return None
            stack.append(_Open(found, match.start()))
        elif kind == "close":
            if stack[-1].kind != _OPENS[found]:
                return None
            group = stack.pop().close(match.end())
            stack[-1].nodes.append(group)
        elif kind == "separator":
            stack[-1].separate(found)
        elif kind is not None and kind != "space":
            stack[-1].nodes.append(Token(kind, found, match.start(), match.end()))
    whole = stack[0].close(len(text))
    return whole.items[0] if len(stack) == 1 and len(whole.items) == 1 and not whole.marks else None
