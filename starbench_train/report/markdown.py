"""The report as Markdown: the verdict, the models, the comparisons, the stages, and what it was made with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from starbench_train.curriculum.data import said as data_said
from starbench_train.report.collect import Report
from starbench_train.report.tables import (
    COMPARISON_HEAD,
    STAGE_HEAD,
    comparison_table,
    model_table,
    stage_table,
    verdict,
)


def as_markdown(report: Report) -> str:
    """The whole report."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {report.title}"
    yield ""
    if said := verdict(report):
        yield from (said, "")
    head, rows = model_table(report)
    if rows:
        yield from ("## Models on held-out rows", "", *table(head, rows), "")
        yield from ("## Compared, row by row", "")
        yield from (*table(COMPARISON_HEAD, comparison_table(report.evaluation["comparisons"])), "")
    if benchmark := report.evaluation.get("benchmark"):
        yield from (f"## Benchmark: {benchmark['name']}", "")
        if "comparison" in benchmark:
            yield from (*table(COMPARISON_HEAD, comparison_table([benchmark["comparison"]])), "")
    yield from ("## Stages", "", *table(STAGE_HEAD, stage_table(report)), "")
    yield from ("## Made with", "")
    if report.data:
        yield f"- {data_said(report.data)}"
        if report.data.get("sentence"):
            yield f"- {report.data['sentence']}"
    yield f"- seed {report.recipe['seed']}; " + ", ".join(f"{name} {v}" for name, v in report.versions.items())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table of Markdown; bars in cells are written so that they stay text."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
