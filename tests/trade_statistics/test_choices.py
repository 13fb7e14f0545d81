"""Words that choose a reading: another word than those known is refused, never taken for one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import zollverein as zv
from zollverein.errors import DataError

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
