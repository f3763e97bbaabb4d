"""``starbench serve`` on a free port of 127.0.0.1, as its own process, for the length of a test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class LocalServer:
    """A running server: where it is, and a client for it."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url

    def request(
        self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to a request (POST where there is a body)."""
        wanted = urllib.request.Request(self.url + path, body, {"Content-Type": "application/json", **(headers or {})})
        try:
            with urllib.request.urlopen(wanted, timeout=30) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, dict(refusal.headers), refusal.read()

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """Status and JSON of the answer to a JSON body."""
        status, _, answer = self.request(path, json.dumps(body).encode())
        return status, json.loads(answer)

    def scorers(self) -> list[int]:
        """The process ids of its scorers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in children.split()]


@contextmanager
def local_server(*options: str, **environment: str) -> Iterator[LocalServer]:
    """Start the server, wait until it takes requests, and stop it in the end."""
    command = [sys.executable, "-m", "starbench", "serve", "--port", "0", *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if " on http" in line:
            break
    else:
        raise AssertionError("the server did not start:\n" + "".join(said))
    rest = threading.Thread(target=process.stderr.read, daemon=True)  # a full pipe would stop the server
    rest.start()
    try:
        yield LocalServer(process, said[-1].rsplit(" on ", 1)[1].strip())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
        rest.join(timeout=30)
        process.stderr.close()
