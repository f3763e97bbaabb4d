"""Every tool of BFCL, ACEBench, xLAM and ToolRL becomes a valid JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from starbench import store
from starbench.errors import DataUnavailableError
from starbench.tools import read_tool

TOOLRL = re.compile(
    r"^\d+\. Name: (?P<name>.*)\nDescription: [\s\S]*?\nParameters: (?P<parameters>\{.*\})$", re.MULTILINE
)

TEXTS = re.compile(r'"(description|default)": "(?:[^"\\]|\\.)*"')


def rows(text: str) -> Iterator[Any]:
    """The values of JSON lines."""
    yield from (json.loads(line) for line in text.splitlines() if line.strip())


def assert_all_valid(definitions: list[Any], at_least: int) -> None:
    """Each schema is valid: the outer one without its arguments, and each argument; equal ones are checked once."""
    assert len(definitions) >= at_least
    seen = set()
    for definition in definitions:
        tool = read_tool(definition)
        assert tool.parameters["type"] == "object", tool.name
        for part in [{**tool.parameters, "properties": {}}, *tool.parameters["properties"].values()]:
            shape = TEXTS.sub(r"\1", json.dumps(part))
            if shape not in seen:
                seen.add(shape)
                Draft202012Validator.check_schema(part)


def test_bfcl() -> None:
    try:
        folder = store.obtain("bfcl")
    except DataUnavailableError as error:
        pytest.skip(f"BFCL's data cannot be had: {error}")
    definitions: list[Any] = []
    for file in folder.dataset.files:
        if file.startswith("data/multi_turn_func_doc/"):
            definitions += rows(folder.read(file).decode())
        elif re.match(r"data/BFCL_v4_(?!format_sensitivity)", file):
            definitions += (tool for row in rows(folder.read(file).decode()) for tool in row.get("function", []))
    assert_all_valid(definitions, at_least=8_800)


def test_acebench(shared: Path) -> None:
    files = sorted((shared / "data" / "acebench" / "data_all").glob("data_*/*.json"))
    entries = (row for file in files for row in rows(file.read_text(encoding="utf-8")))
    assert_all_valid([tool for row in entries for tool in row["function"]], at_least=7_500)


def test_xlam(shared: Path) -> None:
    text = (shared / "data" / "xlam_1024.jsonl").read_text(encoding="utf-8")
    assert_all_valid([tool for row in rows(text) for tool in row["tools"]], at_least=2_900)


def test_toolrl(shared: Path) -> None:
    listed = json.loads((shared / "data" / "rlla_sft_400.json").read_text(encoding="utf-8"))
    found = [tool.groupdict() for row in listed for tool in TOOLRL.finditer(row["instruction"])]
    assert_all_valid(found, at_least=1_200)
