"""A model in this process by vLLM's offline engine, which batches by itself.

    VLLMBackend("Qwen/Qwen3-8B", VLLMOptions(engine={"tensor_parallel_size": 2, "max_model_len": 16384}))

``engine`` is handed to ``vllm.LLM`` as it is: parallelism, memory, precision, quantisation. Written against vLLM 0.32.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from starbench.backends.base import BackendError, Capabilities, Completion, Request, speed
from starbench.backends.local import Templates


@dataclass(frozen=True, slots=True)
class VLLMOptions:
    """``batch`` requests are handed to the engine at a time; ``engine`` are arguments of ``vllm.LLM``."""

    batch: int = speed(512)
    engine: Mapping[str, Any] = field(default_factory=dict)


class VLLMBackend:
    """Implements :class:`~starbench.backends.base.Backend`; ``model`` is a path or a name on the hub."""

    Options: ClassVar[type] = VLLMOptions

    def __init__(self, model: str, options: VLLMOptions) -> None:
        try:
            vllm: Any = importlib.import_module("vllm")
        except ImportError:
            raise BackendError(
                "the backend vllm needs vLLM; install it as its own guide says for your hardware"
            ) from None
        self.model = model
        self._options = options
        self._vllm = vllm
        try:
            self._engine = vllm.LLM(model=model, **options.engine)
        except (OSError, ValueError, RuntimeError, TypeError) as problem:
            raise BackendError(f"vLLM cannot load {model}: {problem}") from None
        self._context = int(self._engine.model_config.max_model_len)
        self._templates = Templates(self._engine.get_tokenizer(), model, self._context)

    @property
    def capabilities(self) -> Capabilities:
        """Large batches, one after the other."""
        return Capabilities(batch=self._options.batch)

    def rendered(self, request: Request) -> str:
        """The prompt as the model's template writes it."""
        return self._templates.shown(request)

    async def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """Generate in another thread, so that progress is shown meanwhile."""
        return await asyncio.to_thread(self._complete, requests)

    def described(self) -> dict[str, Any]:
        """The version, and whether the template knows tools."""
        return {"vllm": self._vllm.__version__, "template_uses_tools": self._templates.uses_tools()}

    async def close(self) -> None:
        """Let the engine end its processes."""
        del self._engine

    def _complete(self, requests: Sequence[Request]) -> list[Completion]:
        prompts = [self._templates.prompt(request) for request in requests]
        done = {place: prompt for place, prompt in enumerate(prompts) if isinstance(prompt, Completion)}
        ids = {place: prompt for place, prompt in enumerate(prompts) if not isinstance(prompt, Completion)}
        started = time.perf_counter()
        try:
            outputs = self._engine.generate(
                [{"prompt_token_ids": prompt} for prompt in ids.values()],
                [self._parameters(requests[place], len(prompt)) for place, prompt in ids.items()],
                use_tqdm=False,
            )
        except Exception as problem:  # its processes may die in many ways, and none of them is the model's answer
            raise BackendError(
                f"vLLM's engine has stopped ({type(problem).__name__}: {problem}); its own messages above say why, "
                "and the same command goes on from here"
            ) from problem
        seconds = time.perf_counter() - started
        done |= {place: self._completion(output, seconds) for place, output in zip(ids, outputs, strict=True)}
        return [done[place] for place in range(len(requests))]

    def _parameters(self, request: Request, prompt: int) -> Any:
        sampling = request.sampling
        return self._vllm.SamplingParams(
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            max_tokens=min(sampling.max_tokens, self._context - prompt),
            seed=None if sampling.seed is None else sampling.seed + request.sample,
            skip_special_tokens=False,
        )

    def _completion(self, output: Any, seconds: float) -> Completion:
        """The text without the token that ended it; other special tokens stay, as some dialects are made of them."""
        made = output.outputs[0]
        return Completion(
            text=made.text.removesuffix(self._templates.tokenizer.eos_token or ""),
            input_tokens=len(output.prompt_token_ids),
            output_tokens=len(made.token_ids),
            seconds=seconds,
            finish=made.finish_reason,
        )
