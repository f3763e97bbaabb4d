"""BFCL's web search: the conversation without a web, the client against one on this machine, and both together."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

httpx = pytest.importorskip("httpx")

from run_folders import rows, started  # noqa: E402
from stub_model_server import said, stub_server  # noqa: E402
from stub_web import PAGE, StubWeb, stub_web  # noqa: E402

from starbench import store  # noqa: E402
from starbench.backends import BackendError, Completion  # noqa: E402
from starbench.benchmarks.base import Benchmark  # noqa: E402
from starbench.benchmarks.bfcl.multi_turn import Sources  # noqa: E402
from starbench.benchmarks.bfcl.multi_turn.reading import Action  # noqa: E402
from starbench.benchmarks.bfcl.web_search import Lookup, performed, web_world  # noqa: E402
from starbench.runner import read_settings  # noqa: E402
from starbench.runner.needs import lacking  # noqa: E402
from starbench.runner.settings import WebSettings  # noqa: E402
from starbench.runner.web import LARGEST, Web  # noqa: E402
from starbench.runner.web_transports import PublicOnly  # noqa: E402
from starbench.types import Call  # noqa: E402

KEY = "s3cret-key-of-nobody"
FOUND = [{"title": "A", "link": "https://a.example", "snippet": "first", "position": 1}, {"title": "B"}, "odd"]


def talked(bfcl: Benchmark, action: Action, *found: Any, id: str = "web_search_base_0") -> tuple[list[Lookup], str]:
    """Perform an action with these answers to its lookups: what it looked up, and its result."""
    world = web_world(Sources(store.obtain("bfcl").read), bfcl.case(id))
    performing, lookups, answers = performed(action, world), [], iter(found)
    try:
        lookups.append(next(performing))
        while True:
            lookups.append(performing.send(Completion(json.dumps(next(answers)))))
    except StopIteration as end:
        return lookups, end.value


def test_a_search_is_looked_up_and_told(bfcl: Benchmark) -> None:
    results = [{"title": "A", "link": "u", "snippet": "s"}, {"title": "B", "link": "v"}]
    call = Call("search_engine_query", {"keywords": "tea", "max_results": 1, "region": "us-en"})
    lookups, text = talked(bfcl, call, results)
    assert lookups == [Lookup("search", "tea", region="us-en")]
    assert text == "[{'title': 'A', 'href': 'u', 'body': 's'}]"
    _, text = talked(bfcl, call, results, id="web_search_no_snippet_0")
    assert text == "[{'title': 'A', 'href': 'u'}]"
    _, text = talked(bfcl, call, None)
    assert json.loads(text)["error"].startswith("Failed to retrieve the search results")


def test_calls_inside_calls_are_looked_up_in_order(bfcl: Benchmark) -> None:
    lookups, text = talked(
        bfcl, "fetch_url_content(url=fetch_url_content(url='http://a'), mode='markdown')", "http://b", {"content": "x"}
    )
    assert lookups == [Lookup("page", "http://a"), Lookup("page", "http://b", mode="markdown")]
    assert text == '{"content": "x"}'


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (Call("fetch_url_content", {"url": "file:///etc/passwd"}), "Error during execution: Invalid URL: file:///etc"),
        (Call("fetch_url_content", {"url": "http://a", "mode": "pdf"}), '{"error": "An error occurred while fetching'),
        (Call("fetch_url_content", {"url": 3}), "Error during execution: 'int' object has no attribute"),
        (Call("fetch_url_content", {}), "Error during execution: "),
        (Call("_look_up", {"lookup": 1}), "Error during execution: name '_look_up' is not defined"),
        ("open('x')", "Error during execution: "),
    ],
)
def test_what_is_no_lookup_is_told_at_once(bfcl: Benchmark, action: Action, text: str) -> None:
    lookups, got = talked(bfcl, action)
    assert lookups == []
    assert got.startswith(text)


def looked_up(web: StubWeb, *lookups: Lookup, **settings: Any) -> list[Completion]:
    async def run() -> list[Completion]:
        client = Web(WebSettings(**{"url": web.search, "pause": 0.01, "private": True, "tries": 3, **settings}))
        try:
            return await client.complete(lookups)
        finally:
            await client.close()

    return asyncio.run(run())


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SERPAPI_API_KEY", KEY)
    return KEY


def test_searching(key: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with stub_web([{"organic_results": FOUND}]) as web:
        (got,) = looked_up(web, Lookup("search", "dear tea", region="cn-zh"))
    assert json.loads(got.text) == [
        {"title": "A", "link": "https://a.example", "snippet": "first"},
        {"title": "B", "link": "", "snippet": ""},
    ]
    assert web.asked == [f"/search.json?engine=duckduckgo&q=dear+tea&kl=cn-zh&api_key={key}"]
    assert "search.json" in caplog.text  # the client does log its requests
    assert key not in caplog.text


@pytest.mark.parametrize("failing", [429, 503, b'{"organic', {"error": "429: too many"}])
def test_a_search_that_may_pass_is_tried_again(key: str, failing: Any) -> None:
    with stub_web([failing, {"organic_results": []}]) as web:
        assert looked_up(web, Lookup("search", "x"))[0].text == "[]"
    with stub_web([failing]) as web:
        (got,) = looked_up(web, Lookup("search", "x"))
    assert got.failure is not None
    assert got.failure.endswith("(3 tries)")
    assert KEY not in got.failure
    assert len(web.asked) == 3


@pytest.mark.parametrize("answer", [400, {"error": "no results"}, [1], {"organic_results": None}])
def test_a_search_without_a_list_is_an_answer(key: str, answer: Any) -> None:
    with stub_web([answer]) as web:
        assert looked_up(web, Lookup("search", ""))[0].text == "null"


def test_a_refused_key_ends_everything(key: str) -> None:
    with stub_web([401]) as web, pytest.raises(BackendError, match="refuses the key in the environment") as problem:
        looked_up(web, Lookup("search", "x"))
    assert KEY not in str(problem.value)


def test_without_a_key_there_is_no_client(monkeypatch: pytest.MonkeyPatch, bfcl: Benchmark) -> None:
    monkeypatch.delenv("SERPAPI_API_KEY", raising=False)
    with pytest.raises(BackendError, match="put it into the environment variable SERPAPI_API_KEY"):
        Web(WebSettings())
    settings = read_settings(None, [("out", "x"), ("model.name", "m")])
    assert {"web_search_base", "web_search_no_snippet"} <= lacking(bfcl, settings).keys()
    monkeypatch.setenv("SERPAPI_API_KEY", "k")
    assert "web_search_base" not in lacking(bfcl, settings)


def test_pages_in_every_form(key: str) -> None:
    pytest.importorskip("bs4")
    pytest.importorskip("markdownify")
    with stub_web() as web:
        plain = web.page("/plain")
        raw, markdown, text = looked_up(web, *(Lookup("page", plain, mode=m) for m in ("raw", "markdown", "truncate")))
        latin, moved = looked_up(web, Lookup("page", web.page("/latin")), Lookup("page", web.page("/moved")))
    assert json.loads(raw.text) == {"content": PAGE}
    assert json.loads(markdown.text)["content"].strip() == "# Tea\n\nDa Hong **Pao**"
    assert json.loads(text.text) == {"content": "Tea\nDa Hong\nPao"}
    assert json.loads(latin.text) == {"content": "Tür"}
    assert json.loads(moved.text) == {"content": PAGE}


def test_a_page_that_cannot_be_had_is_an_answer(key: str) -> None:
    with stub_web() as web:
        gone, circle, big = looked_up(web, *(Lookup("page", web.page(path)) for path in ("/gone", "/circle", "/big")))
        url = web.page("/plain")
    (dead,) = looked_up(web, Lookup("page", url))
    (odd,) = looked_up(web, Lookup("page", "http://["))
    assert json.loads(gone.text)["error"].endswith("the server answers 404 Not Found")
    assert all("error" in json.loads(got.text) for got in (circle, dead, odd))
    assert len(json.loads(big.text)["content"]) == LARGEST


def test_pages_of_this_network_are_not_fetched(key: str) -> None:
    with stub_web() as web:
        (got,) = looked_up(web, Lookup("page", web.page("/plain")), private=False)
        (named,) = looked_up(web, Lookup("page", web.page("/plain").replace("127.0.0.1", "localhost")), private=False)
    assert "is not a public address" in got.text
    assert "is not a public address" in named.text
    assert web.asked == []


@pytest.mark.parametrize(
    ("addresses", "may"),
    [
        (["93.184.216.34"], True),
        (["10.1.2.3"], False),
        (["93.184.216.34", "::1"], False),
        (["169.254.169.254"], False),
        (["::ffff:10.0.0.1"], False),
        (["2606:2800:220:1::1"], True),
    ],
)
def test_the_address_that_was_looked_at_is_the_one_asked(
    addresses: list[str], may: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[httpx.Request] = []

    def inner(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    def resolve(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    async def run() -> None:
        async with httpx.AsyncClient(transport=PublicOnly(httpx.MockTransport(inner))) as client:
            await client.get("https://site.example/path")

    if not may:
        with pytest.raises(httpx.ConnectError, match="not a public address"):
            asyncio.run(run())
        return
    asyncio.run(run())
    assert seen[0].url.host == addresses[0]
    assert seen[0].url.path == "/path"
    assert seen[0].headers["host"] == "site.example"
    assert seen[0].extensions["sni_hostname"] == "site.example"


def test_a_whole_run_searches_reads_and_answers(tmp_path: Path, bfcl: Benchmark, key: str) -> None:
    def behave(body: Mapping[str, Any], number: int) -> Any:
        results = [message["content"] for message in body["messages"] if message["role"] == "tool"]
        if not results:
            return calling("search_engine_query", keywords="richest (person)")
        if len(results) == 1:
            return calling("fetch_url_content", url=results[0].partition("'href': '")[2].partition("'")[0])
        return said(f"{{'answer': '{json.loads(results[1])['content'][:12]}'}}")

    def calling(name: str, **arguments: Any) -> Any:
        function = {"name": name, "arguments": json.dumps(arguments)}
        return {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c", "type": "function", "function": function}],
        }

    with stub_server(behave) as stub, stub_web() as web:
        web.answers = [{"organic_results": [{"title": "T", "link": web.page("/person"), "snippet": KEY}]}]
        web.answer = answering(web)  # type: ignore[method-assign]
        settings = {"web.url": web.search, "web.private": True, "web.key_env": "SERPAPI_API_KEY"}
        finished = started(tmp_path / "r", stub, cases__benchmark="bfcl", cases__ids="web_search_base_0", **settings)
    assert finished.summary["models"]["m"]["total"]["accuracy"] == 1.0
    (row,) = rows(tmp_path / "r")
    assert [len(turn) for turn in row["result"]] == [3]
    assert web.asked[0].startswith("/search.json?engine=duckduckgo&q=richest%28person%29")  # upstream drops that blank
    everything = b"".join(path.read_bytes() for path in (tmp_path / "r").rglob("*") if path.is_file())
    assert KEY.encode() not in everything
    assert KEY not in json.dumps(stub.bodies)


def answering(web: StubWeb) -> Any:
    """The stub's own answers, with one page more."""
    usual = type(web).answer

    def answer(path: str) -> tuple[int, dict[str, str], bytes]:
        if path != "/person":
            return usual(web, path)
        web.asked.append(path)
        return 200, {"content-type": "text/plain"}, b"Zhang Yiming leads the list."

    return answer
