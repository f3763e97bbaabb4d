"""A run that is broken off goes on where it was; BFCL's leaderboard files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bfcl_conversations as bfcl
import pytest
from click.testing import CliRunner, Result

from starbench.cli import main
from starbench.scoring.grading import Grader

ROWS = [{"id": f"sample_simple_{n}", "output": "", "model": "m"} for n in range(10)]
Score = Callable[..., Result]


@pytest.fixture
def score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Score:
    """Run the command in an empty folder in which preds.jsonl holds the rows of the sample."""
    monkeypatch.chdir(tmp_path)
    Path("preds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["score", "preds.jsonl", "--out", "out", *arguments])

    return run


def broken_off(score: Score, monkeypatch: pytest.MonkeyPatch, after: int) -> list[str]:
    """Start a run that fails when ``after`` answers are judged; the files it leaves."""
    judged = Grader.__call__
    count = iter(range(1000))

    def judge(self: Grader, prediction: Any) -> Any:
        if next(count) == after:
            raise KeyboardInterrupt
        return judged(self, prediction)

    with monkeypatch.context() as patch:
        patch.setattr(Grader, "__call__", judge)
        assert score().exit_code != 0
    return sorted(path.name for path in Path("out").iterdir())


def whole(score: Score) -> bytes:
    """The lines of a run that nothing breaks off."""
    assert score("--out", "whole").exit_code == 0
    return Path("whole/scores.jsonl").read_bytes()


def test_a_broken_off_run_judges_only_the_rest(score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    (left,) = broken_off(score, monkeypatch, after=6)
    assert left.startswith(".scores-")
    calls = []
    judged = Grader.__call__
    monkeypatch.setattr(Grader, "__call__", lambda self, p: calls.append(p.id) or judged(self, p))
    done = score("--json")
    assert "going on behind 6 answers that were judged before" in done.stderr
    assert calls == [row["id"] for row in ROWS[6:]]
    assert json.loads(done.stdout)["models"]["m"]["total"]["n"] == 10
    assert sorted(path.name for path in Path("out").iterdir()) == ["scores.jsonl", "summary.json"]
    assert Path("out/scores.jsonl").read_bytes() == whole(score)


def test_a_torn_last_line_is_judged_again(score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    (left,) = broken_off(score, monkeypatch, after=6)
    part = Path("out") / left
    part.write_bytes(part.read_bytes()[:-20])
    assert "going on behind 5 answers" in score().stderr
    assert Path("out/scores.jsonl").read_bytes() == whole(score)


@pytest.mark.parametrize("change", ["--profile=star", "--dialect=plain", "--no-explain", "rows"])
def test_another_run_does_not_go_on(score: Score, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    broken_off(score, monkeypatch, after=6)
    if change == "rows":
        Path("preds.jsonl").write_text(json.dumps(ROWS[0]) + "\n", encoding="utf-8")
    done = score(*([change] if change != "rows" else []))
    assert "going on" not in done.stderr
    assert sorted(path.name for path in Path("out").iterdir()) == ["scores.jsonl", "summary.json"]


def test_unusable_rows_are_said_again(score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [ROWS[0], {"id": "nothing"}, ROWS[0], {"id": "sample_simple_99", "output": ""}, *ROWS[1:]]
    Path("preds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    broken_off(score, monkeypatch, after=6)
    done = score()
    assert done.exit_code == 1
    assert "going on behind 6" in done.stderr
    for number, reason in ((2, "it has no answer"), (3, "answered before"), (4, "there is no case")):
        assert f"preds.jsonl, row {number}: " in done.stderr
        assert reason in done.stderr
    assert len(Path("out/scores.jsonl").read_bytes().splitlines()) == 10


def test_a_finished_run_starts_afresh(score: Score) -> None:
    assert score().exit_code == 0
    assert "going on" not in score().stderr


def test_two_runs_do_not_write_the_same_file(score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl")
    (left,) = broken_off(score, monkeypatch, after=3)
    with (Path("out") / left).open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = score()
    assert done.exit_code == 1
    assert "another run is writing" in done.output


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system has no SIGKILL")
def test_a_killed_command_goes_on(tmp_path: Path) -> None:
    rows = [{"id": f"sample_simple_{n % 10}", "output": "", "model": f"m{n // 10}"} for n in range(10_000)]
    (tmp_path / "preds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [sys.executable, "-m", "starbench", "score", "preds.jsonl", "--out", "out", "--jobs", "2", "--json"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        while process.poll() is None and not any(p.stat().st_size for p in (tmp_path / "out").glob(".scores-*.part")):
            time.sleep(0.001)
        os.killpg(process.pid, signal.SIGKILL)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "going on behind" in done.stderr
    assert len((tmp_path / "out" / "scores.jsonl").read_bytes().splitlines()) == len(rows)
    assert len(json.loads(done.stdout)["models"]) == 1000


def test_the_leaderboard_files_of_a_run(score: Score) -> None:
    result = Path("result/my-model/multi_turn")
    result.mkdir(parents=True)
    with (result / "BFCL_v4_multi_turn_base_result.json").open("w", encoding="utf-8") as file:
        for number, entry in enumerate(list(bfcl.entries("multi_turn_base").values())[:4]):
            answer = bfcl.as_rows(bfcl.gold(entry)) if number else "Error during inference: timeout"
            file.write(json.dumps({"id": entry["id"], "result": answer, "latency": [[1.0, 2.0], [3.0]]}) + "\n")
    done = CliRunner().invoke(main, ["score", "result", "--bfcl-csv", "csv"])
    assert done.exit_code == 0, done.output
    assert "written: csv/data_overall.csv and its sections" in done.stderr
    header, row = (line.split(",") for line in Path("csv/data_overall.csv").read_text(encoding="utf-8").split("\n"))
    cells = dict(zip(header, row, strict=True))
    assert (cells["Model"], cells["Multi Turn Base"], cells["Multi Turn Acc"]) == ("my-model", "75.00%", "18.75%")
    assert (cells["Latency Mean (s)"], cells["Total Cost ($)"]) == ("2.0", "0.0")
    assert len(list(Path("csv").iterdir())) == 6


def test_the_leaderboard_files_are_of_bfcl_only(score: Score) -> None:
    done = score("--bfcl-csv", "csv")
    assert done.exit_code == 1
    assert "these are answers to sample" in done.output
    assert not Path("csv").exists()
