"""``starbench-train export``: the model of a run as a folder to serve, with a card.

Example::

    $ starbench-train export runs/star-tiny --out models/star-tiny
    $ starbench-train export runs/star-qwen3 --stage ckd --dtype bfloat16 --out models/star-ckd
"""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="For llama.cpp: python convert_hf_to_gguf.py OUT --outfile model.gguf (its own script).")
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where the model goes.")
@click.option("--stage", metavar="STAGE", help="Whose model (default: the last finished student).")
@click.option("--dtype", type=click.Choice(["float32", "bfloat16", "float16"]), help="Precision (default: as trained).")
@click.option("--name", metavar="NAME", help="What the card calls it (default: the run's name).")
def export(run: Path, out: Path, stage: str | None, dtype: str | None, name: str | None) -> None:
    """Write the model of the folder RUN into --out: weights (adapters merged), tokenizer, template, and README.md.

    Where the run asked a benchmark, its leaderboard entry is written beside.
    """
    from starbench_train.report.exporting import export_model

    found = export_model(run, out, stage, dtype, name or run.name)
    for sentence in found:
        click.echo(sentence)
