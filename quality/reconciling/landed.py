"""The totals of landed rows, added up anew from the Parquet files as they lie there now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from lake import zones
from lake.errors import LakeError
from lake.placed import local_copy
from lake.sql import path_literal
from lake.store import Store
from quality.reconciling.amounts import Bill, Total, Totals

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from quality.reconciling.election import Share

# How each form of bill names payer, currency, invoice and billed cost in its landed files.
_CUR = ("bill_payer_account_id", "line_item_currency_code", "bill_invoice_id", "line_item_unblended_cost")
_FOCUS = ("BillingAccountId", "BillingCurrency", "InvoiceId", "BilledCost")

# What a CUR invoices: with discount lines the sum of gross amounts, without them that of net amounts, if there are any.
_CUR_SUMS = """
coalesce(sum(line_item_unblended_cost), 0),
coalesce(sum(coalesce(line_item_net_unblended_cost, line_item_unblended_cost)), 0),
count(nullif(line_item_net_unblended_cost, 0)),
count_if(line_item_line_item_type like '%Discount'),
count_if(line_item_line_item_type = 'SavingsPlanCoveredUsage')
"""
_AMOUNTS = ("line_item_unblended_cost", "line_item_net_unblended_cost", "BilledCost")
_S3 = "s3://"
_FOCUS_SUMS = 'coalesce(sum("BilledCost"), 0), 0, 0, 0, 0'

# AWS rounds what a covered line costs to eight places, and the lines that take it back sum them up before they round:
# half of the eighth place for each, beside what one rounding of the sum may bring. As in dbt_project.yml.
ROUNDING_PER_SUM = Decimal("0.00001")
ROUNDING_PER_COVERED_LINE = Decimal("0.000000005")


class _Invoice(NamedTuple):
    payer: str
    currency: str
    invoice_id: str
    cost: Decimal
    net_cost: Decimal
    net_count: int
    discount_count: int
    covered_count: int
    line_count: int


@dataclass(frozen=True)
class Landed:
    """Totals of months and invoices, and how far apart rounding may leave a table without covered usage."""

    totals: Totals
    rounding: Mapping[Bill, Decimal]


def totals_of_landing(store: Store, elected: Sequence[Share], region: str | None = None) -> Landed:
    """The sums of the bills' Parquet files as they lie there now, copied or in place. Raises LakeError for a file that
    cannot be read.

    Invoices are told where the record of the delivery tells them.
    """
    totals: dict[Bill, Total] = {}
    covered: dict[Bill, int] = {}
    shares = {(share.billing_period, share.delivery_id, share.billing_account_id): share for share in elected}
    deliveries = {(one.billing_period, one.delivery_id, one.source, one.files) for one in elected}
    for period, delivery_id, source, files in sorted(deliveries):
        for (payer, currency), invoices in _by_payer(_landed(store, source, files, region)).items():
            share = shares.get((period, delivery_id, payer))
            if share is None:
                continue
            # Which amounts are invoiced is a choice of the payer's whole bill, not of one invoice's lines.
            is_net = any(one.net_count for one in invoices) and not any(one.discount_count for one in invoices)
            month = Bill(period, payer, currency)
            for one in invoices:
                found = Total(one.net_cost if is_net else one.cost, one.line_count)
                for bill in (month, month._replace(invoice_id=one.invoice_id)):
                    if bill == month or share.invoices:
                        before = totals.get(bill, Total(Decimal(0), 0))
                        totals[bill] = Total(before.cost + found.cost, before.charge_count + found.charge_count)
                        covered[bill] = covered.get(bill, 0) + one.covered_count
    return Landed(totals, {bill: _rounding(count) for bill, count in covered.items() if count})


def _rounding(covered_count: int) -> Decimal:
    return ROUNDING_PER_SUM + ROUNDING_PER_COVERED_LINE * covered_count


def _by_payer(invoices: Sequence[_Invoice]) -> dict[tuple[str, str], list[_Invoice]]:
    found: dict[tuple[str, str], list[_Invoice]] = defaultdict(list)
    for one in invoices:
        found[one.payer, one.currency].append(one)
    return found


def _landed(store: Store, form: str, files: Sequence[str], region: str | None) -> list[_Invoice]:
    import duckdb

    if not files:
        return []
    is_placed = files[0].startswith(_S3)
    found = [local_copy(one, region) if is_placed else store.local_copy(one) for one in files]
    if is_placed:
        # It may lack columns that every landed file has.
        found.append(store.local_copy(zones.landed_schema(form)))
    paths = ", ".join(path_literal(path) for path in found)
    source = f"read_parquet([{paths}], union_by_name = true, hive_partitioning = false)"
    try:
        with duckdb.connect() as engine:
            engine.execute("set enable_progress_bar = false")
            source, there = _with_exact_amounts(engine, source)
            names, sums = next(form for form in ((_CUR, _CUR_SUMS), (_FOCUS, _FOCUS_SUMS)) if set(form[0]) <= there)
            payer, currency, invoice, _ = names
            rows = engine.execute(
                f'select "{payer}", "{currency}", coalesce("{invoice}", \'\'), {sums}, count(*) '  # noqa: S608
                f"from {source} group by 1, 2, 3 order by 1, 2, 3"
            ).fetchall()
    except (duckdb.Error, StopIteration) as error:
        raise LakeError(
            "The landed files of a delivery cannot be read.",
            where=", ".join(one if is_placed else store.location(one) for one in files),
            todo="Delete the folder of this delivery and run `finops ingest --bills PATH` again.",
        ) from error
    return [_Invoice(*row[:3], *map(Decimal, row[3:5]), *row[5:]) for row in rows]


def _with_exact_amounts(engine: DuckDBPyConnection, source: str) -> tuple[str, set[str]]:
    """The same rows, amounts that AWS writes as doubles rounded as when a bill is landed; and their names."""
    kinds = dict(row[:2] for row in engine.execute(f"describe select * from {source}").fetchall())  # noqa: S608
    exact = [
        f'case when abs("{name}") < 100000 then cast("{name}" as decimal(38, 10)) '
        f'else cast(cast("{name}" as varchar) as decimal(38, 10)) end as "{name}"'
        for name in _AMOUNTS
        if kinds.get(name) == "DOUBLE"
    ]
    return f"(select * replace ({', '.join(exact)}) from {source})" if exact else source, set(kinds)  # noqa: S608
