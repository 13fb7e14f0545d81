"""What a reader of the built manual sees, where Sphinx has no opinion."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: As many characters of code as fit beside each other on the page (docs/_static/manual.css).
WIDTH = 100


def lines_of_code(page: Path) -> Iterator[str]:
    """Lines of the blocks that readers see as they are written."""
    text = page.read_text(encoding="utf-8")
    for language, block in re.findall(r"^```([^\n]*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if not language.startswith("{"):
            yield from block.splitlines()


def test_code_fits_the_page_and_shows_what_is_printed():
    lines = [(page.stem, line) for page in PAGES for line in lines_of_code(page)]
    assert [(page, line) for page, line in lines if len(line) > WIDTH] == []
    assert [page for page, line in lines if line == "<BLANKLINE>"] == []


def test_brackets_with_an_exponent_grow_with_what_they_hold():
    """Browsers draw those of fixed size small where they carry an exponent; ``right`` grows."""
    fixed = re.compile(r"\\[Bb]igg?[lr]?[\])][\^_]")
    assert [page.stem for page in PAGES if fixed.search(page.read_text(encoding="utf-8"))] == []


def test_what_a_function_returns_is_not_taken_for_a_type():
    """Sphinx takes what stands before a colon there for the name of a type."""
    returned = re.compile(r"^ +Returns:\n +(.*)", re.MULTILINE)
    found = {
        path.name: line
        for path in (ROOT / "src").rglob("*.py")
        for line in returned.findall(path.read_text(encoding="utf-8"))
        if re.search(r":( |$)", re.sub("``.*?``", "", line))
    }
    assert found == {}
