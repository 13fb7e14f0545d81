"""Groups, years and units of flows: each member once, names that are known, a scale that counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from zollverein.errors import DataError, LabelError
from zollverein.flows import (
    Choice,
    contributions,
    growth,
    intra_bloc_share,
    ranking,
    share,
    turnover,
)

FLOWS = zv.flows_from_arrays(
    {year: np.random.default_rng(year).uniform(1, 9, (4, 4, 1)) for year in (2020, 2021)},
    countries=["RUS", "BLR", "KAZ", "CHN"],
    sectors=["all"],
    unit="USD",
)


WORLD = zv.load_world("toy")
ANY: Any = zv.flows


def test_a_member_counts_once_and_one_that_the_data_lack_not_at_all():
    pair = intra_bloc_share(FLOWS, ["RUS", "BLR"], 2020)
    assert intra_bloc_share(FLOWS, ["RUS", "BLR", "BLR"], 2020) == pair
    assert intra_bloc_share(FLOWS, ["RUS", "BLR", "ARM"], 2020) == pair
    three = intra_bloc_share(FLOWS, ["RUS", "BLR", "KAZ"], 2020)
    assert intra_bloc_share(FLOWS, "eaeu", 2020) == pytest.approx(three, rel=1e-12)


def test_a_group_is_ranked_as_the_sum_of_its_members():
    alone = ranking(FLOWS, "CHN", 2020)
    joined = ranking(FLOWS, "CHN", 2020, together={"union": "UNION_STATE"})
    assert set(joined.index) == {"union", "KAZ"}
    assert joined.loc["union", "value"] == pytest.approx(alone.loc[["RUS", "BLR"], "value"].sum())
    assert joined["share"].sum() == pytest.approx(1)
    fellows = ranking(FLOWS, "CHN", 2020, among="CIS")
    assert fellows.equals(alone)


def test_growth_is_measured_from_an_earlier_year():
    for over in (2021, 2022):
        for ask in (lambda o: growth(FLOWS, "RUS", "BLR", 2021, over=o), _contributions):
            with pytest.raises(DataError, match=f"from an earlier year, not from {over}"):
                ask(over)


def _contributions(over: int) -> object:
    return contributions(FLOWS, "RUS", 2021, over=over)


SLIPS: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "label": (lambda: intra_bloc_share(FLOWS, ["RUS", "BLRR"], 2020), LabelError, "mean 'BLR'"),
    "bloc": (lambda: intra_bloc_share(FLOWS, "EAUE", 2020), LabelError, "did you mean 'EAEU'"),
    "member": (
        lambda: ranking(FLOWS, "RUS", 2020, together={"X": ["BLRR"]}),
        LabelError,
        "did you mean 'BLR'",
    ),
    "two groups": (
        lambda: ranking(FLOWS, "RUS", 2020, together={"X": ["KAZ", "BLR"], "Y": ["KAZ"]}),
        DataError,
        "'KAZ' is in two groups",
    ),
    "name of another": (
        lambda: ranking(FLOWS, "RUS", 2020, together={"BLR": ["KAZ"]}),
        DataError,
        "the group 'BLR' has the name of a partner",
    ),
    "margin": (lambda: Choice(margin=-0.1), DataError, "a share from 0"),
    "common": (lambda: turnover(FLOWS, "EAEU", "CIS"), DataError, r"\(BLR, KAZ, RUS\) twice"),
    "itself": (lambda: growth(FLOWS, "EAEU", "EAEU", 2021), DataError, "twice, as exports and as"),
    "no label": (
        lambda: ANY.turnover(FLOWS, ["RUS"], "BLR"),
        LabelError,
        r"is a text, such as 'RUS'",
    ),
    "no group": (
        lambda: ANY.ranking(FLOWS, "RUS", 2020, among=5),
        LabelError,
        "among: 5 is not a label",
    ),
    "no year": (lambda: ANY.growth(FLOWS, "RUS", "BLR", "2021"), DataError, "no year 2021; it has"),
    "direction": (
        lambda: turnover(FLOWS, "RUS", "BLR", flow="exports"),
        TypeError,
        "takes no flow",
    ),
    "slip": (lambda: share(FLOWS, "RUS", "BLR", 2021, book="own"), TypeError, "mean 'books'"),
    "a world": (
        lambda: ANY.ranking(WORLD, "HOM", 2022),
        TypeError,
        r"a World, not Flows\. Fix: zv",
    ),
    "no choice": (lambda: ANY.trade(FLOWS, 2021, "RUS", None), TypeError, r"Fix: Choice\(flow="),
}


@pytest.mark.parametrize(("ask", "error", "said"), SLIPS.values(), ids=SLIPS)
def test_a_group_that_cannot_be_meant_is_refused(ask, error, said):
    with pytest.raises(error, match=said):
        ask()


def test_exports_of_blocs_with_common_members_count_each_flow_once():
    inside = np.isin(FLOWS.labels, ["RUS", "BLR", "KAZ"])
    old, new = (
        np.nansum(FLOWS.matrix(year).values[np.ix_(inside, inside)]) for year in FLOWS.years
    )
    found = growth(FLOWS, "EAEU", "CIS", 2021, flow="exports")
    np.testing.assert_allclose(found.value, new / old - 1, rtol=1e-12)
    for end, verdict in (
        ("exports", "supported"),
        ("turnover", "not determinable with these data"),
    ):
        (check,) = zv.check_claims(FLOWS, f"EAEU CIS {end} 2021 = {new:.6f} USD").checks
        assert check.verdict == verdict, check
    assert "counts trade among BLR, KAZ, RUS twice" in str(check.findings)


def world(**attrs: str) -> zv.World:
    data = zv.load_world("toy").data
    return zv.World("toy", data.assign_attrs({"currency": "", **attrs}))


@pytest.mark.parametrize(
    ("attrs", "factor", "currency"),
    [
        ({"currency": "USD", "unit": "million"}, 1e6, "USD"),
        ({"currency": "USD", "unit": "million USD"}, 1e6, "USD"),
        ({"unit": "thousand EUR"}, 1e3, "EUR"),
        ({"unit": "million"}, 1e6, "units"),
        ({"currency": "units", "unit": "bn"}, 1e9, "units"),
        ({"currency": "units"}, 1.0, "units"),
        ({}, 1.0, "units"),
    ],
)
def test_the_unit_of_a_world_counts_wherever_it_stands(attrs, factor, currency):
    flows = zv.flows_of(world(**attrs), year=2022)
    assert flows.currency == currency
    assert flows.matrix(2022).sel(exporter="HOM", importer="PAR") == 10 * factor


def test_a_unit_that_contradicts_the_currency_is_refused():
    with pytest.raises(DataError, match="not a unit of value"):
        zv.flows_of(world(currency="USD", unit="million EUR"), year=2022)
