"""BFCL's web search without the web: what its two functions need is asked of whoever runs the conversation.

    performing = performed(Call("search_engine_query", {"keywords": "tallest tower"}), world)
    next(performing)                                        # Lookup("search", "tallest tower", region="wt-wt")
    performing.send(Completion('[{"title": "…", "link": "https://…", "snippet": "…"}]'))
    # StopIteration("[{'title': '…', 'href': 'https://…', 'body': '…'}]")

The published class would search and fetch by itself, without an end and from wherever it runs, so it is not executed.
The two functions here take the same arguments and answer in the same form.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from starbench.benchmarks.bfcl.multi_turn.execution import execute
from starbench.benchmarks.bfcl.multi_turn.reading import Action
from starbench.benchmarks.bfcl.multi_turn.sources import Sources
from starbench.benchmarks.bfcl.multi_turn.world import World
from starbench.types import Call, Case

MODES = ("raw", "markdown", "truncate")
"""How a page can be asked for: as it is, as Markdown, or as its text alone."""

NOTHING_CAME = {"error": "Failed to retrieve the search results from server. Please try again later."}
"""What a model is told where a search gives no list; the published words, which are part of what is measured."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Something to be had from the web: results for words, or the page at a URL in one of :data:`MODES`.

    A search is answered by the JSON text of a list of ``{title, link, snippet}`` (null where the engine gives no
    list), a page by that of ``{"content": …}`` or ``{"error": …}``.
    """

    kind: Literal["search", "page"]
    what: str
    region: str = "wt-wt"
    mode: str = "raw"

    @property
    def to(self) -> str:
        """Who answers it."""
        return "web"


class Found(Protocol):
    """The answer to a lookup."""

    @property
    def text(self) -> str:
        """JSON, of the kind that belongs to the lookup."""
        ...


class _Wanted(BaseException):
    """Interrupts a call for something that is not known yet; no error, so that nothing on the way takes it for one."""

    def __init__(self, lookup: Lookup) -> None:
        super().__init__()
        self.lookup = lookup


class WebSearch:
    """The functions of the category; what the calls of one action have found so far is in ``found``, in order."""

    def __init__(self, *, snippets: bool) -> None:
        self.found: Iterator[Any] = iter(())
        self._fields = ("title", "href", "body") if snippets else ("title", "href")

    def search_engine_query(self, keywords: Any, max_results: Any = 10, region: Any = "wt-wt") -> Any:
        """The first results of a search; the arguments are a model's, and of any type."""
        results = self._look_up(Lookup("search", str(keywords), region=str(region)))
        if not isinstance(results, list):
            return NOTHING_CAME
        return [{field: row[field] for field in self._fields} for row in map(_row, results[:max_results])]

    def fetch_url_content(self, url: Any, mode: Any = "raw") -> Any:
        """The content of a page; the arguments are a model's, and of any type."""
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"Invalid URL: {url}")
        if mode not in MODES:
            return {"error": f"An error occurred while fetching {url}: Unsupported mode: {mode}"}
        return self._look_up(Lookup("page", url, mode=mode))

    def _look_up(self, lookup: Lookup) -> Any:
        for known in self.found:
            return known
        raise _Wanted(lookup)


def _row(result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": result.get("title", ""),
        "href": result.get("link", ""),
        "body": result.get("snippet", ""),
    }


def web_world(sources: Sources, case: Case) -> World:
    """The functions of a case; one of the two categories shows no snippets."""
    web = WebSearch(snippets="no_snippet" not in case.category)
    return World(sources, sources.modules(), case.source, {"WebSearchAPI": web})


def performed(action: Action, world: World) -> Generator[Lookup, Found, str]:
    """The result text of one action in any world, lookups being given out and their answers sent in.

    An action that wants something from the web is interrupted, and begun again once that is known: running it changes
    nothing.
    """
    found: list[Any] = []
    web = world.instances.get("WebSearchAPI")
    while True:
        if web is not None:
            web.found = iter(found)
        try:
            return world.perform(action) if isinstance(action, Call) else execute(action, world)
        except _Wanted as wanted:
            found.append(json.loads((yield wanted.lookup).text))
