"""Several processes of one stage (``accelerate launch``): which one writes, and when all have come so far.

``RANK`` and ``WORLD_SIZE`` are set by the launcher; without one there is a single process, and nothing is imported.
"""

from __future__ import annotations

import os


def is_main() -> bool:
    """Whether this process is the one that writes files and speaks."""
    return int(os.environ.get("RANK", "0")) == 0


def world_size() -> int:
    """How many processes work on this stage."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def wait_for_all() -> None:
    """Go on when every process has come here."""
    if world_size() > 1:
        from accelerate import PartialState

        PartialState().wait_for_everyone()
