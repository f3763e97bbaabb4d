"""Where the quirks are entered: a name and one sentence each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

QUIRKS: dict[str, str] = {}
"""Name -> what upstream does: the first paragraph of the function's docstring."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def quirk(function: _Function) -> _Function:
    """Enter ``function`` under its name."""
    QUIRKS[function.__name__] = " ".join((function.__doc__ or "").partition("\n\n")[0].split())
    return function
