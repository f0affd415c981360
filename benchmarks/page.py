"""How long the page of a large company takes to open: two hundred accounts, thirteen months, in headless Chromium.

The only benchmark in seconds, since a reader waits in seconds: from asking for the file until every chart is drawn.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from pathlib import Path
from time import perf_counter

from benchmarks.timing import show
from dashboards.page import draw
from lake.store import LocalStore
from tests.dashboards import built, wide

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def opened(file: Path, width: int, runs: int) -> list[float]:
    """Seconds from asking for the page until it is drawn, each in a new process's new window."""
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)))
    took = []
    with sync_playwright() as driver:
        for _ in range(runs):
            browser = driver.chromium.launch(
                executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": width, "height": 900})
            began = perf_counter()
            page.goto(file.as_uri(), wait_until="commit")
            page.wait_for_selector("html[data-drawn=yes]")
            took.append(perf_counter() - began)
            browser.close()
    return took


def main() -> None:
    """Draw the page once, open it so many times at each width, and print medians and the slowest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=7)
    asked = parser.parse_args()
    ws = built.workspace(asked.work / "page")
    assert isinstance(ws.store, LocalStore)
    wide.publish(ws.store)
    began = perf_counter()
    report = draw(ws)
    drawn = perf_counter() - began
    rows = []
    for width in (1400, 420):
        took = opened(Path(report.location), width, asked.runs)
        rows.append([f"{width} pixels", statistics.median(took), max(took)])
    show(
        f"{wide.ACCOUNTS} accounts, {wide.MONTHS} months: {report.bytes / 1e6:.2f} MB, drawn in {drawn:.1f} s",
        ["opened", "median s", "slowest s"],
        rows,
    )


if __name__ == "__main__":
    main()
