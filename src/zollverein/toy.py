"""A world small enough to print: three economies, two sectors, round numbers.

Home and Partner are close; Rest is large. Goods are traded, services are not, so the arithmetic
of the tutorial can be followed by hand. The numbers are invented.
"""

from __future__ import annotations

import numpy as np

from zollverein.world import World

COUNTRIES = ("HOM", "PAR", "RST")
SECTORS = ("goods", "services")


def toy_world() -> World:
    """The toy world: units are arbitrary, trade is balanced, Home charges Rest a duty of 25 %."""
    flow = np.zeros((3, 3, 2))
    flow[:, :, 0] = [[60, 10, 10], [12, 50, 8], [8, 10, 382]]
    flow[:, :, 1] = np.diag([80, 70, 600])
    tariff = np.zeros_like(flow)
    tariff[2, 0, 0] = 0.25
    output = flow.sum(axis=1)
    inputs = np.zeros((3, 2, 2))
    inputs[:, 0, 0] = 0.25 * output[:, 0]
    inputs[:, 1, 0] = 0.25 * output[:, 0]
    inputs[:, 1, 1] = 0.2 * output[:, 1]
    bought = (flow * (1 + tariff)).sum(axis=0)
    return World.from_arrays(
        name="toy",
        countries=COUNTRIES,
        sectors=SECTORS,
        trade_flow=flow,
        tariff=tariff,
        intermediate_use=inputs,
        value_added=output - inputs.sum(axis=1),
        final_demand=bought - inputs.sum(axis=2),
        attrs={
            "currency": "units",
            "trade_elasticity": 4.0,
            "source": "invented for the tutorial",
            "sector_groups": '{"goods": ["goods"], "services": ["services"]}',
        },
    )
