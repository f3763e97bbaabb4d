"""Result files are whole or absent, and every line of them is valid JSON in UTF-8."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from starbench.errors import InputError
from starbench.scoring import json_line, written_whole


def test_a_file_takes_its_name_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "new" / "scores.jsonl"
    with written_whole(path) as out:
        out.write(b"a line\n")
        assert not path.exists()
    assert path.read_bytes() == b"a line\n"
    assert [p.name for p in path.parent.iterdir()] == ["scores.jsonl"]


def test_what_was_there_stays_if_the_run_ends_early(tmp_path: Path) -> None:
    path = tmp_path / "scores.jsonl"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), written_whole(path) as out:
        out.write(b"half")
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8") == "before"
    assert [p.name for p in tmp_path.iterdir()] == ["scores.jsonl"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"), written_whole(tmp_path / "file" / "scores.jsonl"):
        pass


ODD: list[tuple[Any, Any]] = [
    (math.nan, "nan"),
    (-math.inf, "-inf"),
    ((1, 2), [1, 2]),
    ({1: "a", None: "b"}, {"1": "a", "None": "b"}),
    (..., "Ellipsis"),
    (2 + 1j, "(2+1j)"),
    (10**5000, "<int>"),
    ("\ud800", "\ud800"),
]


@pytest.mark.parametrize(("value", "written"), ODD, ids=[str(written) for _, written in ODD])
def test_values_without_json_form_become_text(value: Any, written: Any) -> None:
    line = json_line({"x": [value, math.nan]})
    assert json.loads(line)["x"][0] == written


def test_what_lies_too_deep_becomes_text() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert json.loads(json_line({"x": deep}))["x"]


def test_a_value_that_holds_itself_becomes_text() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert json.loads(json_line({"x": endless}))["x"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.characters(categories=["Cs"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=3))
def test_every_line_is_valid_json_in_utf_8(value: dict[str, Any]) -> None:
    line = json_line(value)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    json.loads(line.decode("utf-8"), parse_constant=pytest.fail)
