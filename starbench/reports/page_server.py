"""A finished page at an address of this machine, for a browser behind a tunnel.

Example::

    with page_server(page, 0) as server:
        print(f"http://127.0.0.1:{server.server_port}/")
        server.serve_forever()

It answers ``GET /`` with the page and everything else with 404; no file is ever read.
"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from starbench.errors import InputError


def page_server(page: bytes, port: int) -> ThreadingHTTPServer:
    """A server of the page on 127.0.0.1, listening already; InputError where the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        """Knows one page."""

        def do_GET(self) -> None:
            """Answer with the page, or say that there is nothing else."""
            body, status = (page, 200) if self.path in ("/", "/index.html") else (b"there is one page, at /\n", 404)
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8" if status == 200 else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the terminal is for sentences."""

    try:
        return ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except (OSError, OverflowError):
        raise InputError(
            f"the port {port} of 127.0.0.1 cannot be used; take another with --port, or 0 for any"
        ) from None
