"""Which dialect a text is written in: every dialect that sees a sign of itself, best first, with the reason.

    detect('<tool_call>{"name": "f", "arguments": {}}</tool_call>')
    # (Detection("hermes", 0.95, "'<tool_call>' at character 0"),)

A text without any sign of a call is ``plain``. Where the best sign is weaker than :data:`SURE` it is ``unsure``:
nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starbench.dialects.base import MARKED, Detection, Sign, Window
from starbench.dialects.registry import NEEDLES, NOT_DETECTED, TEXT_DIALECTS, WITHOUT_MARKER, load

SURE = 0.5
"""Below this confidence a text is called ``unsure``."""


def candidates(window: Window, *, quick: bool = False) -> tuple[Detection, ...]:
    """Every dialect with a sign in ``window``, best first; equal ones in the registry's order.

    ``quick`` leaves out the dialects that must read the window to know, where another has found its marker.
    """
    found: list[Detection] = []
    for name in _possible(window.content):
        if quick and name in WITHOUT_MARKER and any(detection.confidence >= MARKED for detection in found):
            continue
        sign: Sign | None = load(name).sign(window)
        if sign is not None:
            found.append(Detection(name, sign.confidence, sign.reason, sign.position, sign.reading))
    return ranked(found)


_NEEDLES = tuple((needle, name) for name in TEXT_DIALECTS for needle in NEEDLES.get(name, ("",)))


def _possible(content: str) -> list[str]:
    """The dialects of which a needle occurs in ``content``, in the registry's order."""
    found = dict.fromkeys([name for needle, name in _NEEDLES if needle in content])
    return [name for name in found if name not in NOT_DETECTED]


def marked(window: Window) -> list[Detection]:
    """The dialects of which a marker of their own stands in ``window``; no call is read to find them."""
    signs = {name: load(name).sign(window) for name in _possible(window.content) if name not in WITHOUT_MARKER}
    return [
        Detection(name, sign.confidence, sign.reason, sign.position)
        for name, sign in signs.items()
        if sign is not None and sign.confidence >= MARKED
    ]


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
