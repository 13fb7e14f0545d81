"""Words that choose a reading: another word than those known is refused, never taken for one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import xarray as xr

import zollverein as zv
from zollverein.errors import DataError, ZollvereinError

S: Any = zv.statistics
TOY = zv.load_world("toy")

SLIPS: dict[str, tuple[Callable[[], Any], str]] = {
    "share": (lambda: S.partner_share(TOY, flow="export"), "did you mean 'exports'"),
    "bloc": (lambda: S.bloc_share(TOY, ["PAR", "RST"], flow="import"), "did you mean 'imports'"),
    "growth": (lambda: S.growth_contribution(TOY, TOY, flow="trade"), "turnover"),
    "over": (lambda: S.herfindahl(TOY, "partners"), "did you mean 'partner'"),
    "flow": (lambda: S.herfindahl(TOY, flow="import"), "did you mean 'imports'"),
    "neither": (lambda: S.herfindahl(TOY, flow="turnover"), "Choices: exports, imports"),
    "exports to": (lambda: S.vulnerability(TOY, "HOM", exports_to="outsiders"), "outside"),
    "stability": (lambda: S.vulnerability_stability(TOY, "HOM", exports_to="al"), "all"),
    "replaced by": (
        lambda: S.hypothetical_extraction(TOY, "RST", "HOM", resourced=0.5, replaced_by="other"),
        "did you mean 'others'",
    ),
}


@pytest.mark.parametrize(("ask", "said"), SLIPS.values(), ids=SLIPS)
def test_a_misspelt_choice_is_refused(ask, said):
    with pytest.raises(DataError, match=said):
        ask()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: S.partner_ranking(TOY, ["HOM"]), "a country of toy is a text"),
        (lambda: S.bloc_share(TOY, 5), "the group: 5 is not a label"),
        (lambda: S.turnover(TOY, [0]), "sectors: 0 is not a label"),
        (lambda: S.turnover(TOY, 0), "sectors: 0 is not a label"),
        (lambda: S.partner_share(TOY, flow=5), "flow=5 is not a choice"),
        (lambda: S.turnover(TOY.data["trade_flow"].astype(object)), "object, not real"),
        (lambda: S.turnover(TOY.data["trade_flow"].astype(complex)), "complex128, not"),
        (lambda: S.country_reliance(5, TOY), "the shares are a int without"),
        (lambda: S.hypothetical_extraction(TOY, "HOM", "PAR", resourced="1"), "got '1'"),
        (lambda: S.vulnerability(TOY, "HOM", thresholds=0.5), "thresholds is 0.5"),
        (lambda: S.vulnerability_stability(TOY, "HOM", grid=[0.5]), "grid is"),
        (lambda: S.overview(TOY, "HOM", bloc=[None]), "the group: None is not a label"),
    ],
)
def test_what_is_of_a_wrong_kind_is_told_in_words(call, said):
    with pytest.raises(ZollvereinError, match=said):
        call()


def test_an_index_of_pandas_is_a_list_of_labels():
    some = pd.Index(["HOM", "PAR"])
    xr.testing.assert_identical(
        S.bloc_share(TOY, some, pd.Index(["goods"])),
        S.bloc_share(TOY, ["HOM", "PAR"], ["goods"]),
    )
