"""What a bill does not tell is neither idle nor cheaper elsewhere, and blank or zero amounts bend no measure."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion.land import ingest
from tests.ingestion.bills import cur2_csv, line
from tests.pipeline.conftest import Built, workspace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("open")]

STOPPED, MONTHLY = "111111111111", "333333333333"
BLANK = dict.fromkeys(
    (
        "line_item_availability_zone",
        "line_item_operation",
        "line_item_line_item_description",
        "line_item_resource_id",
        "line_item_usage_type",
        "pricing_public_on_demand_cost",
        "pricing_public_on_demand_rate",
        "product_instance_type",
        "split_line_item_parent_resource_id",
    )
)


def on(day: int, hours: int = 24, start: int = 0, **changes):
    """One line that begins in April at an hour of a day and lasts so many hours."""
    end = start + hours
    return line(
        **BLANK
        | {
            "line_item_usage_start_date": f"2026-04-{day:02d}T{start:02d}:00:00.000Z",
            "line_item_usage_end_date": f"2026-04-{day + end // 24:02d}T{end % 24:02d}:00:00.000Z",
            "product_region_code": "us-east-1",
            "pricing_unit": "Hrs",
        }
        | changes
    )


def daily(resource: str | None, usage_type: str, first: int = 1, last: int = 28, **changes):
    changes |= {"line_item_resource_id": resource, "line_item_usage_type": usage_type}
    return [on(day, **changes) for day in range(first, last + 1)]


def lines():
    ireland, paris, nowhere = ({"product_region_code": code} for code in ("eu-west-1", "eu-west-3", None))
    yield from daily("vol-0beside5p07", "EBS:VolumeUsage.gp3", **ireland)
    yield from daily("i-spot", "EU-SpotUsage:m5.large", **nowhere)
    yield from daily("nat-busy", "NatGateway-Hours")
    yield from daily("nat-busy", "NatGateway-Bytes", line_item_usage_amount="500", **nowhere)
    yield from daily("eip-nightly", "PublicIPv4:IdleAddress", hours=7)
    yield from daily("eip-nightly", "PublicIPv4:InUseAddress", hours=17, start=7)
    yield from daily("eip-forgotten", "PublicIPv4:InUseAddress", last=10)
    yield from daily("eip-forgotten", "PublicIPv4:IdleAddress", first=11)
    yield from daily("eip-patchy", "PublicIPv4:IdleAddress", hours=1)
    yield from daily("eip-patchy", "PublicIPv4:IdleAddress", hours=9, start=12)
    yield from daily("acl-shielded", "USE1-WebACLV2", line_item_product_code="awswaf", line_item_unblended_cost="0.0")
    yield from daily("i-resized", "BoxUsage:m4.large", last=19, pricing_public_on_demand_rate="0.10")
    yield from daily("i-resized", "BoxUsage:m6i.large", first=20, pricing_public_on_demand_rate="0.096")
    yield from daily("vol-migrated", "EBS:VolumeUsage.gp2", last=14, pricing_public_on_demand_rate="0.10")
    yield from daily("vol-migrated", "EBS:VolumeUsage.gp3", first=15, pricing_public_on_demand_rate="0.08")
    # The same for another account, where tasks run and no instance does.
    other = {"line_item_usage_account_id": "222222222222"}
    yield from daily("vol-0beside7a5c", "EBS:VolumeUsage.gp3", **paris, **other)
    yield from daily("task", "EUW3-Fargate-vCPU-Hours:perCPU", line_item_product_code="AmazonECS", **paris, **other)
    yield from daily("vol-010ne1y", "EBS:VolumeUsage.gp3", **ireland, **other)
    pod = {"line_item_product_code": "AmazonEKS", "split_line_item_parent_resource_id": "i-resized"}
    yield on(5, line_item_unblended_cost=None, line_item_resource_id="pod", **pod)
    yield on(4, line_item_product_code="market", pricing_public_on_demand_cost="0.0", line_item_unblended_cost="7.0")
    for product, words, cost in (
        ("DatabaseSavingsPlans", "Refund for one-time fee for Savings Plan ID 1", "-100"),
        ("ComputeSavingsPlans", "Refund for recurring fee for Savings Plan ID 2", "-5"),
    ):
        refund = {"line_item_line_item_type": "Refund", "line_item_line_item_description": words}
        yield on(6, line_item_product_code=product, line_item_unblended_cost=cost, **refund)


def of_january(lines):
    """April's lines as if they were January's, of a payer whose bills stopped coming then."""
    for one in lines:
        dated = {name: value.replace("2026-04-", "2026-01-") if value else value for name, value in one.items()}
        end = {"bill_billing_period_end_date": "2026-02-01T00:00:00.000Z"}
        yield dated | end | {"bill_payer_account_id": STOPPED, "line_item_usage_account_id": STOPPED}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Marts of a daily, a stopped and a monthly export, in a lake whose path is as awkward as paths can be."""
    from dbt_project.build import build

    folder = tmp_path_factory.mktemp("open")
    cur2_csv(folder / "bills", list(lines()))
    cur2_csv(
        folder / "bills", list(of_january(daily("eip-old", "PublicIPv4:IdleAddress"))), export="old", period="2026-01"
    )
    whole = on(1, line_item_resource_id="eip-by-month", line_item_usage_type="PublicIPv4:IdleAddress")
    whole |= {"line_item_usage_end_date": "2026-05-01T00:00:00.000Z"}
    whole |= {"bill_payer_account_id": MONTHLY, "line_item_usage_account_id": MONTHLY}
    cur2_csv(folder / "bills", [whole], export="monthly")
    cur2_csv(folder / "bills", [on(1)], export="partial")
    ws = workspace(folder / "landing" / "Ann's [lake]")
    with ws.store.locked():
        ingest(ws, str(folder / "bills"))
        report = build(ws)
    assert [warning for warning in report.warnings if "exports of one month" in warning]
    return Built(ws, None)  # type: ignore[arg-type]


def mart(told: Built, sql: str) -> list[tuple]:
    with duckdb.connect() as engine:
        for folder in (Path(told.ws.store.uri) / "marts").iterdir():
            pattern = str(folder).replace("[", "[[]").replace("'", "''")
            engine.execute(f"create view {folder.name} as select * from '{pattern}/**/*.parquet'")
        return engine.execute(sql).fetchall()


def test_only_what_the_bill_shows_to_be_unused_is_idle(told: Built):
    found = mart(told, "select resource_id, observed_hours, is_actionable from idle_resources order by 1")
    assert found == [
        ("eip-forgotten", 432.0, True),
        ("eip-old", 672.0, False),
        ("eip-patchy", 280.0, True),
        ("vol-010ne1y", 672.0, True),
    ]


def test_what_was_resized_or_migrated_already_is_not_recommended_again(told: Built):
    assert mart(told, "select resource_id, rule_id from rightsizing_recommendations") == []


def test_blank_and_zero_amounts_bend_no_measure(told: Built):
    measures = "sum(billed_cost), sum(list_cost), sum(amortized_cost), sum(effective_cost)"
    found = {
        service: costs for service, *costs in mart(told, f"select service_name, {measures} from daily_costs group by 1")
    }
    assert found["market"] == [Decimal(7)] * 4
    assert found["AmazonEKS"] == [Decimal(0)] * 4
    assert found["DatabaseSavingsPlans"] == [Decimal(-100), 0, 0, 0]
    assert found["ComputeSavingsPlans"] == [Decimal(-5), 0, Decimal(-5), Decimal(-5)]


def test_a_lake_that_another_program_has_open_is_told_and_kept(tmp_path: Path):
    from dbt_project.local import drop_unreadable
    from lake.errors import LakeError

    file = tmp_path / "finops.duckdb"
    hold = f"import duckdb, sys; held = duckdb.connect({json.dumps(str(file))}); print(1, flush=True); sys.stdin.read()"
    other = subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout and other.stdout.readline()
        with pytest.raises(LakeError, match="Another program"):
            drop_unreadable(file)
        assert file.exists()
    finally:
        other.communicate()
