"""Two kinds of failure, kept apart.

Errors for people are exceptions, and their text is a sentence that says what to do::

    StarbenchError            anything below; the command line prints it and ends with code 1
    ├── InputError            a file, row or value that we were given cannot be used
    ├── UnknownNameError      no dialect, benchmark, category, profile or grading of that name
    └── DataUnavailableError  benchmark data is not here and could not be fetched, or is not what it should be

Errors of models are data: an answer that cannot be read or is wrong never raises, it gets a code. The codes of
``strict`` grading stand in :data:`CODES`; ``official`` grading uses the upstream benchmark's own strings instead.

Every code belongs to one of three families: the model's (its answer is wrong), the data's (the case cannot be
answered), the infrastructure's (there is no answer to judge). Only the first is ever counted against a model.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Literal

Family = Literal["model", "data", "infrastructure"]


class StarbenchError(Exception):
    """A failure that a person can act on; the message is a sentence that says how."""


class InputError(StarbenchError):
    """A file, row or value that was given to us cannot be used."""


class UnknownNameError(StarbenchError):
    """There is nothing registered under that name."""

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
        """The error for ``name``, naming the nearest known one first."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        return cls(f"there is no {kind} named {name!r}; {hint}known: {', '.join(names)}")


class DataUnavailableError(StarbenchError):
    """Benchmark data is not here and could not be fetched, or is not what it should be."""


CODES: dict[str, tuple[Family, str]] = {
    "call:none": ("model", "a call was expected and none was tried"),
    "call:malformed": ("model", "a call was tried but cannot be read"),
    "call:truncated": ("model", "the answer ends inside a call"),
    "call:unexpected": ("model", "a call was made where none, or not this one, was expected"),
    "call:missing": ("model", "one of the expected calls was not made"),
    "call:count": ("model", "the number of calls differs from the expected number"),
    "call:unknown_tool": ("model", "the called function is not among the offered tools"),
    "call:wrong_name": ("model", "another function was called than the expected one"),
    "argument:missing": ("model", "an expected argument was left out"),
    "argument:unexpected": ("model", "an argument was given that is not expected"),
    "argument:type": ("model", "an argument has another type than the accepted values"),
    "argument:value": ("model", "an argument differs from every accepted value"),
    "reply:missing": ("model", "a reply was expected and none was given"),
    "reply:differs": ("model", "the reply differs from the expected one"),
    "turn:count": ("model", "the conversation has another number of turns than the case"),
    "turn:state": ("model", "after a turn the simulated world is not as it should be"),
    "turn:response": ("model", "no call gave what one of the expected calls gives"),
    "reasoning:unclosed": ("model", "the reasoning was never closed, so there is no answer"),
    "official:crash": ("model", "the official code crashes on this answer; it is counted as wrong"),
    "data:unsatisfiable": ("data", "no answer can satisfy this case as published"),
    "infra:error": ("infrastructure", "the answer is an error message of the serving side"),
    "infra:missing": ("infrastructure", "there is no answer for this case"),
}
"""Codes of ``strict`` grading: code -> (family, what it means)."""


def family(code: str | None) -> Family | None:
    """The family of a code; upstream codes (absent from :data:`CODES`) are the model's. None for None."""
    if code is None:
        return None
    return CODES.get(code, ("model", ""))[0]
