"""Several processes give what one gives, in the same order, and hold only a few items at a time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from operator import add

import pytest

from starbench.scoring import pool
from starbench.scoring.pool import CHUNK, in_chunks, mapped, usable_cpus, useful_jobs


def make_adder(amount: int) -> partial[int]:
    return partial(add, amount)


def test_chunks_are_of_one_size_but_the_last() -> None:
    assert list(in_chunks(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(in_chunks([], 2)) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order(jobs: int) -> None:
    items = range(3 * CHUNK + 1)
    assert list(mapped(partial(make_adder, 5), items, jobs)) == [item + 5 for item in items]


@pytest.mark.parametrize("jobs", [1, 2])
def test_items_are_taken_as_they_are_needed(jobs: int) -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(100 * CHUNK):
            taken.append(number)
            yield number

    results = mapped(partial(make_adder, 1), items(), jobs)
    assert next(results) == 1
    results.close()  # type: ignore[attr-defined]  # a generator
    assert len(taken) < 20 * CHUNK


def test_a_failure_in_a_process_is_not_lost() -> None:
    with pytest.raises(TypeError):
        list(mapped(partial(make_adder, 1), ["x"], 2))  # type: ignore[list-item]


def test_processes_are_copied_only_where_nothing_runs_beside() -> None:
    alone = "from starbench.scoring.pool import _start_method; print(_start_method())"
    beside = f"import threading; threading.Thread(target=threading.Event().wait, daemon=True).start(); {alone}"
    methods = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
        for code in (alone, beside)
    ]
    assert methods == ["fork" if sys.platform == "linux" else "spawn", "spawn"]


def test_few_answers_are_not_worth_a_process() -> None:
    assert useful_jobs(1) == 1
    assert useful_jobs(1_000_000) == usable_cpus() >= 1


def remembering() -> Callable[[str], tuple[str, ...]]:
    """A function that answers with all that this process and those it was copied from were asked."""

    def work(item: str) -> tuple[str, ...]:
        ASKED.append(item)
        return tuple(ASKED)

    return work


ASKED: list[str] = []


def test_copies_have_what_the_samples_loaded() -> None:
    if pool._start_method() != "fork":
        pytest.skip("processes do not start as copies of this one")
    ASKED.clear()
    assert list(mapped(remembering, ["a"], 2, ["sample"])) == [("sample", "a")]
    assert list(mapped(remembering, ["b"], 1, ["sample"])) == [("sample", "b")]
