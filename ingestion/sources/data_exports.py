"""AWS Data Exports: the layout that CUR 2.0, FOCUS and others share, and its manifest.

`<export>/metadata/<PARTITION>=<value>/<export>-Manifest.json` names the files of the newest delivery. AWS writes it
after all of them. With "create new version" older deliveries stay beside the newest, with "overwrite" emptied chunks
do: so what the manifest does not name is not part of the bill.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from ingestion import sniff
from ingestion.bills import BillFolder, FoundBill, export_name
from ingestion.sources.form import Finding
from lake.errors import BadBillError
from lake.store import StoredFile

# Manifests of single executions lie one folder deeper; the newest of them is repeated here.
_MANIFEST = re.compile(r"^(?P<root>(?:.*/)?)metadata/(?P<partition>[^/=]+=[^/]+)/(?P<export>[^/]+)-Manifest\.json$")


@dataclass(frozen=True)
class ExportManifest:
    """One export and partition. `root` is the export's folder as a key prefix; `columns` are in lower case or ()."""

    key: str
    root: str
    partition: str
    export_name: str
    execution_id: str
    columns: tuple[str, ...]
    uris: tuple[str, ...]

    def period(self) -> str | None:
        """The billing period 'YYYY-MM' of the partition, or None if it is partitioned by something else."""
        match = re.fullmatch(r"billing_period=(\d{4}-(?:0[1-9]|1[0-2]))", self.partition, re.IGNORECASE)
        return match[1] if match else None


def find(folder: BillFolder, source: str, form: str) -> Finding:
    """The folder's exports of one form of `sniff`, one bill per export and period. Raises BadBillError."""
    taken = [manifest for manifest in manifests(folder) if form_of(folder, manifest) == form]
    claimed = [below(folder, manifest) for manifest in taken]
    return Finding(tuple(_bill(folder, manifest, source) for manifest in taken), frozenset().union(*claimed))


def form_of(folder: BillFolder, manifest: ExportManifest) -> str:
    """What an export is, one of the words of `sniff`."""
    # AWS documents the manifest's columns loosely; without them the first file's header has to tell.
    names = manifest.columns or sniff.column_names(folder, named_files(folder, manifest)[0])
    return sniff.form_of(names)


def _bill(folder: BillFolder, manifest: ExportManifest, source: str) -> FoundBill:
    period = manifest.period()
    if period is None:
        raise BadBillError(
            "The folder of this export does not name its billing period.",
            where=folder.where(manifest.key),
            todo="Keep AWS's folder names: metadata/BILLING_PERIOD=YYYY-MM and data/BILLING_PERIOD=YYYY-MM.",
        )
    return FoundBill(
        source=source,
        export_name=export_name(manifest.export_name),
        billing_period=period,
        files=named_files(folder, manifest),
        execution_id=manifest.execution_id,
        origin=manifest.key,
    )


def manifests(folder: BillFolder) -> tuple[ExportManifest, ...]:
    """Every partition's manifest in the folder. Raises BadBillError for one that cannot be used."""
    matches = ((key, _MANIFEST.match(key)) for key in folder.files)
    return tuple(_parse(folder, key, match) for key, match in matches if match)


def below(folder: BillFolder, manifest: ExportManifest) -> frozenset[str]:
    """Every key of the export's partition that the manifest speaks of, older deliveries included."""
    roots = tuple(f"{manifest.root}{part}/{manifest.partition}/".lower() for part in ("data", "metadata"))
    return frozenset(key for key in folder.files if key.lower().startswith(roots))


def named_files(folder: BillFolder, manifest: ExportManifest) -> tuple[StoredFile, ...]:
    """The files that the manifest names, found beside its own `metadata/`, wherever the bucket was copied to."""
    files = {_folded(key): file for key, file in folder.files.items() if key.startswith(f"{manifest.root}data/")}
    found = []
    for uri in manifest.uris:
        inner = uri.rpartition("/data/")[2]
        partition, _, rest = inner.partition("/")
        if inner == uri or not rest or ".." in rest.split("/"):
            _refuse(folder, manifest, f"The manifest names a file outside of its export: {uri}")
        if partition.lower() != manifest.partition.lower():
            _refuse(folder, manifest, f"The manifest names a file of another partition: {uri}")
        file = files.get(_folded(f"{manifest.root}data/{inner}"))
        if file is None:
            _refuse(folder, manifest, f"The manifest names a file that is not there: data/{inner}")
        found.append(file)
    if len({file.key for file in found}) != len(found):
        _refuse(folder, manifest, "The manifest names a file twice.")
    return tuple(found)


def _folded(key: str) -> str:
    # BILLING_PERIOD= and billing_period= are both seen; only this part may differ in case.
    return re.sub(r"/data/([^/=]+)=", lambda match: f"/data/{match[1].lower()}=", f"/{key}")


def _parse(folder: BillFolder, key: str, match: re.Match[str]) -> ExportManifest:
    try:
        content: Any = json.loads(folder.path(key).read_bytes())
    except (ValueError, OSError) as error:
        raise BadBillError("The manifest is not JSON.", where=folder.where(key), todo=_TODO) from error
    uris = content.get("dataFiles") if isinstance(content, dict) else None
    if not isinstance(uris, list) or not uris or not all(isinstance(uri, str) for uri in uris):
        raise BadBillError("The manifest lacks its list of dataFiles.", where=folder.where(key), todo=_TODO)
    return ExportManifest(
        key=key,
        root=match["root"],
        partition=match["partition"],
        export_name=match["export"],
        execution_id=str(content.get("executionId") or ""),
        columns=_column_names(content.get("columns")),
        uris=tuple(uris),
    )


def _column_names(columns: object) -> tuple[str, ...]:
    named = columns if isinstance(columns, list) else []
    return tuple(str(column.get("name", "")).lower() for column in named if isinstance(column, dict))


def _refuse(folder: BillFolder, manifest: ExportManifest, what: str) -> NoReturn:
    raise BadBillError(what, where=folder.where(manifest.key), todo=_TODO)


_TODO = "Copy the export's metadata/ and data/ folders again, or wait for AWS to write the next delivery."
