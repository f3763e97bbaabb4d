"""CKD straight from hidden states: the loss and its gradient without ever holding [tokens, vocabulary].

    loss = fused_loss(hidden, head.weight, teacher, targets, mask, Objective())      hidden [N, H], weight [V, H]
    loss.backward()                                                                  fills hidden.grad, weight.grad

Tokens go through the language-model head ``chunk`` at a time. The gradient of the loss in the logits is known in closed
form, so it is formed in place of the logits during the forward pass and multiplied back at once; three matrix products
and one exponential a chunk, and nothing is recomputed. With ``s = softmax(z)``, ``T = Σ_K t``, ``A = M \\ K`` and
``P = Σ_A s``::

    fkl          T s_i - t_i [i in K]
    topm         lam s_i ([i in A] - P)
    complement   lam s_i ([i not in K] - (1 - S))
    bucket       c s_i ([i in K] - S),  c = (1 - T) / (1 - S)
    ce           s_i - [i = target]

Memory beyond the inputs and their gradients: one chunk of logits, ``chunk · V`` values of float32, and a mask over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from starbench_train.distill.largest import largest
from starbench_train.distill.losses import Teacher, widened
from starbench_train.distill.objective import NEEDS_FULL_LOGITS, Objective

CHUNK = 256
"""Tokens a chunk; smaller ones save memory and cost time on the matrix products."""


def has_closed_form(objective: Objective) -> bool:
    """Whether the gradient of a loss in the logits is known here."""
    return objective.loss not in NEEDS_FULL_LOGITS and objective.renormalise != "both"


def fused_loss(
    hidden: Tensor,
    weight: Tensor,
    teacher: Teacher,
    targets: Tensor,
    mask: Tensor,
    objective: Objective,
    *,
    normaliser: Tensor | float | None = None,
    chunk: int = CHUNK,
) -> Tensor:
    """The loss summed over the tokens that ``mask`` keeps, divided by ``normaliser`` (default: their number).

    Args:
        hidden: [N, H], what goes into the language-model head.
        weight: [V, H], the head's weight (tied or not); no gradient is formed where it needs none.
        teacher: top-k tokens, [N, k].
        targets: next tokens, [N].
        mask: [N]; only kept tokens go through the head.
        objective: a loss with a closed form: ``ckd``, ``fkl``, ``tail`` or ``sft``.
        normaliser: what to divide by, e.g. the number of tokens of a whole accumulated batch.
        chunk: tokens a chunk.

    Returns:
        A scalar, float32 (float64 for float64 inputs). It can be differentiated once. Products with the head are in
        the precision that autocast asks for, where that is on; else in the weight's own on a GPU, and in float32 on
        processors, which mostly multiply bfloat16 far slower. All else is in float32.

    Raises:
        ValueError: the objective has no closed form here.
    """
    if not has_closed_form(objective):
        raise ValueError(f"the loss {objective.loss!r} (renormalise={objective.renormalise!r}) has no fused form")
    kept = mask.bool().nonzero().squeeze(-1)
    if objective.renormalise == "teacher":
        teacher = teacher.renormalised(objective.temperature)
    if normaliser is None:
        normaliser = float(max(1, kept.numel()))
    total = _Fused.apply(  # type: ignore[no-untyped-call]
        hidden, weight, teacher.ids[kept], teacher.logps[kept], targets[kept], kept, objective, chunk
    )
    return total / normaliser  # type: ignore[no-any-return]


class _Fused(torch.autograd.Function):
    """The summed loss and its gradient in one pass; backward only scales what forward has formed."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        ids: Tensor,
        logps: Tensor,
        targets: Tensor,
        kept: Tensor,
        objective: Objective,
        chunk: int,
    ) -> Tensor:
        wants_hidden, wants_weight = ctx.needs_input_grad[:2]
        wide = torch.float64 if hidden.dtype == torch.float64 else torch.float32
        compute = _precision(weight, wide)
        loss = hidden.new_zeros((), dtype=wide)
        grad_hidden = torch.zeros_like(hidden) if wants_hidden else None
        grad_weight = torch.zeros_like(weight, dtype=wide) if wants_weight else None
        head = weight.to(compute)
        scratch = _Scratch.of(weight.shape[0], min(chunk, kept.numel()), hidden.device, wide)
        for start in range(0, kept.numel(), chunk):
            rows = slice(start, start + chunk)
            with torch.autocast(hidden.device.type, enabled=False):  # its precision is ``compute`` already
                own = hidden[kept[rows]].to(compute)
                values, grad = _loss_and_gradient(
                    scratch.product(own, head),
                    Teacher(ids[rows], widened(logps[rows])),
                    targets[rows],
                    objective,
                    scratch,
                )
                loss += values.sum()
                grad = grad.to(compute)  # of the sum: divided by the tokens, half precision could not hold it
                if grad_hidden is not None:
                    grad_hidden[kept[rows]] = (grad @ head).to(hidden.dtype)
                if grad_weight is not None and compute == wide:
                    grad_weight.addmm_(grad.T, own)
                elif grad_weight is not None:
                    grad_weight += grad.T @ own
        ctx.formed = (grad_hidden, grad_weight)
        ctx.dtype = weight.dtype
        return loss

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, upstream: Tensor) -> tuple[Tensor | None, ...]:
        if ctx.formed is None:
            raise RuntimeError("the fused loss can be differentiated once; its gradient was handed out before")
        # scaled in place and given away: a second [V, H] would double what the head's gradient takes
        (hidden, weight), ctx.formed = ctx.formed, None
        return (
            None if hidden is None else hidden.mul_(upstream.to(hidden.dtype)),
            None if weight is None else weight.mul_(upstream).to(ctx.dtype),
            *[None] * 6,
        )


def _precision(weight: Tensor, wide: torch.dtype) -> torch.dtype:
    """What products with the head are computed in."""
    if wide == torch.float64:
        return wide
    if torch.is_autocast_enabled(weight.device.type):
        return torch.get_autocast_dtype(weight.device.type)
    return weight.dtype if weight.is_cuda else wide


@dataclass(frozen=True, slots=True)
class _Scratch:
    """What every chunk uses again: room for its logits, and a mask over them that is all False between uses."""

    logits: Tensor
    in_k: Tensor

    @classmethod
    def of(cls, vocabulary: int, chunk: int, device: torch.device, dtype: torch.dtype) -> _Scratch:
        return cls(
            torch.empty(chunk, vocabulary, dtype=dtype, device=device),
            torch.zeros(chunk, vocabulary, dtype=torch.bool, device=device),
        )

    def product(self, own: Tensor, head: Tensor) -> Tensor:
        """The logits of a chunk, [C, V]."""
        logits = self.logits[: own.shape[0]]
        if own.dtype == logits.dtype:
            return torch.mm(own, head.T, out=logits)
        return logits.copy_(own @ head.T)

    def contains(self, teacher: Teacher, ids: Tensor) -> Tensor:
        """Which of ``ids`` [C, m] are the teacher's; costs no clearing of the whole mask."""
        mask = self.in_k[: ids.shape[0]]
        mask.scatter_reduce_(1, teacher.ids, teacher.present, reduce="amax", include_self=True)
        found = mask.gather(1, ids)
        mask.scatter_(1, teacher.ids, False)
        return found


def _loss_and_gradient(
    logits: Tensor, teacher: Teacher, targets: Tensor, objective: Objective, scratch: _Scratch
) -> tuple[Tensor, Tensor]:
    """Losses [C] and their gradient in the ``logits`` [C, V], which takes the place of the logits."""
    r = 0.0 if objective.loss == "sft" else objective.kd_weight
    if r == 0.0:
        return _cross_entropy(logits, targets)
    ce_part = _cross_entropy(logits.clone(), targets) if r < 1.0 else None
    kd, grad = _distillation(logits, teacher, objective, scratch)
    if ce_part is None:
        return kd, grad
    ce, ce_grad = ce_part
    return r * kd + (1.0 - r) * ce, grad.mul_(r).add_(ce_grad, alpha=1.0 - r)


def _exponentials(logits: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """``e`` in place of the logits z, their sum [C, 1] and log Σ exp(z) [C, 1]; ``e / sum`` are the probabilities.

    One exponential of each logit, where ``logsumexp`` and then ``exp`` would take two and room for them.
    """
    top = logits.amax(-1, keepdim=True)
    e = logits.sub_(top).exp_()
    total = e.sum(-1, keepdim=True)
    return e, total, top + total.log()


def _cross_entropy(logits: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    own = targets.unsqueeze(-1)
    wanted = logits.gather(-1, own)
    e, total, lse = _exponentials(logits)
    grad = e.div_(total)
    return (lse - wanted).squeeze(-1), grad.scatter_add_(-1, own, -torch.ones_like(wanted))


def _distillation(logits: Tensor, teacher: Teacher, objective: Objective, scratch: _Scratch) -> tuple[Tensor, Tensor]:
    """The forward KL (unless only the tail is asked for) and the tail term."""
    if objective.temperature != 1.0:
        logits.div_(objective.temperature)
    tail = objective.tail if objective.loss in ("ckd", "tail") else "none"
    own = largest(logits, objective.m) if tail == "topm" else None
    log_s = logits.gather(-1, teacher.ids)
    e, total, lse = _exponentials(logits)
    log_s -= lse
    s_k = log_s.exp().where(teacher.present, 0.0)
    loss = e.new_zeros(e.shape[0])
    scale = e.new_zeros(e.shape[0])  # the factor of s_i that every token has
    on_k = torch.zeros_like(s_k)  # what is added on K
    if objective.loss != "tail":
        t = teacher.probs
        loss += (t * (teacher.logps - log_s).where(t > 0, 0.0)).sum(-1)
        scale += t.sum(-1)
        on_k -= t
    s_own = None
    if own is not None:
        s_own = e.gather(-1, own).div_(total) * ~scratch.contains(teacher, own)
        mass = s_own.sum(-1)
        loss += objective.lam * mass
        scale -= objective.lam * mass
    elif tail == "complement":
        rest = 1.0 - s_k.sum(-1)
        loss += objective.lam * rest
        scale += objective.lam * (1.0 - rest)
        on_k -= objective.lam * s_k
    elif tail == "bucket":
        missing = (1.0 - teacher.probs.sum(-1)).clamp_min(0.0)
        rest = (1.0 - s_k.sum(-1)).clamp_min(torch.finfo(s_k.dtype).eps)
        loss += torch.xlogy(missing, missing / rest)
        ratio = missing / rest
        scale -= ratio * s_k.sum(-1)
        on_k += ratio.unsqueeze(-1) * s_k
    grad = e.mul_(scale.unsqueeze(-1) / total)
    if own is not None and s_own is not None:
        grad.scatter_add_(-1, own, objective.lam * s_own)
    grad.scatter_add_(-1, teacher.ids, on_k)
    if objective.temperature != 1.0:
        grad.div_(objective.temperature)
    return loss, grad
