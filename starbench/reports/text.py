"""Text of unknown origin made fit for a terminal, and figures in words.

Example::

    safe("\\x1b[2Jgone") == "␛[2Jgone"
    percent(0.8625) == "86.25 %"
"""

from __future__ import annotations

import json
from typing import Any

from starbench.similarity.values import written

_CONTROLS = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)} | {0x7F: 0x2421}
"""Control characters -> their pictures; a model's text must not be able to move the cursor or hide what it says."""
_CONTROLS |= dict.fromkeys([*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], "�")


def safe(text: str) -> str:
    """The text without control characters and half surrogates, which terminals obey or cannot show."""
    return text.translate(_CONTROLS).encode("utf-8", "replace").decode("utf-8")


def as_json(value: Any, indent: int | None = None) -> str:
    """A JSON value for a terminal; as Python writes it where it has no JSON."""
    try:
        return safe(json.dumps(value, ensure_ascii=False, indent=indent))
    except (ValueError, TypeError, RecursionError):
        return safe(written(value))


def percent(share: float | None) -> str:
    """A share as a percentage with two decimals, as the official tables print it; a dash for none."""
    return "–" if share is None else f"{100 * share:.2f} %"


def interval(bounds: list[float] | None) -> str:
    """An interval of shares, in percent; a dash for none."""
    return "–" if bounds is None else f"{100 * bounds[0]:.1f}–{100 * bounds[1]:.1f}"


def shortened(items: list[str], limit: int) -> str:
    """The first items of a list for a sentence, and how many more there are."""
    more = len(items) - limit
    return ", ".join(items[:limit]) + (f" and {more} more" if more > 0 else "")
