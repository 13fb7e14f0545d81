"""An independent proof that a result is an equilibrium.

Everything is recomputed here from ``result.before``, ``result.after``, the scenario and the
parameters: no function of the solver, of the model or of the accounts is used, so an error there
cannot hide here. The conditions are those of Caliendo and Parro (2015, REStud 82, eqs. 2-12) and of
the extensions: nests and entry (Costinot and Rodríguez-Clare 2014, Handbook of International
Economics 4, section 3; Krugman 1980, AER 70), capital in the steady state (Anderson, Larch and
Yotov 2020, Economic Journal 130), labour by sector, mobility, rents, access, a government with
shares of its own, pooled duties, transfers and price caps. A condition that says nothing about a
result, the price cap where there is none for instance, is left out of its certificate.

How a residual is measured: the gap between the two sides of a condition, over the larger of the
value and a floor. The floor is 1e-9 of the country's value added for values in currency, so that
a flow of a few dollars is not judged by its rounding; rates and indices are compared as they are.

``levels`` and ``rules`` take a result apart, ``implied`` has what prices and wages imply, ``case``
puts them together, ``residuals`` compares, ``conditions`` says what, ``certificate`` is what comes out.
"""

from zollverein.verification.certificate import Verification
from zollverein.verification.check import verify
from zollverein.verification.conditions import DESCRIPTIONS

__all__ = ["DESCRIPTIONS", "Verification", "verify"]
