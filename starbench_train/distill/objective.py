"""Which distillation loss, with what weights.

    Objective()                                       the paper's CKD: lam = 10, m = 100
    Objective(loss="fkl")                             top-k forward KL alone
    Objective(tail="complement", lam=1.0)             all student mass outside the teacher's top k, weighed by 1
    Objective(kd_weight=0.5)                          half of it the cross-entropy of the next token

Words: K are the teacher's top-k tokens, t and s the probabilities of teacher and student, M the student's own top m,
``T = Σ_K t`` and ``S = Σ_K s``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Loss = Literal["ckd", "fkl", "rkl", "akl", "jsd", "tail", "sft"]
Tail = Literal["topm", "complement", "bucket", "none"]
Renormalise = Literal["none", "teacher", "both"]

NEEDS_FULL_LOGITS = frozenset({"rkl", "akl", "jsd"})
"""Comparators without a fused form."""


@dataclass(frozen=True, slots=True)
class Objective:
    """A distillation loss with its weights. Defaults are those of the paper (arXiv 2602.03022) and its released code.

    Attributes:
        loss: ``ckd``; ``fkl``, ``rkl``, ``akl``, ``jsd`` on the teacher's top k; ``tail`` the tail term alone; ``sft``
            the cross-entropy alone.
        lam: weight of the tail term, at least 0 (not of ``bucket``, whose weight follows from the divergence).
        m: size of M, at least 1.
        tail: ``topm`` Σ s over M outside K; ``complement`` 1 - S; ``bucket`` the KL of the two tails, each taken as one
            token; ``none``.
        renormalise: whether probabilities on K are made to sum to 1: ``none`` (the released code), ``teacher`` or
            ``both``.
        temperature: divides logits of both, above 0. Only a renormalised teacher has a temperature, because the top k
            alone does not determine the softened sum over the vocabulary.
        kd_weight: r in r · KD + (1 - r) · CE, in [0, 1]; the cross-entropy is taken at temperature 1.
        beta: weight of the teacher in the mixture of ``jsd``, in (0, 1).
        akl_head: teacher mass that counts as head in ``akl``.
        akl_detach: whether ``akl``'s head and tail weights are constants (in the released code gradients flow through).
    """

    loss: Loss = "ckd"
    lam: float = 10.0
    m: int = 100
    tail: Tail = "topm"
    renormalise: Renormalise = "none"
    temperature: float = 1.0
    kd_weight: float = 1.0
    beta: float = 0.5
    akl_head: float = 0.5
    akl_detach: bool = False

    def __post_init__(self) -> None:
        for name, value, known in (
            ("loss", self.loss, get_args(Loss)),
            ("tail", self.tail, get_args(Tail)),
            ("renormalise", self.renormalise, get_args(Renormalise)),
        ):
            if value not in known:
                raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(known)}")
        for name, ok, rule in (
            ("lam", self.lam >= 0, "at least 0"),
            ("m", self.m >= 1, "at least 1"),
            ("temperature", self.temperature > 0, "above 0"),
            ("kd_weight", 0 <= self.kd_weight <= 1, "between 0 and 1"),
            ("beta", 0 < self.beta < 1, "between 0 and 1, both excluded"),
        ):
            if not ok:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be {rule}")
        if self.temperature != 1.0 and self.renormalise == "none" and self.loss != "sft":
            raise ValueError(
                "a temperature needs renormalise='teacher' or 'both': the teacher's top k is all we know of it"
            )
        if self.renormalise != "none" and self.tail == "bucket" and self.loss in ("ckd", "tail"):
            raise ValueError("tail='bucket' is about the mass that the teacher's top k lacks; use renormalise='none'")
        if self.renormalise == "both" and self.loss in ("ckd", "tail"):
            raise ValueError("the tail term is about unnormalised student mass; use renormalise='none' or 'teacher'")
