"""``starbench compare``: two scored runs case by case.

Example::

    $ starbench compare scores/base scores/tuned
    $ starbench compare main branch --markdown --fail-under-drop 1 > comment.md
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

DROPPED = 3
"""The exit code for an accuracy that fell by more than it may; 1 and 2 mean that nothing was compared."""


@click.command(epilog="Exit code 3 says that the accuracy fell by more than --fail-under-drop allows.")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option("--before-model", metavar="NAME", help="The model in BEFORE, where it holds several.")
@click.option("--after-model", metavar="NAME", help="The model in AFTER, where it holds several.")
@click.option("--markdown", is_flag=True, help="Print Markdown, for a pull request.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--fail-under-drop",
    type=click.FloatRange(min=0),
    metavar="POINTS",
    help="End with code 3 if the accuracy falls by more than so many percentage points.",
)
def compare(
    before: Path,
    after: Path,
    before_model: str | None,
    after_model: str | None,
    markdown: bool,
    as_json: bool,
    fail_under_drop: float | None,
) -> None:
    """Compare two scored runs: what got fixed, what broke, and whether chance could have done it.

    BEFORE and AFTER are folders that starbench score --out has written, or their scores.jsonl. They may
    be the same folder with two of its models. Runs on other data or by another grading are refused.
    """
    if markdown and as_json:
        raise click.UsageError("choose --markdown or --json, not both")
    from rich.console import Console

    from starbench.reports.comparison import Side, compare_runs
    from starbench.reports.comparison_text import comparison_markdown, comparison_record, comparison_report
    from starbench.reports.scored_run import read_run

    first = read_run(before)
    second = first if before == after else read_run(after)
    found = compare_runs(Side.of(first, before_model), Side.of(second, after_model))
    if as_json:
        click.echo(json.dumps(comparison_record(found), ensure_ascii=False, indent=2))
    elif markdown:
        click.echo(comparison_markdown(found), nl=False)
    else:
        console = Console()
        console.print(comparison_report(found, console.width))
    if fail_under_drop is not None and _dropped(found.total.correct, found.total.n, fail_under_drop):
        drop = -100 * found.total.accuracy.value
        click.echo(f"the accuracy fell by {drop:.2f} points; {fail_under_drop:g} are allowed", err=True)
        sys.exit(DROPPED)


def _dropped(correct: tuple[int, int], n: int, allowed: float) -> bool:
    """Whether more was lost than ``allowed`` percent of ``n``; counted, so that rounding does not decide."""
    return 100 * (correct[0] - correct[1]) > allowed * n
