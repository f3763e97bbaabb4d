"""The places of the m largest values of each row, in about half the time that ``topk`` takes for a whole vocabulary.

    largest(torch.tensor([[0.1, 0.9, 0.5]]), 2)      [[1, 2]], in any order

A row is seen as blocks of 32. The m blocks with the largest maxima hold the m largest values, so only those are sorted.
"""

from __future__ import annotations

import torch
from torch import Tensor

BLOCK = 32
WORTHWHILE = 8
"""Blocks for each value that is looked for, below which nothing would be saved."""


def largest(values: Tensor, m: int) -> Tensor:
    """The places, [N, m], of the m largest of ``values`` [N, V]; all places where m is V or more."""
    vocabulary = values.shape[-1]
    blocks = vocabulary // BLOCK
    if blocks < WORTHWHILE * m:
        return values.topk(min(m, vocabulary), dim=-1, sorted=False).indices
    body = values[:, : blocks * BLOCK].unflatten(-1, (blocks, BLOCK))
    best = body.amax(-1).topk(m, dim=-1, sorted=False).indices.unsqueeze(-1)
    found = body.gather(1, best.expand(-1, -1, BLOCK)).flatten(1)
    places = (best * BLOCK + torch.arange(BLOCK, device=values.device)).flatten(1)
    if blocks * BLOCK < vocabulary:  # what no block holds
        rest = torch.arange(blocks * BLOCK, vocabulary, device=values.device)
        found = torch.cat([found, values[:, blocks * BLOCK :]], dim=-1)
        places = torch.cat([places, rest.expand(values.shape[0], -1)], dim=-1)
    return places.gather(1, found.topk(m, dim=-1, sorted=False).indices)
