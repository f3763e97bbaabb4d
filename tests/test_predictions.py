"""Prediction files: every accepted form is read, every unusable place is named, and nothing raises."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.predictions import (
    BadRow,
    Prediction,
    Source,
    find_sources,
    read_predictions,
    read_row,
    rereadable,
    survey,
)

GOOD = {"id": "simple_python_0", "output": "hello"}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: bytes | str | list[Any], name: str = "preds.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            content = "".join(json.dumps(row) + "\n" for row in content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def read(*paths: Path) -> tuple[list[Prediction], list[BadRow]]:
    rows = list(read_predictions(find_sources(paths)))
    return [r for r in rows if isinstance(r, Prediction)], [r for r in rows if isinstance(r, BadRow)]


class TestForms:
    @pytest.mark.parametrize("form", ["output", "message", "result"])
    def test_the_three_answer_fields(self, write: Write, form: str) -> None:
        (prediction,), bad = read(write([{"id": "a", form: ["x"]}]))
        assert not bad
        assert (prediction.form, prediction.answer, prediction.model, prediction.row) == (form, ["x"], "preds", 1)

    def test_a_row_may_name_model_dialect_and_benchmark(self, write: Write) -> None:
        (prediction,), _ = read(write([GOOD | {"model": "m", "dialect": "hermes", "benchmark": "bfcl"}]))
        assert (prediction.model, prediction.dialect, prediction.benchmark) == ("m", "hermes", "bfcl")

    def test_a_self_contained_row_keeps_its_case(self, write: Write) -> None:
        row = {"id": 7, "tools": [], "messages": [], "expected": None, "output": "", "note": "?"}
        (prediction,), _ = read(write([row]))
        assert prediction.id == "7"
        assert prediction.case == {"tools": [], "messages": [], "expected": None}

    def test_null_is_an_answer(self, write: Write) -> None:
        (prediction,), bad = read(write([{"id": "a", "result": None}]))
        assert prediction.answer is None
        assert not bad

    @pytest.mark.parametrize(
        "content",
        [
            json.dumps(GOOD) + "\n",
            json.dumps(GOOD),
            "\ufeff" + json.dumps(GOOD),
            "\n\n" + json.dumps(GOOD) + "\r\n\r\n",
            json.dumps([GOOD]),
            " [\n" + json.dumps(GOOD, indent=2) + "\n]\n",
        ],
        ids=["line", "no final newline", "byte order mark", "blank lines", "list", "indented list"],
    )
    @pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
    def test_one_row_in_every_wrapping(self, write: Write, content: str, pack: Callable[[bytes], bytes]) -> None:
        predictions, bad = read(write(pack(content.encode())))
        assert [p.id for p in predictions] == ["simple_python_0"]
        assert not bad

    def test_a_pipe_can_be_read_twice(self) -> None:
        with rereadable(io.BytesIO(json.dumps(GOOD).encode())) as path:
            first, again = read(path), read(path)
        assert first == again
        assert len(first[0]) == 1
        assert not path.exists()


BROKEN: list[tuple[bytes, int | None, str]] = [
    (b"", None, "the file is empty"),
    (b"\n \n", None, "the file is empty"),
    (b"PK\x03\x04\x00\x00", None, "the file is binary"),
    ('{"id": "a"}'.encode("utf-16"), None, "UTF-16? save it as UTF-8"),
    (b'{\n  "id": "a",\n  "output": "x"\n}\n', None, "over several lines"),
    (b'{"id": "a", "output": "b}\n', 1, "not valid JSON"),
    (b'{"id": "a", "output": "b', 1, "breaks off before its end"),
    (b"hello\n", 1, "not valid JSON"),
    (b'{"id": "\xff"}\n', 1, "not UTF-8 text (byte 9)"),
    (b"[" * 100_000 + b"\n", 1, "nested too deeply to be read; the list"),
    (b'{"a":' * 100_000 + b"\n", 1, "nested too deeply to be read"),
    (b'{"id": "a", "output": ' + b"9" * 5000 + b"}\n", 1, "cannot be read as JSON"),
    (b'"text"\n', 1, "but this is text"),
    (b"{}\n", 1, "the object is empty"),
    (b'{"id": null, "output": ""}\n', 1, "its id is null"),
    (b'{"id": true, "output": ""}\n', 1, "its id is true or false"),
    (b'{"id": "", "output": ""}\n', 1, "its id is empty text"),
    (b'{"output": ""}\n', 1, "it has none (fields here: output)"),
    (
        b'{"id": "a", "completion": ""}\n',
        1,
        'put it under "output", "message" or "result" (fields here: id, completion)',
    ),
    (b'{"id": "a", "output": "", "result": []}\n', 1, "it has 2 answers (output, result)"),
    (b'{"id": "a", "output": "", "model": 3}\n', 1, '"model" must be text, but is a number'),
    (b'[{"id": "a", "output": "', 1, "the list is read up to here"),
    (b"[1", 1, "but this is a number"),
    (gzip.compress(b"x" * 1000)[:-9], None, "cannot be read to its end"),
]


@pytest.mark.parametrize(("content", "row", "reason"), BROKEN, ids=[reason for *_, reason in BROKEN])
def test_every_broken_place_gets_a_sentence(write: Write, content: bytes, row: int | None, reason: str) -> None:
    path = write(content)
    predictions, bad = read(path)
    assert not predictions
    assert reason in bad[-1 if row is None else 0].sentence
    assert bad[0].sentence.startswith(str(path) if row is None else f"{path}, row {row}: ")


def test_the_rows_around_a_broken_one_are_read(write: Write) -> None:
    good = json.dumps(GOOD).encode()
    predictions, bad = read(write(good + b"\n{broken\n" + good + b"\n\n" + good))
    assert [p.row for p in predictions] == [1, 3, 5]
    assert [b.row for b in bad] == [2]


def test_a_broken_list_is_read_up_to_the_break(write: Write) -> None:
    predictions, bad = read(write(b'[{"id": "a", "output": ""} {"id": "b", "output": ""}]'))
    assert [p.id for p in predictions] == ["a"]
    assert [b.row for b in bad] == [2]


FIELDS = st.sampled_from(["id", "output", "message", "model", "dialect", "expected"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["id", "output", "model", "expected"]) | st.text(), inner)
    ),
)


@given(JSON)
def test_any_json_value_is_a_prediction_or_a_bad_row(value: Any) -> None:
    row = read_row(value, "f", 1, "m")
    assert row.sentence if isinstance(row, BadRow) else row.id and row.model


@given(st.binary(max_size=200))
def test_any_bytes_are_read_without_an_exception(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(content)
    predictions, bad = read(path)
    assert bad or predictions


class TestLayout:
    @pytest.fixture
    def results(self, write: Write, tmp_path: Path) -> Path:
        rows = [{"id": "x", "result": "t"}]
        for place in (
            "one/non_live/BFCL_v4_simple_python_result.json",
            "one/agentic/memory/kv/BFCL_v4_memory_kv_result.json",
            "one/agentic/memory/kv/BFCL_v4_memory_kv_prereq_result.json",
            "two/live/BFCL_v4_live_simple_result.json",
            "three/BFCL_v3_simple_result.json",
        ):
            write(rows, f"result/{place}")
        write(rows, "score/one/non_live/BFCL_v4_simple_python_score.json")
        return tmp_path / "result"

    @staticmethod
    def found(path: Path) -> list[tuple[str, str]]:
        return [(s.model, s.path.name) for s in find_sources([path]) if isinstance(s, Source) and s.stored]

    def test_a_whole_result_directory_holds_several_models(self, results: Path) -> None:
        assert self.found(results) == [
            ("one", "BFCL_v4_memory_kv_result.json"),
            ("one", "BFCL_v4_simple_python_result.json"),
            ("three", "BFCL_v3_simple_result.json"),
            ("two", "BFCL_v4_live_simple_result.json"),
        ]

    @pytest.mark.parametrize("place", ["two", "two/live", "two/live/BFCL_v4_live_simple_result.json"])
    def test_every_level_of_it_may_be_given(self, results: Path, place: str) -> None:
        assert self.found(results / place) == [("two", "BFCL_v4_live_simple_result.json")]

    def test_the_model_is_known_from_inside_its_folder(self, results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(results / "two" / "live")
        assert self.found(Path()) == [("two", "BFCL_v4_live_simple_result.json")]

    @pytest.mark.parametrize(
        ("place", "reason"),
        [
            ("nowhere", "there is no such file"),
            ("empty", "there is no BFCL_v*_result.json file in this directory"),
            ("score", "it holds official score files"),
            ("score/one/non_live/BFCL_v4_simple_python_score.json", "this is an official score file"),
        ],
    )
    def test_a_path_without_results_is_said(self, results: Path, place: str, reason: str) -> None:
        (results.parent / "empty").mkdir()
        (bad,) = find_sources([results.parent / place])
        assert isinstance(bad, BadRow)
        assert reason in bad.sentence

    def test_files_of_one_name_in_two_folders_are_two_models(self, write: Write, tmp_path: Path) -> None:
        paths = [write([GOOD], name) for name in ("a/preds.jsonl", "b/preds.jsonl", "b/other.jsonl.gz")]
        models = [s.model for s in find_sources(paths) if isinstance(s, Source)]
        assert models == [str(tmp_path / "a/preds"), str(tmp_path / "b/preds"), "other"]


class TestSurvey:
    def test_it_counts_models_and_benchmarks_and_samples_ids(self, write: Write) -> None:
        path = write([GOOD, GOOD | {"model": "m", "benchmark": "bfcl"}, {"id": "b", "output": "", "expected": []}, 3])
        found = survey(find_sources([path]))
        assert found.models == {"preds": 2, "m": 1}
        assert found.benchmarks == {"bfcl": 1}
        assert found.ids == ["simple_python_0", "simple_python_0", "b"]
        assert (found.rows, found.own_cases) == (3, 1)

    @pytest.mark.parametrize(
        ("result", "calling"),
        [
            ([{"f": "{}"}], True),
            ([], True),
            ("f()", False),
            (None, False),
            ([[[{"f": "{}"}], "done"], []], True),
            ([["[f()]", "done"], ["", []]], False),
            ([3, [4], {}], False),
        ],
    )
    def test_a_model_with_a_list_of_calls_is_a_calling_model(self, write: Write, result: Any, calling: bool) -> None:
        path = write([{"id": "a", "result": "text"}, {"id": "b", "result": result}])
        assert survey(find_sources([path])).calling == ({"preds"} if calling else set())
