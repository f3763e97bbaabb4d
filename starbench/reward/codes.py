"""The codes that a reward can carry: those of verdicts, and a few that only a reward has.

CODES["argument:missing"]  ->  ("model", "an expected argument was left out")
"""

from __future__ import annotations

from starbench.errors import CODES as VERDICT_CODES
from starbench.errors import Family

CODES: dict[str, tuple[Family, str]] = {
    **VERDICT_CODES,
    "reasoning:missing": ("model", "the format asks for reasoning and there is none"),
    "reasoning:repeated": ("model", "reasoning is closed again after the answer began, which would hide a part of it"),
    "format:tags": ("model", "the tags of the answer are not exactly those that ToolRL's format asks for"),
    "gold:unreadable": ("data", "the released reward raises on this label"),
    "prompt:unreadable": ("data", "the released reward raises on the tools of this prompt"),
}
"""Code -> (family, what it means)."""
