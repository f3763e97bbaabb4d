"""Bind, serve, stop: the process that ``starbench serve`` becomes.

SIGTERM or Ctrl-C stops it gracefully: no new requests, open ones are answered (for at most ``stop_seconds``), then the
scorers end.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable

import uvicorn

from starbench.adapters.base import configured
from starbench.errors import InputError
from starbench.server.app import create_app
from starbench.server.settings import Settings

BACKLOG = 2048
"""Connections that may wait to be taken."""


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until told to stop; ``announce`` gets the address once requests are taken (port 0 picks a free one).

    Raises:
        UnknownNameError: there is no such reward or profile.
        InputError: the address cannot be bound, or the scorers do not start.
    """
    configured(settings.reward, settings.profile)
    listening = bind(settings.host, settings.port)
    address = f"http://{settings.host}:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        create_app(settings, on_ready=lambda: announce(address)),
        loop="asyncio",
        lifespan="on",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=int(settings.stop_seconds),
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn hands Ctrl-C on after it has stopped
        uvicorn.Server(config).run(sockets=[listening])


def bind(host: str, port: int) -> socket.socket:
    """A socket that names its protocol and already listens: who comes before the scorers are ready waits.

    asyncio switches Nagle's delay off for such sockets only; with it a small answer on a kept connection takes 40 ms.
    """
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(BACKLOG)
        except OSError:
            listening.close()
            raise
    except OSError as error:
        raise InputError(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another --host or --port"
        ) from error
    return listening
