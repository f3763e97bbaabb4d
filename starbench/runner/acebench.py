"""How ACEBench's cases are asked: by its own prompts, its agents in its simulated world.

    ask = AskACEBench(benchmark, settings)
    ask(benchmark.case("agent_multi_step_0"), sample=0)

Each step of a normal dialogue is a case of its own, with the published steps before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starbench.backends import Request, Sampling
from starbench.benchmarks.acebench.agent_prompts import AgentPrompts
from starbench.benchmarks.acebench.agent_world import AgentWorld
from starbench.benchmarks.acebench.benchmark import ACEBench
from starbench.benchmarks.acebench.categories import without_language
from starbench.benchmarks.acebench.scenarios import Scenarios
from starbench.benchmarks.bfcl.memory import Snapshot
from starbench.errors import DataUnavailableError, InputError
from starbench.runner import agents
from starbench.runner.loops import Loop, single_turn
from starbench.runner.settings import Settings
from starbench.types import Case

USER_SAMPLING = Sampling(temperature=0.001, max_tokens=1000)
"""How the played user speaks, which upstream fixes."""


class AskACEBench:
    """Implements :class:`~starbench.runner.loops.Asking`; InputError for a mode that there is not."""

    def __init__(self, benchmark: ACEBench, settings: Settings) -> None:
        if settings.mode != "prompt":
            raise InputError("ACEBench is asked by its own prompts; give --mode prompt")
        self._language = benchmark.language
        self._settings = settings
        self._folder = benchmark.folder
        self._agents: dict[str, tuple[AgentPrompts, Scenarios]] = {}

    def __call__(self, case: Case, sample: int, left: Snapshot | None = None) -> Loop:
        """The loop of a case; DataUnavailableError where the data lacks its prompts."""
        language, category = without_language(case.category)
        if category.startswith("agent"):
            return self._agent(case, category, language or self._language, sample)
        if case.messages[0]["role"] != "system":
            raise DataUnavailableError(
                "ACEBench's prompts are not among the data here; fetch them with: starbench data pull acebench"
            )
        return single_turn(self._request(case, sample, case.messages, 0), "acebench")

    def before(self, case: Case) -> Sequence[Case]:
        """None of them needs others."""
        return ()

    def _agent(self, case: Case, category: str, language: str, sample: int) -> Loop:
        if language not in self._agents:
            prompts = AgentPrompts(self._folder, language)
            self._agents[language] = prompts, Scenarios(self._folder.read, language)
        prompts, scenarios = self._agents[language]
        world = AgentWorld(scenarios, case.source)

        def agent(messages: Sequence[Mapping[str, Any]], step: int) -> Request:
            return self._request(case, sample, messages, step)

        def user(messages: Sequence[Mapping[str, Any]], step: int) -> Request:
            played = self._settings.user
            thinking = played.thinking if played else None
            return Request(case.id, tuple(messages), (), USER_SAMPLING, thinking, sample, step, "user")

        if category == "agent_multi_step":
            return agents.multi_step(case.source, prompts, world, agent)
        return agents.multi_turn(case.source, prompts, world, agent, user)

    def _request(self, case: Case, sample: int, messages: Sequence[Mapping[str, Any]], step: int) -> Request:
        settings = self._settings
        return Request(case.id, tuple(messages), (), settings.sampling, settings.model.thinking, sample, step)
