"""CUR 2.0 as Parquet: real maps, costs as doubles, rates as text, timestamps in milliseconds without a zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.synthetic.cells import OF_LINE, identity
from ingestion.synthetic.columns import COLUMNS, EMPTY_TEXT, Kind
from ingestion.synthetic.files import batches
from ingestion.synthetic.ledger import Month
from ingestion.synthetic.lines import Line, LineKind

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_GROUP = 65_536

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KINDS = dict(COLUMNS)


def write_parquet(lines: Iterable[Line], month: Month, path: Path) -> None:
    """Write the lines as one Snappy Parquet file, a row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([pa.field(name, arrow_type(kind)) for name, kind in COLUMNS])
    with pq.ParquetWriter(path, schema, compression="snappy", coerce_timestamps="ms") as writer:
        for batch in batches(lines, ROWS_PER_GROUP):
            writer.write_table(pa.Table.from_arrays(_arrays(batch, month), schema=schema))


def _arrays(lines: Sequence[Line], month: Month) -> list[pa.Array[Any]]:
    import pyarrow as pa

    kinds = list(dict.fromkeys(line.kind for line in lines))
    place = {kind: at for at, kind in enumerate(kinds)}
    kind_of_line = pa.array([place[line.kind] for line in lines], pa.int32())
    lent = lent_columns(lines)
    arrays: list[pa.Array[Any]] = []
    for name, kind in COLUMNS:
        if name in OF_LINE:
            arrays.append(pa.array(of_lines(name, lines), arrow_type(kind)))
        elif name in lent:
            arrays.append(pa.array(lent[name], pa.float64()))
        elif name == "discount":
            maps = [[(key, float(amount)) for key, amount in line.discounts.items()] for line in lines]
            arrays.append(pa.array(maps, arrow_type(kind)))
        elif kind == "unknown_number":
            arrays.append(pa.nulls(len(lines), pa.float64()))
        else:
            arrays.append(_of_kinds(name, kind, kinds, month).take(kind_of_line))
    return arrays


def lent_columns(lines: Sequence[Line]) -> dict[str, list[float | None]]:
    """The amounts that few lines have: on the others zero, or null where AWS has none."""
    columns: dict[str, list[float | None]] = {}
    for at, line in enumerate(lines):
        for name, amount in line.numbers.items():
            if name not in columns:
                columns[name] = [None if _KINDS.get(name) == "unknown_number" else 0.0] * len(lines)
            columns[name][at] = float(amount)
    return columns


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type of a kind of column, as Data Exports writes it."""
    import pyarrow as pa

    if kind == "timestamp":
        return pa.timestamp("ms")
    if kind == "map_text":
        return pa.map_(pa.string(), pa.string())
    if kind == "map_double":
        return pa.map_(pa.string(), pa.float64())
    return pa.string() if kind == "text" else pa.float64()


def of_lines(name: str, lines: Sequence[Line]) -> list[Any]:
    """The cells of a column that differs from line to line, as Parquet takes them."""
    read = OF_LINE[name]
    known: dict[object, object] = {}
    cells = [read(line) for line in lines]
    for cell in set(cells):
        known[cell] = plain(cell)
    return [known[cell] for cell in cells]


def _of_kinds(name: str, kind: Kind, kinds: Sequence[LineKind], month: Month) -> pa.Array[Any]:
    import pyarrow as pa

    return pa.array([_constant(name, kind, of, month) for of in kinds], arrow_type(kind))


def _constant(name: str, kind: Kind, of: LineKind, month: Month) -> object:
    """One cell: what the kind says of it, else what AWS writes where a column does not apply."""
    if name == "identity_line_item_id":
        return identity(of)
    if kind == "timestamp":
        whole = month.period.month
        return plain(whole.start if name.endswith("start_date") else whole.end)
    if kind.startswith("map"):
        pairs = of.cells.get(name, ())
        return list(pairs) if isinstance(pairs, tuple) else []
    if kind == "text":
        return of.cells.get(name) or ("" if name in EMPTY_TEXT else None)
    if kind == "number":
        return plain(of.cells.get(name, Decimal(0)))
    return None


def plain(value: object) -> object:
    """A Decimal as the double AWS writes, a time as milliseconds since 1970 UTC; all else as it is."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return int((value - _EPOCH).total_seconds()) * 1000
    return value
