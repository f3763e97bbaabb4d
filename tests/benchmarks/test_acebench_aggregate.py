"""ACEBench's overall figures: upstream's weights and rounding, and what is missing."""

from __future__ import annotations

import pytest

from starbench.benchmarks.acebench.aggregate import FIGURES, aggregate, weights
from starbench.benchmarks.acebench.categories import CATEGORIES
from starbench.benchmarks.base import Accuracy


def counts(share: float, **others: float) -> dict[str, Accuracy]:
    """Complete categories with that share right, some with another one."""
    return {
        name: Accuracy(n=row.units, correct=round(others.get(name, share) * row.units), cases=row.units)
        for name, row in CATEGORIES.items()
    }


def test_everything_right_is_a_little_more_than_1() -> None:
    overall = aggregate(counts(1.0))
    assert {overall[name] for name in FIGURES if name != "overall"} == {1.0}
    assert overall["overall"] == 1.0  # 1.0001, rounded to three decimals


def test_normal_is_the_plain_mean_of_its_twelve_categories() -> None:
    overall = aggregate(counts(1.0, normal_atom_bool=0.0, normal_multi_turn_user_adjust=0.5))
    assert overall["normal"] == round(10.5 / 12, 3)
    assert overall["atom"] == round(5 / 6, 3)
    assert overall["multi_turn"] == 0.75
    assert overall["overall"] == round(0.2676 + 0.578 * 0.875 + 0.1545, 3)


def test_special_accuracies_are_not_rounded_before_their_mean() -> None:
    special = {name: Accuracy(n=3, correct=1, cases=3) for name in CATEGORIES if name.startswith("special")}
    assert aggregate({**counts(1.0), **special})["special"] == 0.333
    agents = {name: Accuracy(n=3, correct=2, cases=3) for name in CATEGORIES if name.startswith("agent")}
    assert aggregate({**counts(1.0), **agents})["agent"] == 0.667


def test_a_partial_run_is_shown_as_partial() -> None:
    one = {"normal_atom_bool": Accuracy(n=50, correct=40, cases=50)}
    overall = aggregate(one)
    assert overall["normal"] is overall["atom"] is overall["overall"] is None
    assert overall["normal_zero_filled"] == round(0.8 / 12, 3)
    assert overall["overall_zero_filled"] == round(0.578 * 0.067, 3)


def test_a_category_answered_in_part_is_missing() -> None:
    part = {**counts(1.0), "special_irrelevant": Accuracy(n=49, correct=49, cases=50)}
    overall = aggregate(part)
    assert overall["normal"] == 1.0
    assert overall["special"] is overall["overall"] is None


def test_two_languages_have_a_mean_and_their_own_figures() -> None:
    both = {f"en:{name}": row for name, row in counts(1.0).items()}
    both |= {f"zh:{name}": row for name, row in counts(0.5).items()}
    overall = aggregate(both, ("en", "zh"))
    assert (overall["normal"], overall["en_normal"], overall["zh_normal"]) == (0.75, 1.0, 0.5)
    del both["zh:agent_multi_step"]
    overall = aggregate(both, ("en", "zh"))
    assert overall["overall"] is overall["zh_overall"] is None
    assert overall["en_overall"] == 1.0
    assert overall["normal"] == 0.75


@pytest.mark.parametrize("languages", [(), ("en", "zh")])
def test_weights_say_what_a_figure_is_made_of(languages: tuple[str, ...]) -> None:
    flat = weights(languages)
    assert sum(flat["normal"].values()) == pytest.approx(1)
    assert sum(flat["overall"].values()) == pytest.approx(1.0001)
    assert len(flat["overall"]) == 17 * max(1, len(languages))
    if languages:
        assert sum(flat["zh_agent"].values()) == pytest.approx(1)
        assert all(name.startswith("zh:agent") for name in flat["zh_agent"])
