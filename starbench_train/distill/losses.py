"""Distillation losses on the teacher's top-k tokens, one per token of the answer.

Shapes: N tokens, V vocabulary, k teacher tokens. A teacher token that is not there (an adaptive k) has log-probability
-inf and any id::

    logits  [N, V]   the student's                      t = Teacher(ids=[[5, 2, 0]], logps=[[-0.1, -2.9, -inf]])
    fkl(logits, t)                          Σ_K t (log t - log s)                                    [N]
    ckd(logits, t, lam=10, m=100)           the same + lam · Σ s over the student's top m outside K   [N]
    token_mean(ckd(logits, t), mask)        a scalar

Equations: the paper (arXiv 2602.03022) with the conventions of its released code: teacher probabilities are those of
the full softmax, not renormalised, so a truncated loss can be negative; its minimum is ``T log T``. All is computed in
float32 or wider. :func:`per_token` picks by :class:`~starbench_train.distill.objective.Objective`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from starbench_train.distill.objective import Objective


@dataclass(frozen=True, slots=True)
class Teacher:
    """The teacher's likeliest tokens: ``ids`` [N, k] (int64) and their log-probabilities [N, k], -inf where absent."""

    ids: Tensor
    logps: Tensor

    @property
    def probs(self) -> Tensor:
        """Probabilities [N, k], 0 where absent."""
        return self.logps.exp()

    @property
    def present(self) -> Tensor:
        """Which places hold a token, [N, k]."""
        return self.logps > -torch.inf

    def rows(self, start: int, stop: int) -> Teacher:
        """The tokens of some positions."""
        return Teacher(self.ids[start:stop], self.logps[start:stop])

    def renormalised(self, temperature: float = 1.0) -> Teacher:
        """Probabilities that sum to 1 over the top k, softened by ``temperature``."""
        logps = torch.log_softmax(widened(self.logps) / temperature, dim=-1)
        return replace(self, logps=torch.where(self.present, logps, -torch.inf))


def top_k(logits: Tensor, k: int, mass: float = 1.0) -> Teacher:
    """The top k tokens of full teacher ``logits`` [N, V]; with ``mass`` < 1 the fewest of them that hold that much.

    ``k`` beyond V means V.
    """
    logps, ids = torch.log_softmax(widened(logits), dim=-1).topk(min(k, logits.shape[-1]), dim=-1)
    if mass < 1.0:
        before = logps.exp().cumsum(-1) - logps.exp()
        logps = logps.masked_fill(before >= mass, -torch.inf)
    return Teacher(ids, logps)


def widened(values: Tensor) -> Tensor:
    """``values`` in float32, or float64 where they are."""
    return values if values.dtype == torch.float64 else values.float()


def fkl(logits: Tensor, teacher: Teacher) -> Tensor:
    """Top-k forward KL: ``Σ_K t (log t - log s)``, [N]. Least at ``s = t / T`` on K, where it is ``T log T``."""
    return _weighted(teacher.probs, widened(teacher.logps) - _on(teacher, logits)).sum(-1)


def rkl(logits: Tensor, teacher: Teacher) -> Tensor:
    """Top-k reverse KL: ``Σ_K s (log s - log t)``, [N]. Least at ``s = t / e``: over 63 % of the mass leaves K."""
    log_s = _on(teacher, logits)
    return _weighted(log_s.exp().where(teacher.present, 0.0), log_s - widened(teacher.logps)).sum(-1)


def akl(logits: Tensor, teacher: Teacher, head: float = 0.5, detach: bool = False) -> Tensor:
    """Adaptive KL: forward and reverse KL weighed by how far t and s are apart on the head and on the tail of K, [N].

    The head is the teacher's likeliest tokens up to and including the one that crosses ``head`` of its mass.
    """
    t, s = teacher.probs, _on(teacher, logits).exp().where(teacher.present, 0.0)
    in_head = t.cumsum(-1) - t < head
    apart = (t - s).abs()
    if detach:
        apart = apart.detach()
    head_gap, tail_gap = (apart * in_head).sum(-1), (apart * ~in_head).sum(-1)
    both = (head_gap + tail_gap).clamp_min(torch.finfo(apart.dtype).tiny)
    return (head_gap * fkl(logits, teacher) + tail_gap * rkl(logits, teacher)) / both


def jsd(logits: Tensor, teacher: Teacher, beta: float = 0.5) -> Tensor:
    """Top-k generalised Jensen-Shannon divergence with the mixture ``beta t + (1 - beta) s``, [N]."""
    log_t, log_s = widened(teacher.logps), _on(teacher, logits)
    t, s = teacher.probs, log_s.exp().where(teacher.present, 0.0)
    log_mix = (beta * t + (1 - beta) * s).log()
    return (beta * _weighted(t, log_t - log_mix) + (1 - beta) * _weighted(s, log_s - log_mix)).sum(-1)


def tail_mass(logits: Tensor, teacher: Teacher, m: int) -> Tensor:
    """The paper's second term: student probability on its own top ``m`` tokens outside K, [N]."""
    ids = logits.topk(min(m, logits.shape[-1]), dim=-1).indices
    outside = ~contains(teacher, ids, logits.shape[-1])
    return (_log_s(logits, ids).exp() * outside).sum(-1)


def complement_mass(logits: Tensor, teacher: Teacher) -> Tensor:
    """All student probability outside K: ``1 - S``, [N]."""
    return 1.0 - _on(teacher, logits).exp().where(teacher.present, 0.0).sum(-1)


def bucket_kl(logits: Tensor, teacher: Teacher) -> Tensor:
    """The KL of the two tails, each taken as one token: ``(1 - T) log ((1 - T) / (1 - S))``, [N]."""
    rest = (1.0 - teacher.probs.sum(-1)).clamp_min(0.0)
    own = complement_mass(logits, teacher).clamp_min(torch.finfo(rest.dtype).eps)
    return torch.xlogy(rest, rest / own)


def ckd(logits: Tensor, teacher: Teacher, lam: float = 10.0, m: int = 100, tail: str = "topm") -> Tensor:
    """Constrained knowledge distillation: top-k forward KL + the ``tail`` term, [N] (the paper's equation for CKD)."""
    return fkl(logits, teacher) + tail_term(logits, teacher, lam, m, tail)


def tail_term(logits: Tensor, teacher: Teacher, lam: float, m: int, tail: str) -> Tensor:
    """The weighed tail term of :class:`~starbench_train.distill.objective.Objective`, [N]."""
    if tail == "topm":
        return lam * tail_mass(logits, teacher, m)
    if tail == "complement":
        return lam * complement_mass(logits, teacher)
    if tail == "bucket":
        return bucket_kl(logits, teacher)
    return logits.new_zeros(logits.shape[0], dtype=widened(logits).dtype)


def sft(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of the next tokens ``targets`` [N], [N]."""
    return cross_entropy(widened(logits), targets, reduction="none")


def per_token(logits: Tensor, teacher: Teacher, targets: Tensor, objective: Objective) -> Tensor:
    """The loss of each token, [N], as ``objective`` says."""
    if objective.loss == "sft" or objective.kd_weight == 0.0:
        return sft(logits, targets)
    kd = _kd(logits, teacher, objective)
    if objective.kd_weight == 1.0:
        return kd
    return objective.kd_weight * kd + (1.0 - objective.kd_weight) * sft(logits, targets)


def _kd(logits: Tensor, teacher: Teacher, objective: Objective) -> Tensor:
    if objective.renormalise != "none":
        teacher = teacher.renormalised(objective.temperature)
        logits = widened(logits) / objective.temperature
    if objective.renormalise == "both":
        logits, teacher = _restricted(logits, teacher)
    if objective.loss == "ckd":
        return ckd(logits, teacher, objective.lam, objective.m, objective.tail)
    if objective.loss == "tail":
        return tail_term(logits, teacher, objective.lam, objective.m, objective.tail)
    if objective.loss == "akl":
        return akl(logits, teacher, objective.akl_head, objective.akl_detach)
    if objective.loss == "jsd":
        return jsd(logits, teacher, objective.beta)
    return fkl(logits, teacher) if objective.loss == "fkl" else rkl(logits, teacher)


def _restricted(logits: Tensor, teacher: Teacher) -> tuple[Tensor, Teacher]:
    """The student over K alone: logits [N, k], and the teacher with places as ids."""
    places = torch.arange(teacher.ids.shape[-1], device=logits.device).expand_as(teacher.ids)
    own = logits.gather(-1, teacher.ids).masked_fill(~teacher.present, -torch.inf)
    return own, Teacher(places, teacher.logps)


def token_mean(per_token: Tensor, mask: Tensor) -> Tensor:
    """The mean of ``per_token`` [N] over the tokens that ``mask`` [N] keeps; 0 where it keeps none.

    Tokens that are left out do not count, even if their loss is infinite.
    """
    kept = mask.bool()
    return per_token.where(kept, 0.0).sum() / kept.sum().clamp_min(1)


def contains(teacher: Teacher, ids: Tensor, vocabulary: int) -> Tensor:
    """Which of ``ids`` [N, m] are in K, [N, m], by a mask over the vocabulary instead of m · k comparisons."""
    in_k = torch.zeros(ids.shape[0], vocabulary, dtype=torch.bool, device=ids.device)
    # an absent teacher token may have the id of a present one, so places are raised, never cleared
    in_k.scatter_reduce_(1, teacher.ids, teacher.present, reduce="amax", include_self=True)
    return in_k.gather(1, ids)


def _log_s(logits: Tensor, ids: Tensor) -> Tensor:
    wide = widened(logits)
    return wide.gather(-1, ids) - wide.logsumexp(-1, keepdim=True)


def _on(teacher: Teacher, logits: Tensor) -> Tensor:
    """log s on K, [N, k]."""
    return _log_s(logits, teacher.ids)


def _weighted(weight: Tensor, value: Tensor) -> Tensor:
    """``weight · value`` with 0 · inf = 0, and without a gradient where the weight is 0."""
    return weight * value.where(weight > 0, 0.0)
