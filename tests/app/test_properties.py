"""The API driven from its own description: whatever is sent, the answer is one of those described."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zollverein as zv
from tests.app.conftest import ABSENT
from zollverein.app.documents import identity, link
from zollverein.app.limits import Limits
from zollverein.app.problems import places
from zollverein.app.strengths import with_strengths
from zollverein.errors import ScenarioError, ZollvereinError

schemathesis = pytest.importorskip("schemathesis", reason=ABSENT)
pytest.importorskip("fastapi", reason=ABSENT)

#: Never more than a few examples: each is a request to a server with solves behind it.
FEW = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def operations():
    """Every operation of the API, as its own description has it."""
    from zollverein.app.server import create_app

    schema = schemathesis.openapi.from_dict(create_app(Limits()).openapi())
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
def test_every_answer_is_one_that_is_described(operation, address):
    described = {*operation.definition.raw["responses"], "404", "405"}

    @given(case=operation.as_strategy())
    @FEW
    def check(case):
        response = case.call(base_url=address, timeout=60)
        assert str(response.status_code) in described, response.text[:500]
        assert response.status_code < 500, response.text[:500]
        if response.status_code >= 400:
            error = json.loads(response.text)["error"]
            assert set(error) == {"code", "message", "places"}
            assert error["message"]
            assert "Traceback" not in error["message"]

    check()


MEASURE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["tariff", "barrier", "embargo", "export_tax"]),
        "exporters": st.sampled_from(["HOM", "PAR", "RST", "all"]),
        "importers": st.sampled_from(["HOM", "PAR", "RST", "all"]),
        "sectors": st.sampled_from(["goods", "services", "all"]),
    },
    optional={
        "add": st.floats(-0.5, 1.5),
        "set": st.floats(-0.5, 1.5),
        "share": st.floats(0, 1),
        "name": st.text(max_size=5),
        "both_directions": st.booleans(),
    },
)
DOCUMENT = st.fixed_dictionaries(
    {"measures": st.lists(MEASURE, max_size=3)},
    optional={
        "closure": st.sampled_from(["zero", "share_of_own", "numeraire", "x"]),
        "horizon": st.sampled_from(["short", "medium", "long"]),
        "description": st.text(max_size=20),
        "programmes": st.lists(
            st.fixed_dictionaries(
                {"name": st.text(min_size=1, max_size=3)},
                optional={
                    "measures": st.lists(MEASURE, max_size=2),
                    "start": st.integers(1990, 2030),
                },
            ),
            max_size=2,
        ),
    },
)


@given(document=DOCUMENT)
@settings(FEW, max_examples=60)
def test_the_server_answers_what_the_library_answers(client, toy, document):
    response = client.post("/api/simulate", json={"scenario": document, "full": False})
    if response.status_code == 200:
        table = zv.simulate(toy, zv.Scenario.from_dict(document)).table()
        found = [row["real_income_pct"] for row in response.json()["economies"]]
        assert found == table["real_income_pct"].tolist()
        return
    assert response.status_code == 422, response.text
    with pytest.raises(ZollvereinError) as expected:
        zv.simulate(toy, zv.Scenario.from_dict(document))
    assert response.json()["error"]["message"] == str(expected.value)


@given(document=DOCUMENT)
@settings(FEW, max_examples=60)
def test_equal_documents_have_one_identity_and_link(document):
    try:
        scenario = zv.Scenario.from_dict(document)
    except ScenarioError:
        return
    again = zv.Scenario.from_dict(scenario.to_dict())
    assert identity(scenario.to_dict()) == identity(again.to_dict())
    assert link(scenario) == link(again)


PLAIN = {"kind": "tariff", "exporters": "HOM", "importers": "PAR", "add": 0.2}
#: The first and the last years that a document may name.
ENDS = (1800, 1803, 2194, 2199, 2200)


@given(
    sizes=st.lists(st.integers(0, 100).map(lambda k: k / 100), min_size=3, max_size=3),
    year=st.none() | st.integers(1950, 2100) | st.sampled_from(ENDS),
    start=st.none() | st.integers(1990, 2030) | st.sampled_from(ENDS),
)
@settings(FEW, max_examples=200)
def test_strengths_written_into_the_document_are_the_strengths(toy, sizes, year, start):
    own = {} if start is None else {"start": start, "phase_in": 7}
    document = {
        "measures": [PLAIN | {"name": "one"}, PLAIN | {"exporters": "RST", "name": "two"}],
        "programmes": [
            {"name": "three", "measures": [PLAIN | {"sectors": "goods"}], **own},
            {"name": "four", "measures": [PLAIN | {"importers": "RST"}], **own},
        ],
    }
    scenario = zv.Scenario.from_dict(document | ({} if year is None else {"year": year}))
    asked = dict(zip(("one", "two", "three"), sizes, strict=True))
    found = with_strengths(scenario, asked)
    written = found.strengths()
    for name, size in scenario.strengths(asked).items():
        assert written.get(name, 0.0) == size
    assert zv.Scenario.from_toml(found.to_toml()) == found
    expected, policy = scenario.policy(toy, asked), found.policy(toy)
    assert abs(policy.tariff.values - expected.tariff.values).max() < 1e-15


def test_no_strengths_leave_the_document_alone():
    scenario = zv.Scenario.from_dict({"measures": [PLAIN]})
    assert with_strengths(scenario, {}) is scenario
    assert with_strengths(scenario, {"measure 1 (tariff)": 1.0}).measures == scenario.measures


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"x": 1}, "not a part"),
        ({"a": 2.0}, "at most 1"),
        ({"a": 0.123}, "whole number of percent"),
    ],
)
def test_strengths_that_cannot_be(asked, said):
    scenario = zv.Scenario.from_dict({"measures": [PLAIN | {"name": "a"}]})
    with pytest.raises(ScenarioError, match=said):
        with_strengths(scenario, asked)


def test_measures_of_one_name_that_stand_apart_are_not_one_part():
    names = ("a", "b", "a")
    scenario = zv.Scenario.from_dict({"measures": [PLAIN | {"name": name} for name in names]})
    with pytest.raises(ScenarioError, match="stand apart"):
        with_strengths(scenario, {"a": 0.5})
    assert len(with_strengths(scenario, {"b": 0.5}).programmes) == 3


@given(text=st.text(max_size=200))
@settings(FEW, max_examples=100)
def test_places_are_found_in_any_text(text):
    assert all(place in text or "." in place for place in places(text))
