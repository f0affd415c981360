"""Lands a csv file of a bill in one pass: parsed, checked, counted, cast and written, group by group of its rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.control import Control
from ingestion.csv_columns import LandedColumns
from ingestion.csv_rows import groups
from ingestion.guards import SourceFile
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
        with groups(file) as found:
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

    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        # The least and largest value of each column would double the time; readers skip rows by moments alone.
        write_statistics=[one.name for one in schema if pa.types.is_timestamp(one.type)],
        # Readers are to see texts, not the dictionaries that they come in.
        store_schema=False,
    )
