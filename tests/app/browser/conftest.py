"""A server of its own and a real browser for the tests of the page.

``ZOLLVEREIN_APP_URL`` runs them against a server that is already there; ``CHROMIUM`` names another
browser than Debian's.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.helpers import PATIENT
from zollverein.app.limits import Limits

#: Milliseconds that the page may take to answer on a busy machine.
PATIENCE = 180_000


@pytest.fixture(scope="session")
def app_address():
    """Address of a running app."""
    given = os.environ.get("ZOLLVEREIN_APP_URL")
    if given:
        yield given
        return
    for package in ("fastapi", "uvicorn"):
        pytest.importorskip(package, reason=f"the extra 'app' is not installed: no {package}")
    from zollverein.app.server import create_app
    from zollverein.app.serving import in_background

    with in_background(create_app(Limits(**PATIENT))) as found:
        yield f"{found}/"


@pytest.fixture(scope="module")
def chromium():
    """A headless browser; not kept for longer, as its driver holds the event loop of the process."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright, which drives the browser, is not installed"
    )
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine; Debian's package is called chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, app_address):
    """Open the page, with what it asked for elsewhere and what went wrong kept on it."""
    contexts = []

    def open_one(path="", *, ready="yes", **options):
        context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "accept_downloads": True, **options}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.elsewhere, page.errors = [], []
        context.route(
            re.compile(r"^(?!data:|blob:)"),
            lambda route: _only_here(route, app_address, page.elsewhere),
        )
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))
        page.goto(app_address + path)
        if ready:
            page.wait_for_selector(f"body[data-ready={ready}]")
            settle(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


def _only_here(route, address, elsewhere):
    if route.request.url.startswith(address):
        route.continue_()
    else:
        elsewhere.append(route.request.url)
        route.abort()


@pytest.fixture
def page(open_page):
    """The page as it opens, answered; afterwards nothing went wrong and nothing was asked elsewhere."""
    opened = open_page()
    yield opened
    assert opened.errors == []
    assert opened.elsewhere == []


@pytest.fixture(scope="session")
def screenshots():
    """A folder that git ignores."""
    folder = Path(__file__).parents[3] / "out" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def settle(page):
    """Wait for the full answer to the state on screen."""
    page.wait_for_function(
        "() => document.querySelector('#answer').getAttribute('aria-busy') === 'false'"
        " && !document.querySelector('#late').classList.contains('stale')"
        " && document.body.dataset.waiting === 'no'"
    )
