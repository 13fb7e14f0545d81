"""Run ``gegravity`` on a one-sector problem; started by ``peers.py`` with an interpreter that has it.

    python gegravity_peer.py as_shipped|repeated INPUT.npz OUTPUT.json

The input holds ``flow`` [exporter, importer], ``cost_hat`` of the same shape and ``theta``. No
gravity equation needs to be estimated: the trade cost of a pair is given directly as the data's
own access, log(flow · world / (output · expenditure)), with coefficient one, so that the
program's baseline is the data exactly; the experiment adds -theta log(cost_hat).
"""

# ruff: noqa: SLF001  (its last step can only be repeated through its internals)

from __future__ import annotations

import json
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import gegravity  # type: ignore[import-not-found]
import numpy as np
import pandas as pd
from memory import resident_peak

warnings.simplefilter("ignore")
TOLERANCE = 1e-10
ROUNDS = 200


def model(flow: np.ndarray, cost_hat: np.ndarray, theta: float) -> Any:
    """Baseline built, experiment defined."""
    size = len(flow)
    names = np.array([f"C{k:04d}" for k in range(size)])
    exporter, importer = (axis.ravel() for axis in np.indices(flow.shape))
    output, spending = flow.sum(axis=1), flow.sum(axis=0)
    with np.errstate(divide="ignore"):  # no trade: access of minus infinity
        access = np.log(flow * output.sum() / (output[:, None] * spending)).ravel()
    data = pd.DataFrame(
        {
            "exporter": names[exporter],
            "importer": names[importer],
            "year": "0",
            "trade": flow.ravel(),
            "Y": output[exporter],
            "E": spending[importer],
            "access": access,
        }
    )
    coefficient = pd.DataFrame([{"name": "access", "value": 1.0}])
    found = gegravity.OneSectorGE(
        gegravity.BaselineData(
            data.copy(), trade_var_name="trade", expend_var_name="E", output_var_name="Y"
        ),
        year="0",
        cost_variables=["access"],
        cost_coeff_values=gegravity.CostCoeffs(coefficient, "name", "value"),
        reference_importer=names[0],
        sigma=1 + theta,
        quiet=True,
    )
    found.build_baseline(mr_tolerance=TOLERANCE, mr_max_iter=100_000)
    data["access"] -= theta * np.log(cost_hat.ravel())
    found.define_experiment(data)
    return found


def as_shipped(problem: dict[str, np.ndarray]) -> dict[str, Any]:
    """One simulation, as a user of the program runs it."""
    found = model(problem["flow"], problem["cost_hat"], float(problem["theta"]))
    found.simulate(ge_tolerance=TOLERANCE, ge_max_iter=100_000)
    price = found.country_results.sort_index()["imr change (percent)"].to_numpy() / 100 + 1
    return _answer(found, price, 1)


def repeated(problem: dict[str, np.ndarray]) -> dict[str, Any]:
    """Its last step again and again with outputs at the new prices, until prices stay."""
    found = model(problem["flow"], problem["cost_hat"], float(problem["theta"]))
    found._ge_method, found._ge_tolerance, found._ge_max_iter = "hybr", TOLERANCE, 100_000
    found._calculate_multilateral_resistance(found.experiment_trade_costs, "conditional")
    countries, old, used, rounds = found.country_set, np.ones(len(problem["flow"])), 0, 0
    while rounds < ROUNDS:
        rounds += 1
        found._calculate_full_ge()
        used += found.solver_diagnostics["full_GE"].nfev
        new = found.factory_gate_prices.iloc[:, 0].to_numpy()
        if np.abs(new / new[0] * old[0] / old - 1).max() <= TOLERANCE:
            break
        old = new
        made = {k: c.experiment_factory_price * c.baseline_output for k, c in countries.items()}
        for name, country in countries.items():
            share = made[name] / sum(made.values())
            country.baseline_output_share = country.baseline_expenditure_share = share
    ratio = {
        country.identifier.removeprefix("ZZZ_"): (
            country._baseline_imr_ratio / country._experiment_imr_ratio
        )
        for country in countries.values()
    }
    price = np.array([ratio[name] for name in sorted(ratio)]) ** (-1 / float(problem["theta"]))
    return _answer(found, price, rounds, used)


def _answer(found: Any, price: np.ndarray, rounds: int, used: int | None = None) -> dict[str, Any]:
    last = found.solver_diagnostics["full_GE"]
    return {
        "wage": found.factory_gate_prices.iloc[:, 0].to_list(),
        "price": price.tolist(),
        "evaluations": int(used or last.nfev),
        "rounds": rounds,
    }


def measured(run: Any, problem: dict[str, np.ndarray]) -> dict[str, Any]:
    """The answer with seconds and peak memory; timed a second time, when all is loaded."""
    answer, memory = resident_peak(lambda: run(problem))
    started = time.perf_counter()
    run(problem)
    return answer | {"seconds": time.perf_counter() - started, "memory": memory}


if __name__ == "__main__":
    name, given, found = sys.argv[1:]
    wanted = {"as_shipped": as_shipped, "repeated": repeated}[name]
    answer = measured(wanted, dict(np.load(given)))
    Path(found).write_text(json.dumps(answer), encoding="utf-8")
