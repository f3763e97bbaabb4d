"""The answers of a run into ``scores.jsonl`` and ``summary.json``, and what several samples tell.

Beside what ``starbench score`` writes, the summary has::

    "run": {"asked": 400, "answered": 398, "failed": 2, "failures": {"the server answers 503 (6 tries)": 2},
            "cut_off": 3, "input_tokens": 84211, "output_tokens": 9120, "seconds": {"mean": 0.8, "p95": 1.9},
            "withheld": null, "not_asked": {"memory_vector": "it needs faiss: pip install …"}},
    "samples": {"n": 4, "all": {"cases": 398, "pass@1": 0.61, "pass@4": 0.74, "pass^4": 0.49}, "simple_python": {…}}

A failure around the model is never scored: its case is missing.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import comb
from pathlib import Path
from typing import Any

from starbench.benchmarks import Benchmark
from starbench.predictions import BadRow, Source
from starbench.runner.folder import Key, RunFolder
from starbench.runner.settings import Settings
from starbench.scoring import Run, json_line, written_whole
from starbench.types import Case

Correct = dict[tuple[str, str], list[bool]]
"""Category and case -> whether each scored sample is right."""


def score(
    folder: RunFolder,
    settings: Settings,
    benchmark: Benchmark,
    cases: Sequence[Case],
    not_asked: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Judge the answers to ``cases``, write ``scores.jsonl`` and ``summary.json``, and return the summary.

    ``not_asked`` says of categories why their cases could not be asked.
    """
    latest = folder.outputs.latest()
    keys = [(case.id, sample) for sample in range(settings.samples) for case in cases]
    rows = [latest[key] for key in keys if key in latest]
    answers = [row for row in rows if "error" not in row]
    summary: dict[str, Any] = {"benchmark": benchmark.name, "models": {}}
    correct: Correct = defaultdict(list)
    if answers:
        summary = _judged(folder, settings, answers, correct)
    summary["run"] = _figures(len(keys), rows, settings.scoring.max_failures) | {"not_asked": dict(not_asked or {})}
    if summary["run"]["withheld"]:
        for model in summary["models"].values():
            model["overall"] = dict.fromkeys(model["overall"])
    if settings.samples > 1:
        summary["samples"] = dict(_samples(correct, settings.samples))
    folder.write("summary.json", summary)
    return summary


def _judged(
    folder: RunFolder, settings: Settings, answers: Iterable[Mapping[str, Any]], correct: Correct
) -> dict[str, Any]:
    """Score the answers and write ``scores.jsonl``; which are right is noted in ``correct``."""
    scoring, cases = settings.scoring, settings.cases
    chosen: dict[str, Any] = {"cases": Path(cases.file)} if cases.file else {"benchmark": cases.benchmark}
    if cases.language is not None:
        chosen["language"] = cases.language
    with tempfile.TemporaryDirectory(prefix="starbench-") as name:
        path = Path(name) / "answers.jsonl"
        path.write_bytes(b"".join(json_line(row) for row in answers))
        run = Run.plan(
            [Source(path, "outputs.jsonl", settings.label)],
            dialect=scoring.dialect,
            grading=scoring.grading,
            profile=scoring.profile,
            lines=True,
            explained=True,
            **chosen,
        )
        with written_whole(folder.path / "scores.jsonl") as file:
            for row in run:
                if isinstance(row, BadRow):
                    folder.log(f"not scored: {row.sentence}")
                    continue
                file.write(row.line)
                if row.counted:
                    correct[row.category, row.id].append(row.valid)
    return run.summary()


def _figures(asked: int, rows: Sequence[Mapping[str, Any]], max_failures: float) -> dict[str, Any]:
    failures = Counter(row["error"]["message"] for row in rows if "error" in row)
    answers = [row for row in rows if "error" not in row]
    missing = asked - len(answers)
    withheld = None
    if asked and missing / asked > max_failures:
        withheld = (
            f"{missing} of {asked} requests have no answer, more than {max_failures:.1%}: "
            "overall figures are withheld; run the same command again to ask those cases once more"
        )
    return {
        "asked": asked,
        "answered": len(answers),
        "failed": failures.total(),
        "failures": dict(failures.most_common(10)),
        "cut_off": sum(row.get("finish") == "length" for row in answers),
        "input_tokens": sum(row.get("input_tokens") or 0 for row in answers),
        "output_tokens": sum(row.get("output_tokens") or 0 for row in answers),
        "seconds": _times(sorted(row["seconds"] for row in answers)),
        "withheld": withheld,
    }


def _times(seconds: Sequence[float]) -> dict[str, float] | None:
    if not seconds:
        return None
    last = len(seconds) - 1
    return {"mean": sum(seconds) / len(seconds), "p50": seconds[last // 2], "p95": seconds[round(last * 0.95)]}


def _samples(correct: Correct, n: int) -> Iterator[tuple[str, Any]]:
    """pass@k and pass^k over the cases of which all ``n`` samples were scored, in all and by category."""
    yield "n", n
    counts = {key: sum(right) for key, right in correct.items() if len(right) == n}
    yield "all", pass_figures(list(counts.values()), n)
    for category in dict.fromkeys(category for category, _ in correct):
        yield category, pass_figures([count for (name, _), count in counts.items() if name == category], n)


def pass_figures(counts: Sequence[int], n: int) -> dict[str, Any]:
    """From how many of ``n`` samples of each case are right: pass@k, the chance that one of k samples is right (Chen et
    al. 2021, unbiased), and pass^k, the chance that all of k are (Yao et al. 2024); k is 1, 2, 4, … and n.
    """
    figures: dict[str, Any] = {"cases": len(counts)}
    if not counts:
        return figures
    ks = sorted({1, n, *(2**power for power in range(1, n.bit_length()) if 2**power <= n)})
    for k in ks:
        figures[f"pass@{k}"] = sum(1 - comb(n - c, k) / comb(n, k) for c in counts) / len(counts)
    for k in ks[1:]:
        figures[f"pass^{k}"] = sum(comb(c, k) / comb(n, k) for c in counts) / len(counts)
    return figures


def unanswered(folder: RunFolder, keys: Iterable[Key]) -> list[Key]:
    """The samples that have no answer yet, in order."""
    return [key for key in keys if key not in folder.outputs.answered]
