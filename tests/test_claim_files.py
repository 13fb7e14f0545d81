"""Claims in files, the report as text and data, and the command."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

import zollverein as zv
from tests.flow_worlds import COUNTRIES, MIRROR, flows_from_rows, table
from zollverein.claims import Document, gather_flows, read_document
from zollverein.claims.figures import (
    DEPENDS,
)
from zollverein.cli import main
from zollverein.errors import ClaimError

FILE = """
[[claims]]
quote = "Turnover rose by more than one third to 40 billion dollars."
source = "an invented speech"
claim = "RUS BLR turnover 2021 = 40 bn USD; growth > 1/3"

[[claims]]
claim = "rank of BLR in CIS for RUS 2021 = 1"
"""


def test_a_file_of_claims(tmp_path):
    path = tmp_path / "claims.toml"
    path.write_text(FILE, encoding="utf-8")
    for given in (path, str(path), FILE):
        report = zv.check_claims(table(), given)
        assert [check.claim.kind for check in report.checks] == ["level", "growth", "rank"]
        assert report.checks[1].claim.source == "an invented speech"
    assert '"Turnover rose by more than one third' in str(report)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[[claims]]\nclaim = 3", r"claims\[1\].claim must be a text"),
        ("[[claims]]\nclaims = 'x'", "did you mean 'claim'"),
        ("[[claims]]\nquote = 'x'", r"claims\[1\] has no 'claim'"),
        ("[[claim]]\nclaim = 'x'", "did you mean 'claims'"),
        ("[[claims]\n", "not valid TOML"),
        ("[[flows]]\npath = 'a.csv'", r"there are no \[\[claims\]\]"),
        ("[[claims]]\nclaim = 'RUS'", "A claim is: QUANTITY"),
        (
            "[[claims]]\nclaim = 'RUS BLR turnover 2021 = 4 bn USD'\n[[flows]]\nname = 'x'",
            "needs a path",
        ),
    ],
)
def test_files_that_are_wrong(text, match):
    with pytest.raises(ClaimError, match=match):
        read_document(text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ClaimError, match="cannot be read"):
        read_document(tmp_path / "absent.toml")


def test_a_file_may_name_its_data(tmp_path):
    values = np.full((6, 6, 2), 1000.0)
    np.savez(tmp_path / "t2021.npz", flow=values, countries=COUNTRIES, sectors=["C10", "G"])
    (tmp_path / "claims.toml").write_text(
        "[[claims]]\nclaim = 'RUS BLR turnover 2021 = 4 bn USD'\n"
        "[[flows]]\npath = 't2021.npz'\nunit = 'million USD'\n",
        encoding="utf-8",
    )
    document = read_document(tmp_path / "claims.toml")
    (flows,) = gather_flows([], document)
    assert zv.check_claims(flows, document).checks[0].verdict == DEPENDS
    bad = Document(document.claims, ({"path": "x", "unti": "USD"},))
    with pytest.raises(ClaimError, match="did you mean 'unit'"):
        gather_flows([], bad)


def test_the_report_is_data_and_text():
    report = zv.check_claims(
        flows_from_rows(MIRROR, name="mirror"), "RUS BLR imports 2020 = 13 bn USD"
    )
    data = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert data["claims"][0]["verdict"] == report.checks[0].verdict
    assert data["claims"][0]["findings"][0]["value"] is None
    assert len(report.table()) == len(report.checks[0].findings)
    text = str(report)
    assert "missing [13.00 bn USD to 14.30 bn USD]" in " ".join(text.split())
    assert "mirror: a test; goods" in text


@pytest.fixture
def command(monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["zollverein", *map(str, words)])
        with pytest.raises(SystemExit) as leaving:
            main()
        printed_ = capsys.readouterr()
        return int(leaving.value.code or 0), printed_.out, printed_.err

    return run


def test_the_command_checks_against_a_world(command):
    code, out, _ = command("claim", "RUS BLR turnover 2022 = 42.5 bn USD", "--flows", "icio2022")
    assert code == 0
    assert "DEPENDS ON THE DEFINITION" in out
    assert "interindustry statistics, not customs returns" in out
    code, out, _ = command(
        "claim", "RUS BLR turnover 2022 = 42.5 bn USD", "--flows", "icio2022", "--json"
    )
    assert json.loads(out)["claims"][0]["verdict"] == DEPENDS


def test_the_command_shows_the_grammar_and_never_a_traceback(command):
    code, out, err = command("claim", "RUS and BLR trade a lot", "--flows", "icio2022")
    assert (code, out) == (1, "")
    assert "A claim is: QUANTITY" in err
    assert "Traceback" not in err
    code, _, err = command("claim", "RUS BLR turnover 2021 = 4 bn USD", "--flows", "absent.csv")
    assert code == 1
    assert "no file 'absent.csv'" in err
