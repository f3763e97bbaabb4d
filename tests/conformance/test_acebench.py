"""ACEBench's official verdicts against those of its own scorer: mutated answers (en, zh) and real ones (en)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from starbench.benchmarks.acebench.benchmark import ACEBench

pytestmark = pytest.mark.conformance

PARSERS_WORDS = "(<unknown>, line"
"""Stands in what Python's parser says, which differs from version to version."""
RECORDERS_WORDS = "refused to eval"
"""Stands in what the program that recorded the golden rows said instead of running a model's text."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        pytest.skip(f"the golden answers {path.name} are not here")
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def alike(got: Any, wanted: Any) -> bool:
    """Whether two errors are the same text, or differ in words that are not upstream's."""
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], str):
        head, _, words = wanted[0].partition("Failed to decode AST.")
        if PARSERS_WORDS in words or RECORDERS_WORDS in words:
            return bool(got[0].startswith(f"{head}Failed to decode AST."))
    return bool(got == wanted)


@pytest.mark.parametrize(
    ("corpus", "size"), [("acebench_mutation_corpus", 23_533), ("acebench_parity_corpus_en", 5_302)]
)
def test_verdicts_lists_types_and_texts_are_the_official_ones(
    acebench: Callable[..., ACEBench], shared: Path, corpus: str, size: int
) -> None:
    count, differences, unlawful = 0, [], []
    for row in rows(shared / "golden" / f"{corpus}.jsonl.gz"):
        count += 1
        benchmark = acebench(row.get("lang", "en"), keep_reasoning=True)
        found = benchmark.judge_official(row["id"], row["result"])
        verdict = benchmark.grade(row["id"], row["result"])
        got, wanted = ((r["valid"], r["listed"], r["error_type"]) for r in (asdict(found), row))
        own = (verdict.valid, verdict.error) == (found.valid, None if found.valid else found.error_type)
        if got != wanted or not alike(found.error, row["error"]) or not own:
            differences.append((row["id"], got, wanted, found.error, row["error"]))
        strict = benchmark.grade(row["id"], row["result"], grading="strict")
        if strict.valid != (strict.similarity == 1.0) or strict.similarity != verdict.similarity:
            unlawful.append((row["id"], row["result"]))
    assert count == size
    assert differences == []
    assert unlawful == []
