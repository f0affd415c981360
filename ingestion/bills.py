"""What a folder of bills is, and the facts about a bill that was found in one."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lake.errors import BadBillError, LakeError
from lake.placed import version_in_s3
from lake.store import Store, StoredFile, open_store


@dataclass(frozen=True)
class BillFolder:
    """A folder on disk or a prefix in S3, and every file in it by key. It is only ever read."""

    uri: str
    store: Store
    files: Mapping[str, StoredFile]

    @property
    def is_local(self) -> bool:
        """Whether the files lie on this machine."""
        return not self.uri.startswith("s3://")

    def where(self, key: str) -> str:
        """How a person would name a file of this folder."""
        return self.store.location(key)

    def path(self, key: str) -> Path:
        """A local path to read the file from. Raises BadBillError when it cannot be had."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return self.store.local_copy(key)
        except (LakeError, OSError, BotoCoreError, ClientError) as error:
            raise BadBillError(f"A bill file cannot be read: {error}", where=self.where(key)) from error

    def fingerprint(self, file: StoredFile) -> str:
        """Changes when the content does: the SHA-256 on disk; in S3 the ETag and size, which cost no download."""
        if not self.is_local:
            return version_in_s3(file)
        try:
            with self.path(file.key).open("rb") as content:
                return hashlib.file_digest(content, "sha256").hexdigest()
        except OSError as error:
            raise BadBillError(f"A bill file cannot be read: {error.strerror}.", where=self.where(file.key)) from error


@dataclass(frozen=True)
class FoundBill:
    """One export of one billing period ('YYYY-MM'), with exactly the files that make it up.

    `origin` is the key of what told us so: the manifest, or the folder of a form without manifests.
    """

    source: str
    export_name: str
    billing_period: str
    files: tuple[StoredFile, ...]
    execution_id: str
    origin: str


@dataclass(frozen=True)
class SeenForm:
    """Something in the folder that is not read: what it is, and where it lies."""

    form: str
    where: str


def open_folder(uri: str, *, region: str | None = None) -> BillFolder:
    """List a folder or `s3://bucket/prefix`; one file on disk is a folder in which nothing else lies.

    Raises BadBillError if it is absent, unreadable, empty, or a file that is only a part of a delivery.
    """
    if not uri.strip():
        raise BadBillError("No folder of bills is named.", where="--bills is empty", todo=_TODO)
    if uri.startswith("s3://") and not uri.removeprefix("s3://").strip("/"):
        raise BadBillError("The address names no bucket.", where=uri, todo=_TODO)
    cleaned = uri.rstrip("/") or uri
    alone = "" if uri.startswith("s3://") or not Path(cleaned).is_file() else Path(cleaned).name
    store = open_store(str(Path(cleaned).absolute().parent) if alone else cleaned, region=region)
    if alone:
        listed = _one_file(Path(cleaned).absolute())
    else:
        listed = _list_s3(uri, store) if uri.startswith("s3://") else _list_local(Path(cleaned), store)
    files = {file.key: file for file in listed if not file.key.rpartition("/")[2].startswith(".")}
    if not files:
        raise BadBillError("The bills folder is empty.", where=store.uri, todo=_TODO)
    return BillFolder(cleaned, store, files)


def export_name(text: str) -> str:
    """An export's name as it may stand in a key of the lake; AWS allows letters, digits and !-_.*'() in it."""
    return re.sub(r"[^0-9A-Za-z!_.*'()-]+", "-", text).strip(".-") or "bills"


_TODO = "Give the folder or s3:// prefix into which AWS delivers the export with --bills."
_PARTITION = re.compile(r"(billing_period|date|year|month)=.*|[0-9]{8}-[0-9]{8}", re.I)


def _list_local(path: Path, store: Store) -> list[StoredFile]:
    where = str(path.absolute())
    if not path.exists():
        raise BadBillError("The bills folder does not exist.", where=where, todo=_TODO)

    def refuse(error: OSError) -> None:
        # A folder that is passed over in silence would be a part of the bill that is missing.
        raise BadBillError(f"A folder cannot be read: {error.strerror}.", where=str(error.filename), todo=_TODO)

    for _ in os.walk(path, onerror=refuse, followlinks=True):
        pass
    try:
        return list(store.files())
    except OSError as error:
        raise BadBillError(f"A file cannot be read: {error.strerror}.", where=str(error.filename)) from error


def _one_file(path: Path) -> list[StoredFile]:
    # In AWS's folders a month may be many files, and a person who names one of them would get a part of the bill.
    if any(_PARTITION.fullmatch(folder.name) for folder in path.parents) or any(path.parent.glob("*-Manifest.json")):
        raise BadBillError("This file may be only a part of a month's bill.", where=str(path), todo=_TODO)
    return [StoredFile.on_disk(path.name, path)]


def _list_s3(uri: str, store: Store) -> list[StoredFile]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return list(store.files())
    except ClientError as error:
        reason = error.response.get("Error", {}).get("Message") or str(error)
    except BotoCoreError as error:
        reason = str(error)
    raise BadBillError(f"The bills cannot be listed: {reason}", where=uri, todo=_S3_TODO)


_S3_TODO = "Check the address, your AWS credentials, and the rights s3:ListBucket and s3:GetObject."
