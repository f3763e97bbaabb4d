"""Own cases: every notation of an expected answer, strict grading, and a sentence for every unusable case."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from starbench.benchmarks import load_benchmark, recognise
from starbench.benchmarks.custom import OwnCases, read_case, read_cases, read_expected
from starbench.errors import InputError, UnknownNameError
from starbench.types import Accepted, Expected, ExpectedCall

ADD = {
    "name": "add",
    "parameters": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}},
}
CALL = ExpectedCall("add", {"a": Accepted((1,))})
NOTATIONS: list[tuple[Any, Expected]] = [
    ([{"name": "add", "arguments": {"a": 1}}], Expected("calls", (CALL,))),
    ({"name": "add", "arguments": {"a": 1}}, Expected("calls", (CALL,))),
    ([{"name": "add"}], Expected("calls", (ExpectedCall("add"),))),
    ([{"add": {"a": [1]}}], Expected("calls", (CALL,))),
    ([{"add": {"a": ["", 1]}}], Expected("calls", (ExpectedCall("add", {"a": Accepted((1,), optional=True)}),))),
    ([], Expected("abstain")),
    (None, Expected("abstain")),
    ({"kind": "abstain"}, Expected("abstain")),
    ({"kind": "any_call"}, Expected("any_call")),
    ("Yes.", Expected("reply", replies=("Yes.",))),
    ({"kind": "reply", "replies": ["Yes.", "Yes"]}, Expected("reply", replies=("Yes.", "Yes"))),
]


@pytest.mark.parametrize(("value", "expected"), NOTATIONS, ids=[repr(value) for value, _ in NOTATIONS])
def test_every_notation_of_an_expected_answer(value: Any, expected: Expected) -> None:
    assert read_expected(value) == expected


@pytest.mark.parametrize(
    "value", [3, True, [3], [{"a": 1, "b": 2}], [{"add": 1}], [{"add": {"a": 1}}], {"kind": "reply"}, {"kind": "x"}]
)
def test_anything_else_is_refused_with_the_notations(value: Any) -> None:
    with pytest.raises(InputError, match="any_call"):
        read_expected(value)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({}, "expected"),
        ({"expected": [], "category": 3}, "category"),
        ({"expected": [], "messages": 3}, "messages"),
        ({"expected": [], "messages": ["hello"]}, "messages"),
        ({"expected": [], "tools": 3}, "tools"),
    ],
)
def test_an_unusable_case_names_its_field(row: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError, match=field):
        read_case("x", row)


@pytest.fixture
def own() -> OwnCases:
    return OwnCases(
        {
            "a": read_case("a", {"expected": [{"add": {"a": [1], "b": ["", 2]}}], "tools": [ADD], "category": "sums"}),
            "b": read_case("b", {"expected": [], "tools": [ADD], "messages": "Hello"}),
        }
    )


class TestOwnCases:
    def test_it_is_graded_strictly(self, own: OwnCases) -> None:
        assert own.grade("a", "[add(a=1)]").valid
        assert own.grade("a", "[add(a=2)]").error == "argument:value"
        assert own.grade("b", "Hello!").valid
        assert (
            own.grade("b", {"tool_calls": [{"function": {"name": "add", "arguments": "{}"}}]}).error
            == "call:unexpected"
        )

    def test_there_is_no_official_grading(self, own: OwnCases) -> None:
        with pytest.raises(UnknownNameError, match="strict"):
            own.grade("a", "", grading="official")

    def test_cases_and_categories(self, own: OwnCases) -> None:
        assert own.categories == {"sums": 1, "custom": 1}
        assert [case.id for case in own.cases()] == ["a", "b"]
        assert [case.id for case in own.cases("sums")] == ["a"]
        assert own.case("b").messages == ({"role": "user", "content": "Hello"},)
        with pytest.raises(UnknownNameError, match="no case 'c' among the 2 cases"):
            own.case("c")

    def test_the_hash_is_of_the_content(self, own: OwnCases) -> None:
        turned = OwnCases(dict(reversed(own.table.items())))
        other = OwnCases({**own.table, "b": read_case("b", {"expected": "Hello", "tools": [ADD]})})
        assert own.data_sha256 == turned.data_sha256 != other.data_sha256

    def test_the_overall_accuracy_needs_every_case(self, own: OwnCases) -> None:
        counts = {"sums": {"n": 1, "correct": 1, "cases": 1}, "custom": {"n": 1, "correct": 0, "cases": 1}}
        assert own.aggregate(counts) == {"accuracy": 0.5}  # type: ignore[arg-type]
        counts["custom"]["n"] = 0
        assert own.aggregate(counts) == {"accuracy": None}  # type: ignore[arg-type]

    def test_it_travels_between_processes(self, own: OwnCases) -> None:
        assert pickle.loads(pickle.dumps(own)) == own


class TestFiles:
    def test_a_file_of_cases_is_a_benchmark(self, tmp_path: Path) -> None:
        path = tmp_path / "cases.jsonl"
        path.write_text('{"id": "a", "expected": []}\n\n{"id": 2, "expected": "ok"}\n', encoding="utf-8")
        assert [case.id for case in load_benchmark("custom", path=str(path)).cases()] == ["a", "2"]

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('{"id": "a", "expected": []}\n{"id": "a", "expected": []}', "row 2: the id 'a' is used twice"),
            ('{"id": "a"}', 'row 1: the case has no "expected"'),
            ("[]", "row 1: a case is one JSON object a line"),
            ("{", "row 1: a case is one JSON object a line"),
            ('{"expected": []}', "row 1: a case is one JSON object a line"),
            ('{"a":' * 100_000, "row 1: a case is one JSON object a line"),
        ],
    )
    def test_the_first_unusable_case_is_said(self, text: str, message: str) -> None:
        with pytest.raises(InputError, match=message):
            read_cases(text, "cases.jsonl", "custom")

    def test_a_file_that_is_not_there_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="cannot be read"):
            load_benchmark("custom", path=str(tmp_path / "none"))


def test_the_sample_is_found_by_its_ids() -> None:
    assert recognise(["sample_simple_0", "sample_nested_3", "x"]) == "sample"
    assert recognise(["x", "y"]) is None
