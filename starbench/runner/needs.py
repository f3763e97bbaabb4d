"""What cases need beside the model, and whether it is here.

    lacking(benchmark, settings)
    ->  {"web_search_base": "set the environment variable SERPAPI_API_KEY to a key of serpapi.com", …}

A run without named categories leaves out what cannot be asked, and says so; one that names such a category is refused.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from typing import cast

from starbench.benchmarks import Benchmark
from starbench.benchmarks.acebench.agent_prompts import AgentPrompts
from starbench.benchmarks.acebench.benchmark import ACEBench
from starbench.benchmarks.acebench.categories import LANGUAGES, with_language
from starbench.benchmarks.bfcl.categories import CATEGORIES
from starbench.benchmarks.bfcl.memory import LIBRARIES
from starbench.runner.settings import Settings, WebSettings

INSTALL = "pip install 'starbench[agents]'"
"""What brings the libraries of web search and of the memory with keys."""

_WEB = ("httpx", "markdownify", "bs4")
_INSTALLED_BY: Mapping[str, str] = {
    "memory_kv": INSTALL,
    "memory_vector": "pip install sentence-transformers faiss-cpu",
}


def lacking(benchmark: Benchmark, settings: Settings) -> dict[str, str]:
    """Category -> what to do before it can be asked, for those that cannot be asked as things are."""
    if benchmark.name == "bfcl":
        varied = {} if settings.mode == "prompt" else {"format_sensitivity": "it varies the prompt; give --mode prompt"}
        return {**dict(bfcl_lacking(settings.web)), **varied}
    if benchmark.name == "acebench":
        return dict(_acebench(cast(ACEBench, benchmark), settings))
    return {}


def bfcl_lacking(web: WebSettings) -> Iterator[tuple[str, str]]:
    """The same for BFCL, whose data always holds all that it needs."""
    for category, libraries in LIBRARIES.items():
        if absent := _absent(libraries):
            yield category, f"it needs {absent}: {_INSTALLED_BY[category]}"
    for category, row in CATEGORIES.items():
        if row.file != "web_search":
            continue
        if not os.environ.get(web.key_env):
            yield category, f"it needs a search engine: put a key of serpapi.com into {web.key_env}"
        elif absent := _absent(_WEB):
            yield category, f"it needs {absent}: {INSTALL}"


def _acebench(benchmark: ACEBench, settings: Settings) -> Iterator[tuple[str, str]]:
    for language in LANGUAGES if benchmark.language == "both" else (benchmark.language,):
        step, turn = (
            with_language(name, language) if benchmark.language == "both" else name
            for name in ("agent_multi_step", "agent_multi_turn")
        )
        if not AgentPrompts(benchmark.folder, language).are_known:
            reason = "its simulated APIs are not among the data; fetch them with: starbench data pull acebench"
            yield from ((step, reason), (turn, reason))
        elif settings.user is None:
            yield turn, "it needs a model that plays the user; give --user NAME, and --user-url where it is"


def _absent(libraries: tuple[str, ...]) -> str:
    return " and ".join(name for name in libraries if importlib.util.find_spec(name) is None)
