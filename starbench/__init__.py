"""starbench: read a model's function calls, say how right they are, use the same number as the RL reward.

>>> import starbench
>>> out = starbench.parse('<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>')
>>> out.calls
(Call(name='add', arguments={'a': 1}),)

Public names are listed in ``__all__`` and are loaded when first used, so importing the package costs almost nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "Accepted": "starbench.types",
    "Attempt": "starbench.types",
    "Call": "starbench.types",
    "Case": "starbench.types",
    "Expected": "starbench.types",
    "ExpectedCall": "starbench.types",
    "Fields": "starbench.types",
    "Output": "starbench.types",
    "Similarity": "starbench.types",
    "Tool": "starbench.types",
    "Verdict": "starbench.types",
    "StarbenchError": "starbench.errors",
    "read_tool": "starbench.tools",
    "read_tools": "starbench.tools",
    "detect": "starbench.dialects",
    "parse": "starbench.dialects",
    "render": "starbench.dialects",
    "compare": "starbench.similarity",
    "load_benchmark": "starbench.benchmarks",
    "Reward": "starbench.reward",
    "SimReward": "starbench.reward",
}

__all__ = [
    "Accepted",
    "Attempt",
    "Call",
    "Case",
    "Expected",
    "ExpectedCall",
    "Fields",
    "Output",
    "Reward",
    "SimReward",
    "Similarity",
    "StarbenchError",
    "Tool",
    "Verdict",
    "compare",
    "detect",
    "load_benchmark",
    "parse",
    "read_tool",
    "read_tools",
    "render",
]

if TYPE_CHECKING:
    from starbench.benchmarks import load_benchmark
    from starbench.dialects import detect, parse, render
    from starbench.errors import StarbenchError
    from starbench.reward import Reward, SimReward
    from starbench.similarity import compare
    from starbench.tools import read_tool, read_tools
    from starbench.types import (
        Accepted,
        Attempt,
        Call,
        Case,
        Expected,
        ExpectedCall,
        Fields,
        Output,
        Similarity,
        Tool,
        Verdict,
    )


def __getattr__(name: str) -> Any:
    """Load a public name from its module on first use."""
    if name not in _HOME:
        raise AttributeError(f"module 'starbench' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
