"""The report on paper: what the PDF says, what it refuses, and that it is missed in time."""

from __future__ import annotations

import io
import sys

import pytest
from typer.testing import CliRunner

import zollverein as zv
from zollverein import errors
from zollverein.cli import app
from zollverein.report import pdf as paper
from zollverein.report import write_pdf, write_profile, write_report
from zollverein.report.words import headline
from zollverein.scenario import Scenario, Tariff

EXAMPLE = "examples/union-under-sanctions.toml"


@pytest.fixture(scope="module")
def reader():
    """Reads the bytes of a PDF; skips where the extra or its libraries are not there."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf, which reads the PDF, is not installed")
    try:
        paper.require_pdf()
    except errors.MissingExtra as missing:
        pytest.skip(str(missing))
    return lambda content: pypdf.PdfReader(io.BytesIO(content))


@pytest.fixture(scope="module")
def toy():
    policy = Scenario(
        name="Freer trade", measures=[Tariff(exporters="RST", importers="HOM", set=0.0)]
    )
    return zv.simulate(zv.load_world("toy"), policy)


@pytest.fixture(scope="module")
def union(reader, tmp_path_factory):
    """A report of the packaged world, and its PDF as read."""
    scenario = zv.read_scenario(EXAMPLE)
    result = zv.simulate(zv.load_world("icio2022"), scenario)
    written = write_report(result, tmp_path_factory.mktemp("union"), pdf=True)
    path = next(one for one in written if one.suffix == ".pdf")
    return result, path, reader(path.read_bytes())


@pytest.fixture
def without(monkeypatch):
    """As if WeasyPrint were not installed."""
    monkeypatch.setitem(sys.modules, "weasyprint", None)


def said(found, pages=None):
    """The text of pages, with every run of white space as one space."""
    chosen = found.pages if pages is None else [found.pages[page] for page in pages]
    return " ".join(" ".join(page.extract_text() for page in chosen).split())


def titles(outline):
    """Titles of bookmarks, those under others too."""
    nested = [one for entry in outline if isinstance(entry, list) for one in titles(entry)]
    return [entry.title for entry in outline if not isinstance(entry, list)] + nested


def test_the_pdf_says_what_the_page_says(union):
    result, path, found = union
    assert path.read_bytes().startswith(b"%PDF-")
    assert path.with_suffix(".html").is_file()
    first, whole = said(found, [0]), said(found)
    assert " ".join(headline(result).split()) in first.replace("\N{NO-BREAK SPACE}", " ")
    assert "Who loses and who gains" in first  # map and ranking share the first page
    for text in ("All economies", "Certificate", "What was adjusted in the data", "To reproduce"):
        assert text in whole
    for economy in ("Belarus", "Côte d’Ivoire", "Viet Nam"):
        assert economy.replace("’", "'") in whole.replace("’", "'")


def test_what_a_click_opens_on_screen_is_open_on_paper(union):
    _, _, found = union
    whole = said(found)
    assert 'kind = "embargo"' in whole
    assert "Technology embargo" in whole


def test_the_paper_is_a4_numbered_and_titled(union):
    _, _, found = union
    many = len(found.pages)
    assert 4 <= many <= 12
    for place, page in enumerate(found.pages):
        size = [float(x) for x in page.mediabox[2:]]
        assert size == pytest.approx([595.3, 841.9], abs=0.5)
        assert f"{place + 1} / {many}" in said(found, [place])
        assert "Union under sanctions" in said(found, [place])
    assert found.metadata.title == "Union under sanctions – Zollverein"
    assert "All economies" in titles(found.outline)
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]  # tags, which screen readers follow


#: Where the margin of 16 mm at the right begins, in points.
EDGE = 595.3 - 16 / 25.4 * 72


def starts_of(page):
    """Where the texts of a page begin, from the left, in points."""
    starts = []

    def keep(text, whole, own, *_):
        if text.strip():
            starts.append(whole[0] * own[4] + whole[4])

    page.extract_text(visitor_text=keep)
    return starts


def test_no_number_is_cut_off_at_the_margin(union):
    """The rightmost text of every page begins inside the margin of 16 mm."""
    _, _, found = union
    for page in found.pages:
        assert max(starts_of(page)) < EDGE


def test_no_number_is_cut_off_where_bands_stand_below_the_numbers(reader, tmp_path):
    """Bands are in smaller letters than the numbers above them, so that every column has its place."""
    asked = {"outcomes": "real_income HOM", "draws": 4, "elasticity_spread": 0.3}
    questions = [{"kind": "uncertainty", **asked}]
    measures = [{"kind": "tariff", "exporters": "RST", "importers": "HOM", "set": 0.0}]
    document = {"name": "Freer trade", "measures": measures, "questions": questions}
    scenario, world = Scenario.from_dict(document), zv.load_world("toy")
    result = zv.simulate(world, scenario)
    write_report(result, tmp_path, zv.answer(world, scenario), pdf=True)
    found = reader((tmp_path / "report.pdf").read_bytes())
    assert said(found).count(" to ") > 7 * len(world.countries)
    for page in found.pages:
        assert max(starts_of(page)) < EDGE


def test_the_same_page_gives_the_same_bytes(union, tmp_path):
    _, path, _ = union
    again = write_pdf(path.with_suffix(".html"), tmp_path / "again.pdf")
    assert again.read_bytes() == path.read_bytes()


def test_words_of_a_user_are_words_on_paper(reader, tmp_path):
    evil = '<img src="file:///etc/passwd"><b>bold</b>'
    policy = Scenario(name=evil, description=evil, measures=[Tariff(importers="HOM", set=0.0)])
    write_report(zv.simulate(zv.load_world("toy"), policy), tmp_path, pdf=True)
    assert evil in said(reader((tmp_path / "report.pdf").read_bytes()), [0])


@pytest.mark.parametrize(
    "page",
    [
        '<img src="http://127.0.0.1:9/a.png">',
        '<img src="file:///etc/hostname">',
        '<style>@import url("https://example.org/a.css");</style>',
        '<link rel="stylesheet" href="file:///etc/hostname">',
        '<style>body { background: url("FILE:///etc/hostname") }</style><p>x</p>',
    ],
)
@pytest.mark.usefixtures("reader")
def test_nothing_is_fetched(page):
    with pytest.raises(errors.DataError, match="without any network or file"):
        paper.as_pdf(f"<body>{page}</body>")


@pytest.mark.usefixtures("reader")
def test_a_page_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(paper, "LONGEST", 10)
    with pytest.raises(errors.DataError, match="13 characters; a PDF is made of at most 10"):
        paper.as_pdf("<p>a page</p>")


@pytest.mark.usefixtures("reader")
def test_a_page_that_is_not_there_is_named(tmp_path):
    with pytest.raises(errors.DataError, match=r"Cannot read the page .*nothing\.html"):
        write_pdf(tmp_path / "nothing.html")


def test_a_profile_is_written_as_pdf(reader, tmp_path):
    path = write_profile(zv.load_world("icio2022"), "BLR", tmp_path / "belarus.pdf")
    found = reader(path.read_bytes())
    assert "Belarus: exports plus imports are" in said(found, [0]).replace(
        "\N{NO-BREAK SPACE}", " "
    )


@pytest.mark.usefixtures("without")
def test_a_missing_extra_is_told_before_anything_is_written(toy, tmp_path):
    with pytest.raises(errors.MissingExtra, match=r"pip install 'zollverein\[pdf\]'"):
        write_report(toy, tmp_path / "folder", pdf=True)
    assert not (tmp_path / "folder").exists()
    with pytest.raises(errors.MissingExtra):
        write_profile(toy.before, "HOM", tmp_path / "profile.pdf")
    assert write_report(toy, tmp_path / "folder")[0].name == "report.html"


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize(
    "command",
    [
        ["run", EXAMPLE, "--pdf", "--out", "{}"],
        ["describe", "BLR", "--out", "{}/blr.pdf"],
        ["compare", EXAMPLE, "examples/eu-uk-barriers.toml", "--page", "{}/both.pdf"],
    ],
)
def test_the_command_line_asks_for_the_extra_before_it_works(command, tmp_path, monkeypatch):
    def no_work(*_, **__):
        raise AssertionError("the work began")

    monkeypatch.setattr("zollverein.running.run_scenario", no_work)
    monkeypatch.setattr("zollverein.answers.load_world", no_work)
    monkeypatch.setattr("zollverein.inquiries.ask_compare", no_work)
    found = CliRunner().invoke(app, [part.format(tmp_path / "out") for part in command])
    assert isinstance(found.exception, errors.MissingExtra)
    assert "zollverein[pdf]" in str(found.exception)


def test_libraries_that_are_missing_are_named(monkeypatch):
    class Broken:
        def find_spec(self, name, *_):
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0': no such file\nand more")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Broken(), *sys.meta_path])
    with pytest.raises(
        errors.MissingExtra, match=r"libpango-1\.0-0': no such file\)\. Fix.*apt-get"
    ):
        paper.require_pdf()


def run(*command):
    found = CliRunner().invoke(app, [str(part) for part in command])
    assert found.exit_code == 0, found.output


def test_the_command_line_writes_it_and_never_leaves_an_older_one(reader, tmp_path):
    run("run", EXAMPLE, "--pdf", "--quiet", "--out", tmp_path)
    assert len(reader((tmp_path / "report.pdf").read_bytes()).pages) > 3
    run("run", EXAMPLE, "--quiet", "--out", tmp_path)
    assert (tmp_path / "report.html").is_file()
    assert not (tmp_path / "report.pdf").exists()


def test_the_page_of_an_answer_is_written_as_pdf(reader, tmp_path):
    page = tmp_path / "best.pdf"
    run("optimal", "BLR", "--page", page)
    assert "Zollverein" in said(reader(page.read_bytes()))


def test_answers_are_on_paper_too(reader, tmp_path):
    run("run", "examples/questions.toml", "--pdf", "--quiet", "--out", tmp_path)
    found = reader((tmp_path / "report.pdf").read_bytes())
    assert "median" in said(found).lower()
