"""Marts of a large company: two hundred accounts, thirteen months, fifteen services each, forty teams."""

from __future__ import annotations

import io
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from lake import zones
from lake.store import LocalStore
from lake.tables import MART_NAMES
from tests.dashboards import built, built_more

ACCOUNTS, SERVICES, MONTHS, TEAMS = 200, 15, 13, 40
# The page draws ninety days; earlier ones are in its monthly costs alone.
DAYS = 92

_CHARGES = """
with cells as (
    select
        range(date '2026-11-22' - ({days} - 1), date '2026-11-23', interval 1 day) as days,
        a.range as account,
        s.range as service
    from range({accounts}) as a, range({services}) as s
), days as (
    select unnest(days)::date as day, account, service from cells
), costs as (
    select *, (hash(day, account, service) % 900000 + 1000) / 100.0 as cost from days
)
select
    strftime(day, '%Y-%m') as billing_period,
    day as charged_on,
    '{payer}' as billing_account_id,
    printf('%012d', 200000000000 + account) as sub_account_id,
    printf('team-%03d-production', account) as sub_account_name,
    'Compute' as service_category,
    printf('Amazon Service With A Long Name %02d', service) as service_name,
    'eu-west-1' as region_id,
    'Usage' as charge_category,
    case when service < 3 then 'Savings Plan' else 'On-Demand' end as purchase_option,
    'USD' as billing_currency,
    cost::decimal(38, 10) as billed_cost,
    cost::decimal(38, 10) as list_cost,
    cost::decimal(38, 10) as contracted_cost,
    (case when service < 3 then cost * 0.7 else cost end)::decimal(38, 10) as amortized_cost,
    (case when service < 2 then cost * 0.6 when service < 3 then cost * 0.7 else cost end)::decimal(38, 10)
        as effective_cost,
    0::decimal(38, 10) as unused_commitment_cost,
    0::decimal(38, 10) as unused_commitment_to_date_cost,
    24 as charge_count
from costs
"""
_MONTHLY = f"""
select
    strftime(date '2026-11-01' - to_months(m.range::int), '%Y-%m') as billing_period,
    charges.* exclude (billing_period, charged_on, region_id, charge_category, purchase_option),
    false as is_previous_period_known
from charges, range({MONTHS}) as m
where charged_on = date '2026-11-22'
"""


_BREAKDOWNS = """
select
    charges.* exclude (service_name, purchase_option),
    dimensions.dimension,
    printf('%s with a long name %03d', dimensions.dimension, charges.service * 7 + charges.charged_on.day() % 7)
        as dimension_value
from (select *, right(service_name, 2)::int as service from charges) as charges,
    (select unnest(['usage_type', 'purchase_option', 'tag:team', 'cost_category:product']) as dimension) as dimensions
"""


def publish(store: LocalStore, services: int = SERVICES) -> None:
    """Write every mart where `finops build` would."""
    import duckdb

    words = {"days": DAYS, "accounts": ACCOUNTS, "services": services, "payer": built.PAYER}
    small = built.marts([], [built.idle_row(i) for i in range(400)], [built.rightsizing_row(i) for i in range(400)])
    built.publish(store, {mart: rows for mart, rows in {**small, **built_more.marts()}.items() if mart in MART_NAMES})
    with duckdb.connect() as engine:
        engine.execute(f"create table charges as {_CHARGES.format(**words)}")
        for mart, query in (
            ("daily_costs", "from charges"),
            ("monthly_costs", _MONTHLY),
            ("cost_breakdowns", _BREAKDOWNS),
        ):
            _write(store, mart, engine.execute(query).to_arrow_table())
    built.publish(store, {"team_costs": _teams(services)})


def _write(store: LocalStore, mart: str, found: pa.Table) -> None:
    schema = built.schema(mart)
    columns = [
        found[field.name].cast(field.type) if field.name in found.column_names else pa.nulls(found.num_rows, field.type)
        for field in schema
    ]
    content = io.BytesIO()
    pq.write_table(pa.table(columns, schema=schema), content)
    store.write(zones.published_mart(mart), content.getvalue())


def _teams(services: int) -> built.Rows:
    return [
        built_more.team_row(
            f"team {team:02}",
            100 + team + line,
            f"{2025 + (10 + month) // 12}-{(10 + month) % 12 + 1:02}",
            service_name=f"Amazon Service With A Long Name {line:02}",
            sub_account_name=f"team-{team:03}-production",
            effective_cost=Decimal(100 + team + line),
        )
        for team in range(TEAMS)
        for month in range(MONTHS)
        for line in range(services)
    ]
