"""How the cases of a benchmark are asked, by the settings of a run.

ask = asking(load_benchmark("bfcl"), settings, backend.capabilities)
ask(case, sample=0)                                  # the loop of the case
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from starbench.backends import Capabilities, Request
from starbench.benchmarks import Benchmark
from starbench.benchmarks.acebench.benchmark import ACEBench
from starbench.benchmarks.bfcl.memory import Snapshot
from starbench.errors import InputError
from starbench.runner.acebench import AskACEBench
from starbench.runner.bfcl import AskBFCL
from starbench.runner.loops import Asking, Loop, openai_tool, single_turn
from starbench.runner.settings import Settings
from starbench.types import Case


def asking(benchmark: Benchmark, settings: Settings, capabilities: Capabilities) -> Asking:
    """How cases of ``benchmark`` are asked; InputError for a mode that the benchmark does not have."""
    if benchmark.name == "bfcl":
        return AskBFCL(settings, capabilities)
    if benchmark.name == "acebench":
        return AskACEBench(cast(ACEBench, benchmark), settings)
    if settings.mode != "tools":
        raise InputError(f"the benchmark {benchmark.name!r} has no prompts of its own; ask it with --mode tools")
    return _AskPlainly(settings)


class _AskPlainly:
    """Cases that are one request with their own messages and tools."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, case: Case, sample: int, left: Snapshot | None = None) -> Loop:
        tools = [openai_tool(tool.name, tool.description, tool.parameters) for tool in case.tools]
        sampling, thinking = self._settings.sampling, self._settings.model.thinking
        return single_turn(Request(case.id, case.messages, tools, sampling, thinking, sample))

    def before(self, case: Case) -> Sequence[Case]:
        """None of them needs others."""
        return ()
