"""What is decided from the hardware, and that the user's word stands."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="hardware is found by torch: pip install 'starbench[train]'")

from starbench.errors import InputError
from starbench_train import hardware
from starbench_train.hardware import Hardware, HardwareConfig, cores, planned, read_hardware, resolve, table

GIB = 2**30


def test_a_processor_trains_in_float32_without_vllm() -> None:
    found = resolve(HardwareConfig(device="cpu"), parameters=700_000)
    assert (found.device, found.dtype, found.vllm, found.lora) == ("cpu", "float32", False, False)
    assert found.batch == 64
    assert not found.on_gpu


def test_what_the_user_says_stands() -> None:
    config = read_hardware({"device": "cpu", "batch": 3, "accumulation": 2, "lora": True, "threads": 1})
    found = resolve(config)
    assert (found.batch, found.accumulation, found.lora, found.threads) == (3, 2, True, 1)
    assert found.steps(128) == (3, 2)


def test_a_missing_gpu_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InputError, match="torch finds no GPU"):
        resolve(read_hardware("cuda"))
    assert resolve(read_hardware("auto")).device == "cpu"


@pytest.mark.parametrize(
    ("memory", "parameters", "lora"),
    [(80 * GIB, 600_000_000, False), (24 * GIB, 600_000_000, False), (24 * GIB, 4_000_000_000, True)],
)
def test_adapters_are_for_models_whose_training_does_not_fit(memory: int, parameters: int, lora: bool) -> None:
    assert planned(memory, parameters)[0] is lora


def test_more_memory_never_means_smaller_batches() -> None:
    batches = [planned(gib * GIB, 600_000_000)[1] or 0 for gib in (16, 24, 48, 80, 141)]
    assert batches == sorted(batches)
    assert batches[0] >= 1
    assert planned(GIB, None) == (False, None)


def test_a_step_is_cut_into_what_fits_and_what_processes_share() -> None:
    def steps(sequences: int, **changes: object) -> tuple[int, int]:
        base: dict[str, object] = {
            "device": "cuda", "dtype": "bfloat16", "attention": None, "batch": 8, "accumulation": None, "lora": False,
            "vllm": False, "threads": 1, "processes": 1, "memory": GIB,
        }  # fmt: skip
        return Hardware(**(base | changes)).steps(sequences)  # type: ignore[arg-type]

    assert steps(128) == (8, 16)
    assert steps(128, processes=8) == (8, 2)
    assert steps(4) == (4, 1)
    assert steps(128, batch=None) == (128, 1)


def test_threads_are_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert cores() == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    assert cores() >= 1


def test_the_table_names_every_decision() -> None:
    shown = dict(table(resolve(HardwareConfig(device="cpu"))))
    assert shown["device"] == "cpu"
    assert shown["lora"] == "no"
    assert shown["accumulation"] == "by the stage"
    assert shown["memory"].endswith("GiB")
    assert hardware.read_hardware("cpu") == HardwareConfig(device="cpu")
