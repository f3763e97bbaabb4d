"""What a causal language model is made of here: layers that give hidden states, and one matrix behind them.

    hidden = hidden_states(model, ids, positions)         [rows, width, H]
    logits = hidden @ head_weight(model).T                [rows, width, V]

Some architectures do more behind the matrix: a bias, a cap, a scale. The fused loss would be wrong for them without
anyone noticing, so :func:`check_plain_head` compares both ways once, before training.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from starbench_train.errors import TrainingError


def hidden_states(model: Any, ids: Tensor, positions: Tensor) -> Tensor:
    """What goes into the head, [rows, width, H], for ``ids`` [rows, width].

    There is no attention mask: nothing looks at what stands behind it, and sequences that share a row are told apart by
    ``positions``, which begin at 0 with each.
    """
    found: Tensor = model.get_decoder()(input_ids=ids, position_ids=positions, use_cache=False).last_hidden_state
    return found


def head_weight(model: Any) -> Tensor:
    """The matrix of the head, [V, H]; whole where its rows lie on several devices."""
    weight: Any = model.get_output_embeddings().weight
    return weight.full_tensor() if hasattr(weight, "full_tensor") else weight  # type: ignore[no-any-return]


@contextmanager
def whole_head(model: Any) -> Iterator[Tensor]:
    """The matrix of the head while it is used; DeepSpeed's stage 3 puts its parts together for so long."""
    weight = model.get_output_embeddings().weight
    if not hasattr(weight, "ds_id"):
        yield head_weight(model)
        return
    from trl.trainer.utils import maybe_gather_lm_head_ctx

    with maybe_gather_lm_head_ctx(weight):
        yield weight


def check_plain_head(model: Any, who: str) -> None:
    """Check that the logits of a model are its hidden states times the matrix of its head, and nothing else.

    Raises TrainingError, which names ``who``, where they are not.
    """
    head = model.get_output_embeddings()
    kind = getattr(model.config, "model_type", type(model).__name__)
    if hasattr(head, "base_layer"):
        raise TrainingError(
            f"{who}: adapters on the language-model head cannot be trained; take it out of lora.targets"
        )
    ids = torch.arange(8, device=head.weight.device).unsqueeze(0)
    training = model.training
    model.eval()
    with torch.no_grad():
        theirs = model(input_ids=ids, use_cache=False).logits.float()
        ours = (hidden_states(model, ids, ids) @ head_weight(model).T).float()
    model.train(training)
    if theirs.shape != ours.shape or not torch.allclose(theirs, ours, rtol=1e-2, atol=1e-2 * float(theirs.abs().max())):
        raise TrainingError(
            f"{who}: models of the type {kind} change their logits behind the head (a bias, a cap or a scale), which "
            "the distillation losses do not know; choose another model"
        )
