"""The routes: read a body, score its samples, answer in the codebase's own form.

Example: ``create_app(Settings(workers=2))`` is an ASGI application; uvicorn runs it (:mod:`starbench.server.run`). Its
OpenAPI page stands at ``/docs``.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.types import ASGIApp

from starbench import __version__
from starbench.server.guard import Guard
from starbench.server.metrics import Metrics, Timed
from starbench.server.pool import Pool, Problem
from starbench.server.protocols import Nemo, OpenRLHF, Scores, Slime
from starbench.server.settings import Settings


class Answer(JSONResponse):
    """JSON in ASCII: text with half a surrogate pair, which models do write, can be echoed too."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def create_app(settings: Settings, on_ready: Callable[[], None] = lambda: None) -> ASGIApp:
    """The application and its pool of scorers, which live equally long; ``on_ready`` is called once these are."""
    pool = Pool(settings, on_loss=lambda reason: metrics.lost.labels(reason).inc())
    metrics = Metrics(alive=lambda: pool.alive, waiting=lambda: len(pool.waiting))
    app = FastAPI(
        title="starbench", version=__version__, lifespan=lifespan(pool, on_ready), default_response_class=Answer
    )
    app.exception_handler(RequestValidationError)(explain)
    add_rewards(app, pool, metrics)
    add_health(app, pool, metrics)
    return Timed(Guard(app, settings), metrics)


def lifespan(pool: Pool, on_ready: Callable[[], None]) -> Callable[[FastAPI], Any]:
    """Open the pool before the first request, close it after the last."""

    @asynccontextmanager
    async def live(_: FastAPI) -> AsyncIterator[None]:
        await pool.open()
        on_ready()
        yield
        await pool.close()

    return live


def add_rewards(app: FastAPI, pool: Pool, metrics: Metrics) -> None:
    """The four endpoints that give rewards."""
    about = {"reward": pool.settings.reward, "profile": pool.settings.profile, "starbench": __version__}

    async def score(body: Scores | OpenRLHF | Slime | Nemo) -> Any:
        answers = await pool.score([encode(sample) for sample in body.read()])
        for index, answer in enumerate(answers):
            if isinstance(answer, Problem):
                raise HTTPException(422, f"sample {index}: {answer.sentence}")
        rewards = [answer for answer in answers if not isinstance(answer, Problem)]
        metrics.count(rewards)
        return body.reply(rewards)

    @app.post("/score")
    async def score_batch(body: Scores) -> Answer:
        """Score a batch; the rewards come in the order of the samples."""
        return Answer({**await score(body), **about})

    @app.post("/get_reward")
    async def openrlhf(body: OpenRLHF) -> Answer:
        """OpenRLHF: `--reward.remote_url http://HOST:PORT/get_reward`."""
        return Answer(await score(body))

    @app.post("/remote_rm")
    async def slime(body: Slime) -> Answer:
        """slime: `--rm-type remote_rm --rm-url http://HOST:PORT/remote_rm`."""
        return Answer(await score(body))

    @app.post("/verify")
    async def nemo_gym(body: Nemo) -> Answer:
        """NeMo Gym: a resources server's verify; `ground_truth` is a field of the data row."""
        return Answer(await score(body))


def add_health(app: FastAPI, pool: Pool, metrics: Metrics) -> None:
    """The two endpoints for those who run the server."""

    @app.get("/healthz")
    async def healthz() -> Answer:
        """200 while at least one scorer works, else 503."""
        return Answer({"workers": pool.alive, "wanted": pool.settings.workers}, status_code=200 if pool.alive else 503)

    @app.get("/metrics")
    async def prometheus() -> Response:
        """Counters for Prometheus."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4")


def encode(sample: Any) -> str:
    """A sample as the scorer reads it; nesting that Python cannot write is the client's mistake."""
    try:
        return json.dumps(sample)
    except (RecursionError, ValueError) as error:
        raise HTTPException(422, f"a sample cannot be read: {error}") from error


async def explain(_: Request, error: Exception) -> Answer:
    """422 that says where and why, without echoing what may be megabytes of model text."""
    assert isinstance(error, RequestValidationError)
    problems = [{"where": ".".join(map(str, e["loc"])), "why": e["msg"]} for e in error.errors()[:20]]
    return Answer({"detail": problems}, status_code=422)
