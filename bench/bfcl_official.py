"""Time the official BFCL evaluation and ``starbench score`` on the same result directory, as whole commands.

    python bench/bfcl_official.py RESULTS/MODEL [--runs 5] [--official-python PATH] [--jobs N]

RESULTS/MODEL is one model's folder of a BFCL result directory (``live/``, ``non_live/`` inside). Only single-turn
categories are taken. The official command knows registered models only, so that the results are shown to it
under a registered model's name with the same decoder; its key is a placeholder and nothing is sent anywhere.
Runs alternate, so that both sides meet the same load. At the end the verdicts are compared.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path

from environments import HOME, ROOT, official_python, own_python
from measure import Cost, machine, median, run_measured

REGISTERED = "gpt-4.1-2025-04-14-FC"
GROUPS = ("live", "non_live")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("results", type=Path)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--jobs", help="processes of starbench score (default: its own choice)")
    arguments.add_argument("--official-python", help="an interpreter that has bfcl-eval already")
    given = arguments.parse_args()
    python, own = official_python(given.official_python), own_python()
    work = HOME / "bfcl_official"
    shutil.rmtree(work, ignore_errors=True)
    answers = lay_out(given.results, work)
    print(f"{answers} single-turn answers; {machine()}")
    official: list[Cost] = []
    ours: list[Cost] = []
    for _ in range(given.runs):
        official.append(run_official(python, work))
        ours.append(run_ours(own, work, given.jobs))
        print(f"official {official[-1]}\nours     {ours[-1]}", flush=True)
    report(median(official), median(ours))
    compare(work)


def lay_out(results: Path, work: Path) -> int:
    """Copy the single-turn result files to where both commands find them; the number of answers."""
    answers = 0
    for group in GROUPS:
        for file in sorted((results / group).glob("BFCL_v4_*_result.json")):
            place = work / "result" / REGISTERED / group / file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
            answers += sum(1 for row in place.read_text(encoding="utf-8").splitlines() if row.strip())
    if not answers:
        sys.exit(f"{results} holds no live/ or non_live/ result files of BFCL v4")
    return answers


def run_official(python: str, work: Path) -> Cost:
    shutil.rmtree(work / "score", ignore_errors=True)
    options = ["--model", REGISTERED, "--test-category", "single_turn", "--partial-eval"]
    folders = ["--result-dir", "result", "--score-dir", "score"]
    return run_measured(
        [python, "-m", "bfcl_eval.eval_checker.eval_runner", *options, *folders],
        log=work / "official.log",
        env={"BFCL_PROJECT_ROOT": str(work), "OPENAI_API_KEY": "none"},
    )


def run_ours(python: str, work: Path, jobs: str | None) -> Cost:
    shutil.rmtree(work / "ours", ignore_errors=True)
    command = [python, "-m", "starbench", "score", str(work / "result" / REGISTERED), "--out", str(work / "ours")]
    return run_measured([*command, *(["--jobs", jobs] if jobs else [])], log=work / "ours.log")


def report(official: Cost, ours: Cost) -> None:
    print("\nMedians          official    starbench    ratio")
    for name, theirs, mine in zip(("wall s", "CPU s", "peak MB"), official, ours, strict=True):
        print(f"{name:<12}{theirs:>13.2f}{mine:>13.2f}{theirs / mine:>8.1f}x")


def compare(work: Path) -> None:
    """Say how many cases the two sides judge differently, by verdict or error type."""
    theirs: dict[str, str] = {}
    for file in (work / "score" / REGISTERED).rglob("*_score.json"):
        rows = [json.loads(row) for row in file.read_text(encoding="utf-8").splitlines()[1:]]
        theirs.update({row["id"]: error_type(row) for row in rows})
    mine: dict[str, str] = {}
    with (work / "ours" / "scores.jsonl").open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if not row["valid"] and row.get("error") != "infra:missing":
                mine[row["id"]] = row["error"]
    differing = sorted(id_ for id_ in theirs.keys() | mine.keys() if theirs.get(id_) != mine.get(id_))
    print(f"\nwrong answers: official {len(theirs)}, starbench {len(mine)}; judged differently: {len(differing)}")
    for id_ in differing[:10]:
        print(f"  {id_}: official {theirs.get(id_)}, starbench {mine.get(id_)}")
    print(f"files of the last run: {work.relative_to(ROOT)}")


def error_type(row: dict[str, object]) -> str:
    """The error type of a row in an official score file."""
    error = row.get("error_type")
    if error is None and isinstance(row.get("error"), dict):
        error = row["error"]["error_type"]  # type: ignore[index]
    return str(error)


if __name__ == "__main__":
    main()
