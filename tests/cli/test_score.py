"""``starbench score``: what it prints and writes, and how it takes bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from starbench.cli import main

RIGHT = {"id": "sample_simple_0", "output": '[{"name": "renew_loan", "arguments": {"card": "L-20417", "days": 14}}]'}
WRONG = {"id": "sample_simple_1", "output": "[set_greenhouse(house=3, celsius=20, humidity=65)]"}
OWN = {
    "id": "q1",
    "tools": [{"name": "add", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}],
    "messages": [{"role": "user", "content": "Add one."}],
    "expected": [{"name": "add", "arguments": {"a": 1}}],
    "output": "add(a=1)",
}
Score = Callable[..., Result]


@pytest.fixture
def score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Score:
    """Run the command in an empty folder; ``rows`` become preds.jsonl."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str, rows: list[Any] | bytes | None = None, stdin: str | None = None) -> Result:
        if rows is not None:
            content = rows if isinstance(rows, bytes) else "".join(json.dumps(row) + "\n" for row in rows).encode()
            Path("preds.jsonl").write_bytes(content)
            arguments = ("preds.jsonl", *arguments)
        return CliRunner().invoke(main, ["score", *arguments], input=stdin)

    return run


def summary_of(done: Result) -> dict[str, Any]:
    summary: dict[str, Any] = json.loads(done.stdout)
    return summary


class TestWhatItSays:
    def test_the_sample_as_tables(self, score: Score) -> None:
        done = score("--sample")
        assert done.exit_code == 0
        assert "benchmark: sample 1, found by the ids" in done.stderr
        for word in ("good", "bad", "95 % interval", "all answers", "96.92 %", "grading strict", "hermes 35"):
            assert word in done.stdout

    @pytest.mark.parametrize("columns", ["80", "120"])
    def test_no_line_is_wider_than_the_terminal(
        self, score: Score, monkeypatch: pytest.MonkeyPatch, columns: str
    ) -> None:
        monkeypatch.setenv("COLUMNS", columns)
        assert max(map(len, score("--sample").stdout.splitlines())) <= int(columns)

    def test_json_is_all_that_stands_on_stdout(self, score: Score) -> None:
        summary = summary_of(score("--sample", "--json"))
        assert list(summary) == [
            "benchmark", "version", "data_sha256", "grading", "profile", "starbench", "models", "bad_rows",
        ]  # fmt: skip
        row = summary["models"]["bad"]["categories"]["simple"]
        assert (row["n"], row["cases"], row["missing"], row["correct"], row["accuracy"]) == (10, 10, 0, 4, 0.4)
        assert row["interval"] == pytest.approx([0.1682, 0.6873], abs=1e-4)

    def test_missing_answers_are_shown_as_missing(self, score: Score) -> None:
        done = score(rows=[RIGHT, WRONG])
        assert done.exit_code == 0
        assert "2/10" in done.stdout
        assert "missing: simple 8, multiple 8" in done.stdout
        total = summary_of(score("preds.jsonl", "--json"))["models"]["preds"]["total"]
        assert (total["n"], total["missing"], total["accuracy"]) == (2, 63, 0.5)

    def test_a_model_cannot_write_to_the_terminal(self, score: Score) -> None:
        done = score(rows=[RIGHT | {"model": "\x1b[2Jevil[red]\ud800"}])
        assert "\x1b" not in done.stdout + done.stderr
        assert "␛[2Jevil[red]" in done.stdout


class TestWhatItWrites:
    def test_rows_and_summary(self, score: Score) -> None:
        done = score("--out", "scores", rows=[RIGHT, WRONG])
        rows = [json.loads(line) for line in Path("scores/scores.jsonl").read_text(encoding="utf-8").splitlines()]
        right, wrong = rows
        assert {"model", "id", "benchmark", "category", "valid", "error", "similarity", "dialect"} <= set(right)
        assert (right["model"], right["valid"], right["error"], right["similarity"]) == ("preds", True, None, 1.0)
        assert (wrong["error"], wrong["calls"][0]["name"]) == ("argument:value", "set_greenhouse")
        assert wrong["explanation"][0]["wanted"] == 22.5
        assert wrong["expected"]["calls"][0]["arguments"]["celsius"] == {"alternatives": [22.5], "optional": False}
        summary = json.loads(Path("scores/summary.json").read_text(encoding="utf-8"))
        assert summary["models"]["preds"]["total"]["correct"] == 1
        assert "written: " in done.stderr

    def test_nothing_is_written_unless_asked(self, score: Score, tmp_path: Path) -> None:
        score(rows=[RIGHT])
        assert [path.name for path in tmp_path.iterdir()] == ["preds.jsonl"]

    def test_several_processes_write_the_same(self, score: Score) -> None:
        for jobs in ("1", "2"):
            assert score("--sample", "--jobs", jobs, "--out", jobs).exit_code == 0
        assert Path("1/scores.jsonl").read_bytes() == Path("2/scores.jsonl").read_bytes()
        assert Path("1/summary.json").read_bytes() == Path("2/summary.json").read_bytes()

    def test_explanations_can_be_left_out(self, score: Score) -> None:
        score("--out", "scores", "--no-explain", rows=[WRONG])
        assert json.loads(Path("scores/scores.jsonl").read_bytes())["explanation"] == []


class TestWhereAnswersComeFrom:
    def test_standard_input(self, score: Score) -> None:
        summary = summary_of(score("-", "--json", stdin=json.dumps(RIGHT)))
        assert summary["models"]["stdin"]["total"]["correct"] == 1

    def test_self_contained_rows(self, score: Score) -> None:
        done = score("--json", rows=[OWN, OWN | {"model": "other", "output": "no"}, OWN | {"id": "q2", "expected": []}])
        summary = summary_of(done)
        assert "the rows bring their own cases" in done.stderr
        assert (summary["benchmark"], summary["grading"]) == ("custom", "strict")
        assert summary["models"]["preds"]["categories"]["custom"]["correct"] == 1
        assert summary["models"]["other"]["total"]["errors"] == {"call:none": 1}
        assert summary["models"]["other"]["overall"] == {"accuracy": None}

    def test_cases_in_a_file_of_their_own(self, score: Score) -> None:
        Path("cases.jsonl").write_text(json.dumps({k: v for k, v in OWN.items() if k != "output"}), encoding="utf-8")
        summary = summary_of(score("--cases", "cases.jsonl", "--json", rows=[{"id": "q1", "output": "add(a=1)"}]))
        assert summary["models"]["preds"]["overall"] == {"accuracy": 1.0}

    def test_a_dialect_for_all(self, score: Score) -> None:
        done = score("--dialect", "plain", "--json", rows=[RIGHT])
        assert "dialect plain, as asked for" in done.stderr
        assert summary_of(done)["models"]["preds"]["total"]["errors"] == {"call:none": 1}

    def test_own_cases_have_no_official_grading(self, score: Score) -> None:
        done = score("--grading", "official", "--json", rows=[OWN])
        assert "no official code to agree with; the grading is strict" in done.stderr
        assert summary_of(done)["grading"] == "strict"


BAD_ROWS: list[tuple[Any, str]] = [
    ({"id": "sample_simple_99", "output": ""}, "preds.jsonl, row 2: there is no case 'sample_simple_99'"),
    (RIGHT, "preds.jsonl, row 2: the case 'sample_simple_0' was answered before"),
    ({"id": "sample_simple_2"}, "preds.jsonl, row 2: it has no answer"),
    (RIGHT | {"id": "sample_simple_2", "benchmark": "bfcl"}, "row 2: it belongs to the benchmark 'bfcl'"),
    (
        RIGHT | {"id": "sample_simple_2", "dialect": "hermez"},
        "there is no dialect named 'hermez'; did you mean 'hermes'?",
    ),
]


@pytest.mark.parametrize(("row", "sentence"), BAD_ROWS, ids=[sentence for _, sentence in BAD_ROWS])
def test_a_bad_row_is_said_and_the_others_are_scored(score: Score, row: dict[str, Any], sentence: str) -> None:
    done = score("--json", rows=[RIGHT, row, WRONG])
    assert done.exit_code == 1
    assert sentence in done.stderr
    summary = summary_of(done)
    assert (summary["models"]["preds"]["total"]["n"], summary["bad_rows"]) == (2, 1)


def test_the_benchmark_may_be_named_by_the_rows_or_by_the_user(score: Score) -> None:
    row = {"id": "sample_simple_0", "output": "", "benchmark": "sample"}
    assert "benchmark: sample 1, named by the rows" in score(rows=[row]).stderr
    assert "benchmark: sample 1, as asked for" in score("--benchmark", "sample", rows=[row]).stderr
    done = score("--benchmark", "custom", rows=[row])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "give them with --cases, or in the rows" in done.stderr


def test_bad_self_contained_rows_are_said(score: Score) -> None:
    rows = [OWN, OWN | {"id": "q2", "expected": 3}, OWN | {"model": "other", "expected": []}]
    done = score("--json", rows=rows)
    assert done.exit_code == 1
    assert 'row 2: "expected" must be a list of calls' in done.stderr
    assert "row 3: its case differs from the one that 'q1' has in preds.jsonl, row 1" in done.stderr
    assert summary_of(done)["models"]["preds"]["total"]["n"] == 1


def test_many_bad_rows_are_counted_not_listed(score: Score) -> None:
    done = score(rows=[RIGHT, *({"id": f"sample_x_{n}", "output": ""} for n in range(50))])
    assert done.stderr.count("there is no case") == 20
    assert "… and 30 more that could not be used" in done.stderr


NOTHING: list[tuple[bytes, str]] = [
    (b"", "preds.jsonl: the file is empty"),
    (b"\0\1\2", "preds.jsonl: the file is binary"),
    (b'{"id": "zzz_1", "output": ""}', "no benchmark has ids like 'zzz_1'; say which one it is with --benchmark"),
]


@pytest.mark.parametrize(("content", "sentence"), NOTHING, ids=[sentence for _, sentence in NOTHING])
def test_a_file_without_a_usable_row_is_an_error(score: Score, content: bytes, sentence: str) -> None:
    done = score(rows=content)
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert not done.stdout


def test_a_directory_without_results_and_a_missing_file(score: Score) -> None:
    Path("empty").mkdir()
    done = score("empty", "nowhere.jsonl", "--json", rows=[RIGHT])
    assert done.exit_code == 1
    assert "empty: there is no BFCL_v*_result.json file in this directory" in done.stderr
    assert "nowhere.jsonl: there is no such file or directory" in done.stderr
    assert summary_of(done)["models"]["preds"]["total"]["n"] == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--benchmark", "bfcll"], "did you mean 'bfcl'?"),
        (["--dialect", "hermez"], "did you mean 'hermes'?"),
        (["--grading", "strickt"], "did you mean 'strict'?"),
        (["--profile", "robus"], "did you mean 'robust'?"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(score: Score, arguments: list[str], sentence: str) -> None:
    done = score(*arguments, rows=[RIGHT])
    assert done.exit_code == 1
    assert sentence in done.stderr
    assert not done.stdout
