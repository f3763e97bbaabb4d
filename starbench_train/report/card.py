"""The model card: what the model is, how it was made, what it scores, all from the run's own files.

card(read_report(Path("runs/star-tiny")), "student-simrl", base="Qwen/Qwen3-0.6B")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from starbench_train.report.collect import Report
from starbench_train.report.markdown import table
from starbench_train.report.tables import COMPARISON_HEAD, comparison_table, model_table, said, verdict


def card(report: Report, stage: str, base: str, name: str) -> str:
    """The card in Markdown, with the head that model hubs read."""
    return "\n".join(_lines(report, stage, base, name)) + "\n"


def _lines(report: Report, stage: str, base: str, name: str) -> Iterator[str]:
    yield from (
        "---",
        "library_name: transformers",
        f"base_model: {base}",
        "tags: [function-calling, tool-use, starbench]",
        "---",
    )
    yield from ("", f"# {name}", "")
    made = " → ".join(s.name for s in report.stages if s.state == "finished" and s.name != "evaluate")
    yield f"A tool-calling model trained from `{base}` by starbench ({made}); the result of the stage `{stage}`."
    yield ""
    if sentence := verdict(report):
        yield from ("## How good it is", "", sentence, "")
    head, rows = model_table(report)
    if rows:
        yield from (*table(head, rows), "")
        yield from (
            "Strict verdicts of greedy answers with Wilson's 95 % interval; rows that were never trained on.",
            "",
        )
    if benchmark := report.evaluation.get("benchmark"):
        yield from (f"### {benchmark['name']}", "")
        if "comparison" in benchmark:
            yield from (*table(COMPARISON_HEAD, comparison_table([benchmark["comparison"]])), "")
    yield from ("## How it was trained", "", *_training(report), "")
    yield from ("## How to use it", "", *USE, "")
    yield from ("## Limits", "", *LIMITS)


def _training(report: Report) -> Iterator[str]:
    data: Mapping[str, Any] = report.data
    if data:
        source = ", ".join(report.recipe["data"]["train"])
        yield f"- rows: {data['train']} of {source}; {data['held_out']} set aside to judge by"
        yield f"- {data.get('sentence') or 'compared with the held-out rows'}"
    for stage in report.stages:
        if stage.state == "finished" and stage.name != "evaluate":
            yield f"- {stage.name}: {stage.what} ({said(stage.figures)})"
    yield f"- seed {report.recipe['seed']}; {', '.join(f'{n} {v}' for n, v in report.versions.items())}"


USE = (
    "The tokenizer's chat template renders tools; render prompts with it, as training did:",
    "",
    "```python",
    "prompt = tokenizer.apply_chat_template(messages, tools=tools, add_generation_prompt=True, tokenize=False)",
    "```",
)
LIMITS = (
    "It was trained to call functions and judged by single turns. The figures hold for rows like the held-out ones; "
    "measure it on your own with `starbench run`.",
)
