"""One rollout of the trainer, looked at from inside: what it learns from, and which way it goes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from starbench_train.data.template import Template
from starbench_train.data.tiny import tiny_rows
from starbench_train.data.tiny_model import tiny_model, tiny_tokenizer
from starbench_train.hardware import HardwareConfig, resolve
from starbench_train.models import save_model
from starbench_train.rl.config import FilterConfig, RLConfig

pytestmark = pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")

CONFIG = RLConfig(
    steps=1, prompts=4, samples=4, updates=1, learning_rate=1e-2, warmup=0.0, max_completion=12,
    filter=FilterConfig(refills=1),
)  # fmt: skip


class Worth:
    """A reward that tells the answers of a random model apart; every answer to a dull question is worth the most."""

    name, source = "worth", "this test"

    def batch(self, completions: Any, golds: Any, tools: Any = None, prompts: Any = None) -> list[Any]:
        from starbench.reward import Reward

        values = [
            round(sum(map(ord, text)) % 97 / 97, 3) if "dull" not in gold else 1.0
            for text, gold in zip(completions, golds, strict=True)
        ]
        return [Reward(value, {"format": 1.0, "calls": value, "reply": 0.0}) for value in values]


def trainer(tmp_path: Path, rows: list[dict[str, Any]]) -> Any:
    from datasets import Dataset

    from starbench_train.rl.arguments import grpo_arguments
    from starbench_train.rl.rewards import Remembering
    from starbench_train.rl.trainer import SimRLTrainer

    torch.manual_seed(0)
    tokenizer = tiny_tokenizer()
    folder = save_model(tiny_model("student", tokenizer), tokenizer, tmp_path / "model")
    hardware = resolve(HardwareConfig(device="cpu", threads=1, batch=16))
    return SimRLTrainer(
        model=str(folder),
        args=grpo_arguments(CONFIG, hardware, tmp_path, len(rows), 0, "student-simrl"),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        reward=Remembering(Worth()),  # type: ignore[arg-type]
        config=CONFIG,
        stage="student-simrl",
    )


def rows_of(*golds: str) -> list[dict[str, Any]]:
    template = Template(tiny_tokenizer())
    found = tiny_rows("train", len(golds))
    return [
        {"prompt": template.prompt(row), "ground_truth": json.dumps(gold), "tools": None, "category": row.category}
        for row, gold in zip(found, golds, strict=True)
    ]


def log_probabilities(made: Any, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    with torch.no_grad():
        found, _, _ = made._get_per_token_logps_and_entropies(made.model, ids, mask, batch["completion_ids"].size(1))
    return (found * batch["completion_mask"]).sum(1)


def test_a_step_makes_the_better_answers_of_a_group_likelier(tmp_path: Path) -> None:
    made = trainer(tmp_path, rows_of(*["lively"] * 8))
    made.model.train()
    batch = made._generate_and_score_completions([row for row in list(made.train_dataset)[:4] for _ in range(4)])
    advantages = batch["advantages"]
    assert torch.allclose(advantages.view(4, 4).sum(1), torch.zeros(4), atol=1e-3)
    before = log_probabilities(made, batch)
    made.current_gradient_accumulation_steps = 1  # train() sets it
    made._compute_loss(made.model, batch).backward()
    with torch.no_grad():
        for weights in made.model.parameters():
            if weights.grad is not None:
                weights -= 0.5 * weights.grad
    change = log_probabilities(made, batch) - before
    assert float((advantages * change).sum()) > 0


def test_groups_that_teach_nothing_are_answered_anew_and_masked_where_that_is_not_enough(tmp_path: Path) -> None:
    made = trainer(tmp_path, rows_of("lively", *["dull"] * 7))
    made.model.train()
    rows = list(made.train_dataset)
    batch = made._generate_and_score_completions([row for row in rows[:4] for _ in range(4)])
    taught = batch["tool_mask"][:, 0].view(4, 4)[:, 0]
    assert taught.tolist()[0] == 1 and taught.sum() < 4
    masked = batch["completion_mask"] * batch["tool_mask"]
    assert int(batch["num_items_in_batch"]) == int(masked.sum()) < int(batch["completion_mask"].sum())
    metrics = made._metrics["train"]
    assert metrics["filter/answered"][0] > 4 and metrics["filter/high"][0] > 0.5
    assert metrics["filter/filled"][0] == (4 - float(taught.sum())) / 4
