"""Write formulas as MathML, which browsers draw themselves: no script, font or LaTeX needed.

The reasons are in docs/decisions/0002-docs-engine.md.
"""

from __future__ import annotations

import html
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

_logger = logging.getLogger(__name__)


def to_mathml(source: str, *, display: bool, node: nodes.Element) -> str:
    """Convert LaTeX to MathML; a formula that cannot be converted is a warning, so an error.

    Args:
        source: LaTeX without delimiters.
        display: True for a formula on its own line.
        node: Where the formula stands, for the message.
    """
    try:
        mathml: str = convert(source, display="block" if display else "inline")
        mathml = mathml.replace("<mi>&#x029F5;</mi>", "<mo>&#x02216;</mo>")  # fonts lack the former
    except Exception as error:  # noqa: BLE001 - the converter raises many types
        _logger.warning("Formula cannot be converted (%r): %s", error, source, location=node)
        return f"<code>{html.escape(source)}</code>"
    if "\\" in html.unescape(mathml):
        _logger.warning("Formula uses a command unknown here: %s", source, location=node)
    return mathml


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(to_mathml(node.astext(), display=False, node=node))
    raise nodes.SkipNode


def visit_block(translator: Any, node: nodes.math_block) -> None:
    """Write a formula on its own line, numbered if it has a label."""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate"))
    if node["number"]:
        number = html.escape(str(node["number"]))
        translator.body.append(f'<span class="eqno">({number})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(to_mathml(node.astext(), display=True, node=node))
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer with Sphinx."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
