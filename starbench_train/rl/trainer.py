"""TRL's GRPOTrainer with dynamic sampling: prompts are answered until enough groups teach something.

    trainer = SimRLTrainer(model="runs/a/04-ckd/model", args=GRPOConfig(…), train_dataset=…, processing_class=tokenizer,
                           reward=Remembering(SimReward()), config=RLConfig(), stage="student-simrl")
    trainer.train()

How it hooks in: ``_generate_and_score_completions`` first answers and judges as many prompts as it takes, then runs
TRL's own method over the chosen answers, for which ``_generate`` and ``_calculate_rewards`` give what is there already.
So padding, reference log-probabilities, advantages and logs stay TRL's. These methods are private to TRL, which is why
the extra ``train`` pins ``trl<1.17``.

With several processes each holds whole groups (checked in :mod:`starbench_train.rl.arguments`), and all of them answer
as many further prompts as the one that lacks most, so that they meet at every exchange.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import torch
from trl import GRPOTrainer

from starbench_train import finetuning
from starbench_train.rl.config import RLConfig
from starbench_train.rl.rewards import CATEGORY, Remembering, answer_score, trl_reward
from starbench_train.rl.sampling import Answer, Pool, further, to_answer


class SimRLTrainer(GRPOTrainer):  # type: ignore[misc]
    """GRPO on groups that teach something; see the top of this module.

    Args:
        reward: what judges the answers.
        config: the settings of the stage, of which the filter and the generation batch are used here.
        stage: its name in messages.
        arguments: those of GRPOTrainer, but for ``reward_funcs``.
    """

    def __init__(self, *, reward: Remembering, config: RLConfig, stage: str, **arguments: Any) -> None:
        self._remembering, self._rule, self._stage = reward, config.filter, stage
        self._generation_batch = config.generation_batch
        self._chosen: list[tuple[Answer, bool]] | None = None
        function = trl_reward(reward, arguments["processing_class"])
        super().__init__(reward_funcs=[function], **arguments)
        self._every_row = list(self.train_dataset)

    # ------------------------------------------------------------------ answering

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        if not self.model.training:
            return super()._generate_and_score_completions(inputs)
        pool = Pool(len(inputs) // self.num_generations, self.num_generations, self._rule)
        pool.add(self._answered(inputs))
        for refill in range(self._rule.refills):
            missing = self._most(pool.missing)
            if not missing:
                break
            count = self._most(to_answer(missing, pool))
            key = (self.args.seed, self.state.global_step, refill, self.accelerator.process_index)
            rows = further(self._every_row, count, key)
            pool.add(self._answered([row for row in rows for _ in range(self.num_generations)]))
        self._chosen = [(answer, group in pool.kept) for group in pool.batch() for answer in group.answers]
        self._record(pool)
        try:
            return super()._generate_and_score_completions([answer.row for answer, _ in self._chosen])
        finally:
            self._chosen = None

    def _answered(self, rows: list[dict[str, Any]]) -> list[Answer]:
        """Sample an answer to each row and judge it."""
        prompts = [row["prompt"] for row in rows]
        prompt_ids, completion_ids, _, completions, logps, *_ = super()._generate(prompts)
        gathered = super()._calculate_rewards(rows, prompts, completions, completion_ids)
        start = self.accelerator.process_index * len(rows)
        values = gathered[start : start + len(rows), 0].tolist()
        columns = (rows, prompt_ids, completion_ids, completions, logps or [None] * len(rows), values)
        return [Answer(*fields) for fields in zip(*columns, self._remembering.last, strict=True)]

    def _most(self, count: int) -> int:
        """The largest ``count`` of all processes."""
        if self.accelerator.num_processes == 1:
            return count
        return int(self.accelerator.gather(torch.tensor([count], device=self.accelerator.device)).max())

    # ------------------------------------------------------------------ what TRL asks for

    def _generate(self, prompts: list[Any]) -> tuple[Any, ...]:
        if self._chosen is None:
            return super()._generate(prompts)  # type: ignore[no-any-return]
        answers = [answer for answer, _ in self._chosen]
        mask = None
        if not all(teaches for _, teaches in self._chosen):
            mask = [[int(teaches)] * len(answer.completion_ids) for answer, teaches in self._chosen]
        logps = None if answers[0].logps is None else [a.logps for a in answers]
        prompt_ids, completion_ids = [a.prompt_ids for a in answers], [a.completion_ids for a in answers]
        return prompt_ids, completion_ids, mask, [a.completion for a in answers], logps, {}, None, []

    def _calculate_rewards(self, inputs: Any, prompts: Any, completions: Any, completion_ids_list: Any) -> torch.Tensor:
        if self._chosen is None:
            return super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
        values = torch.tensor([[answer.value] for answer, _ in self._chosen], device=self.accelerator.device)
        return self.accelerator.gather(values)

    def _tokenize_prompts(self, prompts: list[str]) -> tuple[list[list[int]], None, dict[str, Any]]:
        """Prompts are rendered texts that hold their special tokens; TRL would add a second beginning-of-text."""
        ids: list[list[int]] = self.processing_class(text=prompts, add_special_tokens=False)["input_ids"]
        return ids, None, {}

    def _generate_single_turn(
        self, prompt_ids: Any, images: Any, multimodal_fields: Any, num_generations: int, has_tool_images: bool = False
    ) -> tuple[list[list[int]], Any]:
        """As many answers at once as the memory holds; vLLM sees to that itself."""
        size = self._generation_batch
        if self.use_vllm or size is None or len(prompt_ids) <= size:
            return super()._generate_single_turn(prompt_ids, images, multimodal_fields, num_generations)  # type: ignore[no-any-return]
        found: list[list[int]] = []
        for at in range(0, len(prompt_ids), size):
            found += super()._generate_single_turn(prompt_ids[at : at + size], None, {}, num_generations)[0]
        return found, None

    def training_step(self, *arguments: Any, **named: Any) -> torch.Tensor:
        """One micro-batch; a loss that is no number ends the stage before it reaches the weights."""
        loss: torch.Tensor = super().training_step(*arguments, **named)
        if not torch.isfinite(loss).all():
            raise finetuning.no_number(self._stage, self.state.global_step + 1)
        return loss

    def create_model_card(self, *arguments: Any, **named: Any) -> None:
        """None for checkpoints: the report writes one for the result."""

    # ------------------------------------------------------------------ what is logged

    def _record(self, pool: Pool) -> None:
        """Add the filter's figures and the similarity by category to those that TRL logs next."""
        metrics = self._metrics["train"]
        answered = sum(pool.verdicts.values())
        metrics["filter/kept"].append(pool.share)
        metrics["filter/answered"].append(float(answered))
        metrics["filter/filled"].append(pool.missing / pool.wanted)
        for name, count in pool.verdicts.items():
            if name != "kept":  # that name stands for all groups that teach, those of "format" among them
                metrics[f"filter/{name}"].append(count / answered)
        for name, scores in _by_category([*pool.kept, *pool.dropped]).items():
            metrics[f"similarity/{name}"].append(math.fsum(scores) / len(scores))


def _by_category(groups: Sequence[Any]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    for group in groups:
        for answer in group.answers:
            found[answer.row.get(CATEGORY, "train")].append(answer_score(answer.reward))
    return found
