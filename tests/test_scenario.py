"""The scenario language: what measures do, and nothing lost in writing."""

import contextlib
import json
import typing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zollverein as zv
from zollverein.choices import MODELS
from zollverein.elasticities import elasticity_sets
from zollverein.errors import ScenarioError
from zollverein.models.problem import CLOSURES
from zollverein.scenario import (
    KINDS,
    Barrier,
    Embargo,
    ExportTax,
    PriceCap,
    Productivity,
    Scenario,
    Tariff,
    read_scenario,
)
from zollverein.scenario.describe import sentence
from zollverein.scenario.draft import apply
from zollverein.scenario.words import Closure, ModelName
from zollverein.testing import random_world

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.toml"))


@pytest.fixture(scope="module")
def world():
    """Four countries C0 to C3, sectors s0 to s2, everyone trades with everyone."""
    return random_world(3, zeros=False, export_taxes=True)


@pytest.fixture(scope="module")
def icio():
    return zv.load_world("icio2022")


def policy_of(world, *measures, **keys):
    return Scenario(measures=measures, **keys).policy(world)


def message(*measures, world, **keys):
    with pytest.raises(ScenarioError) as caught:
        policy_of(world, *measures, **keys)
    return str(caught.value)


# ---------------------------------------------------------------------------- what measures do


@pytest.mark.parametrize(("kind", "name"), [(Tariff, "tariff"), (ExportTax, "export_tax")])
def test_rates_are_set_added_to_and_scaled(world, kind, name):
    old = world.data[name].values
    where = {"exporters": "C0", "importers": ["C1", "C2"], "sectors": "s1"}
    expected = {"set": 0.25, "add": old + 0.25, "scale": old * 0.25}
    for how, value in expected.items():
        new = getattr(policy_of(world, kind(**{how: 0.25}, **where)), name).values
        touched = np.zeros(old.shape, dtype=bool)
        touched[0, [1, 2], 1] = True
        assert np.array_equal(new, np.where(touched, value, old))


def test_no_measure_on_trade_touches_domestic_sales(world):
    policy = policy_of(
        world, Tariff(set=0.5), ExportTax(set=0.5), Barrier(add=0.5), Embargo(exporters="C1")
    )
    own = np.arange(len(world.countries))
    assert (policy.tariff.values[own, own] == world.data["tariff"].values[own, own]).all()
    assert (policy.export_tax.values[own, own] == world.data["export_tax"].values[own, own]).all()
    assert (policy.cost_hat.values[own, own] == 1).all()


def test_both_directions_apply_once_where_they_overlap(world):
    group = ["C0", "C1", "C2"]
    cost = policy_of(
        world, Barrier(exporters=group, importers=group, add=0.1, both_directions=True)
    ).cost_hat.values
    assert set(np.unique(cost)) == {1.0, 1.1}
    one = policy_of(world, Barrier(exporters="C0", importers="C3", add=0.1, both_directions=True))
    assert np.argwhere(one.cost_hat.values[:, :, 0] != 1).tolist() == [[0, 3], [3, 0]]


def test_barriers_multiply_and_removal_undoes_addition(world):
    cost = policy_of(world, Barrier(add=0.2), Barrier(add=0.1, exporters="C0")).cost_hat.values
    assert cost[0, 1, 0] == pytest.approx(1.32)
    undone = policy_of(world, Barrier(add=0.2), Barrier(remove=0.2)).cost_hat.values
    assert undone == pytest.approx(np.ones(undone.shape))


def test_an_embargo_is_infinite_whatever_else_is_on_the_flow(world):
    stop = Embargo(exporters="C0", importers="C1", sectors="s0")
    for measures in ([stop, Barrier(remove=0.5)], [Barrier(add=0.5), stop]):
        cost = policy_of(world, *measures).cost_hat.values
        assert np.argwhere(np.isinf(cost)).tolist() == [[0, 1, 0]]


def test_productivity_multiplies_where_it_is_named(world):
    rise = Productivity(countries=["C2", "C0"], sectors="s1", change=0.02)
    hat = policy_of(world, rise, rise).productivity_hat.values
    assert hat[[0, 2], 1] == pytest.approx(1.02**2)
    assert np.isclose(hat, 1).sum() == hat.size - 2


def test_rates_compose_in_the_order_of_the_file(world):
    where = {"exporters": "C0", "importers": "C1", "sectors": "s0"}
    measures = [Tariff(set=0.2, **where), Tariff(add=0.1, **where), Tariff(scale=2, **where)]
    assert policy_of(world, *measures).tariff.values[0, 1, 0] == pytest.approx(0.6)


def test_a_set_that_discards_an_earlier_change_is_noted(world):
    where = {"exporters": "C0", "importers": "C1"}
    policy = policy_of(world, Tariff(add=0.1, **where), Tariff(name="Late", set=0.3, **where))
    assert (policy.tariff.values[0, 1] == 0.3).all()
    assert "'Late'" in policy.notes[0]
    assert "no effect" in policy.notes[0]


@pytest.mark.parametrize(("combine", "expected"), [("last", 0.3), ("add", 0.4)])
def test_two_that_set_one_rate_need_a_rule(world, combine, expected):
    both = Tariff(name="One", set=0.1, sectors="s0"), Tariff(name="Two", set=0.3, importers="C1")
    text = message(*both, world=world)
    assert "measures[0] (1st measure, tariff 'One') and measures[1] (2nd measure, " in text
    assert "'Two') both set the tariff of s0 from C0 to C1 and 2 more" in text
    policy = policy_of(world, *both, combine=combine)
    assert policy.tariff.values[0, 1, 0] == pytest.approx(expected)
    assert policy.tariff.values[0, 2, 0] == 0.1


def test_two_caps_on_one_flow_are_refused(world):
    caps = [
        PriceCap(name=name, exporters="C0", importers=buyers, sectors="s0", cap=0.9)
        for name, buyers in (("First", ["C1", "C2"]), ("Second", "C1"), ("Third", "C3"))
    ]
    with pytest.raises(ScenarioError, match=r"'First'\) and .*'Second'\) both cap .* C0 to C1\."):
        policy_of(world, *caps[:2])
    assert len(policy_of(world, caps[0], caps[2]).caps) == 2


def test_a_rate_may_not_fall_to_minus_one(world):
    text = message(Tariff(name="Deep", add=-3), world=world)
    assert "'Deep'" in text
    assert "must stay greater than -1" in text


def test_what_touches_nothing_is_noted_not_refused():
    world = random_world(3)
    flow, made = world.data["trade_flow"].values, world.data["value_added"].values
    i, n, s = np.argwhere((flow == 0) & ~np.eye(len(flow), dtype=bool)[:, :, None])[0]
    where = {
        "exporters": world.countries[i],
        "importers": world.countries[n],
        "sectors": world.sectors[s],
    }
    policy = policy_of(
        world, Embargo(name="Empty", **where), Barrier(add=0.1, exporters="C0", importers="C0")
    )
    assert len(policy.notes) == 2
    assert "'Empty') touches nothing" in policy.notes[0]
    idle = np.argwhere(made == 0)
    if len(idle):
        c, s = idle[0]
        rise = Productivity(countries=world.countries[c], sectors=world.sectors[s], change=0.1)
        assert "nothing is produced" in policy_of(world, rise).notes[0]


def test_every_kind_has_an_effect_and_a_sentence():
    for kind in KINDS.values():
        assert apply.dispatch(kind) is not apply.dispatch(object)
        assert sentence.dispatch(kind) is not sentence.dispatch(object)


# ---------------------------------------------------------------------------------------- names


def test_names_blocs_and_groups_are_resolved(icio):
    policy = policy_of(
        icio,
        Embargo(exporters=["friends", "South Korea", "kaz"], importers="Russia", sectors="chips"),
        blocs={"friends": ["nordic", "UK"], "nordic": ["Norway", "SWE"]},
        sectors={"chips": ["C26"]},
    )
    stopped = np.argwhere(np.isinf(policy.cost_hat.values))
    assert {icio.countries[i] for i in stopped[:, 0]} == {"NOR", "SWE", "GBR", "KOR", "KAZ"}
    assert {icio.countries[i] for i in stopped[:, 1]} == {"RUS"}
    assert {icio.sectors[i] for i in stopped[:, 2]} == {"C26"}


def test_goods_and_services_split_all_sectors(icio):
    policy = policy_of(
        icio, Barrier(add=0.1, sectors="goods"), Barrier(add=0.2, sectors="services")
    )
    factors = policy.cost_hat.sel(exporter="DEU", importer="FRA").values
    goods = np.array([sector[0] in "ABC" for sector in icio.sectors])
    assert factors == pytest.approx(np.where(goods, 1.1, 1.2))


def test_a_member_outside_the_world_is_simply_not_there(icio):
    policy = policy_of(icio, Productivity(countries="EAEU", change=0.1))
    assert (policy.productivity_hat.values != 1).any(axis=1).sum() == 3  # BLR, KAZ, RUS


# ---------------------------------------------------------------------------------------- files


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "there.toml").write_text("name = 'x'")
    with pytest.raises(ScenarioError, match=r"not\.toml: no such file\. There are: there\.toml"):
        read_scenario(tmp_path / "not.toml")
    with pytest.raises(ScenarioError, match="this is a folder"):
        read_scenario(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    with pytest.raises(ScenarioError, match=r"not UTF-8 text \(byte 8\)"):
        read_scenario(tmp_path / "latin.toml")


def test_a_byte_order_mark_and_windows_lines_are_read(tmp_path):
    file = tmp_path / "windows.toml"
    file.write_bytes(b"\xef\xbb\xbfname = 'x'\r\ndescription = '''a\r\nb'''\r\n")
    assert read_scenario(str(file)) == Scenario(name="x", description="a\nb")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_read_apply_and_keep(path, icio):
    scenario = read_scenario(path)
    assert Scenario.from_toml(scenario.to_toml()) == scenario
    assert scenario.policy(scenario.baseline(icio)).notes == ()
    told = len(scenario.entries()) + len(scenario.programmes)
    assert len(scenario.describe(icio)) == told > 0
    assert "llustrative" in path.read_text(encoding="utf-8")


def test_there_are_examples():
    names = {path.stem for path in EXAMPLES}
    assert {"union-under-sanctions", "eu-uk-barriers", "global-tariff-war"} <= names


def test_union_example_does_what_it_says(icio):
    path = next(p for p in EXAMPLES if p.stem == "union-under-sanctions")
    cost = read_scenario(path).policy(icio).cost_hat
    assert np.isinf(cost.sel(exporter="DEU", importer="RUS", sector="C26"))
    assert float(cost.sel(exporter="RUS", importer="DEU", sector="C26")) == pytest.approx(1.2)
    assert float(cost.sel(exporter="USA", importer="BLR", sector="A01")) == pytest.approx(1.2)
    assert float(cost.sel(exporter="BLR", importer="RUS", sector="C26")) == pytest.approx(1 / 1.1)
    assert (cost.sel(exporter="CHN", importer="RUS") == 1).all()


# --------------------------------------------------------------------------------- nothing is lost

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAME = TEXT.filter(str.strip)
NAMES = NAME | st.lists(NAME, min_size=1, max_size=3)
FLOWS = {"exporters": NAMES, "importers": NAMES, "sectors": NAMES}
LABELS = {"name": TEXT, "note": TEXT}


def numbers(low, high):
    return st.floats(low, high, exclude_min=low < 0) | st.integers(max(int(low), 0), int(high))


def kind_of(cls, one_of, **optional):
    """A strategy for one kind of measure, with one of the keys that exclude each other."""
    built = [
        st.fixed_dictionaries({key: values}, optional={**LABELS, **optional})
        for key, values in one_of.items()
    ]
    return st.one_of(built or [st.fixed_dictionaries({}, optional={**LABELS, **optional})]).map(
        lambda keys: cls(**keys)
    )


RATES = {"set": numbers(-1, 10), "add": numbers(-11, 10), "scale": numbers(0, 100)}
SIZES = {"add": numbers(0, 10), "remove": numbers(0, 10)}
BOTH = {"both_directions": st.booleans()}
MEASURES = st.one_of(
    kind_of(Tariff, RATES, **FLOWS, **BOTH),
    kind_of(ExportTax, RATES, **FLOWS),
    kind_of(Barrier, SIZES, **FLOWS, **BOTH),
    kind_of(Embargo, {}, **FLOWS, **BOTH),
    kind_of(Productivity, {"change": numbers(-1, 10)}, countries=NAMES, sectors=NAMES),
)
POSITIVE = st.floats(0.1, 1000)
SCENARIOS = st.fixed_dictionaries(
    {},
    optional={
        "name": TEXT,
        "description": TEXT,
        "world": TEXT,
        "model": st.just("caliendo_parro"),
        "closure": st.sampled_from(CLOSURES),
        "trade_elasticity": NAME
        | POSITIVE
        | st.dictionaries(TEXT, POSITIVE, min_size=1, max_size=3),
        "combine": st.sampled_from(["error", "last", "add"]),
        "blocs": st.dictionaries(TEXT, NAMES, max_size=3),
        "sectors": st.dictionaries(TEXT, NAMES, max_size=3),
        "measures": st.lists(MEASURES, max_size=4),
    },
).map(lambda keys: Scenario(**keys))


@settings(deadline=None)
@given(SCENARIOS)
def test_writing_and_reading_loses_nothing(scenario):
    assert Scenario.from_toml(scenario.to_toml()) == scenario
    assert Scenario.from_dict(json.loads(json.dumps(scenario.to_dict()))) == scenario


@given(TEXT)
def test_any_text_is_a_scenario_or_a_scenario_error(text):
    with contextlib.suppress(ScenarioError):
        Scenario.from_toml(text)


# -------------------------------------------------------------------------------- words and choices


def test_sentences_are_plain_english(icio):
    scenario = Scenario(
        blocs={"union": ["RUS", "BLR"]},
        measures=[
            Tariff(name="Duty", exporters="CHN", importers="USA", sectors="C27", add=0.01),
            Tariff(exporters="EU27", importers="GBR", set=0, both_directions=True),
            ExportTax(exporters=["RUS", "KAZ"], sectors=["B06", "C19"], scale=0.5),
            Barrier(exporters="union", importers="union", remove=0.1),
            Embargo(exporters="G7", importers="IDN", note="as in a source."),
            Productivity(countries="VNM", sectors="goods", change=-0.02),
        ],
    )
    assert scenario.describe(icio) == [
        (
            "Duty: The tariff on trade in electrical equipment (C27) from China to United States "
            "rises by 1 percentage point."
        ),
        (
            "The tariff on trade between EU27 (27 economies) and United Kingdom in both directions "
            "is set to 0 %."
        ),
        (
            "The export tax on trade in extraction of crude petroleum and natural gas (B06) and "
            "coke and refined petroleum products (C19) from Russia and Kazakhstan to every other country "
            "is multiplied by 0.5."
        ),
        "Barriers worth 10 % ad valorem are removed from trade within union (2 economies).",
        "An embargo stops trade from G7 (7 economies) to Indonesia (as in a source).",
        "Productivity in goods (27 sectors) of Viet Nam falls by 2 %.",
    ]
    with pytest.raises(ScenarioError, match="is not a country"):
        Scenario(measures=[Embargo(exporters="Nowhere")]).describe(icio)


def test_however_a_name_is_written_the_sentence_is_clear(icio):
    here = Scenario(
        blocs={"pair": ["RUS", "BLR"], "one": ["kaz"]},
        sectors={"chips": "C26", "tech": ["chips", "C27"]},
        measures=[
            Embargo(exporters=["russia", "de", "kaz"], importers=["pair", "one", "EAEU"]),
            Embargo(exporters=["RUS", "BLR"], importers=["RUS", "BLR"], sectors=["chips", "tech"]),
        ],
    )
    assert here.describe(icio) == [
        (
            "An embargo stops trade from Russia, Germany and Kazakhstan to pair (2 economies), "
            "one (1 economy) and EAEU (3 economies)."
        ),
        "An embargo stops trade in chips (1 sector) and tech (2 sectors) among Russia and Belarus.",
    ]


def test_a_group_that_is_empty_here_has_a_sentence():
    world = random_world(1)
    world = zv.World(world.name, world.data.assign_attrs(sector_groups='{"services": []}'))
    scenario = Scenario(measures=[Embargo(sectors="services")])
    assert "services (0 sectors)" in scenario.describe(world)[0]
    assert "touches nothing" in scenario.policy(world).notes[0]


def test_a_long_list_is_cut(icio):
    text = Scenario(measures=[Embargo(exporters=list(icio.countries[:9]))]).describe(icio)[0]
    assert "and 4 others" in text


def test_choices_are_those_of_the_solver():
    assert set(typing.get_args(Closure)) == set(CLOSURES)
    assert set(typing.get_args(ModelName)) == set(MODELS)
    for name in elasticity_sets():
        assert Scenario(trade_elasticity=name).trade_elasticity == name
