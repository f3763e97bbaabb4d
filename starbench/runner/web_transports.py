"""Two ways of sending a request: with a key that nobody above sees, and to public addresses only.

    Keyed(inner, "api_key", "s3cret")      # the URL that clients, their logs and their errors know has no key
    PublicOnly(inner)                      # http://169.254.169.254/… is refused, also where a name leads to it

A model chooses which pages are fetched, so without the second it could look around in the network of whoever runs it.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import Any

import httpx


class Keyed(httpx.AsyncBaseTransport):
    """Adds a parameter to the URL of each request on its way out."""

    def __init__(self, inner: httpx.AsyncBaseTransport, name: str, key: str) -> None:
        self._inner = inner
        self._name = name
        self._key = key

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with the key."""
        return await self._inner.handle_async_request(_with(request, request.url.copy_add_param(self._name, self._key)))

    async def aclose(self) -> None:
        """Close what is below."""
        await self._inner.aclose()


class PublicOnly(httpx.AsyncBaseTransport):
    """Connects to the address that was looked at, so that a name cannot mean another one a moment later."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *, private: bool = False) -> None:
        self._inner = inner
        self._private = private

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to an address of its host; httpx.ConnectError where there is none that may be asked."""
        host = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise httpx.ConnectError(f"the name {host!r} is not known") from None
        addresses = [str(address[0]) for *_, address in found]
        if not self._private and not all(map(_is_public, addresses)):
            raise httpx.ConnectError(f"{host!r} is not a public address")
        extensions = {**request.extensions, "sni_hostname": host}
        return await self._inner.handle_async_request(
            _with(request, request.url.copy_with(host=addresses[0]), extensions)
        )

    async def aclose(self) -> None:
        """Close what is below."""
        await self._inner.aclose()


def _is_public(address: str) -> bool:
    """Whether an address belongs to the whole internet, also one of the old kind that is written as a new one."""
    found = ipaddress.ip_address(address)
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_global


def _with(request: httpx.Request, url: httpx.URL, extensions: dict[str, Any] | None = None) -> httpx.Request:
    """The same request to another URL; its Host header stays."""
    return httpx.Request(
        request.method,
        url,
        headers=request.headers,
        stream=request.stream,
        extensions=request.extensions if extensions is None else extensions,
    )
