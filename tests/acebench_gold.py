"""An ACEBench case's own answer, written as a result file holds it."""

from __future__ import annotations

import re
from typing import Any

from starbench.types import Case


def gold_result(case: Case, *, real_names: bool = False) -> Any:
    """The first accepted answer; ``real_names`` keeps a number that belongs to a function's name."""
    truth = case.source["ground_truth"]
    if "agent" in case.category:
        stones = case.source["mile_stone"]
        return {"result": truth, "process": stones[0] if isinstance(stones[0], list) else stones}
    if "special" in case.category:
        return f'["{case.expected.replies[0]}"]'
    known = {function["name"] for function in case.source["function"]} if real_names else set()
    answer = truth[0] if isinstance(truth, list) else truth
    calls = []
    for key, arguments in answer.items():
        name = key if key in known else re.sub(r"_\d+$", "", key)
        calls.append(f"{name}({', '.join(f'{argument}={value!r}' for argument, value in arguments.items())})")
    return f"[{', '.join(calls)}]"
