"""The built world beside the true totals of 2022, as Markdown tables.

The true totals are bilateral flows (intermediate and final) by 28 sectors among 80 economies and
the rest of the world, and the value added and bilateral tariffs of a calibrated baseline; both
are made from the full OECD tables and are not part of the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zollverein import World
from zollverein.accounts import gross_output, tariff_revenue

#: Pairs shown one by one, exporter and importer.
SHOWN = (
    ("RUS", "BLR"), ("BLR", "RUS"), ("RUS", "KAZ"), ("KAZ", "RUS"), ("RUS", "CHN"), ("CHN", "RUS"),
    ("DEU", "RUS"), ("RUS", "DEU"), ("POL", "BLR"), ("UKR", "POL"), ("CHN", "USA"), ("MEX", "USA"),
    ("DEU", "FRA"), ("GBR", "DEU"), ("JPN", "KOR"),
)  # fmt: skip
#: Importers in the table of duties.
DUTIES_SHOWN = (
    *("USA", "CHN", "DEU", "JPN", "GBR", "IND", "BRA", "KOR"),
    *("RUS", "BLR", "KAZ", "UKR", "TUR"),
)


@dataclass(frozen=True)
class Reference:
    """True totals, million USD; the last country is the rest of the world.

    Attributes:
        countries: Codes, the rest of the world included.
        flow: ``[exporter, importer, sector]``, domestic included, 28 sectors.
        value_added: ``[country]`` of the calibrated baseline.
        tariff: ``[exporter, importer, sector]`` bilateral rates, 28 sectors.
    """

    countries: tuple[str, ...]
    flow: np.ndarray
    value_added: np.ndarray
    tariff: np.ndarray


def read_reference(folder: Path) -> Reference:
    """Read ``icio2022_trade_tariffs.npz`` and ``baseline_2022_81x28.npz``."""
    with (
        np.load(folder / "icio2022_trade_tariffs.npz") as trade,
        np.load(folder / "baseline_2022_81x28.npz") as baseline,
    ):
        return Reference(
            countries=tuple(str(code) for code in trade["countries"]),
            flow=trade["X_exp_imp_sector_musd"],
            value_added=baseline["value_added_n"],
            tariff=baseline["tariff_importer_exporter_sector"].transpose(1, 0, 2).astype(float),
        )


def comparison(world: World, unbalanced: np.ndarray, reference: Reference) -> str:
    """Markdown: how near the bilateral totals, domestic shares and value added are.

    Args:
        world: The built world.
        unbalanced: ``[exporter, importer, sector]`` flows before balancing.
        reference: True totals.
    """
    rows = [reference.countries.index(country) for country in world.countries]
    true = reference.flow[np.ix_(rows, rows)]
    built = world.data["trade_flow"].values
    parts = [
        _closeness({"before balancing": unbalanced, "packaged": built}, true),
        _pairs(world.countries, {"before balancing": unbalanced, "packaged": built}, true),
        _economies(world, true, reference.flow[:, rows].sum(axis=(0, 2)), reference, rows),
        _duties(world, reference, rows),
    ]
    return "\n\n".join(parts)


def abroad(flow: np.ndarray) -> np.ndarray:
    """Totals between different countries ``[exporter, importer]``, zero at home."""
    return flow.sum(axis=2) * ~np.eye(len(flow), dtype=bool)


def correlation_of_logs(flow: np.ndarray, true: np.ndarray) -> float:
    """Correlation of log totals over pairs that trade in both."""
    both = (flow > 0) & (true > 0)
    return float(np.corrcoef(np.log(flow[both]), np.log(true[both]))[0, 1])


def home_share(flow: np.ndarray) -> np.ndarray:
    """Domestic purchases in all purchases ``[country]``."""
    return np.diagonal(flow.sum(axis=2)) / flow.sum(axis=(0, 2))


def by_28_sectors(flow: np.ndarray) -> np.ndarray:
    """The 27 goods sectors as they are and one sum of all services."""
    return np.concatenate([flow[:, :, :27], flow[:, :, 27:].sum(axis=2, keepdims=True)], axis=2)


def _closeness(versions: dict[str, np.ndarray], true: np.ndarray) -> str:
    def error(flow: np.ndarray, sectors: bool) -> float:
        gap = np.abs(by_28_sectors(flow) - true) if sectors else np.abs(abroad(flow) - abroad(true))
        gap = gap * ~np.eye(len(true), dtype=bool)[:, :, None] if sectors else gap
        return float(gap.sum() / abroad(true).sum())

    measures: dict[str, Callable[[np.ndarray], str]] = {
        "correlation of log bilateral totals": lambda f: (
            f"{correlation_of_logs(abroad(f), abroad(true)):.4f}"
        ),
        "mean absolute error of bilateral totals, weighted": lambda f: f"{error(f, False):.1%}",
        "the same by 28 sectors": lambda f: f"{error(f, True):.1%}",
        "world exports over true ones (among the 80)": lambda f: (
            f"{abroad(f).sum() / abroad(true).sum():.3f}"
        ),
        "mean absolute error of domestic shares, points": lambda f: (
            f"{100 * np.abs(home_share(f) - home_share(true)).mean():.2f}"
        ),
    }
    rows = [[name, *(show(flow) for flow in versions.values())] for name, show in measures.items()]
    return _table(["measure", *versions], rows)


def _pairs(countries: Sequence[str], versions: dict[str, np.ndarray], true: np.ndarray) -> str:
    rows = []
    for seller, buyer in SHOWN:
        cell = countries.index(seller), countries.index(buyer)
        flows = [*(flow[cell].sum() for flow in versions.values()), true[cell].sum()]
        rows.append([f"{seller} to {buyer}", *(f"{flow / 1000:.1f}" for flow in flows)])
    return _table(["bn USD", *versions, "true"], rows)


def _economies(
    world: World, true: np.ndarray, bought: np.ndarray, reference: Reference, rows: list[int]
) -> str:
    """Value added, exports and domestic shares of the economies that fit worst and of some others."""
    built = world.data["trade_flow"].values
    value_added = world.data["value_added"].values.sum(axis=1)
    ratios = {
        "value added": value_added / reference.value_added[rows],
        "exports to the 80": abroad(built).sum(axis=1) / abroad(true).sum(axis=1),
        "imports from the 80": abroad(built).sum(axis=0) / abroad(true).sum(axis=0),
    }
    shares = {
        "domestic share, %": 100 * home_share(built),
        "true, without rest of the world": 100 * home_share(true),
        "true, with it": 100 * np.diagonal(true.sum(axis=2)) / bought,
    }
    order = np.argsort(-np.max([np.abs(np.log(r)) for r in ratios.values()], axis=0))
    always = [world.countries.index(c) for c in ("RUS", "BLR", "KAZ", "UKR", "USA", "CHN", "DEU")]
    picked = [*order[:15].tolist(), *(k for k in always if k not in order[:15])]
    body = [
        [
            world.countries[k],
            *(f"{ratio[k]:.3f}" for ratio in ratios.values()),
            *(f"{share[k]:.1f}" for share in shares.values()),
        ]
        for k in picked
    ]
    spread = [f"{np.median(r):.3f} ({r.min():.3f} to {r.max():.3f})" for r in ratios.values()]
    middle = [f"{np.median(s):.1f}" for s in shares.values()]
    return _table(
        ["built over true", *ratios, *shares],
        [["median of 80 (range)", *spread, *middle], *body],
    )


def _duties(world: World, reference: Reference, rows: list[int]) -> str:
    """Average duty on imports, weighted by the same true flows."""
    built = world.data["tariff"].values[:, :, :27]
    true = reference.tariff[np.ix_(rows, rows)][:, :, :27]
    weight = reference.flow[np.ix_(rows, rows)][:, :, :27]
    weight = weight * ~np.eye(len(rows), dtype=bool)[:, :, None]
    revenue, output = tariff_revenue(world).values, gross_output(world).values.sum()

    def average(rate: np.ndarray, importers: Iterable[int]) -> float:
        picked = list(importers)
        paid = (rate * weight)[:, picked].sum() / weight[:, picked].sum()
        return float(100 * paid)

    body = [["all 80", average(built, range(len(rows))), average(true, range(len(rows)))]]
    body += [
        [c, average(built, [k]), average(true, [k])]
        for c in DUTIES_SHOWN
        for k in [world.countries.index(c)]
    ]
    table = _table(
        ["average duty on goods, %", "built", "true"],
        [[str(name), f"{a:.2f}", f"{b:.2f}"] for name, a, b in body],
    )
    return (
        f"{table}\n\nDuty in all {revenue.sum() / 1000:.1f} bn USD, output {output / 1e6:.1f} tn."
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
