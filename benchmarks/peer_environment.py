"""``gegravity`` in an environment of its own, made once in ``.bench-venv`` (ignored by git)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from common import ROOT

VERSION = "0.3"
#: Pinned to what the published comparison used.
PACKAGES = (f"gegravity=={VERSION}", "gme==1.3.1")
FOLDER = ROOT / ".bench-venv"


def run_gegravity(inputs: dict[str, np.ndarray]) -> dict[str, Any] | str:
    """Answers of ``gegravity_peer.py``, or in words why there are none."""
    try:
        python = _environment()
        with tempfile.TemporaryDirectory() as folder:
            given, found = Path(folder) / "given.npz", Path(folder) / "found.json"
            np.savez(given, **inputs)  # type: ignore[arg-type]
            script = Path(__file__).with_name("gegravity_peer.py")
            answers: dict[str, Any] = {}
            for run in ("as_shipped", "repeated"):
                _call(python, str(script), run, str(given), str(found))
                answers[run] = json.loads(found.read_text(encoding="utf-8"))
            return answers
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", "") or str(error)
        lines = [line for line in str(said).splitlines() if line.strip()]
        return lines[-1].strip().replace("|", "/")[:120] if lines else type(error).__name__


def _environment() -> Path:
    """Path of an interpreter that has the package; made on first use."""
    folder = "Scripts" if os.name == "nt" else "bin"
    python = FOLDER / folder / "python"
    done = FOLDER / "installed"
    if not done.exists() or done.read_text(encoding="utf-8") != " ".join(PACKAGES):
        _call(Path(sys.executable), "-m", "venv", str(FOLDER))
        (FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
        _call(python, "-m", "pip", "install", "--quiet", *PACKAGES)
        done.write_text(" ".join(PACKAGES), encoding="utf-8")
    return python


def _call(program: Path, *arguments: str) -> None:
    subprocess.run(  # noqa: S603  (our own interpreter and script)
        [str(program), *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=600,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
    )
