"""Every expectation's result as a row, for the page and for questions asked later."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lake import zones
from lake.workspace import Workspace

if TYPE_CHECKING:
    from quality.checkpoint import Result

# Whatever is asked of the copies, it answers.
_OF_COPIES = "duckdb"


def write(ws: Workspace, outcomes: Sequence[Result], *, engine: str, gx_version: str) -> str:
    """Write one Parquet file for this validation; its key. `validated_at` is a timestamp in UTC.

    `observed` is JSON of what a failed expectation saw, or why it could not be evaluated; null when it holds.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields: list[tuple[str, pa.DataType]] = [
        ("run_id", pa.string()),
        ("mart", pa.string()),
        ("expectation", pa.string()),
        ("description", pa.string()),
        ("severity", pa.string()),
        ("success", pa.bool_()),
        ("raised", pa.bool_()),
        ("column", pa.string()),
        ("observed", pa.string()),
        ("unexpected_count", pa.int64()),
        ("validated_at", pa.timestamp("us", tz="UTC")),
        ("engine", pa.string()),
        ("gx_version", pa.string()),
    ]
    rows = [
        {
            "run_id": ws.run_id,
            "mart": outcome.mart,
            "expectation": outcome.expectation.kind,
            "description": outcome.expectation.description,
            "severity": outcome.expectation.severity,
            "success": outcome.success,
            "raised": outcome.raised,
            "column": outcome.expectation.column or None,
            "observed": outcome.observed or None,
            "unexpected_count": outcome.unexpected_count,
            "validated_at": ws.now,
            "engine": _OF_COPIES if outcome.expectation.of_copy else engine,
            "gx_version": gx_version,
        }
        for outcome in outcomes
    ]
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(fields)), content, compression="zstd")
    key = zones.validation_results(f"{ws.now:%Y%m%dT%H%M%S%fZ}", ws.run_id)
    ws.store.write(key, content.getvalue())
    return key
