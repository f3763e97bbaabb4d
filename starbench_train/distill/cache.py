"""The teacher's likeliest tokens on disk: written once, read by row, so that training needs no teacher in memory.

    cache/cache.json            {"format": 1, "teacher": "Qwen/Qwen3-8B", "k": 100, "mass": 1.0}
    cache/00000.safetensors     ids [pairs, 3] uint8 · logps [pairs] float16 · counts [tokens] uint16 · lengths [rows]
    cache/index.jsonl           {"shard": "00000.safetensors", "sha256": "9f2c…", "of": "41aa…", "rows": 1024, …}

A pair is a token and its log-probability, 5 bytes: an id in three bytes (little end first) and a half-precision number.
For each row it holds the pairs of every token of the answer, whatever a later stage learns of it. A shard is written
under another name, hashed, and only then listed; a command that was stopped goes on behind the last one listed. ``of``
is the hash of its rows and their tokens: a cache of other rows or of another chat template is never used silently.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from starbench.scoring import json_line, written_whole
from starbench_train.errors import TrainingError

if TYPE_CHECKING:
    import numpy as np

    from starbench_train.data.template import Encoded

META, INDEX = "cache.json", "index.jsonl"
FORMAT = 1
ID_BYTES = 3
"""Enough for vocabularies of 16 million tokens."""
PAIR_BYTES = ID_BYTES + 2


class Likeliest(NamedTuple):
    """The teacher's tokens at the answer of one row: how many at each place, then ids and log-probabilities in a row.

    ``Likeliest([2, 1], [5, 9, 3], [-0.1, -2.4, 0.0])``: two at the first token of the answer, one at the second.
    """

    counts: np.ndarray
    ids: np.ndarray
    logps: np.ndarray


class Named(NamedTuple):
    """A row's id and its tokens."""

    id: str
    encoded: Encoded


Scorer = Callable[[Sequence["Encoded"]], Sequence[Likeliest]]
"""Who scores answers; see :mod:`starbench_train.distill.teacher`."""


def answer_start(encoded: Encoded) -> int:
    """The place of the first token of the answer that something stands before."""
    return max(1, encoded.prompt_length)


def row_digest(encoded: Encoded) -> str:
    """The tokens of a row and where its answer begins, in 16 characters."""
    text = f"{answer_start(encoded)} {' '.join(map(str, encoded.ids))}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# ---------------------------------------------------------------------------------------------------- writing


def write_cache(
    folder: Path,
    rows: Sequence[Named],
    scorer: Scorer,
    meta: Mapping[str, Any],
    *,
    shard_rows: int = 1024,
    batch: int = 16,
    done: Callable[[int], None] = lambda rows: None,
) -> TeacherCache:
    """Score ``rows`` and store what comes of it; shards that are there, whole and of these rows, are kept.

    Args:
        folder: of the cache; made where it does not exist.
        rows: in a fixed order; they are cut into shards of ``shard_rows``.
        scorer: scores ``batch`` rows at a time, those of like length together.
        meta: what the scores depend on (teacher, k, mass); a cache of another meta is replaced.
        done: is told how many further rows are finished.
    """
    folder.mkdir(parents=True, exist_ok=True)
    meta = {"format": FORMAT, **meta}
    if _read_json(folder / META) != meta:
        (folder / INDEX).unlink(missing_ok=True)
        with written_whole(folder / META) as file:
            file.write(json.dumps(meta, ensure_ascii=False, indent=2).encode() + b"\n")
    listed = {entry["shard"]: entry for entry in _index(folder)}
    entries = []
    for number, start in enumerate(range(0, len(rows), shard_rows)):
        part, name = rows[start : start + shard_rows], f"{number:05d}.safetensors"
        entry = listed.get(name)
        if entry is None or entry["of"] != _of(part) or _fault(folder, entry) is not None:
            entry = _write_shard(folder / name, part, scorer, batch, done)
        else:
            done(len(part))
        entries.append(entry)
        with written_whole(folder / INDEX) as file:
            file.write(b"".join(json_line(one) for one in entries))
    return TeacherCache.open(folder)


def _write_shard(
    path: Path, rows: Sequence[Named], scorer: Scorer, batch: int, done: Callable[[int], None]
) -> dict[str, Any]:
    import numpy as np
    from safetensors.numpy import save_file

    found: list[Likeliest | None] = [None] * len(rows)
    order = sorted(range(len(rows)), key=lambda place: -len(rows[place].encoded.ids))
    for start in range(0, len(order), batch):
        places = order[start : start + batch]
        for place, scored in zip(places, scorer([rows[p].encoded for p in places]), strict=True):
            found[place] = scored
        done(len(places))
    whole = [scored for scored in found if scored is not None]
    ids = np.concatenate([scored.ids for scored in whole]).astype("<u4")
    tensors = {
        "ids": np.ascontiguousarray(ids.view(np.uint8).reshape(-1, 4)[:, :ID_BYTES]),
        "logps": np.concatenate([scored.logps for scored in whole]).astype(np.float16),
        "counts": np.concatenate([scored.counts for scored in whole]).astype(np.uint16),
        "lengths": np.array([len(scored.counts) for scored in whole], dtype=np.int32),
    }
    beside = path.with_name(path.name + ".part")
    # one entry: several would be written in an order of their own each time
    save_file(tensors, beside, {"rows": json.dumps([[row.id, row_digest(row.encoded)] for row in rows])})
    entry = {
        "shard": path.name,
        "sha256": _sha256(beside),
        "of": _of(rows),
        "rows": len(rows),
        "tokens": len(tensors["counts"]),
        "pairs": len(ids),
        "bytes": beside.stat().st_size,
    }
    beside.replace(path)
    return entry


def _of(rows: Sequence[Named]) -> str:
    return hashlib.sha256(json.dumps([[row.id, row_digest(row.encoded)] for row in rows]).encode()).hexdigest()[:16]


def _sha256(path: Path) -> str:
    total = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()


def _fault(folder: Path, entry: Mapping[str, Any]) -> str | None:
    """What is wrong with a shard; None where nothing is."""
    path = folder / entry["shard"]
    if not path.exists():
        return "is missing"
    if path.stat().st_size != entry["bytes"]:
        return f"has {path.stat().st_size} bytes instead of {entry['bytes']}"
    return None if _sha256(path) == entry["sha256"] else "is not what was written (its checksum differs)"


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _index(folder: Path) -> Iterator[dict[str, Any]]:
    path = folder / INDEX
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        yield json.loads(line)


# ---------------------------------------------------------------------------------------------------- reading


@dataclass(frozen=True)
class TeacherCache:
    """A cache that is whole. Shards are mapped into memory, not read into it."""

    folder: Path
    meta: Mapping[str, Any]
    entries: tuple[Mapping[str, Any], ...]

    @classmethod
    def open(cls, folder: Path) -> TeacherCache:
        """The cache in ``folder``, every shard checked.

        Raises TrainingError, naming the file, for a shard that is damaged or missing, and where there is no cache.
        """
        meta = _read_json(folder / META)
        if meta is None:
            raise TrainingError(f"there is no teacher cache in {folder}; run the stage cache-teacher first")
        entries = tuple(_index(folder))
        for entry in entries:
            fault = _fault(folder, entry)
            if fault is not None:
                raise TrainingError(
                    f"the teacher's file {folder / entry['shard']} {fault}; remove done.json of the stage "
                    "cache-teacher and run the same command again: only this file is made anew"
                )
        return cls(folder, meta, entries)

    def size(self) -> dict[str, float]:
        """Rows, tokens, pairs and bytes; also bytes of a million tokens and tokens held of each."""
        total = {name: sum(entry[name] for entry in self.entries) for name in ("rows", "tokens", "pairs", "bytes")}
        tokens = max(1, total["tokens"])
        return {
            **total,
            "bytes_per_million_tokens": round(total["bytes"] / tokens * 1e6),
            "pairs_per_token": round(total["pairs"] / tokens, 3),
        }

    def lookup(self, id: str, encoded: Encoded) -> Likeliest:
        """The teacher's tokens at the answer of a row.

        Raises TrainingError where the row is not in the cache, or was stored with other tokens.
        """
        place = self._places.get(id)
        if place is None or place.digest != row_digest(encoded):
            what = "does not hold" if place is None else "holds other tokens for"
            raise TrainingError(
                f"the teacher cache {self.folder} {what} the row {id}: it was made of other rows, limits or another "
                "chat template; run the stage cache-teacher again for these"
            )
        import numpy as np

        shard = self._shards[place.shard]
        tokens, pairs = slice(*place.tokens), slice(*place.pairs)
        ids = np.zeros((pairs.stop - pairs.start, 4), dtype=np.uint8)
        ids[:, :ID_BYTES] = shard.get_slice("ids")[pairs]
        return Likeliest(
            shard.get_slice("counts")[tokens].astype(np.int64),
            ids.view("<u4").squeeze(-1).astype(np.int64),
            shard.get_slice("logps")[pairs].astype(np.float32),
        )

    @cached_property
    def _shards(self) -> list[Any]:
        from safetensors import safe_open

        return [safe_open(str(self.folder / entry["shard"]), framework="np") for entry in self.entries]

    @cached_property
    def _places(self) -> dict[str, _Place]:
        import numpy as np

        found = {}
        for number, shard in enumerate(self._shards):
            counts = shard.get_tensor("counts").astype(np.int64)
            ends = [0, *accumulate(shard.get_tensor("lengths").tolist())]
            pairs = np.concatenate([[0], counts.cumsum()])[ends].tolist()
            for row, (id, digest) in enumerate(json.loads(shard.metadata()["rows"])):
                found[id] = _Place(number, digest, (ends[row], ends[row + 1]), (pairs[row], pairs[row + 1]))
        return found


class _Place(NamedTuple):
    """Where a row lies: its shard, and there the places of its tokens and of its pairs."""

    shard: int
    digest: str
    tokens: tuple[int, int]
    pairs: tuple[int, int]
