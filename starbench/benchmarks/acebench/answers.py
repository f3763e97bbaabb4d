"""A model's answer to an ACEBench case: what upstream's result file would hold of it, and what we read in it.

An answer can be what a result file holds, or whatever a model or a server gave::

    "[book(to='Paris')]"                              a normal or special case's text
    "<think>…</think>\\n\\n[book(to='Paris')]"          the reasoning is split off, unless it is asked to be kept
    {"role": "assistant", "tool_calls": […]}          native calls, graded as the same calls written as text
    {"result": [{"BaseApi": {…}}], "process": […]}    an agent's end state and trace (see :mod:`.agent`)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from starbench.dialects import detect_marked, parse, render
from starbench.types import Attempt, Output, Tool

TEXT = "acebench"
"""The dialect that ACEBench's prompt asks for."""


def read(given: Any, dialect: str, tools: Sequence[Tool]) -> Output:
    """The calls of an answer as values, which strict grading and similarity look at."""
    if dialect == "auto" and isinstance(given, str):
        dialect = detect_marked(given, tools) or TEXT
    return parse(given, dialect, tools)


def read_trace(process: Sequence[str], tools: Sequence[Tool]) -> Output:
    """The calls of an agent's trace, one message a line."""
    attempts: list[Attempt] = []
    start = 0
    for message in process:
        attempts += (_moved(attempt, start) for attempt in parse(message, TEXT, tools).attempts)
        start += len(message) + 1
    return Output("\n".join(process), attempts=tuple(attempts), dialect=TEXT)


def _moved(attempt: Attempt, by: int) -> Attempt:
    span = attempt.span
    return attempt if span is None else replace(attempt, span=(span[0] + by, span[1] + by))


def as_stored(given: Any, output: Output, dialect: str, *, keep_reasoning: bool) -> Any:
    """What upstream's result file would hold, ``output`` being what was read from it in ``dialect``.

    A text stands for itself, without its reasoning unless that is kept. The calls of a message, or of any answer that
    is to be read in another dialect, are written as text. Anything else is passed on as it is.
    """
    native = isinstance(given, Mapping) if dialect in ("auto", TEXT) else True
    if native and output.calls:
        return _written(output)
    text = given.get("content", given) if isinstance(given, Mapping) else given
    return without_reasoning(text) if isinstance(text, str) and not keep_reasoning else text


def _written(output: Output) -> Any:
    """The calls as text; None where Python cannot write a value (a list without end, an integer of 5,000 digits)."""
    try:
        return render(output.calls, TEXT)
    except (ValueError, RecursionError):
        return None


def without_reasoning(text: str) -> str:
    """The text after the last ``</think>`` without the blank lines that follow; the text itself where there is none."""
    _, closed, answer = text.rpartition("</think>")
    return answer.lstrip("\n") if closed else text
