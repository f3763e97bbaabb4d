"""How BFCL's cases are asked: single turns, conversations, web searches, and memories with what fills them.

ask = AskBFCL(settings, capabilities)
ask.before(bfcl.case("memory_kv_0-customer-0"))      # ten conversations, memory_kv_prereq_0-customer-0 first
ask(case, sample=0, left=snapshot)                   # its loop, with the memory that they have left
"""

from __future__ import annotations

from collections.abc import Sequence

from starbench.backends import Capabilities, Request
from starbench.benchmarks.bfcl.categories import CATEGORIES, MEMORIES
from starbench.benchmarks.bfcl.memory import Snapshot, memory_world, prerequisites, snapshot, told
from starbench.benchmarks.bfcl.multi_turn import Sources
from starbench.benchmarks.bfcl.multi_turn.world import World, is_inflated
from starbench.benchmarks.bfcl.prompts import Prompts, load_texts
from starbench.benchmarks.bfcl.web_search import web_world
from starbench.runner.conversation import conversation
from starbench.runner.loops import Loop, single_turn
from starbench.runner.settings import Settings
from starbench.store import obtain
from starbench.types import Case

PREREQUISITE = "_prereq"
"""How the category of a conversation ends that fills a memory."""


class AskBFCL:
    """Implements :class:`~starbench.runner.loops.Asking`."""

    def __init__(self, settings: Settings, capabilities: Capabilities) -> None:
        self._settings = settings
        self._prompts = Prompts(load_texts())
        self._read = obtain("bfcl").read
        self._sources = Sources(self._read)
        self._dots = not capabilities.separates_calls  # only servers refuse them
        self._before: dict[tuple[str, str], list[Case]] = {}

    def __call__(self, case: Case, sample: int, left: Snapshot | None = None) -> Loop:
        """The loop of a case; one that fills a memory ends with what it has ``left``."""
        category = case.category.removesuffix(PREREQUISITE)
        if category in MEMORIES:
            return self._remembering(case, sample, left)
        kind = CATEGORIES[category].answers
        if kind == "text":
            return self._conversation(case, sample, web_world(self._sources, case))
        if kind == "conversation":
            modules = self._sources.modules(is_inflated(case.source))
            return self._conversation(case, sample, World(self._sources, modules, case.source))
        return single_turn(self._first(case, sample), "bfcl-prompt" if self._settings.mode == "prompt" else None)

    def before(self, case: Case) -> Sequence[Case]:
        """The conversations that fill the memory a question is about."""
        if case.category not in MEMORIES:
            return ()
        chain = (case.category, case.source["scenario"])
        if chain not in self._before:
            self._before[chain] = prerequisites(self._read, self._sources, *chain)
        return self._before[chain]

    def _first(self, case: Case, sample: int, memory: str = "") -> Request:
        """The request of the first turn."""
        settings = self._settings
        asked = self._prompts.of(case, settings.mode, dots=self._dots, memory=memory)
        return Request(case.id, asked.messages, asked.tools, settings.sampling, settings.model.thinking, sample)

    def _conversation(self, case: Case, sample: int, world: World, memory: str = "") -> Loop:
        first = self._first(case, sample, memory)
        return conversation(case, first, self._prompts, world, self._settings.mode, dots=self._dots)

    def _remembering(self, case: Case, sample: int, left: Snapshot | None) -> Loop:
        """A conversation with a memory; one that fills it says what it has left."""
        world = memory_world(self._sources, case, left)
        answer = yield from self._conversation(case, sample, world, told(self._prompts.texts, case, world))
        return {**answer, "left": snapshot(world)} if case.category.endswith(PREREQUISITE) else answer
