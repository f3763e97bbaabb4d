"""OpenRLHF: the file as its rollout actor loads it, with the real agent executor where the package is installed.

The recorded contract is that of openrlhf 0.11.2 (``utils/agent.py``, ``trainer/ppo_utils/samples_generator.py``).
"""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from weather_task import ANSWERS, GOLD, PROMPT, RIGHT

from starbench.adapters import openrlhf

END = "<|im_end|>"


def load_by_path() -> Any:
    """The reward function as OpenRLHF gets it: from the file's path, outside of any package."""
    spec = importlib.util.spec_from_file_location("reward_func", openrlhf.__file__)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.reward_func


def test_the_answer_has_numbers_for_every_query(values: list[float]) -> None:
    queries = [PROMPT + answer + END for answer in ANSWERS]
    rewards = openrlhf.score(openrlhf.samples(queries, [PROMPT] * 4, [GOLD] * 4))
    answer = openrlhf.reply(rewards)
    assert answer["rewards"] == values
    assert all(0 <= score <= 1 for score in answer["scores"])
    assert all(len(column) == 4 and all(type(x) is float for x in column) for column in answer["extra_logs"].values())
    assert answer["extra_logs"], "there are parts to log"
    assert openrlhf.reply([])["rewards"] == []


@pytest.mark.filterwarnings("ignore")
def test_the_file_gives_tensors_that_old_and_new_releases_take(values: list[float]) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed; the test extra brings it")
    got = load_by_path()([PROMPT + a + END for a in ANSWERS], [PROMPT] * 4, [GOLD] * 4)
    assert got["rewards"].shape == got["scores"].shape == (4,)
    assert got["rewards"].tolist() == pytest.approx(values)
    single = load_by_path()([PROMPT + RIGHT + END], [PROMPT], [GOLD])
    assert torch.tensor([single["rewards"]]).shape == (1,), "as the sample generator of 0.11 wraps it"
    assert torch.tensor([single["extra_logs"][next(iter(got["extra_logs"]))].flatten()[0].item()]).shape == (1,)


@dataclass
class Params:
    """The sampling parameters that the executor reads."""

    max_tokens: int | None = None
    logprobs: int | None = None


@dataclass
class Letters:
    """A tokenizer of characters."""

    def __call__(self, text: str, **_: Any) -> dict[str, Any]:
        torch = importlib.import_module("torch")
        return {"input_ids": torch.tensor([[ord(c) for c in text]])}

    def decode(self, ids: list[int], **_: Any) -> str:
        return "".join(map(chr, ids))


@dataclass
class Engine:
    """An engine whose answers are given."""

    answers: list[str] = field(default_factory=list)

    async def generate(self, ids: list[int], *_: Any, **__: Any) -> Any:
        text = self.answers.pop(0) + END
        output = SimpleNamespace(token_ids=[ord(c) for c in text], finish_reason="stop", logprobs=None)
        return SimpleNamespace(outputs=[output])


def execute(url: str) -> list[dict[str, Any]]:
    """The four answers through OpenRLHF's own executor."""
    agent = pytest.importorskip("openrlhf.utils.agent", reason="openrlhf is not installed here")
    executor = agent.SingleTurnAgentExecutor(url)
    engine = Engine([*ANSWERS])

    async def all_of_them() -> list[dict[str, Any]]:
        return [await executor.execute(PROMPT, GOLD, Params(), 8192, Letters(), engine) for _ in ANSWERS]

    return asyncio.run(all_of_them())


@pytest.mark.filterwarnings("ignore")
def test_the_real_executor_with_the_file(values: list[float]) -> None:
    responses = execute(openrlhf.__file__)
    assert [r["reward"].item() for r in responses] == pytest.approx(values)
    assert [r["scores"].item() for r in responses] == pytest.approx([max(0.0, v) for v in values])


@pytest.mark.filterwarnings("ignore")
def test_the_real_executor_with_the_server(values: list[float], server: Any) -> None:
    responses = execute(server.url + "/get_reward")
    assert [r["reward"] for r in responses] == [[value] for value in values]


def test_importing_the_file_loads_no_torch() -> None:
    code = "import sys, starbench.adapters.openrlhf; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
