"""Which dialect a text is written in: every dialect that sees a sign of itself, best first, with the reason.

    detect('<tool_call>{"name": "f", "arguments": {}}</tool_call>')
    # (Detection("hermes", 0.95, "'<tool_call>' at character 0"),)

A text without any sign of a call is ``plain``. Where the best sign is weaker than :data:`SURE` it is ``unsure``:
nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starbench.dialects.base import Detection, Sign, Window
from starbench.dialects.registry import NEEDLES, NOT_DETECTED, TEXT_DIALECTS, load

SURE = 0.5
"""Below this confidence a text is called ``unsure``."""


def candidates(window: Window) -> tuple[Detection, ...]:
    """Every dialect with a sign in ``window``, best first; equal ones in the registry's order."""
    found = []
    for name in TEXT_DIALECTS:
        if name in NOT_DETECTED or not _may_occur(name, window):
            continue
        sign: Sign | None = load(name).sign(window)
        if sign is not None:
            found.append(Detection(name, sign.confidence, sign.reason, sign.position, sign.reading))
    return ranked(found)


def _may_occur(name: str, window: Window) -> bool:
    needles = NEEDLES.get(name, ("",))
    return any(window.text.find(needle, window.start, window.end) >= 0 for needle in needles)


def ranked(found: Iterable[Detection]) -> tuple[Detection, ...]:
    """Best first: the surer, then the one whose sign comes earlier, then the registry's order."""
    return tuple(sorted(found, key=lambda detection: (-detection.confidence, detection.position)))


def choose(candidates: Sequence[Detection]) -> Detection:
    """The dialect to read with, of candidates that are ranked."""
    if not candidates:
        return Detection("plain", 1.0, "there is no sign of a call")
    best = candidates[0]
    if best.confidence < SURE:
        return Detection("unsure", best.confidence, f"at best {best.dialect}: {best.reason}")
    return best
