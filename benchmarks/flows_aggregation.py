"""Time and peak memory of adding up a large table of flows: ``python benchmarks/flows_aggregation.py``.

Writes a Parquet file in BACI's layout with random flows into a temporary folder (DuckDB makes it,
a year at a time), then reads it with ``zollverein.read_flows``: with the check for repeated rows,
without product detail and by two-digit chapter.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

#: Rows by default; BACI has about 11 million a year.
ROWS = 50_000_000
_YEARS = range(2017, 2022)
#: Product codes that occur.
_PRODUCTS = 5000


def generate(path: Path, rows: int, threads: int) -> int:
    """Write at least ``rows`` distinct flows; returns how many."""
    import duckdb

    codes = _codes()
    per_year = -(-rows // len(_YEARS))
    with duckdb.connect(config={"threads": threads, "memory_limit": "3GB"}) as connection:
        connection.execute("CREATE TABLE codes (n INTEGER, code INTEGER)")
        connection.executemany("INSERT INTO codes VALUES (?, ?)", list(enumerate(codes)))
        count = len(codes)
        pairs = count * (count - 1)
        # The row number is a pair and one of the pair's products, in mixed base: no key repeats.
        traded = -(-per_year // pairs)
        step = _PRODUCTS // traded
        query = f"""
            COPY (
                SELECT y.year::SMALLINT AS t, a.code::SMALLINT AS i, b.code::SMALLINT AS j,
                    (10101 + 19 * ((r.n % {traded}) * {step} + (r.n // {traded}) % {step}))::INTEGER AS k,
                    exp(4 * random())::DOUBLE AS v, exp(3 * random())::DOUBLE AS q
                FROM (SELECT unnest(range({_YEARS[0]}, {_YEARS[-1] + 1})) AS year) y,
                    range({per_year}) r(n)
                JOIN codes a ON a.n = (r.n // {traded}) // {count - 1}
                JOIN codes b ON b.n = ((r.n // {traded}) % {count - 1} + a.n + 1) % {count}
            ) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 500000)
        """  # noqa: S608 - numbers and a path of this script
        connection.execute(query)
    return per_year * len(_YEARS)


def _codes() -> list[int]:
    import pycountry

    return sorted(int(country.numeric) for country in pycountry.countries)[:230]


def measure(path: Path, sectors: int | None, threads: int) -> dict[str, float]:
    """Seconds, peak memory in MB and cells of one reading, in a process of its own."""
    command = [sys.executable, __file__, "--read", str(path), "--threads", str(threads)]
    if sectors is not None:
        command += ["--digits", str(sectors)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this script
    return dict(json.loads(done.stdout))


def read(path: Path, sectors: int | None, threads: int) -> None:
    """Read the file and print what it took; run in a fresh process."""
    from memory import resident_peak

    import zollverein as zv

    zv.read_flows  # noqa: B018 - imports are not part of the time
    started = time.perf_counter()
    flows, peak = resident_peak(lambda: zv.read_flows(path, sectors=sectors, threads=threads))
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "cells": flows.cells.value.size}))


def main() -> None:
    """Generate, read, print."""
    parser = argparse.ArgumentParser(description="Adding up a large table of flows")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--digits", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.read is not None:
        read(asked.read, asked.digits, asked.threads)
        return
    with tempfile.TemporaryDirectory(prefix="zollverein-") as folder:
        path = Path(folder) / "flows.parquet"
        started = time.perf_counter()
        rows = generate(path, asked.rows, asked.threads)
        size = path.stat().st_size / 1e6
        print(
            f"generated {rows:,} rows, {size:,.0f} MB, in {time.perf_counter() - started:.1f} s",
            flush=True,
        )
        for title, digits in (("all products added up", None), ("by two-digit chapter", 2)):
            found = measure(path, digits, asked.threads)
            print(
                f"{title}: {found['seconds']:.1f} s, peak memory {found['peak_mb']:,.0f} MB, "
                f"{int(found['cells']):,} cells",
                flush=True,
            )


if __name__ == "__main__":
    main()
