"""What turns prompts into completions: backends by name.

base.py            the words: request, sampling, completion, backend
openai.py          any server that speaks OpenAI's chat completions
transformers.py    a model in this process, by transformers
vllm.py            a model in this process, by vLLM's offline engine
replay.py          stored answers
local.py           what the two local ones share: templates, tokens, messages
cache.py           completions that were paid for already

Adding one = one module with a class and its options, one line in :data:`BACKENDS`, one test file.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

from starbench.backends.base import Backend, BackendError, Capabilities, Completion, Request, Sampling
from starbench.errors import UnknownNameError

__all__ = [
    "BACKENDS",
    "Backend",
    "BackendError",
    "Capabilities",
    "Completion",
    "Request",
    "Sampling",
    "backend_class",
]

BACKENDS: Mapping[str, str] = {
    "openai": "starbench.backends.openai:OpenAIBackend",
    "transformers": "starbench.backends.transformers:TransformersBackend",
    "vllm": "starbench.backends.vllm:VLLMBackend",
    "replay": "starbench.backends.replay:ReplayBackend",
}
"""Name -> "module:class". ``Class(model, options)`` opens it; ``Class.Options`` is the dataclass of its options."""


def backend_class(name: str) -> Any:
    """The class of the backend ``name``, which loads no model yet; UnknownNameError where there is none."""
    if name not in BACKENDS:
        raise UnknownNameError.of("backend", name, BACKENDS)
    module, _, attribute = BACKENDS[name].partition(":")
    return getattr(importlib.import_module(module), attribute)
