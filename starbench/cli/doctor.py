"""``starbench doctor``: which backends and data can be used here, and what to do about the others.

Example, cut::

    ✓ openai          httpx 0.28.1
    ✗ vllm            not installed; install it as its own guide says for your hardware
    ✗ bfcl web_search it needs a search engine: put a key of serpapi.com into SERPAPI_API_KEY
    ✓ data bfcl       2026.3.23, complete
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Iterator
from typing import NamedTuple

import click

NEEDS: dict[str, tuple[tuple[str, ...], str]] = {
    "openai": (("httpx",), "pip install 'starbench[openai]'"),
    "transformers": (("torch", "transformers"), "pip install 'starbench[transformers]'"),
    "vllm": (("vllm",), "install it as vLLM's own guide says for your hardware"),
    "replay": ((), ""),
}
"""Backend -> the libraries that it needs, and how they come here."""


class Finding(NamedTuple):
    """One thing that was looked at, and a sentence about it."""

    good: bool
    what: str
    sentence: str


@click.command()
def doctor() -> None:
    """Say which backends and benchmark data can be used here, and what to install."""
    for finding in findings():
        mark = click.style("✓", fg="green") if finding.good else click.style("✗", fg="red")
        click.echo(f"{mark} {finding.what:<22} {finding.sentence}")


def findings() -> Iterator[Finding]:
    """Everything that is looked at, in order; nothing is fetched or loaded but torch, to ask it for GPUs."""
    for name, (libraries, remedy) in NEEDS.items():
        absent = [library for library in libraries if importlib.util.find_spec(library) is None]
        if absent:
            yield Finding(False, f"backend {name}", f"{' and '.join(absent)} not installed; {remedy}")
        else:
            versions = ", ".join(f"{library} {_version(library)}" for library in libraries)
            yield Finding(True, f"backend {name}", versions or "needs nothing")
    yield from _served()
    yield _gguf()
    yield _gpu()
    yield from _data()


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "of unknown version"


def _served() -> Iterator[Finding]:
    """The categories of BFCL that need more than the model."""
    from starbench.runner.needs import bfcl_lacking
    from starbench.runner.settings import WebSettings

    reasons = dict(bfcl_lacking(WebSettings()))
    for category in ("memory_kv", "memory_rec_sum", "memory_vector", "web_search_base"):
        what = f"bfcl {category.removesuffix('_base')}"
        yield Finding(category not in reasons, what, reasons.get(category, "can be asked"))


def _gguf() -> Finding:
    absent = [library for library in ("gguf", "accelerate") if importlib.util.find_spec(library) is None]
    if absent:
        return Finding(False, "GGUF files", f"{' and '.join(absent)} not installed; pip install {' '.join(absent)}")
    return Finding(True, "GGUF files", f"gguf {_version('gguf')}")


def _gpu() -> Finding:
    if importlib.util.find_spec("torch") is None:
        return Finding(False, "GPU", "unknown without torch")
    import torch

    if not torch.cuda.is_available():
        return Finding(False, "GPU", "torch sees none; local models run on the processor")
    return Finding(True, "GPU", f"{torch.cuda.device_count()} × {torch.cuda.get_device_name(0)}")


def _data() -> Iterator[Finding]:
    from starbench import store

    for name in store.datasets():
        folder = store.find(store.dataset(name))
        if folder is None:
            yield Finding(False, f"data {name}", f"not here; fetch it with: starbench data pull {name}")
        elif folder.absent_extras():
            yield Finding(
                False, f"data {name}", f"enough to score, not to ask models; fetch the rest: starbench data pull {name}"
            )
        elif problems := folder.problems():
            yield Finding(False, f"data {name}", problems[0])
        else:
            yield Finding(True, f"data {name}", f"{folder.dataset.version}, complete")
