"""``starbench-train report``: the report of a run's folder, at any time.

Example::

    $ starbench-train report runs/star-tiny
"""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
def report(run: Path) -> None:
    """Write report.md and report.html into the folder RUN, and print the stages and models."""
    from rich.console import Console

    from starbench_train.report import read_report, write_report
    from starbench_train.report.terminal import print_report

    found = read_report(run)
    print_report(found, Console())
    for path in write_report(found, run):
        click.echo(f"written: {path}", err=True)
