"""The dialect of stored results: one a model, told by all its rows together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from starbench.predictions import find_sources, survey
from starbench.scoring.stored import stored_dialects

CALLS = [{"f": "{}"}]
HERMES = '<tool_call>\n{"name": "f", "arguments": {}}\n</tool_call>'


@pytest.mark.parametrize(
    ("results", "dialect", "why"),
    [
        ([CALLS, "I cannot do that.", "No."], "bfcl-fc", "lists of calls"),
        (["No.", []], "bfcl-fc", "lists of calls"),
        (["[f(a=1)]", "I cannot do that."], "bfcl-prompt", "texts"),
        ([HERMES, HERMES, "I cannot do that."], "hermes", "marks"),
        ([HERMES, "[f(a=1)]", "[f(a=1)]"], "bfcl-prompt", "texts"),
    ],
)
def test_a_model_has_one_dialect(tmp_path: Path, results: list[Any], dialect: str, why: str) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text("".join(json.dumps({"id": "a", "result": r}) + "\n" for r in results), encoding="utf-8")
    found = survey(find_sources([path]))
    known = stored_dialects("bfcl", found)["m"]
    assert known.dialect == dialect
    assert why in known.why
    assert stored_dialects("custom", found) == {}


def test_a_model_with_outputs_only_has_none(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(json.dumps({"id": "a", "output": HERMES}), encoding="utf-8")
    assert stored_dialects("bfcl", survey(find_sources([path]))) == {}
