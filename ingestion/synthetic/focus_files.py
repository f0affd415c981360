"""A FOCUS export's files: Parquet with real maps, or gzipped csv with maps as JSON text and nothing for null."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.synthetic.cur2_csv import java_double, printed, quoted
from ingestion.synthetic.cur2_parquet import ROWS_PER_GROUP, arrow_type, plain
from ingestion.synthetic.files import batches
from ingestion.synthetic.focus_columns import FOCUS_COLUMNS
from ingestion.synthetic.focus_lines import OF_FOCUS_LINE, FocusKind, FocusLine
from ingestion.synthetic.ledger import Month
from ingestion.synthetic.words import keep

if TYPE_CHECKING:
    import pyarrow as pa

_PLACE = {name: at for at, (name, _) in enumerate(FOCUS_COLUMNS)}
_DISCOUNTS = "x_Discounts"


def write_focus_csv(lines: Iterable[FocusLine], month: Month, path: Path) -> None:
    """Write the rows as one csv.gz file with a header."""
    rendered: dict[FocusKind, list[str]] = {}
    of_line = [(_PLACE[name], read) for name, read in OF_FOCUS_LINE.items()]
    # A fixed time in the gzip header keeps the bytes the same from run to run.
    with path.open("wb") as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as out:
        out.write((",".join(name for name, _ in FOCUS_COLUMNS) + "\n").encode())
        for line in lines:
            constants = rendered.get(line.kind)
            if constants is None:
                told = [_printed(_constant(line.kind, name, month)) for name, _ in FOCUS_COLUMNS]
                constants = keep(rendered, line.kind, told)
            cells = constants.copy()
            for at, read in of_line:
                cells[at] = _printed(read(line))
            if line.discounts:
                cells[_PLACE[_DISCOUNTS]] = _printed(_floats(line.discounts))
            out.write((",".join(cells) + "\n").encode())


def write_focus_parquet(lines: Iterable[FocusLine], month: Month, path: Path) -> None:
    """Write the rows as one Snappy Parquet file, a row group at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([pa.field(name, arrow_type(kind)) for name, kind in FOCUS_COLUMNS])
    with pq.ParquetWriter(path, schema, compression="snappy", coerce_timestamps="ms") as writer:
        for batch in batches(lines, ROWS_PER_GROUP):
            writer.write_table(pa.Table.from_arrays(_arrays(batch, month), schema=schema))


# How a file format writes a month's rows.
WriteFocusFile = Callable[[Iterable[FocusLine], Month, Path], None]


def _arrays(lines: Sequence[FocusLine], month: Month) -> list[pa.Array[Any]]:
    import pyarrow as pa

    kinds = list(dict.fromkeys(line.kind for line in lines))
    place = {kind: at for at, kind in enumerate(kinds)}
    kind_of_line = pa.array([place[line.kind] for line in lines], pa.int32())
    arrays: list[pa.Array[Any]] = []
    for name, kind in FOCUS_COLUMNS:
        if name in OF_FOCUS_LINE:
            read = OF_FOCUS_LINE[name]
            arrays.append(pa.array([plain(read(line)) for line in lines], arrow_type(kind)))
        elif name == _DISCOUNTS:
            maps = [list(_floats(line.discounts).items()) or None for line in lines]
            arrays.append(pa.array(maps, arrow_type(kind)))
        else:
            constants = [_for_arrow(_constant(of, name, month)) for of in kinds]
            arrays.append(pa.array(constants, arrow_type(kind)).take(kind_of_line))
    return arrays


def _constant(of: FocusKind, name: str, month: Month) -> str | datetime | Mapping[str, str | float] | None:
    if name.startswith("BillingPeriod"):
        return month.period.month.start if name.endswith("Start") else month.period.month.end
    cell = of.cells.get(name)
    return (dict(cell) if isinstance(cell, tuple) else cell) or None


def _printed(value: str | datetime | Decimal | float | Mapping[str, str | float] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return quoted(json.dumps(value, separators=(",", ":")))
    if isinstance(value, float):
        return java_double(value)
    return quoted(value) if isinstance(value, str) else printed(value)


def _for_arrow(value: str | datetime | Mapping[str, str | float] | None) -> object:
    return list(value.items()) if isinstance(value, Mapping) else plain(value)


def _floats(amounts: Mapping[str, Decimal]) -> dict[str, str | float]:
    return {name: float(amount) for name, amount in amounts.items()}
