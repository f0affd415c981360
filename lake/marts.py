"""Published marts: Parquet files, and the token that says which content they have.

Most marts are one file, small enough to be read whole. A mart with a row per charge is a file per month, and is hashed
in a stream.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lake import zones
from lake.errors import LakeError
from lake.store import Store
from lake.tables import MONTHLY_MARTS


@dataclass(frozen=True)
class PublishedMart:
    """A mart as it lies in the lake. `version` is the SHA-256 of the file's bytes; `rows` are those very bytes."""

    name: str
    version: str
    rows: pa.Table


@dataclass(frozen=True)
class MartFiles:
    """A mart's files as they lie in the lake, by key, and the version of all of them; no row of them is read."""

    name: str
    keys: tuple[str, ...]
    version: str
    row_count: int


def version_of(content: bytes) -> str:
    """The token of a mart's content."""
    return hashlib.sha256(content).hexdigest()


def version_of_file(path: Path) -> str:
    """The token of a file's content, read in a stream."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def version_of_all(name: str, versions: Sequence[tuple[str, str]]) -> str:
    """The token of a mart from the (key, token) of its files: that of the one file, or of all the months' tokens."""
    if name not in MONTHLY_MARTS:
        return versions[0][1]
    return version_of("".join(f"{key} {version}\n" for key, version in sorted(versions)).encode())


def mart_keys(store: Store, name: str) -> tuple[str, ...]:
    """The keys of a published mart's files, sorted; none when it never was published."""
    if name in MONTHLY_MARTS:
        return tuple(file.key for file in store.files(f"{zones.MARTS}/{name}/") if file.key.endswith(".parquet"))
    key = zones.published_mart(name)
    return tuple(file.key for file in store.files(key) if file.key == key)


def mart_files(store: Store, name: str) -> MartFiles | None:
    """What a mart consists of now, or None when it never was published. Raises LakeError when a file is damaged."""
    keys = mart_keys(store, name)
    if not keys:
        return None
    paths = {key: store.local_copy(key) for key in keys}
    try:
        rows = sum(pq.read_metadata(path).num_rows for path in paths.values())
    except pa.ArrowException as error:
        raise _damaged(store, name, keys) from error
    return MartFiles(
        name, keys, version_of_all(name, [(key, version_of_file(path)) for key, path in paths.items()]), rows
    )


def read_mart(
    store: Store, name: str, rows_of: Callable[[pq.ParquetFile], pa.Table] | None = None
) -> PublishedMart | None:
    """The mart as published now, or None when it never was. The rows and the version come from one read.

    `rows_of` takes of each file what a reader needs; without it, all. Raises LakeError when a file is damaged.
    """
    keys = mart_keys(store, name)
    contents = {key: content for key in keys if (content := store.read(key)) is not None}
    if not contents:
        return None
    try:
        rows = pa.concat_tables((rows_of or _all_rows)(_opened(content)) for content in contents.values())
    except pa.ArrowException as error:
        raise _damaged(store, name, keys) from error
    return PublishedMart(
        name, version_of_all(name, [(key, version_of(content)) for key, content in contents.items()]), rows
    )


def _opened(content: bytes) -> pq.ParquetFile:
    return pq.ParquetFile(pa.BufferReader(content))


def _all_rows(file: pq.ParquetFile) -> pa.Table:
    # By this thread alone. A thread of Arrow's that still held the Python bytes when the interpreter ended would abort
    # the process, after all was done: about once in thirty short runs.
    return file.read(use_threads=False)


def _damaged(store: Store, name: str, keys: Sequence[str]) -> LakeError:
    return LakeError(
        f"The published mart {name} is not a readable Parquet file.",
        where=", ".join(store.location(key) for key in keys),
        todo="Run `finops build`.",
    )
