"""Rows of a query as Parquet objects in S3."""

from __future__ import annotations

import re
import shutil
import tempfile
import urllib.parse
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.local_aws.errors import StatementError, refuse
from tests.support.local_aws.objects import NULL_PARTITION, footer
from tests.support.local_aws.sql.names import quote, quote_text

if TYPE_CHECKING:
    from tests.support.local_aws.engine import Engine, Run

MOST_PARTITIONS = 100
CODECS = {"zstd": "zstd", "snappy": "snappy", "gzip": "gzip", "none": "uncompressed", "uncompressed": "uncompressed"}


@dataclass
class Written:
    """What a statement wrote: objects with the values of their partition, and rows."""

    files: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0

    @property
    def partitions(self) -> dict[tuple[str, ...], str]:
        """Location by the values of each partition, as Hive writes them."""
        found = {}
        for one in self.files:
            values = tuple(NULL_PARTITION if v is None else v for v in one["partition"].values())
            found[values] = one["path"].rsplit("/", 1)[0] + "/"
        return found


def write(run: Run, select: str, location: str, by: list[str], codec: str, keep_columns: bool = False) -> Written:
    """Write a query's rows below a location, one folder per partition. Nothing is put before the limits are kept."""
    if codec.lower() not in CODECS:
        raise refuse(f"the compression {codec}")
    folder = Path(tempfile.mkdtemp(dir=run.engine.root))
    try:
        options = f"FORMAT parquet, COMPRESSION {CODECS[codec.lower()]}"
        if by:
            options += f", PARTITION_BY ({', '.join(map(quote, by))})"
            options += ", WRITE_PARTITION_COLUMNS true" if keep_columns else ""
            run.execute(f"COPY ({select}) TO {quote_text(str(folder))} ({options})")
        else:
            run.execute(f"COPY ({select}) TO {quote_text(str(folder / 'x.parquet'))} ({options})")
        return _put(run.engine, folder, location, by, codec)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put(engine: Engine, folder: Path, location: str, by: list[str], codec: str) -> Written:
    paths = sorted(folder.rglob("*.parquet"))
    if len({path.parent for path in paths}) > MOST_PARTITIONS:
        raise StatementError(
            f"HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of {MOST_PARTITIONS} open writers for partitions/buckets"
        )
    written = Written()
    for path in paths:
        rows = footer_rows(path)
        if not rows:
            continue
        below = path.parent.relative_to(folder).as_posix()
        values = dict(zip(by, (_value(part) for part in below.split("/")), strict=True)) if by else {}
        place = location.rstrip("/") + (f"/{below}" if by else "")
        uri = f"{place}/{uuid.uuid4().hex}.{codec.lower()}.parquet"
        engine.objects.put(uri, path.read_bytes())
        written.files.append({"path": uri, "rows": rows, "partition": values})
        written.rows += rows
    return written


def footer_rows(path: Path) -> int:
    return footer.__wrapped__(str(path)).rows


def _value(part: str) -> str | None:
    value = urllib.parse.unquote(re.sub(r"^[^=]*=", "", part))
    return None if value == NULL_PARTITION else value
