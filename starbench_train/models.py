"""Models and tokenizers for training: from a folder, the hub, a GGUF file, or made from scratch.

    model, tokenizer = load_model(ModelConfig("Qwen/Qwen3-0.6B"), hardware)
    model, tokenizer = load_model(ModelConfig("models/SmolLM2-135M-Instruct.Q4_1.gguf"), hardware)
    model, tokenizer = load_model(ModelConfig("tiny:student"), hardware)      # random weights, see data.tiny

Models are loaded in the precision that the hardware trains in. A tokenizer whose chat template knows no tools gets
ours (:mod:`starbench_train.data.template`), which is saved with the model, so that whoever serves it renders the same
prompt.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starbench_train.data.template import know_tools
from starbench_train.errors import TrainingError

if TYPE_CHECKING:
    from starbench_train.hardware import Hardware

TINY = "tiny:"


@dataclass(frozen=True, slots=True)
class LoraConfig:
    """Low-rank adapters instead of all weights; ``targets`` empty means every linear layer."""

    rank: int = 32
    alpha: int = 64
    dropout: float = 0.0
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """``path`` is a folder, a GGUF file, a name on the hub, or ``tiny:teacher`` and ``tiny:student``.

    ``thinking`` switches the reasoning of chat templates that have such a switch; None leaves it as it is.
    """

    path: str
    revision: str | None = None
    trust_remote_code: bool = False
    thinking: bool | None = None
    lora: LoraConfig | None = None

    @property
    def tiny(self) -> str | None:
        """The preset's name where the model is one to be made from scratch."""
        return self.path.removeprefix(TINY) if self.path.startswith(TINY) else None


def load_tokenizer(config: ModelConfig) -> Any:
    """The tokenizer of a model, with a padding token and a chat template that knows tools."""
    if config.tiny is not None:
        from starbench_train.data.tiny_model import tiny_tokenizer

        return tiny_tokenizer()
    import transformers

    name, source = _source(config)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(name, **source)
    except (OSError, ValueError, ImportError) as problem:
        raise TrainingError(f"the tokenizer of {config.path} cannot be loaded: {problem}") from None
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    know_tools(tokenizer)
    return tokenizer


def load_model(config: ModelConfig, hardware: Hardware) -> tuple[Any, Any]:
    """The model, on its device and in training precision, and its tokenizer."""
    tokenizer = load_tokenizer(config)
    import torch

    if config.tiny is not None:
        from starbench_train.data.tiny_model import tiny_model

        return tiny_model(config.tiny, tokenizer).to(hardware.device), tokenizer
    import transformers

    name, source = _source(config)
    attention = {} if hardware.attention is None else {"attn_implementation": hardware.attention}
    try:
        model = transformers.AutoModelForCausalLM.from_pretrained(
            name, dtype=getattr(torch, hardware.dtype), **attention, **source
        )
    except (OSError, ValueError, ImportError) as problem:
        raise TrainingError(f"the model {config.path} cannot be loaded: {problem}") from None
    _made_savable(model)
    return model.to(hardware.device), tokenizer


def _source(config: ModelConfig) -> tuple[str, dict[str, Any]]:
    """The name and the arguments that transformers loads a model by."""
    source: dict[str, Any] = {"trust_remote_code": config.trust_remote_code}
    if config.revision is not None:
        source["revision"] = config.revision
    path = Path(config.path)
    if path.suffix == ".gguf":
        return str(path.parent), source | {"gguf_file": path.name}
    return config.path, source


def _made_savable(model: Any) -> None:
    """A model from a GGUF file is dequantised, but says otherwise and would refuse to be saved."""
    if getattr(model, "hf_quantizer", None) is not None and hasattr(model.config, "quantization_config"):
        model.hf_quantizer = None
        del model.config.quantization_config


def save_model(model: Any, tokenizer: Any, folder: Path) -> Path:
    """Save both as safetensors into ``folder``, which appears only when it is whole and takes an older one's place."""
    beside = folder.with_name(folder.name + ".part")
    shutil.rmtree(beside, ignore_errors=True)
    model.save_pretrained(beside, safe_serialization=True)
    tokenizer.save_pretrained(beside)
    shutil.rmtree(folder, ignore_errors=True)
    beside.replace(folder)
    return folder


def same_vocabulary(teacher: Any, student: Any) -> None:
    """Check that two tokenizers give every token the same id; TrainingError where they do not.

    A student with further tokens behind the teacher's (padding of the embedding, say) is fine.
    """
    theirs: Mapping[str, int] = teacher.get_vocab()
    ours: Mapping[str, int] = student.get_vocab()
    differing = sorted(token for token, id in theirs.items() if ours.get(token) != id)
    if not differing:
        return
    raise TrainingError(
        f"teacher and student have different tokenizers: {len(differing)} of the teacher's {len(theirs)} tokens, "
        f"{differing[0]!r} for one, have another id or none in the student's; distil from a teacher of the same "
        'family, or train on its texts with [ckd] loss = "sft"'
    )


def parameters(model: Any) -> int:
    """How many numbers a model has, shared ones once."""
    return sum(p.numel() for p in model.parameters())
