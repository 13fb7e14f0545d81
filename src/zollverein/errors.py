"""Every error Zollverein raises on purpose.

::

    ZollvereinError
    ├── LabelError        labels missing, repeated or in another order
    ├── AccountingError   a table whose identities do not hold
    ├── DataError         a file or data set that cannot be read or does not fit
    ├── ScenarioError     a policy that cannot be understood or applied
    ├── ClaimError        a statistical claim that cannot be understood
    ├── NotConverged      the solver stopped before the equilibrium conditions held
    ├── NoEquilibrium     the problem has no economic equilibrium
    │   └── NoSupplier    a good that is bought has lost every supplier
    ├── MissingExtra      an optional dependency is not installed
    └── Interrupted       the user stopped a run that can go on later

A message says what failed, where (labels and numbers), the usual cause, and the fix.
"""

from __future__ import annotations


class ZollvereinError(Exception):
    """Base of every deliberate error; the command line shows it without a traceback."""


class LabelError(ZollvereinError):
    """Labels are missing, repeated, or not equal across variables."""


class AccountingError(ZollvereinError):
    """An accounting identity fails; the message names the cell and the numbers."""


class DataError(ZollvereinError):
    """A file or data set cannot be read, or does not fit what is asked of it."""


class ScenarioError(ZollvereinError):
    """A scenario cannot be understood or applied to the world."""


class ClaimError(ZollvereinError):
    """A statistical claim cannot be understood; the message shows the grammar with an example."""


class NotConverged(ZollvereinError):  # noqa: N818 - the name is the status, fixed by the public API
    """The equilibrium conditions do not hold to the tolerance; says what to try."""


class NoEquilibrium(ZollvereinError):  # noqa: N818 - the name is the finding
    """No economic equilibrium exists for this policy and closure."""


class NoSupplier(NoEquilibrium):
    """A good that a country buys has no supplier left."""


class MissingExtra(ZollvereinError):  # noqa: N818 - names what is missing
    """An optional dependency is missing; the message gives the install command."""


class Interrupted(ZollvereinError):  # noqa: N818 - says what happened
    """The user stopped a run; the message says how to go on."""
