"""The sample that comes with starbench: broad enough, solvable, and telling a good model from a bad one."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from starbench.benchmarks import Benchmark, load_benchmark
from starbench.benchmarks.custom import SAMPLE
from starbench.predictions import Source
from starbench.scoring import Run, ScoredRow
from starbench.scoring.explain import nearest
from starbench.types import Call


@pytest.fixture(scope="module")
def sample() -> Benchmark:
    return load_benchmark("sample")


@pytest.fixture(scope="module")
def runs() -> dict[str, list[ScoredRow]]:
    folder = Path(str(SAMPLE))
    sources = [Source(folder / f"{name}.jsonl", name, name) for name in ("good", "bad")]
    rows = list(Run.plan(sources))
    assert all(isinstance(row, ScoredRow) for row in rows)
    return {name: [row for row in rows if isinstance(row, ScoredRow) and row.model == name] for name in ("good", "bad")}


def test_it_has_many_cases_of_many_kinds(sample: Benchmark) -> None:
    assert sum(sample.categories.values()) >= 60
    assert len(sample.categories) >= 6
    assert {case.expected.kind for case in sample.cases()} == {"calls", "reply", "abstain", "any_call"}


def test_every_gold_answer_is_right(sample: Benchmark) -> None:
    for case in sample.cases():
        if case.expected.kind == "calls":
            calls = [
                {"name": c.name, "arguments": {k: nearest(None, v) for k, v in c.arguments.items() if not v.optional}}
                for c in case.expected.calls
            ]
            assert sample.grade(case.id, json.dumps(calls)).valid, case.id


def test_every_expected_call_is_of_an_offered_tool_and_fits_its_schema(sample: Benchmark) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for case in sample.cases():
        tools = {tool.name: tool.parameters for tool in case.tools}
        for wanted in case.expected.calls:
            required = {k: v for k, v in wanted.arguments.items() if not v.optional}
            call = Call(wanted.name, {k: nearest(None, v) for k, v in required.items()})
            jsonschema.validate(call.arguments, tools[call.name])


def test_it_tells_the_models_apart_in_several_dialects(runs: dict[str, list[ScoredRow]]) -> None:
    good, bad = (sum(row.valid for row in rows) / len(rows) for rows in runs.values())
    assert good > 0.9
    assert bad < 0.5
    dialects = {row.dialect for rows in runs.values() for row in rows}
    assert dialects >= {"hermes", "message.openai", "pythonic", "json", "plain"}


def test_the_bad_model_makes_many_kinds_of_mistakes(runs: dict[str, list[ScoredRow]]) -> None:
    errors = Counter(row.error for row in runs["bad"] if row.error)
    assert {"argument:value", "argument:missing", "argument:type", "call:malformed", "call:truncated"} <= set(errors)
    assert {"call:none", "call:missing", "call:unexpected", "call:unknown_tool", "reasoning:unclosed"} <= set(errors)


def test_similarity_is_one_exactly_for_right_answers(runs: dict[str, list[ScoredRow]]) -> None:
    assert all((row.similarity == 1.0) == row.valid for rows in runs.values() for row in rows)
