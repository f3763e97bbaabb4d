"""Who says what the teacher thinks of each token of an answer: a model here, vLLM here, or a vLLM server.

    scorer = ModelTeacher(model, k=100, mass=1.0).score
    scorer([encoded])[0]      Likeliest(counts=[100, 100, …], ids=[…], logps=[…])   a count for each token

A scorer fills a cache (:mod:`starbench_train.distill.cache`). Log-probabilities are always those of the full softmax at
temperature 1. Without a cache, the trainer asks a :class:`ModelTeacher` for the places of each batch.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import Tensor

from starbench_train.data.template import Encoded
from starbench_train.distill.cache import Likeliest, answer_start
from starbench_train.distill.heads import check_plain_head, head_weight, hidden_states
from starbench_train.distill.losses import Teacher, top_k
from starbench_train.errors import TrainingError

CHUNK = 256
"""Tokens that go through the teacher's head at a time."""


class ModelTeacher:
    """A transformers model, which is put into evaluation and left without gradients."""

    def __init__(self, model: Any, k: int, mass: float = 1.0) -> None:
        check_plain_head(model, "the teacher")
        self._model, self._k, self._mass = model.eval().requires_grad_(False), k, mass

    @torch.no_grad()
    def at(self, ids: Tensor, positions: Tensor, places: Tensor) -> Teacher:
        """The likeliest tokens behind ``places`` of the flattened ``ids`` [rows, width]."""
        hidden = hidden_states(self._model, ids, positions).flatten(0, 1)[places]
        weight = head_weight(self._model)
        parts = [top_k(part @ weight.T, self._k, self._mass) for part in hidden.split(CHUNK)]
        return Teacher(torch.cat([part.ids for part in parts]), torch.cat([part.logps for part in parts]))

    def score(self, rows: Sequence[Encoded]) -> list[Likeliest]:
        """The likeliest tokens at the answers of ``rows``."""
        device = next(self._model.parameters()).device
        width = max(len(row.ids) for row in rows)
        ids = torch.tensor([row.ids + [0] * (width - len(row.ids)) for row in rows], device=device)
        spans = [(n * width + answer_start(row) - 1, n * width + len(row.ids) - 1) for n, row in enumerate(rows)]
        places = torch.cat([torch.arange(*span, device=device) for span in spans])
        found = self.at(ids, torch.arange(width, device=device).expand_as(ids), places)
        sizes = [end - start for start, end in spans]
        return [
            packed(*pair)
            for pair in zip(found.ids.cpu().split(sizes), found.logps.float().cpu().split(sizes), strict=True)
        ]


def packed(ids: Tensor, logps: Tensor) -> Likeliest:
    """Rows of k tokens [n, k] without those that are absent or of no probability in half precision."""
    present = logps > -torch.inf
    return Likeliest(present.sum(-1).numpy(), ids[present].numpy(), logps[present].numpy())


def prompt_tokens(
    listed: Sequence[Mapping[Any, Any] | None], encoded: Encoded, k: int, mass: float, who: str
) -> Likeliest:
    """The likeliest tokens at an answer from vLLM's ``prompt_logprobs``.

    vLLM gives for each token of the prompt (None for the first) its k likeliest tokens and, where that is another, the
    token that stands there: ``{"791": {"logprob": -0.02, "rank": 1}, …}`` over HTTP, objects with the same fields in
    the process.
    """
    if len(listed) < len(encoded.ids):
        raise TrainingError(f"{who} gave log-probabilities for {len(listed)} of {len(encoded.ids)} tokens of an answer")
    counts: list[int] = []
    ids: list[int] = []
    logps: list[float] = []
    for place in listed[answer_start(encoded) : len(encoded.ids)]:
        found = sorted((_field(one, "rank"), int(id), _field(one, "logprob")) for id, one in (place or {}).items())
        best = [(id, logp) for rank, id, logp in found if rank <= k and logp > -np.inf]
        if not best:
            raise TrainingError(f"{who} gave no log-probabilities for a token of an answer; it must be a vLLM server")
        kept = _holding([logp for _, logp in best], mass)
        counts.append(kept)
        ids += [id for id, _ in best[:kept]]
        logps += [logp for _, logp in best[:kept]]
    return Likeliest(np.array(counts), np.array(ids, dtype=np.int64), np.array(logps, dtype=np.float32))


def _field(one: Any, name: str) -> Any:
    return one.get(name) if isinstance(one, Mapping) else getattr(one, name)


def _holding(logps: Sequence[float], mass: float) -> int:
    """The fewest of falling log-probabilities that hold ``mass``."""
    if mass >= 1.0:
        return len(logps)
    before = np.concatenate([[0.0], np.exp(logps).cumsum()[:-1]])
    return int((before < mass).sum())


class EngineTeacher:
    """vLLM in this process."""

    def __init__(self, path: str, k: int, mass: float = 1.0, **engine: Any) -> None:
        vllm: Any = importlib.import_module("vllm")
        self._engine = vllm.LLM(model=path, max_logprobs=k, **engine)
        self._wanted = vllm.SamplingParams(max_tokens=1, temperature=0.0, prompt_logprobs=k, detokenize=False)
        self._k, self._mass = k, mass

    def score(self, rows: Sequence[Encoded]) -> list[Likeliest]:
        """The likeliest tokens at the answers of ``rows``."""
        made = self._engine.generate([{"prompt_token_ids": row.ids} for row in rows], self._wanted, use_tqdm=False)
        return [
            prompt_tokens(one.prompt_logprobs, row, self._k, self._mass, "vLLM")
            for one, row in zip(made, rows, strict=True)
        ]


class ServedTeacher:
    """A vLLM server, over its OpenAI-like ``/v1/completions`` with ``prompt_logprobs``.

    ``at_once`` requests are under way at a time; each is tried again where the connection breaks.
    """

    def __init__(
        self,
        address: str,
        k: int,
        mass: float = 1.0,
        model: str | None = None,
        key: str | None = None,
        at_once: int = 8,
    ) -> None:
        import httpx

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._address, self._k, self._mass, self._at_once = address.rstrip("/"), k, mass, at_once
        self._client = httpx.Client(
            base_url=self._address, headers=headers, timeout=600.0, transport=httpx.HTTPTransport(retries=3)
        )
        self._model = model or self._asked("GET", "/v1/models")["data"][0]["id"]

    def score(self, rows: Sequence[Encoded]) -> list[Likeliest]:
        """The likeliest tokens at the answers of ``rows``."""
        with ThreadPoolExecutor(self._at_once) as pool:
            return list(pool.map(self._one, rows))

    def _one(self, row: Encoded) -> Likeliest:
        wanted = {
            "model": self._model, "prompt": row.ids, "max_tokens": 1, "temperature": 0, "prompt_logprobs": self._k,
        }  # fmt: skip
        (choice,) = self._asked("POST", "/v1/completions", wanted)["choices"]
        listed = choice.get("prompt_logprobs")
        if listed is None:
            raise TrainingError(f"{self._address} gave no prompt_logprobs; it must be a vLLM server")
        return prompt_tokens(listed, row, self._k, self._mass, self._address)

    def _asked(self, method: str, path: str, body: Any = None) -> Any:
        import httpx

        try:
            answer = self._client.request(method, path, json=body)
            answer.raise_for_status()
            return answer.json()
        except httpx.HTTPStatusError as problem:
            said = problem.response.text[:300].strip()
            raise TrainingError(
                f"the teacher's server {self._address} answered {problem.response.status_code} ({said}); where it says "
                f"that logprobs are too many, start it with --max-logprobs {self._k}"
            ) from None
        except (httpx.HTTPError, ValueError) as problem:
            raise TrainingError(
                f"the teacher's server {self._address} cannot be used ({type(problem).__name__}: {problem}); start it "
                "and run the same command again"
            ) from None
