"""Public data sets as rows: each form of record, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from starbench.errors import InputError, UnknownNameError
from starbench_train.data.readers import chat, rlla, toolace, xlam
from starbench_train.data.sources import SOURCES, load_source, rows_of

TOOLS = [{"name": "add", "description": "Adds.", "parameters": {"a": {"type": "int"}, "b": {"type": "int"}}}]
CALL = {"name": "add", "arguments": {"a": 1, "b": 2}}


def test_xlam() -> None:
    record = {"id": 7, "query": "1 + 2?", "tools": json.dumps(TOOLS), "answers": json.dumps([CALL])}
    (row,) = rows_of([record], xlam, "xlam")
    assert (row.id, row.query, row.expected) == ("xlam-7", "1 + 2?", [CALL])


def test_xlam_without_answers_wants_no_call() -> None:
    (row,) = rows_of([{"query": "Hm?", "tools": json.dumps(TOOLS), "answers": "[]"}], xlam, "hammer")
    assert row.case().expected.kind == "abstain"


def test_toolace_reads_python_calls_of_functions_whose_names_are_no_words() -> None:
    functions = [{"name": "Market Trends API", "description": "", "parameters": {"type": "dict", "properties": {}}}]
    record = {
        "system": f"You may call functions.\nHere is the list:\n{json.dumps(functions)}. Answer in [f(x=y)].",
        "conversations": [
            {"from": "user", "value": "Trends?"},
            {"from": "assistant", "value": '[Market Trends API(kind="index", n=3)]'},
            {"from": "tool", "value": '[{"name": "Market Trends API", "results": {}}]'},
            {"from": "assistant", "value": "There are none."},
        ],
    }
    first, second = rows_of([record], toolace, "toolace")
    assert first.expected == [{"name": "Market_Trends_API", "arguments": {"kind": "index", "n": 3}}]
    assert first.tools[0]["name"] == "Market_Trends_API"
    assert second.expected == "There are none."
    assert [message["role"] for message in second.messages] == ["user", "assistant", "tool"]
    assert second.messages[1]["tool_calls"] == first.expected


def test_chat_reads_calls_in_the_text_and_beside_it_and_forgets_old_reasoning() -> None:
    record = {
        "conversations": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "1 + 2?"},
            {"role": "assistant", "content": f"<think>Easy.</think>\n<tool_call>\n{json.dumps(CALL)}\n</tool_call>"},
            {"role": "tool", "content": "3"},
            {"role": "assistant", "content": "", "tool_calls": [{"type": "function", "function": CALL}]},
        ],
        "tools": json.dumps(TOOLS),
    }
    first, second = rows_of([record], chat, "toolmind")
    assert first.answer is not None
    assert first.answer["reasoning_content"] == "Easy."
    assert first.expected == second.expected == [CALL]
    assert "reasoning_content" not in second.messages[2]


def test_rlla_reads_numbered_tools_and_takes_reasoning_and_answer_apart() -> None:
    record = {
        "instruction": "**Available Tools**\n1. Name: Add Numbers\nDescription: Adds.\n"
        'Parameters: {"a": {"type": "int"}}\n2. Name: sub\nDescription: \nParameters: {}\n\n**Steps**',
        "input": "**Dialogue Records History**\n<user> 1 + 2? </user>",
        "output": '<think> Easy. </think>\n<tool_call>\n{"name": "Add Numbers", "parameters": {"a": 1}}\n</tool_call>',
    }
    (row,) = rows_of([record], rlla, "rlla")
    assert [tool["name"] for tool in row.tools] == ["Add_Numbers", "sub"]
    assert row.query == "1 + 2?"
    assert row.expected == [{"name": "Add_Numbers", "arguments": {"a": 1}}]
    assert row.answer is not None
    assert row.answer["reasoning_content"] == "Easy."


def test_records_that_cannot_be_read_are_left_out_and_none_at_all_is_an_error() -> None:
    good = {"query": "1 + 2?", "tools": json.dumps(TOOLS), "answers": json.dumps([CALL])}
    bad: list[dict[str, Any]] = [{"query": "?"}, {**good, "answers": "[{"}]
    assert len(rows_of([*bad, good], xlam, "xlam")) == 1
    with pytest.raises(InputError, match=r"no row of xlam can be read \(record 1: KeyError 'answers'"):
        rows_of(bad, xlam, "xlam")


def test_a_call_that_cannot_be_read_leaves_its_record_out() -> None:
    record = {"conversations": [{"from": "human", "value": "x"}, {"from": "gpt", "value": "<tool_call>{</tool_call>"}]}
    with pytest.raises(InputError, match="a call cannot be read"):
        list(chat(record))


def test_local_files_and_unknown_names(tmp_path: Path) -> None:
    record = {"query": "1 + 2?", "tools": json.dumps(TOOLS), "answers": json.dumps([CALL])}
    (tmp_path / "xlam.json").write_text(json.dumps([record]))
    (tmp_path / "xlam.jsonl").write_text(json.dumps(record) + "\n")
    assert load_source(f"xlam:{tmp_path}/xlam.json") == load_source(f"xlam:{tmp_path}/xlam.jsonl")
    with pytest.raises(UnknownNameError, match="did you mean 'xlam'"):
        load_source("xlan")
    with pytest.raises(InputError, match="chat:path"):
        load_source("chat")
    with pytest.raises(InputError, match="cannot be read"):
        load_source(f"xlam:{tmp_path}/none.json")


def test_the_hub_is_asked_by_its_own_library(monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    record = {"id": 1, "query": "1 + 2?", "tools": json.dumps(TOOLS), "answers": json.dumps([CALL])}
    asked: list[tuple[str, str]] = []

    def load(name: str, split: str) -> Any:
        asked.append((name, split))
        return datasets.Dataset.from_list([record])

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert load_source("xlam")[0].expected == [CALL]
    assert asked == [(SOURCES["xlam"].dataset, "train")]

    def fail(name: str, split: str) -> Any:
        raise ConnectionError("no network")

    monkeypatch.setattr(datasets, "load_dataset", fail)
    with pytest.raises(InputError, match=r"no network.*write xlam:path"):
        load_source("xlam")


def test_every_source_has_a_reader() -> None:
    for source in SOURCES.values():
        assert callable(source.read())


def test_shared_samples_are_read_whole(shared: Path) -> None:
    assert len(load_source(f"xlam:{shared}/data/xlam_1024.jsonl")) == 1024
    rows = load_source(f"rlla:{shared}/data/rlla_sft_400.json")
    assert len(rows) == 400
    assert sum(row.case().expected.kind == "calls" for row in rows) == 346
