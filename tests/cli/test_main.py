"""The command as a whole: a table of commands loaded one at a time, exit codes, sentences instead of tracebacks."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import starbench
from starbench.cli import COMMANDS, main
from starbench.cli.group import Commands
from starbench.errors import InputError


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_loads_and_helps(runner: CliRunner, name: str) -> None:
    done = runner.invoke(main, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert f"Usage: main {name}" in done.stdout


def test_help_lists_all_commands_and_loads_none() -> None:
    code = (
        "import sys, json\n"
        "from starbench.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "sys.stderr.write(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    loaded = set(json.loads(done.stderr))
    assert not loaded & {"rich", "deepdiff", "numpy", "jsonschema", "starbench.scoring", "starbench.dialects"}
    assert {name for name in loaded if name.startswith("starbench.cli.")} == {"starbench.cli.group"}


def test_the_version(runner: CliRunner) -> None:
    assert starbench.__version__ in runner.invoke(main, ["--version"]).stdout


def test_an_unknown_command_is_answered_with_the_nearest(runner: CliRunner) -> None:
    done = runner.invoke(main, ["scor"])
    assert done.exit_code == 2
    assert "did you mean 'score'?" in done.stderr
    assert runner.invoke(main, ["zzz"]).exit_code == 2


@pytest.mark.parametrize("arguments", [["--nothing"], ["score", "--nothing"], ["score"], ["show"], ["show", "x"]])
def test_a_wrong_command_line_ends_with_2(runner: CliRunner, arguments: list[str]) -> None:
    done = runner.invoke(main, arguments)
    assert done.exit_code == 2
    assert not done.stdout


def test_an_error_for_people_is_a_sentence_and_ends_with_1(runner: CliRunner) -> None:
    @click.group(cls=Commands, table=COMMANDS)
    def group() -> None:
        raise InputError("the file is empty; give another")

    done = runner.invoke(group, ["score", "x"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error: the file is empty; give another\n"


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "starbench", "--version"], capture_output=True, text=True, check=True)
    assert starbench.__version__ in done.stdout
