"""A scenario with a question of every kind on the toy world, and each question asked by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import zollverein as zv
from zollverein.asking import Plan, table_outcomes
from zollverein.scenario import Scenario, Tariff

HEAD = """
name = "Freer trade"
world = "toy"
combine = "last"

[blocs]
both = ["HOM", "PAR"]

[[measures]]
kind = "tariff"
name = "duty"
exporters = "RST"
importers = "HOM"
sectors = "goods"
set = 0.0

[[measures]]
kind = "barrier"
name = "market"
exporters = "both"
importers = "both"
remove = 0.05
"""
#: A question of every kind, as a file has it.
TEXTS: dict[str, str] = {
    "attribution": 'outcome = "real_income both"\nmethod = "shapley"',
    "interactions": 'outcome = "exports HOM"\namong = "all"',
    "phase_in": 'years = "2026-2028"\nschedule = { duty = [2027, 2] }',
    "best_sequence": 'outcome = "real_income PAR"\ncost = { duty = 2.0, market = 1.0 }\nbudget = 2',
    "uncertainty": "draws = 24\nseed = 3\nelasticity_spread = 0.3\ndecompose = 0",
    "ensemble": (
        'outcomes = ["real_income both", "output HOM goods"]\nmodels = ["ces"]\nhorizons = []\n'
        'closures = ["zero"]\nelasticities = [6.0]'
    ),
    "coalition": (
        'name = "Duty"\nmembers = ["HOM", "PAR"]\ntarget = "RST"\nresponse = true\n'
        '[[questions.instrument]]\nkind = "tariff"\nexporters = "target"\nimporters = "members"\n'
        "add = 0.2"
    ),
    "optimal_tariff": 'country = "both"\nby = "sector"\nsectors = "goods"\nstarts = ["in force", 0.3]',
    "nash": 'players = ["HOM", "RST"]\nagainst = "players"\nsectors = "goods"',
    "frontier": 'sender = "HOM"\ntarget = "RST"\nweights = [0, 1]',
    "kemp_wan": 'members = "both"\nby = "uniform"',
    "compare": (
        'column = "exports_pct"\n[[questions.cases]]\nname = "Balanced"\nclosure = "zero"\n'
        'without = "market"\n[[questions.cases]]\nname = "Half"\n[[questions.cases.measures]]\n'
        'kind = "tariff"\nname = "duty"\nexporters = "RST"\nimporters = "HOM"\nscale = 0.5'
    ),
}
Ask = Callable[[zv.World, Scenario], Any]
DUTY = Tariff(exporters="target", importers="members", add=0.2)
HALF = Tariff(name="duty", exporters="RST", importers="HOM", scale=0.5)
MOST = "real_income PAR"  # what the scenario moves most
#: The same questions as calls; groups by their members where a function knows no groups.
BY_HAND: dict[str, Ask] = {
    "attribution": lambda w, s: zv.attribute(w, s, "real_income both", method="shapley", workers=1),
    "interactions": lambda w, s: Plan(
        "interactions",
        ("exports of HOM",),
        zv.interactions(w, s, "exports HOM", among="all", workers=1),
    ),
    "phase_in": lambda w, s: Plan(
        "phase_in",
        ("real_income of PAR",),
        zv.phase_in(w, s, MOST, range(2026, 2029), schedule={"duty": (2027, 2)}, workers=1),
    ),
    "best_sequence": lambda w, s: Plan(
        "best_sequence",
        ("real_income of PAR",),
        zv.best_sequence(
            w, s, "real_income PAR", {"duty": 2.0, "market": 1.0}, budget=2, workers=1
        ),
    ),
    "uncertainty": lambda w, s: zv.uncertainty(
        w,
        s,
        table_outcomes(w),
        tables="report",
        draws=24,
        seed=3,
        elasticity_spread=0.3,
        decompose=0,
        workers=1,
    ),
    "ensemble": lambda w, s: zv.ensemble(
        w,
        s,
        ["real_income both", "output HOM goods"],
        models=["ces"],
        horizons=[],
        closures=["zero"],
        elasticities=[6.0],
        workers=1,
    ),
    "coalition": lambda w, s: zv.coalition(
        w, ["HOM", "PAR"], "RST", DUTY, scenario=s, response=True, workers=1
    ),
    "optimal_tariff": lambda w, s: zv.optimal_tariff(
        w, "both", by="sector", sectors="goods", scenario=s, starts=("in force", 0.3)
    ),
    "nash": lambda w, s: zv.nash(w, ["HOM", "RST"], against="players", sectors="goods", scenario=s),
    "frontier": lambda w, s: Plan(
        "frontier", ("HOM", "RST"), zv.frontier(w, "HOM", "RST", weights=(0.0, 1.0), scenario=s)
    ),
    "kemp_wan": lambda w, s: zv.kemp_wan(w, ["both"], by="uniform", scenario=s),
    "compare": lambda w, s: zv.compare(
        [
            s,
            s.model_copy(
                update={"name": "Balanced", "closure": "zero", "measures": s.measures[:1]}
            ),
            s.model_copy(update={"name": "Half", "measures": (HALF,)}),
        ],
        world=w,
        column="exports_pct",
    ),
}


def text_of(*kinds: str) -> str:
    """A scenario file with questions of some kinds."""
    asked = [f'[[questions]]\nkind = "{kind}"\n{TEXTS[kind]}\n' for kind in kinds]
    return "\n".join([HEAD, *asked])


def scenario_with(*kinds: str) -> Scenario:
    """A scenario with questions of some kinds."""
    return Scenario.from_toml(text_of(*kinds))


@lru_cache
def toy() -> zv.World:
    return zv.load_world("toy")


@lru_cache
def answers() -> dict[str, Any]:
    """Every answer, by kind."""
    found = zv.answer(toy(), scenario_with(*TEXTS), workers=1)
    return dict(zip(TEXTS, found, strict=True))
