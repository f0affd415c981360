"""The columns of the Cloud Intelligence Dashboards' summary view, from a bill's files alone.

What each column means was read from the published view (CID framework, `summary_view`); the words here are our own. The
marts that are compared with it have no part in it: lines of the bill are read as AWS wrote them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

# What a line of each type costs once commitments are spread; every other line costs what it is billed for.
AMORTIZED = {
    "SavingsPlanCoveredUsage": "savings_plan_savings_plan_effective_cost",
    "SavingsPlanRecurringFee": "savings_plan_total_commitment_to_date - savings_plan_used_commitment",
    "SavingsPlanNegation": "0",
    "SavingsPlanUpfrontFee": "0",
    "DiscountedUsage": "reservation_effective_cost",
    "RIFee": "reservation_unused_amortized_upfront_fee_for_billing_period + reservation_unused_recurring_fee",
    "reservation in advance": "0",
    "plan given back": "0",
}
TRUEUP = {
    "SavingsPlanRecurringFee": "-savings_plan_amortized_upfront_commitment_for_billing_period",
    "RIFee": "-reservation_amortized_upfront_fee_for_billing_period",
}
UPFRONT = {
    "SavingsPlanUpfrontFee": "line_item_unblended_cost",
    "reservation in advance": "line_item_unblended_cost",
}
RUNNING = ("Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", "FlatRateSubscription")


def _by_kind(amounts: dict[str, str], otherwise: str) -> str:
    """A decimal per line: its own words are floating-point numbers of ten decimals."""
    cases = " ".join(f"when '{kind}' then {_exact(amount)}" for kind, amount in amounts.items())
    return f"case kind {cases} else {_exact(otherwise)} end"


def _exact(amount: str) -> str:
    parts = amount.replace(" - ", " + -").split(" + ")
    return " + ".join(
        f"-cast(coalesce({part[1:]}, 0) as decimal(38, 10))"
        if part.startswith("-")
        else f"cast(coalesce({part}, 0) as decimal(38, 10))"
        for part in parts
    )


_LINES = f"""
create table summary as
with lines as (
    select
        *,
        case
            when line_item_line_item_type = 'Fee' and reservation_reservation_a_r_n <> '' then 'reservation in advance'
            when line_item_line_item_type = 'Refund' and line_item_product_code = 'ComputeSavingsPlans'
                and line_item_line_item_description like 'Refund for one-time fee for Savings Plan ID%'
                then 'plan given back'
            else line_item_line_item_type
        end as kind
    from read_parquet('{{files}}', union_by_name = true)
    where coalesce(line_item_operation, '') not in ('EKSPod-EC2', 'ECSTask-EC2')
)
select
    strftime(bill_billing_period_start_date, '%Y-%m') as billing_period,
    cast(line_item_usage_start_date as date) as usage_date,
    bill_payer_account_id as payer_account_id,
    line_item_usage_account_id as linked_account_id,
    coalesce(bill_invoice_id, '') as invoice_id,
    line_item_line_item_type as charge_type,
    case when line_item_line_item_type in {RUNNING} then 'Running_Usage' else 'non_usage' end as charge_category,
    case
        when savings_plan_savings_plan_a_r_n <> '' then 'SavingsPlan'
        when reservation_reservation_a_r_n <> '' then 'Reserved'
        when line_item_usage_type like '%Spot%' then 'Spot'
        else 'OnDemand'
    end as purchase_option,
    coalesce(nullif(savings_plan_savings_plan_a_r_n, ''), reservation_reservation_a_r_n, '') as ri_sp_arn,
    line_item_product_code as product_code,
    product['product_name'] as product_name,
    case
        when bill_billing_entity = 'AWS Marketplace' and line_item_line_item_type not like '%Discount%'
            then product['product_name']
        when coalesce(product_servicecode, '') = '' then line_item_product_code
        else product_servicecode
    end as service,
    coalesce(line_item_usage_type, '') as usage_type,
    coalesce(line_item_operation, '') as operation,
    coalesce(line_item_line_item_description, '') as item_description,
    coalesce(line_item_availability_zone, '') as availability_zone,
    coalesce(product['region'], '') as region,
    coalesce(pricing_unit, '') as pricing_unit,
    coalesce(product_instance_type, '') as instance_type,
    coalesce(product['instance_type_family'], '') as instance_type_family,
    coalesce(product['operating_system'], '') as platform,
    coalesce(product['tenancy'], '') as tenancy,
    coalesce(product['database_engine'], '') as database_engine,
    line_item_resource_id as resource_id,
    resource_tags,
    cost_category,
    kind,
    case
        when line_item_line_item_type in {RUNNING} then {_exact("line_item_usage_amount")}
        else 0
    end as usage_quantity,
    {_exact("line_item_unblended_cost")} as unblended_cost,
    {_by_kind(AMORTIZED, "line_item_unblended_cost")} as amortized_cost,
    {_by_kind(TRUEUP, "0")} as ri_sp_trueup,
    {_by_kind(UPFRONT, "0")} as ri_sp_upfront_fees,
    case
        when line_item_line_item_type = 'SavingsPlanNegation' then 0
        else {_exact("pricing_public_on_demand_cost")}
    end as public_cost
from lines
"""


def summary_of(bills: Path) -> duckdb.DuckDBPyConnection:
    """A connection in which `summary` has a row per line of the bills: the view before it adds up."""
    engine = duckdb.connect()
    engine.execute(_LINES.format(files=bills / "**" / "*.parquet"))
    return engine
