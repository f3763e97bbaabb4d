"""``starbench show``: one case from the question to the verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from starbench.cli import main

Show = Callable[..., Result]


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Show:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return lambda *arguments: CliRunner().invoke(main, ["show", *arguments])


def write(row: dict[str, Any]) -> str:
    Path("preds.jsonl").write_text(json.dumps(row), encoding="utf-8")
    return "preds.jsonl"


def test_every_section_of_a_wrong_answer(show: Show) -> None:
    done = show("--sample", "sample_nested_1", "--model", "bad")
    assert done.exit_code == 0
    for text in (
        "sample_nested_1 · nested · sample · bad",
        "user: Repair booking for Ines Duarte",
        "book_repair(customer, bicycle, jobs)",
        "answer, read as json",
        "1▸{",
        "1▸ parsed",
        'book_repair.customer.phone: wanted "555-0142", left out',
        '["brakes", "chain"]  (or 2 more)',
        "strict: wrong  argument:value",
        "similarity: 0.8333 (robust)",
    ):
        assert text in done.stdout


def test_every_model_unless_one_is_asked_for(show: Show) -> None:
    done = show("--sample", "sample_simple_0")
    assert "· good" in done.stdout
    assert "· bad" in done.stdout
    assert done.stdout.count("strict: right") == 2


@pytest.mark.parametrize(
    ("id", "text"),
    [
        ("sample_parallel_4", "2▸ malformed: "),
        ("sample_multiple_4", "1▸ truncated"),
        ("sample_optional_6", "the reasoning was opened and never closed"),
        ("sample_abstain_1", "expected: no call"),
        ("sample_any_call_2", "expected: some call of an offered tool"),
        ("sample_reply_1", "expected: the reply '7' or 'seven', and no call"),
        ("sample_reply_2", "(nothing)"),
    ],
)
def test_every_kind_of_case(show: Show, id: str, text: str) -> None:
    assert text in show("--sample", id, "--model", "bad").stdout


def test_a_long_answer_is_cut_unless_asked_for(show: Show) -> None:
    preds = write({"id": "sample_reply_0", "output": "x" * 5000})
    cut, whole = show(preds, "sample_reply_0").stdout, show(preds, "sample_reply_0", "--whole").stdout
    assert "1,000 more characters" in cut
    assert "more characters" not in whole
    assert whole.count("x") > cut.count("x")


def test_a_flood_of_calls_and_a_long_value_are_cut(show: Show) -> None:
    calls = "".join(f"<tool_call>\n{json.dumps({'name': 'f', 'arguments': {'a': i}})}\n</tool_call>" for i in range(99))
    flood = show(write({"id": "sample_simple_0", "output": calls}), "sample_simple_0").stdout
    assert "… and 59 more attempts" in flood
    assert "… and 60 more calls" in flood
    message = {"tool_calls": [{"function": {"name": "renew_loan", "arguments": json.dumps({"card": "x" * 9999})}}]}
    assert "(10,001" in show(write({"id": "sample_simple_0", "message": message}), "sample_simple_0").stdout


def test_a_model_cannot_write_to_the_terminal(show: Show) -> None:
    evil = '\x1b[31m\u202e<tool_call>\n{"name": "\x1b[2J", "arguments": {"a\x07": "\ud800"}}\n</tool_call>'
    done = show(write({"id": "sample_simple_0", "output": evil}), "sample_simple_0")
    assert done.exit_code == 0
    assert not set("\x1b\u202e\x07") & set(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["sample_nested_99"], "no answer to the case 'sample_nested_99' in these files; did you mean 'sample_nested_"),
        (["sample_nested_1", "--model", "x"], "by 'x' in these files; the models here are good, bad"),
    ],
)
def test_an_answer_that_is_not_there(show: Show, arguments: list[str], sentence: str) -> None:
    done = show("--sample", *arguments)
    assert done.exit_code == 1
    assert sentence in done.stderr
