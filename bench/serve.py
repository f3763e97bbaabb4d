"""Load ``starbench serve`` on 127.0.0.1: rewards per second, latencies, and whether anything is lost when scorers die.

    python bench/serve.py ROWS.jsonl.gz [--workers 1] [--clients 8] [--seconds 5]

ROWS are JSON lines with ``prompt, completion, label`` (``../shared/golden/simrl_rewards.jsonl.gz``). Three loads run
one after the other: batches of 64 to ``/score``, single samples to ``/get_reward`` as OpenRLHF sends them, and the
batches again while a scorer is killed every half second. Every answer is compared with the reward computed here; a
request without an answer is sent again and counted; one that stays without, or gets a wrong one, ends the script.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from measure import machine

import starbench

BATCH = 64


class Request(NamedTuple):
    """A body to send, where to, and the values that must come back."""

    path: str
    body: bytes
    values: list[float]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("rows", type=Path)
    arguments.add_argument("--workers", type=int, default=1)
    arguments.add_argument("--clients", type=int, default=8)
    arguments.add_argument("--seconds", type=float, default=5.0)
    given = arguments.parse_args()
    rows = read_rows(given.rows)
    values = [r.value for r in starbench.SimReward().batch(*columns(rows))]
    batches = [score_request(rows[i : i + BATCH], values[i : i + BATCH]) for i in range(0, len(rows), BATCH)]
    singles = [openrlhf_request(row, value) for row, value in zip(rows, values, strict=True)]
    print(machine())
    print(f"{len(rows)} rows, {given.workers} scorers, {given.clients} client threads in one process, same machine")
    with server(given.workers) as (port, pid):
        load(port, batches, given, "batches of 64 to /score")
        load(port, singles, given, "single samples to /get_reward")
        with killing(pid) as killed:
            load(port, batches, given, "batches of 64 to /score, a scorer killed every 0.5 s")
        print(f"{killed[0]} scorers killed, nothing lost")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines, gzipped or not."""
    data = path.read_bytes()
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return [json.loads(line) for line in text.splitlines()]


def columns(rows: Sequence[dict[str, Any]]) -> tuple[list[str], list[str], list[None], list[str]]:
    """Completions, golds, tools and prompts."""
    return (
        [r["completion"] for r in rows],
        [r["label"] for r in rows],
        [None for _ in rows],
        [r["prompt"] for r in rows],
    )


def score_request(rows: Sequence[dict[str, Any]], values: list[float]) -> Request:
    """A batch in our own form."""
    samples = [{"completion": r["completion"], "gold": r["label"], "prompt": r["prompt"]} for r in rows]
    return Request("/score", json.dumps({"samples": samples}).encode(), values)


def openrlhf_request(row: dict[str, Any], value: float) -> Request:
    """One sample as OpenRLHF sends it."""
    body = {"query": [row["prompt"] + row["completion"]], "prompts": [row["prompt"]], "labels": [row["label"]]}
    return Request("/get_reward", json.dumps(body).encode(), [value])


def got(request: Request, answer: Any) -> list[float]:
    """The values in an answer."""
    return answer["rewards"] if request.path == "/get_reward" else [row["value"] for row in answer["rewards"]]


def load(port: int, requests: Sequence[Request], given: argparse.Namespace, what: str) -> None:
    """Send the requests round and round from every client thread, check each answer, print the figures."""
    end = time.perf_counter() + given.seconds
    numbers = iter(range(10**9))
    lock = threading.Lock()
    seconds: list[float] = []
    totals = {"rewards": 0, "sent again": 0}

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < end:
            with lock:
                number = next(numbers)
            request = requests[number % len(requests)]
            start = time.perf_counter()
            answer, tries = send(connection, request)
            if got(request, answer) != request.values:
                raise SystemExit(f"request {number} of {what} got other rewards than it should")
            with lock:
                seconds.append(time.perf_counter() - start)
                totals["rewards"] += len(request.values)
                totals["sent again"] += tries

    start = time.perf_counter()
    with ThreadPoolExecutor(given.clients) as clients:
        for done in [clients.submit(client) for _ in range(given.clients)]:
            done.result()
    spent = time.perf_counter() - start
    cuts = statistics.quantiles(seconds, n=100)
    print(f"{what}: {totals['rewards'] / spent:,.0f} rewards/s, {len(seconds) / spent:,.0f} requests/s, "
          f"p50 {cuts[49] * 1e3:.1f} ms, p99 {cuts[98] * 1e3:.1f} ms, longest {max(seconds) * 1e3:.0f} ms, "
        f"{totals['sent again']} sent again")  # fmt: skip


def send(connection: http.client.HTTPConnection, request: Request) -> tuple[Any, int]:
    """The answer to a request and how often it was sent again, for a broken connection or another status than 200."""
    for tries in range(10):
        try:
            connection.request("POST", request.path, request.body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status == 200:
                return json.loads(body), tries
        except (OSError, http.client.HTTPException):
            connection.close()
        time.sleep(0.2)
    raise SystemExit("a request got no answer in ten tries")


@contextlib.contextmanager
def server(workers: int) -> Iterator[tuple[int, int]]:
    """The server's port and process id."""
    command = [sys.executable, "-m", "starbench", "serve", "--port", "0", "--workers", str(workers)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        yield int(process.stderr.readline().rsplit(":", 1)[1]), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


@contextlib.contextmanager
def killing(front: int) -> Iterator[list[int]]:
    """Kill a scorer of the server every half second (Linux); yields a list that holds how many it were."""
    stop, count = threading.Event(), [0]

    def kill() -> None:
        while not stop.wait(0.5):
            for pid in Path(f"/proc/{front}/task/{front}/children").read_text().split()[:1]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
                    count[0] += 1

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield count
    finally:
        stop.set()
        thread.join()


if __name__ == "__main__":
    main()
