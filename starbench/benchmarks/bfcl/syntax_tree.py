"""Syntax trees of Java and JavaScript source, from tree-sitter.

    parse("f(a=1)", "java").children[0].type      # "expression_statement"

Reading valid source takes linear time; recovering from many errors can take quadratic time and memory, hence the limit.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Node

LONGEST_SOURCE = 4_000
"""Bytes; longer source is refused. What models wrote and upstream could read had at most 2,600."""


def parse(source: str | bytes, language: str) -> Node:
    """The root node. Raises ValueError where the source is too long or cannot be written as UTF-8."""
    from tree_sitter import Parser

    text = source.encode() if isinstance(source, str) else source
    if len(text) > LONGEST_SOURCE:
        raise ValueError("the source is too long to be parsed safely")
    return Parser(_grammar(language)).parse(text).root_node


@cache
def _grammar(language: str) -> Language:
    from tree_sitter import Language

    return Language(importlib.import_module(f"tree_sitter_{language}").language())
