"""``starbench-train data prepare``: the rows of a recipe or of a source, compared with test cases, as files.

Example::

    $ starbench-train data prepare xlam --benchmark bfcl --held-out 200 --out rows
    $ starbench-train data prepare recipes/star-qwen3-0.6b.toml --out rows
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from starbench_train.config import Recipe


@click.group()
def data() -> None:
    """Prepare training rows, and compare them with test cases."""


@data.command(epilog="Known sources: xlam, toolace, hammer, toolmind, rlla, tiny, or a .jsonl file of rows.")
@click.argument("sources", nargs=-1, required=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the files go.")
@click.option("--benchmark", "benchmarks", multiple=True, metavar="NAME", help="Compare with its cases (repeatable).")
@click.option("--held-out", type=int, default=200, show_default=True, help="So many rows are set aside to judge by.")
@click.option("--limit", type=int, help="The most rows to keep.")
@click.option(
    "--action", type=click.Choice(["drop", "report", "stop"]), default="drop", show_default=True,
    help="What becomes of rows that are too like a test case.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Of what is set aside.")
def prepare(
    sources: tuple[str, ...],
    out: Path,
    benchmarks: tuple[str, ...],
    held_out: int,
    limit: int | None,
    action: str,
    seed: int,
) -> None:
    """Write train.jsonl, held-out.jsonl and report.json from SOURCES, or from those that a recipe (.toml) names."""
    from starbench_train.curriculum.data import said, write_rows_of

    if len(sources) == 1 and sources[0].endswith(".toml"):
        from starbench_train.config import read_recipe

        recipe: Recipe = read_recipe(Path(sources[0]))
        chosen, seed = recipe.data, recipe.seed
    else:
        from starbench_train.data.config import ContaminationConfig, DataConfig

        rule = ContaminationConfig(benchmarks=benchmarks, action=action)  # type: ignore[arg-type]
        chosen = DataConfig(train=sources, held_out_rows=held_out, limit=limit, contamination=rule)
    figures = write_rows_of(chosen, seed, out)
    click.echo(said(figures))
    if figures.get("sentence"):
        click.echo(figures["sentence"])
    click.echo(f"written: {out / 'train.jsonl'}, {out / 'held-out.jsonl'} and {out / 'report.json'}", err=True)
