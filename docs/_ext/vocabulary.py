"""Directives ``vocabulary``, ``statistics``, ``question``: tables from the code that defines the names."""

from __future__ import annotations

from typing import ClassVar, Literal, get_args, get_origin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import OptionSpec

from zollverein.scenario import QUESTIONS
from zollverein.scenario.messages import meaning
from zollverein.statistics import STATISTICS
from zollverein.variables import VARIABLES


def _row(cells: list[nodes.Node]) -> nodes.row:
    """One row of the table; each line of a text is a paragraph of its cell."""
    entries = []
    for cell in cells:
        lines = cell.astext().split("\n") if isinstance(cell, nodes.Text) else []
        parts = [nodes.Text(line) for line in lines] or [cell]
        entries.append(nodes.entry("", *(nodes.paragraph("", "", part) for part in parts)))
    return nodes.row("", *entries)


class _Table(SphinxDirective):
    """A table with a header and one row for each name."""

    option_spec: ClassVar[OptionSpec] = {}
    header: ClassVar[tuple[str, ...]]
    widths: ClassVar[tuple[int, ...]]

    def run(self) -> list[nodes.Node]:
        """Build the table."""
        group = nodes.tgroup("", cols=len(self.header))
        group += [nodes.colspec("", colwidth=width) for width in self.widths]
        group += nodes.thead("", _row([nodes.Text(title) for title in self.header]))
        rows = self.rows().items()
        body = [
            _row([nodes.literal("", name), *(nodes.Text(text) for text in texts)])
            for name, texts in rows
        ]
        group += nodes.tbody("", *body)
        return [nodes.table("", group)]

    def rows(self) -> dict[str, tuple[str, ...]]:
        """The other cells of each row, by name."""
        raise NotImplementedError


class Vocabulary(_Table):
    """Insert the table of ``zollverein.variables.VARIABLES``."""

    header = ("name", "dimensions", "unit", "symbol", "definition")
    widths = (3, 4, 2, 2, 9)

    def rows(self) -> dict[str, tuple[str, ...]]:
        """Dimensions, unit, symbol and definition of every variable."""
        return {
            name: (", ".join(v.dims), v.unit, v.symbol, v.definition)
            for name, v in VARIABLES.items()
        }


class Statistics(_Table):
    """Insert the table of ``zollverein.statistics.STATISTICS``."""

    header = ("name", "definition, formula, dimensions", "source; checked by")
    widths = (4, 7, 6)

    def rows(self) -> dict[str, tuple[str, ...]]:
        """Definition, formula, dimensions, source and test of every statistic."""
        return {
            name: (
                f"{s.definition}\n{s.formula}\n[{', '.join(s.dims) or 'one number'}], {s.unit}",
                f"{s.source}\n{s.checked}",
            )
            for name, s in STATISTICS.items()
        }


class Question(_Table):
    """Insert the keys of one kind of question of ``zollverein.scenario.QUESTIONS``, its argument."""

    required_arguments = 1
    header = ("key", "what it is", "if left out")
    widths = (3, 8, 4)

    def rows(self) -> dict[str, tuple[str, ...]]:
        """Meaning and default of every key but those that all questions have."""
        cls = QUESTIONS[self.arguments[0]]
        return {
            key: (
                meaning(field) + _choices(field.annotation),
                "must be given" if field.is_required() else _default(field.default),
            )
            for key, field in cls.model_fields.items()
            if key not in cls.apart
        }


def _choices(annotation: object) -> str:
    """The words that a key chooses from, on a line of their own."""
    words = get_args(annotation) if get_origin(annotation) is Literal else ()
    return "\n" + ", ".join(f'"{word}"' for word in words) if words else ""


def _default(value: object) -> str:
    """As a scenario file would have it; where there is none, what the meaning says."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(_default, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else f'"{value}"' if isinstance(value, str) else f"{value:g}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directives with Sphinx."""
    app.add_directive("vocabulary", Vocabulary)
    app.add_directive("statistics", Statistics)
    app.add_directive("question", Question)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
