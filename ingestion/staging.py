"""Lands one bill in scratch: every row checked, written as Parquet, and compared with the bill's own totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from ingestion import csv_landing, in_place, reading
from ingestion.bills import FoundBill
from ingestion.control import Control, parquet_totals
from ingestion.deliveries import AccountUsage, BillFile, Delivery, InvoiceTotal, PayerTotal, status_of
from ingestion.dictionary import columns
from ingestion.guards import SourceFile
from ingestion.refusals import require_one_currency
from ingestion.sources import form
from ingestion.sources.roles import Roles
from ingestion.totals import EXACT, Totals, add, by_payer, select_totals
from lake import zones
from lake.errors import BadBillError
from lake.sql import path_literal

if TYPE_CHECKING:
    import duckdb

# Half of DuckDB's own size: halves the memory that writing a hundred columns takes, at no cost in time.
_ROW_GROUP = 61_440


@dataclass(frozen=True)
class CheckedBill:
    """A bill whose files were looked at: their identity, and what their headers say.

    `in_place` is where its files are to be read, blank where they are copied, `why_copied` then tells why, if it is
    known.
    """

    bill: FoundBill
    delivery_id: str
    source_files: tuple[BillFile, ...]
    files: tuple[SourceFile, ...]
    in_place: str = ""
    why_copied: str = ""


@dataclass(frozen=True)
class Staged:
    """A delivery that is ready: its record, and its Parquet files in scratch with their keys in the lake, if any."""

    delivery: Delivery
    parts: tuple[tuple[Path, str], ...] = ()
    why_copied: str = ""


@dataclass(frozen=True)
class _Span:
    usage_from: date | None
    usage_through: date | None
    granularity: str
    accounts: tuple[AccountUsage, ...]


def stage(
    engine: duckdb.DuckDBPyConnection,
    checked: CheckedBill,
    scratch: Path,
    accepted_at: datetime,
    progress: Callable[[int], None],
    before: Delivery | None = None,
) -> Staged:
    """Write a bill's Parquet under `scratch` and make its record. Raises BadBillError; nothing of the lake changes.

    `before` is the delivery of the same export and period that it takes the place of.
    """
    bill = checked.bill
    folder = zones.landed_folder(bill.source, bill.billing_period, checked.delivery_id)
    full = [file for file in checked.files if file.has_rows]
    parts = tuple(
        (scratch / f"{checked.delivery_id}-{i:05d}.parquet", f"{folder}/part-{i:05d}.parquet") for i in range(len(full))
    )
    totals = _counted(engine, checked, full, [path for path, _ in parts], progress)
    place, why_copied = checked.in_place, checked.why_copied
    if place and (why_copied := in_place.doubt(engine, bill.source, full)):
        place = ""
    if place:
        parts, table = (), in_place.table(bill.source, full, checked.delivery_id)
    else:
        table = _copied(engine, checked, full, [path for path, _ in parts])
    _require_equal(engine, bill, totals, table)
    require_one_currency(engine, bill, totals, table)
    span = _span(engine, form(bill.source).roles, table)
    payers, invoices = _told_by_payer(totals), _told_by_invoice(totals)
    delivery = Delivery(
        delivery_id=checked.delivery_id,
        source=bill.source,
        export_name=bill.export_name,
        billing_period=bill.billing_period,
        execution_id=bill.execution_id,
        accepted_at=accepted_at.isoformat(),
        granularity=span.granularity,
        files=tuple(key for _, key in parts),
        source_files=checked.source_files,
        row_count=sum(payer.row_count for payer in payers),
        unblended_cost=reduce(EXACT.add, (payer.unblended_cost for payer in payers), Decimal(0)),
        payers=payers,
        missing_columns=_missing(checked),
        unknown_columns=_unknown(checked),
        usage_from=_day(span.usage_from),
        usage_through=_day(span.usage_through),
        status=status_of(payers, bill.billing_period, accepted_at, before),
        in_place=place,
        invoices=invoices,
        accounts=span.accounts,
    )
    return Staged(delivery, parts, why_copied)


def _counted(
    engine: duckdb.DuckDBPyConnection,
    checked: CheckedBill,
    full: Sequence[SourceFile],
    paths: Sequence[Path],
    progress: Callable[[int], None],
) -> Totals:
    """What the files say, every row looked at. A csv is written as Parquet on the way, for it is read once."""
    source, period, totals = checked.bill.source, checked.bill.billing_period, Totals()
    for file, path in zip(full, paths, strict=True):
        if file.is_csv:
            found = _land_csv(engine, checked, file, path, progress)
        else:
            found = parquet_totals(engine, source, file, period, progress)
        add(totals, ((*key, *value) for key, value in found.items()))
    if not totals:
        # Taken as current, it would wipe out the month.
        raise BadBillError(
            f"The bill {checked.bill.export_name} of {period} has no rows.",
            where=", ".join(file.where for file in checked.files[:3]),
            todo="Wait for AWS's next delivery, or leave this export out.",
        )
    return totals


def _copied(
    engine: duckdb.DuckDBPyConnection, checked: CheckedBill, full: Sequence[SourceFile], paths: Sequence[Path]
) -> str:
    """Write the Parquet files that are not written yet, and answer the SQL table over all of them."""
    for file, path in zip(full, paths, strict=True):
        if not file.is_csv:
            _write(engine, checked.bill.source, file, checked.delivery_id, path)
    return f"read_parquet([{', '.join(path_literal(path) for path in paths)}], hive_partitioning = false)"


def _land_csv(
    engine: duckdb.DuckDBPyConnection,
    checked: CheckedBill,
    file: SourceFile,
    path: Path,
    progress: Callable[[int], None],
) -> Totals:
    # A csv's rows carry the names of the form, since two of its headers may be alike.
    named = replace(file, fields={column: (column, kind) for column, (_, kind) in file.fields.items()})
    counted = Control(checked.bill.source, named, checked.bill.billing_period)
    return csv_landing.land(engine, checked.bill.source, counted, named, checked.delivery_id, path, progress)


def _write(engine: duckdb.DuckDBPyConnection, source: str, file: SourceFile, delivery_id: str, path: Path) -> None:
    import duckdb

    query = reading.landed_select(form(source), file, delivery_id)
    options = f"format parquet, compression zstd, row_group_size {_ROW_GROUP}"
    try:
        engine.execute(f"copy ({query}) to {reading.text(str(path))} ({options})")
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if "No space left" in str(error):
            raise
        raise _explained(engine, source, file, error) from error


def _explained(engine: duckdb.DuckDBPyConnection, source: str, file: SourceFile, error: Exception) -> BadBillError:
    """Which column and row could not be cast: asked only after the fact, so that good bills pay nothing for it."""
    import duckdb

    # In one thread and in order, so that the row's number is that of the file.
    engine.execute("set threads = 1; set preserve_insertion_order = true")
    try:
        for column in columns(source):
            if column.type == "varchar" or column.name not in file.fields:
                continue
            raw = reading.name(file.fields[column.name][0])
            tried = reading.expression(column, file.fields, cast="try_cast")
            found = engine.execute(
                f"select row, value from (select row_number() over () as row, cast({raw} as varchar) as value, "  # noqa: S608
                f"{tried} as typed from {reading.reader(file)}) where typed is null and value <> '' limit 1"
            ).fetchone()
            if found:
                where = f"{file.where}, column {column.name}, row {found[0]} below the header: {found[1]!r}"
                what = f"A value cannot be read as {column.type}."
                return BadBillError(what, where=where, todo="Take the file as AWS wrote it.")
    except duckdb.Error:
        pass
    finally:
        engine.execute(f"set threads = {reading.THREADS}; set preserve_insertion_order = false")
    return BadBillError(f"The file cannot be read: {str(error).strip().splitlines()[0]}", where=file.where)


def _require_equal(engine: duckdb.DuckDBPyConnection, bill: FoundBill, totals: Totals, table: str) -> None:
    landed: Totals = {}
    query = select_totals(form(bill.source).roles, table)
    add(landed, engine.execute(query).fetchall())
    if landed != totals:
        raise BadBillError(
            "Two readers disagree about this bill, so it is not accepted: "
            f"its files say {_told(totals)}, what would be landed says {_told(landed)}.",
            where=f"{bill.export_name} of {bill.billing_period}",
            todo="Keep the bill and report this: it is a fault of the product or of the file.",
        )


def _told_by_payer(totals: Totals) -> tuple[PayerTotal, ...]:
    return tuple(
        PayerTotal(
            billing_account_id=account,
            billing_currency=currency,
            row_count=total.lines,
            unblended_cost=total.cost,
            invoiced_count=total.invoiced,
            uninvoiced_count=total.uninvoiced,
            billed_cost=total.billed_cost,
        )
        for (account, currency), total in sorted(by_payer(totals).items())
    )


def _told_by_invoice(totals: Totals) -> tuple[InvoiceTotal, ...]:
    # Which of its amounts are invoiced is a choice of the payer's whole bill, not of one invoice's lines.
    payers = by_payer(totals)
    return tuple(
        InvoiceTotal(*key, total.lines, total.net_cost if payers[key.payer, key.currency].is_net else total.cost)
        for key, total in sorted(totals.items())
    )


def _told(totals: Totals) -> str:
    return ", ".join(
        f"{total.lines} rows {total.cost:f} {key.currency}{f' on invoice {key.invoice}' if key.invoice else ''}"
        for key, total in sorted(totals.items())
    )


def _span(engine: duckdb.DuckDBPyConnection, roles: Roles, table: str) -> _Span:
    # Fees and taxes carry the whole month from its first day on: only usage tells how far the bill has come.
    start, is_usage = roles.charge_start, roles.is_usage
    row = engine.execute(
        f"select coalesce(min({start}) filter (where {is_usage}), min({start}))::date, "  # noqa: S608
        f"coalesce(max({start}) filter (where {is_usage}), max({start}))::date, "
        f"mode({roles.hours}) filter (where {is_usage}) from {table}"
    ).fetchone()
    first, last, cut = row or (None, None, None)
    granularity = {1: "HOURLY", 24: "DAILY"}.get(cut, "MONTHLY" if cut and cut >= 28 * 24 else "")
    return _Span(first, last, granularity, _accounts(engine, roles, table))


def _accounts(engine: duckdb.DuckDBPyConnection, roles: Roles, table: str) -> tuple[AccountUsage, ...]:
    # Two bills of one month with the same accounts in the same hours are one bill told twice.
    ends = (f"{end}({roles.charge_start}) filter (where {roles.is_usage})" for end in ("min", "max"))
    told = (f"coalesce(strftime({end}, '%Y-%m-%dT%H:%M:%S'), '')" for end in ends)
    rows = engine.execute(
        f"select {roles.payer}, {roles.sub_account}, {', '.join(told)} from {table} "  # noqa: S608
        f"where {roles.sub_account} <> '' group by 1, 2 order by 1, 2"
    ).fetchall()
    return tuple(AccountUsage(*row) for row in rows)


def _missing(checked: CheckedBill) -> tuple[str, ...]:
    present = {column for file in checked.files for column in file.fields}
    folds = {fold.column for fold in form(checked.bill.source).folds}
    known = columns(checked.bill.source)
    return tuple(column.name for column in known if column.name not in present | folds)


def _unknown(checked: CheckedBill) -> tuple[str, ...]:
    own = form(checked.bill.source)
    found = {name for file in checked.files for name in reading.unread_columns(own, tuple(file.fields))}
    return tuple(sorted(found - own.partitions))


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
