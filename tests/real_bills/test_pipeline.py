"""Bills that AWS wrote, through the whole command, against totals that were worked out from the files by other means.

The totals come from the bills' own documentation: each row cast to ten decimals, then summed.
"""

from __future__ import annotations

import json
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.support import command

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real")]

BILLS = ("legacy_parquet", "cur2_csv", "legacy_csv")


@pytest.fixture(scope="module")
def lake(real_bills: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One lake that holds each bill, after `finops run` on the last of them."""
    lake = tmp_path_factory.mktemp("real") / "lake"
    for bill in BILLS:
        done = finops(lake, "run" if bill == BILLS[-1] else "ingest", "--bills", str(real_bills / bill))
        assert done.returncode == 0, done.stderr
    return lake


def finops(lake: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command.finops("--json", "--lake", str(lake), *arguments)


def ask(lake: Path, mart: str, sql: str) -> list[tuple]:
    return duckdb.sql(sql.replace("mart", f"'{lake}/marts/{mart}/**/*.parquet'")).fetchall()


def test_each_bill_s_totals_are_in_the_marts_to_ten_decimals(lake: Path):
    told = ask(
        lake,
        "daily_costs",
        "select billing_period, sum(charge_count), sum(billed_cost), sum(amortized_cost) from mart "
        "group by 1 order by 1",
    )
    assert told == [
        ("2018-10", 119_307, Decimal("4064.4831315379"), Decimal("4195.9571093179")),
        ("2023-11", 1_281, Decimal("1.6823086974"), Decimal("1.6823086974")),
        ("2026-04", 471, Decimal("-0.3870018222"), Decimal("-0.3870018222")),
    ]


def test_every_total_is_that_of_its_bill(lake: Path):
    done = finops(lake, "reconcile")
    assert done.returncode == 0, done.stderr
    landed = {
        one["billing_period"]: (one["actual_charge_count"], Decimal(one["actual_cost"]))
        for one in json.loads(done.stdout)["reconcile"]["comparisons"]
        if one["place"] == "landing" and one["invoice_id"] == "all"
    }
    assert landed == {
        "2018-10": (119_307, Decimal("4064.4831315379")),
        "2023-11": (1_281, Decimal("1.6823086974")),
        "2026-04": (471, Decimal("-0.3870018222")),
    }


def test_usage_and_credits_are_told_apart(lake: Path):
    told = ask(
        lake,
        "daily_costs",
        "select charge_category, sum(charge_count), sum(billed_cost) from mart "
        "where billing_period = '2026-04' group by 1 order by 1",
    )
    assert told == [
        ("Credit", 90, Decimal("-12.5291432684")),
        ("Tax", 4, Decimal(0)),
        ("Usage", 377, Decimal("12.1421414462")),
    ]


def test_a_leading_zero_of_an_account_survives(lake: Path):
    [(cost,)] = ask(lake, "daily_costs", "select sum(billed_cost) from mart where sub_account_id = '011254002932'")
    assert cost == Decimal("71.4558054277")


def test_the_development_endpoint_that_ran_all_month_is_found(lake: Path):
    """Glue is 2,389.33 of that month's 4,064.48; one endpoint of three ran in 719 of its hours, for 1,473.22."""
    told = ask(
        lake,
        "idle_resources",
        "select resource_id, rule_id, round(effective_cost, 2), is_actionable from mart "
        "where billing_period = '2018-10'",
    )
    assert told == [
        ("arn:aws:glue:us-east-1:836060457634:devEndpoint/CUR-NoKey", "glue_dev_endpoint", Decimal("1473.22"), False)
    ]


def test_old_database_classes_are_found_but_not_priced_without_a_price_on_the_bill(lake: Path):
    told = ask(
        lake,
        "rightsizing_recommendations",
        "select resource_id, current_type, recommended_type, monthly_savings_cost from mart "
        "where resource_type = 'RDS instance' order by 1",
    )
    account = "arn:aws:rds:us-east-1:836060457634:db:"
    assert told == [
        (f"{account}prod", "db.m4.large", "db.m5.large", None),
        (f"{account}prod2", "db.r4.large", "db.r5.large", None),
        (f"{account}prod2-us-east-1c", "db.r4.large", "db.r5.large", None),
    ]


def test_glue_is_more_than_half_of_that_month_and_one_endpoint_most_of_it(lake: Path):
    """Three endpoints cost 2,388.92 of Glue's 2,389.33; two of them, 586.88 and 328.82, ran less than half of it."""
    [(glue, total)] = ask(
        lake,
        "daily_costs",
        "select sum(billed_cost) filter (service_name = 'AWS Glue'), sum(billed_cost) from mart "
        "where billing_period = '2018-10'",
    )
    assert (round(glue, 2), round(total, 2)) == (Decimal("2389.33"), Decimal("4064.48"))
    [(saved, evidence)] = ask(
        lake,
        "savings",
        "select round(sum(savings_cost), 2), max(found_in) from mart "
        "where billing_period = '2018-10' and lever = 'delete'",
    )
    assert (saved, evidence) == (Decimal("1473.22"), "idle_resources")


def test_machines_of_2018_are_told_at_the_hourly_rates_of_that_bill(lake: Path):
    """By hand: 0.20 an hour for m4.xlarge, 0.35 for db.m4.large, 0.29 for db.r4.large, times 730."""
    told = ask(
        lake,
        "rightsizing_recommendations",
        "select current_type, count(*), max(monthly_cost), max(evidence), count(monthly_savings_cost) from mart "
        "where billing_period = '2018-10' and current_type in ('m4.xlarge', 'db.m4.large', 'db.r4.large') "
        "group by 1 order by 1",
    )
    assert told == [
        ("db.m4.large", 1, Decimal("255.5"), "bill", 0),
        ("db.r4.large", 2, Decimal("211.7"), "bill", 0),
        ("m4.xlarge", 1, Decimal("146"), "bill", 0),
    ]


def test_numbers_from_2018_are_green_but_too_old_to_act_on(lake: Path):
    done = finops(lake, "act", "idle_cleanup", "--apply")
    assert done.returncode == 1
    assert "not fresh enough" in json.loads(done.stdout)["error"]["what"]


def test_landing_the_same_bills_again_changes_no_file_of_the_landing_zone(lake: Path, real_bills: Path):
    def landed() -> dict[Path, tuple[int, int]]:
        files = [path for path in (lake / "landing").rglob("*") if path.is_file()]
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files}

    before = landed()
    for bill in BILLS:
        assert finops(lake, "ingest", "--bills", str(real_bills / bill)).returncode == 0
    assert landed() == before


def test_reservations_of_2018_are_used_as_their_fees_say(lake: Path):
    """By the unused quantities and fees on AWS's own fee lines: one was used by nobody, one bought on the ninth."""
    told = ask(
        lake,
        "commitment_usage",
        "select usage_type, committed_hours, round(used_hours, 2), unused_commitment_cost, payment_option, "
        "ends_at::date::varchar from mart where unused_commitment_cost > 0.001 order by unused_commitment_cost",
    )
    assert told == [
        ("HeavyUsage:t2.micro", 744.0, 698.0, Decimal("0.3817953900"), "No Upfront", "2019-08-13"),
        ("HeavyUsage:t2.micro", 530.3203, 195.0, Decimal("3.9567791000"), "No Upfront", "2019-10-09"),
        ("HeavyUsage:c4.large", 744.0, 0.0, Decimal("44.6569863000"), None, "2019-04-24"),
    ]
    parts = "abs(commitment_cost - used_commitment_cost - unused_commitment_cost)"
    assert ask(lake, "commitment_usage", f"select count(*), max({parts}) < 0.00003 from mart") == [(9, True)]
