"""Who answers the errands of a run: the model, and where some case needs them, who plays the user, and the web.

services(settings, backend, cases)  ->  {"model": backend, "web": Web(settings.web)}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starbench.backends import Backend, backend_class
from starbench.benchmarks.bfcl.categories import CATEGORIES
from starbench.runner.settings import Settings
from starbench.types import Case


def services(settings: Settings, backend: Backend, cases: Iterable[Case]) -> dict[str, Any]:
    """The services by name, opened; each has ``complete``, ``capabilities`` and ``close``.

    Raises BackendError where one of them cannot be used.
    """
    opened: dict[str, Any] = {"model": backend}
    needed = {case.category for case in cases}
    if settings.user is not None and any(category.endswith("agent_multi_turn") for category in needed):
        user = settings.user
        opened["user"] = backend_class(user.backend)(user.name, user.checked_options("user"))
    if any(category in CATEGORIES and CATEGORIES[category].file == "web_search" for category in needed):
        from starbench.runner.web import Web  # nothing else of a run needs httpx

        opened["web"] = Web(settings.web)
    return opened
