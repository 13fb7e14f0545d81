"""What commands print, wherever they print it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import zollverein as zv
from tests.helpers import SCENARIO

#: A scenario without its name.
BODY = SCENARIO.split("\n", 2)[2]


def test_a_sign_that_the_terminal_lacks_is_no_reason_to_stop(tmp_path):
    path = tmp_path / "signs.toml"
    path.write_text(f'name = "Союз – Ünion"\n{BODY}', encoding="utf-8")
    for encoding in ("ascii", "cp1252"):
        done = subprocess.run(
            [sys.executable, "-m", "zollverein", "run", path, "--out", tmp_path / "out"],
            env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
        assert b"????" in done.stdout
        assert b"HOM" in done.stdout


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('trade_elasticity = "FG"', "did you mean 'FGO'"),
        ("trade_elasticity = { goods = 4 }", "no trade elasticity is given for 'services'"),
        ("scale = { gods = 0.2 }", "'gods' is not a group of sectors: did you mean 'goods'?"),
        ('horizon = "short"\ncapital = "adjusting"', "they cannot be combined"),
    ],
)
def test_check_finds_choices_that_do_not_fit(command, tmp_path, keys, told):
    path = tmp_path / "wrong.TOML"
    path.write_text(f"{keys}\n{SCENARIO}", encoding="utf-8")
    code, printed, err = command("check", path)
    assert (code, printed) == (1, "")
    assert told in err


def test_check_finds_what_cannot_have_an_equilibrium(command, tmp_path):
    path = tmp_path / "policy.toml"
    move = 'kind = "mobility"\nmembers = ["HOM", "PAR"]\nelasticity = 1.0\n'
    path.write_text(f'labour = "sector_specific"\n{SCENARIO}[[measures]]\n{move}', encoding="utf-8")
    code, printed, err = command("check", path)
    assert (code, printed) == (1, "")
    assert "people cannot move between countries (mobility) while labour" in err
    amount = 'kind = "transfer"\npayers = "HOM"\nreceivers = "RST"\namount = 2\n'
    cut = 'kind = "embargo"\nexporters = "HOM"\nboth_directions = true\n'
    path.write_text(f"{SCENARIO}[[measures]]\n{amount}[[measures]]\n{cut}", encoding="utf-8")
    checked, ran = command("check", path), command("run", path, "--out", tmp_path, "--quiet")
    assert checked == ran
    assert checked[0] == 2


def test_check_says_how_it_tells_a_scenario(command, tmp_path):
    code, _, err = command("check", tmp_path / "policy")
    assert code == 1
    assert "The name of a scenario file ends in .toml." in err


def test_a_scenario_comes_from_standard_input_too(command, monkeypatch, tmp_path):
    def given(content):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    given(SCENARIO.encode())
    code, printed, _ = command("check", "-")
    assert (code, "-: fine; 1 measure on toy" in printed) == (0, True)
    given(SCENARIO.encode())
    code, _, _ = command("run", "-", "--out", tmp_path / "out", "--quiet")
    assert code == 0
    assert zv.read_scenario(tmp_path / "out" / "scenario.toml") == zv.Scenario.from_toml(SCENARIO)
    given(zv.load_world("toy").to_netcdf(tmp_path / "world.nc").read_bytes())
    code, _, err = command("check", "-")
    assert (code, "standard input: not UTF-8 text" in err) == (1, True)


def test_check_tells_a_scenario_from_a_world_by_what_is_in_it(command, tmp_path):
    path = tmp_path / "policy"
    path.write_text(SCENARIO, encoding="utf-8")
    code, printed, _ = command("check", path)
    assert (code, "fine; 1 measure on toy" in printed) == (0, True)
    world = zv.load_world("toy").to_netcdf(tmp_path / "world")
    code, printed, _ = command("check", world)
    assert (code, "3 countries" in printed) == (0, True)


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="the system has no such file")
def test_check_reads_a_scenario_from_a_pipe():
    done = subprocess.run(
        [sys.executable, "-m", "zollverein", "check", "/dev/stdin"],
        input=SCENARIO.encode(),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, b"/dev/stdin: fine" in done.stdout) == (0, True)


@pytest.mark.parametrize("words", [("attribute", "FILE", "--page"), ("describe", "BLR", "--out")])
def test_a_page_is_not_written_under_any_name(command, tmp_path, words):
    path = tmp_path / "policy.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    target = tmp_path / "results.csv"
    code, _, err = command(*(path if word == "FILE" else word for word in words), target)
    assert code == 1
    assert "results.csv': its name must end in .html or .pdf." in err
    assert not target.exists()


def test_ctrl_c_before_the_first_draw_does_not_speak_of_kept_draws(command, tmp_path, monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.modules["zollverein.uncertainty"], "uncertainty", stopped)
    path = tmp_path / "policy.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    code, _, err = command("uncertainty", path, "--out", tmp_path / "draws")
    assert code == 1
    assert "stopped before the first draw; nothing was written." in err


def test_costs_may_begin_with_a_byte_order_mark_and_name_a_part_once(command, tmp_path):
    path, costs = tmp_path / "policy.toml", tmp_path / "costs.csv"
    path.write_text(SCENARIO.replace('kind = "tariff"', 'kind = "tariff"\nname = "duty"'), "utf-8")
    costs.write_text("part,cost\r\nduty,2\r\n", encoding="utf-8-sig")
    code, printed, _ = command("plan", path, "--costs", costs)
    assert code == 0
    assert "best sequence" in printed
    costs.write_text("part,cost\nduty,2\nduty,3\n", encoding="utf-8")
    code, _, err = command("plan", path, "--costs", costs)
    assert code == 1
    assert "the part 'duty' stands there twice" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--flows", "x.csv"), "--flows is for the profile of an economy: add --out"),
        (("--unit", "USD", "--out", "x.html"), "--unit says how to read --flows FILE"),
        (("--out", "nowhere/x.html"), "the folder 'nowhere' does not exist"),
    ],
)
def test_describe_ignores_no_option(command, words, told):
    code, printed, err = command("describe", "toy", "HOM", *words)
    assert (code, printed) == (1, "")
    assert told in err
    assert "drawing" not in err


def test_an_answer_is_printed_under_the_name_of_its_question(command, tmp_path):
    path = tmp_path / "asked.toml"
    asked = '[[questions]]\nkind = "interactions"\nname = "Who with whom"\n'
    path.write_text(f'{SCENARIO}{asked}[[questions]]\nkind = "interactions"\n', encoding="utf-8")
    code, printed, _ = command("run", path, "--out", tmp_path / "out")
    assert code == 0
    assert "\nWho with whom:\n" in printed
    assert "\nwhich parts support each other:\n" in printed
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Of 3 economies 2 lose and 1 gains more than" in page


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is full")
@pytest.mark.parametrize("words", [("worlds",), ("stats", "toy"), ("--help",)])
def test_a_full_disk_behind_the_output_is_one_message(words):
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "zollverein", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 1
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("zollverein: what is printed cannot be written: No space left")


def test_a_file_that_goes_missing_is_named(command, monkeypatch):
    def gone(*_, **__):
        raise FileNotFoundError(2, "No such file or directory", "gone.csv")

    monkeypatch.setattr("zollverein.running.check_file", gone)
    code, printed, err = command("check", "x.toml")
    assert (code, printed, err) == (1, "", "zollverein: 'gone.csv': No such file or directory.\n")
