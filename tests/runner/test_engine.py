"""The scheduler: several services, jobs that come late, and an end in every case."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from starbench.backends import Capabilities, Completion, Request
from starbench.backends.cache import ResponseCache
from starbench.benchmarks.bfcl.web_search import Lookup
from starbench.runner.engine import Engine, Job, Outcome
from starbench.runner.loops import Loop
from starbench.types import Case, Expected


class Answering:
    """A service that says which errand it was given; ``failing`` are the cases it fails on."""

    model = "m"

    def __init__(self, name: str, batch: int = 1, concurrency: int = 2, failing: str = "nobody") -> None:
        self.name = name
        self.capabilities = Capabilities(batch=batch, concurrency=concurrency)
        self.asked: list[Any] = []
        self._failing = failing

    def rendered(self, request: Request) -> str:
        return str(request)

    async def complete(self, requests: Sequence[Any]) -> list[Completion]:
        await asyncio.sleep(0)
        self.asked += requests
        failing = {request for request in requests if getattr(request, "case", "") == self._failing}
        return [
            Completion(failure="down") if request in failing else Completion(text=f"{self.name} {len(self.asked)}")
            for request in requests
        ]


def job(id: str, loop: Loop) -> Job:
    return Job(Case(id, "b", "c", (), (), Expected("any_call")), 0, loop)


def talk(id: str) -> Loop:
    """A loop that asks the user, the model, the web and the model again."""
    said = [(yield Request(id, (), to="user")).text, (yield Request(id, (), step=1)).text]
    said += [(yield Lookup("search", id)).text, (yield Request(id, (), step=2)).text]
    return {"said": [text.split()[0] for text in said]}


def run(services: dict[str, Any], jobs: Iterable[Job], cache: ResponseCache | None = None) -> list[Outcome]:
    ended: list[Outcome] = []

    def finish(outcome: Outcome) -> list[Job]:
        ended.append(outcome)
        id = outcome.job.case.id
        return [job(f"{id}+", talk(f"{id}+"))] if outcome.answer and not id.endswith("+") else []

    asyncio.run(asyncio.wait_for(Engine(services, jobs, finish, cache).run(), 60))
    return ended


def all_services(**failing: str) -> dict[str, Answering]:
    return {
        "model": Answering("model", batch=3, failing=failing.get("model", "nobody")),
        "user": Answering("user", failing=failing.get("user", "nobody")),
        "web": Answering("web", concurrency=1),
    }


def test_errands_go_to_whom_they_are_for_and_late_jobs_are_run() -> None:
    services = all_services()
    ended = run(services, (job(id, talk(id)) for id in "abcdefg"))
    assert sorted(outcome.job.case.id for outcome in ended) == sorted([*"abcdefg", *(f"{id}+" for id in "abcdefg")])
    assert all(outcome.answer == {"said": ["user", "model", "web", "model"]} for outcome in ended)
    assert all(len(outcome.completions) == 2 for outcome in ended)
    assert {request.to for request in services["user"].asked} == {"user"}
    assert len(services["web"].asked) == 14


def test_a_failure_says_whose_it_is_and_ends_only_its_job() -> None:
    ended = run(all_services(user="a", model="b"), (job(id, talk(id)) for id in "abc"))
    failures = {outcome.job.case.id: outcome.failure for outcome in ended}
    assert failures == {"a": "the model that plays the user: down", "b": "down", "c": None, "c+": None}


def test_without_jobs_it_ends() -> None:
    assert run(all_services(), ()) == []


def test_the_cache_keeps_what_models_said_and_nothing_of_the_web(tmp_path: Path) -> None:
    with ResponseCache(tmp_path / "c") as cache:
        first, second = all_services(), all_services()
        assert len(run(first, [job("a", talk("a"))], cache)) == 2
        assert len(run(second, [job("a", talk("a"))], cache)) == 2
    assert second["model"].asked == second["user"].asked == []
    assert len(second["web"].asked) == 2
