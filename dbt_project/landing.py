"""The landing zone as a folder that the embedded engine can read."""

from __future__ import annotations

import json
import os
from pathlib import Path

from lake import zones
from lake.errors import LakeError
from lake.store import LocalStore, Store
from lake.tables import BILL_SOURCES


def local_lake(store: Store) -> Path:
    """The lake's folder; for a lake in S3, a local folder that mirrors its current deliveries and those before them.

    Delivered files never change, so each is fetched once. Raises LakeError when no bill was ever accepted.
    """
    pointers = [file.key for file in store.files(f"{zones.DELIVERIES}/") if file.key.endswith("/current.json")]
    if not pointers:
        raise LakeError(
            "The lake holds no accepted bill.", where=store.uri, todo="Run `finops ingest --bills PATH` first."
        )
    root = store.root if isinstance(store, LocalStore) else _mirror(store, pointers)
    (root / zones.ENGINE).mkdir(parents=True, exist_ok=True)
    return root


def _mirror(store: Store, pointers: list[str]) -> Path:
    root = store.scratch().parent / "lake"
    stale = {path.relative_to(root).as_posix() for path in root.glob(f"{zones.DELIVERIES}/**/current.json")}
    wanted = [zones.landed_schema(source) for source in BILL_SOURCES]
    # Read once: a pointer that is swapped meanwhile would name files that are not here.
    records = {pointer: store.read(pointer) or b"{}" for pointer in pointers}
    for record in records.values():
        named = json.loads(record)
        wanted.extend(named["files"])
        # What was current before: the mart restatements compares with it.
        wanted.extend((named.get("previous") or {}).get("files", ()))
    for key in wanted:
        target = root / key
        if not target.exists() or key.endswith("schema.parquet"):
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = store.local_copy(key)
            target.unlink(missing_ok=True)
            os.link(copy, target)
    for pointer, record in records.items():
        target = root / pointer
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(record)
    for pointer in stale - set(pointers):
        (root / pointer).unlink()
    return root
