"""Published marts: one Parquet file each, read whole, with the token that says which content it is."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from lake import zones
from lake.errors import LakeError
from lake.store import Store


@dataclass(frozen=True)
class PublishedMart:
    """A mart as it lies in the lake. `version` is the SHA-256 of the file's bytes; `rows` are those very bytes."""

    name: str
    version: str
    rows: pa.Table


def version_of(content: bytes) -> str:
    """The token of a mart's content."""
    return hashlib.sha256(content).hexdigest()


def read_mart(store: Store, name: str) -> PublishedMart | None:
    """The mart as published now, or None when it never was. The rows and the version come from one read.

    Raises LakeError when the file is damaged.
    """
    content = store.read(zones.published_mart(name))
    if content is None:
        return None
    try:
        rows = pq.read_table(io.BytesIO(content))
    except pa.ArrowException as error:
        raise LakeError(
            f"The published mart {name} is not a readable Parquet file.",
            where=store.location(zones.published_mart(name)),
            todo="Run `finops build`.",
        ) from error
    return PublishedMart(name, version_of(content), rows)
