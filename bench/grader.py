"""Time the official checker and ours on the same answers, in process, one core each.

    python bench/grader.py RESULTS/MODEL [--runs 5] [--official-python PATH]

RESULTS/MODEL is as for ``bfcl_official.py``; its answers are FC rows. Both sides first read their data and decode every
answer of the categories with an answer key; then only the checking of decoded answers is timed. The official half runs
in the official environment (this same file with ``--half official``) and hands its figures back as JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from environments import official_python, own_python

CATEGORIES = ["simple_python", "simple_java", "simple_javascript", "multiple", "parallel", "parallel_multiple"]
CATEGORIES += ["live_simple", "live_multiple", "live_parallel", "live_parallel_multiple"]
Check = Callable[[], bool]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("results", type=Path)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--official-python")
    arguments.add_argument("--half", choices=["official", "ours", "both"], default="both")
    given = arguments.parse_args()
    if given.half != "both":
        makers = {"official": official_checks, "ours": our_checks}
        print(json.dumps(timed(list(makers[given.half](given.results)), given.runs)))
        return
    from measure import machine

    print(machine())
    sides = {"official": official_python(given.official_python), "ours": own_python()}
    figures = {half: run_half(half, python, given) for half, python in sides.items()}
    for half, figure in figures.items():
        print(f"{half:<9} {figure['checked']} answers, {figure['valid']} valid, {figure['microseconds']:.1f} us each")
    print(f"ratio     {figures['official']['microseconds'] / figures['ours']['microseconds']:.1f}x")


def run_half(half: str, python: str, given: argparse.Namespace) -> dict[str, Any]:
    """Run one half in its own process."""
    command = [python, __file__, str(given.results), "--half", half, "--runs", str(given.runs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the {half} half failed:\n{done.stderr[-3000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def timed(checks: list[Check], runs: int) -> dict[str, Any]:
    """The median over runs of the time of one check, in microseconds."""
    spent = []
    for _ in range(runs):
        start = time.perf_counter()
        valid = sum(check() for check in checks)
        spent.append((time.perf_counter() - start) / len(checks) * 1e6)
    return {"checked": len(checks), "valid": valid, "microseconds": statistics.median(spent)}


def answers(results: Path, category: str) -> dict[str, Any]:
    """Answer by id of one category."""
    file = results / ("live" if category.startswith("live") else "non_live") / f"BFCL_v4_{category}_result.json"
    if not file.exists():
        return {}
    rows = (json.loads(row) for row in file.read_text(encoding="utf-8").splitlines() if row.strip())
    return {row["id"]: row["result"] for row in rows}


def official_checks(results: Path) -> Iterable[Check]:
    """The official checker on every answer that the official decoder of FC rows reads."""
    from bfcl_eval.constants.enums import Language
    from bfcl_eval.eval_checker.ast_eval.ast_checker import ast_checker
    from bfcl_eval.utils import load_dataset_entry, load_ground_truth_entry

    languages = {"simple_java": Language.JAVA, "simple_javascript": Language.JAVASCRIPT}
    for category in CATEGORIES:
        entries = load_dataset_entry(category, include_prereq=False, include_language_specific_hint=False)
        given = answers(results, category)
        for entry, truth in zip(entries, load_ground_truth_entry(category), strict=True):
            calls = decoded(given.get(entry["id"]))
            if calls is not None:
                language = languages.get(category, Language.PYTHON)
                parts = (entry["function"], calls, truth["ground_truth"], language, category, "gpt-4.1-2025-04-14-FC")
                yield lambda parts=parts: ast_checker(*parts)["valid"]


def our_checks(results: Path) -> Iterable[Check]:
    """Our official grading on the same decoded answers."""
    import starbench
    from starbench.benchmarks.bfcl.checker import official_verdict

    bfcl = starbench.load_benchmark("bfcl")
    for category in CATEGORIES:
        given = answers(results, category)
        for case in bfcl.cases(category):
            calls = decoded(given.get(case.id))
            if calls is not None:
                yield lambda entry=case.source, calls=calls, category=category: official_verdict(
                    entry, calls, category=category, underscore_to_dot=True
                )[0]


def decoded(result: Any) -> list[dict[str, Any]] | None:
    """FC rows with their arguments read; None where an answer is no list of calls."""
    if not isinstance(result, list) or not result:
        return None
    try:
        calls = [{name: json.loads(text) for name, text in row.items()} for row in result]
    except (ValueError, TypeError, AttributeError):
        return None
    return calls if all(isinstance(part, dict) for row in calls for part in row.values()) else None


if __name__ == "__main__":
    main()
