"""The pool with a scorer of the test's own making, which sleeps, dies and stammers when told to."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from starbench.errors import InputError
from starbench.reward import Reward
from starbench.server.pool import Pool, Problem
from starbench.server.settings import Settings

PROGRAM = """
import json, os, pathlib, sys, time

print(json.dumps({"ready": ["a", "b"]}), flush=True)
for line in sys.stdin:
    for row in json.loads(line):
        if row == "sleep":
            time.sleep(600)
        once = pathlib.Path(row[5:]) if str(row).startswith("once ") else None
        if row == "die" or (once and not once.exists()):
            if once:
                once.touch()
            print('{"value": 0.001, "co', end="", flush=True)  # half a line is no answer
            os._exit(3)
        if once:
            row = 500
        if row == "problem":
            answer = {"problem": "no gold"}
        elif row == "error":
            answer = {"value": None, "code": "infra:error"}
        else:
            answer = {"value": row / 1000, "code": None, "parts": {"a": 1.0, "b": row / 1000}}
        print(json.dumps(answer), flush=True)
"""


def answers(folder: Path, rows: list[object], workers: int = 2, seconds: float = 1.0) -> tuple[list[object], list[str]]:
    """What a pool of such scorers answers to the rows, and which losses it told of."""
    program = folder / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    lost: list[str] = []

    async def run() -> list[object]:
        pool = Pool(Settings(workers=workers, sample_seconds=seconds), lost.append, [str(program)])
        await pool.open()
        try:
            return [*await asyncio.wait_for(pool.score([json.dumps(row) for row in rows]), 60)]
        finally:
            await asyncio.wait_for(pool.close(), 60)

    return asyncio.run(run()), lost


def number(n: int) -> Reward:
    return Reward(value=n / 1000, parts={"a": 1.0, "b": n / 1000}, code=None)


def failure(code: str) -> Reward:
    return Reward(value=-1.0, parts={"a": 0.0, "b": 0.0}, code=code)


def test_every_sample_is_answered_in_order(tmp_path: Path) -> None:
    got, lost = answers(tmp_path, [*range(1000)], workers=3)
    assert got == [number(n) for n in range(1000)]
    assert lost == []


def test_one_that_hangs_costs_only_itself(tmp_path: Path) -> None:
    rows: list[object] = [*range(100)]
    rows[10] = rows[90] = "sleep"
    got, lost = answers(tmp_path, rows, workers=1)
    assert [got[10], got[90]] == [failure("infra:timeout")] * 2
    assert [got[n] for n in range(100) if n not in (10, 90)] == [number(n) for n in range(100) if n not in (10, 90)]
    assert lost == ["timeout", "timeout"]


def test_one_that_kills_its_process_is_given_up_after_three(tmp_path: Path) -> None:
    rows: list[object] = [1, "die", 2, 3]
    got, lost = answers(tmp_path, rows)
    assert got == [number(1), failure("infra:error"), number(2), number(3)]
    assert lost == ["died"] * 3


def test_a_pool_closes_while_a_scorer_is_being_replaced(tmp_path: Path) -> None:
    for _ in range(12):  # what two events in one turn of the loop do to each other shows in some of these only
        got, _lost = answers(tmp_path, ["die"], workers=1)
        assert got == [failure("infra:error")]


def test_one_whose_process_died_by_accident_is_answered_after_all(tmp_path: Path) -> None:
    got, lost = answers(tmp_path, [1, f"once {tmp_path / 'died'}", 2], workers=1)
    assert got == [number(1), number(500), number(2)]
    assert lost == ["died"]


def test_problems_and_errors_of_ours_are_told_apart(tmp_path: Path) -> None:
    got, lost = answers(tmp_path, [1, "problem", 2, "error", 3], workers=1)
    assert got == [number(1), Problem("no gold"), number(2), failure("infra:error"), number(3)]
    assert lost == []


def test_a_program_that_does_not_start_is_an_error_for_people(tmp_path: Path) -> None:
    async def run() -> None:
        await Pool(Settings(workers=1), program=["-c", "raise SystemExit(3)"]).open()

    with pytest.raises(InputError, match="before it was ready"):
        asyncio.run(run())
