"""Bills that are read where AWS delivered them: their record names the place, and no file of the lake is a copy.

AWS never touches such files again, but whoever owns the bucket may delete them: so they are looked at before anything
is computed from them. See docs/decisions/0012.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lake.errors import LakeError
from lake.store import StoredFile, open_store
from lake.turns import Record

IN_PLACE = "_in_place"


@dataclass(frozen=True)
class PlacedFile:
    """One file: its s3:// address, the name that rows are traced to, and a token of its content when it was checked."""

    address: str
    source_file: str
    version: str

    @property
    def bucket(self) -> str:
        """The bucket's address."""
        return self.address[: self.address.index("/", len("s3://"))]

    @property
    def key(self) -> str:
        """Its key in the bucket."""
        return self.address[len(self.bucket) + 1 :]


def placed_files(record: Record | None) -> tuple[PlacedFile, ...]:
    """The files of a delivery's record, or of what a pointer tells of the one before; none where they were copied."""
    if not record or not record.get("in_place"):
        return ()
    return tuple(
        PlacedFile(f"{record['in_place']}/{one['key']}", one["key"], one["version"]) for one in record["source_files"]
    )


def version_in_s3(file: StoredFile) -> str:
    """Changes when the content does: the ETag and size, which cost no download."""
    return f"{file.version}-{file.size}"


def local_copy(address: str, region: str | None) -> Path:
    """The file at an s3:// address on this machine, fetched once. Raises LakeError when it is gone."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return open_store(f"s3://{bucket}", region=region).local_copy(key)


def missing(files: Iterable[PlacedFile], region: str | None) -> tuple[str, ...]:
    """Addresses at which there is nothing any more, or something else. A folder is listed once."""
    files = tuple(files)
    there: dict[tuple[str, str], str] = {}
    for bucket in sorted({file.bucket for file in files}):
        store = open_store(bucket, region=region)
        for folder in sorted({file.key.rpartition("/")[0] for file in files if file.bucket == bucket}):
            there |= {(bucket, one.key): version_in_s3(one) for one in store.files(f"{folder}/")}
    return tuple(file.address for file in files if there.get((file.bucket, file.key)) != file.version)


def require_placed(pointers: Sequence[Record], region: str | None) -> tuple[Record, ...]:
    """The pointers, without what was current before where its files are gone: a month can be told without it.

    Raises LakeError when a file of a current delivery is gone, or is not the one that was checked.
    """
    gone = set(missing((file for one in pointers for file in _all(one)), region))
    lost_months = [(one, files) for one in pointers if (files := [f for f in placed_files(one) if f.address in gone])]
    if lost_months:
        raise _lost(lost_months)
    lost = [any(file.address in gone for file in placed_files(pointer.get("previous"))) for pointer in pointers]
    return tuple(one | {"previous": None} if is_lost else one for one, is_lost in zip(pointers, lost, strict=True))


def _lost(months: Sequence[tuple[Record, Sequence[PlacedFile]]]) -> LakeError:
    """Every month of which files are gone, and the ways out."""
    told = [f"{one['export_name']} {one['billing_period']} ({len(files)} files)" for one, files in months]
    first, files = months[0]
    return LakeError(
        f"Files that are read in place are not there any more as they were when they were accepted: {', '.join(told)}.",
        where=files[0].address,
        todo="Restore them from an older version of the objects or a backup; or ingest a delivery of that month that "
        "exists: finops ingest --bills PATH --copy; or do without the month: finops deliveries --drop "
        f"--period {first['billing_period']} --export {first['export_name']}. Let no lifecycle rule expire bills that "
        "are read in place.",
    )


def _all(pointer: Record) -> tuple[PlacedFile, ...]:
    return placed_files(pointer) + placed_files(pointer.get("previous"))
