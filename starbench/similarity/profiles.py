"""The rules of similarity, as data: a profile names the function used in each place where rules differ.

    profile("robust").value  ->  nested      profile("star").value  ->  flat
    profile("robust").pair   ->  optimal     profile("star").pair   ->  in_order

Adding a profile is one entry of :data:`PROFILES`; no code asks for a profile by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from starbench.errors import UnknownNameError
from starbench.similarity.assignment import Weights, in_order, optimal, total
from starbench.similarity.text import rouge_f1, text_similarity
from starbench.similarity.values import Credit, flat, nested


@dataclass(frozen=True, slots=True)
class Profile:
    """A named set of similarity rules; picklable, because every rule is a function of a module.

    * ``value(got, wanted)``: one value against one alternative;
    * ``text(got, wanted)``: one reply against one accepted reply;
    * ``pair(weights)``: for calls of one name, the column (expected) of each row (predicted), or -1;
    * ``total(similarities)``: their sum over calls;
    * ``copies_pair``: whether a second copy of a call may take a partner that accepts it only in part.
    """

    name: str
    source: str
    value: Callable[[Any, Any], Credit]
    text: Callable[[str, str], float]
    pair: Callable[[Weights], list[int]]
    total: Callable[[Iterable[float]], float]
    copies_pair: bool


PROFILES: dict[str, Profile] = {
    "robust": Profile(
        name="robust",
        source="the paper's equations (arXiv 2602.03022) with the openings of the released reward closed",
        value=nested,
        text=text_similarity,
        pair=optimal,
        total=total,
        copies_pair=False,
    ),
    "star": Profile(
        name="star",
        source="the reward released with the paper (arXiv 2602.03022)",
        value=flat,
        text=rouge_f1,
        pair=in_order,
        total=math.fsum,
        copies_pair=True,
    ),
}


def profile(name: str | Profile) -> Profile:
    """The profile of that name (a :class:`Profile` is returned as it is).

    Raises:
        UnknownNameError: no profile has that name; the sentence lists those that exist.
    """
    if isinstance(name, Profile):
        return name
    if name not in PROFILES:
        raise UnknownNameError.of("profile", name, PROFILES)
    return PROFILES[name]
