"""Time the official BFCL evaluation and ``starbench score`` on a complete run, multi-turn included, as whole commands.

    python bench/bfcl_multi_turn.py RESULTS/MODEL [--runs 5] [--official-python PATH] [--jobs 2]

RESULTS/MODEL is one model's folder of a BFCL result directory. Where it lacks the long-context file, the answers to the
same questions of ``multi_turn_base`` stand in for it. The rest is done as in ``bfcl_official.py``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

import bfcl_official as single_turn
from environments import HOME, official_python, own_python
from measure import Cost, machine, median, run_measured

GROUPS = (*single_turn.GROUPS, "multi_turn")
CATEGORIES = "single_turn", "multi_turn"
BASE = "multi_turn/BFCL_v4_multi_turn_base_result.json"
LONG = "multi_turn/BFCL_v4_multi_turn_long_context_result.json"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("results", type=Path)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--jobs", default="2", help="processes of starbench score")
    arguments.add_argument("--official-python", help="an interpreter that has bfcl-eval already")
    given = arguments.parse_args()
    python, own = official_python(given.official_python), own_python()
    work = HOME / "bfcl_multi_turn"
    shutil.rmtree(work, ignore_errors=True)
    answers = lay_out(given.results, work)
    print(f"{answers} answers, multi-turn included; {machine()}")
    official: list[Cost] = []
    ours: list[Cost] = []
    for _ in range(given.runs):
        official.append(run_official(python, work))
        ours.append(single_turn.run_ours(own, work, given.jobs))
        print(f"official {official[-1]}\nours     {ours[-1]}", flush=True)
    single_turn.report(median(official), median(ours))
    single_turn.compare(work)


def lay_out(results: Path, work: Path) -> int:
    """Copy the result files to where both commands find them, the long-context one made up if missing; their rows."""
    place = work / "result" / single_turn.REGISTERED
    for group in GROUPS:
        for file in sorted((results / group).glob("BFCL_v4_*_result.json")):
            (place / group).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place / group / file.name)
    if not (place / BASE).is_file():
        sys.exit(f"{results} holds no {BASE}")
    if not (place / LONG).is_file():
        rows = [json.loads(row) for row in (place / BASE).read_text(encoding="utf-8").splitlines()]
        renamed = (row | {"id": row["id"].replace("base", "long_context")} for row in rows)
        (place / LONG).write_text("".join(json.dumps(row) + "\n" for row in renamed), encoding="utf-8")
    return sum(len(file.read_bytes().splitlines()) for file in place.rglob("*_result.json"))


def run_official(python: str, work: Path) -> Cost:
    shutil.rmtree(work / "score", ignore_errors=True)
    options = ["--model", single_turn.REGISTERED, "--test-category", *CATEGORIES, "--partial-eval"]
    folders = ["--result-dir", "result", "--score-dir", "score"]
    return run_measured(
        [python, "-m", "bfcl_eval.eval_checker.eval_runner", *options, *folders],
        log=work / "official.log",
        env={"BFCL_PROJECT_ROOT": str(work), "OPENAI_API_KEY": "none"},
    )


if __name__ == "__main__":
    main()
