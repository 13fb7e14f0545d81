"""Mistakes in the policy language in the words a user needs, and nothing lost in writing any kind."""

import itertools
import json
from typing import Any

import numpy as np
import pytest

import zollverein as zv
from tests.kinds import EXAMPLES, example, policy, run, scenario, small_world
from zollverein.errors import ScenarioError
from zollverein.scenario import KINDS, Scenario
from zollverein.testing import random_world


@pytest.fixture(scope="module")
def world():
    return small_world()


def refused(world, *measures, **keys):
    """The message of a scenario that cannot be applied."""
    with pytest.raises(ScenarioError) as caught:
        policy(world, *measures, **keys)
    return str(caught.value)


def unread(plain):
    """The message of a scenario that cannot be read."""
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict(plain)
    text = str(caught.value)
    assert "pydantic" not in text
    assert "Input should" not in text
    return text


def has(text, *parts):
    missing = [part for part in parts if part not in text]
    assert not missing, f"{missing} not in: {text}"


# ------------------------------------------------------------------------------------ contradictions


def test_two_programmes_that_set_one_tariff_are_named(world):
    def programme(name, rate):
        return {"name": name, "measures": [example("tariff", name=f"Duty {name}", set=rate)]}

    plain = {"programmes": [programme("A", 0.1), programme("B", 0.2)]}
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict(plain).policy(world)
    has(
        str(caught.value),
        "programmes[0].measures[0] (1st measure, tariff 'Duty A') of programme 'A'",
        "programmes[1].measures[0] (1st measure, tariff 'Duty B') of programme 'B'",
        "both set the tariff of s0 from C1 to C0 and",
        'combine = "last" or "add"',
    )
    for combine, rate in (("last", 0.2), ("add", 0.3)):
        made = Scenario.from_dict({**plain, "combine": combine}).policy(world)
        assert made.tariff.values[1, 0, 0] == pytest.approx(rate)


def test_a_union_and_a_tariff_that_set_one_rate_are_named(world):
    inside = {"kind": "tariff", "exporters": "C0", "importers": "C1", "set": 0.1}
    text = refused(world, inside, example("customs_union", name="Union"))
    has(
        text,
        "1st measure, tariff",
        "customs_union 'Union'",
        "both set the tariff of s0 from C0 to C1",
    )
    outside = {"kind": "export_tax", "exporters": "C0", "importers": "C3", "set": 0.1}
    union = {k: v for k, v in example("customs_union", external="kemp_wan").items() if k != "keys"}
    text = refused(world, outside, union)
    has(text, "both set the export tax of s0 from C0 to C3")


def test_an_embargo_and_a_price_cap_on_one_flow(world):
    stop = example("embargo", name="Stop", exporters="C2", importers="C0", share=1.0)
    cap = example("price_cap", name="Cap")
    for order in itertools.permutations([stop, cap]):
        has(
            refused(world, *order),
            "embargo 'Stop') stops what ",
            "price_cap 'Cap') caps the price of: s0 from C2 to C0",
            'combine = "last" or "add"',
        )
    control = {**stop, "kind": "export_control", "name": "Control"}
    has(refused(world, cap, control), "export_control 'Control') stops what")
    has(str(policy(world, stop, cap, combine="last").caps), "'s0'")  # C1 still buys under the cap


def test_an_embargo_on_trade_that_a_kemp_wan_union_holds(world):
    union = example("customs_union", name="Union", external="kemp_wan", keys="value_added")
    stop = example("embargo", name="Stop", importers="C3", exporters="C0", sectors="s1", share=1.0)
    for order in itertools.permutations([union, stop]):
        text = refused(world, *order)
        has(text, "'Stop') stops what ", "'Union') holds as it was: s1 from C0 to C3.")
    assert policy(world, union, {**stop, "importers": "C1"}).unions  # inside: as it likes
    for beside in (example("price_cap", name="Cap"), {**union, "name": "Cap", "members": ["C3"]}):
        has(refused(world, union, beside), "'Union') and ", "'Cap') cannot be combined")


def test_two_caps_on_one_flow(world):
    other = example("price_cap", name="B", importers=["C1", "C3"], cap=0.95)
    text = refused(world, example("price_cap", name="A"), other)
    has(text, "'A') and ", "'B') both cap the price of s0 from C2 to C1.")


@pytest.mark.parametrize(
    ("kind", "what"), [("customs_union", "pool of revenue"), ("mobility", "mobility bloc")]
)
def test_a_country_is_in_one_pool_and_one_bloc_only(world, kind, what):
    extra = {"people": None} if kind == "mobility" else {"keys": "value_added"}
    both = [
        {k: v for k, v in example(kind, name=n, members=m, **extra).items() if v is not None}
        for n, m in (("A", ["C0", "C1"]), ("B", ["C1", "C2"]))
    ]
    text = refused(world, *both, combine="last")
    has(text, "'A') and ", f"'B') both put C1 into a {what}", "a country can be in one only")


# ------------------------------------------------------------------------------------ members and sizes


@pytest.mark.parametrize(
    ("keys", "missing", "extra"),
    [
        ({"C0": 0.5, "C1": 0.5}, "missing: C2", "not a member: none"),
        ({"C0": 0.5, "C1": 0.3, "C2": 0.1, "C3": 0.1}, "missing: none", "not a member: C3"),
        ("EAEU", "missing: C0, C1, C2", "not a member: ARM, BLR"),
    ],
)
def test_keys_name_every_member_and_nobody_else(world, keys, missing, extra):
    text = refused(world, example("customs_union", name="U", keys=keys))
    has(text, "customs_union 'U'): keys must name every member and nobody else", missing, extra)


def test_people_name_every_member(world):
    text = refused(world, example("mobility", people={"C0": 1.0, "C3": 1.0}))
    has(text, "mobility): people must name every member and nobody else: C0, C1")


def test_who_receives_is_not_who_pays(world):
    text = refused(world, {"kind": "transfer", "payers": "all", "receivers": "C1", "share": 0.1})
    has(text, "transfer): everyone who would receive also pays")


def test_the_shipped_keys_of_a_union_that_is_not_whole_here():
    icio = zv.load_world("icio2022")
    union = {"kind": "customs_union", "members": "EAEU", "external": "keep", "keys": "EAEU"}
    made = policy(icio, union)
    (pool,) = made.pools
    assert pool.members == ("BLR", "KAZ", "RUS")
    expected = np.array([0.0486, 0.06955, 0.85065])
    assert pool.keys == pytest.approx(expected / expected.sum())
    has(made.notes[0], "also name ARM, KGZ", "scaled to sum to 1")


SIZES = [
    ("tariff", {"set": -1}, "is -1; it must be greater than -1 and at most 10"),
    ("tariff", {"add": 1}, "'set' and 'add' are given"),
    ("export_tax", {"add": 25}, "0.25 means 25 percentage points"),
    ("barrier", {"rent": 1.5}, "rent (1st measure, barrier): is 1.5"),
    ("barrier", {"actionable": 0.5}, "'actionable' belong to a barrier that is removed"),
    (
        "barrier",
        {"add": None, "remove": 0.3, "level": 0.2, "rent": None},
        "more than the whole barrier",
    ),
    ("barrier", {"add": None, "remove": 0.3}, "'rent' cannot be given with 'remove'"),
    ("barrier", {"keeper": "importr"}, "'importr' is not valid: did you mean 'importer'?"),
    ("mutual_recognition", {"size": 11}, "size (1st measure, mutual_recognition): is 11"),
    ("mutual_recognition", {"actionable": -0.1}, "at least 0 and at most 1"),
    ("embargo", {"share": 60}, "the part of the trade that stops"),
    ("export_control", {"exporters": None}, "the key 'exporters' is missing"),
    ("payment_friction", {"add": -0.1}, "at least 0"),
    ("payment_friction", {"targets": "C1"}, "unknown key 'targets': did you mean 'target'?"),
    ("price_cap", {"cap": 0}, "greater than 0"),
    ("price_cap", {"leakage": 1}, "at most 0.99"),
    ("productivity", {"change": -1}, "greater than -1"),
    ("import_substitution", {"home_bias": -0.2}, "how much more buyers want the home good"),
    ("import_substitution", {"output_subsidy": 1}, "at most 0.95"),
    ("import_substitution", {"sectors": None}, "the key 'sectors' is missing"),
    ("procurement", {"open": 2}, "open (1st measure, procurement): is 2"),
    ("procurement", {"government_share": -1}, "government's share of final demand"),
    ("customs_union", {"external": "mx"}, "'mx' is not valid: did you mean 'max'?"),
    (
        "customs_union",
        {"keys": {"C0": 0.5}},
        "sums to 0.5; keys are shares of the pool and sum to 1",
    ),
    ("customs_union", {"keys": "EU"}, "'EU' is not a set of keys; choose EAEU, value_added"),
    ("customs_union", {"keys": {"C0": "x"}}, "the value of 'C0' must be a number"),
    ("mobility", {"elasticity": 30}, "at most 20"),
    ("mobility", {"people": {}}, "must be a table of numbers by country"),
    ("mobility", {"people": {"C0": 0, "C1": 0}}, "at least one positive number"),
    ("transfer", {"amount": 1}, "'amount' and 'share' are given"),
    ("transfer", {"share": None}, "exactly one of 'amount' or 'share'; none is given"),
    ("asset_freeze", {"holders": "C3"}, "'target' and 'holders' must be different countries"),
    ("asset_freeze", {"share": 2}, "share (1st measure, asset_freeze): is 2"),
]


@pytest.mark.parametrize(("kind", "change", "part"), SIZES)
def test_sizes_out_of_range_say_the_range(kind, change, part):
    measure = {k: v for k, v in example(kind, **change).items() if v is not None}
    text = unread({"measures": [measure]})
    has(text, "measures[0]", kind, part)
    inside = unread({"programmes": [{"name": "P"}, {"name": "Gas", "measures": [measure]}]})
    has(inside, "programmes[1] ('Gas'): measures[0]", part)


def test_every_kind_has_a_mistake_here():
    assert {kind for kind, _, _ in SIZES} == set(KINDS)


def test_all_levers_missing():
    text = unread(
        {"measures": [{"kind": "import_substitution", "countries": "C1", "sectors": "s0"}]}
    )
    has(text, "at least one of 'home_bias', 'productivity', 'output_subsidy' or 'tariff'")


def test_rates_may_not_add_up_to_minus_one(world):
    has(
        refused(world, {"kind": "export_tax", "name": "E", "add": -1.5}),
        "'E'): brings the export tax of s1 from C0 to C1 to -1.5",
        "a rate must stay greater than -1",
    )
    lever = {"kind": "import_substitution", "countries": "C1", "sectors": "s0"}
    text = refused(world, *[{**lever, "output_subsidy": 0.6}] * 2)
    has(text, "2nd measure, import_substitution", "brings a subsidy to 100 % of the factory value")


# ------------------------------------------------------------------------------------ programmes


def test_programmes_have_names_of_their_own():
    has(unread({"programmes": [{"name": "P"}, {"name": "P"}]}), "Two programmes are called 'P'")
    same = {"programmes": [{"name": "P"}], "measures": [example("tariff", name="P")]}
    has(unread(same), "A measure and a programme are both called 'P'")
    has(unread({"programmes": [{}]}), "programmes[0]: The key 'name' is missing")
    has(
        unread({"programmes": [{"name": "P", "starts": 2020}]}),
        "Unknown key 'starts': did you mean 'start'?",
    )
    has(unread({"programmes": [{"name": "P", "phase_in": 0}]}), "programmes[0]", "phase_in")


def test_a_wrong_name_inside_a_programme_says_where(world):
    plain = {"programmes": [{"name": "P", "measures": [example("tariff", importers="C9")]}]}
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict(plain).policy(world)
    has(
        str(caught.value),
        "programmes[0].measures[0].importers (1st measure, tariff) of programme 'P'",
        "'C9' is not a country",
    )


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"Pp": 1.0}, "'Pp' is not a part of the scenario: did you mean 'P'?"),
        ({"P": 1.2}, "strength of 'P' is 1.2; it must be at least 0 and at most 1"),
        ({"P": float("nan")}, "strength of 'P' is nan"),
        ({"P": "half"}, "strength of 'P' must be a number"),
    ],
)
def test_strengths_are_checked(world, given, part):
    made = Scenario.from_dict({"programmes": [{"name": "P", "measures": [example("tariff")]}]})
    with pytest.raises(ScenarioError) as caught:
        made.policy(world, given)
    has(str(caught.value), part)


# ------------------------------------------------------------------------------------ nothing touched


def test_a_measure_that_touches_nothing_is_a_note_that_names_it():
    world = random_world(3)
    flow, made = world.data["trade_flow"].values, world.data["value_added"].values
    i, n, s = np.argwhere((flow == 0) & ~np.eye(len(flow), dtype=bool)[:, :, None])[0]
    idle, sector = np.argwhere(made == 0)[0]
    flows = {"exporters": f"C{i}", "importers": f"C{n}", "sectors": f"s{s}"}
    home = {"countries": f"C{idle}", "sectors": f"s{sector}"}
    empty: list[dict[str, Any]] = [
        {"kind": "tariff", **flows, "set": 0.1},
        {"kind": "export_tax", **flows, "set": 0.1},
        {"kind": "barrier", **flows, "add": 0.1},
        {"kind": "embargo", **flows},
        {"kind": "export_control", **flows, "share": 0.5},
        {"kind": "price_cap", **flows, "cap": 0.9},
        {"kind": "payment_friction", "target": "C0", "partners": "C0", "add": 0.1},
        {"kind": "mutual_recognition", "members": "C0", "size": 0.1},
        {"kind": "productivity", **home, "change": 0.1},
        {"kind": "import_substitution", **home, "home_bias": 0.1, "output_subsidy": 0.1},
        {"kind": "procurement", "members": "C0"},
        {"kind": "customs_union", "members": "C0", "sectors": "all", "external": "keep"},
        {"kind": "mobility", "members": "C0", "elasticity": 1.0},
    ]
    for number, measure in enumerate(empty):
        notes = policy(world, {**measure, "name": f"M{number}"}, combine="last").notes
        assert len(notes) == 1, (measure, notes)
        has(notes[0], f"{measure['kind']} 'M{number}') touches nothing")
    result = run(world, *empty[:6], combine="last")
    assert sum("touches nothing" in note for note in result.notes) == 6


def test_a_union_of_everybody_is_no_mistake(world):
    assert policy(world, example("customs_union", members="all", keys="value_added")).notes == ()


# ------------------------------------------------------------------------------------ round trips


WHOLE = {
    "name": "All kinds",
    "horizon": "long",
    "year": 2026,
    "combine": "last",
    "on_no_supplier": "shut_down",
    "scale": {"s0": 0.2},
    "blocs": {"Union": ["C0", "C1"]},
    "measures": [{**example(kind), "note": f'a "{kind}"\nin two lines'} for kind in EXAMPLES],
    "programmes": [
        {"name": "Empty", "note": "no trade channel"},
        {
            "name": "Full",
            "area": "energy",
            "start": 2022,
            "phase_in": 3,
            "illustrative": True,
            "measures": [example(kind, name=f"the {kind}") for kind in EXAMPLES],
        },
    ],
}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_writing_and_reading_one_kind(kind):
    made = scenario(example(kind))
    assert Scenario.from_toml(made.to_toml()) == made
    assert Scenario.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert Scenario.from_toml(made.to_toml()).to_dict() == made.to_dict()
    (plain,) = made.to_dict()["measures"]
    assert (
        plain.items()
        <= {k: list(v) if isinstance(v, tuple) else v for k, v in example(kind).items()}.items()
    )


def test_writing_and_reading_everything_at_once(world):
    made = Scenario.from_dict(WHOLE)
    assert Scenario.from_toml(made.to_toml()) == made
    assert Scenario.from_dict(json.loads(json.dumps(made.to_dict()))) == made
    assert [part.name for part in made.parts()][-2:] == ["Empty", "Full"]
    told = made.describe(world)
    assert len(told) == 2 * len(EXAMPLES) + 2
    assert all(line.rstrip().endswith(".") for line in told)
    has(told[len(EXAMPLES)], "Programme Empty", "no trade channel")
    has(told[len(EXAMPLES) + 1], "Programme Full (energy), from 2022 over 3 years", "illustrative")


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_kind_reads_in_plain_english(world, kind):
    (told,) = scenario(example(kind, name="Name", note="why.")).describe(world)
    assert told.startswith("Name: ")
    assert told.endswith("(why).")
    assert "None" not in told
    named = next(
        iter(
            v
            for k, v in EXAMPLES[kind].items()
            if k in ("exporters", "members", "target", "countries", "payers")
        )
    )
    first = named if isinstance(named, str) else named[0]
    assert first in told
    sizes = [v for v in EXAMPLES[kind].values() if isinstance(v, float) and v not in (1.0, 0.0)]
    for size in sizes:
        assert f"{100 * size:g}" in told or f"{size:g}" in told, (size, told)


def test_cuts_of_one_barrier_that_together_exceed_it_name_both(world):
    cut = {"exporters": "C0", "importers": "C1", "level": 0.3, "rent": 0.0, "keeper": "importer"}
    first, second = (
        example("barrier", name=name, add=None, remove=size, **cut)
        for name, size in (("First", 0.2), ("Second", 0.15))
    )
    text = refused(world, first, second)
    has(text, "'First'", "'Second'", "0.35", "0.3", "at most the whole")
    fits = example("barrier", name="Fits", add=None, remove=0.1, **cut)
    assert np.isfinite(policy(world, first, fits).cost_hat.values).all()
    apart = {**second, "importers": "C2"}
    assert np.isfinite(policy(world, first, apart).cost_hat.values).all()
