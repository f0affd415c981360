"""The totals of a payer's month, from every place that tells one: the bill's files, landed rows, the waist, the marts.

Nothing here asks dbt, so that a mistake in the models shows as a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from lake import zones
from lake.errors import LakeError
from lake.marts import mart_keys
from lake.sql import path_literal
from lake.store import Store
from lake.tables import MART_NAMES
from quality.reconciling.amounts import ALL, BILLED, CHANGE, MEASURES, WAIST, Bill, Total, Totals
from quality.reconciling.election import Share


def totals_of_files(elected: Iterable[Share]) -> Totals:
    """What the bills' own files held when they were accepted: by month, and by invoice where the record tells it."""
    found: dict[Bill, Total] = {}
    for share in elected:
        for currency, total in share.totals:
            found[Bill(share.billing_period, share.billing_account_id, currency)] = total
        for currency, invoice_id, total in share.invoices:
            found[Bill(share.billing_period, share.billing_account_id, currency, invoice_id)] = total
    return found


def totals_of_waist(store: Store) -> dict[str, Totals]:
    """Per measure: what the last build that published found in the waist, as the reconciliation mart tells it.

    Amortized and effective costs are born in the waist: they are what its marts were compared with.
    """
    return {measure: _ask(store, "reconciliation", _waist_sql(measure)) for measure in MEASURES}


def _waist_sql(measure: str) -> str:
    told = f"table_name = '{WAIST}'" if measure == BILLED else f"compared_with = '{WAIST}' and invoice_id = '{ALL}'"
    amount, count = (
        ("actual_cost", "actual_charge_count") if measure == BILLED else ("expected_cost", "expected_charge_count")
    )
    # Amortized and effective costs stand there once per mart that was compared with them, each time the same.
    return (
        f"select billing_period, billing_account_id, billing_currency, invoice_id, max({amount}), max({count}) "  # noqa: S608
        f"from mart where measure = '{measure}' and {told} group by 1, 2, 3, 4"
    )


@dataclass(frozen=True)
class MartSums:
    """How a mart whose rows add up to the bill names a payer's month, its measures, and the lines it accounts for.

    `charge_count` is blank for a mart that counts charges otherwise than the bill does, `invoice` for one that tells no
    invoices. A mart that is not `is_exact` may round apart what savings plans cover and the lines that take it back.
    """

    mart: str
    measures: tuple[tuple[str, str], ...]
    charge_count: str = ""
    bill: tuple[str, str, str] = ("billing_period", "billing_account_id", "billing_currency")
    invoice: str = ""
    is_exact: bool = True


_EVERY = tuple((measure, measure) for measure in MEASURES)
COST_MARTS = (
    MartSums("daily_costs", _EVERY, "charge_count"),
    MartSums("monthly_costs", _EVERY, "charge_count"),
    # Pods and tasks stand in the place of their machine: the same costs in other lines.
    MartSums("allocated_costs", _EVERY),
    # Shared costs stand with the teams that they are split to.
    MartSums("team_costs", (("effective_cost", "effective_cost"),)),
    # FOCUS has no row for what takes covered usage back, and one of its own for what nobody used of a commitment.
    MartSums(
        "focus_1_2",
        (("billed_cost", "BilledCost"), ("effective_cost", "EffectiveCost")),
        bill=("x_BillingPeriod", "BillingAccountId", "BillingCurrency"),
        invoice="InvoiceId",
        is_exact=False,
    ),
    MartSums("restatements", ((CHANGE, CHANGE),), "current_charge_count - previous_charge_count"),
)

# Marts with costs that are no sum of the bill, and why.
NOT_COMPARABLE = {
    "tag_coverage": "tells the same costs once for each tag key",
    "unit_costs": "tells the cost of what drivers.csv names only",
    "commitment_usage": "tells commitments and what they covered only",
    "commitment_coverage": "tells usage only that a commitment could pay for",
    "effective_savings_rates": "tells usage only, at public prices and as paid",
    "commitment_recommendations": "tells what could be saved, by alternatives",
    "cost_breakdowns": "tells the same costs once for each dimension",
    "cost_comparisons": "tells a month several times, beside each month it is compared with",
    "cost_anomalies": "tells the cost of days that stand out only",
    "cost_forecasts": "tells what months will cost",
    "budget_adherence": "tells a month once for each budget that is for it",
    "cost_movers": "tells the days that two months have in common, and what costs nothing in neither",
    "idle_resources": "tells the cost of idle resources only, some of them by several rules",
    "rightsizing_recommendations": "tells the cost and the saving of resources that could be smaller only",
    "realized_savings": "tells the cost of what actions changed only, before and after",
    "recommendation_history": "tells what findings would save, first and last",
    "snapshots": "tells the cost of snapshots only",
    "savings": "tells what findings would save only",
    "reconciliation": "tells the totals themselves",
    "identities": "tells both sides of what must be equal",
}


def totals_of_marts(store: Store) -> dict[tuple[MartSums, str], Totals]:
    """Per mart and measure: the sum of the published Parquet file as it lies there now."""
    return {
        (sums, measure): _ask(store, sums.mart, _mart_sql(sums, measure, column))
        for sums in COST_MARTS
        if sums.mart in MART_NAMES
        for measure, column in sums.measures
    }


def totals_of_accounts(store: Store, measure: str) -> Mapping[tuple[Bill, str], Total]:
    """Per month and account: what the published monthly costs tell, which are compared with the bill as a whole."""
    accounts = _ask(
        store,
        "monthly_costs",
        "select billing_period, billing_account_id, billing_currency, sub_account_id, "  # noqa: S608
        f"sum({measure}), sum(charge_count) from mart group by 1, 2, 3, 4",
    )
    # Where a question asks for invoices, this one asks for accounts.
    return {(bill.month, bill.invoice_id): total for bill, total in accounts.items()}


def _mart_sql(sums: MartSums, measure: str, column: str) -> str:
    """Only what is billed is billed on invoices: other measures are compared by month."""
    grains = [f"'{ALL}'"]
    if sums.invoice and measure == BILLED:
        grains.append(f"coalesce({sums.invoice}, '')")
    count = f"sum({sums.charge_count})" if sums.charge_count else "0"
    return " union all ".join(
        f"select {', '.join(sums.bill)}, {grain}, sum({column}), {count} from mart group by 1, 2, 3, 4"  # noqa: S608
        for grain in grains
    )


def _ask(store: Store, name: str, sql: str) -> Totals:
    """The answer of a query over a published mart, read from its file: a mart may be larger than memory."""
    import duckdb

    paths = [store.local_copy(key) for key in mart_keys(store, name)]
    if not paths:
        where = store.location(zones.published_mart(name))
        raise LakeError(f"The mart {name} is not published.", where=where, todo="Run `finops build` first.")
    try:
        with duckdb.connect() as engine:
            engine.execute("set enable_progress_bar = false")
            files = ", ".join(path_literal(path) for path in paths)
            engine.execute(f"create view mart as from read_parquet([{files}])")
            rows = engine.execute(sql).fetchall()
    except duckdb.Error as error:
        raise LakeError(
            f"The published mart {name} cannot be read, or lacks a column.",
            where=str(paths[0].parent),
            todo="Run `finops build`.",
        ) from error
    # A month without charges of its own has rows that only tell the month before.
    return {Bill(*row[:4]): Total(Decimal(row[4]), int(row[5])) for row in rows if row[4] or row[5]}
