"""What the server does when processes die: scorers that are killed, a stop in mid-work, a front that is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from local_server import LocalServer, local_server

from starbench.cli import main
from starbench.errors import InputError
from starbench.server.run import bind
from starbench.server.settings import Settings, is_loopback

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the scorers through /proc (Linux)")


def request(number: int) -> dict[str, Any]:
    """A batch whose rewards say which one it was: its n-th answer is right if the number's n-th bit is set."""
    gold = [{"name": "f", "arguments": {"n": number}}]
    right, wrong = (f'<tool_call>{{"name": "f", "arguments": {{"n": {n}}}}}</tool_call>' for n in (number, -1))
    return {"samples": [{"completion": right if number >> bit & 1 else wrong, "gold": gold} for bit in range(8)]}


def read(answer: dict[str, Any]) -> int:
    """The number of the batch that these rewards belong to."""
    return sum((reward["value"] == 1.0) << bit for bit, reward in enumerate(answer["rewards"]))


def test_nothing_is_lost_when_scorers_are_killed_under_load() -> None:
    with local_server("--workers", "2") as server:
        stop = threading.Event()

        def kill() -> None:
            while not stop.is_set():  # one dies at once, however fast the requests are answered
                for pid in server.scorers()[:1]:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                stop.wait(0.3)

        killer = threading.Thread(target=kill)
        killer.start()
        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(lambda n: server.post("/score", request(n)), range(1, 256)))
        stop.set()
        killer.join()
        lost = server.request("/metrics")[2].decode()
    assert [status for status, _ in answers] == [200] * 255
    assert [read(answer) for _, answer in answers] == list(range(1, 256))
    assert 'starbench_workers_lost_total{reason="died"}' in lost


def test_a_killed_scorer_is_replaced_before_it_is_needed() -> None:
    with local_server("--workers", "1") as server:
        (old,) = server.scorers()
        os.kill(old, signal.SIGKILL)
        assert wait_for(lambda: [pid for pid in server.scorers() if pid != old] and healthy(server))
        assert read(server.post("/score", request(5))[1]) == 5


def healthy(server: LocalServer) -> bool:
    return server.request("/healthz")[0] == 200


def wait_for(condition: Any, seconds: float = 30.0) -> bool:
    """Whether the condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def gone(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" in status.read_text(encoding="ascii")


def test_a_stop_lets_open_requests_end() -> None:
    with local_server("--workers", "1") as server, ThreadPoolExecutor(1) as client:
        scorers = server.scorers()
        body = {"samples": request(3)["samples"] * 500}
        pending = client.submit(server.post, "/score", body)
        assert wait_for(lambda: b"starbench_samples_waiting 0.0" not in server.request("/metrics")[2] or pending.done())
        server.process.send_signal(signal.SIGTERM)
        status, answer = pending.result(timeout=30)
        assert status == 200
        assert len(answer["rewards"]) == 4_000
        server.process.wait(timeout=30)
        assert all(gone(pid) for pid in scorers)


def test_scorers_do_not_outlive_a_front_that_was_killed() -> None:
    with local_server("--workers", "2") as server:
        scorers = server.scorers()
        assert len(scorers) == 2
        server.process.kill()
        server.process.wait(timeout=30)
        assert wait_for(lambda: all(gone(pid) for pid in scorers))


def test_a_reachable_address_without_a_token_is_refused() -> None:
    result = CliRunner().invoke(main, ["serve", "--host", "0.0.0.0"], env={"STARBENCH_TOKEN": None})
    assert result.exit_code == 1
    assert "--token or STARBENCH_TOKEN" in result.output


def test_a_reward_or_profile_that_does_not_exist_is_named() -> None:
    for option in ("--profile", "--reward"):
        result = CliRunner().invoke(main, ["serve", "--port", "0", option, "robusto"])
        assert result.exit_code == 1
        assert "robusto" in result.output


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("10.0.0.1", False), ("example", False)],
)  # fmt: skip
def test_which_addresses_only_this_machine_can_reach(host: str, here: bool) -> None:
    assert is_loopback(host) is here
    assert Settings(host=host, token="t").host == host


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"sample_seconds": 0}, {"max_bytes": 0}])
def test_settings_above_zero(wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match="above zero"):
        Settings(**wrong)  # type: ignore[arg-type]


def test_without_the_extra_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    for name in [name for name in sys.modules if name.startswith("starbench.server")]:
        monkeypatch.delitem(sys.modules, name)
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code == 1
    assert "starbench[server]" in result.output


def test_an_address_that_is_taken_is_an_error_for_people() -> None:
    with bind("127.0.0.1", 0) as taken:
        assert taken.proto == socket.IPPROTO_TCP, "else asyncio leaves Nagle's delay on"
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["serve", "--port", str(port)])
    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in result.output
