"""NeMo Gym: a resources server; this module is imported by NeMo Gym, so nemo_gym is there (Python 3.13.14 or later).

Example, ``resources_servers/starbench/app.py``::

    from starbench.adapters.nemo_gym import StarbenchResourcesServer

    StarbenchResourcesServer.run_webserver()

A row of the data set holds ``responses_create_params`` (input and tools) and ``ground_truth``. ``/verify`` sees what
the serving side's parser surfaced: Responses items of type ``function_call`` and ``message``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nemo_gym.base_resources_server import (
    BaseResourcesServerConfig,
    BaseVerifyRequest,
    BaseVerifyResponse,
    SimpleResourcesServer,
)
from pydantic import ConfigDict

from starbench.adapters.base import configured, score
from starbench.adapters.responses import reply, sample


class StarbenchConfig(BaseResourcesServerConfig):
    """Which reward: ``sim``, ``binary``, ``toolrl`` or ``format_only``, and its profile."""

    reward: str = "sim"
    profile: str = "robust"


class StarbenchVerifyRequest(BaseVerifyRequest):
    """NeMo Gym's request and the row's gold."""

    model_config = ConfigDict(extra="allow")
    ground_truth: Any


class StarbenchVerifyResponse(BaseVerifyResponse):
    """The request, the reward, and the reward's parts as numbers of their own."""

    model_config = ConfigDict(extra="allow")


class StarbenchResourcesServer(SimpleResourcesServer):
    """``POST /verify`` with the reward; nothing is kept between requests."""

    config: StarbenchConfig

    async def verify(self, body: StarbenchVerifyRequest) -> StarbenchVerifyResponse:
        """NeMo Gym's hook."""
        request: Mapping[str, Any] = body.model_dump()
        (result,) = score([sample(request)], configured(self.config.reward, self.config.profile))
        return StarbenchVerifyResponse(**reply(request, result))
