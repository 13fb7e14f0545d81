"""What the commands ``describe`` and ``stats`` answer: tables and pages about a world or an economy.

No economics here; every step is a public function.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zollverein.errors import DataError, ScenarioError
from zollverein.packaged import load_world, worlds
from zollverein.running import DEFAULT_WORLD, Say
from zollverein.world import World

if TYPE_CHECKING:
    import pandas as pd


def describe(
    name: str,
    country: str | None,
    out: Path | None,
    *,
    after: bool = False,
    flows: Mapping[str, str | None] | None = None,
    say: Say,
) -> tuple[dict[str, Any], pd.DataFrame | None, Path | None]:
    """Facts about a world; or about an economy, with its statistics, and its profile if asked for.

    Args:
        name: A packaged world or a world file; or an economy of the default world.
        country: An economy of that world.
        out: Where to write the profile of an economy.
        after: Of a result file, the world after the policy.
        flows: Where the profile's turnover over the years is from: ``path``, and ``unit`` and
            ``array`` as for ``read_flows``.
        say: Receives a line about each stage.

    Returns:
        The facts; the table of statistics of an economy; the profile's path if written.

    Raises:
        ZollvereinError: If a name is unknown, a profile is wanted of a whole world or cannot be written,
            or flows are given without one.
    """
    from zollverein.description import describe_country, describe_world
    from zollverein.files import check_target
    from zollverein.report import write_profile
    from zollverein.report.pdf import check_page
    from zollverein.statistics import overview

    asked = [f"--{key.replace('path', 'flows')}" for key, value in (flows or {}).items() if value]
    if asked and out is None:
        raise ScenarioError(
            f"{asked[0]} is for the profile of an economy: add --out, such as x.html."
        )
    if asked and "--flows" not in asked:
        raise ScenarioError(f"{asked[0]} says how to read --flows FILE, which is not given.")
    if out is not None and not out.is_dir():
        check_page(out)
        check_target(out)
    world, economy = _world_and_economy(name, country, after=after)
    if economy is None:
        if out is not None:
            raise ScenarioError("--out writes the profile of an economy: name one, such as BLR.")
        return describe_world(world), None, None
    facts = describe_country(world, economy)
    say("looking through the input-output table")
    table = overview(world, economy)
    if out is None:
        return facts, table, None
    say("drawing the profile")
    history = _history(world, economy, flows or {})
    return facts, table, write_profile(world, economy, out, history=history)


def _history(world: World, economy: str, flows: Mapping[str, str | None]) -> pd.DataFrame | None:
    """Turnover over the years of a file of flows; None if no file is given."""
    given: dict[str, Any] = {key: value for key, value in flows.items() if value is not None}
    if "path" not in given:
        return None
    from zollverein.flows import read_flows, turnover_history
    from zollverein.names import country_label

    path = given.pop("path")
    label = country_label(economy, world.countries, world.name)
    return turnover_history(read_flows(path, **given), label)


def _state(name: str, *, after: bool) -> World:
    """A packaged world, the world of a file, or the world after the policy of a result file."""
    from zollverein.archive import load_result

    return load_result(name).after if after else load_world(name)


def _world_and_economy(name: str, country: str | None, *, after: bool) -> tuple[World, str | None]:
    """A name alone is a world if there is one, and otherwise an economy of the default world."""
    from zollverein.names import iso3

    alone = country is None and not after and name not in worlds()
    if alone and not Path(name).exists() and iso3(name):
        return load_world(DEFAULT_WORLD), name
    try:
        return _state(name, after=after), country
    except DataError as error:
        if country is not None or after:
            raise
        from zollverein.names.countries import written_names
        from zollverein.names.suggest import did_you_mean

        codes = load_world(DEFAULT_WORLD).countries
        near = did_you_mean(name, written_names(codes))
        raise DataError(str(error) if near == "." else f"{error} Or an economy{near}") from None


def statistics_table(
    world: str,
    country: str | None,
    partner: str | None,
    bloc: str | None,
    sectors: str | None,
    *,
    after: bool = False,
) -> pd.DataFrame:
    """The statistics of an economy, a pair or a bloc; without an economy, those of all.

    Args:
        world: A packaged world or a world file.
        country: An economy; all if omitted.
        partner: Its partner.
        bloc: A bloc's name, or names with commas between.
        sectors: A group of sectors, or labels with commas between.
        after: Of a result file, the world after the policy.

    Raises:
        ZollvereinError: If a name is unknown, or a partner or bloc is given without an economy.
    """
    from zollverein.statistics import economies_table, overview

    if country is None and (partner or bloc):
        raise ScenarioError(
            "a partner or a bloc needs an economy: add --country, such as --country RUS."
        )
    loaded = _state(world, after=after)
    if country is None:
        table = economies_table(loaded, _several(sectors))
    else:
        table = overview(loaded, country, partner, _several(bloc), _several(sectors))
    facts = (loaded.name, loaded.year, loaded.data.attrs.get("currency"), sectors or "all sectors")
    table.attrs["title"] = ", ".join(str(fact) for fact in facts if fact)
    return table


def list_statistics() -> pd.DataFrame:
    """Every statistic with unit, formula and source, indexed by ``statistic``."""
    import pandas as pd

    from zollverein.statistics import STATISTICS

    rows = {name: [s.unit, s.formula, s.source] for name, s in STATISTICS.items()}
    columns = ["unit", "formula", "source"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("statistic")


def _several(names: str | None) -> str | list[str] | None:
    """Names with commas between, as a list; one name as it is."""
    if names is None or "," not in names:
        return names
    return [name.strip() for name in names.split(",") if name.strip()]
