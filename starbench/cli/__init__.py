"""The ``starbench`` command: one literal table of subcommands, each loaded only when it is called.

Example::

    $ starbench score preds.jsonl --out scores
    $ python -m starbench parse answer.txt --explain

Exit codes: 0 all went well; 1 something in the input could not be used (a sentence says what, the rest is still
done) or a run was interrupted; 2 the command line itself is wrong.
"""

from __future__ import annotations

import click

import starbench
from starbench.cli.group import Commands

COMMANDS: dict[str, tuple[str, str]] = {
    "score": ("starbench.cli.score:score", "Score models' answers against a benchmark."),
    "run": ("starbench.cli.run:run", "Ask a model a benchmark's cases, and score its answers."),
    "show": ("starbench.cli.show:show", "Explain one scored case side by side."),
    "compare": ("starbench.cli.compare:compare", "Compare two scored runs: what got fixed, what broke."),
    "view": ("starbench.cli.view:view", "Make one page of every case of a scored run."),
    "leaderboard": ("starbench.cli.leaderboard:leaderboard", "Show reported and measured results side by side."),
    "parse": ("starbench.cli.parse:parse_command", "Read the calls in a model's text, and say why."),
    "dialects": ("starbench.cli.dialects:dialects_command", "List the written forms of calls that can be read."),
    "serve": ("starbench.cli.serve:serve", "Serve the reward over HTTP."),
    "doctor": ("starbench.cli.doctor:doctor", "Say which backends and data can be used here."),
    "data": ("starbench.cli.data:data", "Fetch, list and check benchmark data."),
}
"""Subcommand -> (module:command, help in one line)."""


@click.group(
    cls=Commands,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Try: starbench score --sample",
)
@click.version_option(starbench.__version__, prog_name="starbench")
def main() -> None:
    """Read models' function calls and say how right they are."""
