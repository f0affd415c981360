"""The page in a real browser: charts are drawn, nothing is fetched, nothing is cut off, no text of a bill runs."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dashboards.page import draw
from dashboards.panels import PANELS, Kind
from lake.store import LocalStore
from lake.tables import MART_NAMES
from tests.dashboards import built
from tests.dashboards.screenshots import PICTURES, take
from tests.dashboards.test_page import HOSTILE, hostile_marts

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
CHARTS = [one.id for one in PANELS if one.kind is Kind.CHART]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed: the page was not opened in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("browser")
    ws = built.workspace(root)
    assert isinstance(ws.store, LocalStore)
    built.publish(ws.store, built.marts())
    for mart in MART_NAMES:
        built.approve(ws.store, mart)
    return Path(draw(ws).location)


class Visit:
    """An open page with everything it said and asked for."""

    def __init__(
        self, browser: Browser, file: Path, width: int, scheme: Any = "light", script: bool = True, fragment: str = ""
    ) -> None:
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True, java_script_enabled=script
        )
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri() + (f"#{fragment}" if fragment else ""))
        if script:
            self.page.wait_for_selector("html[data-drawn=yes]", timeout=15_000)

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def paths(self, chart: str) -> list[str]:
        return self.page.eval_on_selector_all(f"#chart-{chart} svg path", "all => all.map(p => p.getAttribute('d'))")

    def is_wider_than_the_window(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def barriers(page: Page, where: str) -> dict[str, list[str]]:
    """What axe calls serious or critical, by its rule: the elements."""
    found = page.evaluate(f"async () => (await axe.run({where})).violations")
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return {one["id"]: [node["html"] for node in one["nodes"]][:3] for one in grave}


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (768, "dark"), (420, "light")])
def test_page_draws_every_chart_and_asks_for_nothing(
    browser: Browser, page_file: Path, width: int, scheme: str
) -> None:
    with Visit(browser, page_file, width, scheme) as visit:
        assert visit.said == []
        assert visit.asked == [page_file.as_uri()]
        assert [chart for chart in CHARTS if len(visit.paths(chart)) < 3] == []
        assert not visit.is_wider_than_the_window()


@pytest.mark.parametrize("width", [1440, 1280, 1024, 400])
def test_headline_figures_keep_to_one_line(browser: Browser, page_file: Path, width: int) -> None:
    with Visit(browser, page_file, width) as visit:
        lines = visit.page.eval_on_selector_all(
            ".figure", "all => all.map(p => Math.round(p.clientHeight / parseFloat(getComputedStyle(p).lineHeight)))"
        )
        assert lines and set(lines) == {1}


def test_savings_are_not_cut_off_on_a_small_laptop(browser: Browser, page_file: Path) -> None:
    with Visit(browser, page_file, 1280) as visit:
        scrolled = "all => all.map(t => t.parentElement).filter(d => d.scrollWidth > d.clientWidth + 1).length"
        assert visit.page.eval_on_selector_all("table.list", scrolled) == 0


def test_reader_chooses_an_account_and_the_address_keeps_it(browser: Browser, page_file: Path) -> None:
    web = next(iter(built.ACCOUNTS))
    month = [row for row in built.daily_rows() if row["sub_account_id"] == web and row["billing_period"] == "2026-11"]
    with Visit(browser, page_file, 1400) as visit:
        of_all = visit.paths("daily")
        visit.page.select_option("#choose-account", web)
        assert visit.paths("daily") != of_all
        assert visit.page.inner_text("#billed .figure") == f"${sum(row['billed_cost'] for row in month):,.2f}"
        assert "prod-web" in visit.page.inner_text("#said")
        visit.page.click(".choice button[data-measure=billed]")
        address = visit.page.url
        assert address.endswith(f"#measure=billed&account={web}")
        assert f"finops explain effective --period 2026-11 --account {web}" in visit.page.inner_text("#explained")
        assert visit.page.locator("#idle tbody tr:visible").count() == 6
        newest = visit.page.text_content("#daily tbody tr:first-child td")
        assert newest == f"${sum(row['billed_cost'] for row in month if row['charged_on'] == built.THROUGH):,.2f}"
        before = visit.page.get_attribute("#billed", "data-value")
        visit.page.select_option("#choose-account", "")
        assert visit.page.inner_text("#billed .figure") == f"${Decimal(str(before)):,.2f}"
        drawn = sorted(visit.paths("daily"))
    with Visit(browser, page_file, 1400, fragment=address.partition("#")[2]) as again:
        assert again.page.input_value("#choose-account") == web
        assert again.page.get_attribute(".choice button[data-measure=billed]", "aria-pressed") == "true"
        again.page.select_option("#choose-account", "")
        assert sorted(again.paths("daily")) == drawn
        assert again.said == []


def test_reader_chooses_what_the_month_is_divided_by_and_the_address_keeps_it(
    browser: Browser, page_file: Path
) -> None:
    with Visit(browser, page_file, 1400) as visit:
        assert "BoxUsage:m7g.1xlarge" in visit.page.inner_text("#chart-breakdowns")
        visit.page.select_option("#choose-breakdowns", "tag:team")
        assert "(untagged)" in visit.page.inner_text("#chart-breakdowns")
        address = visit.page.url
        visit.page.select_option("#choose-breakdowns", "usage_type")
        assert "by=" not in visit.page.url
    with Visit(browser, page_file, 420, fragment=address.partition("#")[2]) as again:
        assert again.page.input_value("#choose-breakdowns") == "tag:team"
        assert "(untagged)" in again.page.inner_text("#chart-breakdowns")


def test_team_has_a_page_that_an_address_leads_to_even_without_scripts(browser: Browser, page_file: Path) -> None:
    with Visit(browser, page_file, 420, script=False, fragment="team-web") as visit:
        assert visit.page.inner_text("#team-web h2") == "What web costs in Nov 2026: $735.00"
        assert visit.page.evaluate("window.scrollY") == 0
        assert not visit.page.locator("#billed").is_visible()
        assert not visit.page.locator("#team-warehouse-co").is_visible()
        assert not visit.is_wider_than_the_window()
    with Visit(browser, page_file, 420) as visit:
        visit.page.select_option("#choose-team", "warehouse-co")
        assert visit.page.locator("#team-warehouse-co").is_visible()
        assert visit.page.locator("[data-team=warehouse-co] svg").count() == 1
        assert not visit.is_wider_than_the_window()
        visit.page.click("#team-warehouse-co a >> nth=0")
        assert visit.page.locator("#billed").is_visible()
        assert visit.page.input_value("#choose-team") == ""


def test_tables_sort_by_amount_and_by_word_and_by_keyboard(browser: Browser, page_file: Path) -> None:
    def amounts(visit: Visit) -> list[float]:
        return visit.page.eval_on_selector_all("#idle [data-amount]", "all => all.map(c => Number(c.dataset.amount))")

    with Visit(browser, page_file, 1400) as visit:
        assert visit.page.locator("#idle tbody tr:visible").count() == 10
        visit.page.click("#idle .more-of button")
        assert visit.page.locator("#idle tbody tr:visible").count() == 23
        last = visit.page.locator("#idle thead button").last
        last.click()
        assert amounts(visit) == sorted(amounts(visit), reverse=True)
        last.focus()
        visit.page.keyboard.press("Enter")
        assert amounts(visit) == sorted(amounts(visit))
        assert visit.page.get_attribute("#idle thead th >> nth=-1", "aria-sort") == "ascending"
        visit.page.click("#idle thead button >> nth=2")
        owners = visit.page.eval_on_selector_all("#idle tbody tr", "all => all.map(r => r.cells[2].innerText)")
        assert owners == sorted(owners)
        assert amounts(visit) != sorted(amounts(visit))


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (420, "dark")])
def test_page_keeps_nobody_out(browser: Browser, page_file: Path, width: int, scheme: str) -> None:
    with Visit(browser, page_file, width, scheme) as visit:
        visit.page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true; })")
        visit.page.evaluate(AXE)
        assert barriers(visit.page, "document") == {}
        visit.page.select_option("#choose-team", "web")
        assert barriers(visit.page, "'#team-web'") == {}


def test_axe_finds_what_keeps_people_out(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text("<html><body><img src='data:,'><button></button><p style='color:#eee'>pale</p>")
    page = browser.new_page()
    page.goto((tmp_path / "bad.html").as_uri())
    page.evaluate(AXE)
    found = barriers(page, "document")
    page.close()
    assert {"image-alt", "button-name", "html-has-lang", "color-contrast"} <= set(found)


def test_reader_chooses_the_measure_and_the_services(browser: Browser, page_file: Path) -> None:
    with Visit(browser, page_file, 1400) as visit:
        effective = visit.paths("daily")
        visit.page.click(".choice button[data-measure=billed]")
        billed = visit.paths("daily")
        assert billed != effective
        visit.page.click("#daily .legend button >> nth=0")
        assert len(visit.paths("daily")) < len(billed)
        visit.page.click("#daily .legend button >> nth=0")
        assert sorted(visit.paths("daily")) == sorted(billed)
        assert visit.said == []


def test_tooltip_shows_the_amounts_of_a_day(browser: Browser, page_file: Path) -> None:
    with Visit(browser, page_file, 1400) as visit:
        visit.page.hover("#chart-daily")
        visit.page.wait_for_function("document.querySelector('#chart-daily').innerText.includes('$')")
        assert visit.said == []


def test_printed_page_is_light_and_not_cut_off(browser: Browser, page_file: Path) -> None:
    with Visit(browser, page_file, 1046, "dark") as visit:
        visit.page.emulate_media(media="print")
        assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not visit.page.locator(".choices").is_visible()
        assert not visit.is_wider_than_the_window()


def test_pictures_for_the_docs_can_be_taken(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    taken = {path.name: path.read_bytes() for path in take(browser, page_file, tmp_path)}
    docs = Path(__file__).parents[2] / "docs" / "screenshots"
    assert set(taken) == {path.name for path in docs.iterdir()}
    for name, (width, height, *_) in PICTURES.items():
        for picture in (taken[f"{name}.png"], (docs / f"{name}.png").read_bytes()):
            assert struct.unpack(">II", picture[16:24]) == (width, height)
            assert len(picture) < 300_000


def test_without_scripts_the_figures_and_tables_are_all_there(browser: Browser, page_file: Path) -> None:
    with Visit(browser, page_file, 1400, script=False) as visit:
        assert visit.page.inner_text("#billed .figure").startswith("$")
        assert visit.page.locator("#daily summary").is_visible()
        assert not visit.page.locator("#chart-daily").is_visible()
        assert not visit.page.locator(".choices").is_visible()


def test_text_of_a_bill_never_runs(browser: Browser, tmp_path: Path) -> None:
    names = {"service_name": HOSTILE, "sub_account_name": HOSTILE}
    daily = [built.charge(date(2026, 11, 20), "10", **names), built.charge(date(2026, 10, 20), "8", **names)]
    ws = built.workspace(tmp_path)
    assert isinstance(ws.store, LocalStore)
    built.publish(ws.store, hostile_marts(daily))
    with Visit(browser, Path(draw(ws).location), 420) as visit:
        for chart in ("daily", "movers", "teams", "units", "coverage"):
            visit.page.hover(f"#chart-{chart}")
            visit.page.wait_for_timeout(60)
        visit.page.select_option("#choose-account", "210987654321")
        visit.page.select_option("#choose-account", "")
        assert visit.page.evaluate("window.broken") is None
        assert visit.page.locator("img").count() == 0
        assert visit.said == []
        assert not visit.is_wider_than_the_window()
