"""The marts under validation: the very bytes that are hashed, copied aside so that no build can swap them meanwhile."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from lake import zones
from lake.errors import LakeError
from lake.marts import version_of
from lake.store import Store
from lake.tables import MART_NAMES

_COSTS = "daily_costs"
_TODO = "Run `finops build`."


@dataclass(frozen=True)
class Copied:
    """One mart's copy: its version (SHA-256 of the bytes), rows, columns, and where the copy lies."""

    mart: str
    version: str
    row_count: int
    columns: frozenset[str]
    path: Path


@contextmanager
def snapshot(store: Store) -> Iterator[dict[str, Copied]]:
    """Every published mart, read once and copied to a folder that is gone afterwards.

    The folder is not the lake's scratch: validation holds no lock, and whoever takes the lock sweeps that.
    Raises LakeError naming the marts that are not published, or the one that is not Parquet.
    """
    contents = {name: store.read(zones.published_mart(name)) for name in MART_NAMES}
    missing = [name for name, content in contents.items() if content is None]
    if missing:
        raise LakeError(
            f"There is nothing to validate: {', '.join(missing)} not published.",
            where=", ".join(store.location(zones.published_mart(name)) for name in missing),
            todo=_TODO,
        )
    with TemporaryDirectory(prefix="finops-validate-") as folder:
        yield {
            name: _copy(store, name, content, Path(folder)) for name, content in contents.items() if content is not None
        }


def _copy(store: Store, name: str, content: bytes, folder: Path) -> Copied:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(content))
    except pa.ArrowInvalid:
        raise LakeError(
            f"The published mart {name} is not a readable Parquet file.",
            where=store.location(zones.published_mart(name)),
            todo=_TODO,
        ) from None
    path = folder / f"{name}.parquet"
    path.write_bytes(content)
    return Copied(name, version_of(content), file.metadata.num_rows, frozenset(file.schema_arrow.names), path)


def data_through(copies: dict[str, Copied], today: date) -> str:
    """The newest day of usage on the bill, as an ISO date, or an empty text when there is none.

    Every mart is as fresh as the bill, whatever its rows: a finding that is gone makes no mart stale. Bills carry days
    that have not come yet, such as fees charged ahead, so only usage counts, and days after `today` (UTC) never do.
    """
    import duckdb

    costs = copies[_COSTS]
    if not {"charged_on", "charge_category"} <= costs.columns:
        return ""
    with duckdb.connect() as connection:
        row = connection.execute(
            "select max(charged_on) from read_parquet(?) where charged_on <= ? and charge_category = 'Usage'",
            [str(costs.path), today],
        ).fetchone()
    return str(row[0]) if row and row[0] else ""
