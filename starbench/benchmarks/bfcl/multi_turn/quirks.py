"""Every oddity of how BFCL runs multi-turn answers, each under a name; ``strict`` grading uses nothing of this file.

    qualified("echo(content='see ls (now)')", {"echo": "GorillaFileSystem", "ls": "GorillaFileSystem"})
    ->  "model_GorillaFileSystem_instance.echo(content='see model_GorillaFileSystem_instance.ls(now)')"

:data:`QUIRKS` lists them: name -> what upstream does. The oddities of decoding Python text, which come first, stand in
:mod:`starbench.benchmarks.bfcl.quirks`.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Mapping
from typing import Any

from starbench.benchmarks.bfcl.multi_turn import limits
from starbench.benchmarks.bfcl.multi_turn.limits import Refused
from starbench.benchmarks.bfcl.multi_turn.sources import Modules

QUIRKS: Mapping[str, str] = {
    "call_text": "A call becomes Python source, in which an object of objects stands for a nested call.",
    "qualified": "Method names before a bracket get their instance's name, also inside string arguments.",
    "deny": "A few names are refused by the text before the first bracket.",
    "HARMLESS": "A name that no simulated class defines may be one of Python's builtins, which then runs.",
    "shared_state": "Both sides of a conversation, and all later ones, share what the simulated files keep globally.",
    "result_text": "Results are compared as texts, so that 5 is not 5.0.",
}
"""Name -> what upstream does. ``result_text`` is the field ``missing_text`` of a turn's record."""

_BEFORE_BRACKET = re.compile(r"\b([a-zA-Z_]\w*)\s*(?=\()")
_DENIED = frozenset({"kill", "exit", "quit", "remove", "unlink", "popen", "Popen", "run"})


def call_text(name: str, arguments: Mapping[str, Any]) -> str:
    """The source text of a decoded call, as upstream writes the calls of prompting models.

    An object all of whose values are objects is taken for a nested call; other objects get their keys in quotes as
    they are, so that a number becomes a text. An empty object raises IndexError, and with it the whole step is lost.
    """
    return f"{name}({', '.join(f'{key}={_value_text(value)}' for key, value in arguments.items())})"


def _value_text(value: Any) -> str:
    if not isinstance(value, dict):
        return repr(value)
    if not value:
        raise IndexError("an empty object has no first key to take for a function's name")
    if all(isinstance(item, dict) for item in value.values()):
        name = next(iter(value))
        return call_text(name, value[name])
    return "{" + ", ".join(f"'{key}': {_value_text(item)}" for key, item in value.items()) + "}"


def qualified(text: str, methods: Mapping[str, str]) -> str:
    """The text with the name of its instance before each method's name, inside string arguments too.

    ``methods`` maps method to class. White space between any word and a following bracket disappears on the way. So
    "see ls (now)", written to a file, is no longer what the model wrote.
    """

    def with_instance(match: re.Match[str]) -> str:
        word = match.group(1)
        return f"{instance(methods[word])}.{word}" if word in methods else word

    return _BEFORE_BRACKET.sub(with_instance, text)


def instance(owner: str) -> str:
    """The name that stands for an instance in source text; upstream's also holds the model's name and the id."""
    return f"model_{owner}_instance"


def deny(source: str) -> None:
    """Raise :class:`Refused` for the names that upstream does not run.

    It looks at the text before the first bracket, and if there is a dot in it, at what follows the first.
    """
    head = source.partition("(")[0]
    name = head.split(".")[1] if "." in head else head
    if name in _DENIED:
        raise Refused(f"Function call {name} is not allowed.")


def _print(*values: Any, sep: Any = " ", end: Any = "\n", flush: Any = False) -> None:
    """``print`` without printing."""


def _pow(base: Any, exp: Any, mod: Any = None) -> Any:
    if mod is None:
        limits.guard("power", None, (base, exp), {})
    return pow(base, exp, mod)


def _round(number: Any, ndigits: Any = None) -> Any:
    limits.guard("round_number", None, (number, ndigits), {})
    return round(number, ndigits)


def _sum(iterable: Any, /, start: Any = 0) -> Any:
    if isinstance(start, (list, tuple)):
        raise Refused("lists are not added up")  # this takes quadratic time
    return sum(iterable, start)


_COMPUTING = ("abs", "bool", "dict", "float", "int", "len", "list", "max", "min", "sorted", "str", "tuple")
HARMLESS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(builtins, name) for name in _COMPUTING},
    "print": _print,
    "pow": _pow,
    "round": _round,
    "sum": _sum,
}
"""The builtins that are run, because they only compute, or stand-ins that do.

Upstream runs any builtin, and its result counts like every other: ``dict(result=5)`` passes for the calculator's
answer. Here the result of a builtin that is not listed is an error text.
"""

REACHABLE = frozenset(dir(builtins)) | {"copy", "importlib", "inspect", "json", "re"}
"""Names that mean something to upstream's ``eval``, run here or not."""


def shared_state(modules: Modules) -> list[Any]:
    """What both sides of a conversation can change upstream.

    The default lists of ``post_tweet`` (a later ``mention`` extends them in place), and the credit cards and bookings
    added to long-context scenarios. Upstream loads the simulated files once per process, so a change shows on the
    other side and in all later conversations. Here both sides of one conversation share it under official grading, and
    each conversation starts afresh: in the published answers and runs nothing depends on the order of conversations.
    """
    posting, inflated = modules.keeping("posting_api"), modules.keeping("long_context")
    shared: list[Any] = []
    if posting is not None:
        shared.append(posting.TwitterAPI.post_tweet.__defaults__)
    if inflated is not None:
        shared += [inflated.CREDIT_CARD_EXTENSION, inflated.BOOKING_RECORD_EXTENSION]
    return shared
