"""Slow, independent solver of Caliendo and Parro (2015, REStud 82, eqs. 2-12), from the paper.

Plus export taxes, productivity, embargoes, closures, separated groups. Axes [exporter, importer,
sector], [country, input, sector]. Prices by fixed point, spending by dense algebra, wages by Newton.
"""

import numpy as np


def shares(z, t, e, use, va, final):
    """Trade, cost and spending shares, value added and trade balance of a world in levels."""
    paid, output = z * (1 + t), (z / (1 + e)).sum(1)
    spent, made = paid.sum(0), np.where(output > 0, output, 1)
    pi = np.where(spent > 0, paid / np.where(spent > 0, spent, 1), 0)
    beta, gamma = np.where(output > 0, va / made, 1), use / made[:, None]
    alpha, balance = final / final.sum(1, keepdims=True), balances(z)[0]
    return dict(pi=pi, beta=beta, gamma=gamma, alpha=alpha, va=va.sum(1), balance=balance)


def balances(z):
    """Exports less imports, and exports plus imports, of each country."""
    off = z * (1 - np.eye(len(z)))[:, :, None]
    return off.sum((1, 2)) - off.sum((0, 2)), off.sum((1, 2)) + off.sum((0, 2))


def groups(linked):
    """Connected components (a label per country) of the graph of trade."""
    label = np.arange(len(linked))
    for _ in label.copy():
        for i, n in np.argwhere(linked):
            label[i] = label[n] = min(label[i], label[n])
    return label


def target_balance(closure, b, va, va_new, label):
    """Trade balance each country must run, zero in the sum of every group."""
    own, b = closure == "share_of_own", b * (closure != "zero")
    target, weight = (b * va_new / va, va_new) if own else (b, va)
    for member in (label == g for g in np.unique(label)):
        target[member] -= weight[member] / weight[member].sum() * target[member].sum()
    return target


def inner(w, s, p, theta, closure, label, log_p):
    """Prices, spending and flows at given wages; the imbalance of trade relative to trade."""
    bought, t, e, n = s["pi"].any(0), p["tariff"], p["export_tax"], len(w)
    for _ in range(5000):
        log_c = s["beta"] * np.log(w)[:, None] + np.einsum("nks,nk->ns", s["gamma"], log_p)
        terms = s["pi"] * (p["kappa"] * (np.exp(log_c) / p["productivity"])[:, None]) ** -theta
        total = np.where(bought, terms.sum(0), 1.0)
        if (total <= 0).any():
            raise ValueError("a good that is bought has lost every supplier")
        change, log_p = np.abs(-np.log(total) / theta - log_p).max(), -np.log(total) / theta
        if change < 1e-15:
            break
    va = w * s["va"]
    target = target_balance(closure, s["balance"], s["va"], va, label)
    fob = np.where(bought, terms / total, 0.0) / (1 + t)  # per unit of duty-paid spending
    factory, cells = fob / (1 + e), s["beta"].size
    earned = e * factory  # taxes of n on what x spends, [n, x, s]
    earned[range(n), range(n)] += (t * fob).sum(0)
    matrix = np.einsum("njs,nxs->njxs", s["gamma"], factory)
    matrix = matrix + np.einsum("nj,nxs->njxs", s["alpha"], earned)
    constant = s["alpha"] * (va - target)[:, None]
    x = np.linalg.solve(np.eye(cells) - matrix.reshape(cells, cells), constant.ravel())
    z = fob * (x := x.reshape(s["beta"].shape))
    gap, trade = balances(z)
    gap = np.where(trade > 0, (gap - target) / np.where(trade > 0, trade, 1), 0)
    income = va - target + (earned * x).sum((1, 2))
    return gap, dict(log_p=log_p, trade_flow_new=z, income_new=income)


def solve(s, theta, closure, *, tariff, export_tax, new_tariff, new_export_tax, cost_hat,
          productivity_hat, tolerance=1e-13):  # fmt: skip
    """New equilibrium from the shares ``s``: hats of wages and prices, flows and income."""
    taxes = (1 + new_tariff) * (1 + new_export_tax) / (1 + tariff) / (1 + export_tax)
    p = dict(tariff=new_tariff, export_tax=new_export_tax, productivity=productivity_hat)
    p["kappa"], count, va = cost_hat * taxes, len(s["va"]), s["va"]
    label = groups(((s["pi"] > 0) & np.isfinite(cost_hat)).any(2))

    def residual(x, log_p):
        gap, state = inner(np.exp(x), s, p, theta, closure, label, log_p)
        members = [label == g for g in np.unique(label)]
        return np.append(gap, [np.log(np.exp(x)[m] @ va[m] / va[m].sum()) for m in members]), state

    x, step = np.zeros(count), np.ones(count)
    f, state = residual(x, np.zeros_like(s["beta"]))
    for _ in range(100):
        if np.abs(f).max() <= tolerance or np.abs(step).max() <= 1e-15:
            break
        columns = [residual(x + h, state["log_p"])[0] - f for h in 1e-6 * np.eye(count)]
        step = np.linalg.lstsq(np.array(columns).T / 1e-6, -f, rcond=None)[0]
        step *= min(1.0, 0.5 / np.abs(step).max())
        trial, there = residual(x + step, state["log_p"])
        while np.linalg.norm(trial) > np.linalg.norm(f) and np.abs(step).max() > 1e-15:
            step = step / 2
            trial, there = residual(x + step, state["log_p"])
        x, f, state = x + step, trial, there
    price, state["residual"] = np.exp(state.pop("log_p")), np.abs(f).max()
    return dict(wage_hat=np.exp(x), price_hat=price, **state)
