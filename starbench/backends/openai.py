"""Any server that speaks OpenAI's chat completions: hosted ones, vLLM, SGLang, llama.cpp, a cluster of them.

    OpenAIBackend("Qwen/Qwen3-8B", OpenAIOptions(url="http://127.0.0.1:8000/v1,http://127.0.0.1:8001/v1"))

Several addresses share the work, each request going to the one with the fewest under way. What may pass (a server that
is busy, down or slow, an answer that breaks off) is tried again with growing pauses; what cannot pass is not.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from starbench.backends.base import BackendError, Capabilities, Completion, Request, as_sent, speed

if TYPE_CHECKING:
    import httpx

PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
"""Statuses after which another try may go well."""
HOPELESS: Mapping[int, str] = {
    401: "the server wants a key; put it into the environment variable {key}",
    403: "the server refuses the key in the environment variable {key}",
    404: "the server knows no such address or model; the URL should end like https://host/v1",
}
"""Statuses after which no request at all will go well, and what to do."""

POOL = 4
"""How many connections share a pool. httpx looks through a whole pool several times for each request: with 64 in one
pool that took half of all time."""
LONGEST_PAUSE = 60.0
QUOTED = 300
"""How much of a server's refusal is quoted, in characters."""


@dataclass(frozen=True, slots=True)
class OpenAIOptions:
    """How a server is talked to.

    ``url`` may be several, with commas between. ``key_env`` names the environment variable that holds the key.
    ``timeout`` and ``pause``, the pause before the second try, are in seconds. ``body`` is sent along as it is.
    ``limit_field`` is the field for the number of tokens, which some servers call ``max_completion_tokens``.
    """

    url: str = speed("https://api.openai.com/v1")
    key_env: str = speed("OPENAI_API_KEY")
    concurrency: int = speed(64)
    timeout: float = speed(600.0)
    tries: int = speed(6)
    pause: float = speed(1.0)
    limit_field: str = "max_tokens"
    body: Mapping[str, Any] = field(default_factory=dict)


class _Passing(Exception):
    """A failure that may pass; ``pause`` is how long the server asks to be left alone, in seconds."""

    def __init__(self, sentence: str, pause: float = 0.0) -> None:
        super().__init__(sentence)
        self.pause = pause


class _Refused(Exception):
    """This request will never be answered."""


class OpenAIBackend:
    """Implements :class:`~starbench.backends.base.Backend`; ``model`` is the name that the server knows."""

    Options: ClassVar[type] = OpenAIOptions

    def __init__(self, model: str, options: OpenAIOptions) -> None:
        try:
            import anyio
            import httpx
        except ImportError:
            raise BackendError(
                "the backend openai needs httpx; install it with: pip install 'starbench[openai]'"
            ) from None
        self.model = model
        self._options = options
        self._busy = {url.strip().rstrip("/") + "/chat/completions": 0 for url in options.url.split(",") if url.strip()}
        if not self._busy or any(not url.startswith(("http://", "https://")) for url in self._busy):
            raise BackendError(f"the backend openai needs a URL such as http://127.0.0.1:8000/v1, not {options.url!r}")
        self._places = asyncio.Semaphore(options.concurrency)
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=options.concurrency)
        settings: dict[str, Any] = {"limits": limits, "timeout": None, "headers": self._headers()}
        trusted = httpx.create_ssl_context()
        pools = -(-options.concurrency // POOL)
        self._clients = [httpx.AsyncClient(verify=trusted, **settings) for _ in range(pools)]
        self._next_client = itertools.cycle(self._clients)
        self._fail_after = anyio.fail_after
        self._errors: tuple[type[Exception], ...] = (httpx.TransportError, httpx.DecodingError)

    @property
    def capabilities(self) -> Capabilities:
        """One request at a time, many at once; calls come apart from text."""
        return Capabilities(concurrency=self._options.concurrency, separates_calls=True)

    def rendered(self, request: Request) -> str:
        """The messages and tools: what the server makes of them is its own affair."""
        return as_sent(request) + json.dumps(self._options.body, sort_keys=True)

    async def complete(self, requests: Sequence[Request]) -> list[Completion]:
        """Ask for every request at once."""
        return list(await asyncio.gather(*map(self._complete, requests)))

    def described(self) -> dict[str, Any]:
        """The version of httpx."""
        import httpx

        return {"httpx": httpx.__version__}

    async def close(self) -> None:
        """Close the connections."""
        await asyncio.gather(*(client.aclose() for client in self._clients))

    def _headers(self) -> dict[str, str]:
        key = os.environ.get(self._options.key_env)
        return {"content-type": "application/json", **({"authorization": f"Bearer {key}"} if key else {})}

    async def _complete(self, request: Request) -> Completion:
        """One request, tried as often as allowed."""
        body = json.dumps(self._body(request)).encode()
        sentence, options = "", self._options
        for tried in range(1, options.tries + 1):
            try:
                async with self._places:
                    started = time.perf_counter()
                    answer = await self._post(body)
                    return _completion(answer, time.perf_counter() - started, tried)
            except _Refused as problem:
                return Completion(failure=str(problem), tries=tried)
            except _Passing as problem:
                sentence = str(problem)
                if tried < options.tries:
                    growing = options.pause * 2 ** (tried - 1) * random.uniform(0.5, 1.5)
                    await asyncio.sleep(min(max(growing, problem.pause), LONGEST_PAUSE))
        return Completion(failure=f"{sentence} ({options.tries} tries)", tries=options.tries)

    def _body(self, request: Request) -> dict[str, Any]:
        sampling = request.sampling
        body: dict[str, Any] = {
            "model": self.model,
            "messages": list(request.messages),
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            self._options.limit_field: sampling.max_tokens,
        }
        if request.tools:
            body["tools"] = list(request.tools)
        if sampling.seed is not None:
            body["seed"] = sampling.seed + request.sample
        if request.thinking is not None:
            body["chat_template_kwargs"] = {"enable_thinking": request.thinking}
        return body | dict(self._options.body)

    async def _post(self, body: bytes) -> Any:
        """The JSON that the least busy server answers."""
        url = min(self._busy, key=self._busy.__getitem__)
        self._busy[url] += 1
        try:
            with self._fail_after(self._options.timeout):
                response = await next(self._next_client).post(url, content=body)
        except TimeoutError:
            raise _Passing(f"no answer within {self._options.timeout:g} seconds") from None
        except self._errors as problem:
            raise _Passing(f"the connection failed ({type(problem).__name__}: {problem})") from None
        finally:
            self._busy[url] -= 1
        return self._judged(response)

    def _judged(self, response: httpx.Response) -> Any:
        """The JSON of a good response; raises what kind of failure another is."""
        status = response.status_code
        if status in HOPELESS:
            advice = HOPELESS[status].format(key=self._options.key_env)
            raise BackendError(f"{response.url} answers {status}: {advice} ({response.text[:QUOTED]})")
        if status in PASSING:
            raise _Passing(f"the server answers {status}", _asked_pause(response.headers.get("retry-after")))
        if status != 200:
            raise _Refused(f"the server refuses the request with {status}: {response.text[:QUOTED]}")
        try:
            answer = json.loads(response.content)
            answer["choices"][0]["message"]["role"]
        except (ValueError, RecursionError, LookupError, TypeError):
            raise _Passing("the answer of the server breaks off, or is no chat completion") from None
        return answer


def _asked_pause(header: str | None) -> float:
    """Seconds of a Retry-After header; dates and anything else are 0."""
    try:
        return max(0.0, float(header or 0))
    except ValueError:
        return 0.0


def _completion(answer: Mapping[str, Any], seconds: float, tries: int) -> Completion:
    choice = answer["choices"][0]
    usage = answer.get("usage") or {}
    return Completion(
        message=choice["message"],
        input_tokens=usage.get("prompt_tokens"),
        output_tokens=usage.get("completion_tokens"),
        seconds=seconds,
        finish=choice.get("finish_reason"),
        tries=tries,
    )
