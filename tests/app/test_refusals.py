"""What is refused: every limit, malformed documents, names that are paths; and nobody is harmed."""

import contextlib
import json
import time
from typing import Any

import pytest

import zollverein as zv
from tests.app.conftest import ABSENT, refused, running, toy_scenario
from zollverein.app.limits import Limits
from zollverein.errors import DataError, ZollvereinError

httpx = pytest.importorskip("httpx", reason=ABSENT)

SIMULATE = "/api/simulate"


def still_answers(client):
    assert client.post(SIMULATE, json={"scenario": toy_scenario()}).status_code == 200


def test_limits_come_from_the_environment():
    assert Limits.from_environment({}) == Limits()
    found = Limits.from_environment({"ZOLLVEREIN_BODY_BYTES": "5", "ZOLLVEREIN_WORKERS": "3"})
    assert (found.body_bytes, found.workers) == (5, 3)
    for text in ("", "0", "-1", "x", "1.5", "²"):
        with pytest.raises(DataError, match="ZOLLVEREIN_QUEUE"):
            Limits.from_environment({"ZOLLVEREIN_QUEUE": text})


@pytest.mark.parametrize(
    "document",
    [
        {"measures": [{"kind": "tarif"}, {"kind": "tariff", "add": "much"}]},
        {"measures": [{"kind": "tariff", "exporters": "XXX", "add": 0.1}]},
        {"measures": [{"kind": "tariff", "set": 0.1}, {"kind": "tariff", "set": 0.2}]},
        {"modle": "ces"},
        {"trade_elasticity": -1},
        {"measures": 3},
        {"programmes": [{"name": "a"}, {"name": "a"}]},
        {"blocs": {"x": []}},
    ],
)
def test_messages_are_those_of_the_library(client, toy, document):
    with pytest.raises(ZollvereinError) as expected:
        zv.simulate(toy, zv.Scenario.from_dict(document))
    for path in (SIMULATE, "/api/scenarios/validate", "/api/export/table.csv"):
        error = refused(client.post(path, json={"scenario": document}), 422, "scenario")
        assert error["message"] == str(expected.value)


def test_places_are_those_of_the_message(client):
    document = {
        "measures": [{"kind": "tarif"}, {"kind": "tariff", "add": "much"}],
        "programmes": [{"name": "p", "measures": [{"kind": "tariff", "add": 99}]}],
        "blocs": {"mine": []},
        "questions": [
            {"kind": "nash", "start": 1},
            {"kind": "coalition", "members": "A", "target": "B", "instrument": {"kind": "tariff"}},
        ],
    }
    error = refused(client.post(SIMULATE, json={"scenario": document}), 422, "scenario")
    assert set(error["places"]) == {
        "measures[0]",
        "measures[1].add",
        "programmes[0].measures[0].add",
        "blocs.mine",
        "questions[0]",
        "questions[1].instrument[0]",
    }


@pytest.mark.parametrize(
    "text", ["name = ", "[[measures]]\nkind = 1", "\x00", "a = 1\na = 2", "x = " + "[" * 5000]
)
def test_malformed_files(client, text):
    response = client.post("/api/scenarios/validate", json={"toml": text})
    assert response.status_code == 422
    assert response.json()["error"]["code"] in {"scenario", "malformed"}
    still_answers(client)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"scenario": 3}',
        b'{"scenario": {}, "unknown": 1}',
        b'{"scenario": {"description": "\\ud800"}}',
        b'{"scenario": {"measures": [{"kind": "tariff", "add": NaN}]}}',
        b'{"scenario": {"year": ' + b"9" * 5000 + b"}}",
        b'{"scenario": {"blocs": ' + b"[" * 50_000 + b"]" * 50_000 + b"}}",
        b'{"scenario": {"measures": [{"kind": "tariff", "add": 1e400}]}}',
        b'{"scenario": {}, "token": "' + b"x" * 1000 + b'"}',
        b'{"scenario": {}, "strength": {"a": 2}}',
    ],
)
def test_malformed_requests(client, body):
    response = client.post(SIMULATE, content=body, headers={"content-type": "application/json"})
    assert 400 <= response.status_code < 500, response.text
    assert set(response.json()["error"]) == {"code", "message", "places"}
    still_answers(client)


def test_validation_wants_one_document(client):
    both: dict[str, Any] = {"toml": "", "scenario": {}}
    for body in ({}, both):
        refused(client.post("/api/scenarios/validate", json=body), 422, "request")


def test_fifty_megabytes_are_refused_without_being_kept(client):
    started = time.monotonic()
    with contextlib.suppress(httpx.TransportError):  # it may hang up on who goes on sending
        refused(client.post(SIMULATE, content=b"x" * 50_000_000), 413, "too_large")
    assert time.monotonic() - started < 60
    still_answers(client)


def test_the_limit_holds_whatever_the_header_says(client):
    def endless():
        for _ in range(30):
            yield b" " * 100_000

    with contextlib.suppress(httpx.TransportError):
        refused(client.post(SIMULATE, content=endless()), 413, "too_large")
    still_answers(client)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_just_beyond_the_limit_is_told_so(client, chunked):
    size = Limits().body_bytes + 1
    body = iter([b" " * 500_000, b" " * (size - 500_000)]) if chunked else b" " * size
    refused(client.post(SIMULATE, content=body), 413, "too_large")


def test_a_body_just_within_the_limit_is_read(client):
    document = toy_scenario(description="x" * 900_000)
    assert client.post(SIMULATE, json={"scenario": document}).status_code == 200


def test_a_million_measures(client):
    many = {"measures": [{"kind": "tariff"}] * 1_000_000}
    text = json.dumps({"scenario": many}).encode()
    assert len(text) > Limits().body_bytes
    roomy = running(Limits(workers=1, body_bytes=100_000_000))
    with roomy as address, httpx.Client(base_url=address, timeout=120) as other:
        head = {"content-type": "application/json"}
        response = other.post(SIMULATE, content=text, headers=head)
        assert "1,000,000" in refused(response, 422, "too_many_measures")["message"]
        still_answers(other)
    programmes = {"programmes": [{"name": "p", "measures": many["measures"][:501]}]}
    refused(client.post(SIMULATE, json={"scenario": programmes}), 422, "too_many_measures")


def test_five_hundred_measures_are_allowed(client):
    document = {"measures": [{"kind": "tariff", "add": 0.0001}] * 500}
    assert client.post(SIMULATE, json={"scenario": document}).status_code == 200


def test_many_mistakes_keep_nobody_waiting(client):
    """Reading a document is a worker's work; one that is too large is not read at all."""
    unknown = {f"key {k}": k for k in range(30_000)}
    refused(client.post(SIMULATE, json={"scenario": unknown}), 422, "too_large")
    deep: dict[str, Any] = {}
    for _ in range(50):
        deep = {"blocs": deep}
    refused(client.post(SIMULATE, json={"scenario": deep}), 422, "too_large")
    strengths = dict.fromkeys(unknown, 2.0)
    error = refused(
        client.post(SIMULATE, json={"scenario": {}, "strength": strengths}), 422, "request"
    )
    assert len(error["places"]) == 20
    some = {f"key {k}": k for k in range(500)}
    error = refused(client.post(SIMULATE, json={"scenario": some}), 422, "scenario")
    assert "500 problems" in error["message"]
    still_answers(client)


PATHS = ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "file:///etc/passwd", "toy.nc", "", "\x00"]


@pytest.mark.parametrize("name", PATHS)
def test_names_never_become_paths(client, name):
    refused(client.post(SIMULATE, json={"scenario": {}, "world": name}), 422, "world")
    refused(client.post(SIMULATE, json={"scenario": {"world": name}}), 422, "world")
    refused(client.post("/api/statistics", json={"country": "HOM", "world": name}), 422, "world")
    refused(client.post(SIMULATE, json={"scenario": {}, "focus": name}), 422, "scenario")
    refused(client.post("/api/statistics", json={"country": name}), 422, "scenario")


@pytest.mark.parametrize(
    "path", ["..%2f..%2fetc%2fpasswd", "x.exe", "report.docx", "%00", "map.gif"]
)
def test_there_are_no_other_exports(client, path):
    response = client.post(f"/api/export/{path}", json={"scenario": {}})
    assert response.status_code == 404
    assert set(response.json()["error"]) == {"code", "message", "places"}


@pytest.mark.parametrize(
    "path", ["/../pyproject.toml", "/%2e%2e/pyproject.toml", "/..%2fserver.py"]
)
def test_the_page_is_no_way_to_other_files(client, path):
    assert client.get(path).status_code == 404


def test_a_policy_without_equilibrium_is_the_users_to_mend(client):
    embargo = {"kind": "embargo", "exporters": "HOM", "importers": "all"}
    document = {"closure": "share_of_world", "measures": [embargo]}
    response = client.post(SIMULATE, json={"scenario": document})
    assert response.status_code == 422
    assert response.json()["error"]["code"] in {"no_equilibrium", "not_converged", "no_supplier"}
    assert (
        "Fix" in response.json()["error"]["message"] or "Try" in response.json()["error"]["message"]
    )
    still_answers(client)


def test_other_sites_and_other_names_are_refused(client):
    body: dict[str, Any] = {"scenario": {}}
    headers = {"sec-fetch-site": "cross-site"}
    refused(client.post(SIMULATE, json=body, headers=headers), 403, "other_site")
    refused(client.get("/api/presets", headers={"host": "evil.example"}), 400, "host")
    refused(client.get("/api/presets", headers={"host": "evil.example:80"}), 400, "host")
    plain = client.post(
        SIMULATE, content=b'{"scenario": {}}', headers={"content-type": "text/plain"}
    )
    refused(plain, 422, "request")


def test_markup_comes_back_as_it_was_and_as_json(client):
    text = "<script>alert(1)</script>"
    response = client.post("/api/scenarios/validate", json={"scenario": {"name": text}})
    assert response.headers["content-type"] == "application/json"
    assert response.json()["scenario"]["name"] == text
    page = client.post("/api/export/report.html", json={"scenario": toy_scenario(name=text)}).text
    assert text not in page


def test_wrong_methods_and_paths(client):
    refused(client.get(SIMULATE), 404, "no_request")
    refused(client.put(SIMULATE), 404, "no_request")
    refused(client.get("/api/nothing"), 404, "no_request")
    refused(client.get("/nothing"), 404, "request")
    refused(client.get("/api/jobs/nothing"), 404, "no_job")
    refused(client.get("/api/jobs/nothing/events"), 404, "no_job")
    refused(client.delete("/api/jobs/nothing"), 404, "no_job")
