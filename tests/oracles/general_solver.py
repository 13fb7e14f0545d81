"""Slow, independent solver of the extended model: one Newton system in all unknowns at once.

Written from the papers: Caliendo and Parro (2015, REStud 82) for inputs and duties, Costinot and
Rodriguez-Clare (2014, Handbook of International Economics 4, section 3) for nests and entry,
Anderson, Larch and Yotov (2020, Economic Journal 130) for capital in the steady state. Plain
arrays, axes [exporter, importer, sector], [country, sector], [country, input, sector].

Unknowns: changes of wages, prices and output (in logs), income, and the wedge of every price cap.
The Jacobian is numerical and Walras' law makes one equation of each trading group redundant, so
the steps are least squares with one numeraire equation per group.
"""

from types import SimpleNamespace

import numpy as np

#: What a policy changes when it says nothing; rates have to be given.
NEUTRAL = dict(cost_hat=1.0, productivity_hat=1.0, access_hat=1.0, government_access_hat=1.0,
               transfer=0.0, pools=(), caps=(), mobility=())  # fmt: skip
PLAIN = dict(closure="share_of_world", labour="mobile", capital="fixed", capital_share=1 / 3,
             sigma=1.0, rho=1.0, eta=1.0, scale=0.0, on_no_supplier="error")  # fmt: skip


def part(values, axis):
    """Shares along an axis, zero where the total is zero."""
    total = values.sum(axis, keepdims=True)
    return np.where(total > 0, values / np.where(total > 0, total, 1), 0)


def nest(share, price, elasticity, axis):
    """Index of price changes in a CES nest, and the new shares of spending in it."""
    if elasticity == 1:
        return np.exp((share * np.log(price)).sum(axis)), share
    power, log_price = 1 - elasticity, np.log(price)
    log_index = np.log1p((share * np.expm1(power * log_price)).sum(axis)) / power
    return np.exp(log_index), share * np.exp(power * (log_price - np.expand_dims(log_index, axis)))


def balances(z):
    """Imports less exports of each country."""
    off = z * (1 - np.eye(len(z)))[:, :, None]
    return off.sum((0, 2)) - off.sum((1, 2))


def groups(linked):
    """Countries that trade with one another, directly or not: a list of masks."""
    reach = np.linalg.matrix_power(np.eye(len(linked)) + linked + linked.T, len(linked)) > 0
    return list({tuple(row): row for row in reach}.values())


def calibrate(world, policy, parameters):
    """Everything that stays constant while the unknowns move."""
    m = SimpleNamespace(**{**NEUTRAL, **policy}, **{**PLAIN, **parameters}, before=world)
    m.t0, m.e0 = world["tariff"] + world["import_rent"], world["export_tax"] + world["export_rent"]
    z, g, m.va0 = world["trade_flow"], world["government_flow"], world["value_added"]
    m.output0 = (z / (1 + m.e0)).sum(1)
    possible = np.isfinite(m.cost_hat)
    m.share = part((z - g) * (1 + m.t0), 0) * m.access_hat * possible
    m.share_g = part(g * (1 + m.t0), 0) * m.government_access_hat * possible
    m.bought, m.bought_g = (z - g).sum(0) > 0, g.sum(0) > 0
    open_ = (m.share > 0) | (m.share_g > 0)
    m.alive = (m.output0 > 0) & open_.any(1)
    lost, lost_g = m.bought > m.share.any(0), m.bought_g > m.share_g.any(0)
    if m.on_no_supplier == "error" and (lost.any() or lost_g.any()):
        raise ValueError("a good that is bought has lost every supplier")
    m.bought, m.bought_g = m.bought & ~lost, m.bought_g & ~lost_g
    if m.labour == "sector_specific" and ((m.output0 > 0) > m.alive).any():
        raise ValueError("a sector with its own labour has lost every buyer")
    use = world["intermediate_use"] * ~lost[:, :, None]
    m.beta = np.where(m.output0 > 0, part(np.stack([m.va0, use.sum(1)]), 0)[0], 1)
    m.inputs, demand_g = part(use, 1), (g * (1 + m.t0)).sum(0)
    m.alpha = part((world["final_demand"] - demand_g) * ~lost, 1)
    m.alpha_g = part(demand_g * ~lost_g, 1)
    m.income0 = world["final_demand"].sum(1)
    m.g = demand_g.sum(1) / m.income0
    labour = world["employment"]
    sector_wage = np.where(labour > 0, m.va0 / np.where(labour > 0, labour, 1), 0)
    m.sector_wage = np.where(sector_wage > 0, sector_wage, world["wage"][:, None])
    m.groups, m.deficit0 = groups(open_.any(2)), balances(z)
    moved = m.transfer * np.ones(len(z))
    if any(abs(moved[k].sum()) > 1e-12 * m.va0.sum() for k in m.groups):
        raise ValueError("transfers do not sum to zero within a trading group")
    m.capped = [
        (i, n, s, c) for c in m.caps for i in c["exporters"] for s in c["sectors"]
        for n in [[n for n in c["importers"] if n != i]]
    ]  # fmt: skip
    return m


def unpack(x, m):
    """Changes of wages and prices, levels of output and income, and the wedges of price caps."""
    count, ones = len(m.va0), np.ones(m.va0.shape)
    sizes = [m.alive.sum() if m.labour == "sector_specific" else count, m.bought.sum(),
             m.alive.sum(), count]  # fmt: skip
    wage, price, made, income, wedge = np.split(x, np.cumsum(sizes))
    w, p, y = ones.copy(), ones.copy(), 0 * ones
    if m.labour == "sector_specific":
        w[m.alive] = np.exp(wage)
    else:
        w *= np.exp(wage)[:, None]
    p[m.bought], y[m.alive] = np.exp(price), np.exp(made) * m.output0[m.alive]
    return w, p, y, np.exp(income) * m.income0, wedge


def sourcing(share, bought, cost, variety, m):
    """Price changes, and each exporter's new share in spending: eq. (3)."""
    terms = np.where(share > 0, share * cost**-m.theta * (variety**m.scale)[:, None], 0)
    total = np.where(bought, terms.sum(0), 1)
    return total ** (-1 / m.theta), terms / total


def factors(w, consumer, m):
    """Change of the labour force, and of the quantity of the factor bundle: eq. (8)."""
    power = m.capital_share / (1 - m.capital_share) if m.capital == "adjusting" else 0.0
    real, people = w[:, 0] / consumer, np.ones(len(w))
    for block in m.mobility:
        value = real[block["members"]] ** (block["elasticity"] * (1 + power))
        people[block["members"]] = value / (block["weights"] @ value)
    return people, people * real**power


def deficits(va, z, m):
    """Imports less exports that closure, transfers and pools imply: eq. (7)."""
    new, old = va.sum(1), m.va0.sum(1)
    own = m.closure == "share_of_own"
    target, weight = (m.deficit0 * new / old, new) if own else (m.deficit0.copy(), old)
    target = target * (m.closure != "zero")
    for k in m.groups:
        target[k] -= weight[k] / weight[k].sum() * target[k].sum()
    for pool in m.pools:
        outside = np.setdiff1d(np.arange(len(old)), pool["members"])
        duties = (m.tariff * z)[np.ix_(outside, pool["members"])].sum((0, 2))
        target[pool["members"]] += pool["part"] * (pool["keys"] * duties.sum() - duties)
    return target + m.transfer


def markets(w, p, y, income, t, e, m):
    """What is made, bought and sold at these wages, prices, output and income: eqs. 1 to 5."""
    bundle, input_mix = nest(m.inputs, p[:, :, None], m.rho, 1)
    cost, split = nest(np.stack([m.beta, 1 - m.beta]), np.stack([w, bundle]), m.sigma, 0)
    cost = cost / m.productivity_hat
    delivered = m.cost_hat * (1 + t) * (1 + e) / ((1 + m.t0) * (1 + m.e0)) * cost[:, None]
    variety = np.where(m.alive, y / np.where(m.alive, m.output0, 1) / cost, 1)
    price, share = sourcing(m.share, m.bought, delivered, variety, m)
    price_g, share_g = sourcing(m.share_g, m.bought_g, delivered, variety, m)
    private, mix = nest(m.alpha, p, m.eta, 1)
    public, mix_g = nest(m.alpha_g, price_g, m.eta, 1)
    use = (split[1] * y)[:, None] * input_mix
    final = ((1 - m.g) * income)[:, None] * mix
    final_g = (m.g * income)[:, None] * mix_g
    flow_g = share_g * final_g / (1 + t)
    flow = share * (use.sum(2) + final) / (1 + t) + flow_g
    after = dict(tariff=m.tariff, export_tax=m.export_tax, export_rent=m.export_rent,
                 trade_flow=flow, government_flow=flow_g, government_demand=final_g,
                 intermediate_use=use, value_added=split[0] * y, final_demand=final + final_g,
                 price_index=m.before["price_index"] * p)  # fmt: skip
    return after, cost, price, private ** (1 - m.g) * public**m.g


def equilibrium(x, m):
    """How far every equation is from holding, and the world that these unknowns describe."""
    w, p, y, income, wedge = unpack(x, m)
    rent = m.import_rent.copy()
    for (i, n, s, c), tau in zip(m.capped, wedge, strict=True):
        rent[i, n, s] += (1 - c["leakage"]) * tau
    t, e = m.tariff + rent, m.export_tax + m.export_rent
    after, cost, price, consumer = markets(w, p, y, income, t, e, m)
    z, va, labour = after["trade_flow"], after["value_added"], m.before["employment"]
    people, bundle_hat = factors(w, consumer, m)
    employment = va / (m.sector_wage * w)
    if m.labour == "sector_specific":
        clearing = employment[m.alive] / labour[m.alive] - 1
    else:
        clearing = va.sum(1) / (w[:, 0] * bundle_hat * m.va0.sum(1)) - 1
    earned = va.sum(1) + (t * z).sum((0, 2)) + (e * z / (1 + e)).sum((1, 2)) + deficits(va, z, m)
    gaps = [1 - cost[i, s] / c["cap"] for i, _, s, c in m.capped]
    residual = np.concatenate([
        np.log(p / price)[m.bought],
        (z / (1 + e)).sum(1)[m.alive] / y[m.alive] - 1,
        clearing,
        earned / income - 1,
        np.minimum(wedge, gaps),
        [va[k].sum() / m.va0[k].sum() - 1 for k in m.groups],
    ])  # fmt: skip
    after |= dict(import_rent=rent, employment=employment, wage=va.sum(1) / employment.sum(1),
                  population=m.before["population"] * people,
                  consumer_price=m.before["consumer_price"] * consumer)  # fmt: skip
    return residual, after, cost


def newton(x, m, tolerance, steps):
    """The unknowns at which the equations hold: damped steps with a numerical Jacobian."""
    f = equilibrium(x, m)[0]
    for _ in range(steps):
        if np.abs(f).max() < tolerance:
            break
        slope = [(equilibrium(x + h, m)[0] - f) / 1e-7 for h in 1e-7 * np.eye(len(x))]
        step = np.linalg.lstsq(np.array(slope).T, -f, rcond=1e-13)[0]
        step *= min(1.0, 0.5 / np.abs(step).max())
        for _ in range(12):
            trial = equilibrium(x + step, m)[0]
            if np.linalg.norm(trial) < np.linalg.norm(f):
                break
            step = step / 2
        x, f = x + step, trial
    return x


def solve(world, policy, parameters, tolerance=1e-12, steps=100):
    """The counterfactual world in levels, with ``residual`` and the ``cost`` changes beside it."""
    m = calibrate(world, policy, parameters)
    free, capped = 2 * len(m.va0) + m.bought.sum() + m.alive.sum(), m.capped
    if m.labour == "sector_specific":
        free += m.alive.sum() - len(m.va0)
    m.capped = []
    x = newton(np.zeros(free), m, tolerance, steps)
    m.capped = capped
    x = newton(np.append(x, np.zeros(len(capped))), m, tolerance, steps) if capped else x
    f, after, cost = equilibrium(x, m)
    return {**after, "cost": cost, "residual": np.abs(f).max()}
