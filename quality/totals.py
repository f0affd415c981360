"""The totals of a payer's month, from every place that tells one: the bill's files, landed rows, the waist, the marts.

Nothing here asks dbt, so that a mistake in the models shows as a difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from lake import zones
from lake.errors import LakeError
from lake.store import Store
from lake.tables import MART_NAMES

if TYPE_CHECKING:
    from quality.election import Share

BILLED = "billed_cost"
MEASURES = (BILLED, "amortized_cost", "effective_cost")
FILES, LANDING, WAIST = "files", "landing", "int_charges"

# What a CUR invoices: with discount lines the sum of gross amounts, without them that of net amounts, if there are any.
_NET_OF_DISCOUNTS = """
case
    when count(nullif(line_item_net_unblended_cost, 0)) > 0 and count_if(line_item_line_item_type like '%Discount') = 0
        then sum(coalesce(line_item_net_unblended_cost, line_item_unblended_cost))
    else sum(line_item_unblended_cost)
end
"""

# How each form of bill names payer, currency and billed cost in its landed files.
_LANDED_COLUMNS = (
    ("bill_payer_account_id", "line_item_currency_code", "line_item_unblended_cost"),
    ("billing_account_id", "billing_currency", "billed_cost"),
    ("BillingAccountId", "BillingCurrency", "BilledCost"),
)


class Bill(NamedTuple):
    """A payer's month in one currency; `billing_period` is YYYY-MM."""

    billing_period: str
    billing_account_id: str
    billing_currency: str


class Total(NamedTuple):
    """An exact amount in the bill's currency, and the bill lines it is made of."""

    cost: Decimal
    charge_count: int


Totals = Mapping[Bill, Total]


def totals_of_files(elected: Iterable[Share]) -> Totals:
    """What the bills' own files held when they were accepted."""
    return {
        Bill(share.billing_period, share.billing_account_id, currency): total
        for share in elected
        for currency, total in share.totals
    }


def totals_of_landing(store: Store, elected: Sequence[Share]) -> Totals:
    """The sum of the landed Parquet files as they lie there now. Raises LakeError for a file that cannot be read."""
    found: dict[Bill, Total] = {}
    counted = {(share.billing_period, share.delivery_id, share.billing_account_id) for share in elected}
    for period, delivery_id, files in sorted({(one.billing_period, one.delivery_id, one.files) for one in elected}):
        for account, currency, cost, count in _landed(store, files):
            if (period, delivery_id, account) in counted:
                found[Bill(period, account, currency)] = Total(cost, count)
    return found


def _landed(store: Store, files: Sequence[str]) -> list[tuple[str, str, Decimal, int]]:
    import duckdb

    if not files:
        return []
    paths = [_literal(str(store.local_copy(key))) for key in files]
    source = f"read_parquet([{', '.join(paths)}], union_by_name = true, hive_partitioning = false)"
    try:
        with duckdb.connect() as engine:
            engine.execute("set enable_progress_bar = false")
            there = {row[0] for row in engine.execute(f"describe select * from {source}").fetchall()}  # noqa: S608
            payer, currency, cost = next(names for names in _LANDED_COLUMNS if set(names) <= there)
            invoiced = _NET_OF_DISCOUNTS if cost == "line_item_unblended_cost" else f'sum("{cost}")'
            return engine.execute(
                f'select "{payer}", "{currency}", coalesce(cast({invoiced} as decimal(38, 10)), 0), count(*) '  # noqa: S608
                f"from {source} group by 1, 2"
            ).fetchall()
    except (duckdb.Error, StopIteration) as error:
        raise LakeError(
            "The landed files of a delivery cannot be read.",
            where=", ".join(store.location(key) for key in files),
            todo="Delete the folder of this delivery and run `finops ingest --bills PATH` again.",
        ) from error


def _literal(path: str) -> str:
    """A path in SQL for DuckDB's reader, in which `*`, `?` and `[` would stand for other files."""
    for char in "[*?":
        path = path.replace(char, f"[{char}]")
    return "'" + path.replace("'", "''") + "'"


def totals_of_waist(store: Store) -> dict[str, Totals]:
    """Per measure: what the last build that published found in the waist, as the reconciliation mart tells it.

    Amortized and effective costs are born in the waist: they are what its marts were compared with.
    """
    return {measure: _ask(store, "reconciliation", _waist_sql(measure)) for measure in MEASURES}


def _waist_sql(measure: str) -> str:
    told = f"table_name = '{WAIST}'" if measure == BILLED else f"compared_with = '{WAIST}'"
    amount, count = (
        ("actual_cost", "actual_charge_count") if measure == BILLED else ("expected_cost", "expected_charge_count")
    )
    # Amortized and effective costs stand there once per mart that was compared with them, each time the same.
    return (
        f"select billing_period, billing_account_id, billing_currency, max({amount}), max({count}) "  # noqa: S608
        f"from mart where invoice_id = 'all' and measure = '{measure}' and {told} group by 1, 2, 3"
    )


@dataclass(frozen=True)
class MartSums:
    """How a mart whose rows add up to the bill names a payer's month, its measures, and the lines it accounts for.

    `charge_count` is blank for a mart that counts charges otherwise than the bill does.
    """

    mart: str
    bill: tuple[str, str, str]
    measures: tuple[tuple[str, str], ...]
    charge_count: str


_BILL = ("billing_period", "billing_account_id", "billing_currency")
_EVERY = tuple((measure, measure) for measure in MEASURES)
COST_MARTS = (
    MartSums("daily_costs", _BILL, _EVERY, "charge_count"),
    MartSums("monthly_costs", _BILL, _EVERY, "charge_count"),
    # FOCUS has no row for what takes covered usage back, and one of its own for what nobody used of a commitment.
    MartSums(
        "focus_1_2",
        ("x_BillingPeriod", "BillingAccountId", "BillingCurrency"),
        (("billed_cost", "BilledCost"), ("effective_cost", "EffectiveCost")),
        "",
    ),
)


def totals_of_marts(store: Store) -> dict[tuple[MartSums, str], Totals]:
    """Per mart and measure: the sum of the published Parquet file as it lies there now."""
    return {
        (sums, measure): _ask(
            store,
            sums.mart,
            f"select {', '.join(sums.bill)}, sum({column}), {f'sum({sums.charge_count})' if sums.charge_count else 0} "  # noqa: S608
            "from mart group by 1, 2, 3",
        )
        for sums in COST_MARTS
        if sums.mart in MART_NAMES
        for measure, column in sums.measures
    }


def _ask(store: Store, name: str, sql: str) -> Totals:
    """The answer of a query over a published mart, read from its file: a mart may be larger than memory."""
    import duckdb

    try:
        path = store.local_copy(zones.published_mart(name))
    except LakeError as error:
        raise LakeError(
            f"The mart {name} is not published.", where=error.where, todo="Run `finops build` first."
        ) from error
    try:
        with duckdb.connect() as engine:
            engine.execute("set enable_progress_bar = false")
            engine.execute(f"create view mart as from read_parquet({_literal(str(path))})")
            rows = engine.execute(sql).fetchall()
    except duckdb.Error as error:
        raise LakeError(
            f"The published mart {name} cannot be read, or lacks a column.", where=str(path), todo="Run `finops build`."
        ) from error
    # A month without charges of its own has rows that only tell the month before.
    return {Bill(*row[:3]): Total(Decimal(row[3]), int(row[4])) for row in rows if row[4] or row[3]}
