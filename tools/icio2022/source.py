"""The build-time source: a published wheel that holds the intermediate block of the table.

The wheel ``sanction-simulator`` 0.1.4 (MIT) carries ``bench_cache.npz``, made by its authors
from the OECD Inter-Country Input-Output tables, 2025 edition, year 2022: ``A`` (4000 × 4000, who
buys how much of a unit of inputs from whom, node index = sector·80 + country), ``omb`` (share of
inputs in output) and ``go`` (gross output, million USD). Purchases are A·(omb·go).
"""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PACKAGE = "sanction-simulator==0.1.4"
WHEEL = "sanction_simulator-0.1.4-py3-none-any.whl"
SHA256 = "1c29bce64dd5e15d14b956556fc544cae21ac504f0cea07558019c4b9eae4909"
_FOLDER = "sanction_simulator/data/"

#: Names whose spelling in the source is damaged or inverted.
_SPELLING = {
    "CHN": "China",
    "LAO": "Lao People's Democratic Republic",
    "STP": "São Tomé and Príncipe",
}


@dataclass(frozen=True)
class Source:
    """What the wheel holds, in million USD at basic prices.

    Attributes:
        countries: ISO 3166 alpha-3 codes, length N.
        sectors: ICIO industry codes, length S.
        country_names: English name by code.
        sector_names: English name by code.
        purchases: ``[exporter, input_sector, importer, sector]`` intermediate purchases.
        output: ``[country, sector]`` gross output.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    country_names: dict[str, str]
    sector_names: dict[str, str]
    purchases: np.ndarray
    output: np.ndarray

    @property
    def intermediate_sales(self) -> np.ndarray:
        """Sales to producers by destination ``[exporter, importer, sector]``."""
        return self.purchases.sum(axis=3).transpose(0, 2, 1)

    @property
    def final_sales(self) -> np.ndarray:
        """Output not sold to producers ``[country, sector]``; destination unknown.

        Raises:
            ValueError: If a seller sells more to producers than it makes.
        """
        left = self.output - self.intermediate_sales.sum(axis=1)
        too_much = left < -1e-9 * self.output
        if too_much.any():
            country, sector = (int(axis[0]) for axis in np.nonzero(too_much))
            raise ValueError(
                f"{self.countries[country]} {self.sectors[sector]} sells more to producers than its "
                f"output: final sales would be {left[country, sector]:.6g}. Usual cause: another "
                "edition of the table, with inventory changes. Fix: reduce them in the source first."
            )
        return np.maximum(left, 0.0)


def download(folder: Path) -> Path:
    """Fetch the wheel, without its dependencies, with the pip of this interpreter."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*command, "--dest", str(folder), PACKAGE], check=True)
    return folder / WHEEL


def read_source(wheel: Path) -> Source:
    """Read the wheel without installing it.

    Raises:
        ValueError: If the file is not the published wheel.
    """
    content = wheel.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256:
        raise ValueError(f"'{wheel}' is not the published {WHEEL}: its SHA-256 is {found}.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        cache = archive.read(_FOLDER + "bench_cache.npz")
        countries = _names(archive, "OECD_ICIO_2025_country_code_mapping.csv")
        sectors = _names(archive, "OECD_ICIO_2025_sector_code_mapping.csv")
    with np.load(io.BytesIO(cache), allow_pickle=False) as arrays:
        return _from_arrays(dict(arrays), countries | _SPELLING, sectors)


def _from_arrays(
    arrays: dict[str, np.ndarray], country_names: dict[str, str], sector_names: dict[str, str]
) -> Source:
    countries = tuple(str(code) for code in arrays["countries"])
    sectors = tuple(str(code) for code in arrays["sectors"])
    n, s = len(countries), len(sectors)
    flows = arrays["A"] * (arrays["omb"] * arrays["go"])
    return Source(
        countries=countries,
        sectors=sectors,
        country_names={code: country_names[code] for code in countries},
        sector_names={code: sector_names[code] for code in sectors},
        purchases=np.ascontiguousarray(flows.reshape(s, n, s, n).transpose(1, 0, 3, 2)),
        output=np.ascontiguousarray(arrays["go"].reshape(s, n).T),
    )


def _names(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    text = archive.read(_FOLDER + name).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))[1:]
    return {row[0].strip(): row[1].strip() for row in rows if row}
