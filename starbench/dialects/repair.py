"""Repairs of almost-JSON, for those who ask for them.

    repair_json("{'a': True,}")       # ({"a": True}, "read as a Python literal")

Only what has one plain meaning is repaired, and the repair is named.
"""

from __future__ import annotations

from typing import Any

from starbench.dialects.json_text import WITH_LINE_BREAKS, JsonProblem, read_json, skip_space
from starbench.dialects.python_literals import PythonProblem
from starbench.dialects.python_text import read_literal


def repair_json(payload: str) -> tuple[Any, str] | None:
    """The value that an almost-JSON ``payload`` plainly means, and what was done; None where that is not plain.

    Two repairs are known: raw line breaks inside strings, and Python notation (single quotes, ``True``, trailing
    commas).
    """
    try:
        value, end = read_json(payload, 0, WITH_LINE_BREAKS)
        if skip_space(payload, end) == len(payload):
            return value, "raw line breaks inside a string were kept"
    except JsonProblem:
        pass
    try:
        return read_literal(payload), "read as a Python literal"
    except PythonProblem:
        return None
