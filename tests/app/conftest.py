"""A server of the app on a free port of this machine, as a user runs it, and clients of it."""

import json
from contextlib import contextmanager

import pytest

import zollverein as zv
from tests.helpers import PATIENT
from zollverein.app.limits import Limits
from zollverein.errors import MissingExtra
from zollverein.report.pdf import require_pdf

#: Why the tests of the server are skipped where it is not installed.
ABSENT = "the extra 'app' (fastapi, uvicorn) or httpx is not installed"


def toy_scenario(rate=0.1, exporters="HOM", importers="PAR", **more):
    """A tariff in the small world."""
    measure = {"kind": "tariff", "exporters": exporters, "importers": importers, "add": rate}
    return {"name": "toy tariff", "measures": [measure], **more}


@contextmanager
def running(limits=None, worlds=None):
    """The address of a server with its own workers; the small world is its first."""
    for package in ("fastapi", "uvicorn", "httpx"):
        pytest.importorskip(package, reason=ABSENT)
    from zollverein.app.server import create_app
    from zollverein.app.serving import in_background

    app = create_app(
        limits or Limits(**PATIENT), worlds={"toy": "toy"} if worlds is None else worlds
    )
    with in_background(app) as found:
        yield found


@pytest.fixture(scope="session")
def address():
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def client(address):
    import httpx

    with httpx.Client(base_url=address, timeout=180) as found:
        yield found


@pytest.fixture(scope="session")
def toy():
    return zv.load_world("toy")


def can_write_pdf():
    """Skip where the extra ``pdf``, or a library that it needs, is not there."""
    try:
        require_pdf()
    except MissingExtra as missing:
        pytest.skip(str(missing))


def effects_of(answer):
    """Rows of an answer by country."""
    return {row["code"]: row for row in answer["economies"]}


def refused(response, status, code):
    """The error of an answer, which must be of this kind and in the one form of errors."""
    assert response.status_code == status, response.text[:500]
    error = json.loads(response.text)["error"]
    assert set(error) == {"code", "message", "places"}
    assert error["code"] == code, error
    assert error["message"]
    assert "Traceback" not in error["message"]
    return error
