"""Models for training: loading, saving, GGUF files, and vocabularies that must agree."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="models need torch: pip install 'starbench[train]'")
transformers = pytest.importorskip("transformers")

from starbench_train import models  # noqa: E402
from starbench_train.data.template import HERMES_TEMPLATE  # noqa: E402
from starbench_train.data.tiny_model import tiny_model, tiny_tokenizer  # noqa: E402
from starbench_train.errors import TrainingError  # noqa: E402
from starbench_train.hardware import HardwareConfig, resolve  # noqa: E402
from starbench_train.models import ModelConfig, load_model, load_tokenizer, same_vocabulary, save_model  # noqa: E402

HARDWARE = resolve(HardwareConfig(device="cpu"))
IDS = torch.tensor([[7, 30, 31, 5]])


def test_a_model_is_saved_whole_and_loads_as_it_was(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model, tokenizer = load_model(ModelConfig("tiny:student"), HARDWARE)
    for left_over in ("model", "model.part"):
        (tmp_path / left_over).mkdir()
        (tmp_path / left_over / "model-00002-of-00002.safetensors").touch()
    save_model(model, tokenizer, tmp_path / "model")
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    again, its_tokenizer = load_model(ModelConfig(str(tmp_path / "model")), HARDWARE)
    assert torch.equal(model(IDS).logits, again(IDS).logits)
    assert again.dtype == torch.float32
    assert its_tokenizer.get_vocab() == tokenizer.get_vocab()
    text = '<tools>f(a)</tools><|user|>play jazz<|assistant|><tool_call>\n{"name": "'
    assert its_tokenizer(text)["input_ids"] == tokenizer(text)["input_ids"]
    assert its_tokenizer.chat_template == tokenizer.chat_template


def test_the_seed_makes_the_weights() -> None:
    def first(seed: int) -> Any:
        torch.manual_seed(seed)
        return tiny_model("student", tiny_tokenizer()).get_input_embeddings().weight[9, 0].item()

    assert first(1) == first(1) != first(2)


def test_what_cannot_be_loaded_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(TrainingError, match=r"the tokenizer of .* cannot be loaded"):
        load_tokenizer(ModelConfig(str(tmp_path)))
    load_tokenizer(ModelConfig("tiny:student")).save_pretrained(tmp_path)
    with pytest.raises(TrainingError, match=r"the model .* cannot be loaded"):
        load_model(ModelConfig(str(tmp_path)), HARDWARE)


def test_a_tokenizer_without_tools_in_its_template_gets_ours_and_a_padding_token(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = "{% for m in messages %}{{ m.content }}{% endfor %}"
    tokenizer.pad_token = None
    tokenizer.save_pretrained(tmp_path)
    loaded = load_tokenizer(ModelConfig(str(tmp_path)))
    assert loaded.chat_template == HERMES_TEMPLATE
    assert loaded.pad_token == loaded.eos_token


def test_a_gguf_file_is_named_by_its_folder_and_its_file() -> None:
    name, source = models._source(ModelConfig("models/small.Q4.gguf", revision="v1"))
    assert name == "models"
    assert source == {"gguf_file": "small.Q4.gguf", "revision": "v1", "trust_remote_code": False}


def test_a_model_from_a_gguf_file_can_be_saved(tmp_path: Path) -> None:
    """transformers marks it as quantised, though its weights are plain numbers, and then refuses to save it."""
    model, tokenizer = load_model(ModelConfig("tiny:student"), HARDWARE)
    model.config.quantization_config = {"quant_method": "gguf"}
    model.hf_quantizer = types.SimpleNamespace(is_serializable=lambda: False, quantization_config=None)
    models._made_savable(model)
    save_model(model, tokenizer, tmp_path / "model")
    assert (tmp_path / "model" / "model.safetensors").exists()


def test_vocabularies_must_agree_and_a_student_may_have_more() -> None:
    teacher, student = tiny_tokenizer(), tiny_tokenizer()
    student.add_tokens(["<more>"])
    same_vocabulary(teacher, student)
    with pytest.raises(TrainingError, match=r"1 of the teacher's 4.. tokens, '<more>' for one, .* loss = \"sft\""):
        same_vocabulary(student, teacher)
