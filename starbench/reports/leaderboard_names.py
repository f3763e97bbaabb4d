"""What people call benchmarks and figures, which files call ``bfcl`` and ``v3_non_live``.

Example::

    figure_name("bfcl", "v3")                  "overall, v3"
    figure_name("acebench", "en_normal")       "normal, English"
    figure_name("acebench", "normal")          "normal, mean"
    board_name("acebench", "reported")         "ACEBench, version not stated"
"""

from __future__ import annotations

from collections.abc import Mapping

BENCHMARKS: Mapping[str, str] = {"bfcl": "BFCL", "acebench": "ACEBench"}
LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "Chinese"}
FIGURES: Mapping[str, Mapping[str, str]] = {
    "bfcl": {
        "v4": "overall, v4",
        "v3": "overall, v3",
        "non_live": "non-live",
        "irrelevance_detection": "irrelevance",
        "relevance_detection": "relevance",
        "multi_turn": "multi-turn",
        "v3_non_live": "non-live, v3",
        "v3_live": "live, v3",
    },
    "acebench": {"single_turn": "single-turn", "multi_turn": "multi-turn"},
}
ZERO_FILLED = "_zero_filled"
LONGEST_VERSION = 12
"""Digits of a commit that name it."""


def figure_name(benchmark: str, name: str) -> str:
    """The heading of a figure; of ACEBench's it says the language, or that it is the mean of both."""
    if name.endswith(ZERO_FILLED):
        return f"{figure_name(benchmark, name.removesuffix(ZERO_FILLED))}, missing as wrong"
    known = FIGURES.get(benchmark, {})
    if benchmark != "acebench":
        return known.get(name, name.replace("_", " "))
    language, _, rest = name.partition("_")
    plain = rest if language in LANGUAGES else name
    return f"{known.get(plain, plain.replace('_', ' '))}, {LANGUAGES.get(language, 'mean')}"


def benchmark_name(benchmark: str) -> str:
    """What people call a benchmark."""
    return BENCHMARKS.get(benchmark, benchmark)


def version_name(version: str) -> str:
    """A version; of a commit as many digits as one names it by."""
    return version if len(version) <= LONGEST_VERSION else version[:LONGEST_VERSION]


def board_name(benchmark: str, version: str) -> str:
    """The title of a table."""
    if version == "reported":
        return f"{benchmark_name(benchmark)}, version not stated"
    return f"{benchmark_name(benchmark)} {version_name(version)}"
