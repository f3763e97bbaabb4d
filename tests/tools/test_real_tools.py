"""Every tool of BFCL, ACEBench, xLAM and ToolRL becomes a valid JSON Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from starbench.tools import read_tool

if TYPE_CHECKING:
    from starbench.benchmarks.base import Benchmark

TOOLRL = re.compile(
    r"^\d+\. Name: (?P<name>.*)\nDescription: [\s\S]*?\nParameters: (?P<parameters>\{.*\})$", re.MULTILINE
)


def rows(path: Path) -> Iterator[Any]:
    """The rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def assert_all_valid(definitions: list[Any], at_least: int) -> None:
    assert len(definitions) >= at_least
    seen = set()
    for definition in definitions:
        tool = read_tool(definition)
        text = json.dumps(tool.parameters)
        if text not in seen:
            seen.add(text)
            Draft202012Validator.check_schema(dict(tool.parameters))
            assert tool.parameters["type"] == "object", tool.name


def test_bfcl(bfcl: Benchmark) -> None:
    assert_all_valid([tool for case in bfcl.cases() for tool in case.source.get("function", [])], at_least=8_000)


def test_acebench(shared: Path) -> None:
    files = sorted((shared / "data" / "acebench" / "data_all").glob("data_*/*.json"))
    assert_all_valid([tool for file in files for row in rows(file) for tool in row["function"]], at_least=7_500)


def test_xlam(shared: Path) -> None:
    assert_all_valid(
        [tool for row in rows(shared / "data" / "xlam_1024.jsonl") for tool in row["tools"]], at_least=2_900
    )


def test_toolrl(shared: Path) -> None:
    listed = json.loads((shared / "data" / "rlla_sft_400.json").read_text(encoding="utf-8"))
    found = [tool.groupdict() for row in listed for tool in TOOLRL.finditer(row["instruction"])]
    assert_all_valid(found, at_least=1_200)
