"""What we are measured against: other ways to make typed Parquet of the same bill. Run as a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ingestion.dictionary import arrow_schema, columns

_CHUNK_ROWS = 250_000


def pandas_chunks(out: Path, files: list[str]) -> None:
    """Csv through pandas in chunks, types declared, each chunk written as Parquet."""
    import pandas as pd

    kinds = {column.name: column.type for column in columns("cur2")}
    for number, path in enumerate(files):
        header = pd.read_csv(path, nrows=0).columns
        types = {name: "float64" if kinds.get(name, "").startswith(("dec", "double")) else "str" for name in header}
        for part, chunk in enumerate(pd.read_csv(path, dtype=types, chunksize=_CHUNK_ROWS)):
            chunk.to_parquet(out / f"{number}-{part}.parquet", compression="zstd")


def arrow_dataset(out: Path, files: list[str]) -> None:
    """Parquet through pyarrow's dataset writer into the very columns and types that we land."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    bill: Any = ds.dataset(files, format="parquet", partitioning=None)
    present = set(bill.schema.names)
    chosen = {
        field.name: ds.field(field.name).cast(field.type)
        if field.name in present and not pa.types.is_map(field.type)
        else ds.field(field.name)
        if field.name in present
        else pc.scalar(pa.scalar(None, field.type))
        for field in arrow_schema("cur2")
    }
    file_format: Any = ds.ParquetFileFormat()
    options = file_format.make_write_options(compression="zstd")
    scanner = bill.scanner(columns=chosen, batch_size=61_440)
    ds.write_dataset(
        scanner, out, format="parquet", file_options=options, max_rows_per_group=61_440, min_rows_per_group=61_440
    )


if __name__ == "__main__":
    way, folder, *rest = sys.argv[1:]
    Path(folder).mkdir(parents=True, exist_ok=True)
    {"pandas": pandas_chunks, "arrow": arrow_dataset}[way](Path(folder), rest)
