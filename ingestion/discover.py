"""Walks a folder of bills and says which bills are in it, of which form, and what in it cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingestion import loose, sniff
from ingestion.bills import BillFolder, FoundBill, SeenForm, open_folder
from ingestion.refusals import require_distinct
from ingestion.sources import FORMS, data_exports, legacy_manifests
from lake.errors import BadBillError

_EXPORT_PARTITION = re.compile(
    r"^(?P<root>(?:.*/)?)(?:data|metadata)/(?P<partition>(?:billing_period|date)=[^/]+)/", re.I
)


@dataclass(frozen=True)
class Discovery:
    """What lies in a folder: the bills to read, and what this version does not read."""

    folder: BillFolder
    bills: tuple[FoundBill, ...]
    unsupported: tuple[SeenForm, ...]


def discover(uri: str, *, region: str | None = None) -> Discovery:
    """Every bill in a folder or `s3://bucket/prefix`. Reads manifests and, of stray files, headers; changes nothing.

    Raises BadBillError if the folder cannot be read, a bill's manifest is broken, two exports claim one name and
    period, or no bill in it can be read by this version.
    """
    folder = open_folder(uri, region=region)
    findings = [form.find(folder) for form in FORMS]
    bills = tuple(bill for finding in findings for bill in finding.bills)
    claimed: set[str] = set().union(*(finding.claimed for finding in findings))
    unfinished = _other_exports(folder, claimed) + _unfinished_reports(folder, claimed)
    if not bills:
        bills = loose.find(folder, _strays(folder, claimed))
        claimed.update(file.key for bill in bills for file in bill.files)
    unsupported = (*unfinished, *_named_strays(folder, claimed))
    if not bills:
        _refuse_all(folder, unsupported)
    require_distinct(folder, bills)
    return Discovery(folder, bills, unsupported)


def _strays(folder: BillFolder, claimed: set[str]) -> list[str]:
    return [key for key in sorted(folder.files) if key not in claimed and key.lower().endswith(sniff.SUFFIXES)]


def _named_strays(folder: BillFolder, claimed: set[str]) -> list[SeenForm]:
    """What these files are that nothing explains: one line per folder and kind of file."""
    seen: dict[tuple[str, str], SeenForm] = {}
    for key in _strays(folder, claimed):
        kind = key.rpartition("/")[0], next(one for one in sniff.SUFFIXES if key.lower().endswith(one))
        if kind not in seen:
            seen[kind] = SeenForm(_form_of_stray(folder, key), folder.where(key))
    return list(seen.values())


def _other_exports(folder: BillFolder, claimed: set[str]) -> list[SeenForm]:
    """Exports that no form took; their keys are added to `claimed`, as in the function below."""
    seen = []
    for manifest in data_exports.manifests(folder):
        if manifest.key in claimed:
            continue
        seen.append(SeenForm(f"{data_exports.form_of(folder, manifest)} (Data Exports)", folder.where(manifest.key)))
        claimed.update(data_exports.below(folder, manifest))
    # A partition without its manifest is one that AWS is still writing, or that was copied in part.
    orphans = {key: match for key in folder.files if key not in claimed and (match := _EXPORT_PARTITION.match(key))}
    claimed.update(orphans)
    for place in sorted({f"{match['root']}data/{match['partition']}" for match in orphans.values()}):
        seen.append(SeenForm("a Data Exports period without its manifest", folder.where(place)))
    return seen


def _unfinished_reports(folder: BillFolder, claimed: set[str]) -> list[SeenForm]:
    places = legacy_manifests.unfinished(folder, frozenset(claimed))
    claimed.update(*places.values())
    return [SeenForm("a legacy report's month without its manifest", folder.where(place)) for place in sorted(places)]


def _form_of_stray(folder: BillFolder, key: str) -> str:
    file = folder.files[key]
    if not folder.is_local and file.size > loose.LARGEST_LOOKED_AT:
        return "a large file outside of AWS's folder layout"
    if key.lower().endswith(".zip") and not key.lower().endswith(".csv.zip"):
        return "a zip file"
    try:
        form = sniff.form_of(sniff.column_names(folder, file))
    except BadBillError:
        return "a file that cannot be read"
    return "CUR rows outside of AWS's folder layout" if form == sniff.CUR else form


def _refuse_all(folder: BillFolder, unsupported: tuple[SeenForm, ...]) -> None:
    readable = "; ".join(form.title for form in FORMS)
    if not unsupported:
        raise BadBillError("There is no bill in this folder.", where=folder.store.uri, todo=f"Readable: {readable}.")
    seen = "; ".join(f"{one.form} at {one.where}" for one in unsupported[:5])
    more = f"; and {len(unsupported) - 5} more" if len(unsupported) > 5 else ""
    raise BadBillError(
        f"There is no bill here that this version can read. Seen: {seen}{more}.",
        where=folder.store.uri,
        todo=f"Readable: {readable}. The layouts: `finops ingest --help`.",
    )
