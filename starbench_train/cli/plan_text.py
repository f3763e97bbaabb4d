"""``--dry-run``: the plan of a run as text, with sizes and about how long each stage takes.

stage          state  about  work
base           done    1:12  teacher: 1500 steps of 64 rows and student: 300 steps of 64 rows
teacher-simrl  to do   1:30  60 steps, 7,680 answers to 16 prompts at a time
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starbench_train.config import Recipe
    from starbench_train.curriculum.plan import Chosen, Step


def print_plan(recipe: Recipe, chosen: Chosen) -> None:
    """Print the plan; nothing is written and no model is loaded."""
    import click
    from rich.console import Console

    from starbench_train.curriculum.estimates import estimate, measured_speed, model_size
    from starbench_train.curriculum.plan import planned
    from starbench_train.hardware import resolve, table
    from starbench_train.report.tables import time_text
    from starbench_train.report.terminal import print_table

    console = Console()
    steps = planned(recipe, chosen)
    sizes = {"teacher": model_size(recipe.teacher), "student": model_size(recipe.student)}
    hardware = resolve(recipe.hardware, sizes["student"])
    speed, rows = measured_speed(hardware), row_count(recipe)
    lines, total, unknown = [], 0.0, False
    for step in steps:
        work = estimate(recipe, step.name, rows, sizes, speed)
        seconds = step.mark.seconds if step.mark else work.seconds
        if step.state == "to do":
            total, unknown = total + (seconds or 0.0), unknown or seconds is None
        lines.append([step.name, _state(step), time_text(seconds) if seconds else "?", work.what])
    click.echo(f"run folder: {recipe.out}")
    click.echo("hardware: " + ", ".join(f"{name} {value}" for name, value in table(hardware)))
    known = [f"{role} {size:,} parameters" for role, size in sizes.items() if size is not None]
    click.echo(f"sizes: {', '.join([*known, f'{rows:,} rows to train on'])}")
    print_table(console, ("stage", "state", "about", "work"), lines)
    more = " and what is not known before its model is here" if unknown else ""
    click.echo(f"to do: about {time_text(total) or '0:00'}{more}; estimates are rough")


def _state(step: Step) -> str:
    return "not finished, and not wanted" if step.state == "missing" else step.state


def row_count(recipe: Recipe) -> int:
    """The rows to train on: those of the run's folder, else as many as the recipe can give."""
    from pathlib import Path

    from starbench_train.curriculum.data import FILES
    from starbench_train.curriculum.state import DATA
    from starbench_train.data.prepare import TINY, TINY_ROWS

    written = Path(recipe.out) / DATA / FILES[0]
    if written.exists():
        return len(written.read_bytes().splitlines())
    if tuple(recipe.data.train) == (TINY,):
        return recipe.data.limit or TINY_ROWS
    found = sum(len(Path(name).read_bytes().splitlines()) for name in recipe.data.train if Path(name).is_file())
    found -= 0 if recipe.data.held_out else recipe.data.held_out_rows
    return min(found, recipe.data.limit or found) if found > 0 else recipe.data.limit or 0
