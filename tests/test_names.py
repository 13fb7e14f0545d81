"""Names: countries, blocs, groups of sectors, and the nearest name to a misspelt one."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zollverein.errors import ScenarioError
from zollverein.names import (
    alpha2,
    bloc,
    bloc_members,
    bloc_names,
    country_name,
    did_you_mean,
    iso3,
    nearest,
    sector_group,
)
from zollverein.names.countries import ALIASES, DISPLAY_NAMES, written_names
from zollverein.names.sectors import world_groups

ICIO = ("A01", "B05", "C10T12", "C301", "D", "H49", "J58T60", "J62_63", "T", "Services (aggregate)")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("RUS", "RUS"),
        ("rus", "RUS"),
        ("RU", "RUS"),
        ("Russia", "RUS"),
        ("Russian Federation", "RUS"),
        ("  russian   federation ", "RUS"),
        ("South Korea", "KOR"),
        ("Republic of Korea", "KOR"),
        ("UK", "GBR"),
        ("United Kingdom", "GBR"),
        ("US", "USA"),
        ("Czechia", "CZE"),
        ("Czech Republic", "CZE"),
        ("Türkiye", "TUR"),
        ("Turkey", "TUR"),
        ("Côte d'Ivoire", "CIV"),
        ("Ivory Coast", "CIV"),
        ("Viet Nam", "VNM"),
        ("Vietnam", "VNM"),
        ("Chinese Taipei", "TWN"),
        ("Rest of the world", "ROW"),
        ("Belarus", "BLR"),
    ],
)
def test_a_country_may_be_written_in_many_ways(written: str, code: str) -> None:
    assert iso3(written) == code


@pytest.mark.parametrize("written", ["Belarrus", "", " ", "EU27", "all", "XXX"])
def test_what_is_no_country_has_no_code(written: str) -> None:
    assert iso3(written) is None


def test_every_name_shown_can_be_written() -> None:
    import pycountry

    for code in [country.alpha_3 for country in pycountry.countries] + ["ROW"]:
        assert iso3(code) == code
        assert iso3(country_name(code)) == code


def test_own_names_are_of_iso_countries() -> None:
    for code in {*DISPLAY_NAMES, *ALIASES.values()} - {"ROW"}:
        assert alpha2(code) is not None, code


def test_a_label_that_is_no_code_is_its_own_name() -> None:
    assert country_name("HOM") == "HOM"
    assert alpha2("HOM") is None
    assert alpha2("DEU") == "DE"


def test_written_names_lead_to_the_labels_of_the_world() -> None:
    names = written_names(("BLR", "GBR", "HOM"))
    assert set(names.values()) == {"BLR", "GBR", "HOM"}
    assert names["Belarus"] == "BLR"
    assert names["UK"] == "GBR"
    assert names["HOM"] == "HOM"


# ---------------------------------------------------------------------------------------- blocs
@pytest.mark.parametrize("name", bloc_names())
def test_a_bloc_says_who_since_when_and_from_where(name: str) -> None:
    found = bloc(name)
    assert found is not None
    assert found.name == name
    assert found.title
    assert found.source
    assert dt.date.fromisoformat(found.as_of).year >= 1957
    assert len(set(found.members)) == len(found.members) >= 2
    for code in found.members:
        assert alpha2(code) is not None, code


@pytest.mark.parametrize("name", bloc_names())
def test_no_bloc_is_mistaken_for_a_country(name: str) -> None:
    found = bloc(name)
    assert found is not None
    for written in (found.name, *found.aliases):
        assert iso3(written) is None
        assert bloc(written.lower()) is found


def test_names_of_blocs_are_distinct() -> None:
    found = [bloc(name) for name in bloc_names()]
    written = [name.casefold() for one in found if one for name in (one.name, *one.aliases)]
    assert len(set(written)) == len(written)


@pytest.mark.parametrize(
    ("name", "count"), [("EU27", 27), ("EU28", 28), ("EAEU", 5), ("CIS", 9), ("G7", 7), ("G20", 19)]
)
def test_number_of_members(name: str, count: int) -> None:
    assert len(bloc_members(name)) == count


def test_blocs_that_contain_each_other() -> None:
    assert set(bloc_members("EU28")) - set(bloc_members("EU27")) == {"GBR"}
    assert set(bloc_members("EEA")) - set(bloc_members("EU27")) == {"ISL", "LIE", "NOR"}
    assert set(bloc_members("EUROZONE")) < set(bloc_members("EU27"))
    assert set(bloc_members("UNION_STATE")) < set(bloc_members("EAEU")) & set(bloc_members("CIS"))


def test_an_unknown_bloc() -> None:
    assert bloc("EU99") is None
    assert bloc_members("EU99") == ()


# -------------------------------------------------------------------------------------- sectors
def test_goods_and_services_of_isic_labels() -> None:
    assert sector_group("goods", ICIO, {}) == ICIO[:4]
    assert sector_group("services", ICIO, {}) == ICIO[4:]


def test_a_world_may_say_itself_what_its_groups_are() -> None:
    attrs = {"sector_groups": json.dumps({"goods": ["wine", "cloth"], "luxury": ["wine"]})}
    assert world_groups(attrs) == {"goods": ["wine", "cloth"], "luxury": ["wine"]}
    assert sector_group("goods", ("cloth", "wine", "work"), attrs) == ("cloth", "wine")
    assert sector_group("luxury", ("cloth", "wine", "work"), attrs) == ("wine",)


def test_labels_that_do_not_tell_goods_from_services() -> None:
    with pytest.raises(ScenarioError, match=r"'wine', for instance.*sector_groups"):
        sector_group("goods", ("C26", "wine"), {})


def test_an_unknown_group_of_sectors() -> None:
    with pytest.raises(ScenarioError, match=r"'godos' is not a group of sectors: did you mean 'goods'\?"):
        sector_group("godos", ICIO, {})


# ----------------------------------------------------------------------------------- suggestions
def test_the_nearest_name_ignores_case() -> None:
    assert nearest("IMPORTER", ["exporters", "importers"]) == "importers"
    assert nearest("zzz", ["exporters", "importers"]) is None


def test_the_question() -> None:
    assert did_you_mean("tarif", ["tariff", "embargo"]) == ": did you mean 'tariff'?"
    assert did_you_mean("Belarrus", {"Belarus": "BLR"}) == ": did you mean 'BLR' (Belarus)?"
    assert did_you_mean("zzz", ["tariff"]) == "."


@given(st.text(max_size=30))
def test_any_text_may_be_asked_for(text: str) -> None:
    assert iso3(text) is None or len(iso3(text) or "") == 3
    bloc(text)
    did_you_mean(text, bloc_names())
