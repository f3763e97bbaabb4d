"""A search engine and a few pages on this machine, with whatever is wrong with them.

with stub_web([429, {"organic_results": […]}]) as web:        # what searches are answered, one after the other
    web.search, web.page("/plain"), web.asked
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = (
    "<html><head><style>p {}</style></head>"
    "<body><h1>Tea</h1><p>Da Hong <b>Pao</b></p><script>x()</script></body></html>"
)
PAGES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/plain": (200, {"content-type": "text/html; charset=utf-8"}, PAGE.encode()),
    "/latin": (200, {"content-type": "text/plain; charset=latin-1"}, "Tür".encode("latin-1")),
    "/gone": (404, {}, b"no"),
    "/moved": (302, {"location": "/plain"}, b""),
    "/circle": (302, {"location": "/circle"}, b""),
    "/big": (200, {"content-type": "text/plain"}, b"x" * 5_000_000),
}


class StubWeb:
    """Where it is, and the paths that were asked for."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []
        self.url = ""

    @property
    def search(self) -> str:
        """The address of the search engine."""
        return f"{self.url}/search.json"

    def page(self, path: str) -> str:
        """The address of a page."""
        return self.url + path

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """What a request is answered; the last answer of the engine is given again and again."""
        self.asked.append(path)
        if not path.startswith("/search.json"):
            return PAGES[path]
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, int):
            return answer, {}, b"{}"
        return 200, {}, answer if isinstance(answer, bytes) else json.dumps(answer).encode()


@contextmanager
def stub_web(answers: Sequence[Any] = ({"organic_results": []},)) -> Iterator[StubWeb]:
    """The web in a thread of its own while the block runs."""
    stub = StubWeb(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = stub.answer(self.path)
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked may have read enough
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
