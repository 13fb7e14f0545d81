"""What claims are checked against, and where flows come from: labelled arrays, rates, data sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

import zollverein as zv
from tests.helpers import assert_close
from zollverein.errors import ClaimError, DataError, LabelError

LABELS: dict[str, Any] = {"countries": ["RUS", "BLR"], "sectors": ["C10"], "unit": "bn USD"}
FLOWS = zv.flows_from_arrays({2021: [[[0], [23]], [[16], [0]]]}, **LABELS)
CLAIM = "RUS BLR turnover 2021 = 35 bn EUR"


def labelled() -> xr.DataArray:
    coords = {"exporter": ["RUS", "BLR"], "importer": ["RUS", "BLR"], "sector": ["C10"]}
    return xr.DataArray([[[0.0], [23.0]], [[16.0], [0.0]]], coords, tuple(coords))


def test_labelled_arrays_of_flows_are_taken_by_label():
    for array in (labelled(), labelled().transpose()):
        flows = zv.flows_from_arrays({2021: array}, **LABELS)
        assert_close(flows.matrix(2021), FLOWS.matrix(2021), rtol=0)
    with pytest.raises(LabelError, match="labels of exporter of the array of 2021 differ"):
        zv.flows_from_arrays({2021: labelled()[::-1]}, **LABELS)
    with pytest.raises(LabelError, match="has the dimensions exporter, partner, sector"):
        zv.flows_from_arrays({2021: labelled().rename(importer="partner")}, **LABELS)


def test_arrays_have_a_whole_year_each():
    values: Any = np.ones((2, 2, 1))
    strange: list[Any] = [[values], {2020.5: values}, {None: values}]
    for wrong in strange:
        with pytest.raises(DataError, match="a mapping from year to values"):
            zv.flows_from_arrays(wrong, **LABELS)
    given: dict[Any, Any] = {np.int64(2020): values}
    assert zv.flows_from_arrays(given, **LABELS).years == (2020,)


@pytest.mark.parametrize("rate", [0, -1.1, "1.1", np.nan, None])
def test_a_rate_is_a_positive_number(rate):
    with pytest.raises(ClaimError, match="the rate of EUR in 2021 is"):
        zv.check_claims(FLOWS, CLAIM, rates={"EUR": {2021: rate}})


def test_rates_are_by_currency_and_year():
    wrong: Any = {"EUR": 1.1}
    with pytest.raises(ClaimError, match="the rate of EUR is not given by year"):
        zv.check_claims(FLOWS, CLAIM, rates=wrong)
    (check,) = zv.check_claims(FLOWS, CLAIM, rates={"EUR": {2021: np.float64(1.1)}}).checks
    assert check.verdict == "supported"


def test_claims_are_checked_against_flows():
    for wrong in (zv.load_world("toy"), "icio2022", [FLOWS, "icio2022"]):
        given: Any = wrong
        with pytest.raises(ClaimError, match=r"not a (World|str)\. Fix: zv.flows_of\(world\)"):
            zv.check_claims(given, CLAIM)
    name: Any = "toy"
    with pytest.raises(DataError, match="takes a World, not a str"):
        zv.flows_of(name)


def test_data_in_a_file_of_claims_are_tables():
    text = f'flows = 3\n[[claims]]\nclaim = "{CLAIM}"'
    with pytest.raises(ClaimError, match=r"flows must be tables, \[\[flows\]\], not 3"):
        zv.check_claims(FLOWS, text)
