"""Training rows: what is read, what follows from an answer, and what a bad row is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from starbench.errors import InputError
from starbench_train.data.rows import TrainingRow, as_benchmark, expected_of, read_row, read_rows, write_rows

TOOL = {"name": "weather_now", "parameters": {"type": "object", "properties": {"place": {"type": "string"}}}}
CALL = {"name": "weather_now", "arguments": {"place": "Bergen"}}
USER = {"role": "user", "content": "How warm is it in Bergen?"}


def test_the_last_turn_of_the_assistant_is_the_answer_and_says_what_is_expected() -> None:
    record = {"messages": [USER, {"role": "assistant", "content": None, "tool_calls": [CALL]}], "tools": [TOOL]}
    row = read_row(record, "a")
    assert row.messages == (USER,)
    assert row.expected == [CALL]
    assert row.query == USER["content"]
    assert row.case().expected.calls[0].name == "weather_now"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"tool_calls": [{"type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}]}, "calls"),
        ({"content": "Which city?"}, "reply"),
        ({"content": ""}, "abstain"),
        ({"content": [{"type": "text", "text": "Which "}, {"type": "text", "text": "city?"}]}, "reply"),
    ],
)
def test_an_answer_says_what_is_expected(answer: dict[str, Any], expected: str) -> None:
    row = TrainingRow("a", (USER,), (TOOL,), expected_of(answer))
    assert row.case().expected.kind == expected


def test_rows_survive_a_file(tmp_path: Path) -> None:
    rows = [
        TrainingRow("a", (USER,), (TOOL,), [CALL], "simple", {"role": "assistant", "tool_calls": [CALL]}),
        TrainingRow("b", (USER,), (), [], prompt="<user>…", completion="No.", details={"similarity": 1.0}),
        TrainingRow("c", (USER,), (), "Which city?"),
    ]
    write_rows(tmp_path / "rows.jsonl", rows)
    assert read_rows(tmp_path / "rows.jsonl") == rows
    assert [path.name for path in tmp_path.iterdir()] == ["rows.jsonl"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[1]", "one JSON object a line"),
        ("{", "one JSON object a line"),
        ('{"messages": [{"content": "x"}], "expected": []}', '"messages" must be a list'),
        ('{"messages": [{"role": "assistant", "content": "x"}]}', "no prompt"),
        ('{"messages": "x"}', 'neither an "expected" answer nor an "answer"'),
        ('{"messages": "x", "expected": [], "tools": {"a": 1}}', '"tools" must be a list'),
        ('{"messages": "x", "expected": [], "completion": 3}', '"completion" must be text'),
        ('{"messages": "x", "answer": {"tool_calls": [{"arguments": {}}]}}', '"tool_calls" must be'),
        ('{"messages": "x", "answer": {"tool_calls": [{"name": "f", "arguments": "{"}]}}', "must be a JSON object"),
    ],
)
def test_a_bad_row_is_named_with_its_file_and_what_is_wrong(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"messages": "fine", "expected": []}\n\n' + line + "\n")
    with pytest.raises(InputError, match=r"rows\.jsonl, row 3") as caught:
        read_rows(path)
    assert said in str(caught.value)


def test_an_id_may_be_used_once(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": "a", "messages": "x", "expected": []}\n' * 2)
    with pytest.raises(InputError, match="'a' is used twice"):
        read_rows(path)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_rows(tmp_path / "none.jsonl")


def test_rows_are_a_benchmark_for_the_scorer() -> None:
    benchmark = as_benchmark([TrainingRow("a", (USER,), (TOOL,), [CALL])])
    right = f"<tool_call>{json.dumps(CALL)}</tool_call>"
    assert benchmark.grade("a", right).valid
    assert not benchmark.grade("a", right.replace("Bergen", "Oslo")).valid
