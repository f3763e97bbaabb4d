"""A run's answers as official BFCL result files, for the official evaluation and whoever reads its folders.

result/my-model/non_live/BFCL_v4_simple_python_result.json
{"id": "simple_python_0", "result": [{"f": "{\\"x\\": 1}"}], "input_token_count": 211, "output_token_count": 24,
 "latency": 0.81}
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from starbench.benchmarks.bfcl.answers import answer_of
from starbench.benchmarks.bfcl.categories import CATEGORIES, place
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
    for category, rows in files.items():
        group = CATEGORIES[category].group
        with written_whole(home / label.replace("/", "_") / group / f"BFCL_v4_{category}_result.json") as file:
            for row in rows:
                file.write(json_line(row))
    return home


def _row(case: Case, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": case.id,
        "result": _result(case, row),
        "input_token_count": row.get("input_tokens") or 0,
        "output_token_count": row.get("output_tokens") or 0,
        "latency": row["seconds"],
        **({"reasoning_content": row["reasoning"]} if "reasoning" in row else {}),
    }


def _result(case: Case, row: Mapping[str, Any]) -> Any:
    """What the official handlers store of the answer."""
    if "result" in row:
        return row["result"]
    given = row["message"] if "message" in row else row["output"]
    return answer_of(given, row.get("dialect", "auto"), place(case.id), case.tools).stored
