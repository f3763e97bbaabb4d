"""The README tells the truth: its commands are run again, and so is its Python.

``python tests/test_readme.py`` writes what the commands print now into the README.
"""

from __future__ import annotations

import doctest
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import starbench
from starbench.cli import main
from starbench.dialects import registry

if TYPE_CHECKING:
    from starbench.benchmarks.base import Benchmark

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def rerun(block: str, folder: Path) -> str:
    """A console block with the output of each command as it is now; ``$ cat FILE`` makes the file instead."""
    done = ""
    for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
        if command.startswith("cat "):
            (folder / command.removeprefix("cat ")).write_text(shown, encoding="utf-8")
        else:
            shown = printed(command.split()[1:], folder)
        done += f"$ {command}\n{shown}"
    return done


def printed(arguments: list[str], folder: Path) -> str:
    """What the command prints, without blank ends of lines."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        result = CliRunner().invoke(main, arguments, env={"COLUMNS": "80", "NO_COLOR": "1"})
    finally:
        os.chdir(before)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return "\n".join(line.rstrip() for line in result.output.rstrip().splitlines()) + "\n"


def renewed(text: str, folder: Path) -> str:
    """The README with all output as it is now."""
    return CONSOLE.sub(lambda block: f"```console\n{rerun(block[1], folder)}```", text)


def test_every_command_prints_what_the_readme_says(bfcl: Benchmark, tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8")
    assert CONSOLE.search(text)
    assert renewed(text, tmp_path) == text, "python tests/test_readme.py writes the README anew"


def test_the_python_of_the_readme_is_true(bfcl: Benchmark) -> None:
    blocks = PYTHON.findall(README.read_text(encoding="utf-8"))
    assert blocks
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README.md", "README.md", 0)
    results = doctest.DocTestRunner().run(test)
    assert results.attempted > 5
    assert results.failed == 0


def test_the_dialect_of_the_contributing_guide_works(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    code, line = PYTHON.findall(guide)[:2]
    assert code.count("\n") + line.count("\n") < 40
    home, _, attribute = re.findall(r'"(.*?)"', line)[1].partition(":")
    name = home.rpartition(".")[2]
    (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(registry.DIALECTS, name, f"{name}:{attribute}")
    output, expected = re.findall(r"```(?:text|json)\n(.*?)\n```", guide.partition("# acme")[2], re.DOTALL)[:2]
    calls = starbench.parse(output, "acme").calls
    assert [{"name": call.name, "arguments": call.arguments} for call in calls] == json.loads(expected)["calls"]
    assert starbench.parse(starbench.render(calls, "acme"), "acme").calls == calls


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str) -> None:
    place = ROOT / page
    for target in LINK.findall(place.read_text(encoding="utf-8")):
        assert (place.parent / target).exists(), target


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        README.write_text(renewed(README.read_text(encoding="utf-8"), Path(scratch)), encoding="utf-8")
    sys.stdout.write("the README is as the commands print\n")
