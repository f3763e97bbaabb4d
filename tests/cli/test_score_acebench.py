"""``starbench score`` and ``show`` on ACEBench's result folders and rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from acebench_gold import gold_result
from click.testing import CliRunner, Result

from starbench.benchmarks.acebench.benchmark import ACEBench
from starbench.cli import main

Make = Callable[..., ACEBench]
ADJUST = "normal_multi_turn_user_adjust"


@pytest.fixture(autouse=True)
def here(acebench_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with ACEBench's data in the cache."""
    monkeypatch.setenv("STARBENCH_CACHE", str(acebench_cache))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], terminal_width=200)


def summary(*arguments: object) -> dict[str, Any]:
    done = run("score", *arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def write_results(folder: Path, benchmark: ACEBench, categories: list[str]) -> None:
    """A result folder as upstream lays it out, with the gold answers of some categories."""
    for category in categories:
        rows = []
        for case in benchmark.cases(category):
            gold = gold_result(case)
            rows.append({"id": case.id, **(gold if isinstance(gold, dict) else {"result": gold})})
        file = folder / f"result_{benchmark.language}" / "my-model" / f"data_{category}_result.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")


def test_a_folder_of_one_language_is_scored_in_it(here: Path, acebench: Make) -> None:
    write_results(here / "result_all", acebench("zh"), ["normal_atom_bool", "agent_multi_step"])
    found = summary("result_all")
    assert (found["benchmark"], found["options"]) == ("acebench", {"language": "zh"})
    model = found["models"]["my-model"]
    assert model["categories"]["normal_atom_bool"]["accuracy"] == 1.0
    agents = model["categories"]["agent_multi_step"]
    assert (agents["n"], agents["accuracy"], agents["process_accuracy"]) == (20, 1.0, 1.0)
    assert model["overall"]["overall"] is None
    assert model["overall"]["overall_zero_filled"] > 0


def test_a_folder_of_both_is_scored_together_and_apart(here: Path, acebench: Make) -> None:
    for language in ("en", "zh"):
        write_results(here / "result_all", acebench(language), ["special_irrelevant", ADJUST])
    done = run("score", "result_all", "--out", "scores")
    assert done.exit_code == 0, done.output
    assert "found by the ids; language both, as folders or rows say" in done.stderr
    found = json.loads(Path("scores/summary.json").read_text())
    model = found["models"]["my-model"]
    assert model["categories"][f"zh:{ADJUST}"]["cases"] == 50
    english = model["categories"][f"en:{ADJUST}"]
    assert (english["n"], english["correct"], english["steps"]["n"], english["steps"]["correct"]) == (50, 38, 123, 110)
    ids = [json.loads(line)["id"] for line in Path("scores/scores.jsonl").read_text().splitlines()]
    assert len(ids) == len(set(ids)) == 2 * 50 + 123 + 116
    one = summary("result_all", "--language", "en")
    assert one["models"]["my-model"]["categories"][ADJUST] == english
    assert one["bad_rows"] == 0


def test_rows_say_their_language_or_it_is_said_what_is_taken(here: Path, acebench: Make) -> None:
    cases = [acebench(language).case("normal_atom_enum_3") for language in ("en", "zh")]
    row = {"id": "normal_atom_enum_3", "output": gold_result(cases[0])}
    Path("one.jsonl").write_text(json.dumps(row))
    done = run("score", "one.jsonl")
    assert "language en, as nothing says which (the other is --language zh)" in done.stderr
    chinese = {"id": "normal_atom_enum_3", "output": gold_result(cases[1]), "language": "zh"}
    Path("two.jsonl").write_text("\n".join(json.dumps(r) for r in ({**row, "language": "en"}, chinese)))
    assert summary("two.jsonl")["models"]["two"]["total"]["correct"] == 2
    Path("three.jsonl").write_text("\n".join(json.dumps(r) for r in ({**row, "language": "en"}, chinese, row)))
    done = run("score", "three.jsonl")
    assert done.exit_code == 1
    assert 'three.jsonl, row 3: it does not say its language, as others do; put "language" beside' in done.stderr
    done = run("score", "two.jsonl", "--language", "zh")
    assert "row 1: its language is 'en', and this run scores 'zh'" in done.stderr


def test_a_dialogue_with_a_missing_step_is_missing(here: Path, acebench: Make) -> None:
    write_results(here, acebench("zh"), [ADJUST])
    file = here / "result_zh" / "my-model" / f"data_{ADJUST}_result.json"
    file.write_text("\n".join(file.read_text(encoding="utf-8").splitlines()[1:]), encoding="utf-8")
    found = summary(file)["models"]["my-model"]["categories"][ADJUST]
    assert (found["n"], found["missing"], found["cases"]) == (49, 1, 50)
    assert (found["steps"]["n"], found["steps"]["missing"], found["steps"]["cases"]) == (115, 1, 116)


def test_reasoning_is_kept_on_request(here: Path, acebench: Make) -> None:
    case = acebench().case("normal_atom_bool_0")
    row = {"id": case.id, "result": f"<think>[1]</think>{gold_result(case)}"}
    Path("preds.jsonl").write_text(json.dumps(row))
    assert summary("preds.jsonl")["models"]["preds"]["total"]["correct"] == 1
    kept = summary("preds.jsonl", "--keep-reasoning")
    assert kept["models"]["preds"]["total"]["correct"] == 0
    assert kept["options"] == {"keep_reasoning": True, "language": "en"}


def test_a_whole_run_has_intervals_for_its_figures(here: Path, acebench: Make) -> None:
    write_results(here, acebench(), ["special"])
    Path("all").mkdir()
    rows = [{"id": case.id, "result": gold_result(case)["result"]} for case in acebench().cases("agent")]
    rows += [{"id": case.id, "result": gold_result(case)} for case in acebench().cases("normal")]
    rows += [{"id": case.id, "result": gold_result(case)} for case in acebench().cases("special")]
    Path("all.jsonl").write_text("\n".join(map(json.dumps, rows)))
    model = summary("all.jsonl")["models"]["all"]
    assert model["overall"]["normal"] == 0.956
    assert model["overall"]["overall"] == 0.975
    low, high = model["intervals"]["normal"]
    assert low < 0.956 < high < 1
    done = run("score", "all.jsonl")
    assert "normal: 95.60 % (93.2–96.8)" in done.stdout
    assert "process accuracy: normal_multi_turn_user_adjust 88.33 %" in done.stdout
    assert "language en" in done.stdout


def test_score_files_are_told_from_results(here: Path) -> None:
    folder = here / "score_en" / "m"
    folder.mkdir(parents=True)
    (folder / "data_normal_atom_bool_score.json").write_text("{}")
    assert "official score files" in run("score", "score_en").stderr
    assert "this is an official score file" in run("score", folder / "data_normal_atom_bool_score.json").stderr


def test_a_benchmark_without_languages_says_that_it_takes_none(here: Path) -> None:
    Path("preds.jsonl").write_text(json.dumps({"id": "sample_simple_0", "output": ""}))
    done = run("score", "preds.jsonl", "--language", "zh")
    assert done.exit_code == 1
    assert "the benchmark 'sample' cannot be loaded with these options" in done.stderr


def test_a_case_is_shown_with_the_verdicts_of_all_gradings(here: Path, acebench: Make) -> None:
    write_results(here, acebench("zh"), ["agent_multi_step"])
    write_results(here, acebench("en"), ["special_incomplete"])
    shown = run("show", ".", "zh:agent_multi_step_3")
    assert shown.exit_code == 0, shown.output
    assert "official-2025-09: right" in shown.stdout
    assert "milestones" in shown.stdout
    assert "strict: right" in run("show", "result_en", "special_incomplete_0").stdout


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_leaderboard_entry_says_the_language_of_its_figures(here: Path, acebench: Make, language: str) -> None:
    write_results(here / "result_all", acebench(language), ["normal_atom_bool"])
    assert run("score", "result_all", "--out", "scores").exit_code == 0
    added = run("leaderboard", "add", "scores")
    assert added.exit_code == 0, added.output
    (board,) = json.loads(run("leaderboard", "--provenance", "measured", "--benchmark", "acebench", "--json").stdout)
    figures = board["entries"][0]["figures"]
    assert figures
    assert all(name.startswith(f"{language}_") for name in figures)


def test_means_of_both_languages_stand_beside_those_of_each(here: Path, acebench: Make) -> None:
    for language in ("en", "zh"):
        write_results(here / "result_all", acebench(language), ["special_irrelevant"])
    assert run("score", "result_all", "--out", "scores").exit_code == 0
    assert run("leaderboard", "add", "scores").exit_code == 0
    shown = run("leaderboard", "--provenance", "measured", "--markdown").stdout
    assert "ranked by overall, mean" in shown
    (board,) = json.loads(run("leaderboard", "--provenance", "measured", "--benchmark", "acebench", "--json").stdout)
    assert {"overall", "en_overall", "zh_overall"} <= board["entries"][0]["figures"].keys()
