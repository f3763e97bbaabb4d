"""Mistral's two forms behind one marker.

    [TOOL_CALLS] [{"name": "f", "arguments": {"a": 1}, "id": "abcdefghi"}]       up to v7 tokenizers
    [TOOL_CALLS]f[ARGS]{"a": 1}[TOOL_CALLS]g[ARGS]{}                             later ones

In the second form ``[CALL_ID]`` and an id may stand before ``[ARGS]``. The marker is a special token: where it was
stripped, the first form is read as ``json`` and the second by its ``[ARGS]``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starbench.dialects.base import Reading, Sign, Toolbox, Window, overlaps
from starbench.dialects.marked_json import MarkedJson
from starbench.dialects.named_json import NamedJson
from starbench.types import Call

_ID = r"(?:\[CALL_ID\][^\[{\s]*)?"
_NAMED = NamedJson(
    name="mistral",
    models="",
    header=(
        rf"\[TOOL_CALLS\]\s*([\w.-]+)\s*{_ID}\s*(?:\[ARGS\])?\s*(?=\{{)"
        rf"|\[TOOL_CALLS\]\s*([\w.-]+){_ID}\[ARGS\]\s*|(?<![\w.-])([\w.-]+){_ID}\[ARGS\]\s*"
    ),
    template=lambda name, text, number: f"[TOOL_CALLS]{name}[ARGS]{text}",
)
_LISTED = MarkedJson(
    name="mistral",
    models="",
    marker=r"\[TOOL_CALLS\](?!\s*[\w.-]+\s*(?:\[CALL_ID\]|\[ARGS\]|\{))\s*",
    write_marker="[TOOL_CALLS] ",
)


@dataclass(frozen=True, slots=True)
class Mistral:
    """Both forms as one dialect."""

    name: str = "mistral"
    models: str = "Mistral 7B v0.3, Nemo, Small 3, Large, Devstral, Magistral"

    def read(self, window: Window) -> Reading:
        """Find the calls of either form."""
        named, listed = _NAMED.read(window), _LISTED.read(window)
        spans = [attempt.span for attempt in named.attempts if attempt.span]
        apart = [a for a in listed.attempts if a.span and not overlaps(a.span, spans)]
        return Reading(sorted([*named.attempts, *apart], key=lambda a: a.span or (0, 0)), listed.markup)

    def sign(self, window: Window) -> Sign | None:
        """The marker, or a name before ``[ARGS]``."""
        return _NAMED.sign(window) or _LISTED.sign(window)

    def write(self, calls: Sequence[Call], toolbox: Toolbox) -> str:
        """The first form, which all of Mistral's models have seen."""
        return _LISTED.write(calls, toolbox)


MISTRAL = Mistral()
