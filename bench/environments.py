"""Environments of their own for what is measured, under ``.bench/``: the official BFCL package, and starbench.

The official package takes minutes and several hundred MB here: it asks for torch without a bound and imports
``soundfile`` through a dependency without asking for it, so both are named; ``constraints.txt`` keeps torch at the
version the project pins. starbench gets an environment too, because a developer's has libraries that a user's has not.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".bench"
PACKAGE = "bfcl-eval==2026.3.23"


def official_python(given: str | None) -> str:
    """The interpreter that has the official package: the one given, or one made now."""
    if given:
        return given
    python = HOME / "official" / "bin" / "python"
    ready = HOME / "official" / "installed"
    if not ready.exists():
        print(f"Installing {PACKAGE} into {python.parent.parent.relative_to(ROOT)}; this takes minutes.", flush=True)
        _make(HOME / "official")
        constraints = ["--constraint", str(ROOT / "constraints.txt")]
        _pip(python, *constraints, "torch")
        _pip(python, *constraints, PACKAGE, "soundfile", "torch")
        ready.write_text(PACKAGE + "\n")
    return str(python)


def environment(name: str, *packages: str) -> str:
    """The interpreter of an environment with these packages, made where there is none."""
    python = HOME / name / "bin" / "python"
    ready = HOME / name / "installed"
    if not ready.exists():
        _make(HOME / name)
        _pip(python, *packages)
        ready.write_text("\n".join(packages) + "\n")
    return str(python)


def own_python() -> str:
    """The interpreter of an environment with starbench as it is now and nothing else."""
    python = HOME / "starbench" / "bin" / "python"
    if not python.exists():
        _make(HOME / "starbench")
        _pip(python, str(ROOT))
    _pip(python, "--force-reinstall", "--no-deps", str(ROOT))
    return str(python)


def _make(place: Path) -> None:
    HOME.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)


def _pip(python: Path, *words: str) -> None:
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *words], check=True)
