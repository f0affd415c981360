"""The page itself: its figures are those of the marts, it asks nothing of the network, and no text breaks out."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from dashboards.page import draw
from lake import zones
from lake.errors import LakeError
from lake.store import LocalStore
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from tests.dashboards import built, built_more, wide

HOSTILE = """</script><script>window.broken=1</script>'"><img src=x onerror="window.broken=1">{{7*7}}"""


def page_of(ws: Workspace) -> BeautifulSoup:
    draw(ws)
    content = ws.store.read(zones.PAGE)
    assert content is not None
    return BeautifulSoup(content, "html.parser")


def lake_of(root: Path, marts: built.Marts) -> Workspace:
    ws = built.workspace(root)
    assert isinstance(ws.store, LocalStore)
    built.publish(ws.store, marts)
    return ws


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    found = page.select(selector)
    assert len(found) == 1, selector
    return found[0]


def value(page: BeautifulSoup, tile: str) -> Decimal:
    return Decimal(str(one(page, f"#{tile}")["data-value"]))


def to_date(rows: built.Rows, column: str) -> Decimal:
    return sum((row[column] for row in rows if row["billing_period"] == "2026-11"), Decimal(0))


def test_tiles_are_the_sums_of_the_marts(ws: Workspace, rows: built.Marts) -> None:
    page = page_of(ws)
    daily = rows["daily_costs"]
    assert value(page, "billed") == to_date(daily, "billed_cost")
    assert value(page, "effective") == to_date(daily, "effective_cost")
    assert value(page, "unused") == to_date(daily, "unused_commitment_to_date_cost")
    assert value(page, "idle_waste") == sum(row["monthly_cost"] for row in rows["idle_resources"])
    assert value(page, "savings") == sum(row["monthly_savings_cost"] for row in rows["rightsizing_recommendations"])
    assert (value(page, "reconciled"), one(page, "#reconciled .figure").text) == (0, "Yes")


def test_tiles_show_the_exact_value_rounded_to_cents(ws: Workspace) -> None:
    page = page_of(ws)
    for tile in ("billed", "effective", "unused", "idle_waste", "savings"):
        shown = Decimal(one(page, f"#{tile} .figure").text.replace("$", "").replace(",", ""))
        assert abs(shown - value(page, tile)) <= Decimal("0.005")
        assert one(page, f"#{tile}")["data-measure"] in built.schema(str(one(page, f"#{tile}")["data-mart"])).names


def test_lists_hold_every_finding_and_their_amounts_sum_to_the_tile(ws: Workspace, rows: built.Marts) -> None:
    page = page_of(ws)
    for section, tile, mart in (
        ("idle", "idle_waste", "idle_resources"),
        ("rightsizing", "savings", "rightsizing_recommendations"),
    ):
        amounts = [Decimal(str(cell["data-amount"])) for cell in page.select(f"#{section} [data-amount]")]
        assert sum(amounts) == value(page, tile)
        assert amounts == sorted(amounts, reverse=True)
        assert len(amounts) == len(rows[mart])


def test_rows_for_the_charts_sum_to_the_marts(ws: Workspace, rows: built.Marts) -> None:
    marts = json.loads(one(page_of(ws), "script#marts").text)
    for measure in ("billed", "amortized", "effective"):
        drawn = sum(Decimal(amount) for series in marts["daily"] for amount in series[measure])
        assert drawn == sum(row[f"{measure}_cost"] for row in rows["daily_costs"])
    assert sum(Decimal(row[1]) for row in marts["accounts"]) == to_date(rows["daily_costs"], "billed_cost")


def test_tables_under_the_charts_say_the_same_without_a_script(ws: Workspace, rows: built.Marts) -> None:
    page = page_of(ws)
    services = {row.th.text for row in page.select("#movers tbody tr") if row.th}
    assert services == set(built.SERVICES)
    days = page.select("#daily tbody tr")
    assert len(days) == 90
    newest = sum(row["effective_cost"] for row in rows["daily_costs"] if row["charged_on"] == built.THROUGH)
    assert [days[0].select("th,td")[at].text for at in (0, 3)] == ["2026-11-22", f"${newest:,.2f}"]


def test_page_asks_nothing_of_the_network(ws: Workspace) -> None:
    page = page_of(ws)
    assert [tag for tag in page.find_all(True) if tag.get("src") or str(tag.get("href", "#"))[:1] != "#"] == []
    assert page.find_all(["link", "iframe", "object", "embed", "img", "base"]) == []
    assert "url(" not in one(page, "style").text
    assert "@import" not in one(page, "style").text


def test_policy_lets_only_the_pages_own_scripts_run(ws: Workspace) -> None:
    page = page_of(ws)
    policy = str(one(page, 'meta[http-equiv="Content-Security-Policy"]')["content"])
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    scripts = [script.text for script in page.find_all("script") if script.get("type") is None]
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert rules["script-src"].split() == [f"'sha256-{digest}'" for digest in digests]
    assert "connect-src" not in rules


def test_page_is_small_enough_to_mail(ws: Workspace) -> None:
    assert draw(ws).bytes < 1_200_000


def test_page_of_two_hundred_accounts_and_thirteen_months_stays_small(tmp_path: Path) -> None:
    ws = built.workspace(tmp_path)
    assert isinstance(ws.store, LocalStore)
    wide.publish(ws.store, services=8)
    assert draw(ws).bytes < 3_000_000
    page = (ws.store.read(zones.PAGE) or b"").decode()
    marts = json.loads(page.partition('id="marts">')[2].partition("</script>")[0])
    assert (len(marts["by_account"]), len(marts["months"])) == (wide.ACCOUNTS, wide.MONTHS)
    # Of so many accounts each still shows its largest services by day.
    assert {len(cut["d"]) for cut in marts["by_account"].values()} == {5}


def hostile_marts(daily: built.Rows) -> built.Marts:
    """Marts in which everything that people or bills may name is hostile."""
    names = ("resource_id", "owner", "reason", "region_id", "sub_account_name", "resource_type")
    found = dict.fromkeys(names, HOSTILE)
    marts = built.marts(
        daily,
        [built.idle_row(0, **found, blockers=HOSTILE, action=HOSTILE)],
        [built.rightsizing_row(0, **found, current_type=HOSTILE, recommended_type=HOSTILE)],
    )
    told = (*names, "service_name", "usage_type", "top_resources", "budget_name", "team", "environment", "tag_key")
    told = (*told, "variant_tag_key", "driver_name", "action", "verb", "cause", "lever", "dimension", "dimension_value")
    told = (*told, "rule_id", "snapshot_id", "managed_by")
    for mart, rows in {
        **built_more.marts(),
        **{each: marts[each] for each in ("commitment_usage", "commitment_coverage")},
    }.items():
        marts[mart] = [row | {name: HOSTILE for name in told if row.get(name) is not None} for row in rows]
    return marts


def test_no_text_of_a_bill_becomes_markup(tmp_path: Path) -> None:
    names = {"service_name": HOSTILE, "sub_account_name": HOSTILE, "region_id": HOSTILE}
    daily = [built.charge(date(2026, 11, 20), "10", **names), built.charge(date(2026, 10, 20), "8", **names)]
    ws = lake_of(tmp_path, hostile_marts(daily))
    assert isinstance(ws.store, LocalStore)
    built.approve(ws.store, "daily_costs", passed=False, critical_failures=(HOSTILE,), run_id="r")
    page = page_of(ws)
    assert page.find_all("img") == []
    assert len(page.find_all("script")) == 3
    assert [tag for tag in page.find_all(True) if "onerror" in tag.attrs] == []
    assert one(page, "#idle tbody code").text == HOSTILE
    assert json.loads(one(page, "script#marts").text)["daily"][0]["name"] == HOSTILE
    assert HOSTILE in one(page, '[data-mart="daily_costs"][data-state]').text
    assert "49" not in one(page, "#idle tbody code").text


def greens(page: BeautifulSoup) -> list[str]:
    return [tag.get_text(" ", strip=True) for tag in page.select(".good")]


def test_validated_marts_are_ticked(validated: Workspace) -> None:
    page = page_of(validated)
    states = {str(tag["data-mart"]): tag["data-state"] for tag in page.select(".strip li")}
    assert states == dict.fromkeys(MART_NAMES, "validated")
    assert one(page, "#overall").text.strip() == "✓ validated"
    assert "run-validation" in one(page, "header").text


def test_nothing_is_green_before_validation(ws: Workspace) -> None:
    page = page_of(ws)
    assert greens(page) == []
    assert "✓" not in page.text.split("var echarts")[0]
    assert one(page, "#overall")["data-state"] == "not validated"


def test_mart_rebuilt_after_its_validation_is_not_green(validated: Workspace, rows: built.Marts) -> None:
    assert isinstance(validated.store, LocalStore)
    cheaper = [row for row in rows["daily_costs"] if row["billing_period"] != "2026-11" or row["region_id"] != "x"]
    falling = [row | {"billed_cost": Decimal(1)} if row["billing_period"] == "2026-11" else row for row in cheaper]
    built.publish(validated.store, {"daily_costs": falling})
    page = page_of(validated)
    rebuilt = one(page, '.strip [data-mart="daily_costs"]')
    assert rebuilt["data-state"] == "not validated"
    assert "rebuilt after the newest validation" in rebuilt.text
    assert rebuilt.select(".good") == []
    assert "▼" in one(page, "#billed").text
    assert page.select("#billed .good, #effective .good, #overall.good") == []


def test_fall_of_validated_cost_is_green(tmp_path: Path) -> None:
    daily = [built.charge(date(2026, 10, 5), "10"), built.charge(date(2026, 11, 20), "8")]
    ws = lake_of(tmp_path, built.marts(daily))
    assert isinstance(ws.store, LocalStore)
    built.approve(ws.store, "daily_costs")
    assert one(page_of(ws), "#billed .good").text == "▼ 20.0%"


def test_failed_mart_says_what_failed(validated: Workspace) -> None:
    assert isinstance(validated.store, LocalStore)
    built.approve(
        validated.store,
        "reconciliation",
        passed=False,
        critical_failures=("totals_reconcile",),
        validated_at="2026-11-23T06:05:00+00:00",
    )
    page = page_of(validated)
    failed = one(page, '.strip [data-mart="reconciliation"]')
    assert (failed["data-state"], "totals_reconcile" in failed.text) == ("failed", True)
    assert one(page, "#overall")["data-state"] == "failed"
    assert page.select("#reconciled .good") == []


def test_difference_is_shown_in_red_with_its_rows(tmp_path: Path) -> None:
    marts = built.marts([built.charge(date(2026, 11, 20), "10")])
    marts["reconciliation"][0] |= {"difference_micros": 25_000_001, "is_reconciled": False}
    page = page_of(lake_of(tmp_path, marts))
    assert one(page, "#reconciled .figure").text == "No"
    assert value(page, "reconciled") == Decimal("25.000001")
    assert "1 of 4 totals differ" in one(page, "#reconciled .bad").text
    assert one(page, "#reconciliation details").has_attr("open")


def test_no_findings_are_told_in_a_sentence(tmp_path: Path) -> None:
    page = page_of(lake_of(tmp_path, built.marts([built.charge(date(2026, 11, 20), "10")], [], [])))
    assert "Nothing idle was found" in one(page, "#idle .empty").text
    assert "nothing to rightsize" in one(page, "#rightsizing .empty").text
    assert (value(page, "idle_waste"), value(page, "savings")) == (0, 0)


def test_two_payers_eight_years_apart_make_one_sensible_page(tmp_path: Path) -> None:
    old = [built.charge(date(2018, 10, day), "100", billing_account_id=built.OTHER_PAYER) for day in range(1, 32)]
    new = built.daily_rows(45, date(2026, 4, 20))
    page = page_of(lake_of(tmp_path, built.marts(old + new)))
    marts = json.loads(one(page, "script#marts").text)
    assert marts["period"] == "2026-04"
    assert len(marts["days"]) == 45
    assert value(page, "billed") == sum(row["billed_cost"] for row in new if row["billing_period"] == "2026-04")
    assert one(page, "#through")["datetime"] == "2026-04-20"
    (note,) = [tag.text for tag in page.select(".notes p")]
    assert built.OTHER_PAYER in note
    assert "$3,100.00 billed in Oct 2018" in note


def test_other_currency_has_a_line_of_its_own(tmp_path: Path) -> None:
    other = built.charge(date(2026, 11, 20), "77", billing_currency="CNY", billing_account_id=built.OTHER_PAYER)
    page = page_of(lake_of(tmp_path, built.marts([built.charge(date(2026, 11, 20), "100"), other])))
    assert value(page, "billed") == 100
    assert "CNY 77.00 billed in Nov 2026" in one(page, ".notes p").text


def test_first_month_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    page = page_of(lake_of(tmp_path, built.marts([built.charge(date(2026, 11, 20), "10")])))
    assert "no bill of Oct 2026 to compare with" in one(page, "#billed").text
    assert page.select("#chart-movers") == []


def test_reader_finds_a_way_through_the_page(ws: Workspace) -> None:
    page = page_of(ws)
    assert one(page, "html")["lang"] == "en"
    assert all(len(page.find_all(name)) == 1 for name in ("header", "main", "footer", "h1"))
    assert all(cell.get("scope") in ("col", "row") for cell in page.find_all("th"))
    assert all(chart.get("aria-label") and chart["role"] == "img" for chart in page.select(".chart"))
    ids = [str(tag["id"]) for tag in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {str(tag["aria-labelledby"]) for tag in page.select("[aria-labelledby]")} <= set(ids)


@pytest.mark.parametrize("mart", MART_NAMES)
def test_missing_mart_names_the_command_that_builds_it(ws: Workspace, mart: str) -> None:
    ws.store.write(zones.PAGE, b"the last good page")
    ws.store.delete(zones.published_mart(mart))
    with pytest.raises(LakeError, match="finops build"):
        draw(ws)
    assert ws.store.read(zones.PAGE) == b"the last good page"


def test_page_goes_also_to_a_file(ws: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "new folder" / "costs.html"
    report = draw(ws, target)
    assert report.location == str(target)
    assert target.read_bytes() == ws.store.read(zones.PAGE)
    assert [path.name for path in target.parent.iterdir()] == ["costs.html"]


def test_file_that_cannot_be_written_leaves_the_page_as_it_was(ws: Workspace, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    ws.store.write(zones.PAGE, b"the last good page")
    for target in (tmp_path / "taken" / "costs.html", tmp_path):
        with pytest.raises(LakeError, match="--to"):
            draw(ws, target)
    assert ws.store.read(zones.PAGE) == b"the last good page"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lake", "taken"]
