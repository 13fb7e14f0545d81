"""What is written is a file, all of it or nothing of it."""

from __future__ import annotations

import os
import tempfile

import numpy as np
import pandas as pd
import pytest

import zollverein as zv
from zollverein.errors import DataError
from zollverein.files import check_folder, write_dataset, write_table, write_text


def test_behind_a_link_the_file_is_written(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    assert write_text("new", link) == real
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_only_files_are_replaced(tmp_path, kind):
    path = tmp_path / "there"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    table = pd.DataFrame({"a": [1]})
    world = zv.load_world("toy")
    for write in (
        lambda: write_text("x", path),
        lambda: write_table(table, path),
        lambda: write_dataset(world.data, path),
    ):
        with pytest.raises(DataError, match="a folder or a device of that name"):
            write()
    assert path.is_dir() if kind == "folder" else path.is_fifo()
    assert [item.name for item in tmp_path.iterdir()] == ["there"]


def test_a_folder_that_takes_no_file_is_refused_in_words(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "mkstemp", full)
    with pytest.raises(DataError, match=r"Cannot write '.*w\.nc': No space left on device"):
        write_dataset(zv.load_world("toy").data, tmp_path / "w.nc")
    assert not list(tmp_path.iterdir())


def test_lines_of_tables_end_alike_on_every_system(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "linesep", "\r\n")
    table = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="row"))
    path = write_table(table, tmp_path / "table.csv")
    assert path.read_bytes() == b"row,a\nx,1\ny,2\n"


def test_a_folder_may_not_exist_yet_but_must_be_possible(tmp_path):
    assert check_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    for place in (file, file / "below"):
        with pytest.raises(DataError, match="is not a folder"):
            check_folder(place)


@pytest.mark.parametrize(
    "value", [True, np.True_, [True, False], np.str_("survey"), np.array(["a"])]
)
def test_attributes_that_have_a_like_in_the_file_become_it(tmp_path, value):
    toy = zv.load_world("toy")
    world = zv.World("mine", toy.data.assign_attrs(said=value))
    for again in (
        zv.load_world(world.to_netcdf(tmp_path / "world.nc")),
        zv.load_result(
            zv.simulate(world, zv.Scenario(trade_elasticity=4.0)).to_netcdf(tmp_path / "result.nc")
        ).before,
    ):
        assert np.all(np.asarray(again.data.attrs["said"]) == np.asarray(value))


@pytest.mark.parametrize(
    "attrs",
    [
        *({"said": value} for value in (None, {"a": True}, b"\xff", [[1], [1, 2]], "\x00")),
        {"": 1},
        {"CLASS": "x"},
    ],
)
def test_what_no_file_holds_is_refused_in_words_and_nothing_written(tmp_path, attrs):
    check_refused(zv.load_world("toy").data.assign_attrs(attrs), tmp_path)


def test_a_label_that_no_file_holds_is_refused_in_words(tmp_path):
    labels = {dim: ["A\x00a", "B", "C"] for dim in ("country", "exporter", "importer")}
    check_refused(zv.load_world("toy").data.assign_coords(labels), tmp_path)


def check_refused(data, folder):
    with pytest.raises(DataError, match=r"Cannot write '.*world\.nc': .*Fix: "):
        zv.World("mine", data).to_netcdf(folder / "world.nc")
    assert not list(folder.iterdir())
