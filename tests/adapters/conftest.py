"""What the reward itself says of the answers of :mod:`weather_task`, to compare with what an adapter gives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_server import LocalServer, local_server
from weather_task import ANSWERS, GOLD, PROMPT, TOOLS

from starbench.reward import SimReward


@pytest.fixture(scope="session")
def values() -> list[float]:
    """What the reward itself says of :data:`ANSWERS`, given the gold, the tools and the prompt."""
    rewards = SimReward().batch(ANSWERS, [GOLD] * 4, [TOOLS] * 4, [PROMPT] * 4)
    values = [reward.value for reward in rewards]
    assert values[0] == 1.0 > values[1] > values[2] >= values[3] == -1.0
    return values


@pytest.fixture(scope="session")
def server() -> Iterator[LocalServer]:
    """``starbench serve`` with one scorer."""
    with local_server("--workers", "1") as running:
        yield running
