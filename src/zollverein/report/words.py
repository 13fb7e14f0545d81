"""Sentences of the report. Neutral: the same words for every economy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zollverein import accounts
from zollverein.names import country_name
from zollverein.report.map import not_drawn
from zollverein.report.style import percent_limit, signed
from zollverein.tables import NOTICEABLE

if TYPE_CHECKING:
    import pandas as pd

    from zollverein.parameters import Parameters
    from zollverein.report.bands import Bands
    from zollverein.result import Result
    from zollverein.verification import Verification

#: Said in place of the map of a world whose economies the outlines do not know.
NO_MAP = "There is no map, as most economies of this world have names of their own in place of ISO codes."


def headline(result: Result) -> str:
    """One sentence: who loses and who gains most."""
    return headline_of(result.table()["real_income_pct"])


def headline_of(real_income: pd.Series) -> str:
    """The same from the change of real income in percent, indexed by country."""
    change = real_income.sort_values()
    down, up = change.iloc[0], change.iloc[-1]
    loser, winner = country_name(str(change.index[0])), country_name(str(change.index[-1]))
    if max(-down, up) < NOTICEABLE:
        return "The policy changes hardly anything: no real income moves by 0.005 % or more."
    if down > -NOTICEABLE:
        return f"{winner} gains most, {up:.2f} % of real income; no economy loses noticeably."
    if up < NOTICEABLE:
        return f"{loser} loses most, {-down:.2f} % of real income; no economy gains noticeably."
    return f"{loser} loses most, {-down:.2f} % of real income; {winner} gains most, {up:.2f} %."


def second_line(result: Result) -> str:
    """How many gain and lose, the world's total, and what trade does."""
    change = result.table()["real_income_pct"]
    losing, gaining = int((change < -NOTICEABLE).sum()), int((change > NOTICEABLE).sum())
    income = accounts.income(result.before).to_series()
    world = float((income * change).sum() / income.sum())
    trade = _world_trade(result)
    lose, gain = (
        verb if n != 1 else f"{verb}s" for n, verb in ((losing, "lose"), (gaining, "gain"))
    )
    return (
        f"Of {len(change)} economies {losing} {lose} and {gaining} {gain} more than {NOTICEABLE} %; weighted "
        f"by income the world changes by {signed(world, 3)} %, world trade by {signed(trade)} %."
    )


def bands_line(bands: Bands | None, change: pd.Series) -> str:
    """Medians and bands of the economies that the headline names; empty where there are none."""
    spread = None if bands is None else bands.of("real_income_pct")
    if bands is None or spread is None:
        return ""
    ordered = change[[label for label in change.index if label in spread.index]].sort_values()
    shown = [
        str(label)
        for label in dict.fromkeys((ordered.index[0], ordered.index[-1]))
        if abs(float(ordered[label])) >= NOTICEABLE
    ]
    parts = []
    for label in shown:
        median, low, high = (float(x) for x in spread.loc[label].to_numpy())
        parts.append(
            f"{country_name(label)} between {signed(low)} % and {signed(high)} %, median {signed(median)} %"
        )
    told = "; ".join(parts) or "no real income that the headline could name"
    return f"In nine draws of ten, {bands.draws:,} in all: {told}."


def _world_trade(result: Result) -> float:
    old = float(accounts.exports(result.before).sum())
    return 100 * (float(accounts.exports(result.after).sum()) / old - 1) if old > 0 else 0.0


def map_note(change: pd.Series) -> str:
    """Which values lie beyond the ends of the map's scale, and which economies have no place on it."""
    limit = percent_limit(change.tolist())
    outside = change[change.abs() > limit].sort_values(key=abs, ascending=False)
    said = []
    if len(outside):
        shown = ", ".join(
            f"{country_name(str(country))} {signed(value)}" for country, value in outside.items()
        )
        said.append(f"Beyond the ends of the scale: {shown}.")
    absent = not_drawn(tuple(map(str, change.index)))
    if absent:
        said.append(f"Not on the map: {', '.join(map(country_name, absent))}.")
    return " ".join(said)


def verdict(certificate: Verification) -> str:
    """Whether the certificate holds, in one sentence."""
    failed = certificate.failed()
    if not failed:
        return "Every equilibrium condition holds."
    return f"Not every equilibrium condition holds to 1e-9: see {', '.join(failed)} below."


def policy_in_words(result: Result) -> list[str]:
    """One sentence for each measure."""
    if result.scenario is None:
        return ["A policy given directly as arrays of rates and costs."]
    return result.scenario.describe(result.before) or ["No measure: nothing changes."]


def assumptions(result: Result) -> list[tuple[str, str]]:
    """What the numbers rest on, as name and text."""
    world, parameters = result.before, result.parameters
    facts = [
        ("World", f"{world.name}: {len(world.countries)} economies × {len(world.sectors)} sectors"),
        ("Year", "" if world.year is None else str(world.year)),
        ("Source", str(world.data.attrs.get("source", ""))),
        ("Licence", str(world.data.attrs.get("licence", ""))),
        ("Citation", str(world.data.attrs.get("citation", ""))),
        ("Currency", str(world.data.attrs.get("currency", ""))),
        ("Model", _MODELS.get(parameters.model, parameters.model)),
        ("Trade balance", _CLOSURES.get(parameters.closure, parameters.closure)),
        ("Trade elasticities", parameters.elasticity_name),
        ("Horizon", parameters.horizon),
        ("Labour", labour(result)),
        ("Capital", _capital(parameters)),
        ("Substitution", _nests(parameters)),
        ("Economies of scale", _scale(parameters)),
    ]
    return [(name, text) for name, text in facts if text]


def labour(result: Result) -> str:
    """Where labour moves."""
    if result.parameters.labour == "sector_specific":  # then people cannot move either
        return "stays in its sector and its country"
    text = "moves freely between sectors"
    blocs = [
        ", ".join(country_name(member) for member in bloc.members)
        for bloc in result.policy.mobility
    ]
    if not blocs:
        return f"{text} and not between countries"
    return f"{text}; people move between countries inside {' and inside '.join(blocs)}"


def _capital(parameters: Parameters) -> str:
    if parameters.capital != "adjusting":
        return "fixed"
    return f"adjusts to its real return; {100 * parameters.capital_share:.0f} % of value added"


def _nests(parameters: Parameters) -> str:
    """Elasticities of substitution beside the trade elasticities."""
    nests = {
        "value added and inputs": parameters.value_added_elasticity,
        "among inputs": parameters.input_elasticity,
        "among final goods": parameters.final_elasticity,
    }
    if set(nests.values()) == {1.0}:
        return "Cobb-Douglas in production and final demand"
    return "elasticities: " + ", ".join(f"{name} {size:g}" for name, size in nests.items())


def _scale(parameters: Parameters) -> str:
    """Sectors in which the number of firms matters; empty where there is none."""
    scale = parameters.scale
    if scale is None or not scale.values.any():
        return ""
    count, low, high = int((scale.values > 0).sum()), scale.values.min(), scale.values.max()
    size = f"{high:g}" if low == high else f"up to {high:g}"
    return (
        f"in {count} sector{'s' if count > 1 else ''}, {size} (0 constant returns, 1 Krugman 1980)"
    )


def table_rows(table: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Economies by falling real income, numbers as text; words stay as they are."""
    ordered = table.loc[in_order(table)]
    return [
        (country_name(str(country)), [v if isinstance(v, str) else signed(v) for v in row])
        for country, row in zip(ordered.index, ordered.to_numpy(), strict=True)
    ]


def in_order(table: pd.DataFrame) -> list[str]:
    """Economies by falling real income."""
    return [str(c) for c in table.sort_values("real_income_pct", ascending=False).index]


_MODELS = {
    "caliendo_parro": "Caliendo and Parro (2015): many sectors with input-output links, exact hat algebra",
    "armington": "Armington: the same equations as Caliendo and Parro (2015), exact hat algebra",
    "ces": "Caliendo and Parro (2015) with CES nests (Baqaee and Farhi 2024), exact hat algebra",
    "krugman": "Caliendo and Parro (2015) with economies of scale (Krugman 1980), exact hat algebra",
}
_CLOSURES = {
    "share_of_world": "each balance a fixed share of world value added",
    "numeraire": "each balance fixed in units of the numeraire (world value added)",
    "share_of_own": "each balance a fixed share of own value added",
    "zero": "every balance zero",
}
