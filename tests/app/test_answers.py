"""Every endpoint: what it answers is what it says, and its numbers are those of ``simulate``."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.app.conftest import can_write_pdf, effects_of, refused, toy_scenario
from tests.questions import TEXTS, scenario_with
from zollverein.app.answers import COLUMNS
from zollverein.app.exports import FILES
from zollverein.app.strengths import with_strengths

EXAMPLES = sorted(path.stem for path in Path("examples").glob("*.toml"))
UNION = "union-under-sanctions"


@pytest.fixture(scope="module")
def replies(address):
    assert address  # the server is installed
    from zollverein.app import replies

    return replies


def test_worlds_are_described(client, replies):
    found = replies.WorldsReply.model_validate(client.get("/api/worlds").json()).worlds
    assert [world.name for world in found] == ["toy", "icio2022"]
    toy, icio = found
    assert [country.code for country in toy.countries] == ["HOM", "PAR", "RST"]
    assert len(icio.countries) == 80
    assert len(icio.sectors) == 50
    assert {sector.group for sector in icio.sectors} == {"goods", "services"}
    assert next(c.iso2 for c in icio.countries if c.code == "DEU") == "DE"
    europe = next(bloc for bloc in icio.blocs if bloc.name == "EU27")
    assert len(europe.members) == 27
    assert icio.adjustments
    assert icio.sources


def test_the_first_world_is_the_one_used(client):
    answer = client.post("/api/simulate", json={"scenario": toy_scenario()}).json()
    assert answer["assumptions"]["world"] == "toy"


def test_kinds_describe_every_key_of_every_measure(client, replies):
    from zollverein.scenario import KINDS

    found = replies.KindsReply.model_validate(client.get("/api/kinds").json())
    assert {kind.kind for kind in found.kinds} == set(KINDS)
    for kind in found.kinds:
        fields = KINDS[kind.kind].model_fields
        assert {key.key for key in kind.keys} == set(fields) - {"kind"}
        for key in kind.keys:
            assert key.hint, (kind.kind, key.key)
            assert key.required == fields[key.key].is_required()
            if key.type == "number":
                assert key.min is not None
                assert key.max is not None
                low, high = key.slider or (key.min, key.max)
                assert key.min <= low < high <= key.max
    assert set(found.choices) == {*zv.choices.WORDS, "combine"}
    assert [o.value for o in found.elasticity_sets] == list(zv.elasticity_sets())


def test_a_form_filled_in_is_a_measure(client):
    """What the description says is required is enough, with one of the alternatives."""
    values = {"number": 0.5, "names": "HOM", "bool": True, "text": "x", "table": {"HOM": 1.0}}
    for kind in client.get("/api/kinds").json()["kinds"]:
        keys = {key["key"]: key for key in kind["keys"]}
        wanted = [name for name, key in keys.items() if key["required"]]
        wanted += [*kind["one_of"][:1], *kind["some_of"][:1]]
        measure = {"kind": kind["kind"]} | {name: values[keys[name]["type"]] for name in wanted}
        if kind["kind"] == "asset_freeze":
            measure["holders"] = "PAR"
        assert zv.Scenario.from_dict({"measures": [measure]}).measures


def test_presets_are_the_examples(client, replies):
    found = client.get("/api/presets").json()
    assert [preset["id"] for preset in found] == EXAMPLES
    for preset in found:
        replies.Preset.model_validate(preset)
        on_file = zv.read_scenario(f"examples/{preset['id']}.toml")
        assert zv.Scenario.from_dict(preset["scenario"]) == on_file


def test_the_map_has_the_shapes_of_the_report(client, replies):
    found = replies.MapReply.model_validate(client.get("/api/map").json())
    assert {"DEU", "RUS", "CHN"} <= set(found.shapes)
    points = np.array(
        [point for rings in found.shapes.values() for ring in rings for point in ring]
    )
    assert np.isfinite(points).all()
    assert points[:, 0].min() >= found.x[0]
    assert points[:, 0].max() <= found.x[1]
    assert {"SGP", "MLT"} <= set(found.dots)


def test_a_document_is_validated_and_written(client, replies, toy):
    scenario = zv.Scenario.from_dict(toy_scenario())
    for body in ({"scenario": scenario.to_dict()}, {"toml": scenario.to_toml()}):
        found = replies.ValidateReply.model_validate(
            client.post("/api/scenarios/validate", json=body).json()
        )
        assert zv.Scenario.from_dict(found.scenario) == scenario
        assert zv.Scenario.from_toml(found.toml) == scenario
        assert found.sentences == scenario.describe(toy)
        assert [part.name for part in found.parts] == [part.name for part in scenario.parts()]


def test_the_link_holds_the_document(client):
    document = toy_scenario(description="é – 中 <b>")
    link = client.post("/api/scenarios/validate", json={"scenario": document}).json()["link"]
    assert link.startswith("#s=")
    packed = link.removeprefix("#s=")
    assert not set(packed) & set("+/=#?&%")
    text = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15)
    assert zv.Scenario.from_dict(json.loads(text)) == zv.Scenario.from_dict(document)


@pytest.mark.parametrize("full", [True, False])
def test_the_numbers_are_those_of_simulate_to_the_last_digit(client, replies, toy, full):
    document = toy_scenario(0.37)
    response = client.post("/api/simulate", json={"scenario": document, "full": full})
    answer = response.json()
    replies.SimulateReply.model_validate(answer)
    expected = zv.simulate(toy, zv.Scenario.from_dict(document)).table()
    for code, row in effects_of(answer).items():
        assert {name: row[name] for name in COLUMNS} == expected.loc[code, list(COLUMNS)].to_dict()


def test_a_downloaded_file_reproduces_the_screen_on_the_packaged_world(client, tmp_path, command):
    """The example: the app's answer, the file it gives away, and the command line agree exactly."""
    preset = next(p for p in client.get("/api/presets").json() if p["id"] == UNION)
    body = {"scenario": preset["scenario"], "strength": {"Union market": 0.5}, "full": True}
    answer = client.post("/api/simulate", json={**body, "focus": "BLR"}).json()
    del body["full"]
    file = tmp_path / "scenario.toml"
    file.write_bytes(client.post("/api/export/scenario.toml", json=body).content)
    code, _, error = command("run", file, "--out", tmp_path / "out", "--quiet")
    assert code == 0, error
    table = zv.simulate(zv.load_world("icio2022"), zv.read_scenario(file)).table()
    effects = effects_of(answer)
    assert np.isfinite(table[list(COLUMNS)].to_numpy()).all()
    for name in COLUMNS:
        assert [effects[code][name] for code in table.index] == table[name].tolist()
    assert (tmp_path / "out" / "results.csv").read_bytes() == client.post(
        "/api/export/table.csv", json=body
    ).content
    assert zv.Scenario.from_dict(answer["scenario"]) == zv.read_scenario(file)
    assert answer["certificate"]["holds"]
    assert answer["assumptions"]["illustrative"]
    assert answer["focus"]["code"] == "BLR"


def test_the_whole_answer_is_consistent(client, replies, toy):
    body = {"scenario": toy_scenario(0.3), "focus": "PAR", "full": True}
    answer = client.post("/api/simulate", json=body).json()
    found = replies.SimulateReply.model_validate(answer)
    result = zv.simulate(toy, zv.Scenario.from_dict(body["scenario"]))
    certificate = zv.verify(result)
    assert {c.name: c.residual for c in found.certificate.conditions} == certificate.conditions
    assert found.certificate.residual == result.residual
    assert found.certificate.certified == certificate.residual
    assert found.booking is not None
    assert found.booking.rows
    for row in found.booking.rows:
        parts = [
            value
            for value, column in zip(row.change, found.booking.columns, strict=True)
            if column.part_of_income
        ]
        keys = [column.key for column in found.booking.columns]
        assert sum(parts) == pytest.approx(row.change[keys.index("income")], abs=1e-6)
    size = len(found.bloc_matrix.blocs)
    assert np.array(found.bloc_matrix.before).shape == (size, size)
    members = [code for group in found.bloc_matrix.members for code in group]
    assert sorted(members) == sorted(toy.countries)
    assert found.focus is not None
    assert [s.code for s in found.focus.sectors] == list(toy.sectors)
    assert {p.code for p in found.focus.partners} == {"HOM", "RST"}
    for row in found.focus.diversion:
        assert row.switching + row.scale == pytest.approx(row.change, abs=1e-6)
    ranked = effects_of(answer)
    assert all(ranked[code]["real_income_pct"] > 0 for code in found.winners)
    assert all(ranked[code]["real_income_pct"] < 0 for code in found.losers)


def test_nothing_changes_nothing(client):
    answer = client.post("/api/simulate", json={"scenario": {}}).json()
    for row in answer["economies"]:
        assert max(abs(row[name]) for name in COLUMNS) < 1e-8
    assert answer["winners"] == answer["losers"] == []
    assert answer["booking"]["rows"] == []


@pytest.mark.parametrize("again", [1, 2])
def test_governments_are_told_apart_as_simulate_does(client, toy, again):
    """The world that a server keeps between requests is the one that every scenario makes anew."""
    for part, bias in ((0.5, 0.5), (0.9, 0.5), (0.5, 0.1)):
        measure = {
            "kind": "procurement",
            "members": ["HOM", "PAR"],
            "open": part,
            "home_bias": bias,
        }
        document = {"measures": [measure], "description": f"time {again}"}
        answer = client.post("/api/simulate", json={"scenario": document}).json()
        result = zv.simulate(toy, zv.Scenario.from_dict(document))
        expected = result.table()["real_income_pct"]
        assert expected.abs().max() > 0
        assert [row["real_income_pct"] for row in answer["economies"]] == expected.tolist()
        assert answer["assumptions"]["adjustments"] == list(result.before.adjustments)


def test_half_a_tariff_is_half_a_tariff(client, toy):
    """A strength is written into the document: what simulate makes of half the rate."""
    body = {"scenario": toy_scenario(0.3), "strength": {"measure 1 (tariff)": 0.5}, "full": True}
    answer = client.post("/api/simulate", json=body).json()
    expected = zv.simulate(toy, zv.Scenario.from_dict(toy_scenario(0.15))).table()
    for code, row in effects_of(answer).items():
        assert row["real_income_pct"] == pytest.approx(
            expected.loc[code, "real_income_pct"], abs=1e-8
        )


@pytest.mark.parametrize("what", FILES)
def test_every_export(client, what):
    if what == "report.pdf":
        can_write_pdf()
    response = client.post(f"/api/export/{what}", json={"scenario": toy_scenario(0.3)})
    if what.startswith("map."):  # the small world's economies are on no map
        assert "no map" in refused(response, 422, "no_figure")["message"]
        return
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == FILES[what]
    assert "attachment" in response.headers["content-disposition"]
    start = {"svg": b"<?xml", "png": b"\x89PNG", "nc": b"\x89HDF", "html": b"<!doctype html>"}
    assert response.content.lower().startswith(start.get(what.partition(".")[2], b"").lower())
    assert response.content


def test_exported_python_gives_the_result(client, tmp_path, monkeypatch):
    body = {"scenario": toy_scenario(0.3, world="toy")}
    for what in ("python", "scenario.toml", "citation"):
        content = client.post(f"/api/export/{what}", json=body).content
        (tmp_path / what).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec((tmp_path / "python").read_text(), names)  # noqa: S102 - the code is the export under test
    answer = client.post("/api/simulate", json=body).json()
    found = names["result"].table()["real_income_pct"]
    assert [row["real_income_pct"] for row in answer["economies"]] == found.tolist()
    assert "toy" in (tmp_path / "citation").read_text()


def test_statistics(client, replies):
    body = {"country": "Russia", "partner": "BLR", "world": "icio2022"}
    found = replies.StatisticsReply.model_validate(client.post("/api/statistics", json=body).json())
    assert found.code == "RUS"
    world = zv.load_world("icio2022")
    row = next(row for row in found.statistics if row["statistic"] == "exports")
    exports = zv.accounts.exports(world).sel(country="RUS")
    assert row["value"] == pytest.approx(float(exports), rel=1e-12)
    assert found.partners[0]["partner"] == zv.statistics.partner_ranking(world, "RUS").index[0]


def test_the_description_is_complete_and_needs_nothing_from_elsewhere(client):
    described = client.get("/openapi.json").json()
    assert {
        "/api/worlds",
        "/api/kinds",
        "/api/presets",
        "/api/map",
        "/api/scenarios/validate",
        "/api/simulate",
        "/api/statistics",
        "/api/attribute",
        "/api/uncertainty",
        "/api/coalition",
        "/api/optimal",
        "/api/jobs/{job}",
        "/api/jobs/{job}/events",
        "/api/export/{what}",
    } == set(described["paths"])
    for path, methods in described["paths"].items():
        for method, spec in methods.items():
            assert spec["description"], (path, method)
            assert "422" in spec["responses"]
    for page in ("/docs", "/redoc"):
        refused(client.get(page), 404, "request")


def test_the_examples_of_the_description_work(client):
    """Every request that the description shows, all its keys filled in, is answered."""
    described = client.get("/openapi.json").json()
    schemas = described["components"]["schemas"]
    tried = []
    for path, methods in described["paths"].items():
        if "post" not in methods:
            continue
        body = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
        keys = schemas[body["$ref"].rpartition("/")[2]]["properties"]
        ask = {name: key["examples"][0] for name, key in keys.items() if "examples" in key}
        if path.endswith("validate"):
            ask.pop("scenario", None)  # or the file, not both
        response = client.post(path.replace("{what}", "table.csv"), json=ask)
        assert response.status_code in {200, 202}, (path, response.text[:500])
        if response.status_code == 202:
            assert client.delete(f"/api/jobs/{response.json()['job']}").status_code == 204
        tried.append(path)
    assert len(tried) == 8


def test_every_answer_has_the_headers_of_safety(client):
    for path in ("/api/presets", "/openapi.json", "/nothing"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "server" not in headers
    assert client.get("/api/presets").headers["cache-control"] == "no-store"


def test_questions_of_a_document_are_carried_unchanged(client, replies):
    scenario = scenario_with(*TEXTS)
    for body in ({"scenario": scenario.to_dict()}, {"toml": scenario.to_toml()}):
        found = replies.ValidateReply.model_validate(
            client.post("/api/scenarios/validate", json=body | {"world": "toy"}).json()
        )
        assert zv.Scenario.from_dict(found.scenario) == scenario
        assert zv.Scenario.from_toml(found.toml) == scenario
        packed = base64.urlsafe_b64decode(found.link.removeprefix("#s=") + "==")
        linked = json.loads(zlib.decompress(packed, -15))
        assert zv.Scenario.from_dict(linked) == scenario
    asked = {"scenario": scenario.to_dict(), "world": "toy", "strength": {"market": 0.5}}
    assert client.post("/api/simulate", json=asked).status_code == 200


def test_strengths_leave_questions_alone():
    scenario = scenario_with(*TEXTS)
    sized = with_strengths(scenario, {"market": 0.5})
    assert sized.programmes
    assert sized.questions == scenario.questions


def test_a_file_names_the_world_that_it_was_solved_in(client):
    """The usual world of this server is not the command line's, and a request may name another."""
    unnamed = toy_scenario()
    elsewhere = toy_scenario(world="icio2022")
    for body in ({"scenario": unnamed}, {"scenario": elsewhere, "world": "toy"}):
        file = zv.Scenario.from_toml(client.post("/api/export/scenario.toml", json=body).text)
        assert file.world == "toy"
        assert client.post("/api/simulate", json=body).json()["scenario"]["world"] == "toy"
    measure = {"kind": "tariff", "importers": "USA", "add": 0.1}
    body = {"scenario": {"name": "x", "measures": [measure]}, "world": "icio2022", "full": True}
    assert "world" not in client.post("/api/simulate", json=body).json()["scenario"]


def test_a_text_is_checked_against_the_world_that_it_names(client):
    text = 'world = "icio2022"\n[[measures]]\nkind = "tariff"\nimporters = "USA"\nadd = 0.1\n'
    found = client.post("/api/scenarios/validate", json={"toml": text})
    assert found.status_code == 200, found.text
    assert found.json()["scenario"]["world"] == "icio2022"
    for name in ("/etc/passwd", "../toy"):
        refused(
            client.post("/api/scenarios/validate", json={"toml": f'world = "{name}"'}), 422, "world"
        )


def test_the_page_is_asked_for_again_after_an_upgrade(client):
    """Files of the page may be kept, but not used without asking whether they are still the same."""
    found = client.get("/js/main.js")
    assert found.headers["cache-control"] == "no-cache"
    same = client.get("/js/main.js", headers={"if-none-match": found.headers["etag"]})
    assert same.status_code == 304
