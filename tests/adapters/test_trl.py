"""TRL for real: one step of GRPO on the processor, with a random model of two layers whose answers are scripted.

The tokenizer is made here (bytes and the control tokens of the Qwen template), so nothing is fetched from a hub.
"""

from __future__ import annotations

import json
import math
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from weather_task import ANSWERS, GOLD, HALF, PROMPT, RIGHT, TOOLS

from starbench.adapters.trl import starbench_reward
from starbench.reward import SimReward

pytestmark = pytest.mark.filterwarnings("ignore")  # torch and transformers warn of their own affairs

END = "<|im_end|>"


def get_weather(city: str, days: int = 1) -> str:
    """The weather in a city.

    Args:
        city: The city.
        days: How many days.
    """
    return f"sunny in {city} for {days} days"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    trl = pytest.importorskip("trl", reason="trl is not installed; the test extra brings it")
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(alphabet)}, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    made = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=END, pad_token="<|endoftext|>")
    made.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    made.chat_template = (Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja").read_text(encoding="utf-8")
    return made


def scripted_model(tokenizer: Any, script: list[list[str]]) -> Any:
    """A tiny Qwen2 that trains like any model but whose n-th generation is ``script[n]``, in the rows' order."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=len(tokenizer), num_key_value_heads=2, **sizes))
    turns = iter(script)

    def generate(input_ids: Any, **_: Any) -> Any:
        rows = [tokenizer(text + END)["input_ids"] for text in next(turns)]
        width = max(map(len, rows))
        padded = torch.tensor([row + [tokenizer.pad_token_id] * (width - len(row)) for row in rows])
        return torch.cat([input_ids, padded], dim=1)

    model.generate = generate
    return model


def train(tokenizer: Any, folder: Path, script: list[list[str]], prompt: Any, reward: Any, **options: Any) -> Any:
    """One step of GRPO over one prompt and four answers; the trainer's log."""
    from datasets import Dataset
    from trl import GRPOConfig, GRPOTrainer

    config = GRPOConfig(
        output_dir=str(folder), max_steps=1, per_device_train_batch_size=4, num_generations=4, logging_steps=1,
        max_completion_length=512, save_strategy="no", report_to=[], use_cpu=True, bf16=False, learning_rate=1e-3,
    )  # fmt: skip
    trainer = GRPOTrainer(
        model=scripted_model(tokenizer, script),
        reward_funcs=[reward],
        args=config,
        train_dataset=Dataset.from_list([{"prompt": prompt, "ground_truth": GOLD, "tools": TOOLS}] * 4),
        processing_class=tokenizer,
        **options,
    )
    trainer.train()
    return trainer.state.log_history[0]


def test_a_step_on_text(tokenizer: Any, tmp_path: Path, values: list[float]) -> None:
    log = train(tokenizer, tmp_path, [ANSWERS], PROMPT, starbench_reward)
    assert log["rewards/starbench_reward/mean"] == pytest.approx(sum(values) / 4)
    assert log["rewards/starbench_reward/std"] > 0
    assert math.isfinite(log["loss"])
    means = {name: log[f"starbench/{name}"] for name in SimReward()(RIGHT, GOLD, TOOLS).parts}
    assert all(0 <= value <= 1 for value in means.values()), means


def test_a_step_on_messages_parsed_by_trl(tokenizer: Any, tmp_path: Path) -> None:
    seen: list[Any] = []

    def spy(completions: Any, **columns: Any) -> list[float]:
        seen.extend(completions)
        got = starbench_reward(completions=completions, **columns)
        seen.append(got)
        return got

    question = [{"role": "user", "content": "Weather in Paris for three days?"}]
    script = [ANSWERS, ["Sunny."] * 2]
    train(tokenizer, tmp_path, script, question, spy, tools=[get_weather])
    *completions, got = seen
    assert completions[0][0]["tool_calls"][0]["function"] == {
        "name": "get_weather",
        "arguments": {"city": "Paris", "days": 3},
    }
    assert "tool_calls" not in completions[3][0], "a malformed call reaches the reward as text"
    assert got[0] == 1.0 > got[1] > got[2] >= got[3] == -1.0


def test_raw_text_can_be_scored_where_trl_parsed(tokenizer: Any) -> None:
    ids = [tokenizer(RIGHT + END)["input_ids"]]
    parsed = [[{"role": "assistant", "content": "", "tool_calls": []}]]
    columns = {
        "prompts": [PROMPT],
        "completions": parsed,
        "completion_ids": ids,
        "ground_truth": [GOLD],
        "tools": [TOOLS],
    }
    assert starbench_reward(**columns) != [1.0]
    assert starbench_reward(**columns, tokenizer=tokenizer) == [1.0]


def test_the_reward_the_columns_and_a_part_can_be_chosen() -> None:
    star = partial(starbench_reward, reward=SimReward("star"), gold_column="answer")
    prompt = PROMPT + "<think>"
    completion = f"short</think>\n{HALF}{END}"
    answer = f"</think>\n{RIGHT}{END}\n"
    assert star(prompts=[prompt], completions=[completion], answer=[answer]) == [0.5]
    name = next(iter(SimReward()(RIGHT, GOLD, TOOLS).parts))
    part = partial(starbench_reward, part=name)
    expected = [SimReward()(RIGHT, GOLD, TOOLS).parts[name]]
    assert part(prompts=[PROMPT], completions=[RIGHT], ground_truth=[GOLD]) == expected


def test_codes_go_to_the_table_of_completions() -> None:
    table: dict[str, list[Any]] = {}
    starbench_reward([PROMPT] * 2, [RIGHT, "no"], ground_truth=[GOLD] * 2, log_extra=table.__setitem__)
    assert table["starbench_code"][0] is None
    assert isinstance(table["starbench_code"][1], str)
    json.dumps(table)
