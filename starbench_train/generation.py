"""Answers to rendered prompts, in batches, by a model in this process: transformers, or vLLM where there is one.

    answers = TransformersWriter(model, tokenizer, batch=64).answers(["<|im_start|>user…"], Sampling(samples=8, seed=1))
    answers[0][3].text          "<tool_call>…</tool_call>"      without the token that ended it
    answers[0][3].finished      True: it ended by itself, not at the limit

:mod:`starbench.backends` asks models by messages and their own template; training needs answers to exactly the text
that is trained on. Prompts of like length share a batch, and each batch has a seed of its own, made from its number: a
run that is stopped between batches gives the same answers when it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Sampling:
    """``samples`` answers to each prompt; ``temperature`` 0 is greedy."""

    samples: int = 1
    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 512
    seed: int = 0


class Written(NamedTuple):
    """One answer: its text without what ended it, its tokens with it, and whether it ended by itself."""

    text: str
    ids: list[int]
    finished: bool


class Batch(NamedTuple):
    """The places of prompts that are answered together; ``number`` makes their seed."""

    number: int
    places: list[int]


class Writer(Protocol):
    """Who answers."""

    def batches(self, prompts: Sequence[str], samples: int) -> list[Batch]:
        """All prompts, cut into batches; the same for the same prompts."""
        ...

    def write(self, prompts: Sequence[str], sampling: Sampling, number: int = 0) -> list[list[Written]]:
        """The answers to a batch of prompts, a list a prompt."""
        ...


def answers(writer: Writer, prompts: Sequence[str], sampling: Sampling) -> list[list[Written]]:
    """The answers to all prompts, in their order."""
    found: dict[int, list[Written]] = {}
    for batch in writer.batches(prompts, sampling.samples):
        made = writer.write([prompts[place] for place in batch.places], sampling, batch.number)
        found.update(zip(batch.places, made, strict=True))
    return [found[place] for place in range(len(prompts))]


def cut(prompts: Sequence[str], size: int) -> list[Batch]:
    """Prompts sorted by length, in batches of ``size``; those of one length in their order."""
    order = sorted(range(len(prompts)), key=lambda place: -len(prompts[place]))
    return [Batch(number, order[at : at + size]) for number, at in enumerate(range(0, len(order), size))]


class TransformersWriter:
    """A transformers model that answers; it may be one that is being trained, whose random state is left alone.

    ``batch`` is the number of answers at a time.
    """

    def __init__(self, model: Any, tokenizer: Any, batch: int = 64) -> None:
        self.model, self.tokenizer, self._batch = model, tokenizer, batch
        named = [model.generation_config.eos_token_id, tokenizer.eos_token_id]
        listed = [item if isinstance(item, list) else [item] for item in named]
        self._ends = sorted({token for item in listed for token in item if token is not None})

    def batches(self, prompts: Sequence[str], samples: int) -> list[Batch]:
        """As many prompts at a time as make ``batch`` answers."""
        return cut(prompts, max(1, self._batch // samples))

    def write(self, prompts: Sequence[str], sampling: Sampling, number: int = 0) -> list[list[Written]]:
        """The answers to a batch of prompts."""
        import torch

        device = next(self.model.parameters()).device
        training = self.model.training
        self.model.eval()
        try:
            with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []), torch.no_grad():
                torch.manual_seed(sampling.seed * 1_000_003 + number)
                rows = [
                    row for part in self._parts(prompts, sampling) for row in self._generated(part, sampling, device)
                ]
        finally:
            self.model.train(training)
        return [rows[at : at + sampling.samples] for at in range(0, len(rows), sampling.samples)]

    def _parts(self, prompts: Sequence[str], sampling: Sampling) -> Iterator[list[str]]:
        """One prompt's answers may be more than a batch; then they are sampled in parts."""
        every = [prompt for prompt in prompts for _ in range(sampling.samples)]
        size = max(self._batch, 1)
        return (every[at : at + size] for at in range(0, len(every), size))

    def _generated(self, prompts: list[str], sampling: Sampling, device: Any) -> list[Written]:
        tokenizer = self.tokenizer
        encoded = tokenizer(
            prompts, add_special_tokens=False, padding=True, padding_side="left", return_tensors="pt"
        ).to(device)
        how: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        if sampling.temperature > 0:
            how = {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0}
        made = self.model.generate(
            **encoded,
            max_new_tokens=sampling.max_tokens,
            pad_token_id=tokenizer.pad_token_id,
            eos_token_id=self._ends or None,
            **how,
        )
        return [self._written(row) for row in made[:, encoded["input_ids"].shape[1] :].tolist()]

    def _written(self, ids: list[int]) -> Written:
        end = next((place for place, token in enumerate(ids) if token in self._ends), None)
        kept = ids if end is None else ids[:end]
        text = self.tokenizer.decode(kept, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return Written(text, ids if end is None else ids[: end + 1], end is not None)


class VLLMWriter:
    """vLLM's offline engine that answers; it batches by itself, so ``batch`` is only how often a result is saved."""

    def __init__(self, path: str, tokenizer: Any, batch: int = 4096, **engine: Any) -> None:
        import importlib

        self._vllm: Any = importlib.import_module("vllm")
        self._engine = self._vllm.LLM(model=path, **engine)
        self._tokenizer, self._batch = tokenizer, batch

    def batches(self, prompts: Sequence[str], samples: int) -> list[Batch]:
        """Large ones."""
        return cut(prompts, max(1, self._batch // samples))

    def write(self, prompts: Sequence[str], sampling: Sampling, number: int = 0) -> list[list[Written]]:
        """The answers to a batch of prompts."""
        parameters = self._vllm.SamplingParams(
            n=sampling.samples, temperature=sampling.temperature, top_p=sampling.top_p, max_tokens=sampling.max_tokens,
            seed=sampling.seed * 1_000_003 + number, skip_special_tokens=False,
        )  # fmt: skip
        ids = self._tokenizer(list(prompts), add_special_tokens=False)["input_ids"]
        made = self._engine.generate([{"prompt_token_ids": one} for one in ids], parameters, use_tqdm=False)
        end = self._tokenizer.eos_token or ""
        return [
            [Written(o.text.removesuffix(end), list(o.token_ids), o.finish_reason == "stop") for o in output.outputs]
            for output in made
        ]
