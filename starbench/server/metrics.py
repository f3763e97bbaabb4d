"""What the server counts, in Prometheus's text form.

The front process sees every request and every answer, so its counters are the whole server's, however many scorers
work and however often one is replaced. Example::

    starbench_rewards_total{code="none"} 1024.0
    starbench_request_seconds_bucket{endpoint="/score",le="0.005"} 31.0
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from starbench.reward import Reward

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
ENDPOINTS = {"/score", "/get_reward", "/remote_rm", "/verify", "/healthz", "/metrics"}
"""Paths with a label of their own; all others share "other", so that strangers cannot add labels."""

VALUES = (-1.0, 0.0, 0.25, 0.5, 0.75, 0.999999, 1.0)


class Metrics:
    """A registry of its own, so that several servers can live in one process."""

    def __init__(self, alive: Callable[[], int], waiting: Callable[[], int]) -> None:
        self.registry = own = CollectorRegistry()
        self.requests = Counter("starbench_requests", "Requests answered.", ["endpoint", "status"], registry=own)
        self.seconds = Histogram(
            "starbench_request_seconds", "Time to answer.", ["endpoint"], buckets=SECONDS, registry=own
        )
        self.rewards = Counter("starbench_rewards", "Samples answered, by reason code.", ["code"], registry=own)
        self.values = Histogram("starbench_reward_value", "Rewards of measured samples.", buckets=VALUES, registry=own)
        self.lost = Counter("starbench_workers_lost", "Scorers that died or were too slow.", ["reason"], registry=own)
        Gauge("starbench_workers_alive", "Scorers ready or scoring.", registry=own).set_function(alive)
        Gauge("starbench_samples_waiting", "Samples no scorer has yet.", registry=own).set_function(waiting)

    def count(self, rewards: Iterable[Reward]) -> None:
        """Count answered samples."""
        for reward in rewards:
            self.rewards.labels(reward.code or "none").inc()
            if not (reward.code or "").startswith("infra:"):
                self.values.observe(reward.value)

    def text(self) -> bytes:
        """The page for ``/metrics``."""
        return generate_latest(self.registry)


class Timed:
    """ASGI: counts and times every request to ``app``, those that are refused included."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            endpoint = scope["path"] if scope["path"] in ENDPOINTS else "other"
            self.metrics.requests.labels(endpoint, str(status)).inc()
            self.metrics.seconds.labels(endpoint).observe(time.perf_counter() - start)
