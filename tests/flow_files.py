"""Small files of flows for tests."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ECONOMIES = ["RUS", "BLR", "KAZ", "DEU", "CHN", "USA", "FRA", "ARM"]

needs_duckdb = pytest.mark.skipif(
    find_spec("duckdb") is None, reason="the optional package duckdb is not installed"
)


def write(path: Path, rows, columns) -> Path:
    frame = pd.DataFrame(rows, columns=columns)
    frame.to_csv(path, index=False)
    return path


def generic(tmp_path, rows, columns=("year", "exporter", "importer", "value"), name="flows.csv"):
    return write(tmp_path / name, rows, list(columns))


def baci_table(seed: int, years=(2019, 2020, 2021)) -> pd.DataFrame:
    """Random flows in BACI's layout, sparse, numeric codes."""
    rng = np.random.default_rng(seed)
    codes = [643, 112, 398, 276, 156, 842, 251, 51]
    products = [10121, 10129, 270900, 847130, 854231, 30289]
    keys = [(t, i, j, k) for t in years for i in codes for j in codes for k in products if i != j]
    kept = [key for key in keys if rng.random() < 0.6]
    frame = pd.DataFrame(kept, columns=["t", "i", "j", "k"])
    frame["v"] = rng.lognormal(5, 2, len(frame)).round(3)
    frame["q"] = rng.lognormal(3, 2, len(frame)).round(3)
    return frame
