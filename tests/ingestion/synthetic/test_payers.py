"""A ledger of several payers: a bill and a truth for each, in its own currency, and an account that moves."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from ingestion.synthetic.accounts import COMPANY
from ingestion.synthetic.events.payers import BOUGHT, CHINA, LABS
from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import Ledger, build_ledger
from tests.ingestion.synthetic.conftest import LIST, UNUSED, Ask, asking
from tests.ingestion.synthetic.test_wide import WIDE_AMORTIZED

# One month to the 17th: labs moves on the 15th.
DAYS = (date(2026, 6, 1), 1, date(2026, 6, 17), 7)


@pytest.fixture(scope="module")
def three() -> Ledger:
    return build_ledger(*DAYS, payers=3)


@pytest.fixture(scope="module")
def folder(three: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("payers")
    FORMS["cur2-parquet"](three, out)
    return out


@pytest.fixture(scope="module")
def ask_three(folder: Path) -> Ask:
    return asking(folder)


def test_totals_of_each_payer_are_those_of_its_rows(three: Ledger, ask_three: Ask) -> None:
    rows = ask_three(f"""
        select bill_payer_account_id, line_item_currency_code, count(*), sum(u), sum({WIDE_AMORTIZED}), sum({LIST}),
            sum({UNUSED})
        from bill group by 1, 2 order by 1
    """)
    assert rows == [
        (
            *(at.billing_account_id, at.billing_currency, at.row_count),
            *(at.billed, at.amortized, at.list, at.unused_commitment),
        )
        for at in three.truth.periods
    ]
    assert [at.billing_currency for at in three.truth.periods] == ["USD", "USD", "CNY"]
    assert three.truth.periods[2].unused_commitment > 0


def test_each_payer_has_an_export_of_its_own(folder: Path) -> None:
    for payer in (COMPANY, BOUGHT, CHINA):
        newest = folder / f"cur2/{payer.export}/metadata/BILLING_PERIOD=2026-06/{payer.export}-Manifest.json"
        manifest = json.loads(newest.read_text())
        assert f":{payer.account.id}:export/{payer.export}-" in manifest["exportArn"]
        assert asking_payers(folder, payer.export) == [(payer.account.id,)]
    executions = {json.loads(path.read_text())["executionId"] for path in folder.rglob("*Manifest.json")}
    assert len(executions) == 3


def asking_payers(folder: Path, export: str) -> list[tuple[str]]:
    import duckdb

    files = f"{folder}/cur2/{export}/data/**/*.parquet"
    return duckdb.sql(f"select distinct bill_payer_account_id from read_parquet('{files}')").fetchall()


def test_an_account_that_moves_is_billed_to_each_payer_for_its_own_hours(ask_three: Ask) -> None:
    rows = ask_three(f"""
        select bill_payer_account_id, min(line_item_usage_start_date)::varchar,
            max(line_item_usage_end_date)::varchar, count(*)
        from bill
        where line_item_usage_account_id = '{LABS.id}' and kind = 'Usage' and line_item_usage_type like '%BoxUsage%'
        group by 1 order by 2
    """)
    assert rows == [
        (BOUGHT.account.id, "2026-06-01 00:00:00", "2026-06-15 00:00:00", 14 * 24),
        (COMPANY.account.id, "2026-06-15 00:00:00", "2026-06-18 00:00:00", 3 * 24),
    ]


def test_yuan_are_on_every_line_of_china_and_on_no_other(ask_three: Ask) -> None:
    rows = ask_three("""
        select distinct bill_payer_account_id, line_item_currency_code, pricing_currency, bill_invoicing_entity
        from bill where pricing_currency is not null or kind = 'Tax' order by all
    """)
    sellers = {(payer.account.id, payer.currency, payer.seller) for payer in (COMPANY, BOUGHT, CHINA)}
    assert {(payer, currency, seller) for payer, currency, _, seller in rows} == sellers
    assert {(currency, pricing) for _, currency, pricing, _ in rows if pricing} == {("USD", "USD"), ("CNY", "CNY")}
    taxes = ask_three("select distinct line_item_currency_code, line_item_tax_type from bill where kind = 'Tax'")
    assert sorted(taxes) == [("CNY", "VAT"), ("USD", "US Sales Tax")]
    arns = ask_three("""
        select distinct split_part(plan_arn, ':', 2) from bill where line_item_currency_code = 'CNY' and plan_arn <> ''
    """)
    assert arns == [("aws-cn",)]


def test_a_plan_paid_at_once_has_hours_of_nothing_and_lends_its_advance_payment(ask_three: Ask) -> None:
    rows = ask_three("""
        select sum(spe) - max(used), max(committed) - max(plan_upfront), max(case when spe = 0 then u end),
            max(used) < max(committed)
        from bill
        where savings_plan_payment_option = 'All Upfront' and kind in
            ('SavingsPlanCoveredUsage', 'SavingsPlanRecurringFee')
        group by line_item_usage_start_date
    """)
    assert len(rows) == 17 * 24
    assert {row[:3] for row in rows} == {(0, 0, 0)}
    assert {row[3] for row in rows} == {True, False}


def test_more_payers_leave_the_company_s_own_bill_alone_but_for_the_account_that_joined(three: Ledger) -> None:
    (alone,) = build_ledger(*DAYS).truth.periods
    among = three.truth.periods[0]
    assert set(among.billed_by_account) - set(alone.billed_by_account) == {LABS.id}
    for account, billed in alone.billed_by_account.items():
        assert among.billed_by_account[account] == billed


@pytest.mark.parametrize("payers", [0, 4])
def test_payers_that_do_not_exist_are_refused(payers: int) -> None:
    with pytest.raises(ValueError, match="not 1 to 3"):
        build_ledger(*DAYS, payers=payers)


def test_focus_tells_the_same_invoices_payer_by_payer(three: Ledger, tmp_path: Path) -> None:
    import duckdb

    FORMS["focus-parquet"](three, tmp_path)
    told = duckdb.sql(f"""
        select BillingAccountId, BillingCurrency, sum(BilledCost::decimal(38, 10)), sum(EffectiveCost::decimal(38, 10))
        from read_parquet('{tmp_path}/focus/*-focus/data/**/*.parquet', hive_partitioning = false) group by 1, 2
        order by 1
    """).fetchall()
    assert told == [(at.billing_account_id, at.billing_currency, at.billed, at.effective) for at in three.truth.periods]
