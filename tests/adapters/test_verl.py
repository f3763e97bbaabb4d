"""verl: through its own loader and reward manager where it is installed, else against the recorded contract.

The contract is that of verl 0.9.1 (``experimental/reward_loop/reward_manager/naive.py``, ``utils/import_utils.py``).
"""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
from weather_task import ANSWERS, GOLD, PROMPT, RIGHT, TOOLS

from starbench.adapters.verl import compute_score


def test_the_recorded_call(values: list[float]) -> None:
    got = [
        compute_score(
            data_source="weather",
            solution_str=answer,
            ground_truth=GOLD,
            extra_info={"tools": TOOLS, "num_turns": 2, "rollout_reward_scores": {}},
            reward_router_address=None,
        )
        for answer in ANSWERS
    ]
    assert [row["score"] for row in got] == values
    assert len({tuple(row) for row in got}) == 1, "verl reads the first sample's keys from every sample"
    assert all(type(value) is float for row in got for value in row.values())
    assert not inspect.iscoroutinefunction(compute_score)


def test_reward_kwargs_choose_another_reward() -> None:
    star = compute_score("xlam", f"short</think>\n{RIGHT}<|im_end|>", f"</think>\n{RIGHT}<|im_end|>\n",
                         {"prompt": PROMPT + "<think>"}, profile="star")  # fmt: skip
    assert star["score"] == 1.0
    assert compute_score("xlam", RIGHT, GOLD, reward="binary")["score"] == 1.0


@pytest.mark.filterwarnings("ignore")
def test_the_real_reward_manager(values: list[float]) -> None:
    reward = pytest.importorskip("verl.trainer.ppo.reward", reason="verl is not installed here")
    import numpy as np
    import torch
    from omegaconf import OmegaConf
    from verl import DataProto
    from verl.experimental.reward_loop.reward_manager.naive import NaiveRewardManager

    function = {
        "path": "pkg://starbench.adapters.verl",
        "name": "compute_score",
        "reward_kwargs": {"profile": "robust"},
    }
    config = OmegaConf.create({"reward": {"custom_reward_function": function}})
    width = max(map(len, ANSWERS))

    class Letters:
        def decode(self, ids: Any, skip_special_tokens: bool) -> str:
            return "".join(map(chr, ids.tolist()))

    def rollout(answer: str) -> Any:
        ids = torch.tensor([[ord(c) for c in answer.ljust(width)]])
        mask = torch.tensor([[1] * (4 + len(answer)) + [0] * (width - len(answer))])
        row = {
            "data_source": np.array(["weather"], dtype=object),
            "reward_model": np.array([{"ground_truth": GOLD}], dtype=object),
            "extra_info": np.array([{"tools": TOOLS}], dtype=object),
        }
        return DataProto.from_dict(tensors={"responses": ids, "attention_mask": mask}, non_tensors=row)

    async def judge() -> list[Any]:
        manager = NaiveRewardManager(config, Letters(), reward.get_custom_reward_fn(config))
        return [await manager.run_single(rollout(answer)) for answer in ANSWERS]

    results = asyncio.run(judge())
    assert [r["reward_score"] for r in results] == values
    assert len({tuple(r["reward_extra_info"]) for r in results}) == 1
