"""A model in this process, on the processor or a GPU, by transformers; folders, hub names and GGUF files.

    TransformersBackend("HuggingFaceTB/SmolLM2-135M-Instruct", TransformersOptions(batch=16))
    TransformersBackend("models/SmolLM2-135M-Instruct.Q4_1.gguf", TransformersOptions())

Batches are padded on the left and decoded with a key-value cache. What is sampled (temperature above 0) depends on the
batch that a prompt is in; greedy decoding does so only by rounding.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from starbench.backends.base import BackendError, Capabilities, Completion, Request, speed
from starbench.backends.local import Templates


@dataclass(frozen=True, slots=True)
class TransformersOptions:
    """``device`` is ``auto`` (a GPU where there is one), ``cpu``, ``cuda``, …; ``dtype`` as torch names it, or auto."""

    device: str = "auto"
    dtype: str = "auto"
    batch: int = speed(8)
    attention: str | None = None
    trust_remote_code: bool = False


class TransformersBackend:
    """Implements :class:`~starbench.backends.base.Backend`; ``model`` is a path or a name on the hub."""

    Options: ClassVar[type] = TransformersOptions

    def __init__(self, model: str, options: TransformersOptions) -> None:
        try:
            import torch
            import transformers
        except ImportError:
            raise BackendError(
                "the backend transformers needs torch and transformers; install them with: "
                "pip install 'starbench[transformers]'"
            ) from None
        self.model = model
        self._options = options
        self._torch = torch
        device = options.device
        self._device = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self._tokenizer, self._model = _loaded(transformers, model, options, self._device)
        self._ends = _end_ids(self._model, self._tokenizer)
        self._context: int | None = getattr(self._model.config, "max_position_embeddings", None)
        self._templates = Templates(self._tokenizer, model, self._context)

    @property
    def capabilities(self) -> Capabilities:
        """One batch after the other."""
        return Capabilities(batch=self._options.batch)

    def rendered(self, request: Request) -> str:
        """The prompt as the model's template writes it."""
        return self._templates.shown(request)

    async def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """Generate in another thread, so that progress is shown meanwhile."""
        return await asyncio.to_thread(self._complete, requests)

    def described(self) -> dict[str, Any]:
        """Versions, device, precision, and whether the template knows tools."""
        import transformers

        return {
            "torch": self._torch.__version__,
            "transformers": transformers.__version__,
            "device": self._device,
            "dtype": str(self._model.dtype),
            "template_uses_tools": self._templates.uses_tools(),
        }

    async def close(self) -> None:
        """Free the model's memory."""
        del self._model
        if self._device.startswith("cuda"):
            self._torch.cuda.empty_cache()

    def _complete(self, requests: Sequence[Request]) -> list[Completion]:
        prompts = [self._templates.prompt(request) for request in requests]
        done = {place: prompt for place, prompt in enumerate(prompts) if isinstance(prompt, Completion)}
        ids = {place: prompt for place, prompt in enumerate(prompts) if not isinstance(prompt, Completion)}
        fitting = [(requests[place].sampling, len(prompt), place) for place, prompt in ids.items()]
        fitting.sort(key=lambda item: (repr(item[0]), -item[1]))
        while fitting:
            sampling = fitting[0][0]
            batch = [place for other, _, place in fitting[: self._options.batch] if other == sampling]
            del fitting[: len(batch)]
            answers = self._generate([ids[place] for place in batch], [requests[place] for place in batch])
            done.update(zip(batch, answers, strict=True))
        return [done[place] for place in range(len(requests))]

    def _generate(self, prompts: Sequence[list[int]], requests: Sequence[Request]) -> list[Completion]:
        """One batch of prompts with the same sampling."""
        torch, sampling = self._torch, requests[0].sampling
        width = max(map(len, prompts))
        pad = self._tokenizer.pad_token_id
        ids = torch.tensor([[pad] * (width - len(p)) + p for p in prompts], device=self._device)
        mask = torch.tensor([[0] * (width - len(p)) + [1] * len(p) for p in prompts], device=self._device)
        limit = min(sampling.max_tokens, (self._context or width + sampling.max_tokens) - width)
        chosen: dict[str, Any] = {"do_sample": False, "temperature": None, "top_p": None, "top_k": None}
        if sampling.temperature > 0:
            chosen |= {"do_sample": True, "temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0}
            torch.manual_seed((sampling.seed or 0) * 1_000_003 + requests[0].sample)
        started = time.perf_counter()
        with torch.inference_mode():
            made = self._model.generate(
                input_ids=ids, attention_mask=mask, max_new_tokens=limit, pad_token_id=pad,
                eos_token_id=sorted(self._ends) or None, **chosen,
            )  # fmt: skip
        seconds = time.perf_counter() - started
        return [
            self._completion(row[width:].tolist(), len(prompt), seconds)
            for row, prompt in zip(made, prompts, strict=True)
        ]

    def _completion(self, ids: list[int], prompt: int, seconds: float) -> Completion:
        """The text up to the token that ends an answer; special tokens stay, as some dialects are made of them."""
        end = next((n for n, token in enumerate(ids) if token in self._ends), None)
        kept = ids if end is None else ids[:end]
        text = self._tokenizer.decode(kept, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        finish = "length" if end is None else "stop"
        return Completion(
            text=text, input_tokens=prompt, output_tokens=len(kept) + (end is not None), seconds=seconds, finish=finish
        )


def _loaded(transformers: Any, model: str, options: TransformersOptions, device: str) -> tuple[Any, Any]:
    """Tokenizer and model, ready to generate."""
    path = Path(model)
    source: dict[str, Any] = {"trust_remote_code": options.trust_remote_code}
    name = model
    if path.suffix == ".gguf":
        name, source["gguf_file"] = str(path.parent), path.name
    attention = {} if options.attention is None else {"attn_implementation": options.attention}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(name, **source)
        loaded = transformers.AutoModelForCausalLM.from_pretrained(name, dtype=options.dtype, **attention, **source)
    except (OSError, ValueError, ImportError) as problem:
        raise BackendError(f"the model {model} cannot be loaded: {problem}") from None
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer, loaded.to(device).eval()


def _end_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer, as the model and the tokenizer name them."""
    named = [model.generation_config.eos_token_id, tokenizer.eos_token_id]
    listed = [item if isinstance(item, list) else [item] for item in named]
    return frozenset(token for item in listed for token in item if token is not None)
