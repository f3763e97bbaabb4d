"""The teacher's tokens on disk: what is written is read, work goes on where it stopped, damage is found and named."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="training needs torch: pip install 'starbench[train]'")
pytest.importorskip("safetensors")

from starbench_train.data.template import Encoded  # noqa: E402
from starbench_train.distill.cache import PAIR_BYTES, Likeliest, Named, TeacherCache, write_cache  # noqa: E402
from starbench_train.errors import TrainingError  # noqa: E402

META = {"teacher": "t", "k": 3, "mass": 1.0}


def row(number: int, prompt: int = 2, answer: int = 3) -> Named:
    ids = [(number * 7 + place) % 160_000 for place in range(prompt + answer)]
    return Named(f"row-{number}", Encoded(ids, [False] * prompt + [True] * answer, prompt))


ROWS = [row(number, answer=1 + number % 4) for number in range(11)]


class Scorer:
    """Gives each token of an answer as many teacher's tokens as its place says, and keeps whom it was asked about."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.asked: list[int] = []
        self._left = stop_after

    def __call__(self, rows: Sequence[Encoded]) -> list[Likeliest]:
        self.asked += [one.ids[0] // 7 for one in rows]
        if self._left is not None and len(self.asked) > self._left:
            raise KeyboardInterrupt
        return [self.of(one) for one in rows]

    @staticmethod
    def of(encoded: Encoded) -> Likeliest:
        counts = np.arange(1, len(encoded.ids) - encoded.prompt_length + 1)
        total = int(counts.sum())
        ids = np.array([encoded.ids[0] + 131_072 + n for n in range(total)])
        return Likeliest(counts, ids, -np.arange(1, total + 1) / 3)


def write(folder: Path, scorer: Scorer, rows: list[Named] = ROWS, **meta: object) -> TeacherCache:
    return write_cache(folder, rows, scorer, META | meta, shard_rows=4, batch=2)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write(tmp_path, Scorer())
    cache = TeacherCache.open(tmp_path)
    for id, encoded in ROWS:
        expected, found = Scorer.of(encoded), cache.lookup(id, encoded)
        assert found.counts.tolist() == expected.counts.tolist()
        assert found.ids.tolist() == expected.ids.tolist()
        assert found.logps.tolist() == pytest.approx(expected.logps.tolist(), rel=2**-11)


def test_its_size_is_that_of_its_files(tmp_path: Path) -> None:
    cache = write(tmp_path, Scorer())
    size = cache.size()
    pairs = sum(int(Scorer.of(encoded).counts.sum()) for _, encoded in ROWS)
    assert (size["rows"], size["pairs"]) == (len(ROWS), pairs)
    assert size["bytes"] == sum(file.stat().st_size for file in tmp_path.glob("*.safetensors")) > pairs * PAIR_BYTES
    assert size["bytes_per_million_tokens"] == pytest.approx(size["bytes"] / size["tokens"] * 1e6, abs=1)


def test_a_stopped_command_goes_on_behind_the_last_whole_file(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, Scorer(stop_after=6))
    again = Scorer()
    done: list[int] = []
    write_cache(tmp_path, ROWS, again, META, shard_rows=4, batch=2, done=done.append)
    assert sorted(again.asked) == list(range(4, 11))
    assert sum(done) == len(ROWS)
    whole = write(tmp_path / "at-once", Scorer())
    assert [entry["sha256"] for entry in TeacherCache.open(tmp_path).entries] == [e["sha256"] for e in whole.entries]


@pytest.mark.parametrize("damage", ["bit", "cut", "gone"])
def test_a_damaged_file_is_named_and_made_anew(tmp_path: Path, damage: str) -> None:
    write(tmp_path, Scorer())
    shard = tmp_path / "00001.safetensors"
    content = bytearray(shard.read_bytes())
    content[-1] ^= 1
    if damage == "gone":
        shard.unlink()
    else:
        shard.write_bytes(content if damage == "bit" else content[:-10])
    with pytest.raises(TrainingError, match=r"00001\.safetensors .*only this file is made anew"):
        TeacherCache.open(tmp_path)
    again = Scorer()
    write(tmp_path, again)
    assert sorted(again.asked) == [4, 5, 6, 7]
    TeacherCache.open(tmp_path)


def test_a_cache_of_other_scores_or_rows_is_not_used(tmp_path: Path) -> None:
    write(tmp_path, Scorer())
    other, changed = Scorer(), Scorer()
    write(tmp_path, other, k=5)
    assert len(other.asked) == len(ROWS)
    write(tmp_path, changed, [*ROWS[:5], row(50), *ROWS[6:]], k=5)
    assert sorted(changed.asked) == [4, 6, 7, 50]


def test_a_row_that_it_does_not_hold_is_named(tmp_path: Path) -> None:
    cache = write(tmp_path, Scorer())
    with pytest.raises(TrainingError, match="does not hold the row row-99"):
        cache.lookup("row-99", ROWS[0].encoded)
    with pytest.raises(TrainingError, match=r"holds other tokens for the row row-1: .*another chat template"):
        cache.lookup("row-1", ROWS[2].encoded)


def test_no_cache_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"there is no teacher cache in .*; run the stage cache-teacher first"):
        TeacherCache.open(tmp_path)


def test_the_list_of_files_is_readable_by_anyone(tmp_path: Path) -> None:
    write(tmp_path, Scorer())
    lines = [json.loads(line) for line in (tmp_path / "index.jsonl").read_text().splitlines()]
    assert [(line["shard"], line["rows"]) for line in lines] == [
        ("00000.safetensors", 4), ("00001.safetensors", 4), ("00002.safetensors", 3),
    ]  # fmt: skip
    assert not list(tmp_path.glob("*.part"))
