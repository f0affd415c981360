"""Pictures of a page for the docs: a desktop, a phone, the dark, a team. Run by `make screenshots`; look at them."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# name: width and height in pixels, colour scheme, and what the address asks for
PICTURES: dict[str, tuple[int, int, Any, str]] = {
    "desktop": (1400, 1180, "light", ""),
    "dark": (1400, 900, "dark", "#measure=billed"),
    "phone": (420, 1100, "light", ""),
    "team": (1000, 640, "light", "#team-payments"),
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def take(browser: Browser, page_file: Path, folder: Path) -> list[Path]:
    """Write every picture into the folder, the same names each time."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for name, (width, height, scheme, fragment) in PICTURES.items():
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.goto(page_file.absolute().as_uri() + fragment)
        page.wait_for_selector("html[data-drawn=yes]")
        taken.append(folder / f"{name}.png")
        page.screenshot(path=taken[-1])
        page.close()
    return taken


def main() -> None:
    """Take the pictures of a page into a folder, and say how large they are."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    asked = parser.parse_args()
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        sys.exit("No Chromium is installed: no picture was taken.")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        for picture in take(browser, asked.page, asked.to):
            print(f"{picture} ({picture.stat().st_size / 1024:.0f} KiB)")
        browser.close()


if __name__ == "__main__":
    main()
