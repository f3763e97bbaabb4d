"""What the commands that run stages share: the recipe's options, the run itself, and what is printed at its end."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from starbench_train.config import Recipe
    from starbench_train.curriculum.plan import Chosen
    from starbench_train.curriculum.progress import Progress

RECIPE = click.argument("recipe", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def recipe_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of every command that runs stages."""
    options = (
        click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Any setting, as ckd.epochs=2."),
        click.option("--out", metavar="DIR", help="The run's folder, in place of the recipe's."),
        click.option("--redo", metavar="STAGE", help="Throw away this stage and what follows, and do it again."),
        click.option(
            "--launch",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="A file of accelerate: train in several processes.",
        ),
        click.option("--dry-run", is_flag=True, help="Only print the plan, with sizes and about how long it takes."),
    )
    return functools.reduce(lambda made, option: option(made), reversed(options), command)


def opened(recipe: Path, settings: Sequence[str], out: str | None) -> Recipe:
    """The recipe with the settings of the command line."""
    from starbench_train.config import read_recipe

    return read_recipe(recipe, [*settings, *([f"out={out}"] if out else [])])


def run_stages(
    recipe: Path,
    chosen: Chosen,
    *,
    settings: Sequence[str],
    out: str | None,
    redo: str | None,
    launch: Path | None,
    dry_run: bool,
    inside: bool = False,
) -> None:
    """Run, or with ``dry_run`` print, what is chosen of a recipe."""
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    made = opened(recipe, settings, out)
    if dry_run:
        from starbench_train.cli.plan_text import print_plan

        print_plan(made, chosen)
        return
    from starbench_train.curriculum.launch import Launch
    from starbench_train.curriculum.run import run_recipe

    words = [
        str(recipe),
        *(word for setting in settings for word in ("--set", setting)),
        *(["--out", out] if out else []),
    ]
    launching = Launch(launch, tuple(words)) if launch else None
    with shown_progress(inside) as progress:
        run_recipe(made, chosen, progress, redo=redo, launch=launching, inside=inside)
    if not inside:
        _finish(Path(made.out))


@contextmanager
def shown_progress(inside: bool = False) -> Iterator[Progress]:
    """A bar in a terminal, lines elsewhere, nothing from processes that do not write."""
    from starbench_train.curriculum.processes import is_main
    from starbench_train.curriculum.progress import Bar, Lines, Silent

    if inside and not is_main():
        yield Silent()
        return
    with Bar() if sys.stderr.isatty() else Lines() as progress:
        yield progress


def _finish(out: Path) -> None:
    """Write the report and print its table."""
    from rich.console import Console

    from starbench_train.report import read_report, write_report
    from starbench_train.report.terminal import print_report

    report = read_report(out)
    written = write_report(report, out)
    print_report(report, Console())
    click.echo(f"written: {' and '.join(map(str, written))}", err=True)
