"""S3's objects, each kept once more as a file under a name of its content, where DuckDB reads it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import urllib.parse
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
# Before the name of a partition key, in the path of a file.
KEY = "key_of_"


@dataclass(frozen=True)
class Object:
    """One object: where it is in S3, and what it holds by its ETag."""

    bucket: str
    key: str
    size: int
    etag: str

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    @property
    def name(self) -> str:
        """Its name as a file; the same content at the same place has the same name."""
        return hashlib.sha1(f"{self.uri}:{self.etag}".encode()).hexdigest()


def split(uri: str) -> tuple[str, str]:
    """Bucket and key of `s3://bucket/key`."""
    found = urllib.parse.urlparse(uri)
    return found.netloc, (found.path + (f"?{found.query}" if found.query else "")).lstrip("/")


class Objects:
    """moto's S3, in this process."""

    def __init__(self, root: Path, account: str):
        self.root = root
        self.account = account
        (root / "objects").mkdir(parents=True)

    @property
    def backend(self) -> Any:
        from moto.s3.models import s3_backends

        return s3_backends[self.account]["aws"]

    def below(self, uri: str) -> list[Object]:
        """The objects that Hive reads under a location: not the empty ones, nor names that begin with `_` or `.`."""
        bucket, prefix = split(uri)
        prefix = prefix.rstrip("/") + "/" if prefix else ""
        if bucket not in self.backend.buckets:
            return []
        found = []
        keys = self.backend.buckets[bucket].keys
        # Others put and delete meanwhile.
        for key in list(keys):
            if not key.startswith(prefix) or not getattr(kept := keys.get(key), "size", 0):
                continue
            if any(part.startswith(("_", ".")) for part in key[len(prefix) :].split("/")):
                continue
            found.append(Object(bucket, key, kept.size, kept.etag))
        return sorted(found, key=lambda one: one.key)

    def at(self, uri: str) -> Object:
        bucket, key = split(uri)
        kept = self.backend.buckets[bucket].keys[key]
        return Object(bucket, key, kept.size, kept.etag)

    def read(self, uri: str) -> bytes:
        bucket, key = split(uri)
        return self.backend.buckets[bucket].keys[key].value

    def file(self, one: Object, values: dict[str, str | None] | None = None) -> Path:
        """The object as a file, in folders that name its partition as Hive does.

        A file may hold a column of a key's name, too. It counts for nothing in Athena, and must not count for DuckDB.
        """
        path = self.root / "objects" / one.name
        if not path.exists():
            self._keep(path, self.backend.buckets[one.bucket].keys[one.key].value)
        if not values:
            return path
        parts = [
            f"{KEY}{name}={NULL_PARTITION if value is None else urllib.parse.quote(value, safe='')}"
            for name, value in values.items()
        ]
        link = self.root.joinpath("links", *parts, one.name)
        if not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError):
                link.symlink_to(path)
        return link

    def _keep(self, path: Path, content: bytes) -> None:
        import threading

        fresh = path.with_name(f"{path.name}.{threading.get_ident()}")
        fresh.write_bytes(content)
        fresh.replace(path)

    def put(self, uri: str, content: bytes) -> Object:
        bucket, key = split(uri)
        if bucket not in self.backend.buckets:
            from tests.support.local_aws.errors import StatementError

            raise StatementError(f"Unable to verify/create output bucket {bucket}", 1)
        kept = self.backend.put_object(bucket, key, content)
        return Object(bucket, key, kept.size, kept.etag)

    def delete(self, one: Object) -> None:
        if one.key in self.backend.buckets[one.bucket].keys:
            self.backend.delete_object(one.bucket, one.key)

    def read_json(self, uri: str) -> Any:
        return json.loads(self.read(uri))


@dataclass(frozen=True)
class Footer:
    """What a Parquet file says of itself."""

    rows: int
    columns: dict[str, tuple[str, Any]]
    chunk_bytes: dict[str, int]


@lru_cache(maxsize=65536)
def footer(path: str) -> Footer:
    """Rows, physical columns and the bytes of each column's chunks, by lower-case name."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        meta, schema = file.metadata, file.schema_arrow
        sizes: dict[str, int] = {}
        for group in range(meta.num_row_groups):
            for at in range(meta.num_columns):
                chunk = meta.row_group(group).column(at)
                name = chunk.path_in_schema.split(".")[0].lower()
                sizes[name] = sizes.get(name, 0) + chunk.total_compressed_size
        columns = {field.name.lower(): (field.name, field.type) for field in schema}
    return Footer(meta.num_rows, columns, sizes)
