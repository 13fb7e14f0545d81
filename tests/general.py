"""Stand-ins of the oracle's extended worlds turned into real ones, and both answers compared."""

from __future__ import annotations

from typing import Any

import numpy as np

import zollverein as zv
from tests.oracles import extended
from zollverein.labelling import world_dataset
from zollverein.world import World

#: What of the parameters `simulate` is told.
KEYS = (
    "closure",
    "labour",
    "capital",
    "capital_share",
    "value_added_elasticity",
    "input_elasticity",
    "final_elasticity",
    "trade_elasticity",
    "scale",
)
FIELDS = (*extended.RATES, *extended.HATS, "transfer", "pools", "caps", "mobility")


def real_world(stand: Any) -> World:
    """A World from the oracle's stand-in."""
    arrays = {str(name): values.values for name, values in stand.data.items()}
    return World("extended", world_dataset(stand.countries, stand.sectors, arrays, {}))


def real_policy(stand: Any) -> zv.Policy:
    """A Policy from the oracle's stand-in."""
    return zv.Policy(**{name: getattr(stand, name) for name in FIELDS})


def solved(stand: Any, policy: Any, parameters: Any, **options: Any) -> zv.Result:
    """`simulate` on a stand-in."""
    choices = {key: getattr(parameters, key) for key in KEYS}
    return zv.simulate(real_world(stand), real_policy(policy), **choices, **options)


def gap(stand: Any, policy: Any, parameters: Any) -> tuple[float, str]:
    """Largest difference from the oracle, relative to the largest value of each variable."""
    result = solved(stand, policy, parameters, tolerance=1e-11)
    expected = extended.solve(stand, policy, parameters)
    gaps = {}
    for name in extended.DIMS:
        ours, theirs = result.after.values(name), expected[name]
        assert np.isfinite(ours).all(), name
        assert np.isfinite(theirs).all(), name
        scale = max(float(np.abs(theirs).max()), 1e-300)
        gaps[name] = float(np.abs(ours - theirs).max()) / scale
    worst = max(gaps, key=lambda name: gaps[name])
    return gaps[worst], worst


def random_changes(stand: Any, seed: int, size: float = 0.1) -> dict[str, Any]:
    """Duties, costs, productivity and access, all changed somewhere."""
    rng = np.random.default_rng(seed)
    shape = stand.data["trade_flow"].shape
    foreign = 1 - np.eye(shape[0])[:, :, None]
    return {
        "tariff": stand.data["tariff"].values + size * rng.random(shape) * foreign,
        "cost_hat": np.exp(size * rng.normal(size=shape)),
        "productivity_hat": np.exp(size * rng.normal(size=shape[1:])),
        "access_hat": np.where(rng.random(shape) < 0.2, 0.5, 1.0),
    }


def zero_sum(stand: Any, seed: int) -> np.ndarray:
    """Transfers between all countries that sum to zero."""
    sizes = np.random.default_rng(seed).normal(size=len(stand.countries))
    smallest = stand.data["value_added"].values.sum(axis=1).min()
    return np.asarray(0.02 * smallest * (sizes - sizes.mean()))
