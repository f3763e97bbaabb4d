"""``import starbench`` is free: none of the heavy libraries comes with it."""

from __future__ import annotations

import json
import subprocess
import sys

DENIED = [
    "torch", "transformers", "vllm", "pandas", "numpy", "rich", "click", "httpx", "jsonschema", "deepdiff",
    "asyncio", "nltk", "rapidfuzz", "tree_sitter", "scipy", "jinja2",
]  # fmt: skip


def loaded_after(code: str) -> set[str]:
    """Top-level modules in ``sys.modules`` after running ``code`` in a fresh interpreter."""
    script = f"{code}\nimport json, sys\nsys.stdout.write(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in json.loads(done.stdout)}


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_after("import starbench") & set(DENIED)


def test_reading_a_call_loads_nothing_heavy() -> None:
    code = """import starbench; starbench.parse('<tool_call>{"name": "f", "arguments": {}}</tool_call>')"""
    assert not loaded_after(code) & set(DENIED)
