"""Jobs against a real server: attribution and uncertainty with progress, results and cancelling."""

import json
import re
import time
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.app.conftest import refused, toy_scenario

SCENARIO = {
    "measures": [
        {"kind": "tariff", "name": "one", "exporters": "HOM", "importers": "PAR", "add": 0.2},
        {"kind": "barrier", "name": "two", "exporters": "PAR", "importers": "RST", "add": 0.1},
    ]
}
#: The small world has elasticities of its own, whose spread nobody has published.
WORLD: dict[str, Any] = {
    "world": "icio2022",
    "scenario": {
        "measures": [{"kind": "tariff", "exporters": "EU27", "importers": "GBR", "add": 0.1}]
    },
}


def listened(client, job):
    """Every event of a job: its name, and what it says."""
    with client.stream("GET", f"/api/jobs/{job}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = [line for line in stream.iter_lines() if line and not line.startswith(":")]
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    told = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert [one["state"] for one in told] == names
    return told


def test_attribution_says_how_far_it_is_and_what_each_part_does(client, toy):
    body = {"scenario": SCENARIO, "outcome": "real_income PAR"}
    job = client.post("/api/attribute", json=body).json()["job"]
    told = listened(client, job)
    assert told[-1]["state"] == "done"
    steps = [one["done"] for one in told]
    assert steps == sorted(steps)
    assert steps[-1] > 0
    expected = zv.attribute(toy, zv.Scenario.from_dict(SCENARIO), "real_income PAR", workers=1)
    table = expected.table()
    found = told[-1]["result"]
    assert [row["part"] for row in found["table"]] == table.index.tolist()
    assert [row["effect_pct"] for row in found["table"]] == table["effect_pct"].tolist()
    assert found["text"] == expected.explain()
    assert client.get(f"/api/jobs/{job}").json() == told[-1]


def test_an_attribution_with_draws_has_the_bands_of_the_library(client):
    body = {**WORLD, "outcome": "real_income GBR", "draws": 6, "seed": 3}
    found = answered(client, "/api/attribute", body)
    scenario = zv.Scenario.from_dict(WORLD["scenario"])
    expected = zv.attribute(
        zv.load_world("icio2022"), scenario, "real_income GBR", draws=6, seed=3, workers=1
    )
    table = expected.table()
    assert np.isfinite(table["low_pct"]).all()
    assert (table["low_pct"] < table["high_pct"]).all()
    for column in ("effect_pct", "median_pct", "low_pct", "high_pct"):
        assert [row[column] for row in found["table"]] == table[column].tolist()
    assert found["failed"] == len(expected.failed)
    assert found["text"] == expected.explain()


def test_uncertainty_gives_bands_and_the_same_seed_the_same_numbers(client):
    body = {**WORLD, "outcomes": ["real_income GBR"], "draws": 20, "seed": 3}
    rows = []
    for _ in range(2):
        job = client.post("/api/uncertainty", json=body).json()["job"]
        rows.append(listened(client, job)[-1]["result"]["table"])
    assert rows[0] == rows[1]
    assert rows[0][0]["low_pct"] <= rows[0][0]["median_pct"] <= rows[0][0]["high_pct"]


def test_a_world_of_other_sectors_has_bands_with_a_spread_of_its_own(client, toy):
    """Every set lacks its sectors; the key is that of a question in a file."""
    body = {"scenario": SCENARIO, "outcomes": ["real_income PAR"], "draws": 6}
    job = client.post("/api/uncertainty", json=body).json()["job"]
    assert "standard deviation of the log" in listened(client, job)[-1]["error"]["message"]
    scenario = zv.Scenario.from_dict(SCENARIO)
    for spread in (0.3, {"all": 0.2}):
        found = answered(client, "/api/uncertainty", body | {"elasticity_spread": spread})
        expected = zv.uncertainty(
            toy, scenario, "real_income PAR", draws=6, elasticity_spread=spread, workers=1
        )
        for column in ("median_pct", "low_pct", "high_pct"):
            assert [row[column] for row in found["table"]] == expected.table()[column].tolist()
    body = {"scenario": SCENARIO, "outcome": "real_income PAR", "draws": 6}
    found = answered(client, "/api/attribute", body | {"elasticity_spread": 0.3})
    assert all(row["low_pct"] <= row["high_pct"] for row in found["table"])


@pytest.mark.parametrize("spread", [0, -1, "set", [0.3], {}, {"all": "much"}, True])
def test_a_spread_that_is_none_is_refused_in_the_words_of_the_file(client, spread):
    body = {"scenario": SCENARIO, "draws": 6, "elasticity_spread": spread}
    error = refused(client.post("/api/uncertainty", json=body), 422, "request")
    assert re.match(r"elasticity_spread: .*(must be|is not valid)", error["message"])
    assert "Value error" not in error["message"]


def test_a_mistake_in_a_job_is_said_as_anywhere_else(client):
    job = client.post(
        "/api/attribute", json={"scenario": SCENARIO, "outcome": "real_incme PAR"}
    ).json()["job"]
    told = listened(client, job)[-1]
    assert told["state"] == "failed"
    assert "did you mean 'real_income'" in told["error"]["message"]


def test_a_cancelled_job_stops_and_the_next_one_runs(client):
    long = {**WORLD, "draws": 2000}
    job = client.post("/api/uncertainty", json=long).json()["job"]
    until = time.monotonic() + 60
    while (told := client.get(f"/api/jobs/{job}").json())["done"] == 0:
        assert told["state"] in {"waiting", "running"}
        assert time.monotonic() < until
        time.sleep(0.02)
    assert client.delete(f"/api/jobs/{job}").status_code == 204
    assert client.get(f"/api/jobs/{job}").json()["state"] == "cancelled"
    short = {"scenario": SCENARIO, "outcome": "real_income PAR"}
    assert listened(client, client.post("/api/attribute", json=short).json()["job"])[-1]["result"]


def test_a_job_that_asks_for_too_much_is_not_begun(client):
    body = {"scenario": toy_scenario(), "draws": 1_000_000}
    refused(client.post("/api/uncertainty", json=body), 422, "too_many_draws")
    body |= {"outcome": "real_income PAR"}
    refused(client.post("/api/attribute", json=body), 422, "too_many_draws")
    many = {"measures": [{"kind": "tariff", "add": 0.1}] * 501}
    body = {"scenario": many, "outcome": "real_income PAR"}
    refused(client.post("/api/attribute", json=body), 422, "too_many_measures")


def test_more_jobs_than_a_client_may_have(client):
    body = {**WORLD, "draws": 2000}
    jobs = [client.post("/api/uncertainty", json=body).json()["job"] for _ in range(2)]
    refused(client.post("/api/uncertainty", json=body), 429, "too_many_jobs")
    states = [client.get(f"/api/jobs/{job}").json()["state"] for job in jobs]
    assert states[1] == "waiting", "one at a time"
    for job in jobs:
        assert client.delete(f"/api/jobs/{job}").status_code == 204
        assert client.get(f"/api/jobs/{job}").json()["state"] == "cancelled"
    job = client.post("/api/uncertainty", json={**body, "draws": 2, "outcomes": ["wage GBR"]})
    assert listened(client, job.json()["job"])[-1]["state"] == "done"


def answered(client, path, body):
    """The result of a job, waited for."""
    last = listened(client, client.post(path, json=body).json()["job"])[-1]
    assert last["state"] == "done", last
    return last["result"]


def test_a_coalition_is_valued_as_by_the_library(client):
    members = ["EU27", "USA", "GBR"]
    body = {"world": "icio2022", "scenario": {}, "target": "RUS", "members": members}
    found = answered(client, "/api/coalition", body)
    expected = zv.coalition(zv.load_world("icio2022"), members, "RUS", workers=1)
    assert found["loss_pct"] == pytest.approx(expected.loss_pct, rel=1e-9)
    assert [row["member"] for row in found["members"]] == members
    shares = [row["shapley_pct"] for row in found["members"]]
    assert sum(shares) == pytest.approx(found["loss_pct"], rel=1e-9)
    assert sum(row["transfer"] for row in found["members"]) == pytest.approx(0, abs=1e-3)
    assert {row["country"] for row in found["others"]}.isdisjoint({"RUS", "USA", "GBR", "DEU"})
    assert found["notes"] == list(expected.notes)


@pytest.mark.parametrize("by", ["uniform", "partner"])
def test_best_duties_are_those_of_the_library(client, toy, by):
    found = answered(
        client, "/api/optimal", {"scenario": toy_scenario(0.3), "country": "PAR", "by": by}
    )
    scenario = zv.Scenario.from_dict(toy_scenario(0.3))
    expected = zv.optimal_tariff(toy, "PAR", by=by, scenario=scenario)
    assert found["is_maximum"] is True
    assert found["gain_pct"] == pytest.approx(expected.gain_pct, rel=1e-6)
    assert [row["best_pct"] for row in found["rates"]] == pytest.approx(
        (100 * expected.rates["best"]).tolist(), rel=1e-5
    )
    effects = {row["country"]: row["real_income_pct"] for row in found["effects"]}
    assert effects["PAR"] == pytest.approx(found["gain_pct"], abs=1e-6)


def test_a_coalition_against_its_own_member_fails_with_the_librarys_words(client):
    body = {"scenario": {}, "target": "HOM", "members": ["HOM", "PAR"]}
    last = listened(client, client.post("/api/coalition", json=body).json()["job"])[-1]
    assert last["state"] == "failed"
    assert "HOM" in last["error"]["message"]
    refused(client.post("/api/coalition", json=body | {"members": []}), 422, "request")
    refused(client.post("/api/coalition", json=body | {"members": ["PAR"] * 11}), 422, "request")
    refused(
        client.post("/api/optimal", json={"scenario": {}, "country": "HOM", "by": "day"}),
        422,
        "request",
    )
