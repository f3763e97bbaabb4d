"""ACEBench's overall accuracy, by upstream's weights and rounding, from the counts of the categories.

    aggregate({"normal_atom_bool": {"n": 50, "correct": 41, "cases": 50}, …})
    ->  {"overall": None, "overall_zero_filled": 0.49, "normal": 0.821, "normal_zero_filled": 0.821,
         "atom": 0.85, "single_turn": 0.79, "multi_turn": 0.55, "special": None, "agent": None}

Everything is a fraction. A figure is None where any case that it needs has no answer; a zero-filled one counts such a
case as wrong, which for whole categories is what upstream prints.

* normal: the mean of all twelve normal categories, in the multi-turn ones of which whole dialogues are right or wrong
* overall: 0.578 normal + 0.2676 special + 0.1545 agent (square roots of 700, 150 and 50 cases; the sum is 1.0001)
* every accuracy and every mean is rounded to three decimals, except the accuracies of special categories

Where both languages are scored, a figure is the mean of the two, as the paper has it, and each language's own figures
stand behind: ``en_normal``, ``zh_normal``, ….
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from starbench.benchmarks.acebench.categories import CATEGORIES, with_language
from starbench.benchmarks.base import Accuracy
from starbench.benchmarks.figures import Figure, category_weights, mean

DECIMALS = 3

FIGURES: Mapping[str, Figure] = {
    "atom": mean(*(name for name, row in CATEGORIES.items() if row.part == "atom")),
    "single_turn": mean(*(name for name, row in CATEGORIES.items() if row.part == "single_turn")),
    "multi_turn": mean(*(name for name, row in CATEGORIES.items() if row.part == "multi_turn")),
    "normal": mean(*(name for name, row in CATEGORIES.items() if row.group == "normal")),
    "special": mean(*(name for name, row in CATEGORIES.items() if row.group == "special")),
    "agent": mean(*(name for name, row in CATEGORIES.items() if row.group == "agent")),
    "overall": Figure({"special": 0.2676, "normal": 0.578, "agent": 0.1545}, absolute=True),
}
"""Every figure, made of categories and of figures above it."""

HEADLINES = ("overall", "normal")
"""The figures that are compared with published ones, which have a zero-filled one beside them."""


def aggregate(accuracies: Mapping[str, Accuracy], languages: Sequence[str] = ()) -> dict[str, float | None]:
    """The overall figures for the counts of ACEBench's categories (others are ignored).

    ``languages`` are those that the categories' names carry; none where there is only one.
    """
    if not languages:
        return _figures(accuracies)
    own = {
        language: _figures({name: accuracies.get(with_language(name, language), none) for name, none in _NONE.items()})
        for language in languages
    }
    means = {name: _mean([own[language][name] for language in languages]) for name in own[languages[0]]}
    return means | {f"{language}_{name}": share for language in languages for name, share in own[language].items()}


def weights(languages: Sequence[str] = ()) -> dict[str, dict[str, float]]:
    """Each figure of :func:`aggregate` as a weighted sum of categories, before rounding."""
    plain = category_weights(FIGURES)
    if not languages:
        return plain
    named = {
        language: {
            figure: {with_language(category, language): weight for category, weight in parts.items()}
            for figure, parts in plain.items()
        }
        for language in languages
    }
    means = {
        figure: {
            category: weight / len(languages)
            for language in languages
            for category, weight in named[language][figure].items()
        }
        for figure in plain
    }
    return means | {
        f"{language}_{figure}": parts for language in languages for figure, parts in named[language].items()
    }


_NONE: Mapping[str, Accuracy] = {name: Accuracy(n=0, correct=0, cases=row.units) for name, row in CATEGORIES.items()}


def _figures(accuracies: Mapping[str, Accuracy]) -> dict[str, float | None]:
    complete = _computed(accuracies, lambda counts: counts["n"] >= counts["cases"])
    filled = _computed(accuracies, lambda counts: True)
    headlines: dict[str, float | None] = {}
    for name in HEADLINES:
        headlines |= {name: complete.pop(name), f"{name}_zero_filled": filled[name]}
    return headlines | complete


def _computed(accuracies: Mapping[str, Accuracy], known: Callable[[Accuracy], bool]) -> dict[str, float | None]:
    """Every figure, of which those are None that need a category that is not ``known``."""
    shares: dict[str, float | None] = {}
    for name, row in CATEGORIES.items():
        counts = accuracies.get(name, _NONE[name])
        share = counts["correct"] / counts["cases"]
        shares[name] = None if not known(counts) else share if row.group == "special" else round(share, DECIMALS)
    for name, figure in FIGURES.items():
        value = figure.of(shares)
        shares[name] = None if value is None else round(value, DECIMALS)
    return {name: shares[name] for name in FIGURES}


def _mean(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return sum(known) / len(shares) if len(known) == len(shares) else None
