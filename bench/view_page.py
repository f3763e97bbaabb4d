"""How soon the page of ``starbench view`` can be used, and how fluid it is: measured in headless Chromium.

    python bench/view_page.py scores --cases 5000

repeats the rows of a scored run up to the number asked for, makes the page and uses it. Prints its size, the processor
time of making it, when it could be used, and how long a screen of the list, a case and a search take.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

from starbench.benchmarks import load_benchmark
from starbench.errors import StarbenchError
from starbench.reports.scored_run import Row, ScoredRun, read_run
from starbench.reports.viewer import case_records
from starbench.reports.viewer_page import viewer_page

AROUND = """<!DOCTYPE html><iframe id="f" style="width:1280px;height:800px"></iframe><script>
const f = document.getElementById("f"), begun = performance.now();
f.addEventListener("load", async () => {
  const w = f.contentWindow, page = w.document, one = (q) => page.querySelector(q), seen = {};
  await new Promise((done) => w.requestAnimationFrame(() => setTimeout(done)));
  seen.usable = performance.now() - begun;
  const timed = async (name, act, done) => {
    const from = performance.now();
    act();
    while (!done()) await new Promise((next) => setTimeout(next, 1));
    seen[name] = performance.now() - from;
  };
  const told = () => one("#status").textContent;
  const search = (text) => {
    one("#search").value = text;
    one("#search").dispatchEvent(new w.Event("change", { bubbles: true }));
  };
  await timed("screens", () => {
    for (let i = 1; i <= 50; i++) { one("#list").scrollTop = 4000 * i; w.eval("draw()"); }
  }, () => true);
  await timed("open", () => one(".row:nth-child(9)").click(),
    () => one("#case h2").textContent === one(".row[aria-selected=true] .name").textContent);
  const before = told();
  await timed("search", () => search("_7"), () => told() !== before);
  one("#deep").checked = true;
  const after = told();
  await timed("deep", () => search("the"), () => told() !== after && !told().startsWith("Reading"));
  await fetch("/seen", { method: "POST", body: JSON.stringify(seen) });
}, { once: true });
f.src = "/page";
</script>"""
POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--cases", type=int, default=5000)
    asked = parser.parse_args()
    run = read_run(asked.run)
    begun = time.process_time()
    page = viewer_page(list(case_records(repeated(run, asked.cases), benchmark(run))), run.meaning)
    made = time.process_time() - begun
    seen = used(page)
    print(f"{asked.cases:,} cases: {len(page) / 1e6:.1f} MB, made in {made:.1f} s of processor time")
    print(f"usable {seen['usable'] / 1000:.2f} s after it is asked for, in headless Chromium")
    print(f"a screen of the list {seen['screens'] / 50:.1f} ms, a case {seen['open']:.0f} ms")
    print(f"a search {seen['search']:.0f} ms, the first one in whole texts {seen['deep']:.0f} ms")


def repeated(run: ScoredRun, number: int) -> list[Row]:
    """So many rows, those of the run again and again; their cases are found by the id without what is added."""
    rows = [row for model in run.models.values() for row in model.values()]
    return [*islice(cycle(rows), number)]


def benchmark(run: ScoredRun) -> Any:
    try:
        return load_benchmark(str(run.meaning["benchmark"]))
    except StarbenchError:
        return None


def used(page: bytes) -> dict[str, float]:
    """Milliseconds of what is done in the page; its own policy, which lets no other script in, is taken out."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        raise SystemExit("Chromium is not installed")
    bodies = {"/": AROUND.encode(), "/page": POLICY.sub(b"", page)}
    answers: Queue[dict[str, float]] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in bodies else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(bodies.get(self.path, b""))

        def do_POST(self) -> None:
            answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, tempfile.TemporaryDirectory() as profile:
        Thread(target=server.serve_forever, daemon=True).start()
        command = [program, *flags, f"--user-data-dir={profile}", f"http://127.0.0.1:{server.server_port}/"]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
            try:
                return answers.get(timeout=120)
            finally:
                browser.terminate()
                browser.wait()
                server.shutdown()


if __name__ == "__main__":
    main()
