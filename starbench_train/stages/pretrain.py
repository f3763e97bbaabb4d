"""Next-token training of a small model on encoded rows, with nothing but a loop: for models made from scratch.

    losses = pretrain(model, encoded, PretrainConfig(steps=600), pad=0, seed=0, log=print)
    log({"step": 50, "loss": 1.93, "learning_rate": 0.003})

Rows of like length make a batch, so that little is padded, and only the tokens that are learnt go through the head.
AdamW with a warm-up and a cosine down to a tenth.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from starbench_train.data.template import Encoded
from starbench_train.errors import TrainingError
from starbench_train.stages.config import PretrainConfig

POOL = 32
"""Batches that are sorted by length together."""
LOG_EVERY = 50


def pretrain(
    model: Any,
    rows: Sequence[Encoded],
    config: PretrainConfig,
    pad: int,
    seed: int,
    log: Callable[[dict[str, float]], None],
) -> float:
    """Train ``model`` in place; the mean loss of the last steps. Raises TrainingError where the loss is no number."""
    import torch

    optimizer = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, betas=(0.9, 0.95), weight_decay=config.weight_decay
    )
    model.train()
    losses: list[float] = []
    for step, batch in zip(range(config.steps), batches(rows, config.batch, seed), strict=False):
        rate = learning_rate(step, config)
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = completion_loss(model, batch, pad)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            raise TrainingError.at(
                "base", f"the loss is not a number at step {step}", "lower its learning_rate and run again"
            )
        if (step + 1) % LOG_EVERY == 0 or step + 1 == config.steps:
            recent = losses[-LOG_EVERY:]
            log({"step": step + 1, "loss": sum(recent) / len(recent), "learning_rate": rate})
    model.eval()
    recent = losses[-LOG_EVERY:]
    return sum(recent) / max(1, len(recent))


def completion_loss(model: Any, batch: Sequence[Encoded], pad: int) -> Any:
    """The mean cross-entropy of the learnt tokens of a batch; padding stands behind, where nothing looks at it."""
    import torch

    width = max(len(row.ids) for row in batch)
    device = next(model.parameters()).device
    ids = torch.tensor([row.ids + [pad] * (width - len(row.ids)) for row in batch], device=device)
    learnt = torch.tensor([row.mask + [False] * (width - len(row.ids)) for row in batch], device=device)
    hidden = model.base_model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1][learnt[:, 1:]]
    return torch.nn.functional.cross_entropy(model.get_output_embeddings()(hidden).float(), ids[:, 1:][learnt[:, 1:]])


def batches(rows: Sequence[Encoded], size: int, seed: int) -> Iterator[list[Encoded]]:
    """Batches of rows of like length, in an order drawn by ``seed``, without end; every row once an epoch."""
    rng = random.Random(seed)
    size = min(size, len(rows))
    while True:
        order = rng.sample(range(len(rows)), len(rows))
        for start in range(0, len(order), size * POOL):
            pool = sorted(order[start : start + size * POOL], key=lambda place: len(rows[place].ids))
            cut = [pool[i : i + size] for i in range(0, len(pool), size)]
            rng.shuffle(cut)
            yield from ([rows[place] for place in places] for places in cut if len(places) == size)


def learning_rate(step: int, config: PretrainConfig) -> float:
    """Warm-up, then a cosine down to a tenth."""
    if step < config.warmup:
        return config.learning_rate * (step + 1) / config.warmup
    done = (step - config.warmup) / max(1, config.steps - config.warmup)
    return config.learning_rate * (0.1 + 0.45 * (1 + math.cos(math.pi * min(1.0, done))))
