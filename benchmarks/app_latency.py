"""The live app in a real browser: from the movement of a slider to the paint of its answer.

``python benchmarks/app_latency.py [--quick]`` starts a server and a headless Chromium and prints
tables. A movement is one of the mouse with the slider held, a trusted event as a hand makes; its time ends
after the frame in which the new numbers are on screen. No two movements ask for the same policy,
so that no answer comes from memory.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import statistics
import threading
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import Any

from common import ROOT, machine, table

from zollverein import read_scenario

#: Sessions in the table of many users, and seconds that each rests between movements.
USERS, PAUSE = 20, 0.2
EXAMPLE = ROOT / "examples" / "union-under-sanctions.toml"

SLIDER = "input[data-key='measures[1].add']"
#: Resolves with milliseconds from the next input event to the frame after the bars have changed.
WATCH = """
window.measured = [];
document.addEventListener('input', event => {
  const start = event.timeStamp;
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => { const after = new MessageChannel();
      after.port1.onmessage = () => window.measured.push(performance.now() - start);
      after.port2.postMessage(null); });
  });
  seen.observe(document.querySelector('#bars'), { childList: true });
}, true);
"""
#: Frames and long tasks while input events come as fast as frames do.
DRAG = """async ([selector, frames]) => {
  const node = document.querySelector(selector); const gaps = []; let answers = 0; let last = 0;
  const seen = new MutationObserver(() => { answers += 1; });
  seen.observe(document.querySelector('#bars'), { childList: true });
  const begun = performance.now();
  for (let i = 0; i < frames; i += 1) {
    await new Promise(next => requestAnimationFrame(next));
    const now = performance.now(); if (last) gaps.push(now - last); last = now;
    node.value = 0.05 + 0.4 * (i + 1) / (frames + 1) ;
    node.dispatchEvent(new Event('input', { bubbles: true }));
  }
  seen.disconnect();
  return { gaps, answers, seconds: (performance.now() - begun) / 1000 };
}"""
WEIGHT = """() => {
  const all = [performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource')];
  const own = all.filter(one => !one.name.includes('/api/'));
  const sum = list => list.reduce((total, one) => total + one.encodedBodySize, 0) / 1024;
  return { requests: all.length, page: sum(own), data: sum(all) - sum(own),
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN };
}"""


def tables(*, quick: bool = False) -> dict[str, str]:
    """Latency of single movements, behaviour of a drag, weight and first paint; none without a browser."""
    missing = absent()
    if missing:
        print(f"app_latency is left out: {missing}.")
        return {}
    from playwright.sync_api import sync_playwright

    from zollverein.app.server import create_app
    from zollverein.app.serving import in_background

    path = chromium()
    with in_background(create_app()) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        loads = [load(browser, address) for _ in range(2 if quick else 7)]
        page = opened(browser, address)
        moves = movements(page, 5 if quick else 60)
        drag = opened(browser, address, 1).evaluate(DRAG, [SLIDER, 30 if quick else 300])
        with crowd(address, 2 if quick else USERS - 1):
            among = movements(opened(browser, address, 2), 5 if quick else 40)
        browser.close()
    return {
        "app_latency": table(("from movement to paint, 1 user", "ms"), quantiles(moves)),
        "app_crowd": table((f"the same among {USERS} users", "ms"), quantiles(among)),
        "app_drag": table(("while a slider moves at every frame", ""), dragging(drag)),
        "app_weight": table(("opening the page", ""), opening(loads)),
    }


def chromium() -> str | None:
    """The browser: what ``CHROMIUM`` names, else Debian's."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium")


def absent() -> str:
    """What is needed and not there, in words; empty if nothing."""
    for package in ("playwright", "fastapi", "uvicorn"):
        if find_spec(package) is None:
            return f"the Python package {package} is not installed"
    return "" if chromium() else "there is no chromium on this machine"


@contextmanager
def crowd(address: str, users: int) -> Iterator[None]:
    """Others who move their sliders, each with a policy and a token of its own, pausing as hands do."""
    over = threading.Event()
    scenario = read_scenario(EXAMPLE).to_dict()

    def session(place: int) -> None:
        step = 0
        while not over.wait(PAUSE):
            step += 1
            scenario_ = json.loads(json.dumps(scenario))
            scenario_["measures"][1]["add"] = 0.1 + 0.0007 * place + 0.00001 * step
            body = {"scenario": scenario_, "token": f"crowd-{place}", "full": False}
            data, kind = json.dumps(body).encode(), {"content-type": "application/json"}
            request = urllib.request.Request(f"{address}/api/simulate", data, kind)  # noqa: S310 - our own
            with suppress(OSError), urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                answer.read()

    threads = [threading.Thread(target=session, args=(place,)) for place in range(users)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def opened(browser: Any, address: str, other: int = 0) -> Any:
    """A new page with its first answer on screen; ``other`` gives policies that nobody asked for yet."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{address}/{linked(other)}" if other else address)
    page.wait_for_selector("body[data-ready=yes]")
    page.wait_for_function("() => document.body.dataset.waiting === 'no'")
    return page


def linked(other: int) -> str:
    """The address of the example with a third measure of another size."""
    document = read_scenario(EXAMPLE).to_dict()
    document["measures"][2]["remove"] -= 0.001 * other
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(json.dumps(document).encode()) + packer.flush()
    return "#s=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def load(browser: Any, address: str) -> dict[str, float]:
    """What one fresh visit weighs and how long it takes."""
    started = time.perf_counter()
    page = opened(browser, address)
    answered = 1000 * (time.perf_counter() - started)
    found: dict[str, float] = {**page.evaluate(WEIGHT), "answered": answered}
    page.context.close()
    return found


def movements(page: Any, count: int) -> list[float]:
    """Milliseconds of single movements of the held slider, each waited for."""
    box = page.locator(SLIDER).bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 20, middle)
    page.mouse.down()
    page.wait_for_timeout(500)
    page.evaluate(WATCH)
    for done in range(count):
        page.mouse.move(box["x"] + 20 + (box["width"] - 30) * (done + 1) / count, middle)
        page.wait_for_function("count => window.measured.length > count", arg=done)
    page.mouse.up()
    found: list[float] = page.evaluate("window.measured")
    return found


def quantiles(values: list[float]) -> list[tuple[str, str]]:
    """Median and 95th percentile."""
    ordered = sorted(values)
    high = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return [
        ("median", f"{statistics.median(ordered):.0f}"),
        ("95th percentile", f"{high:.0f}"),
        ("movements", str(len(ordered))),
    ]


def dragging(drag: dict[str, Any]) -> list[tuple[str, str]]:
    """How often an answer comes, and whether the page freezes."""
    return [
        ("answers a second", f"{drag['answers'] / drag['seconds']:.1f}"),
        ("median gap between frames, ms", f"{statistics.median(drag['gaps']):.0f}"),
        ("longest gap between frames, ms", f"{max(drag['gaps']):.0f}"),
    ]


def opening(loads: list[dict[str, float]]) -> list[tuple[str, str]]:
    """Medians of fresh visits."""
    names = {
        "paint": "first contentful paint, ms",
        "answered": "first full answer on screen, ms",
        "page": "page, KiB",
        "data": "data from the API, KiB",
        "requests": "requests",
    }
    return [
        (said, f"{statistics.median(one[key] for one in loads):.0f}") for key, said in names.items()
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a few movements: does it run?")
    print(f"{machine()}\n")
    for name, text in tables(quick=parser.parse_args().quick).items():
        print(f"### {name}\n\n{text}\n")
