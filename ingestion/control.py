"""The bill's own totals, taken from its files by another reader than the one that lands them.

Arrow reads the files here and DuckDB reads them when they are landed: rows that either of them would drop or bend
in silence make the two disagree, and the bill is refused. Every row is looked at before anything is landed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from ingestion.dictionary import Column, columns
from ingestion.guards import SourceFile
from ingestion.reading import expression, name
from lake.errors import BadBillError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

COST = "line_item_unblended_cost"
NET_COST = "line_item_net_unblended_cost"
CURRENCY = "line_item_currency_code"
INVOICE = "bill_invoice_id"
PAYER = "bill_payer_account_id"
PERIOD_START = "bill_billing_period_start_date"
USAGE_START = "line_item_usage_start_date"
LINE_TYPE = "line_item_line_item_type"
ACCOUNTS = (PAYER, "line_item_usage_account_id")

# Pod and task rows split the cost of a host row that is on the bill too; AWS may leave their own cost blank.
_SPLIT_PARENT = "split_line_item_parent_resource_id"

_BLOCK_BYTES = 64 * 1024 * 1024
_BATCH_ROWS = 131_072
# Costs have ten decimals and up to 28 digits before them.
EXACT = Context(prec=60)

# Payer, currency and the seven numbers of a total.
_NUMBERS = 9


class Total(NamedTuple):
    """What the lines of one payer in one currency come to.

    `invoiced` are lines with an invoice id, `uninvoiced` those without one that cost something. `net_cost` takes the
    net amount of each line where it has one; `net` counts lines with a net amount, `discounts` discount lines.
    """

    lines: int = 0
    cost: Decimal = Decimal(0)
    invoiced: int = 0
    uninvoiced: int = 0
    net_cost: Decimal = Decimal(0)
    net: int = 0
    discounts: int = 0

    @property
    def billed_cost(self) -> Decimal:
        """What is invoiced: AWS tells negotiated discounts as lines of their own, or in net columns alone."""
        return self.net_cost if self.net and not self.discounts else self.cost


Totals = dict[tuple[str, str], Total]


def measures(invoice: str = INVOICE) -> str:
    """The SQL of a total's numbers, in their order. A line that costs nothing need not be on an invoice."""
    has_none = f"coalesce({invoice}, '') = ''"
    return (
        f"count(*), sum({COST}), count_if(not {has_none}), count_if({has_none} and {COST} <> 0), "
        f"sum(coalesce({NET_COST}, {COST})), count(nullif({NET_COST}, 0)), count_if({LINE_TYPE} like '%Discount')"
    )


@dataclass(frozen=True)
class _Batch:
    rows: pa.Table
    first_row: int


def source_totals(
    engine: duckdb.DuckDBPyConnection,
    source: str,
    file: SourceFile,
    billing_period: str,
    progress: Callable[[int], None],
) -> Totals:
    """Rows and unblended cost of one file per (payer, currency). `progress` is told of rows as they are read.

    Raises BadBillError naming file, column, row and value for a row that no bill of that period could hold.
    """
    totals: Totals = {}
    if not file.has_rows:
        return totals
    checks = _checks(source, file, billing_period)
    query = _query(source, file, checks)
    for batch in _batches(source, file):
        engine.register("batch", batch.rows)
        found = engine.execute(query).fetchall()
        for number, check in enumerate(checks):
            bad = sum(row[_NUMBERS + number] for row in found)
            if bad:
                _refuse(engine, source, file, check, batch, bad)
        add(totals, [row[:_NUMBERS] for row in found])
        engine.unregister("batch")
        progress(batch.rows.num_rows)
    return totals


def add(totals: Totals, rows: list[Any]) -> None:
    """Add rows of payer, currency and a total's numbers to totals, without rounding."""
    for payer, currency, count, cost, invoiced, uninvoiced, net_cost, net, discounts in rows:
        known = totals.get((payer, currency), Total())
        totals[payer, currency] = Total(
            lines=known.lines + count,
            cost=EXACT.add(known.cost, cost or Decimal(0)),
            invoiced=known.invoiced + invoiced,
            uninvoiced=known.uninvoiced + uninvoiced,
            net_cost=EXACT.add(known.net_cost, net_cost or Decimal(0)),
            net=known.net + net,
            discounts=known.discounts + discounts,
        )


@dataclass(frozen=True)
class _Check:
    """What may not be: a condition on the typed columns of a batch."""

    column: str
    is_bad: str
    what: str
    todo: str


def _query(source: str, file: SourceFile, checks: tuple[_Check, ...]) -> str:
    counts = ", ".join(f"count_if({check.is_bad})" for check in checks)
    return f"select {PAYER}, {CURRENCY}, {measures()}, {counts} from ({_typed(source, file)}) group by all"  # noqa: S608


def _counted(source: str) -> list[Column]:
    """The columns that a bill is counted by: those that it must have, and the net amount if it has one."""
    return [column for column in columns(source) if column.is_required or column.name == NET_COST]


def _typed(source: str, file: SourceFile, extra: str = "") -> str:
    """The columns that count, in their declared types, null where a value cannot be read."""
    typed = ", ".join(
        f"{expression(column, file.fields, cast='try_cast')} as {column.name}" for column in _counted(source)
    )
    return f"select {typed}, {_invoice(file)} as {INVOICE}, {_is_blank_split(file)} as is_blank_split{extra} from batch"  # noqa: S608


def _invoice(file: SourceFile) -> str:
    return f"cast({name(file.fields[INVOICE][0])} as varchar)" if INVOICE in file.fields else "''"


def _is_blank_split(file: SourceFile) -> str:
    if _SPLIT_PARENT not in file.fields:
        return "false"
    cost, parent = (
        f"coalesce(cast({name(file.fields[column][0])} as varchar), '')" for column in (COST, _SPLIT_PARENT)
    )
    return f"({cost} = '' and {parent} <> '')"


def _checks(source: str, file: SourceFile, billing_period: str) -> tuple[_Check, ...]:
    checks = [_readable(column) for column in columns(source) if column.is_required]
    checks += [
        _Check(account, f"not regexp_full_match({account}, '[0-9]{{12}}')", _DAMAGED, _AS_TEXT) for account in ACCOUNTS
    ]
    other = f"The file lies in the folder of {billing_period} but has charges of another billing period"
    checks.append(
        _Check(
            PERIOD_START,
            f"strftime({PERIOD_START}, '%Y-%m') <> '{billing_period}'",
            other,
            "Put the file back into the folder of its month.",
        )
    )
    return (*checks, _in_time(billing_period))


def _in_time(billing_period: str) -> _Check:
    """Lines that start at a time that AWS would not bill in this month.

    Usage comes late, by a year where a seller meters it, and spills over a month's end by hours. Fees are billed up to
    a year ahead; fees, credits and refunds reach back over a commitment's three years and the time to dispute them.
    """
    first = f"timestamp '{billing_period}-01'"
    is_usage = f"{LINE_TYPE} in ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage', 'SavingsPlanNegation')"
    back = f"case when {is_usage} then interval 1 year else interval 5 year end"
    ahead = f"case when {is_usage} then interval 1 day else interval 1 year end"
    return _Check(
        USAGE_START,
        f"not ({USAGE_START} >= {first} - {back} and {USAGE_START} < {first} + interval 1 month + {ahead})",
        f"A line starts at a time that no bill of {billing_period} could hold",
        _AGAIN,
    )


_DAMAGED = "An account id is damaged: it must be twelve digits"
_AS_TEXT = "A spreadsheet may have done this. Take the file as AWS wrote it."
_AGAIN = "Take the file as AWS wrote it."


def _readable(column: Column) -> _Check:
    is_bad = f"{column.name} is null"
    if column.type == "varchar":
        is_bad = f"({is_bad} or {column.name} = '')"
    if column.name == COST:
        return _Check(column.name, f"({is_bad} and not is_blank_split)", "A cost cannot be read as a number", _AGAIN)
    return _Check(column.name, is_bad, "A required value is blank or unreadable", _AGAIN)


def _refuse(
    engine: duckdb.DuckDBPyConnection, source: str, file: SourceFile, check: _Check, batch: _Batch, count: int
) -> None:
    import pyarrow as pa

    numbers = pa.array(range(batch.first_row, batch.first_row + batch.rows.num_rows), pa.int64())
    engine.register("batch", batch.rows.append_column("finops_row", numbers))
    value = f", finops_row, cast({name(file.fields[check.column][0])} as varchar) as finops_value"
    row, example = engine.execute(
        f"select finops_row, finops_value from ({_typed(source, file, value)}) where {check.is_bad} order by 1 limit 1"  # noqa: S608
    ).fetchall()[0]
    engine.unregister("batch")
    shown = "nothing" if example in (None, "") else repr(example)
    others = f" (the first of {count:,} such rows read so far)" if count > 1 else ""
    raise BadBillError(
        f"{check.what}.",
        where=f"{file.where}, column {check.column}, row {row} below the header: {shown}{others}",
        todo=check.todo,
    )


def _wanted_columns(source: str, file: SourceFile) -> list[str]:
    needed = [column.name for column in _counted(source)]
    return [file.fields[column][0] for column in (*needed, INVOICE, _SPLIT_PARENT) if column in file.fields]


def _batches(source: str, file: SourceFile) -> Iterator[_Batch]:
    import pyarrow as pa

    first_row = 1
    try:
        for batch in (_csv_batches if file.is_csv else _parquet_batches)(file, _wanted_columns(source, file)):
            yield _Batch(pa.Table.from_batches([batch]), first_row)
            first_row += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        reason = _plain(str(error))
        raise BadBillError(f"The file cannot be read: {reason}", where=file.where, todo=_AGAIN) from error


def _parquet_batches(file: SourceFile, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(file.path) as parquet:
        yield from parquet.iter_batches(batch_size=_BATCH_ROWS, columns=wanted)


def _csv_batches(file: SourceFile, wanted: list[str]) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa
    import pyarrow.csv as arrow_csv

    with arrow_csv.open_csv(
        str(file.path),
        # One thread, so that Arrow can say in which row the fields do not fit.
        read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK_BYTES),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    ) as batches:
        yield from batches


def _plain(reason: str) -> str:
    match = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", reason)
    if match:
        return f"row {int(match[1]) - 1} below the header has {match[3]} fields where the header has {match[2]}."
    return reason.strip().splitlines()[0] if reason.strip() else "unknown reason"
