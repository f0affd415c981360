"""The landing zone as a folder that the embedded engine can read."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from lake import turns, zones
from lake.collected.days import days
from lake.collected.dictionary import write_schemas
from lake.errors import LakeError
from lake.placed import local_copy, placed_files, require_placed
from lake.store import LocalStore, Store
from lake.tables import BILL_SOURCES, COLLECTED_SOURCES
from lake.turns import Record


def local_lake(store: Store, region: str | None = None) -> Path:
    """The lake's folder; for a lake in S3, a local folder that mirrors its current deliveries and those before them.

    Delivered files never change, so each is fetched once, also those that are read where AWS delivered them. Raises
    LakeError when no bill was ever accepted, and when a file is gone that is read in place.
    """
    # Read once: a pointer that is swapped meanwhile would name files that are not here.
    keys = [file.key for file in store.files(f"{zones.DELIVERIES}/") if file.key.endswith(f"/{turns.POINTER}")]
    if not keys:
        raise LakeError(
            "The lake holds no accepted bill.", where=store.uri, todo="Run `finops ingest --bills PATH` first."
        )
    pointers: Sequence[Record] = [json.loads(store.read(key) or b"{}") for key in keys]
    pointers = require_placed(pointers, region)
    root = store.root if isinstance(store, LocalStore) else _mirror(store, dict(zip(keys, pointers, strict=True)))
    _fetch_placed(root, pointers, region)
    write_schemas(LocalStore(root))
    (root / zones.ENGINE).mkdir(parents=True, exist_ok=True)
    return root


def _mirror(store: Store, pointers: Mapping[str, Record]) -> Path:
    root = store.scratch().parent / "lake"
    stale = {path.relative_to(root).as_posix() for path in root.glob(f"{zones.DELIVERIES}/**/{turns.POINTER}")}
    wanted = [zones.landed_schema(source) for source in BILL_SOURCES]
    for named in pointers.values():
        wanted.extend(named["files"])
        # What was current before: the mart restatements compares with it.
        wanted.extend((named.get("previous") or {}).get("files", ()))
    for key in wanted:
        target = root / key
        if not target.exists() or key.endswith("schema.parquet"):
            _link(store.local_copy(key), target)
    _mirror_collected(store, root)
    _mirror_ledger(store, root)
    for pointer, record in pointers.items():
        target = root / pointer
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    for pointer in stale - set(pointers):
        (root / pointer).unlink()
    return root


def _mirror_collected(store: Store, root: Path) -> None:
    """What was collected from accounts: files never change, pointers of a day may."""
    known = [day for source in COLLECTED_SOURCES for day in days(store, source)]
    for day in known:
        for key in day.files:
            if not (root / key).exists():
                _link(store.local_copy(key), root / key)
    wanted = {zones.collected_day(day.source, day.collected_on): day.to_json() for day in known}
    for key, content in wanted.items():
        LocalStore(root).write(key, content)
    for path in root.glob(f"{zones.COLLECTIONS}/*/*.json"):
        if path.relative_to(root).as_posix() not in wanted:
            path.unlink()


def _mirror_ledger(store: Store, root: Path) -> None:
    """What actions did: an entry is written once and never changes."""
    for file in store.files(f"{zones.LEDGER}/"):
        if not (root / file.key).exists():
            _link(store.local_copy(file.key), root / file.key)


def _fetch_placed(root: Path, pointers: Sequence[Record], region: str | None) -> None:
    for pointer in pointers:
        for told in (pointer, pointer.get("previous") or {}):
            for file in placed_files(told):
                name = file.key.rpartition("/")[2]
                target = root / zones.placed_copy(
                    pointer["source"], pointer["billing_period"], told["delivery_id"], name
                )
                if not target.exists():
                    _link(local_copy(file.address, region), target)


def _link(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)
