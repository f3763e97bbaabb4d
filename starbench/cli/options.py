"""The options that say what answers belong to and how they are read, the same for each command that takes answers.

@click.command()
@answers_options                        # gives benchmark, cases, sample, dialect, language, profile
def show(sample: bool, **choices: Any) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--benchmark", metavar="NAME", help="The benchmark (default: found by the ids)."),
    click.option(
        "--cases",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Your own cases, in this JSON lines file, as the benchmark.",
    ),
    click.option("--sample", is_flag=True, help="Take the sample that comes with starbench (works offline)."),
    click.option("--dialect", metavar="NAME", help="Read all answers in this dialect (default: found by themselves)."),
    click.option("--language", metavar="NAME", help="ACEBench: en, zh or both (default: as folders and rows say)."),
    click.option("--profile", metavar="NAME", default="robust", show_default=True, help="Rules of the similarity."),
)


def answers_options(command: Command) -> Command:
    """Add the options to a command, in the order of the table."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
