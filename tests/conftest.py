"""Fixtures that several files of tests share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.helpers import SCENARIO
from zollverein.cli import main


@pytest.fixture
def command(monkeypatch, capsys):
    """Run a command line; gives exit code, standard output and standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["zollverein", *map(str, words)])
        with pytest.raises(SystemExit) as leaving:
            main()
        printed = capsys.readouterr()
        return int(leaving.value.code or 0), printed.out, printed.err

    return run


@pytest.fixture
def scenario(tmp_path) -> Path:
    """The file of a small scenario."""
    path = tmp_path / "freer.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    return path
