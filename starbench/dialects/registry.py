"""Which dialects there are: a name, and where its object lives.

    load("hermes")        # starbench.dialects.json_tags:HERMES
    load("bfcl_prompt")   # the difference of - and _ is ignored

Packages of others add dialects of texts through the entry point group ``starbench.dialects``.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from starbench.errors import UnknownNameError

TEXT_DIALECTS: dict[str, str] = {
    "hermes": "starbench.dialects.json_tags:HERMES",
    "json": "starbench.dialects.json_bare:JSON",
    "pythonic": "starbench.dialects.call_lists:PYTHONIC",
    "bfcl-prompt": "starbench.dialects.call_lists:BFCL_PROMPT",
    "bfcl-prompt-java": "starbench.dialects.java_calls:JAVA",
    "bfcl-prompt-javascript": "starbench.dialects.java_calls:JAVASCRIPT",
    "bfcl-prompt-json": "starbench.dialects.json_bare:BFCL_PROMPT_JSON",
    "bfcl-prompt-verbose-xml": "starbench.dialects.bfcl_xml:VERBOSE",
    "bfcl-prompt-concise-xml": "starbench.dialects.bfcl_xml:CONCISE",
}
"""Dialects of texts: name -> ``module:object``, in the order in which equal candidates of detection are preferred."""

MESSAGE_DIALECTS: dict[str, str] = {
    "message.openai": "starbench.dialects.messages:OPENAI",
    "bfcl-fc": "starbench.dialects.messages:BFCL_FC",
}
"""Structured dialects: name -> ``module:object``, in the order in which they are tried."""

NOT_DETECTED = frozenset({"bfcl-prompt", "bfcl-prompt-json", "bfcl-prompt-java", "bfcl-prompt-javascript"})
"""Dialects whose texts other dialects read as well, used only when asked for by name."""

DIALECTS: dict[str, str] = {**TEXT_DIALECTS, **MESSAGE_DIALECTS}


def canonical(name: str) -> str:
    """The registered name that ``name`` means; the difference of - and _ does not matter."""
    wanted = name.replace("_", "-")
    return next((known for known in DIALECTS if known.replace("_", "-") == wanted), name)


@cache
def load(name: str) -> Any:
    """The object of a registered name. Raises :class:`~starbench.errors.UnknownNameError`."""
    if name not in DIALECTS:
        return _from_other_packages(name)
    module, _, attribute = DIALECTS[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def _from_other_packages(name: str) -> Any:
    from importlib.metadata import entry_points

    found = {entry.name: entry for entry in entry_points(group="starbench.dialects")}
    if name not in found:
        raise UnknownNameError.of("dialect", name, [*DIALECTS, *found, "auto", "plain"])
    return found[name].load()
