"""The door: no request without the token, none above the size limit. Plain ASGI around the application.

Example of what is let in where a token is set: ``Authorization: Bearer TOKEN``, or for clients that can only be given a
URL, ``http://any:TOKEN@host:8000/get_reward`` (HTTP Basic). ``/healthz`` needs no token.
"""

from __future__ import annotations

import base64
import binascii
import hmac

import anyio
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from starbench.server.settings import Settings

OPEN_PATHS = {"/healthz"}

DRAIN_LIMITS, DRAIN_SECONDS = 4, 1.0
"""How much of a refused request is read before it is answered: so many times the limit, for so long at most."""


class Guard:
    """The application behind the door."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.token = settings.token
        self.limit = settings.max_bytes
        self.too_large = f"a request may have {settings.max_bytes} bytes; send fewer samples at once"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"0")
        if (
            self.token
            and scope["path"] not in OPEN_PATHS
            and not allowed(headers.get(b"authorization", b""), self.token)
        ):
            refused = refusal(401, "this server wants its token: Authorization: Bearer TOKEN")
        elif not length.isdigit() or int(length) > self.limit:
            refused = refusal(413, self.too_large)
        else:
            return await self.app(scope, self.counted(receive), send)
        await self.drain(receive)
        return await refused(scope, receive, send)

    def counted(self, receive: Receive) -> Receive:
        """``receive`` that refuses more bytes than the limit, for bodies that do not say their length."""
        left = self.limit

        async def count() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                await self.drain(receive)
                raise HTTPException(413, self.too_large)
            return message

        return count

    async def drain(self, receive: Receive) -> None:
        """Read and forget what the client is still sending, within bounds.

        A connection that is closed before its request was read is reset, and the client never sees the answer.
        """

        async def read() -> None:
            left = DRAIN_LIMITS * self.limit
            while left > 0:
                message = await receive()
                left -= len(message.get("body", b""))
                if not message.get("more_body"):
                    return

        with anyio.move_on_after(DRAIN_SECONDS):
            await read()


def allowed(authorization: bytes, token: str) -> bool:
    """Whether the header carries the token, as Bearer or as the password of Basic; compared in constant time."""
    scheme, _, given = authorization.partition(b" ")
    if scheme.lower() == b"basic":
        try:
            given = base64.b64decode(given, validate=True).partition(b":")[2]
        except binascii.Error:
            return False
    elif scheme.lower() != b"bearer":
        return False
    return hmac.compare_digest(given, token.encode())


def refusal(status: int, sentence: str) -> JSONResponse:
    """An answer that is given without looking further at the request."""
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"detail": sentence}, status_code=status, headers=headers)
