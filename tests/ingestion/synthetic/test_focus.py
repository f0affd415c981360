"""The FOCUS 1.2 form: AWS's folders, FOCUS's rules, and the ledger's money to the last digit."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.synthetic.discounts import AGREEMENT
from ingestion.synthetic.events.model import Negation, PlanHour, Split
from ingestion.synthetic.focus import write_focus
from ingestion.synthetic.focus_columns import FOCUS_COLUMNS
from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import Ledger, build_ledger

Ask = Callable[[str], list[tuple[Any, ...]]]

MONEY = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")
OF_A_COMMITMENT = "CommitmentDiscountId is not null"


@pytest.fixture(scope="module")
def company() -> Ledger:
    """February 2026 whole and March to its second day, of a wide company with an agreement."""
    return build_ledger(date(2026, 2, 1), 2, date(2026, 3, 2), 7, wide=True, terms=AGREEMENT)


@pytest.fixture(scope="module")
def bucket_of_focus(company: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("focus")
    write_focus(company, out / "parquet", file_format="parquet", rows_per_file=20_000)
    write_focus(company, out / "csv", file_format="csv")
    return out


@pytest.fixture(scope="module")
def ask_focus(bucket_of_focus: Path) -> Ask:
    connection = duckdb.connect()
    exact = ", ".join(f"{name}::decimal(38, 10) as {name}" for name in MONEY)
    connection.execute(f"""
        create table export as
        select * replace ({exact}), strftime(BillingPeriodStart, '%Y-%m') as period
        from read_parquet('{bucket_of_focus}/parquet/**/*.parquet', hive_partitioning = false)
    """)
    return lambda sql: connection.execute(sql).fetchall()


def test_billed_and_effective_cost_are_the_ledger_s(company: Ledger, ask_focus: Ask) -> None:
    told = ask_focus("select period, sum(BilledCost), sum(EffectiveCost) from export group by 1 order by 1")
    assert told == [(at.billing_period, at.billed, at.effective) for at in company.truth.periods]


def test_billed_cost_of_an_invoice_is_that_of_the_cur_bill(company: Ledger, ask_focus: Ask, tmp_path: Path) -> None:
    FORMS["cur2-parquet"](company, tmp_path, net_columns=True)
    invoiced = duckdb.sql(f"""
        select bill_invoice_id, sum(line_item_net_unblended_cost::decimal(38, 10))
        from read_parquet('{tmp_path}/**/*.parquet', hive_partitioning = false) group by 1 order by 1
    """).fetchall()
    assert [invoice is None for invoice, _ in invoiced] == [False, True]
    assert ask_focus("select InvoiceId, sum(BilledCost) from export group by 1 order by 1") == invoiced


def test_list_cost_of_what_was_used_or_paid_as_a_fee_is_the_ledger_s(company: Ledger, ask_focus: Ask) -> None:
    told = ask_focus(
        "select period, sum(ListCost) from export where ChargeCategory = 'Usage' "
        f"or (ChargeCategory = 'Purchase' and not {OF_A_COMMITMENT}) group by 1 order by 1"
    )
    assert told == [(at.billing_period, at.list) for at in company.truth.periods]


def test_contracted_cost_is_list_cost_less_what_was_negotiated(company: Ledger, ask_focus: Ask) -> None:
    # Spread over what was paid at hand; the fees of commitments have their part of it in their purchases.
    [(usage, purchases)] = ask_focus(f"""
        select
            sum(BilledCost - ContractedCost) filter (where ChargeCategory = 'Usage' and not {OF_A_COMMITMENT}),
            sum(ListCost - BilledCost) filter (where ChargeCategory = 'Purchase')
        from export
    """)
    [(given,)] = ask_focus(
        "select sum(ListCost - ContractedCost) from export "
        f"where ChargeCategory = 'Usage' and not {OF_A_COMMITMENT} and ChargeDescription not like '%free tier%'"
    )
    negotiated = sum((sum(at.discounts.values()) for at in company.truth.periods), Decimal(0))
    assert usage == 0
    assert given + purchases == negotiated


def test_covered_usage_is_billed_at_nothing_and_nothing_takes_it_back(company: Ledger, ask_focus: Ask) -> None:
    [(rows, billed, effective)] = ask_focus(
        "select count(*), sum(BilledCost), min(EffectiveCost) from export where CommitmentDiscountStatus = 'Used'"
    )
    assert rows > 1000
    assert billed == 0
    assert effective > 0
    assert ask_focus("select count(*) from export where ChargeCategory = 'Usage' and BilledCost < 0") == [(0,)]
    events = [event for month in company.months for event in month.events]
    unused = [
        (count,) for (count,) in ask_focus("select count(*) from export where CommitmentDiscountStatus = 'Unused'")
    ]
    silent = sum(isinstance(event, Negation | Split) for event in events)
    [(total,)] = ask_focus("select count(*) from export")
    assert total == len(events) - silent + unused[0][0]


def test_a_commitment_s_used_and_unused_cost_is_what_it_costs_in_its_time(company: Ledger, ask_focus: Ask) -> None:
    """For each savings plan: what its hours lent and did not lend is their fee and part of the advance."""
    hours = [event for month in company.months for event in month.events if isinstance(event, PlanHour)]
    net = 1 - AGREEMENT.edp
    owed = dict.fromkeys((event.plan.arn for event in hours), Decimal(0))
    for event in hours:
        owed[event.plan.arn] += event.plan.recurring * net + event.plan.upfront_per_hour
    told = dict(
        ask_focus(
            "select CommitmentDiscountId, sum(EffectiveCost) from export "
            "where CommitmentDiscountType = 'Savings Plan' and ChargeCategory = 'Usage' group by 1"
        )
    )
    assert told.keys() == owed.keys()
    assert all(abs(told[arn] - owed[arn]) < Decimal("0.00001") for arn in owed)


RULES = {
    "purchases of a commitment cost nothing": (
        f"ChargeCategory = 'Purchase' and {OF_A_COMMITMENT} and EffectiveCost <> 0"
    ),
    "a commitment is told whole": (
        f"({OF_A_COMMITMENT}) <> (CommitmentDiscountCategory is not null and CommitmentDiscountType is not null)"
    ),
    "only usage of a commitment has a status": (
        f"(CommitmentDiscountStatus is not null) <> ({OF_A_COMMITMENT} and ChargeCategory = 'Usage')"
    ),
    "what is unused was not consumed": "CommitmentDiscountStatus = 'Unused' and ConsumedQuantity is not null",
    "list price times quantity is list cost": "abs(ListUnitPrice * PricingQuantity - ListCost) > 1e-9",
    "contracted price explains its cost": "abs(ContractedUnitPrice * PricingQuantity - ContractedCost) > 1e-9",
    "usage and purchases are priced": (
        "(ChargeCategory in ('Usage', 'Purchase')) <> (PricingQuantity is not null and PricingUnit is not null)"
    ),
    "a tax has no SKU and no price": "ChargeCategory = 'Tax' and coalesce(SkuId, ListUnitPrice::varchar) is not null",
    "a meter needs a SKU": "SkuMeter is not null and SkuId is null",
    "periods end where the next one starts": (
        "extract(second from ChargePeriodEnd) <> 0 or ChargePeriodEnd <= ChargePeriodStart"
    ),
    "no text is blank": "'' in (InvoiceId, ResourceId, RegionId, AvailabilityZone, SkuId, ChargeClass, SkuMeter)",
}


@pytest.mark.parametrize("rule", RULES)
def test_rules_of_focus_hold_on_every_row(ask_focus: Ask, rule: str) -> None:
    assert ask_focus(f"select count(*) from export where {RULES[rule]}") == [(0,)]


def test_refunds_are_corrections_and_support_is_a_monthly_purchase(ask_focus: Ask) -> None:
    assert ask_focus("select distinct ChargeClass from export where ChargeCategory = 'Adjustment'") == [("Correction",)]
    assert ask_focus(
        "select ChargeCategory, ChargeFrequency, count(*) from export "
        "where x_ServiceCode like 'AWSSupport%' group by all"
    ) == [("Purchase", "Recurring", 1)]


def test_third_parties_publish_what_they_sell_through_aws(ask_focus: Ask) -> None:
    assert ask_focus(
        "select distinct ProviderName, InvoiceIssuerName, PublisherName from export "
        "where ServiceName like 'Example Search%' and ChargeCategory = 'Usage'"
    ) == [("AWS", "Amazon Web Services, Inc.", "Example Search Inc.")]


def test_csv_and_parquet_hold_the_same_rows(bucket_of_focus: Path) -> None:
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    maps = {name: kind for name, kind in FOCUS_COLUMNS if kind.startswith("map")}
    shown = ", ".join(f"to_json({name})" if name in maps else name for name, _ in FOCUS_COLUMNS)
    parsed = ", ".join(
        f"{name}::json::map(varchar, {'varchar' if kind == 'map_text' else 'double'}) as {name}"
        for name, kind in maps.items()
    )
    connection.execute(
        "create view p as select * from "
        f"read_parquet('{bucket_of_focus}/parquet/**/*.parquet', hive_partitioning = false)"
    )
    types = {name: t for name, t, *_ in connection.execute("describe p").fetchall() if name not in maps}
    connection.execute(
        f"create view c as select * replace ({parsed}) from read_csv('{bucket_of_focus}/csv/**/*.csv.gz', "
        f"types = {types}, nullstr = '', hive_partitioning = false)"
    )
    both = [connection.execute(f"select {shown} from {view} order by all").fetchall() for view in "pc"]
    assert both[0] == both[1]


def test_folders_are_those_of_an_export_with_a_lower_case_partition(bucket_of_focus: Path) -> None:
    export = bucket_of_focus / "parquet" / "focus" / "company-focus"
    assert sorted(path.name for path in (export / "data").iterdir()) == [
        "billing_period=2026-02",
        "billing_period=2026-03",
    ]
    manifest = json.loads((export / "metadata" / "billing_period=2026-02" / "company-focus-Manifest.json").read_text())
    named = [
        bucket_of_focus / "parquet" / uri.removeprefix("s3://example-cost-exports/") for uri in manifest["dataFiles"]
    ]
    assert len(named) > 1
    assert sorted(named) == sorted((export / "data" / "billing_period=2026-02").rglob("*.parquet"))
    assert {column["name"]: column["type"] for column in manifest["columns"]}["Tags"] == "map"
    assert len(manifest["columns"]) == 60
