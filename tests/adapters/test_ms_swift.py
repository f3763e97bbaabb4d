"""ms-swift: the plugin file through its own importer and reward loop, where it is installed.

The contract is that of ms-swift 4.6.0 (``rewards/orm.py``, ``rl_core/grpo_algorithm.py``, ``rlhf_trainers/utils.py``).
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest
from weather_task import ANSWERS, GOLD, TOOLS

QUESTION = {"role": "user", "content": "Weather in Paris for three days?"}


def messages(answer: str) -> list[dict[str, str]]:
    return [QUESTION, {"role": "assistant", "content": answer}]


def plugin_file() -> str:
    spec = importlib.util.find_spec("starbench.adapters.ms_swift.plugin")
    assert spec is not None and spec.origin is not None
    return spec.origin


def test_the_recorded_call(monkeypatch: pytest.MonkeyPatch, values: list[float]) -> None:
    rewards: Any = ModuleType("swift.rewards")
    rewards.orms = {}
    rewards.ORM = type("ORM", (), {"__init__": lambda self, args=None, **_: None})
    monkeypatch.setitem(sys.modules, "swift", ModuleType("swift"))
    monkeypatch.setitem(sys.modules, "swift.rewards", rewards)
    spec = importlib.util.spec_from_file_location("_swift_external_recorded", plugin_file())
    assert spec is not None and spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    reward = rewards.orms["starbench"](args=None)
    columns = {"messages": [messages(a) for a in ANSWERS], "ground_truth": [GOLD] * 4, "tools": [TOOLS] * 4}
    assert (
        reward(ANSWERS, **columns, finish_reason=["stop"] * 4, trainer_state=None, is_truncated=[False] * 4) == values
    )
    assert reward(ANSWERS[:1], ground_truth=[GOLD]) == values[:1]


@pytest.mark.filterwarnings("ignore")
def test_the_real_reward_loop(values: list[float]) -> None:
    pytest.importorskip("swift", reason="ms-swift is not installed here")
    import torch
    from swift.rl_core.data import OnPolicySample
    from swift.rl_core.grpo_algorithm import compute_rewards_per_func
    from swift.rlhf_trainers.utils import resolve_reward_funcs
    from swift.utils import import_external_file

    import_external_file(plugin_file())
    functions, names = resolve_reward_funcs(["starbench"], args=object())
    samples = [OnPolicySample(messages=messages(a), extra={"ground_truth": GOLD, "tools": TOOLS}) for a in ANSWERS]
    got = compute_rewards_per_func(samples, functions, [None], device=torch.device("cpu"), trainer_state=None)
    assert names == ["Starbench"]
    assert got[:, 0].tolist() == pytest.approx(values)
