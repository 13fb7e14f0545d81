"""Caliendo and Parro (2015): from the authors' shares to a World, and what the tables measure.

The authors' data are shares, tariffs and value added of 1993 that do not form a balanced table
(final shares were clipped at zero). As in their program, the balanced world is the equilibrium
at those shares with the 1993 tariffs and a chosen trade balance, here found by the slow solver of
``tests/oracles``. Every growth rate in their tables is relative to it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import zollverein as zv
from tests.oracles import slow_solver

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "cp2015"
NAFTA = ("MEX", "CAN", "USA")
#: Models of Table 11 and the files of their inputs.
VARIANTS = ("one_sector", "no_materials", "no_io")


@dataclass(frozen=True)
class Shares:
    """Shares of a model in the axes of this package, and its tariffs before and after."""

    countries: list[str]
    sectors: list[str]
    trade: np.ndarray  # [exporter, importer, sector]
    value_added_share: np.ndarray  # [country, sector]
    inputs: np.ndarray  # [country, input_sector, sector]
    final: np.ndarray  # [country, sector]
    value_added: np.ndarray  # [country]
    balance: np.ndarray  # [country], exports less imports
    tariff: np.ndarray
    tariff_new: np.ndarray
    elasticity: np.ndarray  # [sector]


def published() -> dict[str, Any]:
    """The printed tables, percent."""
    return json.loads((DATA / "published_tables.json").read_text())


def benchmark() -> Shares:
    """The 40-sector model, with one explicit repair.

    The input coefficient of 'Other' in Canada's 'Basic metals' is -0.00057 in the source; it is
    set to zero. The value-added share is one less the input shares, which moves it by 0.00057
    there and by less than 4e-7 (rounding of the source) elsewhere.
    """
    raw = dict(np.load(DATA / "cp2015_model.npz"))
    inputs = np.maximum(raw["gamma_nkj"], 0.0)
    return Shares(
        countries=[str(c) for c in raw["countries"]],
        sectors=[str(s) for s in raw["sectors"]],
        trade=raw["pi_nij"].transpose(1, 0, 2),
        value_added_share=1 - inputs.sum(axis=1),
        inputs=inputs,
        final=raw["alpha_nj"],
        value_added=raw["wL_n"],
        balance=-raw["D_n_data"],
        tariff=raw["tau_nij"].transpose(1, 0, 2),
        tariff_new=raw["tau_nij_cfl"].transpose(1, 0, 2),
        elasticity=raw["theta_j"],
    )


def world_tariffs(model: Shares) -> np.ndarray:
    """Tariffs of 2005 for every pair ``[exporter, importer, sector]``; zero on services."""
    raw = np.load(DATA / "cp2015_raw.npz")
    tariff = np.zeros_like(model.tariff)
    tariff[:, :, : int(raw["n_tradable"])] = raw["tariff2005_pct"].transpose(2, 1, 0) / 100
    return tariff


def variant(name: str) -> Shares:
    """One of the three restricted models of Table 11."""
    raw = dict(np.load(DATA / f"official_{name}.npz"))
    full = benchmark()
    size, sectors = len(full.countries), int(raw["J"].item())
    pairs = (sectors, size, size)
    share = raw["B"].T.astype(float)
    structure = raw["G"].astype(float).reshape(size, sectors, sectors)
    structure = np.maximum(structure, 0.0)
    total = structure.sum(axis=1, keepdims=True)
    structure = np.divide(structure, total, out=np.zeros_like(structure), where=total > 0)
    tariff = raw["tau"].reshape(pairs).transpose(2, 1, 0) - 1
    return Shares(
        countries=full.countries,
        sectors=full.sectors if sectors > 2 else ["Goods", "Services"],
        trade=raw["Din"].reshape(pairs).transpose(2, 1, 0),
        value_added_share=share,
        inputs=structure * (1 - share)[:, None, :],
        final=raw["alphas"].T,
        value_added=raw["VAn"][:, 0],
        balance=np.zeros(size),
        tariff=tariff,
        tariff_new=nafta_tariffs(full, tariff),
        elasticity=1 / raw["T"][:, 0],
    )


def nafta_tariffs(full: Shares, tariff: np.ndarray) -> np.ndarray:
    """The NAFTA counterfactual in a model's sectors; the one-sector model takes the median."""
    new = tariff.copy()
    members = [full.countries.index(c) for c in NAFTA]
    block = np.ix_(members, members)
    if tariff.shape[2] > 2:
        new[block] = full.tariff_new[block]
    else:
        new[:, :, 0][block] = np.median(full.tariff_new[block][:, :, :20], axis=2)
    return new


def equilibrium(model: Shares, balance: np.ndarray | None = None) -> zv.World:
    """The balanced World at the model's shares, 1993 tariffs and a trade balance (zero if None)."""
    zero = np.zeros_like(model.tariff)
    shares = {
        "pi": model.trade,
        "beta": model.value_added_share,
        "gamma": model.inputs,
        "alpha": model.final,
        "va": model.value_added,
        "balance": np.zeros_like(model.balance) if balance is None else balance,
    }
    found = slow_solver.solve(
        shares,
        model.elasticity,
        "numeraire",
        tariff=model.tariff,
        export_tax=zero,
        new_tariff=model.tariff,
        new_export_tax=zero,
        cost_hat=zero + 1,
        productivity_hat=np.ones_like(model.final),
    )
    flow = found["trade_flow_new"]
    output = flow.sum(axis=1)
    use = model.inputs * output[:, None, :]
    return zv.World.from_arrays(
        name="cp2015",
        countries=model.countries,
        sectors=model.sectors,
        trade_flow=flow,
        tariff=model.tariff,
        intermediate_use=use,
        value_added=model.value_added_share * output,
        final_demand=model.final * found["income_new"][:, None],
        year=1993,
    )
