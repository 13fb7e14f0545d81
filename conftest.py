"""Run the Python code blocks of README.md and docs/ as tests.

A ```` ```python ```` block is executed; the blocks of one document share a namespace and run
from the repository root. An ```` ```output ```` block right after one is compared with what
that block printed (blank space is normalised; ``...`` stands for anything). A block that cannot
run is skipped with ``<!-- skip: next "reason" -->`` on the line before it.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
from pathlib import Path
from typing import Any

from hypothesis import settings
from sybil import Example, Sybil
from sybil.evaluators.python import PythonEvaluator
from sybil.parsers.markdown import CodeBlockParser, SkipParser

os.environ.setdefault("MPLBACKEND", "Agg")  # figures are drawn without a screen

# The same examples on every run of the one check; other runs search for new ones.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "search")

ROOT = Path(__file__).parent
_PRINTED = "__printed__"
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_evaluate = PythonEvaluator()


def run_and_keep_output(example: Example) -> None:
    """Execute a block and keep what it prints for the output block that may follow."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        _evaluate(example)
    example.namespace[_PRINTED] = printed.getvalue()


def compare_output(example: Example) -> str | None:
    """Return a description of the difference, or None if the printed text is as documented."""
    got = example.namespace.get(_PRINTED, "")
    if doctest.OutputChecker().check_output(example.parsed, got, _FLAGS):
        return None
    return f"Documented output:\n{example.parsed}\nPrinted:\n{got}"


def enter_root(namespace: dict[str, Any]) -> None:
    """Run documents from the repository root, as a reader would."""
    namespace["__cwd__"] = Path.cwd()
    os.chdir(ROOT)


def leave_root(namespace: dict[str, Any]) -> None:
    """Go back to where the test run was."""
    os.chdir(namespace["__cwd__"])


pytest_collect_file = Sybil(
    parsers=[
        CodeBlockParser(language="python", evaluator=run_and_keep_output),
        CodeBlockParser(language="output", evaluator=compare_output),
        SkipParser(),
    ],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    excludes=["docs/_build/*"],
    setup=enter_root,
    teardown=leave_root,
).pytest()
