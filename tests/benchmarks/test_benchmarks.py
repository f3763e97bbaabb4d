"""Finding benchmarks by name, by ids, and in other packages."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

import pytest

from starbench.benchmarks import BENCHMARKS, benchmark_names, load_benchmark, recognise
from starbench.benchmarks.custom import Sample
from starbench.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from starbench.benchmarks.base import Benchmark


def test_a_benchmark_is_loaded_once_for_the_same_options(bfcl: Benchmark) -> None:
    assert load_benchmark("bfcl") is bfcl
    assert (bfcl.name, bfcl.version, len(bfcl.data_sha256)) == ("bfcl", "2026.3.23", 64)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'bfcl'\?.*sample"):
        load_benchmark("bflc")


@pytest.mark.parametrize("options", [{"language": "en"}, {"notify": []}])
def test_options_that_a_benchmark_does_not_take_are_named(options: dict[str, object]) -> None:
    with pytest.raises(InputError, match="'bfcl' cannot be loaded with these options"):
        load_benchmark("bfcl", **options)


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        (["simple_python_0", "live_multiple_3-1-0"], "bfcl"),
        (["java_3"], "bfcl"),
        (["simple_python_0", "mine_1", "mine_2"], None),
        (["sample_simple_0"], "sample"),
        (["q1", "q2"], None),
        ([], None),
    ],
)
def test_ids_tell_the_benchmark(ids: list[str], name: str | None) -> None:
    assert recognise(ids) == name


def test_other_packages_can_bring_benchmarks_but_not_take_our_names(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "starbench.benchmarks"
    found = importlib.metadata.EntryPoints(
        importlib.metadata.EntryPoint(name, "starbench.benchmarks.custom:Sample", group) for name in ("mine", "bfcl")
    )
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: found)
    assert benchmark_names() == [*BENCHMARKS, "mine"]
    assert isinstance(load_benchmark("mine"), Sample)
