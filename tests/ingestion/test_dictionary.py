import re

import pytest

from ingestion.dictionary import MONEY, TYPES, columns
from lake.tables import BILL_SOURCES

CUR_SOURCES = ("cur2", "legacy_cur")

ESSENTIAL = {
    "line_item_line_item_type",
    "line_item_unblended_cost",
    "line_item_usage_account_id",
    "bill_payer_account_id",
    "line_item_usage_start_date",
    "bill_billing_period_start_date",
    "line_item_currency_code",
}


@pytest.mark.parametrize("source", BILL_SOURCES)
def test_names_are_unique_and_types_are_ours(source):
    known = columns(source)
    assert len({column.name for column in known}) == len(known)
    assert {column.type for column in known} <= set(TYPES)
    # The columns of FOCUS are called as FOCUS calls them: docs/decisions/0005.
    letters = r"(x_)?[A-Za-z0-9]+" if source == "focus" else r"[a-z0-9_]+"
    assert all(re.fullmatch(letters, column.name) for column in known)


@pytest.mark.parametrize("source", CUR_SOURCES)
def test_a_bill_without_the_essentials_is_refused(source):
    assert {column.name for column in columns(source) if column.is_required} >= ESSENTIAL


@pytest.mark.parametrize("source", CUR_SOURCES)
def test_money_is_decimal_and_quantities_and_rates_are_not(source):
    kinds = {column.name: column.type for column in columns(source)}
    for name, kind in kinds.items():
        if name.endswith(
            ("_cost", "_fee", "_commitment", "_cost_for_usage", "_fee_for_billing_period", "_upfront_value")
        ):
            assert kind == MONEY, name
        if name.endswith(("_amount", "_quantity", "_factor", "_usage", "_ratio")) and kind == MONEY:
            assert name.endswith("_for_usage"), name
    assert kinds["line_item_unblended_rate"] == kinds["pricing_public_on_demand_rate"] == "varchar"
    assert kinds["line_item_usage_amount"] == "double"
    assert kinds["savings_plan_total_commitment_to_date"] == MONEY


def test_cur2_has_its_131_columns_and_both_sources_their_maps():
    assert len(columns("cur2")) == 131
    kinds = {column.name: column.type for column in columns("cur2")}
    assert kinds["discount"] == "map(varchar,double)"
    for source in CUR_SOURCES:
        kinds = {column.name: column.type for column in columns(source)}
        assert kinds["resource_tags"] == kinds["cost_category"] == "map(varchar,varchar)"


def test_focus_has_the_columns_of_1_0_and_1_2_and_asks_for_what_both_must_fill():
    known = columns("focus")
    # 57 of FOCUS 1.2, and AWS's own five: two of them only in 1.0.
    assert len([column for column in known if not column.name.startswith("x_")]) == 57
    assert [column.name for column in known if column.name.startswith("x_")] == [
        "x_CostCategories",
        "x_Discounts",
        "x_Operation",
        "x_ServiceCode",
        "x_UsageType",
    ]
    assert {column.name for column in known if column.is_required} == {
        "BilledCost",
        "BillingAccountId",
        "BillingCurrency",
        "BillingPeriodEnd",
        "BillingPeriodStart",
        "ChargeCategory",
        "ChargePeriodEnd",
        "ChargePeriodStart",
        "EffectiveCost",
        "ProviderName",
    }
    money = {"BilledCost", "ContractedCost", "EffectiveCost", "ListCost", "PricingCurrencyEffectiveCost"}
    assert {column.name for column in known if column.type == MONEY} == money
