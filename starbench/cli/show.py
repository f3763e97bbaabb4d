"""``starbench show``: one answer to one case, from the question to the verdicts.

Example::

    $ starbench show result/ simple_python_3
    $ starbench show --sample sample_nested_0 --model bad
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from starbench.cli.options import answers_options
from starbench.errors import UnknownNameError

if TYPE_CHECKING:
    from starbench.benchmarks import Benchmark
    from starbench.predictions import Prediction
    from starbench.reports.case import CaseView
    from starbench.scoring import Run


@click.command(epilog="Example: starbench show --sample sample_nested_0 --model bad")
@click.argument("preds", nargs=-1, type=click.Path(allow_dash=True, path_type=Path))
@click.argument("id")
@click.option("--model", metavar="NAME", help="Only this model's answer (default: every model's).")
@answers_options
@click.option("--whole", is_flag=True, help="Show long texts in full.")
def show(
    preds: tuple[Path, ...], id: str, model: str | None, sample: bool, profile: str, whole: bool, **choices: Any
) -> None:
    """Explain the answer in PREDS to the case ID.

    Shows what was asked, the raw answer with every attempt at a call marked, the calls that were read
    beside the expected ones, where they differ, and the verdict of every grading.
    """
    if bool(preds) == sample:
        raise click.UsageError("give the files that hold the answer, or --sample (and not both)")
    from rich.console import Console

    from starbench.cli.score import opened
    from starbench.reports.case import case_report
    from starbench.scoring import Run

    console = Console()
    with opened(preds, sample) as sources:
        run = Run.plan(sources, profile=profile, **choices)
        answers = list(_answers(run, id, model))
    if not answers:
        raise UnknownNameError(_not_found(run, id, model))
    for prediction in answers:
        console.print(case_report(_view(run.benchmark, prediction, profile, whole)))


def _answers(run: Run, id: str, model: str | None) -> Iterator[Prediction]:
    """Every answer to the case, of one model or of all."""
    from starbench.predictions import Prediction

    for row in run.predictions():
        if isinstance(row, Prediction) and row.id == id and model in (None, row.model):
            yield row


def _not_found(run: Run, id: str, model: str | None) -> str:
    import difflib

    near = difflib.get_close_matches(id, run.found.ids, n=1)
    hint = f"; did you mean {near[0]!r}?" if near and near[0] != id else ""
    if model is not None and model not in run.found.models:
        hint = f"; the models here are {', '.join(run.found.models)}"
    return f"there is no answer to the case {id!r}{f' by {model!r}' if model else ''} in these files{hint}"


def _view(benchmark: Benchmark, prediction: Prediction, profile: str, whole: bool) -> CaseView:
    from starbench.reports.case import CaseView
    from starbench.scoring import Grader, Settings

    grader = Grader(benchmark, Settings(profile=profile))
    verdicts = {grading: grader.verdict(prediction, grading) for grading in benchmark.gradings}
    output = benchmark.read(prediction.id, prediction.answer, prediction.dialect or "auto")
    return CaseView(prediction.model, benchmark.case(prediction.id), output, verdicts, whole)
