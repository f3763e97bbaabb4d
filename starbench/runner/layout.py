"""A run's answers as official BFCL result files, for the official evaluation and whoever reads its folders.

result/my-model/non_live/BFCL_v4_simple_python_result.json
result/my-model/agentic/memory/kv/BFCL_v4_memory_kv_result.json, …_memory_kv_prereq_result.json, memory_snapshot/…

{"id": "simple_python_0", "result": [{"f": "{\\"x\\": 1}"}], "input_token_count": 211, "output_token_count": 24,
 "latency": 0.81}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from starbench.benchmarks.bfcl.answers import answer_of
from starbench.benchmarks.bfcl.categories import CATEGORIES, MEMORIES, place
from starbench.runner.bfcl import PREREQUISITE
from starbench.runner.folder import RunFolder
from starbench.scoring import json_line, written_whole
from starbench.types import Case


def write_bfcl_layout(folder: RunFolder, label: str, cases: Sequence[Case]) -> Path:
    """Write the first sample of each answered case; returns the folder ``result`` inside the run's."""
    latest, files = folder.outputs.latest(), defaultdict(list)
    for case in cases:
        row = latest.get((case.id, 0))
        if row is not None and "error" not in row:
            files[case.category].append(_row(case, row))
    home = folder.path / "result"
    model = home / label.replace("/", "_")
    for category, rows in files.items():
        _write_rows(model / _group(category) / f"BFCL_v4_{category}_result.json", rows)
    if not MEMORIES.keys().isdisjoint(files):
        _write_memories(folder, model)
    return home


def _group(category: str) -> Path:
    """The folder of a category below the model's."""
    group = Path(CATEGORIES[category].group)
    return group / "memory" / category.removeprefix("memory_") if category in MEMORIES else group


def _write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with written_whole(path) as file:
        for row in rows:
            file.write(json_line(row))


def _write_memories(folder: RunFolder, model: Path) -> None:
    """The conversations that filled the memories, and what each has left; upstream keeps the last apart."""
    files: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for (id, sample), row in folder.prerequisites.latest().items():
        if sample != 0 or "error" in row:
            continue
        files[row["category"]].append({"id": id, "result": row["result"], **_counts(row)})
        snapshots = model / _group(row["category"].removesuffix(PREREQUISITE)) / "memory_snapshot"
        scenario = id.split("-")[1]
        _write_rows(snapshots / "prereq_checkpoints" / f"{id}.json", [row["left"]])
        _write_rows(snapshots / f"{scenario}_final.json", [row["left"]])  # rows come in order, so the last one stays
    for category, rows in files.items():
        home = model / _group(category.removesuffix(PREREQUISITE))
        _write_rows(home / f"BFCL_v4_{category}_result.json", rows)


def _row(case: Case, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": case.id,
        "result": _result(case, row),
        **_counts(row),
        **({"reasoning_content": row["reasoning"]} if "reasoning" in row else {}),
    }


def _counts(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "input_token_count": row.get("input_tokens") or 0,
        "output_token_count": row.get("output_tokens") or 0,
        "latency": row["seconds"],
    }


def _result(case: Case, row: Mapping[str, Any]) -> Any:
    """What the official handlers store of the answer."""
    if "result" in row:
        return row["result"]
    given = row["message"] if "message" in row else row["output"]
    return answer_of(given, row.get("dialect", "auto"), place(case.id), case.tools).stored
