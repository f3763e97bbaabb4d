"""Multi-turn verdicts and CSV cells against those of the official code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bfcl_conversations as bfcl
import pytest

from starbench.benchmarks.bfcl.multi_turn import conversation_verdict
from starbench.benchmarks.bfcl.official_csv import Leaderboard

pytestmark = pytest.mark.conformance

RUN = "openai_gpt-oss-120b"
UNKNOWN_HERE = {"Model", "Model Link", "Organization", "License"}
OF_LONG_CONTEXT = {"Long Context", "Multi Turn Long Context", "Multi Turn Overall Acc", "Multi Turn Acc", "Overall Acc"}
"""Columns of what the golden run's missing result file is part of; latencies are, too."""


@pytest.fixture(scope="module")
def run(shared: Path) -> Path:
    return shared / "golden" / "bfcl_run"


def lines(path: Path) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def failures(run: Path, file: str) -> dict[str, str | None]:
    score = run / "score" / RUN / file.replace("_result.", "_score.")
    return {row["id"]: row["error_type"] for row in lines(score) if "id" in row}


@pytest.mark.parametrize("category", bfcl.CATEGORIES[:3])
def test_the_golden_run_has_the_official_verdicts(run: Path, category: str) -> None:
    file = f"multi_turn/BFCL_v4_{category}_result.json"
    wanted = failures(run, file)
    rows = lines(run / "result" / RUN / file)
    got = {}
    for row in rows:
        entry = bfcl.entry(row["id"])
        verdict = conversation_verdict(bfcl.sources(), entry, row["result"], "bfcl-fc", bfcl.tools(entry))
        if not verdict.valid:
            got[row["id"]] = verdict.error
    assert len(rows) == 200
    assert got == wanted


@pytest.mark.parametrize("category", bfcl.CATEGORIES)
@pytest.mark.parametrize("written", [bfcl.as_rows, bfcl.as_text])
def test_every_answer_passes_for_itself(category: str, written: Any) -> None:
    failed = []
    for entry in bfcl.entries(category).values():
        result = written(bfcl.gold(entry))
        verdict = conversation_verdict(bfcl.sources(), entry, result, "auto", bfcl.tools(entry))
        if not verdict.valid or verdict.similarity != 1.0:
            failed.append((entry["id"], verdict.error, verdict.message))
    assert len(bfcl.entries(category)) == 200
    assert not failed


def test_the_csv_cells_are_the_official_ones(run: Path) -> None:
    board = Leaderboard()
    for path in sorted((run / "result" / RUN).rglob("*_result.json")):
        category = path.name.removeprefix("BFCL_v4_").removesuffix("_result.json")
        wrong = failures(run, str(path.relative_to(run / "result" / RUN)))
        for row in lines(path):
            board.count(RUN, row["id"], category, row["id"] not in wrong)
    for name, text in board.files().items():
        official = [line.split(",") for line in (run / "score" / name).read_text(encoding="utf-8").split("\n")]
        ours = [line.split(",") for line in text.split("\n")]
        assert ours[0] == official[0]
        different = {column for column, a, b in zip(*official, ours[1], strict=True) if a != b}
        latency = {column for column in official[0] if "Latency" in column or "Cost" in column}
        assert different <= UNKNOWN_HERE | OF_LONG_CONTEXT | latency, name
