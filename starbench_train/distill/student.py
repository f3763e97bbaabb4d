"""A language model that answers a batch with its distillation loss, and otherwise as before.

    distilling(model, Objective(), chunk=256)
    model(**batch, divisor=tokens)["loss"]         the loss over the places of the batch, divided by ``divisor``
    model(input_ids=ids).logits                    untouched

The forward function itself is replaced, so whatever a trainer wraps around a model (mixed precision, DDP, FSDP) is in
force for the loss too. Only the places that are learnt go through the head.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from starbench_train.distill import losses
from starbench_train.distill.fused import CHUNK, fused_loss, has_closed_form
from starbench_train.distill.heads import hidden_states, whole_head
from starbench_train.distill.losses import Teacher, widened
from starbench_train.distill.objective import Objective

FIGURES = (
    "kl", "kl_above_least", "cross_entropy", "entropy", "mass_k", "mass_m", "mass_deep", "teacher_mass", "agreement",
)  # fmt: skip
"""What :func:`observed` sums; without a teacher only ``cross_entropy`` and ``entropy`` mean something."""
OF_STUDENT = ("cross_entropy", "entropy")


def distilling(model: Any, objective: Objective, chunk: int = CHUNK) -> None:
    """Let ``model`` answer batches of :class:`~starbench_train.distill.batches.Collator` with their loss."""
    usual = model.forward

    @functools.wraps(usual)
    def forward(*arguments: Any, places: Tensor | None = None, **named: Any) -> Any:
        if places is None:
            return usual(*arguments, **named)
        return _answered(model, objective, chunk, places=places, **named)

    model.forward = forward


def _answered(
    model: Any,
    objective: Objective,
    chunk: int,
    *,
    input_ids: Tensor,
    position_ids: Tensor,
    places: Tensor,
    targets: Tensor,
    teacher_ids: Tensor,
    teacher_logps: Tensor,
    divisor: Tensor | float,
    observe: int = 0,
    **_: Any,
) -> dict[str, Tensor]:
    """``loss``, and the ``figures`` of at most ``observe`` places."""
    hidden = hidden_states(model, input_ids, position_ids).flatten(0, 1)[places]
    teacher = Teacher(teacher_ids, teacher_logps)
    with whole_head(model) as weight:
        found = {"loss": summed_loss(hidden, weight, teacher, targets, objective, chunk) / divisor}
        if observe:
            seen = teacher.rows(0, observe)
            found["figures"] = observed(hidden[:observe], weight, seen, targets[:observe], objective, chunk)
    return found


def summed_loss(
    hidden: Tensor, weight: Tensor, teacher: Teacher, targets: Tensor, objective: Objective, chunk: int = CHUNK
) -> Tensor:
    """The loss summed over all tokens: fused where it has a closed form, else by chunks that are computed twice."""
    if has_closed_form(objective):
        everything = torch.ones_like(targets)
        return fused_loss(hidden, weight, teacher, targets, everything, objective, normaliser=1.0, chunk=chunk)

    def part(own: Tensor, weight: Tensor, ids: Tensor, logps: Tensor, wanted: Tensor) -> Tensor:
        return losses.per_token(own @ weight.T, Teacher(ids, logps), wanted, objective).sum()

    total = hidden.new_zeros((), dtype=widened(hidden).dtype)
    for start in range(0, hidden.shape[0], chunk):
        rows = slice(start, start + chunk)
        own = teacher.rows(start, start + chunk)
        total = total + checkpoint(part, hidden[rows], weight, own.ids, own.logps, targets[rows], use_reentrant=False)
    return total


@torch.no_grad()
def observed(
    hidden: Tensor, weight: Tensor, teacher: Teacher, targets: Tensor, objective: Objective, chunk: int = CHUNK
) -> Tensor:
    """Sums of :data:`FIGURES` over tokens, and their number behind them.

    Student mass is told apart by where it lies: on the teacher's tokens K, on the student's own top m outside K, and
    on the rest (``mass_deep``). ``kl_above_least`` is the forward KL above the least it can be, T log T.
    """
    total = hidden.new_zeros(len(FIGURES) + 1, dtype=torch.float32)
    for start in range(0, hidden.shape[0], chunk):
        rows = slice(start, start + chunk)
        logits = widened(hidden[rows] @ weight.T)
        part = _figures(logits, teacher.rows(start, start + chunk), targets[rows], objective)
        total += torch.stack([*(figure.sum() for figure in part), logits.new_tensor(float(len(logits)))]).float()
    return total


def _figures(logits: Tensor, teacher: Teacher, targets: Tensor, objective: Objective) -> list[Tensor]:
    log_s = torch.log_softmax(logits, -1)
    entropy = -torch.xlogy(log_s.exp(), log_s.exp()).sum(-1)
    cross_entropy = -log_s.gather(-1, targets.unsqueeze(-1)).squeeze(-1)
    mass = teacher.probs.sum(-1)
    on_k = 1.0 - losses.complement_mass(logits, teacher)
    own = losses.tail_mass(logits, teacher, objective.m)
    kl = losses.fkl(logits, teacher)
    agreement = torch.zeros_like(kl)
    if teacher.ids.shape[-1]:
        best = teacher.ids.gather(-1, teacher.logps.argmax(-1, keepdim=True)).squeeze(-1)
        agreement = (logits.argmax(-1) == best).float()
    least = torch.xlogy(mass, mass)
    return [kl, kl - least, cross_entropy, entropy, on_k, own, 1.0 - on_k - own, mass, agreement]


def named_figures(sums: Tensor, with_teacher: bool) -> dict[str, float]:
    """The means of what :func:`observed` summed, under their names."""
    *values, count = sums.tolist()
    wanted = FIGURES if with_teacher else OF_STUDENT
    return {name: value / count for name, value in zip(FIGURES, values, strict=True) if name in wanted and count}
