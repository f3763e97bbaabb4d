"""The recipes of docs/at-scale.md are taken from the page and run, each in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from starbench.reward import SimReward

if TYPE_CHECKING:
    from starbench.benchmarks.base import Benchmark

pd = pytest.importorskip("pandas", reason="pandas is not installed; the test extra brings it")
pytest.importorskip("pyarrow", reason="pyarrow is not installed; the test extra brings it")

PAGE = Path(__file__).resolve().parent.parent / "docs" / "at-scale.md"
RECIPES = dict(re.findall(r"```python\n# (\w+)\.py\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL))
GOLDS = [json.dumps([{"name": "f", "arguments": {"n": n % 7}}]) for n in range(3_000)]
COMPLETIONS = [f'<tool_call>{{"name": "f", "arguments": {{"n": {n % 5}}}}}</tool_call>' for n in range(3_000)]
TOOLS = json.dumps([{"name": "f", "parameters": {"type": "object", "properties": {"n": {"type": "integer"}}}}])


def run(folder: Path, recipe: str) -> None:
    """Write every recipe of the page into the folder and run one."""
    for name, code in RECIPES.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, f"{recipe}.py"], cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("recipe", ["with_pandas", "with_pyarrow", "with_ray"])
def test_every_row_gets_its_reward(recipe: str, tmp_path: Path) -> None:
    if recipe == "with_ray" and importlib.util.find_spec("ray") is None:
        pytest.skip("ray is not installed: pip install ray to try the recipe for Ray Data")
    if recipe == "with_ray" and (os.cpu_count() or 1) < 2:
        pytest.skip("Ray Data wants a core for reading beside the one for scoring")
    rows = {"row": range(3_000), "completion": COMPLETIONS, "gold": GOLDS, "tools": TOOLS}
    pd.DataFrame(rows).to_parquet(tmp_path / "rollouts.parquet")
    run(tmp_path, recipe)
    scored = pd.read_parquet(tmp_path / "rewards.parquet").sort_values("row")
    expected = SimReward().batch(COMPLETIONS, GOLDS, [TOOLS] * 3_000)
    assert scored["row"].tolist() == [*range(3_000)]
    assert scored["reward"].tolist() == [r.value for r in expected]
    assert [code if isinstance(code, str) else None for code in scored["code"]] == [r.code for r in expected]
    assert len(set(scored["reward"])) > 1


def test_the_recipe_for_verdicts_grades_as_the_benchmark_does(bfcl: Benchmark, tmp_path: Path) -> None:
    results: list[Any] = [[{"calculate_triangle_area": '{"base": 10, "height": 5}'}], [{"f": "{}"}], "no call"]
    answers = {"id": [f"simple_python_{n}" for n in (0, 1, 2)], "result": [json.dumps(r) for r in results]}
    pd.DataFrame(answers).to_parquet(tmp_path / "answers.parquet")
    run(tmp_path, "verdicts")
    got = pd.read_parquet(tmp_path / "verdicts.parquet")
    expected = [bfcl.grade(id, result) for id, result in zip(answers["id"], results, strict=True)]
    assert got["valid"].tolist() == [v.valid for v in expected] == [True, False, False]
    assert got["similarity"].tolist() == [float(v.similarity) for v in expected]


def test_every_recipe_of_the_page_is_run_by_a_test() -> None:
    assert RECIPES.keys() == {"rewards", "with_pandas", "with_pyarrow", "with_ray", "verdicts"}
