"""One small lake in which every trap is laid that can be shown on a bill. Read it beside docs/traps.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from dbt_project.build import BuildReport
from tests.ingestion.bills import cur2_csv, legacy_line, legacy_parquet, line
from tests.pipeline.conftest import Built, workspace

NOW = datetime(2026, 4, 12, 6, 0, tzinfo=UTC)

# Payers, by what is peculiar to their bills.
PLAIN, NET, GROSS, EUROS, DRIFTING = (6 * f"{number}0" for number in range(1, 6))
MEMBER, MOVED = "777777777777", "888888888888"

_NOTHING = dict.fromkeys(
    (
        "bill_invoice_id",
        "bill_billing_entity",
        "discount",
        "line_item_blended_cost",
        "line_item_net_unblended_cost",
        "line_item_line_item_description",
        "line_item_operation",
        "line_item_resource_id",
        "line_item_usage_account_name",
        "line_item_usage_type",
        "pricing_public_on_demand_cost",
        "pricing_public_on_demand_rate",
        "pricing_unit",
        "product_region_code",
        "reservation_amortized_upfront_fee_for_billing_period",
        "reservation_effective_cost",
        "reservation_reservation_a_r_n",
        "reservation_total_reserved_units",
        "reservation_unused_amortized_upfront_fee_for_billing_period",
        "reservation_unused_quantity",
        "reservation_unused_recurring_fee",
        "savings_plan_savings_plan_a_r_n",
        "split_line_item_parent_resource_id",
        "split_line_item_split_cost",
        "split_line_item_unused_cost",
    )
)


def on(start: str, hours: int, cost: str, service: str, payer: str = PLAIN, **changes: str | None) -> dict:
    """One line of a bill that begins at a moment like `04-03T10` of 2026 and lasts so many hours."""
    begin = datetime.fromisoformat(f"2026-{start}:00:00")
    end = datetime.fromtimestamp(begin.replace(tzinfo=UTC).timestamp() + hours * 3600, UTC)
    return line(
        **_NOTHING
        | {
            "bill_payer_account_id": payer,
            "line_item_usage_account_id": MEMBER,
            "line_item_product_code": service,
            "line_item_unblended_cost": cost,
            "line_item_usage_start_date": f"{begin:%Y-%m-%dT%H:%M:%S}.000Z",
            "line_item_usage_end_date": f"{end:%Y-%m-%dT%H:%M:%S}.000Z",
        }
        | changes
    )


def fee(kind: str, cost: str, service: str, start: str = "04-01T00", payer: str = PLAIN, **changes: str | None) -> dict:
    """One line that is no usage."""
    return on(start, 1, cost, service, payer, line_item_line_item_type=kind, **changes)


def of_march(one: dict) -> dict:
    """An April line as one of March's bill."""
    return one | {
        "bill_billing_period_start_date": "2026-03-01T00:00:00.000Z",
        "bill_billing_period_end_date": "2026-04-01T00:00:00.000Z",
        "line_item_usage_start_date": "2026-03-03T00:00:00.000Z",
        "line_item_usage_end_date": "2026-03-04T00:00:00.000Z",
    }


def plain_lines() -> Iterator[dict]:
    """April until the tenth day, of a payer without negotiated discounts."""
    # Trap 1: AWS gives both lines one id. Trap 20: nothing was paid at the blended price.
    yield on("04-02T00", 24, "1.25", "SameId", identity_line_item_id="one", line_item_blended_cost="999")
    yield on("04-03T00", 24, "2.50", "SameId", identity_line_item_id="one", line_item_blended_cost="999")
    # Trap 6: a fee of next month. Trap 7: a reservation of 720 hours, 1 an hour, of which 200 of 240 were used.
    yield fee("Fee", "70", "AheadFee", start="05-01T00")
    yield on("04-01T00", 720, "720", "AmazonEC2", line_item_line_item_type="RIFee", **ri()) | {
        "line_item_usage_end_date": "2026-04-30T23:59:59.000Z",
        "reservation_amortized_upfront_fee_for_billing_period": "0.0",
        "reservation_total_reserved_units": "720.0",
        "reservation_unused_quantity": "520.0",
        "reservation_unused_recurring_fee": "520.0",
    }
    covered = {"reservation_effective_cost": "200.0", "line_item_usage_amount": "200.0", **ri()}
    yield on("04-10T00", 24, "0.0", "AmazonEC2", line_item_line_item_type="DiscountedUsage", **covered)
    yield on("04-10T23", 1, "0.50", "LastHour")
    # Trap 11: blank texts of three kinds.
    yield on("04-04T00", 24, "1", "Blank", reservation_reservation_a_r_n="", pricing_public_on_demand_rate="")
    # Trap 12 and 24: one line in the bill has a tag, and it has it in April only.
    yield on("04-05T00", 24, "3", "Tagged", resource_tags='{"user_owner": "ada", "rare": "x"}')
    yield on("04-06T00", 24, "4", "Tagged")
    # Trap 14: as doubles these sum to 0.125, or 0, by the order of the files.
    yield on("04-07T00", 24, "1000000000000000", "Doubles")
    yield on("04-07T00", 24, "0.1", "Doubles")
    yield on("04-07T00", 24, "-1000000000000000", "Doubles")
    # Trap 15 and 21: what has no resource, and less than nothing.
    yield fee("Tax", "7.60", "Tax", line_item_resource_id=None)
    yield fee("Credit", "-25", "Promotion", line_item_resource_id="")
    yield fee("Refund", "-3", "Returned")
    # Trap 17: the last hour of March, billed in April.
    yield on("03-31T23", 1, "0.75", "LateMeter")
    # Trap 19: the member moves to another payer on the fifth, and its name changes.
    yield on("04-03T00", 24, "5", "Moves", line_item_usage_account_id=MOVED, line_item_usage_account_name="old name")
    # Trap 22: a third party's product has no public price, and its yearly fee no commitment.
    market = {"bill_billing_entity": "AWS Marketplace", "pricing_public_on_demand_cost": "0.0"}
    yield on("04-08T00", 24, "11", "8marketplace", **market)
    yield fee("Fee", "1200", "8marketplace", **market)
    # Trap 28: an address of a hundredth of a cent a day. Trap 30: one that another service pays for.
    for day in range(1, 11):
        yield on(f"04-{day:02d}T00", 24, "0.0001", "AmazonVPC", **address("eip-tiny"))
        yield on(f"04-{day:02d}T00", 24, "0.0", "AmazonVPC", **address("eip-bundled"))
    # Split rows: a machine of 1.00, its pod's part of 0.70, and a pod whose machine is on no bill.
    node = {"line_item_resource_id": "i-node", "line_item_usage_type": "BoxUsage:m5.large"}
    yield on("04-09T00", 24, "1.00", "AmazonEC2", **node)
    for parent in ("i-node", "i-elsewhere"):
        yield on("04-09T00", 24, "0.0", "AmazonEKS", **pod(parent), line_item_operation="EKSPod-EC2")


def ri() -> dict[str, str]:
    return {"reservation_reservation_a_r_n": "arn:aws:ec2:us-east-1:777777777777:reserved-instances/1"}


def address(resource: str) -> dict[str, str]:
    return {
        "line_item_resource_id": resource,
        "line_item_usage_type": "PublicIPv4:IdleAddress",
        "pricing_unit": "Hrs",
        "product_region_code": "us-east-1",
    }


def pod(parent: str) -> dict[str, str]:
    return {
        "line_item_resource_id": f"arn:aws:eks:us-east-1:777777777777:pod/prod/{parent}/web/1",
        "line_item_usage_type": "USE1-EKS-EC2-vCPU-Hours",
        "split_line_item_parent_resource_id": parent,
        "split_line_item_split_cost": "0.5",
        "split_line_item_unused_cost": "0.2",
    }


@dataclass(frozen=True)
class Laid(Built):
    """The lake with all traps, and what its build said."""

    report: BuildReport

    def cost(self, where: str, measure: str = "billed_cost", mart: str = "daily_costs") -> Decimal | None:
        """The sum of a measure over the rows of a mart that a condition takes; None if there is none."""
        [(told,)] = self.rows(f"select sum({measure}) from {mart} where {where}")
        return told


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    from dbt_project.build import build
    from ingestion.land import ingest

    folder = tmp_path_factory.mktemp("traps")
    bills = folder / "bills"
    lay(bills)
    ws = workspace(folder / "lake", NOW)
    with ws.store.locked():
        ingest(ws, str(bills))
        report = build(ws)
    return Laid(ws, None, report)  # type: ignore[arg-type]


def lay(bills: Path) -> None:
    """Write all of the bills."""
    lines = list(plain_lines())
    # Trap 4: an older delivery of the month is kept beside the newest. Traps 2 and 3: the newest has two chunks, and a
    # file lies beside them that its manifest does not name.
    cur2_csv(bills, [on("04-02T00", 24, "100000", "OldVersion")], export="plain", version="older")
    place = cur2_csv(bills, lines[::2], lines[1::2], export="plain", version="newest", header=list(lines[0]))
    (place / "plain-00003.csv.gz").write_bytes((place / "plain-00001.csv.gz").read_bytes())
    cur2_csv(
        bills, [of_march(on("04-03T00", 24, "4", "Tagged", bill_invoice_id="E1"))], export="plain", period="2026-03"
    )
    # Trap 18: the same month once more, as a report by month.
    cur2_csv(bills, [on("04-01T00", 720, "99", "Twice")], export="monthly")
    # Traps 8, 9 and 29: ten per cent off, in net columns of April; in March there was no discount, and no such column.
    cur2_csv(bills, [on("04-03T00", 24, "100", "AmazonEC2", NET, line_item_net_unblended_cost="90")], export="net")
    march = of_march(on("04-03T00", 24, "50", "AmazonEC2", NET))
    del march["line_item_net_unblended_cost"]
    cur2_csv(bills, [march], export="net", period="2026-03")
    cur2_csv(
        bills,
        [on("04-03T00", 24, "100", "AmazonEC2", GROSS), fee("EdpDiscount", "-10", "AmazonEC2", payer=GROSS)],
        export="gross",
    )
    moved = {"line_item_usage_account_id": MOVED, "line_item_usage_account_name": "new name"}
    cur2_csv(
        bills,
        [on("04-06T00", 24, "6", "Moves", EUROS, line_item_currency_code="EUR", **moved)],
        export="euros",
    )
    # Trap 10: a legacy report has a column only in months that use it.
    october = legacy_line(bill_payer_account_id=DRIFTING, line_item_unblended_cost="1.5")
    november = {
        name: value.replace("2018-11", "2018-12").replace("2018-10", "2018-11") for name, value in october.items()
    }
    november |= {"resource_tags_user_owner": "ada", "product_product_name": "A new one"}
    legacy_parquet(bills, [october], report="drifting")
    legacy_parquet(bills, [november], report="drifting", month=11)
