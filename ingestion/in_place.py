"""Whether a bill can be read where AWS delivered it, and why not.

Reading in place must give what a copy would give, to the last digit, in Athena as in DuckDB: so the files must be ones
that AWS never overwrites, in AWS's own types, and no amount may depend on how an engine rounds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ingestion.bills import BillFolder, FoundBill
from ingestion.dictionary import MONEY, Column, columns
from ingestion.guards import SourceFile
from ingestion.reading import expression, landed_select, name, reader
from ingestion.sources import form
from lake.errors import BadBillError
from lake.tables import IN_PLACE_SOURCES

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def why_copied(folder: BillFolder, bill: FoundBill, files: Sequence[SourceFile]) -> str:
    """Why a bill's files cannot be read in place, blank when nothing speaks against it. Reads no rows."""
    if folder.is_local:
        return "it does not lie in S3"
    if bill.source not in IN_PLACE_SOURCES:
        return "only exports of Data Exports are read in place"
    if not all(file.key.lower().endswith(".parquet") for file in files):
        return "it is csv, not Parquet"
    place = bill.files[0].key.rpartition("/")[0]
    partition, _, version = place.rpartition("/")
    if not bill.execution_id or not version.endswith(bill.execution_id) or not _is_partition(partition):
        return "its export overwrites its files; set it to create new versions"
    strangers = {key for key in folder.files if key.startswith(f"{place}/")} - {file.key for file in bill.files}
    if strangers or any(file.key.rpartition("/")[0] != place for file in bill.files):
        return f"its folder holds files that its manifest does not name: {folder.where(min(strangers, default=place))}"
    return next((told for file in files for told in _other_types(bill.source, file)), "")


def _is_partition(folder: str) -> bool:
    return folder.rpartition("/")[2].lower().startswith("billing_period=")


def _other_types(source: str, file: SourceFile) -> Iterator[str]:
    """What in a file has another type than AWS gives it in Data Exports: Glue tells one type for all months."""
    import pyarrow.parquet as pq

    found = pq.read_schema(file.path)
    for column in columns(source):
        if column.name in file.fields:
            actual = file.fields[column.name][0]
            kind = found.field(actual).type
            if not _is(kind, column.type):
                yield f"its column {actual} is of type {kind}"


def _is(kind: pa.DataType, wanted: str) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if wanted == "timestamp":
        return types.is_timestamp(kind)
    if wanted.startswith("map"):
        item = "double" if wanted.endswith("double)") else "varchar"
        return types.is_map(kind) and _is(kind.key_type, "varchar") and _is(kind.item_type, item)
    if wanted == "varchar":
        return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    return types.is_float64(kind)


def doubt(engine: duckdb.DuckDBPyConnection, source: str, files: Sequence[SourceFile]) -> str:
    """Why rows of these Parquet files could read otherwise in Athena than in a copy; blank when none could.

    Every column is read, as it is when it is copied. Raises BadBillError for a file in which one cannot be.

    Athena takes an amount's shortest text and rounds it half up; a copy takes the double. They agree but for amounts
    of more than ten decimals next to a half. Moments have milliseconds in Athena's tables over Parquet.
    """
    for file in files:
        present = [one for one in columns(source) if one.name in file.fields]
        for column, count in zip(present, _counts(engine, file, present), strict=True):
            if count:
                told = "amounts" if column.type == MONEY else "moments"
                return f"its column {column.name} has {told} finer than engines agree on"
    return ""


def _counts(engine: duckdb.DuckDBPyConnection, file: SourceFile, present: Sequence[Column]) -> Sequence[int]:
    """Of each column the values that are in doubt."""
    import duckdb

    counts = []
    for one in present:
        value = expression(one, file.fields, cast="try_cast")
        if one.type == MONEY:
            counts.append(f"count_if({rounds_differently(name(file.fields[one.name][0]), value)})")
        elif one.type == "timestamp":
            counts.append(f"count_if(epoch_us({value}) % 1000 <> 0)")
        else:
            counts.append(f"0 * count({value})")
    try:
        return engine.execute(f"select {', '.join(counts)} from {reader(file)}").fetchone() or ()  # noqa: S608
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        told = str(error).strip().splitlines()[0]
        todo = "Wait for AWS's next delivery, or have it written again."
        raise BadBillError(f"The file cannot be read: {told}", where=file.where, todo=todo) from error


def rounds_differently(value: str, amount: str) -> str:
    """Whether an amount is none, or one that the two ways of rounding take to different tenth decimals."""
    tenth = f"abs({value}) * 1e10"
    is_near_half = f"abs({value}) >= 1e-11 and {tenth} < 1e15 and {tenth} - floor({tenth}) between 0.25 and 0.75"
    by_text = f"try_cast(cast({value} as varchar) as {MONEY})"
    return (
        f"case when {value} is null then false when {amount} is null then true "
        f"when {is_near_half} then {amount} is distinct from {by_text} else false end"
    )


def table(source: str, files: Sequence[SourceFile], delivery_id: str) -> str:
    """The rows of these files as they would be landed, as a SQL table."""
    selects = " union all ".join(landed_select(form(source), file, delivery_id) for file in files)
    return f"({selects})"
