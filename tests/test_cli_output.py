"""What commands print, wherever they print it."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.test_cli import SCENARIO

#: A scenario without its name.
BODY = SCENARIO.split("\n", 2)[2]


def test_names_are_printed_as_they_are(command, tmp_path):
    path = tmp_path / "marked.toml"
    path.write_text(f'name = "Trade [draft] [/b] :smile:"\n{BODY}', encoding="utf-8")
    code, printed, _ = command("run", path, "--out", tmp_path / "out")
    assert code == 0
    assert "Trade [draft] [/b] :smile:" in printed


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
