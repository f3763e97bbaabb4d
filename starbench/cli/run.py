"""``starbench run``: ask a model the cases of a benchmark, and score what it answers.

Example::

    $ starbench run --backend openai --url http://127.0.0.1:8000/v1 --model Qwen/Qwen3-8B --out runs/qwen3-8b
    $ starbench run recipes/run-one-gpu.toml --limit 20
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from starbench.runner import Finished
    from starbench.runner.finishing import Progress

FLAGS = {
    "model": "model.name",
    "backend": "model.backend",
    "label": "model.label",
    "thinking": "model.thinking",
    "url": "model.options.url",
    "user": "user.name",
    "user_url": "user.options.url",
    "benchmark": "cases.benchmark",
    "cases": "cases.file",
    "language": "cases.language",
    "category": "cases.categories",
    "ids": "cases.ids",
    "limit": "cases.limit",
    "mode": "mode",
    "temperature": "sampling.temperature",
    "max_tokens": "sampling.max_tokens",
    "seed": "sampling.seed",
    "samples": "samples",
    "cache": "cache",
    "grading": "scoring.grading",
    "profile": "scoring.profile",
    "dialect": "scoring.dialect",
    "out": "out",
}
"""Flag -> the setting that it gives."""


@click.command(epilog="Exit code 1 says that some cases have no answer; the same command asks them again.")
@click.argument("recipe", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--backend", metavar="NAME", help="openai (any server), transformers, vllm or replay.")
@click.option("--model", metavar="NAME", help="The model's name for the backend: a hub name, a folder, a file.")
@click.option("--url", help="The server's address, such as http://127.0.0.1:8000/v1; several with commas between.")
@click.option("--user", metavar="NAME", help="The model that plays the user, for ACEBench's agents in dialogues.")
@click.option("--user-url", help="The address of the server that has it.")
@click.option("--benchmark", metavar="NAME", help="What to ask (default: bfcl).")
@click.option("--cases", type=click.Path(exists=True, dir_okay=False), help="Ask your own cases in this file.")
@click.option("--language", metavar="NAME", help="Of ACEBench's cases: en, zh or both.")
@click.option("--category", multiple=True, metavar="NAME", help="Only this category or collection (repeatable).")
@click.option("--ids", multiple=True, metavar="ID", help="Only this case (repeatable).")
@click.option("--limit", type=int, help="At most so many cases of each category.")
@click.option("--mode", metavar="NAME", help="tools (default), raw-tools, or prompt: the benchmark's official prompt.")
@click.option("--thinking/--no-thinking", default=None, help="Switch a model's reasoning on or off.")
@click.option("--temperature", type=float, help="0 (default) is greedy.")
@click.option("--max-tokens", type=int, help="Of each answer (default: 1024).")
@click.option("--seed", type=int, help="Of sampling.")
@click.option("--samples", type=int, help="Answers to each case; more than one gives pass@k and pass^k.")
@click.option("--cache", type=click.Path(dir_okay=False), help="Keep completions in this file, for other runs too.")
@click.option("--grading", metavar="NAME", help="official, strict, … (default: official where there is one).")
@click.option("--profile", metavar="NAME", help="Rules of the similarity (default: robust).")
@click.option("--dialect", metavar="NAME", help="Read all answers in this dialect (default: found by themselves).")
@click.option("--label", metavar="NAME", help="What the model is called in tables.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Any setting, as model.options.batch=16.")
@click.option("--out", type=click.Path(file_okay=False), help="The run's folder.")
@click.option("--fresh", is_flag=True, help="Throw away what the folder holds.")
@click.option("--bfcl-layout", is_flag=True, help="Write official BFCL result files too, into OUT/result.")
def run(recipe: Path | None, settings: tuple[str, ...], fresh: bool, bfcl_layout: bool, **flags: Any) -> None:
    """Ask a model the cases of a benchmark and score its answers, by RECIPE (a TOML file), flags, or both.

    Everything goes into the folder --out: the same command goes on where the last one was stopped.
    Answers that the serving side failed to give are asked again, then shown, and never scored.
    """
    from starbench.runner import read_settings
    from starbench.runner.run import run as run_whole

    chosen = read_settings(recipe, list(_overrides(flags, settings)))
    with _progress() as progress:
        finished = run_whole(chosen, progress, fresh=fresh, bfcl_layout=bfcl_layout)
    _print(finished)
    if finished.summary["run"]["answered"] < finished.summary["run"]["asked"]:
        sys.exit(1)


def _overrides(flags: dict[str, Any], settings: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """The settings that were given as flags, then those of ``--set``."""
    from starbench.runner.tables import read_value

    for flag, value in flags.items():
        if value is not None and value != ():
            yield FLAGS[flag], list(value) if isinstance(value, tuple) else value
    for text in settings:
        name, sign, value = text.partition("=")
        if not sign:
            raise click.UsageError(f"--set is given as NAME=VALUE, not {text!r}")
        yield name.strip(), read_value(value.strip())


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar with rate and time left in a terminal, lines now and then elsewhere."""
    from starbench.cli.progress import Bar, Lines

    with Bar() if sys.stderr.isatty() else Lines() as progress:
        yield progress


def _print(finished: Finished) -> None:
    from rich.console import Console

    from starbench.cli.progress import print_run
    from starbench.reports.terminal import print_summary

    console = Console()
    if finished.summary["models"]:
        print_summary(finished.summary, console)
    print_run(finished.summary, console)
    click.echo(f"written: {finished.folder}" + (f" and {finished.layout}" if finished.layout else ""), err=True)
