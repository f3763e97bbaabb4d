"""Pretraining from nothing: it learns, it is repeatable, and a loss that is no number is a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'starbench[train]'")
pytest.importorskip("transformers")

from starbench_train.config import recipe_of  # noqa: E402
from starbench_train.curriculum.state import StageContext  # noqa: E402
from starbench_train.data.rows import TrainingRow, write_rows  # noqa: E402
from starbench_train.data.template import Encoded, Template  # noqa: E402
from starbench_train.data.tiny import tiny_rows  # noqa: E402
from starbench_train.data.tiny_model import tiny_model, tiny_tokenizer  # noqa: E402
from starbench_train.errors import TrainingError  # noqa: E402
from starbench_train.hardware import HardwareConfig, resolve  # noqa: E402
from starbench_train.models import ModelConfig, load_model  # noqa: E402
from starbench_train.stages.base import base  # noqa: E402
from starbench_train.stages.config import PretrainConfig  # noqa: E402
from starbench_train.stages.pretrain import batches, completion_loss, learning_rate, pretrain  # noqa: E402

TOKENIZER = tiny_tokenizer()


@pytest.fixture(scope="module")
def encoded() -> list[Encoded]:
    found = [Template(TOKENIZER).encode(row) for row in tiny_rows("train", 64)]
    return [row for row in found if isinstance(row, Encoded)]


def student() -> Any:
    torch.manual_seed(0)
    return tiny_model("student", TOKENIZER)


def test_the_loss_falls_and_the_same_seed_gives_the_same_weights(encoded: list[Encoded]) -> None:
    config = PretrainConfig(steps=60, batch=16, learning_rate=1e-2, warmup=5)
    logs: list[dict[str, float]] = []
    first, second = student(), student()
    last = pretrain(first, encoded, config, TOKENIZER.pad_token_id, 0, logs.append)
    pretrain(second, encoded, config, TOKENIZER.pad_token_id, 0, lambda _: None)
    assert [log["step"] for log in logs] == [50, 60]
    assert last < 4.0 < torch.log(torch.tensor(float(len(TOKENIZER))))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


@torch.no_grad()
def test_the_loss_is_the_cross_entropy_of_the_learnt_tokens_whatever_is_padded(encoded: list[Encoded]) -> None:
    model, rows = student().double(), sorted(encoded, key=lambda row: len(row.ids))
    batch = [rows[0], rows[-1]]
    sums, count = 0.0, 0
    for row in batch:
        logps = torch.log_softmax(model(torch.tensor([row.ids])).logits[0], -1)
        wanted = [logps[i - 1, id] for i, (id, kept) in enumerate(zip(row.ids, row.mask, strict=True)) if kept]
        sums, count = sums - float(sum(wanted)), count + len(wanted)
    assert float(completion_loss(model, batch, TOKENIZER.pad_token_id)) == pytest.approx(sums / count, rel=1e-6)


def test_every_row_comes_once_an_epoch_in_batches_of_like_length(encoded: list[Encoded]) -> None:
    stream = batches(encoded, 16, seed=3)
    epoch = [next(stream) for _ in range(4)]
    assert sorted(id(row) for batch in epoch for row in batch) == sorted(id(row) for row in encoded)
    spread = max(max(len(r.ids) for r in batch) - min(len(r.ids) for r in batch) for batch in epoch)
    assert spread < max(len(r.ids) for r in encoded) - min(len(r.ids) for r in encoded)
    assert len(next(batches(encoded[:3], 16, seed=0))) == 3


def test_the_rate_warms_up_and_falls_to_a_tenth() -> None:
    config = PretrainConfig(steps=100, warmup=10, learning_rate=1.0)
    rates = [learning_rate(step, config) for step in range(101)]
    assert rates[:10] == pytest.approx([0.1 * n for n in range(1, 11)])
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[100] == pytest.approx(0.1)


def test_a_loss_that_is_no_number_names_the_stage_and_what_to_do(encoded: list[Encoded]) -> None:
    model = student()
    model.get_input_embeddings().weight.data.fill_(float("nan"))
    with pytest.raises(TrainingError, match="stage base: the loss is not a number at step 0; lower its learning_rate"):
        pretrain(model, encoded, PretrainConfig(steps=2), TOKENIZER.pad_token_id, 0, lambda _: None)


def context(tmp_path: Path, **base_settings: Any) -> StageContext:
    recipe = recipe_of(
        {
            "out": str(tmp_path), "student": {"path": "tiny:student"}, "teacher": {"path": "tiny:teacher"},
            "data": {"train": "tiny"}, "base": base_settings,
        }
    )  # fmt: skip
    found = StageContext(recipe, "base", tmp_path, resolve(HardwareConfig(device="cpu")))
    found.folder.mkdir(parents=True)
    path = found.input("train")
    path.parent.mkdir(parents=True)
    write_rows(path, tiny_rows("train", 32))
    return found


def test_the_stage_leaves_two_models_and_says_how_it_went(tmp_path: Path) -> None:
    short = {"steps": 2, "batch": 4}
    stage = context(tmp_path, teacher=short, student={**short, "rows": 8})
    base(stage)
    for role in ("teacher", "student"):
        load_model(ModelConfig(str(stage.folder / role)), stage.hardware)
        assert stage.figures[f"{role}_parameters"] > 100_000
    assert [line["model"] for line in stage.metrics()] == ["teacher", "student"]


def test_a_model_that_is_finished_is_left_alone(tmp_path: Path) -> None:
    stage = context(tmp_path, teacher={"steps": 0}, student={"steps": 0})
    (stage.folder / "teacher").mkdir()
    base(stage)
    assert not list((stage.folder / "teacher").iterdir())
    assert (stage.folder / "student" / "model.safetensors").exists()


def test_rows_that_cannot_be_trained_on_are_a_sentence(tmp_path: Path) -> None:
    stage = context(tmp_path, teacher={"steps": 1})
    write_rows(stage.input("train"), [TrainingRow("a", ({"role": "user", "content": "x"},), (), [])])
    with pytest.raises(TrainingError, match=r"none of 1 rows can be trained on \(the row a has no answer"):
        base(stage)
