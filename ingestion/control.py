"""The bill's own totals, taken from its files by another reader than the one that reads what was landed.

Arrow reads the files here; DuckDB lands Parquet bills, and reads again what was landed of any bill. Rows that either of
them would drop or bend in silence make the two disagree, and the bill is refused. Every row is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingestion import providers
from ingestion.dictionary import Column, columns
from ingestion.guards import SourceFile
from ingestion.reading import expression, name
from ingestion.sources import form
from ingestion.sources.roles import Roles
from ingestion.totals import WIDTH, Totals, add, select_totals
from lake.errors import BadBillError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_BATCH_ROWS = 131_072


class Control:
    """Looks at every row of one file, and adds up what the file says. Rows come with the names of the file's header."""

    def __init__(self, source: str, file: SourceFile, billing_period: str) -> None:
        self.totals: Totals = {}
        self._source = source
        self._file = file
        self._checks = _checks(source, file, billing_period)
        self._query = _query(source, file, self._checks)

    def take(self, engine: duckdb.DuckDBPyConnection, rows: pa.Table, first_row: int) -> None:
        """Check and count rows, the first of which is `first_row` below the header.

        Raises BadBillError naming file, column, row and value for a row that no bill of the period could hold.
        """
        wanted = rows.select(_wanted_columns(self._source, self._file))
        engine.register("batch", wanted)
        found = engine.execute(self._query).fetchall()
        for number, check in enumerate(self._checks):
            bad = sum(row[WIDTH + number] for row in found)
            if bad and check.what == _FOREIGN:
                providers.refuse(engine, form(self._source).roles, self._file)
            elif bad:
                _refuse(engine, self._source, self._file, check, _Batch(wanted, first_row), bad)
        add(self.totals, found)
        engine.unregister("batch")


@dataclass(frozen=True)
class _Batch:
    rows: pa.Table
    first_row: int


def parquet_totals(
    engine: duckdb.DuckDBPyConnection,
    source: str,
    file: SourceFile,
    billing_period: str,
    progress: Callable[[int], None],
) -> Totals:
    """What one Parquet file holds per payer, currency and invoice, read by Arrow. `progress` is told of rows.

    Raises BadBillError as `Control.take` does, and for a file that cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    control, first_row = Control(source, file, billing_period), 1
    try:
        with pq.ParquetFile(file.path) as parquet:
            for batch in parquet.iter_batches(batch_size=_BATCH_ROWS, columns=_wanted_columns(source, file)):
                control.take(engine, pa.Table.from_batches([batch]), first_row)
                first_row += batch.num_rows
                progress(batch.num_rows)
    except (pa.ArrowException, OSError) as error:
        told = (str(error).strip().splitlines() or ["unknown reason"])[0]
        raise BadBillError(f"The file cannot be read: {told}", where=file.where, todo=_AGAIN) from error
    return control.totals


@dataclass(frozen=True)
class _Check:
    """What may not be: a condition on the typed columns of a batch."""

    column: str
    is_bad: str
    what: str
    todo: str


def _query(source: str, file: SourceFile, checks: tuple[_Check, ...]) -> str:
    counts = "".join(f", count_if({check.is_bad})" for check in checks)
    return select_totals(form(source).roles, f"({_typed(source, file)})", counts)


def _counted(source: str) -> list[Column]:
    """The columns that a bill is counted by: those that it must have, and the net amount if it has one."""
    optional = form(source).roles.optional
    return [column for column in columns(source) if column.is_required or column.name in optional]


def _typed(source: str, file: SourceFile, extra: str = "") -> str:
    """The columns that count, in their declared types, null where a value cannot be read."""
    roles = form(source).roles
    typed = ", ".join(
        f"{expression(column, file.fields, cast='try_cast')} as {column.name}" for column in _counted(source)
    )
    invoice, split = f"{_invoice(roles, file)} as {roles.invoice}", f"{_is_blank_split(roles, file)} as is_blank_split"
    return f"select {typed}, {invoice}, {split}{extra} from batch"  # noqa: S608


def _invoice(roles: Roles, file: SourceFile) -> str:
    return f"cast({name(file.fields[roles.invoice][0])} as varchar)" if roles.invoice in file.fields else "''"


def _is_blank_split(roles: Roles, file: SourceFile) -> str:
    if roles.split_parent not in file.fields:
        return "false"
    cost, parent = (
        f"coalesce(cast({name(file.fields[column][0])} as varchar), '')" for column in (roles.cost, roles.split_parent)
    )
    return f"({cost} = '' and {parent} <> '')"


def _checks(source: str, file: SourceFile, billing_period: str) -> tuple[_Check, ...]:
    roles = form(source).roles
    checks = [_readable(roles, column) for column in columns(source) if column.is_required]
    if roles.provider and not file.all_providers:
        checks.append(_Check(roles.provider, f"not {roles.is_aws}", _FOREIGN, providers.TODO))
    checks += [_Check(account, f"not ({is_sound})", _DAMAGED, _AS_TEXT) for account, is_sound in roles.account_rules]
    first = f"timestamp '{billing_period}-01'"
    other = f"The file lies in the folder of {billing_period} but has charges of another billing period"
    checks.append(
        _Check(
            roles.period_start,
            # Other clouds close their bills at other times; what was kept of them belongs to the month it came with.
            f"{roles.is_aws} and not ({roles.period_start} >= {first} "
            f"and {roles.period_start} < {first} + interval 1 month)",
            other,
            "Put the file back into the folder of its month.",
        )
    )
    return (*checks, _in_time(roles, billing_period))


def _in_time(roles: Roles, billing_period: str) -> _Check:
    """Lines that start at a time that AWS would not bill in this month.

    Usage comes late, by a year where a seller meters it, and spills over a month's end by hours. Fees are billed up to
    a year ahead; fees, credits and refunds reach back over a commitment's three years and the time to dispute them.
    """
    first, start = f"timestamp '{billing_period}-01'", roles.charge_start

    def within(back: str, ahead: str) -> str:
        return f"{start} >= {first} - interval {back} and {start} < {first} + interval 1 month + interval {ahead}"

    return _Check(
        start,
        # Most lines are within both, and only of the others is it asked what they are.
        f"not ({within('1 year', '1 day')} or (not {roles.is_usage} and {within('5 year', '1 year')}))",
        f"A line starts at a time that no bill of {billing_period} could hold",
        _AGAIN,
    )


_FOREIGN = "A line is of another provider than AWS"
_DAMAGED = "An account id is damaged: it must be twelve digits"
_AS_TEXT = "A spreadsheet may have done this. Take the file as AWS wrote it."
_AGAIN = "Take the file as AWS wrote it."


def _readable(roles: Roles, column: Column) -> _Check:
    is_bad = f"{column.name} is null"
    if column.type == "varchar":
        is_bad = f"({is_bad} or {column.name} = '')"
    if column.name == roles.cost:
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
    roles = form(source).roles
    needed = [*(column.name for column in _counted(source)), roles.invoice, roles.split_parent]
    return list(dict.fromkeys(file.fields[column][0] for column in needed if column in file.fields))
