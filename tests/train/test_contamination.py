"""No test case in training: what counts as one, what is reported, what is dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from starbench.errors import InputError
from starbench_train.data.config import ContaminationConfig, DataConfig
from starbench_train.data.contamination import Exam, clean, compared, words
from starbench_train.data.prepare import prepared
from starbench_train.data.rows import TrainingRow, write_rows

LONG = "Please find me a flight from Oslo to Bergen on the third of May for two adults"


def row(id: str, query: str, *tools: str) -> TrainingRow:
    offered = tuple({"name": name, "parameters": {}} for name in tools)
    return TrainingRow(id, ({"role": "user", "content": query},), offered, [])


def exam(*rows: TrainingRow) -> list[Exam]:
    return [Exam("exam", tuple(row.case() for row in rows))]


def test_words_are_compared_without_case_and_marks() -> None:
    assert words("What's 2 + 2, Ｎｏｒａ?") == ("what", "s", "2", "2", "nora")


def test_the_same_query_with_the_same_tools_is_found_however_it_is_written() -> None:
    rows = [
        row("a", "how WARM is it!", "g", "f"),
        row("b", "how warm is it", "f"),
        row("c", "how cold is it", "f", "g"),
    ]
    report = compared(rows, exam(row("t", "How warm is it?", "f", "g")), ContaminationConfig())
    assert [(f.row, f.test, f.reason) for f in report.findings] == [("a", "exam/t", "same query and tools")]
    assert [kept.id for kept in clean(rows, report)] == ["b", "c"]


def test_shared_runs_of_words_are_found_whatever_the_tools() -> None:
    rows = [row("a", f"Hello. {LONG}, thanks"), row("b", "Please find me a flight from Oslo to Rome today, will you")]
    report = compared(rows, exam(row("t", LONG, "f")), ContaminationConfig(ngram=5, overlap=0.6))
    assert [(f.row, f.shared) for f in report.findings] == [("a", 1.0)]


def test_short_queries_are_compared_whole_only() -> None:
    report = compared([row("a", "how warm is it today")], exam(row("t", "how warm is it")), ContaminationConfig())
    assert not report.findings
    assert report.sentence == "none of 1 training rows is too like a test case (compared with 1 of exam)"


def test_earlier_turns_count_too() -> None:
    turns = ({"role": "user", "content": LONG}, {"role": "assistant", "content": "Which day?"})
    conversation = TrainingRow("a", (*turns, {"role": "user", "content": "Today"}), (), [])
    assert compared([conversation], exam(row("t", LONG)), ContaminationConfig()).findings


def test_a_recipe_drops_reports_or_stops(tmp_path: Path) -> None:
    write_rows(tmp_path / "train.jsonl", [row("a", LONG), row("b", "something else altogether")])
    write_rows(tmp_path / "test.jsonl", [row("t", LONG)])

    def data(action: str) -> DataConfig:
        check = ContaminationConfig(action=action)  # type: ignore[arg-type]
        return DataConfig((str(tmp_path / "train.jsonl"),), str(tmp_path / "test.jsonl"), contamination=check)

    dropped = prepared(data("drop"))
    assert [kept.id for kept in dropped.train] == ["b"]
    assert dropped.report["contamination"]["sentence"].endswith("(1 of held-out); they were dropped")
    assert len(prepared(data("report")).train) == 2
    with pytest.raises(InputError, match="a like held-out/t for one"):
        prepared(data("stop"))


def test_rows_are_set_apart_by_the_seed(tmp_path: Path) -> None:
    path = str(tmp_path / "rows.jsonl")
    write_rows(path, [row(str(n), f"question number {n}") for n in range(30)])
    first, again, other = (prepared(DataConfig((path,), held_out_rows=10), seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len(first.held_out) == 10
    assert {r.id for r in first.train} | {r.id for r in first.held_out} == {str(n) for n in range(30)}
    assert len(prepared(DataConfig((path,), held_out_rows=10, limit=5)).train) == 5
    with pytest.raises(InputError, match="there are 30 rows"):
        prepared(DataConfig((path,), held_out_rows=30))


def test_two_sources_may_share_ids(tmp_path: Path) -> None:
    for name in ("x", "y"):
        write_rows(tmp_path / f"{name}.jsonl", [row("a", f"question of {name}")])
    data = prepared(DataConfig((str(tmp_path / "x.jsonl"), str(tmp_path / "y.jsonl")), held_out_rows=0))
    assert sorted(r.id for r in data.train) == ["a", "a#2"]


def test_a_benchmark_is_compared_with(bfcl: object) -> None:
    cases = list(bfcl.cases("simple_python"))[:3]  # type: ignore[attr-defined]
    query = cases[0].messages[0]["content"]
    copied = TrainingRow("a", ({"role": "user", "content": query},), ({"name": cases[0].tools[0].name},), [])
    report = compared([copied], [Exam("bfcl", tuple(cases))], ContaminationConfig())
    assert report.findings[0].test == f"bfcl/{cases[0].id}"
