"""The stages cache-teacher and ckd on tiny models: packing, processes, resuming, adapters, and what stops them."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="training needs torch: pip install 'starbench[train]'")
pytest.importorskip("transformers")

from distillation import context_of, losses_of, make_models  # noqa: E402

from starbench.errors import InputError  # noqa: E402
from starbench_train.curriculum.progress import Silent  # noqa: E402
from starbench_train.data.template import Encoded  # noqa: E402
from starbench_train.distill import losses  # noqa: E402
from starbench_train.distill.batches import Collator, packed_lines  # noqa: E402
from starbench_train.distill.cache import Named, TeacherCache  # noqa: E402
from starbench_train.distill.config import CacheConfig, DistillConfig  # noqa: E402
from starbench_train.distill.heads import check_plain_head  # noqa: E402
from starbench_train.distill.losses import Teacher  # noqa: E402
from starbench_train.distill.objective import Objective  # noqa: E402
from starbench_train.distill.student import FIGURES, distilling, named_figures  # noqa: E402
from starbench_train.distill.teacher import ModelTeacher  # noqa: E402
from starbench_train.errors import TrainingError  # noqa: E402
from starbench_train.models import ModelConfig, load_model, load_tokenizer  # noqa: E402
from starbench_train.stages.distill import cache_teacher, ckd, encoded_rows  # noqa: E402


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def cached(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run whose teacher is stored."""
    out = tmp_path_factory.mktemp("cached")
    cache_teacher(context_of(models, out, "cache-teacher"))
    return out


def student(models: Path, **hardware: Any) -> tuple[Any, Any, list[Named]]:
    context = context_of(models, models / "rows")
    model, tokenizer = load_model(ModelConfig(str(models / "student")), context.hardware)
    return model, tokenizer, encoded_rows(context, tokenizer)


# ------------------------------------------------------------------------------------------------ batches


def test_rows_share_lines_and_see_only_themselves(models: Path) -> None:
    """Packed, in one line, and one row a line: the same loss and the same gradients."""
    model, tokenizer, rows = student(models)
    teacher = ModelTeacher(
        load_model(ModelConfig(str(models / "teacher")), context_of(models, models / "x").hardware)[0], 8
    )
    rows = sorted(rows, key=lambda row: len(row.encoded.ids))
    batch = [*rows[:3], rows[-1], rows[-2]]
    distilling(model, Objective(m=8), chunk=7)
    found = []
    for pack, flat in ((False, False), (True, False), (True, True)):
        tensors = Collator(None, len(tokenizer), tokenizer.pad_token_id, pack, flat)(batch)
        seen = teacher.at(tensors["input_ids"], tensors["position_ids"], tensors["places"])
        model.zero_grad()
        given = {**tensors, "teacher_ids": seen.ids, "teacher_logps": seen.logps}
        loss = model(**given, divisor=len(tensors["targets"]))["loss"]
        loss.backward()
        found.append((tensors["input_ids"].shape[0], loss.item(), [p.grad.clone() for p in model.parameters()]))
    assert len(batch) == found[0][0] > found[1][0] > found[2][0] == 1
    for _, loss, gradients in found[1:]:
        assert loss == pytest.approx(found[0][1], rel=1e-5)
        for ours, theirs in zip(gradients, found[0][2], strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-6)


def test_lines_hold_all_rows_and_no_more_than_their_width() -> None:
    lengths = [5, 3, 9, 1, 4, 4, 2]
    lines = packed_lines(lengths, 9)
    assert sorted(place for line in lines for place in line) == list(range(7))
    assert [sum(lengths[place] for place in line) for line in lines] == [9, 9, 9, 1]


def test_a_batch_is_what_its_page_says() -> None:
    rows = [
        Named("a", Encoded([5, 6, 7, 8, 9, 4], [False] * 3 + [True, False, True], 3)),
        Named("b", Encoded([3, 2], [False, True], 1)),
    ]
    batch = Collator(None, 10)(rows)
    assert batch["input_ids"].tolist() == [[5, 6, 7, 8, 9, 4], [3, 2, 0, 0, 0, 0]]
    assert batch["places"].tolist() == [2, 4, 6]
    assert batch["targets"].tolist() == [8, 4, 2]
    assert batch["teacher_ids"].shape == (3, 0)
    assert int(batch["tokens"]) == 8


# ------------------------------------------------------------------------------------------------ loss and gradients


@pytest.mark.parametrize("tied", [True, False], ids=["tied", "untied"])
@pytest.mark.parametrize("loss", ["ckd", "rkl"])
@pytest.mark.parametrize("recomputed", [False, True], ids=["kept", "recomputed"])
def test_the_models_loss_is_the_plain_one_on_all_its_logits(
    models: Path, tied: bool, loss: str, recomputed: bool
) -> None:
    """Fused or by chunks, with and without gradient checkpointing, with a head of its own or the embedding's."""
    model, tokenizer, rows = student(models)
    if not tied:
        model.config.tie_word_embeddings = False
        model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach() * 1.1)
    batch = Collator(None, len(tokenizer), tokenizer.pad_token_id)(rows[:6])
    torch.manual_seed(0)
    teacher = losses.top_k(torch.randn(len(batch["targets"]), len(tokenizer)) * 3, 8)
    objective = Objective(loss=loss, m=8)  # type: ignore[arg-type]
    logits = model(input_ids=batch["input_ids"], position_ids=batch["position_ids"]).logits.flatten(0, 1)[
        batch["places"]
    ]
    plain = losses.per_token(logits, teacher, batch["targets"], objective).mean()
    wanted = torch.autograd.grad(plain, list(model.parameters()))
    if recomputed:
        model.train()
        model.activation_checkpointing_enable()
    distilling(model, objective, chunk=5)
    given = {**batch, "teacher_ids": teacher.ids, "teacher_logps": teacher.logps, "observe": 99}
    answer = model(**given, divisor=len(batch["targets"]))
    assert answer["loss"].item() == pytest.approx(plain.item(), rel=1e-5)
    for ours, theirs in zip(torch.autograd.grad(answer["loss"], list(model.parameters())), wanted, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-6)


def test_the_figures_say_where_the_students_mass_lies(models: Path) -> None:
    model, tokenizer, rows = student(models)
    batch = Collator(None, len(tokenizer), tokenizer.pad_token_id)(rows[:3])
    teacher = losses.top_k(
        torch.randn(len(batch["targets"]), len(tokenizer), generator=torch.Generator().manual_seed(1)), 4
    )
    distilling(model, Objective(m=5), chunk=4)
    given = {**batch, "teacher_ids": teacher.ids, "teacher_logps": teacher.logps}
    figures = named_figures(model(**given, divisor=1.0, observe=10_000)["figures"], with_teacher=True)
    with torch.no_grad():
        s = torch.softmax(
            model(batch["input_ids"], position_ids=batch["position_ids"]).logits.flatten(0, 1)[batch["places"]], -1
        )
    on_k, on_m, right, entropies = [], [], [], []
    for row, ids in zip(s.double(), teacher.ids.tolist(), strict=True):
        own = row.topk(5).indices.tolist()
        on_k.append(sum(float(row[i]) for i in ids))
        on_m.append(sum(float(row[i]) for i in own if i not in ids))
        right.append(float(own[0] == ids[0]))
        entropies.append(-float((row * row.log()).sum()))
    mean = {"mass_k": on_k, "mass_m": on_m, "agreement": right, "entropy": entropies}
    for name, values in mean.items():
        assert figures[name] == pytest.approx(sum(values) / len(values), rel=1e-4, abs=1e-6)
    assert figures["mass_k"] + figures["mass_m"] + figures["mass_deep"] == pytest.approx(1.0)
    assert figures["kl_above_least"] >= 0
    assert set(figures) == set(FIGURES)


# ------------------------------------------------------------------------------------------------ the stages


def test_a_stored_teacher_teaches_what_a_present_one_does(models: Path, cached: Path, tmp_path: Path) -> None:
    stored = context_of(models, cached, before=("cache-teacher",), ckd={"steps": 3})
    ckd(stored)
    present = context_of(models, tmp_path, ckd={"steps": 3, "teacher": "online"})
    ckd(present)
    assert losses_of(stored) == pytest.approx(losses_of(present), rel=2e-3)  # half precision on disk
    last = stored.metrics()[-1]
    assert {"loss", "grad_norm", "learning_rate", "tokens_per_second", *FIGURES} <= set(last)
    assert losses_of(stored)[-1] < losses_of(stored)[0]
    assert list(stored.folder.glob("tensorboard/events*"))
    model, _ = load_model(ModelConfig(str(stored.folder / "model")), stored.hardware)
    start, _ = load_model(ModelConfig(str(models / "student")), stored.hardware)
    assert not torch.equal(model.lm_head.weight, start.lm_head.weight)


class Dies(Silent):
    """A person who stops the command at its ``last`` step."""

    def __init__(self, last: int) -> None:
        self._left = last

    def step(self, count: int = 1, note: str = "") -> None:
        self._left -= count
        if self._left <= 0:
            raise KeyboardInterrupt


def test_a_stopped_run_goes_on_to_the_same_losses_and_weights(models: Path, tmp_path: Path) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    ckd(context_of(models, whole, ckd={"teacher": "online"}))
    with pytest.raises(KeyboardInterrupt):
        ckd(context_of(models, stopped, ckd={"teacher": "online"}, progress=Dies(5)))
    assert not (stopped / "04-ckd" / "model").exists()
    ckd(context_of(models, stopped, ckd={"teacher": "online"}))
    contexts = [context_of(models, out) for out in (whole, stopped)]
    assert [line["step"] for line in contexts[1].metrics()] == [1, 2, 3, 4, 5, 6]
    assert losses_of(contexts[1]) == pytest.approx(losses_of(contexts[0]), rel=1e-6)
    ends = [load_model(ModelConfig(str(c.folder / "model")), c.hardware)[0].state_dict() for c in contexts]
    for name, value in ends[0].items():
        torch.testing.assert_close(ends[1][name], value, rtol=1e-5, atol=1e-7)


def test_two_processes_do_what_one_does(models: Path, tmp_path: Path) -> None:
    """Half the rows of a step each, and the same losses and gradients."""
    settings = {"steps": 3, "teacher": "online", "pack": False}
    one = context_of(models, tmp_path / "one", ckd=settings, hardware={"batch": 2})
    ckd(one)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = str(Path(__file__).with_name("distillation.py"))
    context_of(models, tmp_path / "two")
    running = [
        subprocess.Popen(
            [sys.executable, script, str(models), str(tmp_path / "two"), json.dumps(settings), "2"],
            env={
                **os.environ, "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
                "MASTER_PORT": str(port), "ACCELERATE_USE_CPU": "true", "OMP_NUM_THREADS": "1",
            },
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for rank in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=600)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], "\n".join(said)
    two = context_of(models, tmp_path / "two")
    assert losses_of(two) == pytest.approx(losses_of(one), rel=1e-5)
    for name in ("grad_norm", "entropy", "mass_k"):
        theirs, ours = ([line[name] for line in context.metrics()] for context in (one, two))
        # figures are of the first processes' and micro-batches' tokens alike
        assert ours == pytest.approx(theirs, rel=1e-4)


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")  # peft asks for it
def test_adapters_are_trained_and_merged(models: Path, tmp_path: Path) -> None:
    pytest.importorskip("peft")
    context = context_of(models, tmp_path, ckd={"steps": 2, "teacher": "online"}, student={"lora": {"rank": 4}})
    ckd(context)
    model, _ = load_model(ModelConfig(str(context.folder / "model")), context.hardware)
    start, _ = load_model(ModelConfig(str(models / "student")), context.hardware)
    same = {n: torch.equal(v, start.state_dict()[n]) for n, v in model.state_dict().items()}
    assert same["lm_head.weight"] and not same["model.layers.0.self_attn.q_proj.weight"]


@pytest.mark.parametrize("loss", ["akl", "sft"])
def test_other_losses_learn_too(models: Path, cached: Path, tmp_path: Path, loss: str) -> None:
    (tmp_path / "03-cache-teacher").symlink_to(cached / "03-cache-teacher")
    context = context_of(models, tmp_path, before=("cache-teacher",), ckd={"steps": 3, "loss": loss})
    ckd(context)
    assert losses_of(context)[-1] < losses_of(context)[0]
    assert "mass_deep" in context.metrics()[-1]  # the cache is there, so figures are, whatever is learnt


# ------------------------------------------------------------------------------------------------ what stops them


def test_a_damaged_file_of_the_teacher_is_named(models: Path, tmp_path: Path) -> None:
    cache_teacher(context_of(models, tmp_path, "cache-teacher"))
    shard = tmp_path / "03-cache-teacher" / "cache" / "00001.safetensors"
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 255
    shard.write_bytes(content)
    with pytest.raises(TrainingError, match=r"00001\.safetensors is not what was written"):
        ckd(context_of(models, tmp_path, before=("cache-teacher",)))
    cache_teacher(context_of(models, tmp_path, "cache-teacher"))
    TeacherCache.open(shard.parent)


def test_a_loss_that_is_no_number_is_a_sentence(models: Path, tmp_path: Path) -> None:
    context = context_of(models, tmp_path, ckd={"teacher": "online", "learning_rate": 1e30, "warmup": 0.0})
    with pytest.raises(
        TrainingError, match=r"stage ckd: .* is not a number at step \d+; .*lower \[ckd\] learning_rate"
    ):
        ckd(context)
    assert not (context.folder / "model").exists()


def test_a_teacher_of_another_vocabulary_is_a_sentence(models: Path, tmp_path: Path) -> None:
    other = load_tokenizer(ModelConfig(str(models / "teacher")))
    other.add_tokens(["<new>"])
    model, _ = load_model(ModelConfig(str(models / "teacher")), context_of(models, tmp_path).hardware)
    for part in (model, other):
        part.save_pretrained(tmp_path / "models" / "teacher")
    (tmp_path / "models" / "student").symlink_to(models / "student")
    for stage, run in (("cache-teacher", cache_teacher), ("ckd", ckd)):
        context = context_of(tmp_path / "models", tmp_path, stage, ckd={"teacher": "online"})
        with pytest.raises(TrainingError, match=r"different tokenizers: 1 of the teacher's .* '<new>'"):
            run(context)


def test_a_model_that_changes_its_logits_is_refused(models: Path) -> None:
    model, _, _ = student(models)
    check_plain_head(model, "the student")
    usual = model.forward

    def capped(*arguments: Any, **named: Any) -> Any:
        answer = usual(*arguments, **named)
        answer.logits = 2 * (answer.logits / 2).tanh()
        return answer

    model.forward = capped
    with pytest.raises(
        TrainingError, match="the student: models of the type qwen3 change their logits behind the head"
    ):
        check_plain_head(model, "the student")


def test_no_teacher_where_one_is_needed_is_a_sentence(models: Path, tmp_path: Path) -> None:
    import dataclasses

    context = context_of(models, tmp_path)
    context.recipe = dataclasses.replace(context.recipe, teacher=None)
    with pytest.raises(InputError, match=r'\[ckd\] loss = "ckd" needs a \[teacher\]'):
        ckd(context)


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (DistillConfig(lam=-1.0), r"\[ckd\] lam is -1.0"),
        (DistillConfig(batch=0), "the setting ckd.batch is at least 1, not 0"),
        (DistillConfig(mass=0.0), "the setting ckd.mass is above 0"),
        (DistillConfig(betas=(0.9,)), "the setting ckd.betas is two numbers"),
        (CacheConfig(k=0), "the setting ckd.k is at least 1"),
        (CacheConfig(source="server"), "needs the address of a vLLM server"),
    ],
)
def test_settings_that_make_no_sense_are_refused(config: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        config.checked("ckd")


def test_a_teachers_token_that_the_student_lacks_is_left_out() -> None:
    from starbench_train.distill.batches import dense
    from starbench_train.distill.cache import Likeliest

    np = pytest.importorskip("numpy")
    scored = [Likeliest(np.array([2, 1]), np.array([3, 12, 4]), np.array([-0.1, -2.0, -0.5], dtype=np.float32))]
    found = dense(scored, 2, vocabulary=10)
    teacher = Teacher(found["teacher_ids"], found["teacher_logps"])
    assert teacher.present.tolist() == [[True, False], [True, False]]
    assert teacher.ids.tolist() == [[3, 0], [4, 0]]
