"""An environment of its own for the official BFCL package, under ``.bench/`` (several hundred MB, several minutes).

The package asks for torch without a bound and imports ``soundfile`` through a dependency without asking for it, so
both are named here; ``constraints.txt`` keeps torch at the version the project pins.
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
        HOME.mkdir(exist_ok=True)
        subprocess.run([sys.executable, "-m", "venv", str(HOME / "official")], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--constraint", str(ROOT / "constraints.txt")]
        subprocess.run([*pip, "torch"], check=True)
        subprocess.run([*pip, PACKAGE, "soundfile", "torch"], check=True)
        ready.write_text(PACKAGE + "\n")
    return str(python)
