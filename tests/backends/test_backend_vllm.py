"""The backend for vLLM's offline engine, on a stand-in that has the few calls it makes."""

from __future__ import annotations

import asyncio
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from starbench.backends import BackendError, Completion, Request, Sampling
from starbench.backends.vllm import VLLMBackend, VLLMOptions
from starbench.runner import read_settings


class Tokenizer:
    """One token a letter."""

    chat_template = "{{ tools }}"
    eos_token = "<end>"

    def apply_chat_template(self, messages: list[Any], **options: Any) -> str:
        return f"{messages[0]['content']}{len(options['tools'] or ())}{options.get('enable_thinking', '')}"

    def __call__(self, text: str, **_: Any) -> dict[str, list[int]]:
        return {"input_ids": list(map(ord, text))}


class Engine:
    """Says the prompt backwards, and keeps what it was asked."""

    def __init__(self, model: str, **options: Any) -> None:
        if model == "absent":
            raise ValueError("no such model")
        self.options = options
        self.model_config = SimpleNamespace(max_model_len=options.get("max_model_len", 64))
        self.asked: list[tuple[list[int], Any]] = []

    def get_tokenizer(self) -> Tokenizer:
        return Tokenizer()

    def generate(self, prompts: list[dict[str, list[int]]], parameters: list[Any], use_tqdm: bool) -> list[Any]:
        self.asked += [(prompt["prompt_token_ids"], chosen) for prompt, chosen in zip(prompts, parameters, strict=True)]
        return [answer(prompt["prompt_token_ids"]) for prompt in prompts]


def answer(ids: list[int]) -> Any:
    made = SimpleNamespace(text="".join(map(chr, ids[::-1])) + "<end>", token_ids=[*ids, 0], finish_reason="stop")
    return SimpleNamespace(prompt_token_ids=ids, outputs=[made])


@pytest.fixture(autouse=True)
def vllm(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("vllm")
    vars(module).update(LLM=Engine, SamplingParams=SimpleNamespace, __version__="0")
    monkeypatch.setitem(sys.modules, "vllm", module)


def complete(backend: VLLMBackend, *requests: Request) -> list[Completion]:
    return asyncio.run(backend.complete(requests))


def asked(text: str, **more: Any) -> Request:
    return Request(text, [{"role": "user", "content": text}], **more)


def test_a_batch_is_handed_over_whole_and_comes_back_in_order() -> None:
    backend = VLLMBackend("m", VLLMOptions())
    got = complete(backend, asked("ab"), asked("x" * 80), asked("cd", tools=[{"name": "f"}], thinking=False))
    assert [completion.text for completion in got] == ["0ba", "", "eslaF1dc"]
    assert got[1].failure == "the prompt has 81 tokens, the model takes 64"
    assert (got[0].input_tokens, got[0].output_tokens, got[0].finish) == (3, 4, "stop")
    assert backend.described() == {"vllm": "0", "template_uses_tools": True}
    assert backend.capabilities.batch == 512


def test_sampling_is_passed_on() -> None:
    backend = VLLMBackend("m", VLLMOptions(engine={"max_model_len": 10, "tensor_parallel_size": 2}))
    sampling = Sampling(temperature=0.5, top_p=0.9, max_tokens=100, seed=3)
    complete(backend, asked("ab", sampling=sampling, sample=2), asked("ab"))
    (_, first), (_, second) = backend._engine.asked
    assert vars(first) == {
        "temperature": 0.5, "top_p": 0.9, "max_tokens": 7, "seed": 5, "skip_special_tokens": False,
    }  # fmt: skip
    assert (second.temperature, second.seed) == (0.0, None)
    assert backend._engine.options == {"max_model_len": 10, "tensor_parallel_size": 2}


def test_what_cannot_be_opened_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BackendError, match="vLLM cannot load absent: no such model"):
        VLLMBackend("absent", VLLMOptions())
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(BackendError, match="needs vLLM; install it as its own guide says"):
        VLLMBackend("m", VLLMOptions())


def test_an_engine_that_dies_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = VLLMBackend("m", VLLMOptions())

    def die(*_: Any, **__: Any) -> None:
        raise RuntimeError("EngineCore encountered an issue")

    monkeypatch.setattr(backend._engine, "generate", die)
    with pytest.raises(BackendError, match=r"vLLM's engine has stopped .*the same command goes on from here"):
        complete(backend, asked("ab"))


def test_its_settings() -> None:
    names = [("out", "x"), ("model.name", "m"), ("model.backend", "vllm"), ("model.options.engine", {"dtype": "half"})]
    assert read_settings(None, names).options() == VLLMOptions(engine={"dtype": "half"})
