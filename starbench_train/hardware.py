"""What there is to train on, and what follows from it.

    resolve(HardwareConfig(), parameters=600_000_000)
    ->  Hardware(device="cuda", dtype="bfloat16", attention="sdpa", batch=8, accumulation=16, lora=False,
                 vllm=True, threads=16, processes=1, memory=85_000_000_000)

In a recipe ``hardware = "auto"``, ``"cpu"`` or ``"cuda"``, or a table whose settings take the place of what was found::

    [hardware]
    batch = 4
    dtype = "float32"

Rules: bfloat16 where the GPU has it, float32 on the processor (which mostly has no fast bfloat16); as many sequences at
a time as the memory holds next to weights, gradients and AdamW's state; LoRA only where those do not fit.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from starbench.errors import InputError
from starbench.runner.tables import filled

FULL_BYTES = 16
"""Bytes a parameter takes in full training: weights, gradients and two moments in float32."""
LORA_BYTES = 2.5
"""The same where only adapters are trained: frozen weights in bfloat16, and the adapters."""
ROOM = 0.85
"""The share of the memory to plan with."""
SEQUENCE_BYTES = 400
"""Bytes a sequence keeps for a token and a square root of a parameter, with activations recomputed (a rough rule)."""
TOKENS = 4096
"""Tokens of a sequence to plan for."""


@dataclass(frozen=True, slots=True)
class HardwareConfig:
    """What the user decides; None is decided by what is found.

    ``batch`` is sequences a device at a time and ``accumulation`` how many of those make an optimizer's step;
    ``threads`` are those of the processor. ``vllm`` says whether answers are sampled by vLLM.
    """

    device: str = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    attention: str | None = None
    batch: int | None = None
    accumulation: int | None = None
    lora: bool | None = None
    vllm: bool | None = None
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Hardware:
    """What is used. ``memory`` are the bytes of one GPU, or of the machine where there is none."""

    device: str
    dtype: str
    attention: str | None
    batch: int | None
    accumulation: int | None
    lora: bool
    vllm: bool
    threads: int
    processes: int
    memory: int

    @property
    def on_gpu(self) -> bool:
        """Whether training runs on a GPU."""
        return self.device.startswith("cuda")

    def steps(self, sequences: int, longest: int | None = None) -> tuple[int, int]:
        """Batch and accumulation whose product over all processes makes ``sequences`` a step.

        ``longest`` is the most that a batch may hold, where the device would take more. Settings of the user stand.
        """
        share = max(1, sequences // self.processes)
        batch = min(share, self.batch or share, longest or share)
        return batch, self.accumulation or max(1, share // batch)


def read_hardware(value: Any) -> HardwareConfig:
    """The settings that a recipe's ``hardware`` means: a preset's name or a table."""
    if isinstance(value, Mapping):
        return filled(HardwareConfig, value, "hardware")
    if value in ("auto", "cpu", "cuda"):
        return HardwareConfig(device=value)
    raise InputError(f'the setting hardware is "auto", "cpu", "cuda" or a table, not {value!r}')


def resolve(config: HardwareConfig, parameters: int | None = None) -> Hardware:
    """What to use on this machine for a model of ``parameters`` numbers (None where that is not known yet).

    Raises InputError where a GPU is asked for and there is none.
    """
    import torch

    cuda = torch.cuda.is_available()
    if config.device.startswith("cuda") and not cuda:
        raise InputError('hardware = "cuda" was asked for, but torch finds no GPU; use "auto" or "cpu"')
    device = ("cuda" if cuda else "cpu") if config.device == "auto" else config.device
    found = _gpu(torch, parameters) if device.startswith("cuda") else _processor(parameters)
    given = {name: value for name, value in asdict(config).items() if value not in (None, "auto")}
    return replace(found, **{**given, "device": device})


def _gpu(torch: Any, parameters: int | None) -> Hardware:
    memory = torch.cuda.get_device_properties(0).total_memory
    lora, batch = planned(memory, parameters)
    return Hardware(
        device="cuda",
        dtype="bfloat16" if torch.cuda.is_bf16_supported() else "float16",
        attention="sdpa",
        batch=batch,
        accumulation=None,
        lora=lora,
        vllm=_has_vllm(),
        threads=cores(),
        processes=int(os.environ.get("WORLD_SIZE", "1")),
        memory=memory,
    )


def _processor(parameters: int | None) -> Hardware:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    lora, batch = planned(memory, parameters)
    return Hardware(
        device="cpu",
        dtype="float32",
        attention=None,
        batch=batch,
        accumulation=None,
        lora=lora,
        vllm=False,
        threads=cores(),
        processes=int(os.environ.get("WORLD_SIZE", "1")),
        memory=memory,
    )


def planned(memory: int, parameters: int | None) -> tuple[bool, int | None]:
    """Whether adapters are needed, and how many sequences fit at a time; None where the model's size is not known."""
    if parameters is None:
        return False, None
    lora = parameters * FULL_BYTES > memory * ROOM
    left = memory * ROOM - parameters * (LORA_BYTES if lora else FULL_BYTES)
    fitting = int(left / (SEQUENCE_BYTES * TOKENS * parameters**0.5 / 100))
    batch = 1
    while batch * 2 <= min(fitting, 64):
        batch *= 2
    return lora, batch


def cores() -> int:
    """Processor cores that this process may use; ``OMP_NUM_THREADS`` where that is set."""
    given = os.environ.get("OMP_NUM_THREADS", "")
    if given.isdigit() and int(given) > 0:
        return int(given)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _has_vllm() -> bool:
    from importlib.util import find_spec

    return find_spec("vllm") is not None


def table(hardware: Hardware) -> list[tuple[str, str]]:
    """Name and value of every decision, for people."""
    said = {True: "yes", False: "no", None: "by the stage"}
    rows = [(f.name, getattr(hardware, f.name)) for f in fields(hardware) if f.name != "memory"]
    shown = [(name, said[value] if value is None or isinstance(value, bool) else str(value)) for name, value in rows]
    return [*shown, ("memory", f"{hardware.memory / 2**30:.1f} GiB")]
