"""CUR 2.0 as Parquet: real maps, costs as doubles, rates as text, timestamps in milliseconds without a zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.synthetic.cells import OF_LINE, identity
from ingestion.synthetic.columns import COLUMNS, EMPTY_TEXT, Kind
from ingestion.synthetic.ledger import Month
from ingestion.synthetic.lines import Line, LineKind

if TYPE_CHECKING:
    import pyarrow as pa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_parquet(lines: Sequence[Line], month: Month, path: Path) -> None:
    """Write the lines as one Snappy Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = list(dict.fromkeys(line.kind for line in lines))
    place = {kind: at for at, kind in enumerate(kinds)}
    kind_of_line = pa.array([place[line.kind] for line in lines], pa.int32())
    lent = _lent_columns(lines)
    arrays = []
    for name, kind in COLUMNS:
        if name in OF_LINE:
            arrays.append(pa.array(_of_lines(name, lines), _type_of(kind)))
        elif name in lent:
            arrays.append(pa.array(lent[name], pa.float64()))
        elif kind == "unknown_number":
            arrays.append(pa.nulls(len(lines), pa.float64()))
        else:
            arrays.append(_of_kinds(name, kind, kinds, month).take(kind_of_line))
    table = pa.Table.from_arrays(arrays, names=[name for name, _ in COLUMNS])
    pq.write_table(table, path, compression="snappy", coerce_timestamps="ms")


def _lent_columns(lines: Sequence[Line]) -> dict[str, list[float]]:
    """The commitment columns, zero on the many lines that no commitment touches."""
    columns: dict[str, list[float]] = {}
    for at, line in enumerate(lines):
        for name, amount in line.numbers.items():
            if name not in columns:
                columns[name] = [0.0] * len(lines)
            columns[name][at] = float(amount)
    return columns


def _type_of(kind: Kind) -> pa.DataType:
    import pyarrow as pa

    if kind == "timestamp":
        return pa.timestamp("ms")
    if kind == "map_text":
        return pa.map_(pa.string(), pa.string())
    if kind == "map_double":
        return pa.map_(pa.string(), pa.float64())
    return pa.string() if kind == "text" else pa.float64()


def _of_lines(name: str, lines: Sequence[Line]) -> list[Any]:
    read = OF_LINE[name]
    known: dict[object, object] = {}
    cells = [read(line) for line in lines]
    for cell in set(cells):
        known[cell] = plain(cell)
    return [known[cell] for cell in cells]


def _of_kinds(name: str, kind: Kind, kinds: Sequence[LineKind], month: Month) -> pa.Array[Any]:
    import pyarrow as pa

    return pa.array([_constant(name, kind, of, month) for of in kinds], _type_of(kind))


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
