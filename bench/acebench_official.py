"""Time ACEBench's own evaluation scripts and ``starbench score`` on the same result directory, as whole commands.

    python bench/acebench_official.py --acebench CHECKOUT [--runs 5] [--jobs N]

CHECKOUT is a working tree of https://github.com/chenchen0103/ACEBench at the commit that starbench pins. It is copied,
and nothing is written into it. The answers to all 17 categories in both languages are made from the published ones:
half of them right, the others with one of four mistakes. Upstream passes parts of an answer to Python's ``eval``; that
is why its scripts are run on answers made here and on no others. They want pandas and openpyxl, which get an
environment of their own. Upstream needs one command for each language; both together are compared with one of ours.
How it is measured stands in ``side_by_side.py``. At the end the verdicts are compared.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from environments import HOME, ROOT, environment, own_python
from side_by_side import Side, failures, measure, report_differences, starbench_side

MODEL = "made"
LANGUAGES = ("en", "zh")
CODE = ("eval_main.py", "category.py", "model_eval", "model_inference", "data_all")
PACKAGES = ("pandas==2.2.3", "openpyxl==3.1.5")
"""Those of upstream's requirements that its evaluation imports."""
LATER_ANSWER = "right by a later answer"
"""How starbench's message begins where upstream counts an answer as right and lists it among the failures."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--acebench", type=Path, required=True, metavar="CHECKOUT")
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--jobs", help="processes of starbench score (default: its own choice)")
    given = arguments.parse_args()
    if not (given.acebench / "eval_main.py").is_file():
        sys.exit(f"{given.acebench} is no checkout of ACEBench: it has no eval_main.py")
    python, own = environment("acebench", *PACKAGES), own_python()
    work = HOME / "acebench_official"
    shutil.rmtree(work, ignore_errors=True)
    upstream = copied(given.acebench, work / "upstream")
    answers = sum(make_answers(upstream, language) for language in LANGUAGES)
    env = {"STARBENCH_CACHE": str(work / "cache")}
    pull = [own, "-m", "starbench", "data", "pull", "acebench", "--from", str(upstream)]
    subprocess.run(pull, env=env, check=True, stdout=subprocess.DEVNULL)
    jobs = ["--jobs", given.jobs] if given.jobs else []
    ours = starbench_side(own, upstream / "result_all", work, *jobs, **env)
    measure(f"{answers} answers in both languages", official_side(python, upstream), ours, given.runs)
    judged = {id_: (row["error"], row["category"]) for id_, row in failures(work).items()} | later_answers(work)
    report_differences(official_failures(upstream), {id_: comparable(*found) for id_, found in judged.items()})
    print(f"files of the last run: {work.relative_to(ROOT)}")


def copied(checkout: Path, place: Path) -> Path:
    """What the evaluation needs of a checkout, where it may write beside it."""
    for name in CODE:
        source = checkout / name
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copyfile(source, target)
    return place


def official_side(python: str, upstream: Path) -> Side:
    """Upstream's evaluation of all categories, in one language after the other."""
    call = f"{python} eval_main.py --model {MODEL} --category test_all --language"
    command = ["sh", "-c", " && ".join(f"{call} {language}" for language in LANGUAGES)]
    env = {"PYTHONDONTWRITEBYTECODE": ""}  # its code is compiled once, as that of installed packages is
    return Side(command, upstream.parent / "official.log", [upstream / "score_all"], env, upstream)


def make_answers(upstream: Path, language: str) -> int:
    """Write a result file for each category, as upstream's inference would; the number of answers."""
    data, results = upstream / "data_all" / f"data_{language}", upstream / "result_all" / f"result_{language}" / MODEL
    results.mkdir(parents=True)
    answers = 0
    for file in sorted((data / "possible_answer").glob("data_*.json")):
        truths = read_lines(file)
        names = {row["id"]: {function["name"] for function in row["function"]} for row in read_lines(data / file.name)}
        rows = [made(truth, number, names[truth["id"]]) for number, truth in enumerate(truths)]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (results / f"{file.stem}_result.json").write_text(text, encoding="utf-8")
        answers += len(rows)
    return answers


def made(truth: Mapping[str, Any], number: int, names: set[str]) -> dict[str, Any]:
    """The ``number``-th answer of a category: the published one, or every second time with a mistake."""
    if "mile_stone" in truth:
        stones = truth["mile_stone"]
        first = stones[0] if isinstance(stones[0], list) else stones
        wrong = number % 2 == 1
        state = truth["ground_truth"][:-1] if wrong else truth["ground_truth"]
        return {"id": truth["id"], "result": state, "process": first[:-1] if wrong else first}
    text = written(truth["ground_truth"], truth["id"], names)
    mistakes = (
        text[: len(text) // 2],
        "[other(x=1)]",
        re.sub(r", \w+='[^']*'\)", ")", text),
        text.replace("='", "='z"),
    )
    return {"id": truth["id"], "result": text if number % 2 == 0 else mistakes[number // 2 % len(mistakes)]}


def written(truth: Any, id_: str, names: set[str]) -> str:
    """A published answer as a model would write it."""
    if id_.startswith("special_irrelevant"):
        return str(truth)
    if id_.startswith("special_incomplete"):
        ((api, parameters),) = truth.items()
        return f"Missing necessary parameters ({', '.join(parameters)}) for the api ({api})"
    if id_.startswith("special_error"):
        return f"There is incorrect value ({truth}) for the parameters in the conversation history."
    calls = []
    for key, arguments in (truth[0] if isinstance(truth, list) else truth).items():
        name = key if key in names else re.sub(r"_\d+$", "", key)
        calls.append(f"{name}({', '.join(f'{argument}={value!r}' for argument, value in arguments.items())})")
    return f"[{', '.join(calls)}]"


def official_failures(upstream: Path) -> dict[str, str]:
    """Error type by id, of the failures in upstream's score files; an agent's failures have no type there."""
    found: dict[str, str] = {}
    for language, category, file in score_files(upstream):
        for row in read_lines(file)[1:]:
            id_ = row["id"] if isinstance(row["id"], str) else f"{category}_{row['id']}"
            found[f"{language}:{id_}"] = comparable(row.get("error_type", ""), category)
    return found


def score_files(upstream: Path) -> Iterator[tuple[str, str, Path]]:
    for language in LANGUAGES:
        for file in sorted((upstream / "score_all" / f"score_{language}" / MODEL).glob("data_*_score.json")):
            yield language, file.name.removeprefix("data_").removesuffix("_score.json"), file


def later_answers(work: Path) -> dict[str, tuple[str, str]]:
    """The answers that upstream lists among the failures although it counts them as right."""
    rows = read_lines(work / "ours" / "scores.jsonl")
    return {row["id"]: ("listed", row["category"]) for row in rows if row["message"].startswith(LATER_ANSWER)}


def comparable(error: str, category: str) -> str:
    """An error type as it is compared; of an agent's failures only that they are some."""
    return "wrong" if "agent" in category else error


def read_lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
