"""The settings of Sim-RL as those of TRL's GRPOTrainer.

    grpo_arguments(RLConfig(), hardware, Path("runs/a/05-student-simrl"), rows=4096, seed=0)
    ->  GRPOConfig(learning_rate=3e-07, beta=0.001, num_generations=8, generation_batch_size=1024, …)

Two differences from the released script are TRL's: the advantage divides by the deviation + 1e-4 (1e-9 there), and the
KL term is the k3 estimate weighed by the ratio, whose gradient is that of the script's k2 while a rollout is fresh.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench.errors import InputError
from starbench_train import finetuning
from starbench_train.rl.config import RLConfig

if TYPE_CHECKING:
    from trl import GRPOConfig

    from starbench_train.hardware import Hardware


def update_batch(config: RLConfig) -> int:
    """Answers of one optimizer step."""
    return config.prompts * config.samples // config.updates


def steps_of(config: RLConfig, rows: int) -> int:
    """Optimizer steps of the stage: as set, or as many as its epochs come to; whole rollouts in any case."""
    if config.steps is not None:
        return config.steps
    return math.ceil(config.epochs * rows / config.prompts) * config.updates


def micro_batches(config: RLConfig, hardware: Hardware, where: str) -> tuple[int, int]:
    """Answers a device takes at a time, and how many of those make an update.

    Each process holds whole groups of a rollout; InputError where that does not come out even.
    """
    batch, world = update_batch(config), hardware.processes
    if batch % world or config.prompts % world:
        raise InputError(
            f"{where}: {config.prompts} prompts and {batch} answers an update cannot be shared by {world} processes; "
            "choose prompts and updates that they divide"
        )
    share = batch // world
    most = min(share, hardware.batch or share)
    micro = next(size for size in range(most, 0, -1) if share % size == 0)
    return micro, share // micro


def grpo_arguments(config: RLConfig, hardware: Hardware, folder: Path, rows: int, seed: int, where: str) -> GRPOConfig:
    """All arguments of the trainer; ``folder`` is the stage's."""
    from trl import GRPOConfig

    micro, accumulation = micro_batches(config, hardware, where)
    return GRPOConfig(
        output_dir=str(folder / "checkpoints"),
        per_device_train_batch_size=micro,
        gradient_accumulation_steps=accumulation,
        steps_per_generation=accumulation * config.updates,  # a rollout lasts for so many micro-batches
        num_generations=config.samples,
        max_completion_length=config.max_completion,
        temperature=config.temperature,
        top_p=config.top_p,
        top_k=0,
        beta=config.kl,
        epsilon=config.clip,
        scale_rewards="group",  # the script's group_norm
        loss_type=config.loss,
        save_steps=_whole_rollouts(config.save_every, config.updates),
        **finetuning.arguments(config, hardware, steps_of(config, rows), seed),
        **_vllm(hardware),
    )


def _whole_rollouts(every: int, updates: int) -> int:
    """Checkpoints lie between rollouts, as a resumed run begins with a fresh one."""
    return math.ceil(every / updates) * updates


def _vllm(hardware: Hardware) -> dict[str, Any]:
    """vLLM in the training processes, asleep while the weights are updated; a server where one is named."""
    if not hardware.vllm:
        return {}
    server = os.environ.get("STARBENCH_VLLM_SERVER")
    if server:
        return {"use_vllm": True, "vllm_mode": "server", "vllm_server_base_url": server}
    return {
        "use_vllm": True,
        "vllm_mode": "colocate",
        "vllm_enable_sleep_mode": True,
        "vllm_gpu_memory_utilization": 0.3,
    }
