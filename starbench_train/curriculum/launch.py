"""Stages on several GPUs: ``accelerate launch`` runs this command again for one stage.

    Launch(Path("recipes/accelerate/zero3-8gpu.yaml"), ("recipes/star-qwen3-0.6b.toml",)).run("student-simrl")
    ->  accelerate launch --config_file … -m starbench_train run recipes/star-qwen3-0.6b.toml --only student-simrl …

The command that plans stays one process; each stage gets processes of its own, and gives all GPU memory back at its
end.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from starbench_train.errors import TrainingError


@dataclass(frozen=True, slots=True)
class Launch:
    """``config`` is a file of accelerate, ``arguments`` are those of this command that choose recipe and settings."""

    config: Path
    arguments: tuple[str, ...]

    def command(self, stage: str) -> list[str]:
        """The command line for one stage."""
        launcher = [sys.executable, "-m", "accelerate.commands.launch", "--config_file", str(self.config)]
        return [*launcher, "-m", "starbench_train", "run", *self.arguments, "--only", stage, "--inside"]

    def run(self, stage: str) -> None:
        """Run the stage to its end; TrainingError where its processes fail."""
        ended = subprocess.run(self.command(stage), check=False).returncode
        if ended:
            raise TrainingError.at(
                stage,
                f"its processes ended with code {ended}",
                "the reason stands above; the same command goes on from the last checkpoint",
            )
