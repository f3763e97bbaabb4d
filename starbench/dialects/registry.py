"""Which dialects there are: a name, and where its object lives.

    load("hermes")        # starbench.dialects.json_tags:HERMES
    load("bfcl_prompt")   # the difference of - and _ is ignored

Packages of others add dialects through the entry point group ``starbench.dialects``.
"""

from __future__ import annotations

import importlib
from functools import cache

from starbench.dialects.base import Dialect
from starbench.errors import UnknownNameError

DIALECTS: dict[str, str] = {
    "hermes": "starbench.dialects.json_tags:HERMES",
    "json": "starbench.dialects.json_bare:JSON",
    "pythonic": "starbench.dialects.call_lists:PYTHONIC",
    "bfcl-prompt": "starbench.dialects.call_lists:BFCL_PROMPT",
    "bfcl-prompt-json": "starbench.dialects.json_bare:BFCL_PROMPT_JSON",
    "bfcl-prompt-java": "starbench.dialects.java_calls:JAVA",
    "bfcl-prompt-javascript": "starbench.dialects.java_calls:JAVASCRIPT",
    "bfcl-prompt-verbose-xml": "starbench.dialects.bfcl_xml:VERBOSE",
    "bfcl-prompt-concise-xml": "starbench.dialects.bfcl_xml:CONCISE",
}
"""Dialect name -> ``module:object``, in the order in which equal candidates of detection are preferred."""

NOT_DETECTED = frozenset({"bfcl-prompt", "bfcl-prompt-json", "bfcl-prompt-java", "bfcl-prompt-javascript"})
"""Dialects whose texts other dialects read as well, used only when asked for by name."""


@cache
def load(name: str) -> Dialect:
    """The dialect of that name. Raises :class:`~starbench.errors.UnknownNameError`."""
    wanted = name.replace("_", "-")
    target = next((home for known, home in DIALECTS.items() if known.replace("_", "-") == wanted), None)
    if target is None:
        return _from_other_packages(name)
    module, _, attribute = target.partition(":")
    dialect: Dialect = getattr(importlib.import_module(module), attribute)
    return dialect


def _from_other_packages(name: str) -> Dialect:
    from importlib.metadata import entry_points

    found = {entry.name: entry for entry in entry_points(group="starbench.dialects")}
    if name not in found:
        raise UnknownNameError.of("dialect", name, [*DIALECTS, *found])
    dialect: Dialect = found[name].load()
    return dialect
