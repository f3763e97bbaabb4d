"""Single stages of a recipe as commands: ``starbench-train distill``, ``simrl``, ``rollout``, ….

Each reads what the recipe's earlier stages made, or the recipe's own models and rows where it lists no such stage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from starbench_train.cli.running import RECIPE, recipe_options, run_stages


def _only(recipe: Path, *stages: str, **options: Any) -> None:
    from starbench_train.curriculum.plan import Chosen

    run_stages(recipe, Chosen(only=stages), **options)


@click.command("cache-teacher")
@RECIPE
@recipe_options
def cache_teacher(recipe: Path, **options: Any) -> None:
    """Store, for each token of the rows, the teacher's likeliest tokens and their probabilities."""
    _only(recipe, "cache-teacher", **options)


@click.command()
@RECIPE
@recipe_options
def distill(recipe: Path, **options: Any) -> None:
    """Distil the student of RECIPE by its objective: stages cache-teacher (where the recipe has it) and ckd."""
    made = _stages_of(recipe, options)
    _only(recipe, *(["cache-teacher"] if "cache-teacher" in made else []), "ckd", **options)


def _stages_of(recipe: Path, options: dict[str, Any]) -> tuple[str, ...]:
    from starbench_train.cli.running import opened

    return opened(recipe, options["settings"], options["out"]).stages


@click.command()
@RECIPE
@recipe_options
def rollout(recipe: Path, **options: Any) -> None:
    """Sample the teacher's answers to the training prompts, and keep the good ones as rows."""
    _only(recipe, "rollout", **options)


@click.command()
@RECIPE
@click.option(
    "--model", "role", type=click.Choice(["student", "teacher"]), default="student", show_default=True,
    help="Which of the recipe's models.",
)  # fmt: skip
@recipe_options
def simrl(recipe: Path, role: str, **options: Any) -> None:
    """Refine a model of RECIPE by Sim-RL (stage student-simrl or teacher-simrl)."""
    _only(recipe, f"{role}-simrl", **options)


@click.command()
@RECIPE
@recipe_options
def evaluate(recipe: Path, **options: Any) -> None:
    """Compare the students of RECIPE's stages on held-out rows, with paired tests."""
    _only(recipe, "evaluate", **options)
