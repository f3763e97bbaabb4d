"""Stored answers given again, and completions that were made before."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from starbench.backends import BackendError, Completion, Request, Sampling
from starbench.backends.cache import ResponseCache, cache_key
from starbench.backends.replay import ReplayBackend, ReplayOptions
from starbench.errors import InputError

ASKED = Request("a", [{"role": "user", "content": "hi"}])


def written(path: Path, *rows: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def ask(backend: ReplayBackend, request: Request) -> Completion:
    return asyncio.run(backend.complete([request]))[0]


def test_texts_messages_and_rows(tmp_path: Path) -> None:
    message = {"role": "assistant", "content": "x"}
    file = written(
        tmp_path / "p.jsonl",
        {"id": "a", "output": "first"},
        {"id": "a", "output": "second"},
        {"id": "b", "message": message},
        {"id": "c", "result": [{"f": '{"x": 1}'}]},
    )
    backend = ReplayBackend(file, ReplayOptions())
    assert ask(backend, ASKED).text == "first"
    assert ask(backend, replace(ASKED, sample=1)).text == "second"
    assert ask(backend, replace(ASKED, case="b")).message == message
    calls = (ask(backend, replace(ASKED, case="c")).message or {})["tool_calls"]
    assert [call["function"] for call in calls] == [{"name": "f", "arguments": '{"x": 1}'}]
    assert ask(backend, replace(ASKED, sample=2)).failure
    assert ask(backend, replace(ASKED, case="z")).failure


def test_a_conversation_is_given_out_step_by_step(tmp_path: Path) -> None:
    file = written(tmp_path / "p.jsonl", {"id": "a", "result": [[[{"f": "{}"}], "done"], ["bye"]]})
    backend = ReplayBackend(file, ReplayOptions())
    assert (ask(backend, ASKED).message or {})["tool_calls"]
    assert ask(backend, replace(ASKED, step=1)).text == "done"
    assert ask(backend, replace(ASKED, step=2)).text == "bye"
    assert ask(backend, replace(ASKED, step=3)).failure


def test_one_model_of_several(tmp_path: Path) -> None:
    rows = [{"id": "a", "model": name, "output": name} for name in ("x", "y")]
    assert ask(ReplayBackend(written(tmp_path / "p.jsonl", *rows), ReplayOptions("y")), ASKED).text == "y"


@pytest.mark.parametrize("content", [None, ""])
def test_a_file_without_answers(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "p.jsonl").write_text(content)
    with pytest.raises(BackendError):
        ReplayBackend(str(tmp_path / "p.jsonl"), ReplayOptions())


def test_the_cache_keeps_completions_and_no_failures(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cache.sqlite"
    good = Completion(text="é", message={"role": "assistant"}, input_tokens=3, seconds=0.5, finish="stop")
    with ResponseCache(path) as cache:
        cache.put("k", good)
        cache.put("f", Completion(failure="down"))
    with ResponseCache(path) as cache:
        assert cache.get("k") == good
        assert cache.get("f") is None


def test_a_key_names_everything_that_decides_a_completion(tmp_path: Path) -> None:
    backend = ReplayBackend(written(tmp_path / "p.jsonl", {"id": "a", "output": ""}), ReplayOptions())
    others = [
        replace(ASKED, messages=[{"role": "user", "content": "ho"}]),
        replace(ASKED, tools=[{"name": "f"}]),
        replace(ASKED, sampling=Sampling(temperature=0.1)),
        replace(ASKED, sample=1),
        replace(ASKED, thinking=True),
    ]
    assert len({cache_key(backend, request) for request in [ASKED, *others]}) == 6
    assert cache_key(backend, replace(ASKED, case="b", step=2)) == cache_key(backend, ASKED)


def test_a_cache_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("this is no database, and long enough to be seen as none" * 20)
    with pytest.raises(InputError, match="cannot be used"):
        ResponseCache(tmp_path / "text")
