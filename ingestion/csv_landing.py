"""Lands a csv file of a bill in one pass: parsed, checked, counted, cast and written, group by group of its rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.control import Control
from ingestion.csv_columns import LandedColumns
from ingestion.csv_rows import groups
from ingestion.guards import SourceFile
from ingestion.sources import form
from ingestion.totals import Totals

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def land(
    engine: duckdb.DuckDBPyConnection,
    source: str,
    control: Control,
    file: SourceFile,
    delivery_id: str,
    path: Path,
    progress: Callable[[int], None],
) -> Totals:
    """Write a csv file that has rows as Parquet and tell what its texts come to; what was written is not looked at.

    `progress` is told of rows as they are written. Raises BadBillError for a row that no bill could hold.
    """
    import pyarrow as pa

    landed = LandedColumns(engine, source, file, delivery_id)
    writer: Any = None
    try:
        with groups(file, form(source).roles.line_id) as found:
            for group in found:
                control.take(engine, pa.Table.from_batches([group.rows]), group.first_row)
                rows = landed.of(group)
                if writer is None:
                    writer = _writer(path, rows.schema)
                writer.write_table(rows, row_group_size=rows.num_rows)
                progress(rows.num_rows)
    finally:
        if writer is not None:
            writer.close()
    return control.totals


def _writer(path: Path, schema: pa.Schema) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Texts that came without a dictionary are ids: Parquet's own would grow too large for each group, and be given up.
    dictionaries: Any = [name for one in schema if not pa.types.is_string(one.type) for name in _leaves(one)]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=dictionaries,
        # The least and largest value of each column would double the time; readers skip rows by moments alone.
        write_statistics=[one.name for one in schema if pa.types.is_timestamp(one.type)],
        # Readers are to see texts, not the dictionaries that they come in.
        store_schema=False,
    )


def _leaves(field: Any) -> tuple[str, ...]:
    """What Parquet calls the columns of a field."""
    import pyarrow as pa

    if pa.types.is_map(field.type):
        return f"{field.name}.key_value.key", f"{field.name}.key_value.value"
    return (field.name,)
