"""Whole runs: scored, gone on with, killed, and against a server that fails."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from run_folders import rows, started
from stub_model_server import said, stub_server

from starbench.benchmarks.base import Benchmark
from starbench.cli import main
from starbench.errors import InputError, StarbenchError
from starbench.predictions import find_sources
from starbench.runner.scores import pass_figures
from starbench.scoring import Run


def told(body: Mapping[str, Any], number: int) -> Any:
    """An answer that depends on the question alone."""
    return said(hashlib.sha256(json.dumps(body["messages"]).encode()).hexdigest())


def test_a_run_is_a_folder(tmp_path: Path) -> None:
    with stub_server(told) as stub:
        finished = started(tmp_path / "r", stub)
    names = {path.name for path in (tmp_path / "r").iterdir()}
    assert names >= {"config.json", "environment.json", "outputs.jsonl", "scores.jsonl", "summary.json", "log.txt"}
    written = rows(tmp_path / "r")
    assert len(written) == len(stub.bodies) == finished.summary["run"]["answered"]
    assert {"id", "sample", "model", "message", "input_tokens", "output_tokens", "seconds", "finish"} <= set(written[0])
    assert finished.summary["models"]["m"]["total"]["n"] == len(written)
    assert json.loads((tmp_path / "r" / "summary.json").read_text()) == finished.summary
    assert stub.bodies[0]["tools"][0]["type"] == "function"


def test_replayed_answers_have_their_scores(tmp_path: Path) -> None:
    import starbench

    good = Path(starbench.__file__).parent / "data" / "sample" / "good.jsonl"
    finished = started(tmp_path / "r", **{"model.name": str(good), "model.backend": "replay"})
    scored = Run.plan(find_sources([good]))
    list(scored)
    total = finished.summary["models"]["good.jsonl"]["total"]
    assert total == scored.summary()["models"]["good"]["total"]
    assert total["n"] == total["cases"] > 0


def test_a_finished_run_asks_nothing(tmp_path: Path) -> None:
    with stub_server(told) as stub:
        first = started(tmp_path / "r", stub)
        asked = len(stub.bodies)
        second = started(tmp_path / "r", stub)
        assert len(stub.bodies) == asked
    assert first.summary == second.summary


def test_more_cases_and_samples_are_added(tmp_path: Path) -> None:
    with stub_server(told) as stub:
        started(tmp_path / "r", stub, cases__limit=1)
        few = len(stub.bodies)
        finished = started(tmp_path / "r", stub, samples=3)
    keys = Counter((row["id"], row["sample"]) for row in rows(tmp_path / "r"))
    assert few < len(keys)
    assert set(keys.values()) == {1}
    assert set(finished.summary["models"]) == {"m", "m#2", "m#3"}
    assert finished.summary["samples"]["all"]["cases"] == len(keys) / 3


def test_a_torn_line_is_asked_again(tmp_path: Path) -> None:
    with stub_server(told) as stub:
        started(tmp_path / "r", stub)
        whole = rows(tmp_path / "r")
        path = tmp_path / "r" / "outputs.jsonl"
        path.write_bytes(path.read_bytes()[:-20])
        asked = len(stub.bodies)
        started(tmp_path / "r", stub)
        assert len(stub.bodies) == asked + 1
    assert {row["id"] for row in rows(tmp_path / "r")} == {row["id"] for row in whole}


def test_other_settings_need_another_folder(tmp_path: Path) -> None:
    with stub_server(told) as stub:
        started(tmp_path / "r", stub)
        with pytest.raises(InputError, match=r"sampling\.temperature: 0\.0 there, 0\.7 now"):
            started(tmp_path / "r", stub, sampling__temperature=0.7)
        finished = started(tmp_path / "r", stub, sampling__temperature=0.7, fresh=True)
    assert len(rows(tmp_path / "r")) == finished.summary["run"]["asked"]


def test_the_cache_answers_for_other_folders(tmp_path: Path) -> None:
    with stub_server(told) as stub:
        started(tmp_path / "a", stub, cache=str(tmp_path / "c"))
        asked = len(stub.bodies)
        started(tmp_path / "b", stub, cache=str(tmp_path / "c"))
        assert len(stub.bodies) == asked
    assert sorted(map(answer, rows(tmp_path / "a"))) == sorted(map(answer, rows(tmp_path / "b")))


def answer(row: Mapping[str, Any]) -> tuple[str, int, str]:
    return row["id"], row["sample"], json.dumps(row["message"])


def test_failures_are_shown_and_not_scored(tmp_path: Path) -> None:
    with stub_server(lambda body, n: 503 if n % 2 else told(body, n)) as stub:
        finished = started(tmp_path / "r", stub, **{"model.options.tries": 1})
        failed = [row for row in rows(tmp_path / "r") if "error" in row]
        assert failed
        assert failed[0]["error"] == {"family": "infrastructure", "message": "the server answers 503 (1 tries)"}
        assert "withheld" in finished.summary["run"]["withheld"]
        model = finished.summary["models"]["m"]
        assert all(value is None for value in model["overall"].values())
        assert model["total"]["n"] == len(rows(tmp_path / "r")) - len(failed)
    with stub_server(told) as stub:
        finished = started(tmp_path / "r", stub)
        assert len(stub.bodies) == len(failed)
    assert finished.summary["run"]["withheld"] is None
    assert finished.summary["run"]["failed"] == 0


def test_nothing_answered_is_a_run_too(tmp_path: Path) -> None:
    with stub_server(lambda body, n: 400) as stub:
        finished = started(tmp_path / "r", stub)
    assert finished.summary["models"] == {}
    assert finished.summary["run"]["answered"] == 0


def test_a_flaky_server(tmp_path: Path, bfcl: Benchmark) -> None:
    """10 % answer 500, 5 % hang, 5 % break off: every case is answered in the end, none twice."""
    luck = random.Random(7)

    def behave(body: Mapping[str, Any], number: int) -> Any:
        draw = luck.random()
        return 500 if draw < 0.1 else "hang" if draw < 0.15 else "torn" if draw < 0.2 else told(body, number)

    with stub_server(behave) as stub:
        finished = started(tmp_path / "r", stub, cases__benchmark="bfcl", cases__categories="irrelevance")
    assert finished.summary["run"]["answered"] == 240
    assert len(rows(tmp_path / "r")) == 240
    assert len(stub.bodies) > 260


def test_killed_five_times(tmp_path: Path, bfcl: Benchmark) -> None:
    """Killed at five random moments and then let run, the answers are those of a run that was left alone."""
    luck = random.Random(3)
    with stub_server(told, delay=0.15) as stub:
        flags = ["--url", stub.url, "--model", "m", "--category", "simple_python", "--limit", "150", "--set"]
        command = [sys.executable, "-m", "starbench", "run", *flags, "model.options.concurrency=8", "--out"]
        killed = 0
        while killed < 5:
            process = subprocess.Popen([*command, str(tmp_path / "killed")], stderr=subprocess.DEVNULL)
            before = len(stub.bodies)
            while len(stub.bodies) < before + luck.randint(5, 20) and process.poll() is None:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            assert process.wait() == -signal.SIGKILL
            killed += 1
        for name in ("killed", "whole"):
            subprocess.run([*command, str(tmp_path / name)], check=True, capture_output=True)
    got, wanted = (sorted(map(answer, rows(tmp_path / name))) for name in ("killed", "whole"))
    assert got == wanted
    assert len(wanted) == 150


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    (tmp_path / "r").mkdir()
    with (tmp_path / "r" / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(InputError, match="another process is running"):
            started(tmp_path / "r", **{"model.options.url": "http://127.0.0.1:1/v1"})


def test_official_result_files(tmp_path: Path, bfcl: Benchmark) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "math_gcd", "arguments": '{"a": 12}'}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    with stub_server(lambda body, n: message) as stub:
        finished = started(
            tmp_path / "r",
            stub,
            cases__benchmark="bfcl",
            cases__ids=["simple_python_1", "live_simple_0-0-0"],
            layout=True,
        )
    assert finished.layout is not None
    files = sorted(finished.layout.rglob("*.json"))
    assert [str(file.relative_to(finished.layout)) for file in files] == [
        "m/live/BFCL_v4_live_simple_result.json",
        "m/non_live/BFCL_v4_simple_python_result.json",
    ]
    row = json.loads(files[1].read_text())
    assert (row["id"], row["result"]) == ("simple_python_1", [{"math_gcd": '{"a": 12}'}])
    assert (row["input_token_count"], row["output_token_count"]) == (7, 3)


def test_prompted_answers_are_read_as_prompted(tmp_path: Path, bfcl: Benchmark) -> None:
    def behave(body: Mapping[str, Any], number: int) -> Any:
        assert "tools" not in body
        assert body["messages"][0]["role"] == "system"
        return said("[calculate_triangle_area(base=10, height=5)]")

    with stub_server(behave) as stub:
        finished = started(tmp_path / "r", stub, cases__benchmark="bfcl", cases__ids="simple_python_0", mode="prompt")
    assert finished.summary["models"]["m"]["total"]["accuracy"] == 1.0
    assert rows(tmp_path / "r")[0]["dialect"] == "bfcl-prompt"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"mode": "prompt"}, "has no prompts of its own"),
        ({"cases.ids": ["nobody"]}, "nobody"),
        ({"layout": True}, "only BFCL has official result files"),
        ({"cases.benchmark": "bfcl", "cases.ids": ["web_search_base_0"]}, "put a key of serpapi.com into NO_SUCH_KEY"),
        (
            {"cases.benchmark": "bfcl", "cases.categories": ["format_sensitivity"]},
            "varies the prompt; give --mode prompt",
        ),
        ({"cases.benchmark": "bfcl", "cases.language": "zh"}, "language"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, bfcl: Benchmark, changes: dict[str, Any], sentence: str) -> None:
    with stub_server(told) as stub, pytest.raises(StarbenchError, match=sentence):
        started(tmp_path / "r", stub, **changes)


def test_pass_figures_by_hand() -> None:
    figures = pass_figures([4, 2, 0], 4)
    assert figures["cases"] == 3
    assert figures["pass@1"] == pytest.approx(0.5)
    assert figures["pass@2"] == pytest.approx((1 + 5 / 6 + 0) / 3)
    assert figures["pass@4"] == pytest.approx(2 / 3)
    assert figures["pass^2"] == pytest.approx((1 + 1 / 6 + 0) / 3)
    assert figures["pass^4"] == pytest.approx(1 / 3)
    assert pass_figures([], 4) == {"cases": 0}


def test_the_command(tmp_path: Path) -> None:
    with stub_server(told) as stub:
        flags = ["run", "--url", stub.url, "--model", "m", "--benchmark", "sample", "--samples", "2"]
        done = CliRunner().invoke(main, [*flags, "--out", str(tmp_path / "r")])
    assert done.exit_code == 0, done.output
    assert "answered" in done.output
    assert "pass@2" in done.output
    with stub_server(lambda body, n: 400) as stub:
        flags = ["run", "--url", stub.url, "--model", "m", "--benchmark", "sample", "--out", str(tmp_path / "s")]
        failed = CliRunner().invoke(main, flags)
    assert failed.exit_code == 1
    assert "overall figures are withheld" in failed.output
    wrong = CliRunner().invoke(main, ["run", "--set", "x"])
    assert wrong.exit_code == 2


def test_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERPAPI_API_KEY", raising=False)
    done = CliRunner().invoke(main, ["doctor"])
    assert done.exit_code == 0
    assert "backend replay" in done.output
    assert "data bfcl" in done.output
    assert "bfcl memory_rec_sum    can be asked" in done.output
    assert "put a key of serpapi.com into SERPAPI_API_KEY" in done.output


def test_what_was_not_asked_is_said(tmp_path: Path, bfcl: Benchmark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERPAPI_API_KEY", raising=False)
    few = list(bfcl.cases("irrelevance"))[:2]
    monkeypatch.setattr(type(bfcl), "cases", lambda self, category=None: iter(few))
    with stub_server(told) as stub:
        flags = ["run", "--url", stub.url, "--model", "m", "--out", str(tmp_path / "r"), "--user", "u"]
        done = CliRunner().invoke(main, flags)
    assert done.exit_code == 0, done.output
    assert "not asked: web_search_base, web_search_no_snippet; it needs a search engine" in done.output
    summary = json.loads((tmp_path / "r" / "summary.json").read_text())
    assert set(summary["run"]["not_asked"]) >= {"web_search_base", "web_search_no_snippet"}
    assert "format_sensitivity" not in summary["run"]["not_asked"]
