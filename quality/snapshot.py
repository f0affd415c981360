"""The marts under validation: the very bytes that are hashed, copied aside so that no build can swap them meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from lake import zones
from lake.errors import LakeError
from lake.marts import mart_keys, version_of_all, version_of_file
from lake.store import Store
from lake.tables import MART_NAMES

_COSTS = "daily_costs"
_TODO = "Run `finops build`."


@dataclass(frozen=True)
class Month:
    """One month's file of a mart that is published month by month: the SHA-256 of its bytes, and its rows."""

    version: str
    row_count: int


@dataclass(frozen=True)
class Copied:
    """One mart's copy: its version (SHA-256 of the bytes), rows, columns, and where the copies of its files lie.

    `months` is empty for a mart that is one file.
    """

    mart: str
    version: str
    row_count: int
    columns: frozenset[str]
    paths: tuple[Path, ...]
    months: Mapping[str, Month]

    def files(self, months: Sequence[str]) -> tuple[Path, ...]:
        """The copies of these months' files; of a mart that is one file, that one."""
        return tuple(path for path in self.paths if not self.months or path.parent.name in months)


@contextmanager
def snapshot(store: Store) -> Iterator[dict[str, Copied]]:
    """Every published mart, copied to a folder that is gone afterwards. No mart is held in memory.

    The folder is not the lake's scratch: validation holds no lock, and whoever takes the lock sweeps that.
    Raises LakeError naming the marts that are not published, or the one that is not Parquet.
    """
    keys = {name: mart_keys(store, name) for name in MART_NAMES}
    missing = [name for name, found in keys.items() if not found]
    if missing:
        raise LakeError(
            f"There is nothing to validate: {', '.join(missing)} not published.",
            where=", ".join(store.location(zones.published_mart(name)) for name in missing),
            todo=_TODO,
        )
    with TemporaryDirectory(prefix="finops-validate-") as folder:
        yield {name: _copy(store, name, keys[name], Path(folder) / name) for name in MART_NAMES}


def _copy(store: Store, name: str, keys: Sequence[str], folder: Path) -> Copied:
    import pyarrow as pa
    import pyarrow.parquet as pq

    paths = {key: folder / zones.month_of(key) / PurePosixPath(key).name for key in keys}
    for key, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        _freeze(store.local_copy(key), path)
    try:
        files = [pq.ParquetFile(path) for path in paths.values()]
    except pa.ArrowInvalid:
        raise LakeError(
            f"The published mart {name} is not a readable Parquet file.",
            where=", ".join(store.location(key) for key in keys),
            todo=_TODO,
        ) from None
    versions = {key: version_of_file(path) for key, path in paths.items()}
    found = {
        zones.month_of(key): Month(version, file.metadata.num_rows)
        for (key, version), file in zip(versions.items(), files, strict=True)
    }
    return Copied(
        mart=name,
        version=version_of_all(name, list(versions.items())),
        row_count=sum(month.row_count for month in found.values()),
        columns=frozenset(files[0].schema_arrow.names),
        paths=tuple(paths.values()),
        months={month: file for month, file in found.items() if month},
    )


def _freeze(source: Path, path: Path) -> None:
    """Keep these bytes. A published file is replaced and never written to, so a second name for it is a copy."""
    try:
        os.link(source, path)
    except OSError:
        shutil.copyfile(source, path)


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
            [[str(path) for path in costs.paths], today],
        ).fetchone()
    return str(row[0]) if row and row[0] else ""
