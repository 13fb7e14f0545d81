"""The language of claims: figures and their tolerance, and what cannot be read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zollverein.claims import Claim, parse_claims
from zollverein.claims.figures import (
    CONTRADICTED,
    SUPPORTED,
    UNKNOWN,
    about,
    fraction,
    judge,
    printed,
)
from zollverein.errors import ClaimError


@pytest.mark.parametrize(
    ("digits", "scale", "low", "high"),
    [
        ("40", 1e9, 35e9, 45e9),
        ("40.0", 1e9, 39.95e9, 40.05e9),
        ("41", 1e9, 40.5e9, 41.5e9),
        ("1,200", 1.0, 1150, 1250),
        ("30", 0.01, 0.25, 0.35),
        ("28.0", 0.01, 0.2795, 0.2805),
        ("0", 0.01, -0.005, 0.005),
    ],
)
def test_a_figure_stands_for_what_rounds_to_it(digits, scale, low, high):
    figure = printed(digits, scale, digits)
    assert (figure.low, figure.high) == pytest.approx((low, high), rel=1e-12)


@pytest.mark.parametrize("value", [3.2, 38.77, 41.6, 97.0, 123.0])
@pytest.mark.parametrize("digits", [0, 1, 2])
def test_every_number_supports_its_own_rounding(value, digits):
    """A property of the rule: print a number at any precision, and it supports what is printed."""
    text = f"{value:.{digits}f}"
    assert judge(value, value, "=", (printed(text, 1.0, text),)) == SUPPORTED


def test_about_is_wider_and_a_margin_replaces():
    plain = printed("41.6", 1e9, "")
    assert about(plain).half == pytest.approx(plain.half + 0.05 * 41.6e9)
    (claim,) = parse_claims("RUS BLR turnover 2021 = 40 ± 2 bn USD")
    assert (claim.figures[0].low, claim.figures[0].high) == (38e9, 42e9)
    assert fraction("1", "3", "").low == pytest.approx(1 / 3 - 0.005)


@pytest.mark.parametrize(
    ("relation", "low", "high", "expected"),
    [
        ("=", 36, 44, SUPPORTED),
        ("=", 36, 46, UNKNOWN),
        ("=", 46, 50, CONTRADICTED),
        (">", 40, 50, UNKNOWN),
        (">", 40.1, 50, SUPPORTED),
        (">", 30, 40, CONTRADICTED),
        (">=", 40, 50, SUPPORTED),
        ("<", 30, 40, UNKNOWN),
        ("<", 30, 39.9, SUPPORTED),
        ("<=", 30, 40, SUPPORTED),
        ("<=", 41, np.inf, CONTRADICTED),
        ("=", np.nan, 40, UNKNOWN),
        ("=", -np.inf, np.inf, UNKNOWN),
    ],
)
def test_bounds_are_judged_as_a_whole(relation, low, high, expected):
    assert judge(low, high, relation, (printed("40", 1.0, "40"),)) == expected


def test_claims_inherit_what_they_leave_out():
    text = (
        "RUS BLR turnover 2021 goods = 40 bn USD; growth > 1/3; rank of BLR among partners of RUS = 4; "
        "rank of BLR in CIS for RUS = 1st by"
    )
    claims = parse_claims(text.removesuffix(" by"))
    assert [claim.kind for claim in claims] == ["level", "growth", "rank", "rank"]
    assert {claim.year for claim in claims} == {2021}
    assert {claim.coverage for claim in claims} == {"goods"}
    assert (claims[1].a, claims[1].b, claims[1].base) == ("RUS", "BLR", 2020)
    assert (claims[3].among, claims[3].figures[0].value) == ("CIS", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RUS BLR exports 2021 = $ 23.1 bn", {"flow": "exports", "currency": "USD"}),
        (
            "imports of BLR from RUS in 2021 > 20 bn USD",
            {"a": "BLR", "b": "RUS", "flow": "imports"},
        ),
        ("'South Korea' RUS turnover 2021 between 25 and 30 bn USD", {"a": "South Korea"}),
        ("RUS BLR turnover 2021 is about 40 bn USD", {"relation": "="}),
        ("RUS BLR turnover 2021 more than 38 bn USD", {"relation": ">"}),
        ("RUS BLR turnover 2021 at most 41 bn USD", {"relation": "<="}),
        ("RUS BLR growth of exports 2021 over 2019 = -12 %", {"over": 2019, "flow": "exports"}),
        ("contribution of BLR to growth of exports of RUS 2021 = 1.5 %", {"kind": "contribution"}),
        ("share of EU27 in imports of RUS 2021 = 32 per cent", {"kind": "share", "b": "EU27"}),
        ("rank of BLR among partners of RUS with EU27 as one 2021 = 3", {"together": ("EU27",)}),
        ("rank of BLR among the partners of RUS by exports 2021 = 5", {"flow": "exports"}),
        ("RUS BLR turnover 2021 reported by RUS = 38.8 bn USD", {"books": "RUS"}),
        (
            "RUS BLR turnover 2021 goods and services = 41.6 bn USD",
            {"coverage": "goods and services"},
        ),
    ],
)
def test_the_language(text, expected):
    (claim,) = parse_claims(text)
    assert {key: getattr(claim, key) for key in expected} == expected


def test_growth_may_be_of_many_times():
    (claim,) = parse_claims("RUS BLR growth 2021 = 1,500 %")
    assert claim.figures[0].value == pytest.approx(15)
    (claim,) = parse_claims("RUS BLR growth 2021 between 1,000 and 1,500 %")
    assert [figure.value for figure in claim.figures] == pytest.approx([10, 15])


def test_between_shares_its_unit():
    (claim,) = parse_claims("RUS BLR turnover 2021 between 38 and 42 bn USD")
    assert [figure.value for figure in claim.figures] == [38e9, 42e9]


@pytest.mark.parametrize(
    ("stated", "ends", "halves"),
    [
        ("-2 and 3 %", [-0.02, 0.03], [0.005, 0.005]),
        ("-3 and -2 per cent", [-0.03, -0.02], [0.005, 0.005]),
        ("about 2 and 3 %", [0.02, 0.03], [0.006, 0.005]),
        ("about -2 and 3 %", [-0.02, 0.03], [0.006, 0.005]),
        ("2 ± 0.5 and 4 %", [0.02, 0.04], [0.005, 0.005]),
        ("-5 % and 0.4", [-0.05, 0.4], [0.005, 0.05]),
        ("1/4 and 45 %", [0.25, 0.45], [0.005, 0.005]),
    ],
)
def test_between_shares_its_unit_whatever_stands_before_the_digits(stated, ends, halves):
    """A minus sign once had the first figure read as a number without a unit: -200 %."""
    (claim,) = parse_claims(f"RUS BLR growth 2021 between {stated}")
    assert [figure.value for figure in claim.figures] == pytest.approx(ends)
    assert [figure.half for figure in claim.figures] == pytest.approx(halves)
    assert claim.figures[0].text == stated.split(" and ")[0]


@pytest.mark.parametrize("stated", ["USD 38 and 42 bn", "$ 38 bn and $ 42 bn", "38 and 42 bn USD"])
def test_between_takes_a_currency_on_either_side(stated):
    (claim,) = parse_claims(f"RUS BLR turnover 2021 between {stated}")
    assert [figure.value for figure in claim.figures] == [38e9, 42e9]
    assert claim.currency == "USD"
    (claim,) = parse_claims("trade between RUS and BLR 2021 between 38 and 42 bn USD")
    assert (claim.a, claim.b) == ("RUS", "BLR")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no claim to check"),
        ("RUS BLR turnover 2021", "no relation"),
        ("RUS turnover 2021 = 4 bn USD", "two economies are needed, not 1"),
        ("RUS BLR KAZ turnover 2021 = 4 bn USD", "not 3"),
        ("RUS BLR turnover 2021 = 40 bn", "no currency"),
        ("RUS BLR turnover = 40 bn USD", "no year"),
        ("growth > 1/3", "no economies"),
        ("RUS BLR 2021 growth = 30", "is no rate"),
        ("RUS BLR 2021 growth = 5 USD", "is an amount, and a growth is a rate"),
        ("share of BLR in exports of RUS 2021 = 33 bn", "is an amount, and a share is a rate"),
        ("RUS BLR 2021 = 40 bn USD; exports = 40 %", "is a rate, and exports is an amount"),
        ("RUS BLR 2021 = 40 bn USD; exports = 1/3", "is a rate, and exports is an amount"),
        ("RUS BLR growth over 2021 2021 = 0 %", "over an earlier year, not over 2021"),
        ("RUS BLR growth over 2021 2019 = 9 %", "over an earlier year, not over 2021"),
        ("RUS BLR turnover 2020 2021 = 3 bn USD", "two years are given, 2020 and 2021"),
        ("RUS BLR growth 2021 = 1/0", "not a fraction"),
        ("RUS BLR growth of trde 2021 = 3 %", "did you mean 'trade'"),
        ("RUS BLR turnover 2021 = bn USD", "a number is expected"),
        ("RUS BLR turnover 2021 = 40 bn USD or so", "'or' is not expected"),
        ("RUS BLR turnover 2021 between 42 and 38 bn USD", "smaller figure first"),
        ("rank of BLR 2021 = 4", "'in' is expected"),
        ("rank of BLR among partners of RUS 2021 = 4.5", "a whole number"),
        ("RUS BLR turnover 2021 # 40", "no meaning"),
        ("share of BLR in RUS 2021 = 3 %", "'RUS' is not a flow"),
    ],
)
def test_what_cannot_be_read_shows_the_grammar_with_an_example(text, problem):
    with pytest.raises(ClaimError, match="A claim is: QUANTITY") as caught:
        parse_claims(text)
    message = str(caught.value)
    assert problem in message.splitlines()[0]
    assert "Example: RUS BLR turnover 2021 = 40 bn USD" in message


WORDS = [
    *(
        "RUS",
        "BLR",
        "turnover",
        "exports",
        "growth",
        "rank",
        "of",
        "in",
        "for",
        "among",
        "partners",
    ),
    *(
        "share",
        "contribution",
        "to",
        "goods",
        "and",
        "services",
        "reported",
        "by",
        "with",
        "as",
        "one",
    ),
    *(
        "2021",
        "over",
        "2020",
        "=",
        ">",
        "between",
        "about",
        "40",
        "1/3",
        "%",
        "bn",
        "USD",
        "$",
        "±",
    ),
    *("more", "than", "at", "least", "-", ";", "'South Korea'", "1.5", "0", "CIS", "per", "cent"),
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)))
def test_any_text_is_read_or_refused_with_the_grammar(text):
    told = ""
    claims: tuple[Claim, ...] = ()
    try:
        claims = parse_claims(text)
    except ClaimError as error:
        told = str(error)
    assert claims or "A claim is: QUANTITY" in told
    assert all(figure.low <= figure.high for claim in claims for figure in claim.figures)
