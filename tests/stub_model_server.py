"""A server on this machine that answers chat completions as a test tells it, good and bad."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

Behaviour = Callable[[Mapping[str, Any], int], Any]
"""Body of the request and its number from 0 -> a message, a status, "hang" or "torn"."""

HANG_SECONDS = 3.0


def said(text: str) -> dict[str, Any]:
    """A message that is only text."""
    return {"role": "assistant", "content": text}


class Stub:
    """What the server saw: bodies and headers of requests, and how many were under way at once."""

    def __init__(self, behave: Behaviour, delay: float) -> None:
        self.bodies: list[Mapping[str, Any]] = []
        self.headers: list[str] = []
        self.most = 0
        self.url = ""
        self._behave = behave
        self._delay = delay
        self._now = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                body = json.loads(await reader.readexactly(length))
                self._now += 1
                self.most = max(self.most, self._now)
                try:
                    if not await self._answer(body, head, writer):
                        return
                finally:
                    self._now -= 1
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, body: Mapping[str, Any], head: bytes, writer: asyncio.StreamWriter) -> bool:
        number = len(self.bodies)
        self.bodies.append(body)
        self.headers.append(head.decode())
        action = self._behave(body, number)
        await asyncio.sleep(HANG_SECONDS if action == "hang" else self._delay)
        status = action if isinstance(action, int) else 200
        answer = json.dumps(
            {
                "choices": [{"index": 0, "message": action, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 7, "completion_tokens": 3},
            }
        ).encode()
        if status != 200:
            answer = b'{"error": "no"}'
        if action == "torn":
            answer = answer[: len(answer) // 2]
        writer.write(b"HTTP/1.1 %d X\r\ncontent-type: application/json\r\n" % status)
        writer.write(b"content-length: %d\r\n\r\n" % len(answer) + answer)
        await writer.drain()
        return True


@contextmanager
def stub_server(behave: Behaviour, delay: float = 0.0) -> Iterator[Stub]:
    """A server in a thread of its own while the block runs."""
    stub, loop, ready = Stub(behave, delay), asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()

    async def run() -> None:
        server = await asyncio.start_server(stub.serve, "127.0.0.1", 0, backlog=1024)
        stub.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        ready.set()
        await stop.wait()
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    ready.wait()
    try:
        yield stub
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
