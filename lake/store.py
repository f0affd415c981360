"""A store of files under relative keys: a folder on disk or a prefix in S3, behind one interface.

Every write is whole or absent. On disk a file is written aside, in `.scratch`, and renamed into place; S3 does the
same by itself. So a reader never sees half a file, and a killed run leaves nothing but scratch.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Protocol

from lake import aws, scratch
from lake.errors import LakeError
from lake.s3_lock import S3Lock

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

LOCK = ".lock"


@dataclass(frozen=True)
class StoredFile:
    """One file: its key, its size in bytes, a token that changes when its content does, and when it was written.

    `written_at` is aware UTC; S3 tells whole seconds.
    """

    key: str
    size: int
    version: str
    written_at: datetime

    @classmethod
    def on_disk(cls, key: str, path: Path) -> StoredFile:
        """A file of a folder."""
        status = path.stat()
        written_at = datetime.fromtimestamp(status.st_mtime, UTC)
        return cls(key, status.st_size, f"{status.st_size}-{status.st_mtime_ns}", written_at)


class Store(Protocol):
    """What both stores can do. Keys are relative and use `/`; missing files are None, never an exception."""

    uri: str

    def read(self, key: str) -> bytes | None: ...

    def write(self, key: str, content: bytes) -> None: ...

    def write_once(self, key: str, content: bytes) -> bool:
        """Write unless the key exists; True when this call wrote it."""
        ...

    def upload(self, path: Path, key: str) -> None:
        """Move or copy a finished local file to `key`, replacing it in one step."""
        ...

    def files(self, prefix: str = "") -> Iterator[StoredFile]:
        """Every file whose key starts with `prefix`, sorted by key."""
        ...

    def local_copy(self, key: str) -> Path:
        """A readable local path of the file: itself on disk, a cached copy for S3. Raises LakeError if absent."""
        ...

    def location(self, key: str) -> str:
        """How a person would name the file: a path or an s3:// address."""
        ...

    def delete(self, key: str) -> None: ...

    def scratch(self) -> Path:
        """A new local folder for work in progress; on disk it is on the lake's own file system."""
        ...

    def locked(self, name: str = "") -> AbstractContextManager[None]:
        """The only writer of this store, or LakeError at once; with a name the only one of it, beside all others."""
        ...


class LocalStore:
    """A folder on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.uri = str(self.root)

    def _path(self, key: str) -> Path:
        return self.root / PurePosixPath(key)

    def read(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def write(self, key: str, content: bytes) -> None:
        self._swap(scratch.new_file(self.root, content), key)

    def write_once(self, key: str, content: bytes) -> bool:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = scratch.new_file(self.root, content)
        try:
            os.link(aside, target)
        except FileExistsError:
            return False
        finally:
            aside.unlink()
        return True

    def upload(self, path: Path, key: str) -> None:
        scratch.settle(path)
        self._swap(path, key)

    def _swap(self, path: Path, key: str) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)

    def files(self, prefix: str = "") -> Iterator[StoredFile]:
        for path in sorted(self._below(prefix)):
            key = path.relative_to(self.root).as_posix()
            if key.startswith(prefix) and not key.startswith((scratch.SCRATCH, LOCK)):
                yield StoredFile.on_disk(key, path)

    def _below(self, prefix: str) -> Iterator[Path]:
        start = self._path(prefix.rpartition("/")[0])
        for folder, _, names in os.walk(start, followlinks=True):
            for name in names:
                yield Path(folder) / name

    def local_copy(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise LakeError("A file is missing from the lake.", where=str(path), todo="Run `finops doctor`.")
        return path

    def location(self, key: str) -> str:
        return str(self._path(key))

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def scratch(self) -> Path:
        return scratch.new_folder(self.root)

    @contextmanager
    def locked(self, name: str = "") -> Iterator[None]:
        """Hold the lock, and sweep the scratch that a killed run left. The kernel frees the lock on any death."""
        is_new = not self.root.exists()
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            handle = (self.root / (LOCK + name)).open("a")
        except OSError as error:
            raise LakeError(
                f"The lake cannot be written: {error.strerror}.",
                where=str(self.root),
                todo="Give a folder that you may write with --lake.",
            ) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LakeError(
                    "Another run is at work in this lake.", where=str(self.root), todo="Wait for it to end."
                ) from None
            # Beside another writer the scratch is its own, too.
            sweep = scratch.sweep if not name else lambda root: None
            sweep(self.root)
            try:
                yield
            finally:
                sweep(self.root)
                if is_new and [path.name for path in self.root.iterdir()] == [LOCK]:
                    # Nothing came of it: a command that failed leaves no lake behind.
                    shutil.rmtree(self.root, ignore_errors=True)


class S3Store:
    """A prefix in an S3 bucket. `client` is a boto3 S3 client; `cache` holds local copies, keyed by content version."""

    def __init__(self, client: S3Client, bucket: str, prefix: str, cache: Path) -> None:
        self.client = client
        self.bucket = bucket
        self.prefix = prefix.strip("/")
        self.uri = f"s3://{bucket}/{self.prefix}".rstrip("/")
        self.cache = cache / hashlib.sha256(self.uri.encode()).hexdigest()[:16]
        self._lock: S3Lock | None = None

    def _key(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key

    def read(self, key: str) -> bytes | None:
        try:
            return self.client.get_object(Bucket=self.bucket, Key=self._key(key))["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None

    def write(self, key: str, content: bytes) -> None:
        self._require_lock()
        self.client.put_object(Bucket=self.bucket, Key=self._key(key), Body=content)

    def write_once(self, key: str, content: bytes) -> bool:
        from botocore.exceptions import ClientError

        self._require_lock()
        try:
            self.client.put_object(Bucket=self.bucket, Key=self._key(key), Body=content, IfNoneMatch="*")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in ("PreconditionFailed", "ConditionalRequestConflict"):
                return False
            raise
        return True

    def upload(self, path: Path, key: str) -> None:
        self._require_lock()
        # A large file goes in parts, several at once; each part and the whole carry a checksum, or S3 refuses them.
        self.client.upload_file(str(path), self.bucket, self._key(key), ExtraArgs={"ChecksumAlgorithm": "CRC32"})
        path.unlink()

    def files(self, prefix: str = "") -> Iterator[StoredFile]:
        cut = len(self.prefix) + 1 if self.prefix else 0
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._key(prefix))
        for page in pages:
            for item in page.get("Contents", []):
                if not item["Key"].endswith("/") and not item["Key"].startswith(self._key(LOCK)):
                    yield StoredFile(item["Key"][cut:], item["Size"], item["ETag"].strip('"'), item["LastModified"])

    def local_copy(self, key: str) -> Path:
        version = self._version(key)
        path = self.cache / version / PurePosixPath(key).name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            aside = path.with_name(f".{uuid.uuid4().hex}")
            self.client.download_file(self.bucket, self._key(key), str(aside))
            if self._version(key) != version:
                # It was replaced on the way: nobody knows which of the two this is.
                aside.unlink()
                return self.local_copy(key)
            aside.replace(path)
        return path

    def _version(self, key: str) -> str:
        from botocore.exceptions import ClientError

        try:
            return self.client.head_object(Bucket=self.bucket, Key=self._key(key))["ETag"].strip('"')
        except ClientError as error:
            raise LakeError(
                "A file is missing from the bucket or may not be read.",
                where=self.location(key),
                todo="Check the key and the right s3:GetObject.",
            ) from error

    def location(self, key: str) -> str:
        return f"s3://{self.bucket}/{self._key(key)}"

    def delete(self, key: str) -> None:
        self.client.delete_object(Bucket=self.bucket, Key=self._key(key))

    def scratch(self) -> Path:
        self.cache.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self.cache))

    @contextmanager
    def locked(self, name: str = "") -> Iterator[None]:
        """Hold the lock that lies in the bucket. A killed run's lock is taken over after two minutes."""
        lock = S3Lock(self.client, self.bucket, self._key(LOCK + name))
        with lock.held():
            self._lock = lock
            try:
                yield
            finally:
                self._lock = None

    def _require_lock(self) -> None:
        if self._lock is not None:
            self._lock.require()


def open_store(uri: str, *, region: str | None = None) -> Store:
    """The store at a folder or `s3://bucket/prefix`. Opens no connection and creates nothing."""
    if not uri.startswith("s3://"):
        return LocalStore(Path(uri))
    bucket, _, prefix = uri.removeprefix("s3://").partition("/")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "finops"
    return S3Store(aws.client("s3", region), bucket, prefix, cache)
