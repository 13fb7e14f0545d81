"""The policy and the parameters of a result in plain arrays: what must hold.

Fields that they do not have take their neutral value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from zollverein.errors import DataError
from zollverein.verification.levels import OWN, PAIR, Array, plain, read_levels

#: Difference of a policy from its scenario's that is none.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Pool:
    """Import duties that the members collect together: positions, keys, the part that is pooled."""

    members: Array
    keys: Array
    part: float


@dataclass(frozen=True)
class Cap:
    """A price cap: positions of the capped cells ``[exporter, importer, sector]`` as a mask."""

    cells: Array
    cap: float
    leakage: float


@dataclass(frozen=True)
class Bloc:
    """Countries between which people move: positions, weights, migration elasticity."""

    members: Array
    weights: Array
    elasticity: float


@dataclass(frozen=True)
class Rules:
    """A Policy in plain arrays; factors that it does not have are 1, rates stay as they were.

    ``unions`` are the members of Kemp-Wan unions, as masks over the countries.
    """

    tariff: Array
    import_rent: Array
    export_tax: Array
    export_rent: Array
    cost_hat: Array
    productivity_hat: Array
    access_hat: Array
    government_access_hat: Array
    transfer: Array
    pools: tuple[Pool, ...]
    caps: tuple[Cap, ...]
    mobility: tuple[Bloc, ...]
    unions: tuple[Array, ...] = ()

    def same_groups(self, other: Self) -> bool:
        """Whether pools, caps, blocs and unions are the same."""
        for name in ("pools", "caps", "mobility", "unions"):
            mine, theirs = getattr(self, name), getattr(other, name)
            pairs = zip(mine, theirs, strict=False)
            if len(mine) != len(theirs) or not all(_same(*pair) for pair in pairs):
                return False
        return True

    def with_external_taxes(self, tariff: Array, export_tax: Array) -> Self:
        """The rules in which the external taxes of Kemp-Wan unions are these, as found."""
        found = self
        for member in self.unions:
            duty, levy = ~member[:, None] & member, member[:, None] & ~member
            found = replace(
                found,
                tariff=np.where(duty[:, :, None], tariff, found.tariff),
                export_tax=np.where(levy[:, :, None], export_tax, found.export_tax),
            )
        return found


def _same(one: Any, other: Any) -> bool:
    """Whether two rules, or two arrays, have the same numbers but for rounding."""
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    return all(_near(value, vars(other)[name]) for name, value in vars(one).items())


def _near(one: Any, other: Any) -> bool:
    """Whether two numbers, or as many of them, are the same but for rounding."""
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=ROUNDING, atol=0.0)


def read_rules(policy: Any, before: Any) -> Rules:
    """The policy of a result, aligned with the labels of its worlds.

    Raises:
        DataError: If a label is unknown, or a country or a flow is in two groups of a kind.
    """
    countries, sectors = list(before.countries), list(before.sectors)
    start, one = read_levels(before), np.ones((1, 1, 1))

    def optional(name: str, axes: tuple[str, ...], neutral: Array) -> Array:
        value = getattr(policy, name, None)
        return neutral if value is None else plain(value, axes)

    pools = tuple(_read_pool(p, countries) for p in getattr(policy, "pools", None) or ())
    mobility = tuple(_read_bloc(b, countries) for b in getattr(policy, "mobility", None) or ())
    caps = tuple(_read_cap(c, countries, sectors) for c in getattr(policy, "caps", None) or ())
    _refuse_overlap("pool", [p.members for p in pools])
    _refuse_overlap("mobility bloc", [b.members for b in mobility])
    _refuse_overlap("price cap", [np.flatnonzero(c.cells) for c in caps])
    return Rules(
        tariff=plain(policy.tariff, PAIR),
        import_rent=optional("import_rent", PAIR, start.import_rent),
        export_tax=plain(policy.export_tax, PAIR),
        export_rent=optional("export_rent", PAIR, start.export_rent),
        cost_hat=plain(policy.cost_hat, PAIR),
        productivity_hat=plain(policy.productivity_hat, OWN),
        access_hat=optional("access_hat", PAIR, one),
        government_access_hat=optional("government_access_hat", PAIR, one),
        transfer=optional("transfer", ("country",), np.zeros(len(countries))),
        pools=pools,
        caps=caps,
        mobility=mobility,
        unions=tuple(
            np.isin(countries, list(union.members))
            for union in getattr(policy, "unions", None) or ()
        ),
    )


def _read_pool(pool: Any, countries: list[str]) -> Pool:
    keys, part = np.asarray(pool.keys, dtype=float), float(getattr(pool, "part", 1.0))
    return Pool(_positions(pool.members, countries), keys, part)


def _read_bloc(bloc: Any, countries: list[str]) -> Bloc:
    weights = np.asarray(bloc.weights, dtype=float)
    return Bloc(_positions(bloc.members, countries), weights, float(bloc.elasticity))


def _read_cap(cap: Any, countries: list[str], sectors: list[str]) -> Cap:
    """Domestic sales of the exporter are never capped."""
    cells = np.zeros((len(countries), len(countries), len(sectors)), dtype=bool)
    axes = (cap.exporters, countries), (cap.importers, countries), (cap.sectors, sectors)
    cells[np.ix_(*(_positions(labels, known) for labels, known in axes))] = True
    cells[np.eye(len(countries), dtype=bool)] = False
    return Cap(cells, float(cap.cap), float(cap.leakage))


def _positions(labels: Sequence[str], known: list[str]) -> Array:
    unknown = [str(label) for label in labels if label not in known]
    if unknown:
        raise DataError(f"verify: the policy names {', '.join(unknown)}, not in the world.")
    return np.array([known.index(label) for label in labels], dtype=int)


def _refuse_overlap(kind: str, members: list[Array]) -> None:
    everyone = np.concatenate([np.zeros(0, dtype=int), *members])
    if len(np.unique(everyone)) < len(everyone):
        raise DataError(f"verify: something belongs to more than one {kind} of the policy.")


@dataclass(frozen=True)
class Choices:
    """Parameters in plain values; those that are not there have the value of the plain model."""

    theta: Array
    scale: Array
    closure: str
    labour: str
    capital: str
    capital_share: float
    sigma: float
    rho: float
    eta: float
    on_no_supplier: str


#: Fields of the parameters that only the general model has.
_GENERAL = ("labour", "capital", "scale", "value_added_elasticity")


def read_choices(parameters: Any, sectors: Sequence[str]) -> Choices:
    """The parameters of a result.

    Raises:
        DataError: If the model, the labour market, the rule for capital or for goods without a
            supplier is unknown.
    """
    model = str(parameters.model)
    if model != "caliendo_parro" and not any(hasattr(parameters, name) for name in _GENERAL):
        raise DataError(f"verify: no independent conditions are written for the model '{model}'.")

    def by_sector(value: Any) -> Array:
        if not hasattr(value, "sel"):
            return np.full(len(sectors), float(value or 0.0))
        return np.array([float(value.sel(sector=s)) for s in sectors])

    choices = Choices(
        theta=by_sector(parameters.trade_elasticity),
        scale=by_sector(getattr(parameters, "scale", None)),
        closure=str(parameters.closure),
        labour=str(getattr(parameters, "labour", "mobile")),
        capital=str(getattr(parameters, "capital", "fixed")),
        capital_share=float(getattr(parameters, "capital_share", 1 / 3)),
        sigma=float(getattr(parameters, "value_added_elasticity", 1.0)),
        rho=float(getattr(parameters, "input_elasticity", 1.0)),
        eta=float(getattr(parameters, "final_elasticity", 1.0)),
        on_no_supplier=str(getattr(parameters, "on_no_supplier", "error")),
    )
    known = {"mobile", "sector_specific"}, {"fixed", "adjusting"}, {"error", "shut_down"}
    chosen = choices.labour, choices.capital, choices.on_no_supplier
    for value, allowed in zip(chosen, known, strict=True):
        if value not in allowed:
            raise DataError(f"verify: '{value}' is not one of {', '.join(sorted(allowed))}.")
    return choices
