"""The shipped examples: they run, they are certified, and they say what they claim to say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import zollverein as zv
from zollverein.cli import app
from zollverein.measures.booking import booking
from zollverein.measures.substitution import import_substitution

FOLDER = Path(__file__).parents[1] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.toml"))
PORTFOLIO = FOLDER / "union-28-programmes.toml"
#: Programmes of the portfolio that have no trade channel in the model.
SILENT = [
    "Convergence of macroeconomic policy",
    "Harmonisation of monetary policy and macroprudential regulation",
    "Harmonisation of information-security requirements in finance",
    "Harmonisation of anti-money-laundering rules for credit and financial institutions",
    "Harmonisation of the protection of consumers of financial services and investors",
    "Nuclear energy",
    "Consumer protection",
    "Competition and antimonopoly rules",
    "Statistics and accounting",
]


@pytest.fixture(scope="module")
def icio():
    return zv.load_world("icio2022")


@pytest.fixture(scope="module")
def results(icio):
    """Every example, simulated once."""
    return {path.stem: zv.simulate(icio, zv.read_scenario(path)) for path in EXAMPLES}


def effect(result, *countries):
    return result.table().loc[list(countries), "real_income_pct"].to_numpy()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_runs_is_certified_and_has_an_effect(path, results):
    result = results[path.stem]
    assert result.residual <= result.parameters.tolerance
    certificate = zv.verify(result)
    assert certificate.holds(1e-9), certificate.failed()
    table = result.table().to_numpy(dtype=float)
    assert np.isfinite(table).all()
    assert np.abs(table[:, 0]).max() > 1e-3


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_account_adds_up(path, results):
    result = results[path.stem]
    table = booking(result.before, result.after, result.policy)["change"].unstack("entry")
    size = result.before.data["value_added"].values.sum(axis=1)
    assert (np.abs(table["discrepancy"].to_numpy()) / size).max() < 1e-7


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_measure_touches_nothing(path, icio):
    scenario = zv.read_scenario(path)
    notes = scenario.policy(scenario.baseline(icio)).notes
    assert not [note for note in notes if "touches nothing" in note]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_command_line_finds_it_fine(path):
    done = CliRunner().invoke(app, ["check", str(path)])
    assert done.exit_code == 0
    assert done.output.startswith(f"{path}: fine; ")
    assert "touches nothing" not in done.output


def test_the_portfolio_has_28_programmes_and_lists_those_without_a_trade_channel():
    scenario = zv.read_scenario(PORTFOLIO)
    assert len(scenario.programmes) == 28
    assert not scenario.measures
    assert [one.name for one in scenario.programmes if not one.measures] == SILENT
    told = scenario.describe(zv.load_world("icio2022"))
    assert sum("no trade channel, nothing is simulated" in line for line in told) == len(SILENT)
    parts = {part.name: part.measures for part in scenario.parts()}
    assert set(SILENT) < set(parts)
    assert not any(parts[name] for name in SILENT)


def test_its_sizes_say_that_they_are_illustrative_and_why():
    document = tomllib.loads(PORTFOLIO.read_text(encoding="utf-8"))
    for programme in document["programmes"]:
        assert programme["note"], programme["name"]
        assert programme["start"] == 2022
        assert 1 <= programme["phase_in"] <= 3
        assert programme.get("illustrative", False) == bool(programme.get("measures"))


def test_check_counts_the_measures_of_programmes():
    output = CliRunner().invoke(app, ["check", str(PORTFOLIO)]).output
    assert "fine; 20 measures in 28 programmes on icio2022" in output


def test_the_portfolio_phases_in(icio):
    scenario = zv.read_scenario(PORTFOLIO)
    effects = []
    for year in (2021, 2022, 2023, 2024):
        dated = scenario.model_copy(update={"year": year})
        effects.append(float(effect(zv.simulate(icio, dated), "BLR")[0]))
    assert abs(effects[0]) < 1e-6
    assert effects == sorted(effects)
    assert effects[-1] == pytest.approx(float(effect(zv.simulate(icio, scenario), "BLR")[0]))


def test_the_price_cap_binds_at_its_cap(results):
    result = results["price-cap"]
    assert "binds at 0.9 of the baseline price" in " ".join(result.notes)
    book = booking(result.before, result.after, result.policy)["after"].to_dict()
    rent = {country: book[country, "import_rent"] for country in ("DEU", "RUS", "CHN", "IND")}
    assert rent.pop("DEU") > 0
    assert list(rent.values()) == [0, 0, 0]
    assert effect(result, "RUS")[0] < 0


def test_the_pool_of_the_customs_union_adds_up(results):
    result = results["customs-union-pooled"]
    table = booking(result.before, result.after, result.policy)["after"].unstack("entry")
    paid, received = table["pool_payment"], table["pool_receipt"]
    members = ["IDN", "MYS", "THA"]
    assert (received[members] > 0).all()
    assert paid.drop(members).abs().max() == 0
    assert received.sum() == pytest.approx(-paid.sum(), rel=1e-12)


def test_the_levers_of_import_substitution_can_be_told_apart(icio):
    scenario = zv.read_scenario(FOLDER / "import-substitution.toml")
    names = [part.name for part in scenario.parts()]
    assert names == ["Home bias", "Own competences", "Subsidy", "Tariff"]
    rows = {}
    for name in names:
        only = {other: float(other == name) for other in names}
        result = zv.simulate(icio, scenario.policy(icio, only))
        table = import_substitution(result.before, result.after)
        rows[name] = {column: table[column].to_dict()["IND", "C28"] for column in table}
    assert all(row["domestic_share_change"] > 0 for row in rows.values())
    assert rows["Own competences"]["user_price_in_wages_pct"] < 0
    assert rows["Tariff"]["user_price_in_wages_pct"] > 0


def test_people_move_to_where_real_wages_rise_more_and_none_is_lost(results):
    result = results["labour-mobility"]
    people = result.after.data["population"].to_series()
    assert people["NZL"] > 1 > people["AUS"]
    assert 26 * people["AUS"] + 5.1 * people["NZL"] == pytest.approx(31.1, rel=1e-9)
    assert (people.drop(["AUS", "NZL"]) == 1).all()


def test_two_home_biases_on_one_good_are_as_neutral_as_one():
    """At unchanged prices the weights still sum to one, and are those of the product of the two."""
    world = zv.load_world("toy")
    text = (
        "[[measures]]\nkind = 'import_substitution'\ncountries = 'HOM'\n"
        "sectors = 'goods'\nhome_bias = {}\n"
    )
    both = zv.Scenario.from_toml(text.format(0.5) + text.format(0.2)).policy(world)
    once = zv.Scenario.from_toml(text.format(1.5 * 1.2 - 1)).policy(world)
    assert both.access_hat is not None
    assert once.access_hat is not None
    access = both.access_hat.sel(importer="HOM", sector="goods").to_numpy()
    np.testing.assert_allclose(
        access, once.access_hat.sel(importer="HOM", sector="goods"), rtol=1e-14
    )
    paid = np.array([60, 12, 10]) / 82
    assert paid @ access == pytest.approx(1, rel=1e-14)
