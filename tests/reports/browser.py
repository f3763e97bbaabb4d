"""A page in headless Chromium: a script acts in it as a person would and says what it then sees.

The page stands in a frame of a page of our own, as its content security policy lets no other script in.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,900",
    "--virtual-time-budget=20000",
    "--dump-dom",
]
AROUND = """<!DOCTYPE html><meta charset="utf-8">
<iframe id="f" src="/page{link}" style="width:{width}px;height:800px"></iframe>
<pre id="seen"></pre><script>
const pause = () => new Promise((done) => setTimeout(done, 400));
const say = (value) => document.getElementById("seen").textContent = JSON.stringify(value);
document.getElementById("f").addEventListener("load", async () => {{
  const frame = document.getElementById("f").contentWindow, page = frame.document;
  const one = (query) => page.querySelector(query), all = (query) => [...page.querySelectorAll(query)];
  const change = async (query, value, event = "change") => {{
    one(query).value = value; one(query).dispatchEvent(new frame.Event(event, {{ bubbles: true }})); await pause();
  }};
  const key = async (query, name) => {{
    one(query).dispatchEvent(new frame.KeyboardEvent("keydown", {{ key: name, bubbles: true }})); await pause();
  }};
  const press = async (query) => {{ one(query).click(); await pause(); }};
  const unnamed = () => all("button, select, input").filter((control) =>
    ![control, ...(control.labels || [])].some((e) => (e.textContent + (e.ariaLabel || "")).trim())).length;
  try {{ await pause(); say(await (async () => {{ {act} }})()); }} catch (problem) {{ say("problem: " + problem); }}
}}, {{ once: true }});
</script>"""


def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("Chromium is not installed, so the pages were NOT tried in a browser")
    return found


def seen(page: bytes, act: str, profile: Path, link: str = "", width: int = 1280, also: bytes = b"") -> Any:
    """What the JavaScript ``act`` returns, run beside the page with one, all, change, key and press at hand.

    ``also`` is served as ``/also``.
    """
    program = chromium()
    around = AROUND.format(act=act, link=html.escape(link), width=width).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = {"/": around, "/page": page, "/also": also}.get(self.path, b"")
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        command = [program, *FLAGS, f"--user-data-dir={profile}", f"http://127.0.0.1:{server.server_port}/"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        server.shutdown()
    text = re.search(r'<pre id="seen">(.*?)</pre>', done.stdout, re.DOTALL)
    assert text is not None, done.stderr[-2000:]
    return json.loads(html.unescape(text[1]))
