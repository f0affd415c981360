"""One ledger, written once: May 2026 whole and June through the 17th."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import Ledger, build_ledger

MAY, JUNE = "2026-05", "2026-06"
THROUGH = date(2026, 6, 17)

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def ledger() -> Ledger:
    return build_ledger(date(2026, 5, 1), 2, THROUGH, 7)


@pytest.fixture(scope="session")
def bucket(ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bucket")
    write_cur2(ledger, out)
    return out


@pytest.fixture(scope="session")
def ask(bucket: Path) -> Ask:
    """SQL on the written rows."""
    return asking(bucket)


def asking(written: Path | list[Path]) -> Ask:
    """SQL on the rows of a bucket or of some files, table `bill`; costs are decimals of ten places, cast row by row."""
    files = [str(path) for path in written] if isinstance(written, list) else f"{written}/cur2/**/*.parquet"
    connection = duckdb.connect()
    connection.execute(f"""
        create table bill as
        select
            strftime(bill_billing_period_start_date, '%Y-%m') as billing_period,
            line_item_line_item_type as kind,
            line_item_unblended_cost::decimal(38, 10) as u,
            pricing_public_on_demand_cost::decimal(38, 10) as public_cost,
            savings_plan_savings_plan_effective_cost::decimal(38, 10) as spe,
            savings_plan_total_commitment_to_date::decimal(38, 10) as committed,
            savings_plan_used_commitment::decimal(38, 10) as used,
            savings_plan_amortized_upfront_commitment_for_billing_period::decimal(38, 10) as plan_upfront,
            reservation_effective_cost::decimal(38, 10) as rie,
            reservation_amortized_upfront_fee_for_billing_period::decimal(38, 10) as month_upfront,
            reservation_unused_amortized_upfront_fee_for_billing_period::decimal(38, 10) as unused_upfront,
            reservation_unused_recurring_fee::decimal(38, 10) as unused_recurring,
            coalesce(reservation_reservation_a_r_n, '') as reservation_arn,
            coalesce(savings_plan_savings_plan_a_r_n, '') as plan_arn,
            product['product_name'] as service,
            line_item_net_unblended_cost::decimal(38, 10) as net,
            *
        from read_parquet({files!r}, hive_partitioning = false)
    """)

    def run(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql).fetchall()

    return run


# Written here by hand from the meaning of the line types, apart from anything the product does with them.
AMORTIZED = """
    case
        when kind = 'DiscountedUsage' then rie
        when kind = 'SavingsPlanCoveredUsage' then spe
        when kind = 'SavingsPlanNegation' then 0
        when kind = 'SavingsPlanRecurringFee' then committed - used
        when kind = 'RIFee' then unused_upfront + unused_recurring
        when kind = 'Fee' and reservation_arn <> '' then 0
        else u
    end
"""
LIST = """
    case
        when kind in ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage')
            then case when public_cost = 0 then u else public_cost end
        when kind = 'Fee' and reservation_arn = '' then u
        else 0
    end
"""
UNUSED = """
    case
        when kind = 'SavingsPlanRecurringFee' then committed - used
        when kind = 'RIFee' then unused_upfront + unused_recurring
        else 0
    end
"""
