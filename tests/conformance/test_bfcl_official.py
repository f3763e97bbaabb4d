"""Single-turn verdicts and error types against those of the official code, character for character."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from starbench.benchmarks.bfcl.checker import official_verdict
from starbench.benchmarks.bfcl.decode import DecodeFailure, decode

if TYPE_CHECKING:
    from starbench.benchmarks.bfcl import BFCL

pytestmark = pytest.mark.conformance

RUN = "openai_gpt-oss-120b"


@pytest.fixture(scope="module")
def golden(shared: Path) -> Path:
    folder = shared / "golden"
    if not folder.is_dir():
        pytest.skip("the golden answers in ../shared/golden are not here")
    return folder


def rows(path: Path) -> Iterator[Mapping[str, Any]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return map(json.loads, data.splitlines())


def verdict(bfcl: BFCL, row: Mapping[str, Any], category: str, handler: str) -> tuple[bool, str | None]:
    languages = {"simple_java": "java", "simple_javascript": "javascript"}
    try:
        decoded: Any = decode(row["result"], f"bfcl-{handler}", language=languages.get(category, "python"))
    except DecodeFailure as failure:
        decoded = failure
    entry = bfcl.case(row["id"]).source
    valid, error, sentence = official_verdict(entry, decoded, category=category, underscore_to_dot=handler == "fc")
    assert bool(sentence) is not valid
    return valid, error


@pytest.mark.parametrize(("file", "size"), [("bfcl_mutations", 59_844), ("bfcl_real_outputs", 13_900)])
def test_golden_answers_get_the_official_verdict(bfcl: BFCL, golden: Path, file: str, size: int) -> None:
    total, differing = 0, []
    for row in rows(golden / f"{file}.jsonl.gz"):
        total += 1
        got = verdict(bfcl, row, row["category"], row["handler"])
        if got != (row["valid"], row["error_type"]):
            differing.append((row["id"], row["result"], got, row["error_type"]))
    assert differing[:5] == []
    assert total == size


def test_the_golden_run_has_the_official_failures(bfcl: BFCL, golden: Path) -> None:
    run, total = golden / "bfcl_run", 0
    for file in sorted((run / "result" / RUN).glob("*live/*.json")):
        category = file.stem.removeprefix("BFCL_v4_").removesuffix("_result")
        score = run / "score" / RUN / file.parent.name / file.name.replace("_result.", "_score.")
        wanted = {row["id"]: row["error_type"] for row in rows(score) if "id" in row}
        got = {}
        for row in rows(file):
            total += 1
            valid, error = verdict(bfcl, row, category, "fc")
            if not valid:
                got[row["id"]] = error
        assert got == wanted, category
    assert total == 3_641
