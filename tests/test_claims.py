"""The claim checker: verdicts, files, report, command."""

from __future__ import annotations

import numpy as np
import pytest

import zollverein as zv
from tests.flow_worlds import COUNTRIES, MIRROR, flows_from_rows, pair, table
from zollverein.claims import Document, gather_flows
from zollverein.claims.figures import (
    CONTRADICTED,
    DEPENDS,
    SUPPORTED,
    UNKNOWN,
)
from zollverein.errors import ClaimError
from zollverein.flows import growth, turnover


def verdict(flows, text, **options):
    (check,) = zv.check_claims(flows, text, **options).checks
    return check.verdict


def test_a_level_is_supported_contradicted_or_depends():
    both = pair(32_300.0, 9_300.0)
    assert verdict(both, "RUS BLR turnover 2021 = 40 bn USD") == DEPENDS
    assert verdict(both, "RUS BLR turnover 2021 goods and services = 40 bn USD") == SUPPORTED
    assert verdict(both, "RUS BLR turnover 2021 goods = 40 bn USD") == CONTRADICTED
    assert verdict(both, "RUS BLR turnover 2021 = 32.3 bn USD") == DEPENDS
    assert verdict(both, "RUS BLR turnover 2021 > 30 bn USD") == SUPPORTED
    assert verdict(both, "RUS BLR turnover 2021 = 50 bn USD") == CONTRADICTED
    assert verdict(both, "RUS BLR turnover 2020 = 40 bn USD") == UNKNOWN
    assert verdict(both, "RUS ITA turnover 2021 = 40 bn USD") == UNKNOWN
    assert verdict(both, "RUS BLR turnover 2021 reported by RUS = 40 bn USD") == UNKNOWN


def test_the_reason_names_what_the_verdict_depends_on():
    (check,) = zv.check_claims(pair(32_300.0, 9_300.0), "RUS BLR turnover 2021 = 40 bn USD").checks
    assert (
        check.reason
        == "on the coverage: supported with goods and services, contradicted with goods"
    )


def test_the_source_of_the_data_is_one_sentence():
    flows = zv.flows_of(zv.load_world("icio2022"))
    report = zv.check_claims(flows, "RUS BLR turnover 2022 = 42.5 bn USD")
    assert flows.source.endswith(".")
    assert f"{flows.source[:-1]}; interindustry statistics" in report.sources["icio2022"]


def test_zeros_at_the_end_are_pointed_out_when_they_matter():
    def notes(text):
        (check,) = zv.check_claims(pair(41_600.0), text).checks
        return check.notes

    (note,) = notes("RUS BLR turnover 2021 = 40 bn USD")
    assert note.endswith("the verdict would be: contradicted")
    assert notes("RUS BLR turnover 2021 = 40.0 bn USD") == ()
    assert notes("RUS BLR turnover 2021 = 90 bn USD") == ()


def test_true_statements_are_supported_and_false_ones_contradicted():
    """Whatever the table: print the numbers themselves, then others."""
    for seed in range(4):
        flows = table(seed)
        level = turnover(flows, "RUS", "BLR")["turnover"][2021] / 1e6
        rate = 100 * float(growth(flows, "RUS", "BLR", 2021).value)
        for text, factor in ((f"{level:.3f}", 1.0), (f"{1.2 * level:.3f}", 1.2)):
            claim = f"RUS BLR turnover 2021 goods and services = {text} mn USD"
            assert verdict(flows, claim) == (SUPPORTED if factor == 1 else CONTRADICTED)
        assert verdict(flows, f"RUS BLR growth 2021 = {rate:.2f} %") == SUPPORTED
        assert verdict(flows, f"RUS BLR growth 2021 = {rate + 5:.2f} %") == CONTRADICTED


def test_data_in_another_unit_give_the_same_verdicts():
    text = "RUS BLR turnover 2021 goods = 30 mn USD; growth = 8 %; rank of BLR among partners of RUS = 2"
    one = table(3)
    other = zv.flows_from_arrays(
        {y: one.matrix(y, sectors=["C10"]).values[..., None] / 1e3 for y in one.years},
        countries=COUNTRIES,
        sectors=["C10"],
        unit="thousand USD",
    )
    left, right = (zv.check_claims(flows, text).checks for flows in (one, other))
    assert [check.verdict for check in left] == [check.verdict for check in right]


def test_ranks_shares_and_contributions():
    flows = pair(5_000.0)
    assert (
        verdict(flows, "rank of BLR among partners of RUS 2021 goods by exports = 1") == SUPPORTED
    )
    assert (
        verdict(flows, "rank of BLR among partners of RUS 2021 goods by exports = 2")
        == CONTRADICTED
    )
    assert verdict(flows, "rank of BLR in CIS for RUS 2021 goods by exports = 1") == SUPPORTED
    assert verdict(flows, "share of BLR in exports of RUS 2021 goods = 55.6 %") == SUPPORTED
    assert verdict(flows, "share of EAEU in exports of RUS 2021 goods = 66.7 %") == SUPPORTED
    assert verdict(flows, "rank of UKR in CIS for RUS 2021 = 1") == UNKNOWN
    growing = table(2)
    assert verdict(growing, "contribution of BLR to growth of RUS 2021 < 9.09 %") == SUPPORTED


def test_the_union_as_one_partner_is_shown_but_not_counted():
    flows = flows_from_rows(
        [
            (2021, "RUS", b, 2, v)
            for b, v in (("BLR", 9.0), ("DEU", 8.0), ("FRA", 7.0), ("CHN", 6.0))
        ]
    )
    text = "rank of BLR among partners of RUS 2021 = 1"
    (check,) = zv.check_claims(flows, text).checks
    assert check.verdict == SUPPORTED
    assert [(f.value, f.counted) for f in check.findings] == [(1, True), (2, False)]
    assert (
        verdict(flows, "rank of BLR among partners of RUS with EU27 as one 2021 = 2") == SUPPORTED
    )


def test_a_member_of_a_bloc_that_is_one_partner_has_no_rank():
    flows = zv.flows_of(zv.load_world("icio2022"))
    (check,) = zv.check_claims(
        flows, "rank of DEU among partners of RUS 2022 with EU27 as one = 1"
    ).checks
    assert check.verdict == UNKNOWN
    assert check.findings[0].notes == ("DEU has no rank of its own where EU27 is one partner",)


def findings(text, **options):
    (check,) = zv.check_claims(flows_from_rows(MIRROR, name="mirror"), text, **options).checks
    return check, {finding.books: finding for finding in check.findings}


def test_two_reporters_are_two_definitions_and_areas_leave_one_open():
    check, found = findings("RUS BLR turnover 2021 = 39 bn USD")
    assert found["RUS's books"].value == pytest.approx(38.7e9)
    assert found["RUS's books"].verdict == SUPPORTED
    assert found["BLR's books"].verdict == UNKNOWN  # 25.9, and up to 41.0 with what is under areas
    assert found["BLR's books"].as_published == CONTRADICTED
    assert (found["BLR's books"].low, found["BLR's books"].high) == pytest.approx((25.9e9, 41.01e9))
    assert any(
        "53% of its exports of 2021 under areas" in note for note in found["BLR's books"].notes
    )
    ignoring, _ = findings("RUS BLR turnover 2021 = 39 bn USD", unallocated="ignore")
    assert ignoring.verdict == DEPENDS
    assert found["exporters' reports"].verdict == UNKNOWN  # 37.1, and up to 38.7
    assert check.verdict == SUPPORTED  # by every definition that can be determined


def test_a_year_without_reports_is_missing_and_bounded_by_the_mirror():
    _, found = findings("RUS BLR imports 2020 = 13 bn USD")
    own = found["RUS's books"]
    assert np.isnan(own.value)
    assert (own.low, own.high) == pytest.approx((13e9, 14.3e9))
    assert any("RUS published no imports of 2020" in note for note in own.notes)
    assert (
        verdict(flows_from_rows(MIRROR), "RUS BLR imports 2020 reported by RUS < 20 bn USD")
        == SUPPORTED
    )


def test_the_reporter_can_be_part_of_the_claim():
    check, found = findings("RUS BLR turnover 2021 reported by RUS = 38.7 bn USD")
    assert list(found) == ["RUS's books"]
    assert check.verdict == SUPPORTED
    check, found = findings("RUS BLR exports 2021 reported by importers = 12 bn USD")
    assert list(found) == ["BLR's books"]
    check, _ = findings("RUS BLR turnover 2021 reported by KAZ = 38.7 bn USD")
    assert check.verdict == UNKNOWN


def test_sources_that_disagree_make_it_depend_on_the_source():
    slow, fast = (
        flows_from_rows([(2020, "RUS", "BLR", 2, 100.0), (2021, "RUS", "BLR", 2, v)], name=name)
        for name, v in (("customs", 128.0), ("office", 134.9))
    )
    (check,) = zv.check_claims([slow, fast], "RUS BLR growth 2021 > 1/3").checks
    assert check.verdict == DEPENDS
    assert check.reason == "on the source: supported with office, contradicted with customs"
    same = zv.check_claims([slow, slow], "RUS BLR growth 2021 > 1/3")
    assert list(same.sources) == ["customs", "customs (2)"]


def test_another_currency_needs_a_rate():
    flows = pair(40_000.0)
    text = "RUS BLR turnover 2021 goods = 33.8 bn EUR"
    assert verdict(flows, text) == UNKNOWN
    assert verdict(flows, text, rates={"EUR": {2021: 1.183}}) == SUPPORTED
    growing = table(0, years=(2020, 2021))
    rates = {"EUR": {2020: 1.0, 2021: 1.1}}
    (_, check) = zv.check_claims(
        growing, "RUS BLR turnover 2021 = 1 bn EUR; growth = 0 %", rates=rates
    ).checks
    values = {finding.currency: finding.value for finding in check.findings}
    assert values["USD"] == pytest.approx(0.1)
    assert values["EUR"] == pytest.approx(0.0, abs=1e-12)


def test_a_contribution_in_another_currency_is_measured_in_it():
    """Partners' contributions add up to the growth in the same currency."""
    text = "RUS BLR turnover 2021 goods and services = 1 bn EUR; contribution of BLR to growth of RUS = 0 %"
    rates = {"EUR": {2020: 1.0, 2021: 1.3}}
    growing = table(0, years=(2020, 2021))
    (_, check) = zv.check_claims(growing, text, rates=rates).checks
    found = {finding.currency: finding.value for finding in check.findings}
    after, before = (
        (m.sel(exporter="RUS", importer="BLR") + m.sel(exporter="BLR", importer="RUS")).item()
        for m in (growing.matrix(2021), growing.matrix(2020))
    )
    matrix = growing.matrix(2020)
    world = (matrix.sel(exporter="RUS").sum() + matrix.sel(importer="RUS").sum()).item()
    assert found["USD"] == pytest.approx((after - before) / world)
    assert found["EUR"] == pytest.approx((after / 1.3 - before) / world)


def test_a_broken_year_is_not_determinable_and_says_why():
    labels = [f"C{n:02d}" for n in range(12)]
    rng = np.random.default_rng(5)
    base = rng.lognormal(3, 1, (12, 12, 1))
    data = {year: base * rng.lognormal(0, 0.02, base.shape) for year in range(2010, 2020)}
    data[2010][3] = data[2010][3] * 50 ** np.linspace(-1, 1, 12)[:, None]
    flows = zv.flows_from_arrays(data, countries=labels, sectors=["C10"], unit="bn USD", name="t")
    for text in ("C03 C05 exports 2010 > 0 USD", "C03 C05 growth of exports 2011 > 0 %"):
        (check,) = zv.check_claims(flows, text).checks
        assert check.verdict == UNKNOWN
        assert any(
            "C03's exports (table) move between partners" in n for n in check.findings[0].notes
        )
    assert verdict(flows, "C03 C05 exports 2011 > 0 USD") == SUPPORTED
    assert verdict(flows, "C05 C06 exports 2010 > 0 USD") == SUPPORTED


def test_a_broken_year_of_a_large_member_is_one_of_the_bloc():
    labels = ["RUS", "BLR", "KAZ", "ARM", "DEU", "FRA", "ITA", "POL", "CHN", "USA", "JPN", "TUR"]
    rng = np.random.default_rng(5)
    base = rng.lognormal(3, 0.1, (12, 12, 1))
    base[3] /= 1000  # a small member
    data = {year: base * rng.lognormal(0, 0.02, base.shape) for year in range(2010, 2020)}
    for at, year in ((1, 2010), (3, 2019)):
        data[year][at] = data[year][at] * 50 ** np.linspace(-1, 1, 12)[:, None]
    flows = zv.flows_from_arrays(data, countries=labels, sectors=["C10"], unit="bn USD", name="t")
    assert verdict(flows, "DEU EAEU imports 2010 > 0 USD") == UNKNOWN
    assert verdict(flows, "DEU EAEU growth of imports 2011 > 0 %") == UNKNOWN
    assert verdict(flows, "EAEU DEU exports 2010 > 0 USD") == UNKNOWN
    assert verdict(flows, "DEU EAEU imports 2011 > 0 USD") == SUPPORTED
    assert verdict(flows, "DEU ARM imports 2019 > 0 USD") == UNKNOWN
    assert verdict(flows, "DEU EAEU imports 2019 > 0 USD") == SUPPORTED
    assert verdict(flows, "DEU EAEU exports 2010 > 0 USD") == SUPPORTED


def test_an_extract_does_not_rank_the_partners_of_others():
    others = ["KAZ", "DEU", "CHN", "USA", "FRA", "ARM", "POL", "ITA", "TUR", "JPN"]
    rows = [(2021, "RUS", other, 2, 1.0) for other in others]
    flows = flows_from_rows(rows, name="extract")
    (check,) = zv.check_claims(flows, "rank of RUS among partners of DEU 2021 = 1").checks
    assert check.verdict == UNKNOWN
    assert any("only flows that involve RUS" in note for note in check.findings[0].notes)


def test_a_file_of_one_pair_does_not_rank_partners():
    """The total that Russia states shows that its other partners are not in the data."""
    rows = [(2021, "RUS", "BLR", 0, 23.0), (2021, "RUS", "W00", 0, 492.0)]
    flows = flows_from_rows(rows, name="one pair")
    (check,) = zv.check_claims(
        flows, "rank of BLR among partners of RUS by exports reported by RUS 2021 = 1"
    ).checks
    assert check.verdict == UNKNOWN
    assert "make up 5% of the exports of 2021 that RUS states" in check.findings[0].notes[-1]
    assert check.findings[0].partners == "1 economies"
    assert verdict(flows, "RUS BLR exports 2021 reported by RUS = 23 USD") == SUPPORTED


def test_a_bloc_may_be_either_side():
    flows = table(1)
    one = zv.check_claims(flows, "CIS CHN exports 2021 > 0 USD").checks[0].findings[0].value
    members = ("BLR", "KAZ", "RUS")
    parts = [turnover(flows, member, "CHN")["exports"][2021] for member in members]
    assert one == pytest.approx(sum(parts))
    other = zv.check_claims(flows, "CHN CIS imports 2021 > 0 USD").checks[0].findings[0].value
    assert other == pytest.approx(one)
    assert verdict(flows, "share of CHN in exports of CIS 2021 > 1 %") == UNKNOWN


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("RUS Russia turnover 2021 = 4 bn USD", "the two economies are the same"),
        ("RUS BRL turnover 2021 = 4 bn USD", "no economy 'BRL': did you mean 'BLR'"),
        ("rank of BLR in CSI for RUS 2021 = 1", "no bloc 'CSI': did you mean 'CIS'"),
        ("rank of BLR among partners of RUS with EU99 as one 2021 = 1", "no bloc 'EU99'"),
    ],
)
def test_names_that_nobody_knows(text, match):
    with pytest.raises(ClaimError, match=match):
        zv.check_claims(pair(1.0), text)


def test_no_data_is_an_error():
    with pytest.raises(ClaimError, match="no flows"):
        zv.check_claims([], "RUS BLR turnover 2021 = 4 bn USD")
    with pytest.raises(ClaimError, match="--flows FILE"):
        gather_flows([], Document(()))
