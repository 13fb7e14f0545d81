"""Countries, blocs and groups of sectors."""

import re
import subprocess
import sys
from pathlib import Path

import pycountry
import pytest

import zollverein as zv
from zollverein.errors import ScenarioError
from zollverein.names import (
    alpha2,
    bloc,
    bloc_names,
    country_name,
    did_you_mean,
    iso3,
    nearest,
    sector_group,
)
from zollverein.names.sectors import world_groups

# The 81 countries of OECD ICIO, 2025 edition, that are not in every name list.
WRITTEN = {
    "Russia": "RUS",
    "Russian Federation": "RUS",
    "South Korea": "KOR",
    "Korea": "KOR",
    "Turkey": "TUR",
    "Türkiye": "TUR",
    "Czech Republic": "CZE",
    "Czechia": "CZE",
    "Vietnam": "VNM",
    "Viet Nam": "VNM",
    "UK": "GBR",
    "USA": "USA",
    "United States": "USA",
    "Hong Kong": "HKG",
    "Taiwan": "TWN",
    "Laos": "LAO",
    "Ivory Coast": "CIV",
    "DR Congo": "COD",
    "  belarus ": "BLR",
    "by": "BLR",
    "blr": "BLR",
}


@pytest.mark.parametrize(("name", "code"), WRITTEN.items())
def test_names_people_write(name, code):
    assert iso3(name) == code


def test_an_unknown_name_is_none():
    assert iso3("Atlantis") is None
    assert alpha2("ATL") is None
    assert alpha2("RUS") == "RU"


def test_display_name_of_every_country_leads_back_to_it():
    for country in pycountry.countries:
        assert iso3(country_name(country.alpha_3)) == country.alpha_3
    assert country_name("s0") == "s0"


def shipped(name):
    entry = bloc(name)
    assert entry is not None, name
    return entry


def test_blocs_have_real_members_source_and_date():
    codes = {country.alpha_3 for country in pycountry.countries}
    for name in bloc_names():
        entry = shipped(name)
        assert set(entry.members) <= codes, name
        assert len(set(entry.members)) == len(entry.members) > 1, name
        assert entry.source, name
        assert len(entry.as_of) == 10, name


def test_the_table_of_blocs_in_the_documentation():
    page = (Path(__file__).parents[1] / "docs" / "scenario.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for name in bloc_names():
        entry = shipped(name)
        words = ", ".join(f"`{word}`" for word in (name, *entry.aliases))
        row = f"| {words} | {entry.title} | {entry.as_of} | {len(entry.members)} | {entry.source} |"
        assert row in rows, f"docs/scenario.md lacks this row: {row}"


SIZES = {
    "ASEAN": 11,
    "BRICS": 10,
    "CIS": 9,
    "CPTPP": 12,
    "EAEU": 5,
    "EEA": 30,
    "EFTA": 4,
    "EU27": 27,
    "EU28": 28,
    "EUROZONE": 21,
    "G20": 19,
    "G7": 7,
    "GCC": 6,
    "MERCOSUR": 5,
    "OECD": 38,
    "RCEP": 15,
    "SCO": 10,
    "UNION_STATE": 2,
    "USMCA": 3,
}


def test_sizes_of_blocs():
    assert {name: len(shipped(name).members) for name in bloc_names()} == SIZES


def test_blocs_by_alias_and_in_any_case():
    assert bloc("european union") == bloc("EU") == bloc("eu27")
    assert bloc("no such bloc") is None


def test_no_bloc_is_called_like_a_country():
    names = [n for name in bloc_names() for n in (name, *shipped(name).aliases)]
    assert [name for name in names if iso3(name)] == []


def test_goods_and_services_of_icio():
    sectors = ("A01", "B05", "C302T309", "D", "F", "H49", "J62_63", "T", "Services (aggregate)")
    assert sector_group("goods", sectors, {}) == ("A01", "B05", "C302T309")
    assert sector_group("services", sectors, {}) == sectors[3:]


def test_groups_of_a_world_with_other_labels():
    sectors = ("s0", "s1")
    with pytest.raises(ScenarioError, match="does not say which sectors are goods"):
        sector_group("goods", sectors, {})
    attrs = {"sector_groups": '{"goods": ["s1"], "food": ["s0"]}'}
    assert sector_group("goods", sectors, attrs) == ("s1",)
    assert sector_group("food", sectors, attrs) == ("s0",)
    with pytest.raises(ScenarioError, match="did you mean 'food'"):
        sector_group("fod", sectors, attrs)


def test_the_attribute_in_the_message_can_be_copied_whatever_the_label():
    label = 'things "made" / von früher'
    with pytest.raises(ScenarioError) as refused:
        sector_group("goods", (label,), {})
    example = re.search(r"for example '(.*)'\.$", str(refused.value))
    assert example is not None
    assert sector_group("goods", (label,), {"sector_groups": example[1]}) == (label,)


def test_suggestions():
    assert nearest("belarrus", ["Belgium", "Belarus"]) == "Belarus"
    assert nearest("xyz", ["Belgium"]) is None
    assert nearest("rsu", ["SAU", "RUS"]) == "RUS"
    assert did_you_mean("Belarrus", {"Belarus": "BLR"}) == ": did you mean 'BLR' (Belarus)?"
    assert did_you_mean("xyz", ["Belgium"]) == "."


def test_names_load_the_country_table_only_when_asked():
    code = "import sys, zollverein.names; assert 'pycountry' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_tables_by_country_take_names_as_everywhere_else():
    """Codes, English names and any case stand for the world's label; one country twice is refused."""
    toy = zv.load_world("toy").data
    labels = {dim: ["DEU", "FRA", "POL"] for dim in ("country", "exporter", "importer")}
    europe = zv.World("europe", toy.assign_coords(labels))
    both = {"members": ["Germany", "FR"], "kind": "mobility", "elasticity": 1.0}
    union = {"kind": "customs_union", "members": ["DEU", "FRA"], "external": "keep"}

    def policy(**measure):
        return zv.Scenario.from_dict({"measures": [measure]}).policy(europe)

    for people in ({"DEU": 3, "FRA": 1}, {"Germany": 3, "FR": 1}, {"deu": 3, " France ": 1}):
        assert policy(**both, people=people).mobility[0].weights == (0.75, 0.25)
        shares = {name: size / 4 for name, size in people.items()}
        assert policy(**union, keys=shares).pools[0].keys == (0.75, 0.25)
    with pytest.raises(ScenarioError, match="'Germany' is DEU, which is named twice"):
        policy(**both, people={"DEU": 3, "Germany": 1, "FRA": 1})
    with pytest.raises(ScenarioError, match="people must name every member and nobody else"):
        policy(**both, people={"Germany": 3, "Italy": 1})


def test_groups_of_a_world_are_lists_of_ones_own():
    attrs = {"sector_groups": '{"energy": ["s0", "s1"]}'}
    world_groups(attrs)["energy"].append("s2")
    assert world_groups(attrs) == {"energy": ["s0", "s1"]}
