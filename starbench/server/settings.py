"""How a server is set up, and the two checks that are made before it opens a socket.

Example: ``Settings(host="0.0.0.0", token="secret", workers=8, profile="star")``.
"""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass, field

from starbench.errors import InputError


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``starbench serve`` was told; times in seconds, sizes in bytes."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = field(default_factory=lambda: max(1, (os.cpu_count() or 2) - 1))
    reward: str = "sim"
    profile: str = "robust"
    token: str | None = None
    max_bytes: int = 32 * 1024 * 1024
    sample_seconds: float = 5.0
    stop_seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.token is None and not is_loopback(self.host):
            raise InputError(
                f"{self.host} can be reached from other machines; give a token (--token or STARBENCH_TOKEN), "
                "or bind 127.0.0.1"
            )
        if self.workers < 1 or self.sample_seconds <= 0 or self.max_bytes < 1:
            raise InputError("workers, the time for a sample and the size of a request must be above zero")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``. A name other than localhost counts as reachable."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
