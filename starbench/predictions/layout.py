"""Which files a path on the command line means, and whose answers they hold.

Example of the result directories of BFCL and ACEBench, every level of which may be given::

    result/my-model/non_live/BFCL_v4_simple_python_result.json
    result/my-model/agentic/memory/kv/BFCL_v4_memory_kv_result.json     ->  Source(path, name, model="my-model")
    result_all/result_zh/my-model/data_agent_multi_step_result.json     ->  the same, with language="zh"

Any other file is taken as prediction rows of one model, named after the file where its rows name none.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from starbench.predictions.rows import BadRow

RESULT_FILE = re.compile(r"(BFCL_v\d+|data)_\w+_result\.json(\.gz)?")
SCORE_FILE = re.compile(r"BFCL_v\d+_\w+_score\.json|data_\w+_(score|process)\.json")
LANGUAGE_FOLDER = re.compile(r"result_(?P<language>[a-z]{2})")
"""The folder of all ACEBench results in one language."""
GROUPS = ("non_live", "live", "multi_turn", "agentic", "format_sensitivity")
ENDINGS = (".gz", ".jsonl", ".ndjson", ".json")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of answers: where it lies, what it is called in messages, and whose answers they are by default.

    ``stored`` says that it is an official result file, so that ``model`` is known from the folders, and ``language``
    where one of them names it.
    """

    path: Path
    name: str
    model: str
    stored: bool = False
    language: str | None = None


def find_sources(paths: Iterable[Path]) -> list[Source | BadRow]:
    """Every file that the paths mean, in order, or why a path means none."""
    found = [item for path in paths for item in _of_path(path)]
    return _with_distinct_models(found)


@contextmanager
def rereadable(stream: BinaryIO) -> Iterator[Path]:
    """A file that holds what is left in the stream, for input that can be read only once (a pipe)."""
    with tempfile.TemporaryDirectory(prefix="starbench-") as folder:
        path = Path(folder) / "input"
        with path.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        yield path


def _of_path(path: Path) -> Iterator[Source | BadRow]:
    if path.is_dir():
        yield from _of_directory(path)
    elif not path.exists():
        yield BadRow(str(path), None, "there is no such file or directory")
    elif SCORE_FILE.fullmatch(path.name):
        yield BadRow(str(path), None, "this is an official score file; give the result file it was made from")
    elif RESULT_FILE.fullmatch(path.name):
        yield _result_file(path)
    else:
        yield Source(path, str(path), _stem(path))


def _of_directory(path: Path) -> Iterator[Source | BadRow]:
    files = sorted(p for p in path.rglob("*") if RESULT_FILE.fullmatch(p.name) and "_prereq_" not in p.name)
    yield from map(_result_file, files)
    if not files:
        advice = "give the files themselves if the answers are in others"
        if any(SCORE_FILE.fullmatch(p.name) for p in path.rglob("*.json")):
            advice = "it holds official score files; give the result directory they were made from"
        what = "there is no BFCL_v*_result.json file in this directory, nor a data_*_result.json of ACEBench"
        yield BadRow(str(path), None, f"{what}; {advice}")


def _result_file(path: Path) -> Source:
    return Source(path, str(path), _owner(path), stored=True, language=_language(path))


def _owner(path: Path) -> str:
    """The model whose result file this is: the folder that it lies in, for BFCL the one above the group folder."""
    parents = path.resolve().parents[:5]
    if path.name.startswith("data_"):
        return parents[0].name
    for folder, above in pairwise(parents):
        if folder.name in GROUPS:
            return above.name
    return parents[0].name


def _language(path: Path) -> str | None:
    """The language of an ACEBench result file, told by the nearest folder that names one."""
    found = (LANGUAGE_FOLDER.fullmatch(folder.name) for folder in path.resolve().parents)
    return next((match["language"] for match in found if match), None)


def _stem(path: Path) -> str:
    name = path.name
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name or path.name


def _with_distinct_models(found: Sequence[Source | BadRow]) -> list[Source | BadRow]:
    """Name models after the whole path where two files of different folders would share a name."""
    own = [source for source in found if isinstance(source, Source) and not source.stored]
    shared = {model for model, files in Counter(source.model for source in own).items() if files > 1}
    renamed = {source: replace(source, model=str(source.path.with_name(source.model))) for source in own}
    return [renamed[s] if isinstance(s, Source) and s in renamed and s.model in shared else s for s in found]
