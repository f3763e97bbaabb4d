"""Time the official BFCL evaluation and ``starbench score`` on the same result directory, as whole commands.

    python bench/bfcl_official.py RESULTS/MODEL [--multi-turn] [--runs 5] [--official-python PATH] [--jobs N]

RESULTS/MODEL is one model's folder of a BFCL result directory (``live/``, ``non_live/`` inside). Single-turn categories
are taken, with ``--multi-turn`` those as well; where that lacks the long-context file, the answers to the same
questions of ``multi_turn_base`` stand in for it. The official command knows registered models only, so that the
results are shown to it under a registered model's name with the same decoder; its key is a placeholder and nothing is
sent anywhere. How it is measured stands in ``side_by_side.py``. At the end the verdicts are compared.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from environments import HOME, ROOT, official_python, own_python
from side_by_side import Side, failures, measure, report_differences, starbench_side

REGISTERED = "gpt-4.1-2025-04-14-FC"
SINGLE_TURN = ("live", "non_live")
BASE = "multi_turn/BFCL_v4_multi_turn_base_result.json"
LONG = "multi_turn/BFCL_v4_multi_turn_long_context_result.json"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("results", type=Path)
    arguments.add_argument("--multi-turn", action="store_true")
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--jobs", help="processes of starbench score (default: its own choice)")
    arguments.add_argument("--official-python", help="an interpreter that has bfcl-eval already")
    given = arguments.parse_args()
    python, own = official_python(given.official_python), own_python()
    work = HOME / "bfcl_official"
    shutil.rmtree(work, ignore_errors=True)
    answers = lay_out(given.results, work, (*SINGLE_TURN, "multi_turn") if given.multi_turn else SINGLE_TURN)
    official = official_side(python, work, ["single_turn", "multi_turn"] if given.multi_turn else ["single_turn"])
    jobs = ["--jobs", given.jobs] if given.jobs else []
    ours = starbench_side(own, work / "result" / REGISTERED, work, *jobs)
    measure(f"{answers} answers", official, ours, given.runs)
    report_differences(official_failures(work), {id_: row["error"] for id_, row in failures(work).items()})
    print(f"files of the last run: {work.relative_to(ROOT)}")


def lay_out(results: Path, work: Path, groups: Sequence[str]) -> int:
    """Copy the result files to where both commands find them; the number of answers."""
    place = work / "result" / REGISTERED
    for group in groups:
        for file in sorted((results / group).glob("BFCL_v4_*_result.json")):
            (place / group).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place / group / file.name)
    if (place / BASE).is_file() and not (place / LONG).is_file():
        rows = [json.loads(row) for row in (place / BASE).read_text(encoding="utf-8").splitlines()]
        renamed = (row | {"id": row["id"].replace("base", "long_context")} for row in rows)
        (place / LONG).write_text("".join(json.dumps(row) + "\n" for row in renamed), encoding="utf-8")
    answers = sum(len(file.read_bytes().splitlines()) for file in place.rglob("*_result.json"))
    if not answers:
        sys.exit(f"{results} holds no result files of BFCL v4 in {', '.join(groups)}")
    return answers


def official_side(python: str, work: Path, categories: Sequence[str]) -> Side:
    options = ["--model", REGISTERED, "--test-category", *categories, "--partial-eval"]
    folders = ["--result-dir", "result", "--score-dir", "score"]
    command = [python, "-m", "bfcl_eval.eval_checker.eval_runner", *options, *folders]
    env = {"BFCL_PROJECT_ROOT": str(work), "OPENAI_API_KEY": "none"}
    return Side(command, work / "official.log", [work / "score"], env)


def official_failures(work: Path) -> dict[str, str]:
    """Error type by id, of the failures in the official score files."""
    found: dict[str, str] = {}
    for file in (work / "score" / REGISTERED).rglob("*_score.json"):
        rows = [json.loads(row) for row in file.read_text(encoding="utf-8").splitlines()[1:]]
        found.update({row["id"]: error_type(row) for row in rows})
    return found


def error_type(row: dict[str, object]) -> str:
    """The error type of a row in an official score file."""
    error = row.get("error_type")
    if error is None and isinstance(row.get("error"), dict):
        error = row["error"]["error_type"]  # type: ignore[index]
    return str(error)


if __name__ == "__main__":
    main()
