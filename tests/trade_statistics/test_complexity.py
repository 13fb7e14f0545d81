"""Complexity and the product space: eigenvalue equations, slow independent counts, printed figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import assert_close
from zollverein.errors import DataError

S = zv.statistics
SECTIONS = (
    Path(__file__).resolve().parents[3]
    / "shared/data/complexity/oec_baci_exports_hs_section_2019_2021.csv"
)


def exports(seed: int, countries: int = 12, products: int = 9) -> xr.DataArray:
    """Random exports in which able economies export what few others do."""
    rng = np.random.default_rng(seed)
    skill, need = rng.uniform(0, 3, (countries, 1)), np.linspace(0, 3, products)
    value = np.exp(rng.normal(0, 0.7, (countries, products)) - 2 * np.maximum(need - skill, 0))
    value *= rng.random(value.shape) > 0.15
    names = [f"C{i}" for i in range(countries)]
    coords = {"country": names, "sector": [f"s{k}" for k in range(products)]}
    return xr.DataArray(value, coords, ("country", "sector"))


def specialisations(table: xr.DataArray) -> np.ndarray:
    """Written out from Balassa's definition, independently of the package."""
    value = table.values
    share, world = value / value.sum(axis=1)[:, None], value.sum(axis=0) / value.sum()
    return (share / world >= 1).astype(float)


@pytest.mark.parametrize("seed", range(5))
def test_complexity_solves_the_eigenvalue_equations_of_the_second_largest_value(seed):
    table = exports(seed)
    made = specialisations(table)
    diversity, ubiquity = made.sum(axis=1), made.sum(axis=0)
    reflect = (made / diversity[:, None]) @ (made / ubiquity).T
    eigenvalues = np.sort(np.linalg.eigvals(reflect).real)[::-1]
    assert eigenvalues[0] == pytest.approx(1)
    index = S.economic_complexity(table).values
    image = (
        reflect @ index
    )  # the mean is not zero under the left eigenvector, so remove the constant
    slope, level = np.polyfit(index, image, 1)
    assert_close(image, slope * index + level, rtol=0, atol=1e-9)
    assert slope == pytest.approx(eigenvalues[1], abs=1e-9)
    assert_close([index.mean(), index.std()], [0, 1], rtol=1e-12, atol=1e-12)
    products = S.product_complexity(table).values
    mean = (made.T @ index) / ubiquity
    assert_close(products, (mean - mean.mean()) / mean.std(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_complexity_agrees_with_the_method_of_reflections(seed):
    """Hidalgo and Hausmann's iteration from diversity, the trivial vector removed at each step."""
    table = exports(seed)
    made = specialisations(table)
    diversity, ubiquity = made.sum(axis=1), made.sum(axis=0)
    weight = diversity / diversity.sum()
    vector = diversity.copy()
    for _ in range(20000):
        vector = made @ ((made.T @ vector) / ubiquity) / diversity
        vector -= weight @ vector
        vector /= np.abs(vector).max()
    vector = (vector - vector.mean()) / vector.std()
    index = S.economic_complexity(table).values
    assert_close(np.abs(np.corrcoef(vector, index)[0, 1]), 1.0, rtol=1e-8)


@pytest.mark.parametrize("seed", range(5))
def test_the_sign_follows_diversity_and_labels_may_be_in_any_order(seed):
    table = exports(seed)
    index = S.economic_complexity(table)
    assert np.corrcoef(index, specialisations(table).sum(axis=1))[0, 1] > 0
    rng = np.random.default_rng(seed)
    other = table[rng.permutation(table.sizes["country"]), rng.permutation(table.sizes["sector"])]
    again = S.economic_complexity(other).sel(country=list(index.indexes["country"]))
    assert_close(again, index, rtol=1e-8, atol=1e-10)


def test_nested_specialisation_ranks_economies_by_diversity():
    """Economy i exports products 0 to i: each more complex than the last."""
    made = np.tril(np.ones((6, 6)))
    names = {"country": list("ABCDEF"), "sector": [f"s{k}" for k in range(6)]}
    table = xr.DataArray(made, names, ("country", "sector"))
    complexity = S.economic_complexity(table)
    products = S.product_complexity(table)
    order = specialisations(table).sum(axis=0).argsort()
    assert (np.diff(complexity.values[1:]) > -1e-9).all()
    assert products.values[order[0]] == products.values.max()


def test_complexity_that_is_not_determined_is_an_error():
    blocks = np.kron(np.eye(2), np.ones((3, 3)))
    names = {"country": list("ABCDEF"), "sector": [f"s{k}" for k in range(6)]}
    with pytest.raises(DataError, match="share no product"):
        S.economic_complexity(xr.DataArray(blocks, names, ("country", "sector")))
    with pytest.raises(DataError, match="at least three"):
        S.economic_complexity(zv.load_world("toy"))


def test_an_economy_without_exports_has_no_complexity():
    table = exports(1)
    table[3] = 0
    index = S.economic_complexity(table)
    assert np.isnan(index[3])
    rest = S.economic_complexity(table.drop_sel(country="C3"))
    assert_close(index.drop_sel(country="C3"), rest, rtol=1e-9)


def test_missing_exports_are_not_zero():
    table = exports(1)
    table[3, 0] = np.nan
    with pytest.raises(DataError, match="missing"):
        S.revealed_comparative_advantage(table)


@pytest.mark.parametrize("seed", range(3))
def test_proximity_and_density_by_counting(seed):
    table = exports(seed, countries=8, products=6)
    made = specialisations(table)
    near = np.zeros((6, 6))
    for k in range(6):
        for m in range(6):
            both = sum(made[c, k] * made[c, m] for c in range(8))
            near[k, m] = min(both / made[:, k].sum(), both / made[:, m].sum())
    assert_close(S.proximity(table), near, rtol=1e-12)
    by_hand = [
        [sum(near[k, m] for m in range(6) if made[c, m]) / near[k].sum() for k in range(6)]
        for c in range(8)
    ]
    assert_close(S.density(table), by_hand, rtol=1e-12)
    assert S.density(table).max() <= 1


def test_joint_capability_is_never_less_than_the_best_alone():
    table = exports(2)
    joint = S.joint_capability(table, ["C1", "C4"])
    density = S.density(table).sel(country=["C1", "C4"])
    assert_close(joint["best_density"], density.max("country"), rtol=1e-12)
    assert (joint["gain"] >= -1e-15).all()
    assert (joint["gain"] > 0).any()
    made = specialisations(table)
    assert (joint["held"].values == made[[1, 4]].any(axis=0)).all()
    twin = table.copy()
    twin[4] = 3 * twin[1]  # the same structure: nothing is near only together
    same = S.joint_capability(twin, ["C1", "C4"])
    assert_close(same["gain"], 0.0, 0, atol=1e-15)
    assert_close(same["pooled_density"], same["best_density"], rtol=1e-12)
    with pytest.raises(DataError, match="two or more"):
        S.joint_capability(table, ["C1"])


#: The index as the Growth Lab's package ecomplexity 0.5.3 gives it for these exports.
GROWTH_LAB = {
    "asjpn": 1.93734505,
    "eudeu": 1.762833477,
    "namex": 1.491120521,
    "eublr": 0.390964507,
    "eurus": -0.840687932,
    "aftcd": -1.619588492,
}


@pytest.mark.published
def test_the_growth_labs_package_gives_the_same_numbers():
    """Exports of 224 economies by section of the Harmonised System, BACI 2019 to 2021."""
    if not SECTIONS.is_file():
        pytest.skip("the table of exports by section is not at hand")
    rows = pd.read_csv(SECTIONS)
    wide = rows.pivot_table(
        index="Country ID", columns="Section ID", values="Trade Value", aggfunc="sum", fill_value=0
    )
    names = {"country": list(wide.index), "sector": [str(c) for c in wide.columns]}
    table = xr.DataArray(wide.to_numpy(), names, ("country", "sector"))
    index = S.economic_complexity(table).sel(country=list(GROWTH_LAB))
    assert_close(index, list(GROWTH_LAB.values()), rtol=0, atol=1e-8)
    products = S.product_complexity(table).to_series()
    assert (products.idxmax(), products.idxmin()) == ("16", "5")  # machinery; minerals
    near = S.density(table).sel(country="eublr", sector=["1", "16"])
    assert_close(near, [0.603278, 0.355322], rtol=0, atol=1e-6)
    # economic-complexity 0.3.0: mean and maximum of the advantage in animal products
    value = S.revealed_comparative_advantage(table).sel(sector="1")
    assert_close([value.mean(), value.max()], [3.460018697, 46.359699971], rtol=1e-9)
