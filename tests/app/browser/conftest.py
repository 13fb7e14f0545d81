"""A server of its own and a real browser for the tests of the page.

``ZOLLVEREIN_APP_URL`` runs them against a server that is already there; ``CHROMIUM`` names another
browser than Debian's.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

#: Seconds that the server may take to load its world, and the page to answer on a busy machine.
_START, PATIENCE = 60, 30_000
_SERVE = """
import sys, uvicorn
from zollverein.app.server import create_app
if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


@pytest.fixture(scope="session")
def app_address(tmp_path_factory):
    """Address of a running app."""
    given = os.environ.get("ZOLLVEREIN_APP_URL")
    if given:
        yield given
        return
    pytest.importorskip("uvicorn", reason="the app needs the extra 'app': uvicorn is not installed")
    pytest.importorskip("fastapi", reason="the app needs the extra 'app': fastapi is not installed")
    script = tmp_path_factory.mktemp("app") / "serve.py"
    script.write_text(_SERVE, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, str(script), str(port)])
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(address, process):
    """Until the server knows its worlds."""
    end = time.monotonic() + _START
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}api/worlds", timeout=5):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("the server of the app did not start")


@pytest.fixture(scope="session")
def chromium():
    """A headless browser."""
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
