"""Whoever runs the teacher, the same tokens come of it: transformers, a vLLM server, vLLM in the process."""

from __future__ import annotations

import json
import sys
import threading
import types
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'starbench[train]'")
pytest.importorskip("transformers")

from starbench_train.data.template import Encoded, Template  # noqa: E402
from starbench_train.data.tiny import tiny_rows  # noqa: E402
from starbench_train.data.tiny_model import tiny_model, tiny_tokenizer  # noqa: E402
from starbench_train.distill.cache import Likeliest, answer_start  # noqa: E402
from starbench_train.distill.teacher import EngineTeacher, ModelTeacher, ServedTeacher, prompt_tokens  # noqa: E402
from starbench_train.errors import TrainingError  # noqa: E402

K = 6


@pytest.fixture(scope="module")
def model() -> Any:
    torch.manual_seed(0)
    return tiny_model("student", tiny_tokenizer()).eval()


@pytest.fixture(scope="module")
def rows() -> list[Encoded]:
    template = Template(tiny_tokenizer())
    return [row for row in map(template.encode, tiny_rows("train", 5)) if isinstance(row, Encoded)]


def prompt_logprobs(model: Any, ids: list[int], k: int) -> list[dict[int, tuple[float, int]] | None]:
    """What vLLM gives: at each place the k likeliest tokens, and the token that stands there if it is none of them."""
    with torch.no_grad():
        logps = torch.log_softmax(model(torch.tensor([ids])).logits[0].double(), -1)
    found: list[dict[int, tuple[float, int]] | None] = [None]
    for place, own in enumerate(ids[1:]):
        row = logps[place]
        best = row.topk(k).indices.tolist()
        rank = int((row > row[own]).sum()) + 1
        tokens = dict.fromkeys([own, *best])  # vLLM names the token that stands there first
        found.append({id: (float(row[id]), best.index(id) + 1 if id in best else rank) for id in tokens})
    return found


class Server(BaseHTTPRequestHandler):
    """As much of a vLLM server as a teacher needs."""

    model: Any
    requests: list[dict[str, Any]]

    def do_GET(self) -> None:
        self._answer(200, {"data": [{"id": "the-teacher"}]})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.requests.append({**asked, "path": self.path, "key": self.headers.get("Authorization")})
        if asked["prompt_logprobs"] > 20:
            self._answer(400, {"message": "Requested prompt logprobs of 21, which is greater than max allowed: 20"})
            return
        listed = [
            found
            and {str(id): {"logprob": logp, "rank": rank, "decoded_token": "x"} for id, (logp, rank) in found.items()}
            for found in prompt_logprobs(self.model, asked["prompt"], asked["prompt_logprobs"])
        ]
        self._answer(200, {"choices": [{"text": "x", "prompt_logprobs": listed}]})

    def _answer(self, code: int, body: Any) -> None:
        content = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Silence."""


@pytest.fixture
def server(model: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    handler = type("Handler", (Server,), {"model": model, "requests": []})
    running = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}", handler.requests
    running.shutdown()
    running.server_close()
    thread.join()


class FakeLogprob(NamedTuple):
    logprob: float
    rank: int


def fake_vllm(model: Any, made: list[Any]) -> Any:
    """A module with as much of vLLM's offline engine as a teacher needs."""

    class LLM:
        def __init__(self, **named: Any) -> None:
            made.append(named)

        def generate(self, prompts: list[dict[str, list[int]]], parameters: Any, use_tqdm: bool) -> list[Any]:
            return [
                types.SimpleNamespace(
                    prompt_logprobs=[
                        found and {id: FakeLogprob(*pair) for id, pair in found.items()}
                        for found in prompt_logprobs(model, prompt["prompt_token_ids"], parameters.prompt_logprobs)
                    ]
                )
                for prompt in prompts
            ]

    return types.SimpleNamespace(LLM=LLM, SamplingParams=lambda **named: types.SimpleNamespace(**named), __spec__=None)


def plainly(model: Any, row: Encoded, mass: float) -> Likeliest:
    """One row, one token at a time, in float64."""
    counts, ids, logps = [], [], []
    with torch.no_grad():
        for place in range(answer_start(row), len(row.ids)):
            found = torch.log_softmax(model(torch.tensor([row.ids[:place]])).logits[0, -1].double(), -1)
            best = found.topk(K)
            kept = next((n for n in range(1, K) if best.values[:n].exp().sum() >= mass), K)
            counts.append(kept)
            ids += best.indices[:kept].tolist()
            logps += best.values[:kept].tolist()
    return Likeliest(counts, ids, logps)  # type: ignore[arg-type]


def same(found: list[Likeliest], expected: list[Likeliest]) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        assert list(ours.counts) == list(theirs.counts)
        assert list(ours.ids) == list(theirs.ids)
        assert list(ours.logps) == pytest.approx(list(theirs.logps), abs=1e-4)


@pytest.mark.parametrize("mass", [1.0, 0.1])
def test_a_model_a_server_and_an_engine_say_the_same(
    model: Any, rows: list[Encoded], server: Any, mass: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    monkeypatch.setitem(sys.modules, "vllm", fake_vllm(model, made))
    expected = [plainly(model, row, mass) for row in rows]
    address, requests = server
    same(ModelTeacher(model, K, mass).score(rows), expected)
    same(ServedTeacher(address, K, mass, key="secret").score(rows), expected)
    same(EngineTeacher("some/model", K, mass).score(rows), expected)
    assert {(one["model"], one["path"], one["key"]) for one in requests} == {
        ("the-teacher", "/v1/completions", "Bearer secret")
    }
    assert made == [{"model": "some/model", "max_logprobs": K}]
    assert (mass < 1) == any(count < K for one in expected for count in one.counts)


def test_a_server_that_refuses_is_a_sentence(rows: list[Encoded], server: Any) -> None:
    with pytest.raises(TrainingError, match=r"answered 400 \(.*max allowed: 20.*start it with --max-logprobs 21"):
        ServedTeacher(server[0], 21).score(rows[:1])


def test_a_server_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(TrainingError, match=r"127\.0\.0\.1:9 cannot be used \(ConnectError"):
        ServedTeacher("http://127.0.0.1:9", K)


@pytest.mark.parametrize("listed", [[None], [None, None, None]], ids=["too few", "none"])
def test_an_answer_without_log_probabilities_is_a_sentence(listed: list[Any]) -> None:
    encoded = Encoded([1, 2, 3], [False, True, True], 1)
    with pytest.raises(TrainingError, match=r"somewhere gave (log-probabilities for 1 of 3|no log-probabilities)"):
        prompt_tokens(listed, encoded, K, 1.0, "somewhere")
