"""Text stands out from its ground, in light and in dark, by the contrast that WCAG asks for."""

from __future__ import annotations

import re
from importlib import resources

import pytest

SHEET = resources.files("starbench.reports").joinpath("templates/page.css").read_text(encoding="utf-8")
PAIRS = [
    *((ink, ground) for ink in ("ink", "soft", "accent") for ground in ("canvas", "paper", "raised")),
    *((name, f"{name}-bg") for name in ("right", "wrong", "other")),
    ("ink", "mark"),
    ("ink", "tint"),
    ("ink", "wrong-bg"),
]


def colours(selector: str) -> dict[str, str]:
    """The variables of the first rule with that selector."""
    rule = SHEET[SHEET.index(selector) :]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rule[: rule.index("}")]))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [":root {", ':root[data-theme="dark"]'])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_stands_out(theme: str, ink: str, ground: str) -> None:
    here = colours(theme)
    dark, light = sorted((luminance(here[ink]), luminance(here[ground])))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_dark_is_the_same_whether_chosen_or_preferred() -> None:
    assert colours(':root[data-theme="dark"]') == colours(':root:not([data-theme="light"])')
