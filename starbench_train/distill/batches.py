"""Rows -> the tensors of a batch, packed, with the places where something is learnt and what the teacher thinks there.

    Collator(teacher=cache.lookup, vocabulary=151936, pad=0)([row, row, row])
    ->  input_ids     [[5, 6, 7, 8, 9, 4], [3, 2, 2, 0, 0, 0]]        the second and third row share a line
        position_ids  [[0, 1, 2, 3, 0, 1], [0, 1, 2, 3, 4, 5]]        each begins at 0
        places        [2, 4, 7]                                       of the flattened ids; what follows is learnt
        targets       [8, 4, 2]                                       that token
        teacher_ids, teacher_logps   [3, k]                           -inf where the teacher has fewer than k
        tokens        12                                              of the rows, without padding

A line is as wide as the longest row. Shorter rows share one where they fit, so packing changes how much is computed and
nothing else: which rows make a step, and what each token sees, stay the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from starbench_train.data.template import Encoded
from starbench_train.distill.cache import Likeliest, Named, answer_start

Lookup = Callable[[str, Encoded], Likeliest]


@dataclass(frozen=True, slots=True)
class Collator:
    """Makes batches.

    Args:
        teacher: the teacher's tokens at the answer of a row; None where there are none, or they are asked for later.
        vocabulary: tokens that the student has; a teacher's token beyond them is left out.
        pad: what stands where nothing is learnt or looked at.
        pack: put short rows behind one another.
        flat: put all rows into one line, as flash attention wants it.
    """

    teacher: Lookup | None
    vocabulary: int
    pad: int = 0
    pack: bool = True
    flat: bool = False

    def __call__(self, rows: Sequence[Named]) -> dict[str, Tensor]:
        """The tensors of a batch; see the top of this module."""
        lengths = [len(row.encoded.ids) for row in rows]
        width = sum(lengths) if self.pack and self.flat else max(lengths)
        lines = packed_lines(lengths, width) if self.pack else [[place] for place in range(len(rows))]
        ids = torch.full((len(lines), width), self.pad)
        positions = torch.zeros_like(ids)
        places: list[int] = []
        targets: list[int] = []
        scored: list[Likeliest] = []
        for number, line in enumerate(lines):
            at = 0
            for row in (rows[place] for place in line):
                encoded, length = row.encoded, len(row.encoded.ids)
                ids[number, at : at + length] = torch.tensor(encoded.ids)
                positions[number, at:] = torch.arange(width - at)
                learnt = [place for place in range(answer_start(encoded), length) if encoded.mask[place]]
                places += [number * width + at + place - 1 for place in learnt]
                targets += [encoded.ids[place] for place in learnt]
                if self.teacher is not None:
                    scored.append(_only(self.teacher(row.id, encoded), encoded))
                at += length
        batch = {
            "input_ids": ids,
            "position_ids": positions,
            "places": torch.tensor(places),
            "targets": torch.tensor(targets),
            "tokens": torch.tensor(sum(lengths)),
        }
        return batch | dense(scored, len(targets), self.vocabulary)


def packed_lines(lengths: Sequence[int], width: int) -> list[list[int]]:
    """Places of rows by line: the longest first, each into the first line that has room for it."""
    lines: list[list[int]] = []
    room: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        number = next((n for n, left in enumerate(room) if left >= lengths[place]), len(lines))
        if number == len(lines):
            lines.append([])
            room.append(width)
        lines[number].append(place)
        room[number] -= lengths[place]
    return lines


def _only(scored: Likeliest, encoded: Encoded) -> Likeliest:
    """The teacher's tokens at what is learnt of the answer."""
    learnt = np.array(encoded.mask[answer_start(encoded) :], dtype=bool)
    pairs = np.repeat(learnt, scored.counts)
    return Likeliest(scored.counts[learnt], scored.ids[pairs], scored.logps[pairs])


def dense(scored: Sequence[Likeliest], tokens: int, vocabulary: int) -> dict[str, Any]:
    """``teacher_ids`` and ``teacher_logps`` [tokens, k], k the most of any token; 0 where there is no teacher."""
    counts = np.concatenate([one.counts for one in scored]) if scored else np.zeros(tokens, dtype=np.int64)
    ids = np.zeros((tokens, int(counts.max(initial=0))), dtype=np.int64)
    logps = np.full(ids.shape, -np.inf, dtype=np.float32)
    if scored:
        held = np.arange(ids.shape[1]) < counts[:, None]
        ids[held] = np.concatenate([one.ids for one in scored])
        logps[held] = np.concatenate([one.logps for one in scored])
        unknown = ids >= vocabulary
        ids[unknown], logps[unknown] = 0, -np.inf
    return {"teacher_ids": torch.from_numpy(ids), "teacher_logps": torch.from_numpy(logps)}
