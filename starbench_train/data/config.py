"""Which rows are trained on, and which are kept apart.

[data]
train = "xlam"                    # a source of data.sources, a .jsonl file, or "tiny"
held_out = "rows/held-out.jsonl"  # or held_out_rows = 200: so many of the source, drawn by the seed
mask = "answer"
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ContaminationConfig:
    """How training rows are compared with test cases, and what becomes of those that are too like one.

    ``benchmarks`` are those of ``starbench.load_benchmark``; the recipe's own held-out rows are always compared with.
    A row is one of a test's when its normalised query and tool names are the test's, or when the two queries share the
    portion ``overlap`` of their ``ngram``-word sequences.
    """

    benchmarks: tuple[str, ...] = ()
    ngram: int = 8
    overlap: float = 0.5
    action: Literal["drop", "report", "stop"] = "drop"


@dataclass(frozen=True, slots=True)
class DataConfig:
    """Rows of training and rows to judge by.

    Attributes:
        train: a source's name, or a file of rows; several may be named.
        held_out: a file of rows to judge by; None: ``held_out_rows`` of ``train`` are set aside.
        limit: the most rows to train on; None for all.
        mask: what is learnt of an answer: ``all`` of it, the ``answer`` behind the reasoning, or the reasoning
            (``think``).
        max_prompt: tokens of the longest prompt; rows with longer ones are left out and counted.
        max_completion: tokens of the longest answer, likewise.
        contamination: the comparison with test cases.
    """

    train: tuple[str, ...]
    held_out: str | None = None
    held_out_rows: int = 200
    limit: int | None = None
    mask: Literal["all", "answer", "think"] = "all"
    max_prompt: int = 4096
    max_completion: int = 512
    contamination: ContaminationConfig = ContaminationConfig()
