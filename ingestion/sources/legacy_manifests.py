"""The manifest of the legacy Cost and Usage Report, which says which files are a month's report.

`<report>/<period>/<report>-Manifest.json` is the newest; AWS writes it after the files it names. With "create new
version" these lie in `<period>/<assembly id>/`, where the manifest is repeated, with "overwrite" in `<period>/` itself,
and of a report made for Athena in `<report>/<report>/year=2018/month=10/`. What it does not name is not read.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from ingestion.bills import BillFolder
from lake.errors import BadBillError
from lake.store import StoredFile

# Of the folder's name only the shape counts: AWS names its last day in two ways, so the month is read elsewhere.
_PERIOD = r"\d{8}-\d{8}"
_MANIFEST = re.compile(rf"^(?P<place>(?P<root>(?:.*/)?){_PERIOD}/)(?P<report>[^/]+)-Manifest\.json$")
_IN_PERIOD = re.compile(rf"^(?P<place>(?:.*/)?{_PERIOD}/)(?:.*/)?[^/]+\.(?:csv|gz|zip|parquet|json)$", re.IGNORECASE)
_FOR_ATHENA = re.compile(r"(?:^|/)(?P<inner>[^/]+/year=\d{4}/month=\d{1,2}/)(?P<name>[^/]+)$")


@dataclass(frozen=True)
class ReportManifest:
    """One report and month ('YYYY-MM'). `place` is the folder of the month, `files` what the manifest names."""

    key: str
    place: str
    report: str
    billing_period: str
    assembly_id: str
    files: tuple[StoredFile, ...]


def manifests(folder: BillFolder) -> tuple[ReportManifest, ...]:
    """The newest manifest of every report and month in the folder. Raises BadBillError for one that cannot be used."""
    absolute = {f"{folder.store.uri}/{key}": key for key in folder.files}
    matches = ((key, _MANIFEST.match(path)) for path, key in absolute.items())
    return tuple(_parse(folder, absolute, key, match) for key, match in matches if match)


def below(folder: BillFolder, manifest: ReportManifest) -> frozenset[str]:
    """Every key that the manifest explains: older deliveries of its month, and leftovers beside the files it names."""
    absolute = {f"{folder.store.uri}/{key}": key for key in folder.files}
    athena = {f"{match[0]}" for file in manifest.files if (match := re.match(r".*/year=\d+/month=\d+/", file.key))}
    named = tuple(f"{folder.store.uri}/{place}" for place in athena)
    return frozenset(key for path, key in absolute.items() if path.startswith((manifest.place, *named)))


def unfinished(folder: BillFolder, claimed: frozenset[str]) -> dict[str, frozenset[str]]:
    """Months without their newest manifest, by folder: AWS is still writing them, or they were copied in part."""
    found: dict[str, set[str]] = {}
    for key in folder.files:
        match = _IN_PERIOD.match(key)
        if match and key not in claimed:
            found.setdefault(match["place"], set()).add(key)
    return {place: frozenset(keys) for place, keys in found.items()}


def _parse(folder: BillFolder, absolute: dict[str, str], key: str, match: re.Match[str]) -> ReportManifest:
    try:
        content: Any = json.loads(folder.path(key).read_bytes())
    except (ValueError, OSError, RecursionError) as error:
        raise BadBillError("The manifest is not JSON.", where=folder.where(key), todo=_TODO) from error
    told = content if isinstance(content, dict) else {}
    names = told.get("reportKeys")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        _refuse(folder, key, "The manifest lacks its list of reportKeys.")
    files = []
    for name in names:
        file = absolute.get(_beside(match["root"], match["place"], name) or "")
        if file is None:
            _refuse(folder, key, f"The manifest names a file that is not there: {name}")
        files.append(folder.files[file])
    if len({file.key for file in files}) != len(files):
        _refuse(folder, key, "The manifest names a file twice.")
    return ReportManifest(
        key=key,
        place=match["place"],
        report=match["report"],
        billing_period=_period(folder, key, told.get("billingPeriod")),
        assembly_id=str(told.get("assemblyId") or ""),
        files=tuple(files),
    )


def _beside(root: str, place: str, name: str) -> str | None:
    """Where a named file lies beside its manifest, wherever the bucket was copied to; None if it cannot lie there."""
    athena = _FOR_ATHENA.search(name)
    if athena:
        return f"{root}{athena['inner']}{athena['name']}"
    month = place.removeprefix(root)
    _, cut, rest = f"/{name}".rpartition(f"/{month}")
    return f"{place}{rest}" if cut else None


def _period(folder: BillFolder, key: str, told: object) -> str:
    start = str(told.get("start") or "") if isinstance(told, dict) else ""
    match = re.match(r"(\d{4})-?(0[1-9]|1[0-2])-?01T", start)
    if not match:
        _refuse(folder, key, f"The manifest does not tell its billing period: {start!r}")
    return f"{match[1]}-{match[2]}"


def _refuse(folder: BillFolder, key: str, what: str) -> NoReturn:
    raise BadBillError(what, where=folder.where(key), todo=_TODO)


_TODO = "Copy the report's folder again with all its files, or wait for AWS to write the next delivery."
