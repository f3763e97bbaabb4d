"""``starbench-train run``: the stages of a recipe, one after the other.

Example::

    $ starbench-train run recipes/star-tiny.toml
    $ starbench-train run recipes/star-tiny.toml --from ckd --set ckd.tail_weight=1 --out runs/lambda-1
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from starbench_train.cli.running import RECIPE, recipe_options, run_stages


@click.command(epilog="A stage that is finished is never run again; --redo STAGE throws it away first.")
@RECIPE
@click.option("--from", "first", metavar="STAGE", help="Begin here; what comes before must be finished.")
@click.option("--until", metavar="STAGE", help="End behind this stage.")
@click.option("--only", multiple=True, metavar="STAGE", help="Exactly this stage (repeatable).")
@recipe_options
@click.option("--inside", is_flag=True, hidden=True, help="Said by --launch to the processes that it starts.")
def run(recipe: Path, first: str | None, until: str | None, only: tuple[str, ...], **options: Any) -> None:
    """Run the stages of RECIPE (a TOML file) into its folder, and write a report.

    The same command goes on where the last one was stopped: behind the last finished stage, or inside a stage from its
    last checkpoint.
    """
    from starbench_train.curriculum.plan import Chosen

    if only and (first or until):
        raise click.UsageError("--only says exactly which stages; leave out --from and --until")
    run_stages(recipe, Chosen(first, until, only), **options)
