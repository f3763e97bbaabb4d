"""The backend for servers, against one on this machine that fails in every way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from stub_model_server import said, stub_server

from starbench.backends import BackendError, Completion, Request, Sampling, backend_class
from starbench.backends.openai import OpenAIBackend, OpenAIOptions

ASKED = Request("a", [{"role": "user", "content": "hi"}])


def complete(options: OpenAIOptions, requests: Sequence[Request], model: str = "m") -> list[Completion]:
    async def run() -> list[Completion]:
        backend = OpenAIBackend(model, options)
        try:
            return await backend.complete(requests)
        finally:
            await backend.close()

    return asyncio.run(run())


def quick(url: str, **more: Any) -> OpenAIOptions:
    return OpenAIOptions(url=url, pause=0.01, **{"timeout": 1.0, **more})


def test_what_is_sent_and_what_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "s3cret")
    message = {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]}
    tool = {"type": "function", "function": {"name": "f"}}
    sampling = Sampling(temperature=0.5, top_p=0.9, max_tokens=5, seed=3)
    request = Request("a", [{"role": "user", "content": "hi"}], [tool], sampling, thinking=False, sample=2)
    with stub_server(lambda body, n: message) as stub:
        (got,) = complete(quick(stub.url, key_env="MY_KEY", body={"top_k": 1}), [request])
    assert (got.message, got.input_tokens, got.output_tokens, got.finish, got.tries) == (message, 7, 3, "stop", 1)
    assert stub.bodies == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "hi"}],
            "temperature": 0.5,
            "top_p": 0.9,
            "max_tokens": 5,
            "tools": [tool],
            "seed": 5,
            "chat_template_kwargs": {"enable_thinking": False},
            "top_k": 1,
        }
    ]
    assert "authorization: bearer s3cret" in stub.headers[0].lower()


@pytest.mark.parametrize("failing", [500, 429, "hang", "torn"])
def test_what_may_pass_is_tried_again(failing: Any) -> None:
    with stub_server(lambda body, n: failing if n < 2 else said("yes")) as stub:
        (got,) = complete(quick(stub.url, timeout=0.3), [ASKED])
    assert got.failure is None
    assert got.message == said("yes")
    assert got.tries == 3


def test_what_does_not_pass_is_a_failure() -> None:
    with stub_server(lambda body, n: 503) as stub:
        (got,) = complete(quick(stub.url, tries=2), [ASKED])
    assert got.failure == "the server answers 503 (2 tries)"
    assert len(stub.bodies) == 2


def test_a_refused_request_is_not_sent_again() -> None:
    with stub_server(lambda body, n: 400) as stub:
        (got,) = complete(quick(stub.url), [ASKED])
    assert got.failure is not None
    assert got.failure.startswith("the server refuses the request with 400")
    assert len(stub.bodies) == 1


def test_a_server_that_is_not_there() -> None:
    with stub_server(lambda body, n: said("")) as stub:
        url = stub.url
    (got,) = complete(quick(url, tries=2), [ASKED])
    assert got.failure is not None
    assert "connection failed" in got.failure


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refused_key_ends_everything(status: int) -> None:
    with stub_server(lambda body, n: status) as stub, pytest.raises(BackendError, match=str(status)):
        complete(quick(stub.url), [ASKED])


def test_many_requests_are_under_way_at_once() -> None:
    with stub_server(lambda body, n: said("yes"), delay=0.2) as stub:
        got = complete(quick(stub.url, timeout=30.0), [ASKED] * 128)
    assert all(completion.failure is None for completion in got)
    assert stub.most == 64


def test_servers_share_the_work() -> None:
    with stub_server(lambda body, n: said("1"), 0.05) as one, stub_server(lambda body, n: said("2"), 0.05) as two:
        complete(quick(f"{one.url}, {two.url}/"), [ASKED] * 20)
    assert len(one.bodies) == len(two.bodies) == 10


@pytest.mark.parametrize("url", ["", "localhost:8000"])
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(BackendError, match="needs a URL"):
        OpenAIBackend("m", OpenAIOptions(url=url))


def test_backends_by_name() -> None:
    assert backend_class("openai") is OpenAIBackend
    with pytest.raises(Exception, match="did you mean 'openai'"):
        backend_class("openal")
