"""The report as one self-contained page: tables and curves, no script, nothing from any network."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from starbench_train.curriculum.data import said as data_said
from starbench_train.report.collect import Report
from starbench_train.report.curves import charts, svg
from starbench_train.report.tables import (
    COMPARISON_HEAD,
    STAGE_HEAD,
    comparison_table,
    model_table,
    stage_table,
    verdict,
)

if TYPE_CHECKING:
    from jinja2 import Environment


def as_page(report: Report) -> bytes:
    """The page; everything that came from outside is escaped."""
    from markupsafe import Markup

    environment = _environment()
    assert environment.loader is not None
    style = "".join(environment.loader.get_source(environment, name)[0] for name in ("page.css", "report.css"))
    head, rows = model_table(report)
    benchmark = report.evaluation.get("benchmark") or {}
    text = environment.get_template("report.html.j2").render(
        title=report.title,
        style=Markup(style),
        verdict=verdict(report),
        models=(head, rows),
        comparisons=(COMPARISON_HEAD, comparison_table(report.evaluation.get("comparisons", []))),
        benchmark=benchmark.get("name"),
        benchmarked=(COMPARISON_HEAD, comparison_table([benchmark["comparison"]] if "comparison" in benchmark else [])),
        stages=(STAGE_HEAD, stage_table(report)),
        curves=[(stage.name, [(chart, svg(chart)) for chart in charts(stage.metrics)]) for stage in report.stages],
        data=data_said(report.data) if report.data else "",
        checked=report.data.get("sentence") or "",
        versions=", ".join(f"{name} {version}" for name, version in report.versions.items()),
        seed=report.recipe["seed"],
        recipe=json.dumps(report.recipe, ensure_ascii=False, indent=2),
    )
    return text.encode("utf-8", "replace")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Our templates, and the style of starbench's other pages."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    loader = ChoiceLoader([PackageLoader("starbench_train.report"), PackageLoader("starbench.reports")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
