"""The server as its clients see it: every endpoint, every refusal, on a real socket of 127.0.0.1."""

from __future__ import annotations

import base64
import json
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from local_server import LocalServer, local_server

from starbench.reward import SimReward

GOLD = [{"name": "add", "arguments": {"a": 1, "b": 2}}]
TOOL = {
    "name": "add",
    "parameters": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}},
}
RIGHT = '<tool_call>{"name": "add", "arguments": {"a": 1, "b": 2}}</tool_call>'
HALF = '<tool_call>{"name": "add", "arguments": {"a": 1, "b": 3}}</tool_call>'
BROKEN = '<tool_call>{"name": "add", "arguments": </tool_call>'
ANSWERS = [RIGHT, HALF, BROKEN, "Three."]


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with local_server("--workers", "2", "--max-mib", "1") as running:
        yield running


@pytest.fixture(scope="module")
def values() -> list[float]:
    return [r.value for r in SimReward().batch(ANSWERS, [GOLD] * 4, [[TOOL]] * 4)]


def sample(completion: Any, gold: Any = GOLD) -> dict[str, Any]:
    return {"completion": completion, "gold": gold, "tools": [TOOL]}


def test_a_batch_is_what_the_reward_says_in_order(server: LocalServer) -> None:
    completions = [*ANSWERS * 40, [{"role": "assistant", "content": RIGHT}], [{"name": "add", "arguments": {"a": 1}}]]
    status, answer = server.post("/score", {"samples": [sample(c) for c in completions]})
    expected = SimReward().batch(completions, [GOLD] * len(completions), [[TOOL]] * len(completions))
    assert status == 200
    assert answer["rewards"] == [{"value": r.value, "code": r.code, "parts": r.parts} for r in expected]
    assert (answer["reward"], answer["profile"]) == ("sim", "robust")
    assert server.post("/score", {"samples": []})[1]["rewards"] == []


def test_openrlhf(server: LocalServer, values: list[float]) -> None:
    prompt = f"<tools>\n{json.dumps(TOOL)}\n</tools> question"
    body = {"query": [prompt + a for a in ANSWERS], "prompts": [prompt] * 4, "labels": [json.dumps(GOLD)] * 4}
    status, answer = server.post("/get_reward", body)
    assert status == 200
    assert answer["rewards"] == values
    assert answer["scores"] == [max(0.0, value) for value in values]
    assert {len(column) for column in answer["extra_logs"].values()} == {4}


def test_slime(server: LocalServer, values: list[float]) -> None:
    label = json.dumps({"ground_truth": GOLD, "tools": [TOOL]})
    answers = [server.post("/remote_rm", {"prompt": "q", "response": a, "label": label}) for a in ANSWERS]
    assert answers == [(200, value) for value in values]


def test_nemo_gym_gets_its_body_back(server: LocalServer) -> None:
    call = {"type": "function_call", "call_id": "1", "name": "add", "arguments": '{"a": 1, "b": 2}'}
    body = {
        "responses_create_params": {"input": "q", "tools": [{"type": "function", **TOOL}], "seed": 1},
        "response": {"id": "r", "output": [call]},
        "ground_truth": GOLD,
        "row": {"half": "\ud800"},
    }
    status, answer = server.post("/verify", body)
    assert status == 200
    assert answer["reward"] == 1.0
    assert {key: answer[key] for key in body} == body
    assert {key for key in answer if key.startswith("starbench_")}


BAD_BODIES = {
    "no JSON": (b"{", 422, "JSON"),
    "not an object": (b"[]", 422, "object"),
    "nothing": (b"", 422, "required"),
    "a missing field": (b'{"samples": [{"completion": "x"}]}', 422, "samples.0.gold"),
    "an unknown field": (b'{"samples": [], "sample": 1}', 422, "sample"),
    "samples that are no list": (b'{"samples": {}}', 422, "list"),
    "no UTF-8": (b'{"samples": "\xff"}', 400, "body"),
    "nested without end": (b'{"samples": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", 400, "body"),
}


@pytest.mark.parametrize(("body", "status", "word"), BAD_BODIES.values(), ids=BAD_BODIES)
def test_bad_input_is_refused_with_a_reason(server: LocalServer, body: bytes, status: int, word: str) -> None:
    got, _, answer = server.request("/score", body)
    assert got == status
    assert word in json.dumps(json.loads(answer)["detail"])


def test_columns_of_different_length_are_refused(server: LocalServer) -> None:
    status, answer = server.post("/get_reward", {"query": ["a", "b"], "prompts": ["a"], "labels": ["a"]})
    assert status == 422
    assert "same length" in answer["detail"][0]["why"]


def test_a_gold_that_cannot_be_used_is_the_client_s_mistake(server: LocalServer) -> None:
    status, answer = server.post("/score", {"samples": [sample(RIGHT), sample(RIGHT, gold=7)]})
    assert status == 422
    assert answer["detail"].startswith("sample 1: ")


@pytest.mark.parametrize("completion", [None, 7, {}, [], [[[]]], "\ud800", "<tool_call>" * 5_000, [{"role": 3}]])
def test_nothing_a_model_answers_is_refused(server: LocalServer, completion: Any) -> None:
    status, answer = server.post("/score", {"samples": [sample(completion)]})
    assert status == 200
    assert -1.0 <= answer["rewards"][0]["value"] < 1.0


def test_a_request_above_the_limit_is_refused(server: LocalServer) -> None:
    for size in (1024 * 1024 + 1, 3 * 1024 * 1024):
        status, _, answer = server.request("/score", b" " * size)
        assert status == 413
        assert "1048576 bytes" in json.loads(answer)["detail"]


def test_a_request_that_hides_its_length_is_cut_off(server: LocalServer) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as raw:
        raw.sendall(
            b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(17):
            raw.sendall(chunk)
        assert raw.recv(64).startswith(b"HTTP/1.1 413")


def test_paths_that_do_not_exist_and_wrong_methods(server: LocalServer) -> None:
    assert server.request("/nothing", b"{}")[0] == 404
    assert server.request("/score")[0] == 405


def test_the_openapi_page_describes_every_endpoint(server: LocalServer) -> None:
    paths = json.loads(server.request("/openapi.json")[2])["paths"]
    assert {"/score", "/get_reward", "/remote_rm", "/verify", "/healthz", "/metrics"} <= paths.keys()
    assert server.request("/docs")[0] == 200


def counter(server: LocalServer, line: str) -> float:
    """The value of one line of /metrics, 0 where there is none yet."""
    page = server.request("/metrics")[2].decode()
    found = re.search(rf"^{re.escape(line)} (\S+)$", page, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_metrics_count_every_request_and_sample_whichever_scorer_had_it(server: LocalServer) -> None:
    requests, right = 'starbench_requests_total{endpoint="/score",status="200"}', 'starbench_rewards_total{code="none"}'
    before = counter(server, requests), counter(server, right)
    body = {"samples": [sample(RIGHT)] * 3}
    threads = [threading.Thread(target=server.post, args=("/score", body)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter(server, requests) == before[0] + 20
    assert counter(server, right) == before[1] + 60
    assert counter(server, "starbench_workers_alive") == 2.0
    server.request("/made-up", b"{}")
    assert counter(server, 'starbench_requests_total{endpoint="other",status="404"}') >= 1.0


def test_health(server: LocalServer) -> None:
    status, _, answer = server.request("/healthz")
    assert (status, json.loads(answer)) == (200, {"workers": 2, "wanted": 2})


def test_the_token_is_wanted_where_there_is_one() -> None:
    def basic(text: str) -> dict[str, str]:
        return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}

    with local_server("--workers", "1", "--host", "0.0.0.0", STARBENCH_TOKEN="geheim") as server:
        server.url = server.url.replace("0.0.0.0", "127.0.0.1")
        body = b'{"samples": []}'
        for headers in (
            {},
            {"Authorization": "Bearer nein"},
            {"Authorization": "geheim"},
            basic("geheim"),
            basic("x:"),
        ):
            assert server.request("/score", body, headers)[0] == 401
        assert server.request("/score", body, {"Authorization": "Basic %%%"})[0] == 401
        assert server.request("/score", b" " * 2_000_000)[0] == 401, "the body is read first, else the answer is lost"
        assert server.request("/metrics")[0] == 401
        assert server.request("/healthz")[0] == 200
        for headers in ({"Authorization": "Bearer geheim"}, basic("any:geheim")):
            assert server.request("/score", body, headers)[0] == 200
