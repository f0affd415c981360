"""What Cost Explorer told when it was collected, as totals to compare with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lake import zones
from lake.collected.days import Answer, Day
from lake.collected.dictionary import arrow_schema
from lake.errors import SettingsError
from lake.store import LocalStore
from quality.reconciling.amounts import Bill
from quality.reconciling.collected import GROUPING, told_by_cost_explorer

PAYER, SHOP = "111111111111", "222222222222"
OCTOBER = Bill("2026-10", PAYER, "USD")


def row(cost: str, **told: Any) -> dict[str, Any]:
    amounts = dict.fromkeys(("unblended_cost", "net_unblended_cost", "amortized_cost"), Decimal(cost))
    return {
        "part": GROUPING,
        "asked_account_id": PAYER,
        "asked_region_id": "global",
        "collected_at": datetime(2026, 11, 3, 6, tzinfo=UTC).replace(tzinfo=None),
        "period_start": date(2026, 10, 1),
        "period_end": date(2026, 11, 1),
        "sub_account_id": SHOP,
        "billing_currency": "USD",
        "is_estimated": False,
        **amounts,
        "net_amortized_cost": Decimal(0),
        **told,
    }


def lake(folder: Path, *rows: dict[str, Any]) -> LocalStore:
    store = LocalStore(folder)
    key = f"{zones.collected_folder('cost_explorer', '2026-11-03', 'run')}/cost_explorer.parquet"
    store.write(key, b"")
    pq.write_table(pa.Table.from_pylist(list(rows), schema=arrow_schema("cost_explorer")), store.location(key))
    parts = sorted({one["part"] for one in rows})
    answers = tuple(Answer(part, PAYER, "global", "ok", "", 1, "2026-11-03T06:00:00Z") for part in parts)
    told = Day("cost_explorer", "2026-11-03", "run", (key,), answers)
    store.write(zones.collected_day("cost_explorer", "2026-11-03"), told.to_json())
    return store


def test_a_whole_month_is_told_per_account_and_in_all(tmp_path: Path):
    store = lake(tmp_path, row("1.10"), row("2.20"), row("4", sub_account_id=PAYER))
    told = told_by_cost_explorer(store, {OCTOBER})
    unblended = {one.sub_account_id: one.amount for one in told if one.source == "Cost Explorer UnblendedCost"}
    assert unblended == {"": Decimal("7.30"), SHOP: Decimal("3.30"), PAYER: Decimal(4)}
    assert {one.bill for one in told} == {OCTOBER}
    assert not any(one.is_estimated for one in told)


def test_other_groupings_the_open_month_and_other_payers_are_left_out(tmp_path: Path):
    store = lake(
        tmp_path,
        row("1", is_estimated=True),
        row("9", part="monthly_by_account_and_service"),
        row("9", period_start=date(2026, 11, 1), period_end=date(2026, 11, 4)),
        row("9", asked_account_id=SHOP),
    )
    told = told_by_cost_explorer(store, {OCTOBER, Bill("2026-11", PAYER, "USD")})
    assert {one.amount for one in told if "Unblended" in one.source} == {Decimal(1)}
    assert all(one.is_estimated for one in told)


def test_where_nothing_fits_it_says_what_to_run(tmp_path: Path):
    with pytest.raises(SettingsError, match="no whole month"):
        told_by_cost_explorer(LocalStore(tmp_path), {OCTOBER})
