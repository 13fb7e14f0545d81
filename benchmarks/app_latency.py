"""The live app in a real browser: from the movement of a slider to the paint of its answer.

``python benchmarks/app_latency.py [--quick]`` starts a server and a headless Chromium and prints
tables. A movement is one of the mouse with the slider held, a trusted event as a hand makes; its time ends
after the frame in which the new numbers are on screen. No two movements ask for the same policy,
so that no answer comes from memory.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import time
from typing import Any

from common import machine, table

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
    """Latency of single movements, behaviour of a drag, weight and first paint."""
    from playwright.sync_api import sync_playwright

    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    from zollverein.app.server import create_app
    from zollverein.app.serving import in_background

    with in_background(create_app()) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        loads = [load(browser, address) for _ in range(2 if quick else 7)]
        page = opened(browser, address)
        moves = movements(page, 5 if quick else 60)
        drag = page.evaluate(DRAG, [SLIDER, 30 if quick else 300])
        browser.close()
    return {
        "app_latency": table(("from movement to paint, 1 user", "ms"), quantiles(moves)),
        "app_drag": table(("while a slider moves at every frame", ""), dragging(drag)),
        "app_weight": table(("opening the page", ""), opening(loads)),
    }


def opened(browser: Any, address: str) -> Any:
    """A new page with its first answer on screen."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    page.wait_for_selector("body[data-ready=yes]")
    page.wait_for_function("() => document.body.dataset.waiting === 'no'")
    return page


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
