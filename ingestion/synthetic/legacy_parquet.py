"""Legacy CUR as Parquet: every field is required, so a text that does not apply is blank and a number 0.0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.synthetic.cells import OF_LINE, identity
from ingestion.synthetic.columns import Kind
from ingestion.synthetic.cur2_parquet import ROWS_PER_GROUP, lent_columns, of_lines, plain
from ingestion.synthetic.files import batches
from ingestion.synthetic.ledger import Month
from ingestion.synthetic.legacy_columns import LegacyColumn, flat_cells
from ingestion.synthetic.lines import Line, LineKind

if TYPE_CHECKING:
    import pyarrow as pa


def write_parquet(lines: Iterable[Line], columns: Sequence[LegacyColumn], month: Month, path: Path) -> None:
    """Write the lines as one Snappy Parquet file, a row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([pa.field(at.name, _type_of(at.kind), nullable=False) for at in columns])
    with pq.ParquetWriter(path, schema, compression="snappy", coerce_timestamps="ms") as writer:
        for batch in batches(lines, ROWS_PER_GROUP):
            writer.write_table(pa.Table.from_arrays(_arrays(batch, columns, month), schema=schema))


def _arrays(lines: Sequence[Line], columns: Sequence[LegacyColumn], month: Month) -> list[pa.Array[Any]]:
    import pyarrow as pa

    kinds = list(dict.fromkeys(line.kind for line in lines))
    place = {kind: at for at, kind in enumerate(kinds)}
    kind_of_line = pa.array([place[line.kind] for line in lines], pa.int32())
    flat = [_constants(kind, month) for kind in kinds]
    lent = lent_columns(lines)
    arrays: list[pa.Array[Any]] = []
    for at in columns:
        kind, blank = _type_of(at.kind), "" if at.kind == "text" else 0.0
        if at.name in OF_LINE:
            arrays.append(pa.array(of_lines(at.name, lines), kind))
        elif at.name in lent:
            arrays.append(pa.array([amount or 0.0 for amount in lent[at.name]], kind))
        elif at.name.startswith("discount_"):
            key = at.name.removeprefix("discount_")
            arrays.append(pa.array([float(line.discounts.get(key, 0)) for line in lines], kind))
        else:
            arrays.append(pa.array([cells.get(at.name, blank) for cells in flat], kind).take(kind_of_line))
    return arrays


def _constants(of: LineKind, month: Month) -> dict[str, object]:
    whole = month.period.month
    return {
        **{name: float(cell) if isinstance(cell, Decimal) else cell for name, cell in flat_cells(of).items()},
        "identity_line_item_id": identity(of),
        "bill_billing_period_start_date": plain(whole.start),
        "bill_billing_period_end_date": plain(whole.end),
    }


def _type_of(kind: Kind) -> pa.DataType:
    import pyarrow as pa

    if kind == "timestamp":
        return pa.timestamp("ms", tz="UTC")
    return pa.string() if kind == "text" else pa.float64()
