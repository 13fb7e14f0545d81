"""The directive ``vocabulary``: the table of variables, from the code that defines them."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

from zollverein.variables import VARIABLES

_HEADER = ("name", "dimensions", "unit", "symbol", "definition")


def _row(cells: list[nodes.Node]) -> nodes.row:
    """One row of the table, a paragraph in each cell."""
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


class Vocabulary(SphinxDirective):
    """Insert the table of ``zollverein.variables.VARIABLES``."""

    option_spec: ClassVar[OptionSpec] = {}

    def run(self) -> list[nodes.Node]:
        """Build the table."""
        group = nodes.tgroup("", cols=len(_HEADER))
        group += [nodes.colspec("", colwidth=width) for width in (3, 4, 2, 2, 9)]
        group += nodes.thead("", _row([nodes.Text(title) for title in _HEADER]))
        group += nodes.tbody("", *(self._variable(name) for name in VARIABLES))
        return [nodes.table("", group)]

    def _variable(self, name: str) -> nodes.row:
        """The row of one variable."""
        variable = VARIABLES[name]
        texts = (", ".join(variable.dims), variable.unit, variable.symbol, variable.definition)
        return _row([nodes.literal("", name), *(nodes.Text(text) for text in texts)])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive with Sphinx."""
    app.add_directive("vocabulary", Vocabulary)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
