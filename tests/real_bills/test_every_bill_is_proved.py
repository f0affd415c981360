"""Each published bill alone in a lake of its own: built, that of FOCUS as a new user does it, then proved.

The totals are those of the bills' own documentation; one file of the drift has none told, and is counted here by hand.
"""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dbt_project.build import build
from ingestion.land import ingest
from tests.pipeline.conftest import workspace
from tests.support import command

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("real"), pytest.mark.usefixtures("without_checks")]

DRIFT = "legacy_parquet_drift/Nov2019-day{}.snappy.parquet"
AWS_PAYER = "1234567890123"


def finops(lake: Path, *arguments: str) -> dict:
    done = command.finops("--json", "--lake", str(lake), *arguments)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def counted(bill: Path) -> tuple[int, Decimal]:
    """Lines and sum, each amount at ten decimals before it is added."""
    costs = pq.read_table(bill, columns=["line_item_unblended_cost"])["line_item_unblended_cost"].to_pylist()
    return len(costs), sum((round(Decimal(cost), 10) for cost in costs), Decimal(0))


@pytest.mark.parametrize(
    ("bill", "all_providers", "payer", "lines", "cost"),
    [
        # legacy_parquet, cur2_csv and legacy_csv are run and reconciled together in test_pipeline.
        ("focus_1_0_csv", True, AWS_PAYER, 942, "18.0066386184"),
        (DRIFT.format(1), False, None, 7_850, "89.17063288"),
        (DRIFT.format(2), False, None, 7_600, None),
    ],
)
def test_a_published_bill_runs_through_and_every_total_is_that_of_the_bill(
    real_bills: Path, tmp_path: Path, bill: str, all_providers: bool, payer: str | None, lines: int, cost: str | None
):
    if all_providers:
        finops(tmp_path / "lake", "run", "--bills", str(real_bills / bill), "--all-providers")
    else:
        ws = workspace(tmp_path / "lake")
        with ws.store.locked():
            ingest(ws, str(real_bills / bill))
            build(ws)
    told = finops(tmp_path / "lake", "reconcile")["reconcile"]
    assert told["is_reconciled"] is True
    of_bill = [
        one
        for one in told["comparisons"]
        if one["measure"] == "billed_cost" and one["invoice_id"] == "all" and payer in (None, one["billing_account_id"])
    ]
    assert {one["place"] for one in of_bill} == {
        *("landing", "int_charges", "daily_costs", "monthly_costs", "allocated_costs", "focus_1_2")
    }
    expected = Decimal(cost) if cost else round(counted(real_bills / bill)[1], 8)
    assert {round(Decimal(one["actual_cost"]), 8 if payer is None else 10) for one in of_bill} == {expected}
    assert {one["actual_charge_count"] for one in of_bill} - {None} == {lines}
