"""The web behind BFCL's web search: a search engine that speaks SerpApi's protocol, and the pages of public addresses.

    web = Web(settings.web)
    await web.complete([Lookup("search", "tallest tower")])     # [Completion('[{"title": "…", "link": "…", …}]')]
    await web.complete([Lookup("page", "https://…")])           # [Completion('{"content": "<html>…"}')]

A search that cannot be had (the engine is busy, down or slow) is tried again with growing pauses and then a failure, so
it is never held against a model. A page that cannot be had is what the web is like, and the model is told. The key is
put into a search on its way out, below everything that could write it down.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import Sequence
from typing import Any

import anyio
import httpx

from starbench.backends import BackendError, Capabilities, Completion
from starbench.backends.openai import LONGEST_PAUSE, PASSING
from starbench.benchmarks.bfcl.web_search import Lookup
from starbench.runner.settings import WebSettings
from starbench.runner.web_transports import Keyed, PublicOnly

LARGEST = 4_000_000
"""Bytes of a page that are read; the rest is left."""
REDIRECTS = 5

_HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; starbench)",
    "Accept": "text/html,application/xhtml+xml,text/*;q=0.9,*/*;q=0.5",
    "Accept-Language": "en-US,en;q=0.9",
}
_FIELDS = ("title", "link", "snippet")


class _Passing(Exception):
    """A failure of the search engine that may pass."""


class Web:
    """Answers lookups; BackendError where the key is absent or refused."""

    def __init__(self, settings: WebSettings) -> None:
        key = os.environ.get(settings.key_env, "")
        if not key:
            raise BackendError(f"the web search needs a key; put it into the environment variable {settings.key_env}")
        self._settings = settings
        self._key = key
        self._trusted = httpx.create_ssl_context()
        transport = Keyed(httpx.AsyncHTTPTransport(verify=self._trusted), "api_key", key)
        self._engine = httpx.AsyncClient(transport=transport, timeout=None)

    @property
    def capabilities(self) -> Capabilities:
        """One lookup at a time, several at once."""
        return Capabilities(concurrency=self._settings.concurrency)

    async def complete(self, requests: Sequence[Lookup]) -> list[Completion]:
        """What was found, as JSON text, in order."""
        return list(await asyncio.gather(*(self._found(lookup) for lookup in requests)))

    async def close(self) -> None:
        """Close the connections."""
        await self._engine.aclose()

    async def _found(self, lookup: Lookup) -> Completion:
        started = time.perf_counter()
        if lookup.kind == "page":
            found: Any = await self._page(lookup)
        else:
            try:
                found = await self._results(lookup)
            except _Passing as problem:
                return Completion(failure=f"{problem} ({self._settings.tries} tries)", tries=self._settings.tries)
        text = json.dumps(found).replace(self._key, "***")
        return Completion(text, seconds=time.perf_counter() - started)

    async def _results(self, lookup: Lookup) -> Any:
        """The results of a search, None where the engine has no list of them; _Passing after the last try."""
        settings = self._settings
        for tried in range(1, settings.tries + 1):
            try:
                return await self._searched(lookup)
            except _Passing:
                if tried == settings.tries:
                    raise
                growing = settings.pause * 2 ** (tried - 1) * random.uniform(0.5, 1.5)
                await asyncio.sleep(min(growing, LONGEST_PAUSE))
        return None

    async def _searched(self, lookup: Lookup) -> Any:
        """One try of a search."""
        asked = {"engine": "duckduckgo", "q": lookup.what, "kl": lookup.region}
        try:
            with anyio.fail_after(self._settings.timeout):
                response = await self._engine.get(self._settings.url, params=asked)
        except TimeoutError:
            raise _Passing(f"no answer within {self._settings.timeout:g} seconds") from None
        except httpx.HTTPError as problem:
            raise _Passing(f"the connection failed ({type(problem).__name__})") from None
        if response.status_code in (401, 403):
            raise BackendError(
                f"the search engine answers {response.status_code}: it refuses the key in the environment variable "
                f"{self._settings.key_env}"
            )
        if response.status_code in PASSING:
            raise _Passing(f"the search engine answers {response.status_code}")
        return _listed(response)

    async def _page(self, lookup: Lookup) -> dict[str, str]:
        """The content of a page in the form that was asked for, or why there is none."""
        try:
            with anyio.fail_after(self._settings.timeout):
                text = await self._fetched(lookup.what)
            return {"content": await asyncio.to_thread(_formed, text, lookup.mode)}
        except TimeoutError:
            problem = f"no answer within {self._settings.timeout:g} seconds"
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
            problem = str(error) or type(error).__name__
        return {"error": f"An error occurred while fetching {lookup.what}: {problem}"}

    async def _fetched(self, url: str) -> str:
        """The text of a page, from a client without cookies or connections of earlier ones."""
        transport = PublicOnly(httpx.AsyncHTTPTransport(verify=self._trusted), private=self._settings.private)
        async with (
            httpx.AsyncClient(transport=transport, headers=_HEADERS, timeout=None, max_redirects=REDIRECTS) as client,
            client.stream("GET", url, follow_redirects=True) as response,
        ):
            if response.status_code >= 400:
                raise ValueError(f"the server answers {response.status_code} {response.reason_phrase}")
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) >= LARGEST:
                    break
            return bytes(content[:LARGEST]).decode(response.encoding or "utf-8", "replace")


def _listed(response: httpx.Response) -> Any:
    """The fields that count of each result; None where the engine gives no list."""
    try:
        answer = json.loads(response.content)
    except (ValueError, RecursionError):
        raise _Passing("the answer of the search engine breaks off, or is no JSON") from None
    results = answer.get("organic_results") if isinstance(answer, dict) else None
    if not isinstance(results, list):
        if isinstance(answer, dict) and "429" in str(answer.get("error")):
            raise _Passing("the search engine is busy")
        return None
    return [{field: row.get(field, "") for field in _FIELDS} for row in results if isinstance(row, dict)]


def _formed(text: str, mode: str) -> str:
    """A page as it is, as Markdown, or as its text alone."""
    if mode == "markdown":
        from markdownify import ATX, markdownify

        return str(markdownify(text, heading_style=ATX))
    if mode == "truncate":
        from bs4 import BeautifulSoup

        soup = BeautifulSoup(text, "html.parser")
        for hidden in soup(["script", "style"]):
            hidden.extract()
        return str(soup.get_text(separator="\n", strip=True))
    return text
