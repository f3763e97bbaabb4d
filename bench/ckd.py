"""Time and memory of CKD on the head of Qwen3-0.6B: the released computation, TRL's nearest loss, ours, and the floor.

    python bench/ckd.py [--tokens 1024 4096] [--repeat 3] [--threads 1] [--device cpu] [--only floor ours]

Every measurement is a process of its own, the variants taking turns, so that what else runs on the machine hits all
of them; times are medians, ratios are medians of the ratios of neighbours, and processor seconds stand beside wall
seconds. ``--paired 5`` adds times of floor and ours that take turns within one process, five times, which is what to
trust where the machine's speed wanders. Peak memory is the high-water mark above the inputs (hidden states, head,
teacher), gradients included. Variants:

    floor      the three matrix products, in chunks of 256 tokens, and nothing else
    ours       starbench_train.distill.fused
    released   as the release computes it: float32 log-softmax of all tokens, [N, m, k] comparison, autograd
    trl        TRL's top-k forward KL with a bucket for the tail (experimental.async_distillation), chunks of 256 that
               are computed again for the gradient; it has no term for the student's own tokens
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measure import machine

VOCABULARY, HIDDEN, K, M, LAM, CHUNK = 151_936, 1024, 100, 100, 10.0, 256
VARIANTS = ("floor", "ours", "released", "trl")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=int, nargs="+", default=[1024, 4096])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--only", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    parser.add_argument("--paired", type=int, metavar="ROUNDS", help="also time floor and ours in turns in one process")
    parser.add_argument("--one", nargs=2, metavar=("VARIANT", "TOKENS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one and given.one[0] == "paired":
        print(json.dumps(paired(int(given.one[1]), given)))
        return
    if given.one:
        print(json.dumps(measured(given.one[0], int(given.one[1]), given)))
        return
    print(machine())
    print(f"\nV = {VOCABULARY:,}, H = {HIDDEN}, k = m = {K}, {given.dtype}, {given.device}, threads: {given.threads}\n")
    for tokens in given.tokens:
        rounds = [{name: in_a_process(name, tokens, given) for name in given.only} for _ in range(given.repeat)]
        print(table(tokens, rounds), flush=True)
        if given.paired:
            found = in_a_process("paired", tokens, given)
            print(f"in turns, {given.paired} times: CPU of ours / floor {found['cpu']:.3f}, wall {found['wall']:.3f}\n")


# ------------------------------------------------------------------------------------------------ the variants


def floor(hidden: Any, weight: Any, ids: Any, logps: Any) -> Any:
    """Logits, and from something of their size the gradients of hidden states and head."""
    import torch

    with torch.no_grad():
        weight.grad, hidden.grad = torch.zeros_like(weight), torch.empty_like(hidden)
        room = hidden.new_empty(min(CHUNK, len(hidden)), len(weight))
        for start in range(0, len(hidden), CHUNK):
            own = hidden[start : start + CHUNK]
            logits = torch.mm(own, weight.T, out=room[: len(own)])
            hidden.grad[start : start + CHUNK] = logits @ weight
            weight.grad.addmm_(logits.T, own)
    return None


def ours(hidden: Any, weight: Any, ids: Any, logps: Any) -> Any:
    import torch

    from starbench_train.distill.fused import fused_loss
    from starbench_train.distill.losses import Teacher
    from starbench_train.distill.objective import Objective

    targets = torch.zeros(len(hidden), dtype=torch.long, device=hidden.device)
    mask = torch.ones_like(targets)
    return fused_loss(hidden, weight, Teacher(ids, logps), targets, mask, Objective(lam=LAM, m=M), chunk=CHUNK)


def released(hidden: Any, weight: Any, ids: Any, logps: Any) -> Any:
    """The steps of the released patch, written anew: all logits in float32, everything by autograd."""
    import torch

    log_s = torch.log_softmax((hidden @ weight.T).float(), dim=-1)
    on_k = log_s.gather(-1, ids)
    forward = (logps.exp() * (logps - on_k)).sum(-1)
    own, own_ids = log_s.topk(M, dim=-1)
    outside = ~(own_ids.unsqueeze(-1) == ids.unsqueeze(-2)).any(-1)
    return (forward + LAM * (own.exp() * outside).sum(-1)).mean()


def trl(hidden: Any, weight: Any, ids: Any, logps: Any) -> Any:
    import torch
    from torch.utils.checkpoint import checkpoint
    from trl.experimental.async_distillation.async_distillation_trainer import _jsd_loss_chunk

    total = hidden.new_zeros(())
    for start in range(0, len(hidden), CHUNK):
        rows = slice(start, start + CHUNK)
        known = torch.ones_like(ids[rows], dtype=torch.bool)
        own = (hidden[rows], weight, None, 1.0, None, ids[rows], logps[rows], known)
        part = checkpoint(_jsd_loss_chunk, *own, 0.0, 1.0, True, None, 1, use_reentrant=False)
        total = total + part[0]
    return total / len(hidden)


RUN: dict[str, Callable[..., Any]] = {"floor": floor, "ours": ours, "released": released, "trl": trl}


# ------------------------------------------------------------------------------------------------ one measurement


def measured(name: str, tokens: int, given: argparse.Namespace) -> dict[str, float]:
    """Seconds and peak MB of a variant, forward and backward, in this process."""
    import torch

    torch.set_num_threads(given.threads)
    inputs = example(tokens, given)
    if given.device == "cpu":
        RUN[name](*example(8, given))  # what is loaded or compiled at first use
        before = reset_peak()
    else:
        step(RUN[name], inputs)
        torch.cuda.synchronize()
        inputs[0].grad = inputs[1].grad = None
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated() / 1e6
    wall, cpu = time.perf_counter(), time.process_time()
    step(RUN[name], inputs)
    if given.device != "cpu":
        torch.cuda.synchronize()
    spent = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    peak = status("VmHWM") if given.device == "cpu" else torch.cuda.max_memory_allocated() / 1e6
    return {**spent, "peak_mb": peak - before}


def paired(tokens: int, given: argparse.Namespace) -> dict[str, float]:
    """The medians of the ratios of ours to the floor, each pair measured back to back in this process."""
    import torch

    torch.set_num_threads(given.threads)
    inputs = example(tokens, given)
    ratios: dict[str, list[float]] = {"wall": [], "cpu": []}
    for number in range(given.paired + 1):
        spent: dict[str, dict[str, float]] = {}
        for name in ("floor", "ours"):
            inputs[0].grad = inputs[1].grad = None
            wall, cpu = time.perf_counter(), time.process_time()
            step(RUN[name], inputs)
            if given.device != "cpu":
                torch.cuda.synchronize()
            spent[name] = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        if number:  # the first pair warms up
            for what, found in ratios.items():
                found.append(spent["ours"][what] / spent["floor"][what])
    return {what: statistics.median(found) for what, found in ratios.items()} | {"peak_mb": 0.0}


def step(run: Callable[..., Any], inputs: Any) -> None:
    loss = run(*inputs)
    if loss is not None:
        loss.backward()


def example(tokens: int, given: argparse.Namespace) -> tuple[Any, Any, Any, Any]:
    """Hidden states and a head of which logits of a usual spread come, and a teacher that is near the student."""
    import torch

    rng = torch.Generator().manual_seed(0)
    dtype = getattr(torch, given.dtype)
    hidden = torch.randn(tokens, HIDDEN, generator=rng).to(given.device, dtype).requires_grad_()
    weight = torch.randn(VOCABULARY, HIDDEN, generator=rng).mul_(0.06).to(given.device, dtype).requires_grad_()
    ids = torch.randint(VOCABULARY, (tokens, K), generator=rng)
    ids = (ids[:, :1] + torch.arange(K) * 7) % VOCABULARY  # all different
    logps = torch.log_softmax(torch.randn(tokens, K, generator=rng) * 3, -1) + torch.log(torch.tensor(0.98))
    return hidden, weight, ids.to(given.device), logps.to(given.device)


def reset_peak() -> float:
    """Forget the high-water mark; gives what is held now, in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return status("VmRSS")


def status(name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    if found is None:
        sys.exit(f"/proc/self/status has no {name}; this script needs Linux")
    return int(found.group(1)) * 1024 / 1e6


def in_a_process(name: str, tokens: int, given: argparse.Namespace) -> dict[str, float]:
    words = ["--one", name, str(tokens), "--threads", str(given.threads)]
    if given.paired:
        words += ["--paired", str(given.paired)]
    command = [sys.executable, __file__, *words, "--device", given.device, "--dtype", given.dtype]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"wall": float("nan"), "cpu": float("nan"), "peak_mb": float("nan")}
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


# ------------------------------------------------------------------------------------------------ the table


def table(tokens: int, rounds: list[dict[str, dict[str, float]]]) -> str:
    flops = 6 * tokens * VOCABULARY * HIDDEN
    head = 4 * VOCABULARY * HIDDEN / 1e6
    chunk = 4 * min(CHUNK, tokens) * VOCABULARY / 1e6
    lines = [
        f"N = {tokens}: {flops / 1e12:.2f} TFLOP in three products; the gradient of the head takes {head:.0f} MB, a "
        f"chunk of logits {chunk:.0f} MB, the gradient of the hidden states {4 * tokens * HIDDEN / 1e6:.0f} MB",
        "",
        "| variant | wall s | CPU s | wall / floor | CPU / floor | GFLOP/s | peak MB | less head gradient | / ours |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    names = list(rounds[0])
    for name in names:
        wall, cpu, peak = (statistics.median(one[name][what] for one in rounds) for what in ("wall", "cpu", "peak_mb"))
        ratios = [ratio(rounds, name, "floor", what) for what in ("wall", "cpu")]
        beside = ratio(rounds, name, "ours", "peak_mb")
        lines.append(
            f"| {name} | {wall:.1f} | {cpu:.1f} | {ratios[0]} | {ratios[1]} | {flops / cpu / 1e9:.0f} | {peak:.0f} | "
            f"{peak - head:.0f} | {beside} |"
        )
    return "\n".join(lines) + "\n"


def ratio(rounds: list[dict[str, dict[str, float]]], name: str, base: str, what: str) -> str:
    if base not in rounds[0]:
        return ""
    return f"{statistics.median(one[name][what] / one[base][what] for one in rounds):.2f}"


if __name__ == "__main__":
    main()
