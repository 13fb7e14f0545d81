"""From purchases, final sales and duties to the arrays of a World."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Least share of value added in output. The source caps inputs at 98 % of output before duty.
LEAST_VALUE_ADDED = 0.02
#: Bits kept of trade flows and input purchases: those of a 32-bit floating-point number.
MANTISSA_BITS = 24


@dataclass(frozen=True)
class Table:
    """Arrays of a World, million USD; see ``zollverein.variables`` for the definitions.

    Attributes:
        trade_flow: ``[exporter, importer, sector]`` before duty.
        tariff: ``[exporter, importer, sector]`` rates.
        intermediate_use: ``[country, input_sector, sector]`` duty paid.
        final_demand: ``[country, sector]`` duty paid.
        value_added: ``[country, sector]``.
        lowered: (country, sector) positions whose inputs were lowered to leave value added.
    """

    trade_flow: np.ndarray
    tariff: np.ndarray
    intermediate_use: np.ndarray
    final_demand: np.ndarray
    value_added: np.ndarray
    lowered: tuple[tuple[int, int], ...]


def duty_paid_use(purchases: np.ndarray, tariff: np.ndarray) -> np.ndarray:
    """Input purchases with duty ``[country, input_sector, sector]``: Σ_i M_iks (1 + t_ik).

    Args:
        purchases: ``[exporter, input_sector, importer, sector]`` before duty.
        tariff: ``[exporter, importer, sector]`` rates.
    """
    return np.einsum("iknu,ink->nku", purchases, 1 + tariff, optimize=True)


def leave_value_added(
    use: np.ndarray, output: np.ndarray
) -> tuple[np.ndarray, tuple[tuple[int, int], ...]]:
    """Lower the inputs of industries that duty would leave with less than the least value added.

    What they no longer buy stays sold to the same country, as final demand.

    Args:
        use: ``[country, input_sector, sector]`` duty paid.
        output: ``[country, sector]``.

    Returns:
        The inputs, and the positions (country, sector) that changed.
    """
    cost, most = use.sum(axis=1), (1 - LEAST_VALUE_ADDED) * output
    above = cost > most * (1 + 1e-12)
    factor = np.where(above, most / np.where(cost > 0, cost, 1.0), 1.0)
    positions = tuple((int(c), int(s)) for c, s in np.argwhere(above))
    return use * factor[:, None, :], positions


def assemble(purchases: np.ndarray, final_sales: np.ndarray, tariff: np.ndarray) -> Table:
    """Duties on inputs lower value added; final demand is what producers do not buy.

    Flows are rounded up and inputs down to ``MANTISSA_BITS``, so that no residual turns negative;
    value added and final demand are then the exact residuals of the two identities.

    Args:
        purchases: ``[exporter, input_sector, importer, sector]`` before duty.
        final_sales: ``[exporter, importer, sector]`` before duty.
        tariff: ``[exporter, importer, sector]`` rates.
    """
    flow = shorten(purchases.sum(axis=3).transpose(0, 2, 1) + final_sales, up=True)
    output = flow.sum(axis=1)
    use, lowered = leave_value_added(duty_paid_use(purchases, tariff), output)
    use = shorten(use, up=False)
    bought = (flow * (1 + tariff)).sum(axis=0)
    final = bought - use.sum(axis=2)
    rounding = (final < 0) & (final > -1e-12 * bought)
    return Table(
        trade_flow=flow,
        tariff=tariff,
        intermediate_use=use,
        final_demand=np.where(rounding, 0.0, final),
        value_added=output - use.sum(axis=1),
        lowered=lowered,
    )


def shorten(values: np.ndarray, *, up: bool) -> np.ndarray:
    """Keep ``MANTISSA_BITS`` significant bits, rounding numbers up or down."""
    fraction, exponent = np.frexp(values)
    scaled = np.ldexp(fraction, MANTISSA_BITS)
    return np.ldexp(np.ceil(scaled) if up else np.floor(scaled), exponent - MANTISSA_BITS)
