"""The answer of a conversation: call texts turn by turn, a few with arguments by position.

    answer_call("post_tweet('Hi', tags=['#x'])", {"post_tweet": ("content", "tags", "mentions")})
    ->  Call("post_tweet", {"content": "Hi", "tags": ["#x"]})

The texts are the benchmark's own. Every one of them is a single call with literal arguments.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from starbench.errors import DataUnavailableError
from starbench.types import Call


def answer_call(text: str, parameters: Mapping[str, Sequence[str]]) -> Call:
    """A call of an answer, every argument by its name; ``parameters`` maps function to parameter names in order.

    The values may be those of an earlier reading of the same text, so they must not be changed.
    """
    name, positional, named = _parsed(text)
    return Call(name, {**dict(zip(parameters[name], positional, strict=False)), **named})


@lru_cache(maxsize=8192)
def _parsed(text: str) -> tuple[str, list[Any], dict[str, Any]]:
    call = ast.parse(text.strip(), mode="eval").body
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise DataUnavailableError(f"BFCL's answer {text!r} is not a call")
    named = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}
    return call.func.id, [ast.literal_eval(value) for value in call.args], named
