"""The distillation losses against plain float64 arithmetic, token by token."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="the losses need torch: pip install 'starbench[train]'")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from starbench_train.distill import losses  # noqa: E402
from starbench_train.distill.fused import fused_loss  # noqa: E402
from starbench_train.distill.largest import largest  # noqa: E402
from starbench_train.distill.losses import Teacher  # noqa: E402
from starbench_train.distill.objective import Objective  # noqa: E402

FUSED = [
    Objective(loss=loss, tail=tail, m=6, kd_weight=weight, renormalise=renormalise, temperature=temperature)
    for loss in ("ckd", "tail", "fkl", "sft")
    for tail in ("topm", "complement", "bucket", "none")
    for weight in (1.0, 0.3)
    for renormalise, temperature in (("none", 1.0), ("teacher", 1.0), ("teacher", 2.0))
    if tail != "bucket" or renormalise == "none"
]


def softmax(row: list[float]) -> list[float]:
    top = max(row)
    exps = [math.exp(z - top) for z in row]
    return [e / math.fsum(exps) for e in exps]


def plain_ckd(logits: list[float], ids: list[int], logps: list[float], lam: float, m: int) -> float:
    """The paper's equation for one token, with nothing but floats."""
    s = softmax(logits)
    k = {i: lp for i, lp in zip(ids, logps, strict=True) if lp > -math.inf}
    forward = math.fsum(math.exp(lp) * (lp - math.log(s[i])) for i, lp in k.items())
    own = sorted(range(len(s)), key=lambda i: -logits[i])[:m]
    return forward + lam * math.fsum(s[i] for i in own if i not in k)


def example(n: int, v: int, k: int, seed: int = 0, dtype: torch.dtype = torch.float64, mass: float = 1.0):
    rng = torch.Generator().manual_seed(seed)
    logits = torch.randn(n, v, generator=rng, dtype=dtype) * 2
    return logits, losses.top_k(torch.randn(n, v, generator=rng, dtype=dtype) * 2, k, mass)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 4), v=st.integers(1, 30), k=st.integers(1, 40), m=st.integers(1, 40),
    lam=st.floats(0, 20), mass=st.sampled_from([0.3, 0.9, 1.0]), seed=st.integers(0, 99),
)  # fmt: skip
def test_ckd_is_the_papers_equation(n: int, v: int, k: int, m: int, lam: float, mass: float, seed: int) -> None:
    logits, teacher = example(n, v, k, seed, mass=mass)
    found = losses.ckd(logits, teacher, lam, m)
    wanted = [
        plain_ckd(*row, lam, m)
        for row in zip(logits.tolist(), teacher.ids.tolist(), teacher.logps.tolist(), strict=True)
    ]
    assert found.tolist() == pytest.approx(wanted, rel=1e-6, abs=1e-12)


def plain_gradient(logits: list[float], ids: list[int], logps: list[float], lam: float, m: int) -> list[float]:
    """The closed form of the gradient of :func:`plain_ckd`, worked out on paper: s (T - lam P + lam [A]) - t [K]."""
    s = softmax(logits)
    k = {i: math.exp(lp) for i, lp in zip(ids, logps, strict=True) if lp > -math.inf}
    own = {i for i in sorted(range(len(s)), key=lambda i: -logits[i])[:m] if i not in k}
    factor = math.fsum(k.values()) - lam * math.fsum(s[i] for i in own)
    return [s[i] * (factor + lam * (i in own)) - k.get(i, 0.0) for i in range(len(s))]


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 3), v=st.integers(1, 30), k=st.integers(1, 40), m=st.integers(1, 40),
    lam=st.floats(0, 20), mass=st.sampled_from([0.3, 0.9, 1.0]), seed=st.integers(0, 99),
)  # fmt: skip
def test_the_gradients_are_those_of_the_papers_equation(
    n: int, v: int, k: int, m: int, lam: float, mass: float, seed: int
) -> None:
    """Of the plain loss by autograd, and of the fused one, whose hidden states here are the logits themselves."""
    logits, teacher = example(n, v, k, seed, mass=mass)
    wanted = torch.tensor(
        [
            plain_gradient(*row, lam, m)
            for row in zip(logits.tolist(), teacher.ids.tolist(), teacher.logps.tolist(), strict=True)
        ],
        dtype=torch.float64,
    )
    logits.requires_grad_()
    (plain,) = torch.autograd.grad(losses.ckd(logits, teacher, lam, m).sum(), logits)
    identity, targets = torch.eye(v, dtype=torch.float64), torch.zeros(n, dtype=torch.long)
    objective = Objective(lam=lam, m=m)
    total = fused_loss(logits, identity, teacher, targets, torch.ones(n), objective, normaliser=1.0, chunk=2)
    (fused,) = torch.autograd.grad(total, logits)
    for found in (plain, fused):
        torch.testing.assert_close(found, wanted, rtol=1e-6, atol=1e-12)


def test_tied_logits_give_both_losses_the_same_value() -> None:
    """Which of two equal tokens counts as the m-th is open; what they weigh is not, while neither is the teacher's."""
    logits = torch.tensor([[3.0, 1.0, 1.0, 1.0, 1.0, 0.0], [2.0, 2.0, 2.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    teacher = Teacher(torch.tensor([[0], [5]]), torch.tensor([[0.9], [0.5]], dtype=torch.float64).log())
    targets, mask = torch.zeros(2, dtype=torch.long), torch.ones(2)
    for m in (1, 2, 3, 4, 6):
        plain = losses.token_mean(losses.ckd(logits, teacher, m=m), mask)
        fused = fused_loss(logits, torch.eye(6, dtype=torch.float64), teacher, targets, mask, Objective(m=m))
        assert fused.item() == pytest.approx(plain.item(), rel=1e-12)


def test_fused_loss_lives_with_logits_that_exclude_a_token() -> None:
    """A head may push padding of its vocabulary so far down that its probability is 0."""
    torch.manual_seed(0)
    hidden = torch.rand(4, 5, requires_grad=True)
    weight = torch.randn(12, 5)
    weight[11] = -1e30
    weight.requires_grad_()
    _, teacher = example(4, 11, 3, dtype=torch.float32)
    targets = torch.zeros(4, dtype=torch.long)
    loss = fused_loss(hidden, weight, teacher, targets, torch.ones(4), Objective(m=12))
    assert loss.isfinite()
    assert all(gradient.isfinite().all() for gradient in torch.autograd.grad(loss, (hidden, weight)))


def test_the_fused_gradient_is_handed_out_once() -> None:
    hidden, weight = torch.randn(2, 4, requires_grad=True), torch.randn(8, 4, requires_grad=True)
    _, teacher = example(2, 8, 2, dtype=torch.float32)
    loss = fused_loss(hidden, weight, teacher, torch.zeros(2, dtype=torch.long), torch.ones(2), Objective())
    torch.autograd.grad(loss, hidden, retain_graph=True)
    with pytest.raises(RuntimeError, match="differentiated once"):
        torch.autograd.grad(loss, hidden)


@pytest.mark.filterwarnings("ignore")  # torch's compiler warns of what it does itself
def test_fused_loss_inside_a_compiled_function() -> None:
    torch.manual_seed(3)
    hidden, weight = torch.randn(6, 4, requires_grad=True), torch.randn(20, 4, requires_grad=True)
    _, teacher = example(6, 20, 3, dtype=torch.float32)
    targets, mask = torch.zeros(6, dtype=torch.long), torch.tensor([1, 1, 0, 1, 1, 1])

    def loss(hidden: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        return fused_loss(hidden.tanh(), weight, teacher, targets, mask, Objective(m=5), chunk=2)

    expected = loss(hidden, weight)
    wanted = torch.autograd.grad(expected, (hidden, weight))
    found = torch.compile(loss, backend="aot_eager")(hidden, weight)
    torch.testing.assert_close(found, expected)
    for ours, theirs in zip(torch.autograd.grad(found, (hidden, weight)), wanted, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_fused_loss_in_the_precision_of_autocast() -> None:
    torch.manual_seed(4)
    hidden, weight = torch.randn(30, 16, requires_grad=True), (torch.randn(90, 16) / 4).requires_grad_()
    _, teacher = example(30, 90, 5, dtype=torch.float32)
    arguments = (teacher, torch.zeros(30, dtype=torch.long), torch.ones(30), Objective(m=5))
    exact = fused_loss(hidden, weight, *arguments)
    wanted = torch.autograd.grad(exact, (hidden, weight))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = fused_loss(hidden, weight, *arguments)
    assert 0 < abs(rounded.item() - exact.item()) < 2e-2 * exact.item()
    for ours, theirs in zip(torch.autograd.grad(rounded, (hidden, weight)), wanted, strict=True):
        assert ours.dtype == theirs.dtype
        assert (ours - theirs).norm() <= 2e-2 * theirs.norm()


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 3), v=st.integers(1, 700), m=st.integers(1, 40), seed=st.integers(0, 99))
def test_the_largest_values_are_those_that_topk_finds(n: int, v: int, m: int, seed: int) -> None:
    values = torch.randn(n, v, generator=torch.Generator().manual_seed(seed)).round(decimals=1)  # many are equal
    places = largest(values, m)
    assert all(len(set(row)) == min(m, v) for row in places.tolist())
    found = values.gather(-1, places).sort(descending=True).values
    assert found.tolist() == values.topk(min(m, v)).values.tolist()


@pytest.mark.parametrize("objective", FUSED, ids=str)
def test_fused_loss_and_gradients_equal_those_of_the_plain_losses(objective: Objective) -> None:
    torch.manual_seed(1)
    hidden = torch.randn(9, 5, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(23, 5, dtype=torch.float64, requires_grad=True)
    _, teacher = example(9, 23, 7, mass=0.9)
    targets, mask = torch.arange(9), torch.tensor([1, 0, 1, 1, 1, 0, 1, 1, 1])
    plain = losses.token_mean(losses.per_token(hidden @ weight.T, teacher, targets, objective), mask)
    fused = fused_loss(hidden, weight, teacher, targets, mask, objective, chunk=2)
    assert fused.item() == pytest.approx(plain.item(), rel=1e-12, abs=1e-14)
    if not plain.requires_grad:  # the tail term alone, and none of it
        return
    for ours, theirs in zip(
        torch.autograd.grad(fused, (hidden, weight)), torch.autograd.grad(plain, (hidden, weight)), strict=True
    ):
        torch.testing.assert_close(ours, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("dtype", "bound"), [(torch.float32, 1e-4), (torch.bfloat16, 2e-2)])
def test_fused_in_lower_precision_stays_near_float64(dtype: torch.dtype, bound: float) -> None:
    torch.manual_seed(2)
    hidden, weight = torch.randn(40, 16).to(dtype), (torch.randn(300, 16) / 4).to(dtype)
    _, teacher = example(40, 300, 20)
    targets, mask = torch.zeros(40, dtype=torch.long), torch.ones(40)
    results = []
    for width in (torch.float64, dtype):
        h, w = hidden.to(width).requires_grad_(), weight.to(width).requires_grad_()
        loss = fused_loss(h, w, teacher, targets, mask, Objective(m=20), chunk=16)
        results.append([loss.double(), *(g.double() for g in torch.autograd.grad(loss, (h, w)))])
    for exact, found in zip(*results, strict=True):
        assert (found - exact).norm() <= bound * exact.norm()


def test_equal_logits_count_each_token_once() -> None:
    logits = torch.zeros(1, 6, dtype=torch.float64)
    teacher = Teacher(torch.tensor([[0, 1]]), torch.tensor([[0.5, 0.25]], dtype=torch.float64).log())
    assert losses.tail_mass(logits, teacher, m=6).item() == pytest.approx(4 / 6)
    assert losses.complement_mass(logits, teacher).item() == pytest.approx(4 / 6)


def test_a_mask_that_keeps_nothing_gives_zero_and_no_gradient() -> None:
    hidden, weight = torch.randn(3, 4, requires_grad=True), torch.randn(8, 4, requires_grad=True)
    _, teacher = example(3, 8, 2, dtype=torch.float32)
    for loss in (
        fused_loss(hidden, weight, teacher, torch.zeros(3, dtype=torch.long), torch.zeros(3), Objective()),
        losses.token_mean(losses.ckd(hidden @ weight.T, teacher), torch.zeros(3)),
    ):
        assert loss.item() == 0.0
        assert all(not g.any() for g in torch.autograd.grad(loss, (hidden, weight)))


def test_logits_of_minus_infinity_do_not_spread() -> None:
    logits, teacher = example(2, 10, 3)
    outside = next(i for i in range(10) if i not in teacher.ids[0].tolist())
    logits[0, outside] = -math.inf
    logits.requires_grad_()
    loss = losses.ckd(logits, teacher, m=10).sum()
    assert loss.isfinite()
    (gradient,) = torch.autograd.grad(loss, logits)
    assert gradient.isfinite().all()
    logits = logits.detach()
    logits[1, teacher.ids[1, 0]] = -math.inf  # the student excludes what the teacher wants: infinitely wrong
    assert losses.ckd(logits, teacher)[1] == math.inf
    assert losses.token_mean(losses.ckd(logits, teacher), torch.tensor([1, 0])).isfinite()


def test_absent_teacher_tokens_change_nothing() -> None:
    logits, teacher = example(4, 12, 3)
    padded = Teacher(
        torch.cat([teacher.ids, teacher.ids[:, :1], torch.zeros(4, 1, dtype=torch.long)], 1),
        torch.cat([teacher.logps, torch.full((4, 2), -math.inf, dtype=torch.float64)], 1),
    )
    for loss in ("ckd", "fkl", "rkl", "akl", "jsd"):
        for tail in ("topm", "complement", "bucket"):
            objective = Objective(loss=loss, tail=tail, m=5)
            targets = torch.zeros(4, dtype=torch.long)
            expected = losses.per_token(logits, teacher, targets, objective)
            torch.testing.assert_close(losses.per_token(logits, padded, targets, objective), expected)


def settle(objective: Objective, teacher: Teacher, start: torch.Tensor) -> torch.Tensor:
    """Student probabilities after gradient descent on free logits."""
    logits = start.clone().requires_grad_()
    optimiser = torch.optim.Adam([logits], lr=0.1)
    for _ in range(3000):
        optimiser.zero_grad()
        losses.per_token(logits, teacher, torch.zeros(1, dtype=torch.long), objective).sum().backward()
        optimiser.step()
    return torch.softmax(logits.detach(), -1)


def test_truncated_reverse_kl_drives_the_mass_out_of_the_teachers_tokens() -> None:
    """The reason for the collapse: its minimum is s = t / e on K, while FKL and CKD settle at s = t / T."""
    _, teacher = example(1, 200, 10)
    mass = teacher.probs.sum().item()
    t = teacher.probs[0]
    start = torch.zeros(1, 200, dtype=torch.float64)
    for objective in (Objective(loss="fkl"), Objective(m=20)):
        s = settle(objective, teacher, start)[0, teacher.ids[0]]
        torch.testing.assert_close(s, t / mass, atol=1e-2, rtol=1e-2)
    s = settle(Objective(loss="rkl"), teacher, start)[0, teacher.ids[0]]
    torch.testing.assert_close(s, t / math.e, atol=1e-4, rtol=1e-3)
    assert 1 - s.sum().item() > 0.63


def test_an_adaptive_teacher_keeps_the_fewest_tokens_that_hold_the_mass() -> None:
    logits = torch.tensor([[0.6, 0.3, 0.06, 0.04]], dtype=torch.float64).log()
    assert losses.top_k(logits, 4, mass=0.85).present.tolist() == [[True, True, False, False]]
    assert losses.top_k(logits, 9).ids.shape == (1, 4)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"loss": "kl"}, "loss is 'kl'; it must be one of ckd"),
        ({"lam": -1.0}, "lam is -1.0; it must be at least 0"),
        ({"temperature": 2.0}, "a temperature needs renormalise"),
        ({"renormalise": "teacher", "tail": "bucket"}, "tail='bucket' is about the mass"),
        ({"renormalise": "both"}, "the tail term is about unnormalised student mass"),
    ],
)
def test_an_objective_that_makes_no_sense_is_refused(settings: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Objective(**settings)  # type: ignore[arg-type]


def test_losses_without_a_closed_form_are_refused_by_the_fused_one() -> None:
    hidden, weight = torch.randn(2, 4), torch.randn(8, 4)
    _, teacher = example(2, 8, 2, dtype=torch.float32)
    with pytest.raises(ValueError, match="has no fused form"):
        fused_loss(hidden, weight, teacher, torch.zeros(2, dtype=torch.long), torch.ones(2), Objective(loss="rkl"))
