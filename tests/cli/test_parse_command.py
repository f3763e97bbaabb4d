"""``starbench parse`` and ``starbench dialects``: what people and machines see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from starbench.cli import main
from starbench.dialects import dialect_names

CALL = '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>'
BROKEN = "<tool_call>{add}</tool_call>"


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=text)


def test_one_answer_is_read_from_standard_input() -> None:
    result = run("parse", "-", text=CALL)
    assert result.exit_code == 0
    assert "hermes, 1 calls, 0 failed attempts" in result.output
    assert 'add({"a": 1})' in result.output


def test_explain_shows_why_and_where() -> None:
    result = run("parse", "-", "--explain", text=f"<think>hm</think> Sure. {CALL} {BROKEN}")
    assert result.exit_code == 0
    for part in ("'<tool_call>' at character", "candidate json", "reasoning: [7:9], 2 characters, complete",
                 "1. parsed", "2. malformed", "invalid JSON", "reply: Sure.", "⟦1 <tool_call>", "⟦2 <"):  # fmt: skip
        assert part in result.output


def test_rows_are_read_one_by_one_and_bad_ones_are_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    rows = [
        json.dumps({"id": "a", "output": CALL}),
        "not JSON",
        json.dumps({"result": [{"add": '{"a": 1}'}]}),
        json.dumps({"output": "[add(1)]", "tools": [{"name": "add", "parameters": {"properties": {"a": {}}}}]}),
        json.dumps({"output": "x", "dialect": "hermis"}),
        json.dumps({"output": "x", "tools": 5}),
    ]
    file.write_text("\n".join(rows), encoding="utf-8")
    result = run("parse", str(file), "--json")
    assert result.exit_code == 1
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["row"] for row in shown] == ["row 1 (a)", "row 3", "row 4"]
    assert [row["dialect"] for row in shown] == ["hermes", "bfcl-fc", "pythonic"]
    assert all(row["attempts"][0]["arguments"] == {"a": 1} for row in shown)
    assert shown[2]["attempts"][0]["repairs"] == ["positional argument 1 read as 'a'"]
    assert "row 2: not a JSON object" in result.stderr
    assert "did you mean 'hermes'?" in result.stderr
    assert "row 6: " in result.stderr


def test_tools_and_repairs_are_options(tmp_path: Path) -> None:
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps([{"name": "add", "parameters": {"properties": {"a": {"type": "integer"}}}}]))
    assert "parsed" in run("parse", "-", "--tools", str(tools), text="[add(1)]").output
    assert "malformed" in run("parse", "-", text="[add(1)]").output
    single = "<tool_call>{'name': 'add', 'arguments': {}}</tool_call>"
    assert "malformed" in run("parse", "-", text=single).output
    assert "read as a Python literal" in run("parse", "-", "--repair", text=single).output


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(None, "cannot be read"), (b"\xff\xfe\x00", "is no UTF-8 text")],
)
def test_files_that_cannot_be_used_are_sentences(tmp_path: Path, content: bytes | None, sentence: str) -> None:
    file = tmp_path / "answer"
    if content is not None:
        file.write_bytes(content)
    result = run("parse", str(file))
    assert result.exit_code == 1
    assert sentence in result.output


def test_tools_that_are_no_json_are_a_sentence(tmp_path: Path) -> None:
    tools = tmp_path / "tools.json"
    tools.write_text("{")
    result = run("parse", "-", "--tools", str(tools), text="x")
    assert result.exit_code == 1
    assert "is no JSON" in result.output


def test_an_unknown_option_ends_with_2() -> None:
    assert run("parse", "-", "--dialekt", text="x").exit_code == 2


def test_dialects_are_listed_and_shown() -> None:
    listed = run("dialects").output
    assert all(name in listed for name in dialect_names())
    assert run("dialects", "--example", "hermes").output.count("<tool_call>") == 2
    assert '"tool_calls"' in run("dialects", "--example", "message.openai").output
    assert run("dialects", "--example", "hermis").exit_code == 1
