"""The star profile against the reward released with the paper (arXiv 2602.03022), on recorded rows."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from starbench.reward import Reward, SimReward

pytestmark = pytest.mark.conformance
STAR, ROBUST = SimReward("star"), SimReward()


def rows(shared: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(shared / "golden" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def single(value: float) -> float:
    """The value in single precision, in which the release keeps it."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


def scored(reward: SimReward, table: list[dict[str, Any]]) -> list[Reward]:
    columns = ([row[key] for row in table] for key in ("completion", "label", "prompt"))
    completions, labels, prompts = columns
    return reward.batch(completions, labels, None, prompts)


def test_realistic_answers(shared: Path) -> None:
    table = rows(shared, "simrl_rewards")
    assert len(table) == 1024
    for row, found in zip(table, scored(STAR, table), strict=True):
        assert single(found.value) == row["reward"]
        assert 2 * found.parts["format"] - 1 == row["format"]
        assert single(found.parts["calls"] + found.parts["reply"]) == row["answer"]


def test_edge_cases(shared: Path) -> None:
    table = rows(shared, "simrl_edge_cases")
    assert len(table) == 139
    for row, found in zip(table, scored(STAR, table), strict=True):
        if row.get("crash"):
            assert (found.value, found.code) in {(-1.0, "official:crash"), (-1.0, "prompt:unreadable")}, row["case"]
        else:  # recorded with four digits
            assert found.value == pytest.approx(row["reward"], abs=5.1e-5), row["case"]


def test_robust_scores_every_label_as_right(shared: Path) -> None:
    table = rows(shared, "simrl_rewards")
    answers = [{**row, "completion": f"because{row['label']}"} for row in table]
    assert {found.value for found in scored(ROBUST, answers)} == {1.0}
