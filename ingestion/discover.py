"""Walks a folder of bills and says which bills are in it, of which form, and what in it cannot be read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from ingestion import sniff
from ingestion.bills import BillFolder, FoundBill, SeenForm, open_folder
from ingestion.sources import FORMS, data_exports
from lake.errors import BadBillError

# Telling what a stray file is may ask for its download; larger ones in S3 are only named.
_LARGEST_SNIFFED = 32 * 1024 * 1024

_LEGACY_MANIFEST = re.compile(r"^(?P<report>(?:.*/)?)\d{8}-\d{8}/(?:[^/]+/)?[^/]+-Manifest\.json$")
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
    unsupported = _unsupported(folder, claimed)
    if not bills:
        _refuse_all(folder, unsupported)
    _require_distinct(folder, bills)
    return Discovery(folder, bills, unsupported)


def _unsupported(folder: BillFolder, claimed: set[str]) -> tuple[SeenForm, ...]:
    """What no form took: other exports, legacy csv reports, loose files. One line per folder and form."""
    seen = _other_exports(folder, claimed) + _legacy_reports(folder, claimed)
    loose: set[tuple[str, str]] = set()
    for key in sorted(folder.files):
        place = key.rpartition("/")[0]
        suffix = next((one for one in sniff.SUFFIXES if key.lower().endswith(one)), "")
        if key in claimed or not suffix or (place, suffix) in loose:
            continue
        loose.add((place, suffix))
        seen.append(SeenForm(_form_of_stray(folder, key), folder.where(key)))
    return tuple(seen)


def _other_exports(folder: BillFolder, claimed: set[str]) -> list[SeenForm]:
    """Exports that no form took; their keys are added to `claimed`, as in the function below."""
    seen = []
    for manifest in data_exports.manifests(folder):
        if manifest.key in claimed:
            continue
        names = manifest.columns or sniff.column_names(folder, data_exports.named_files(folder, manifest)[0])
        seen.append(SeenForm(f"{sniff.form_of(names)} (Data Exports)", folder.where(manifest.key)))
        claimed.update(data_exports.below(folder, manifest))
    # A partition without its manifest is one that AWS is still writing, or that was copied in part.
    orphans = {key: match for key in folder.files if key not in claimed and (match := _EXPORT_PARTITION.match(key))}
    claimed.update(orphans)
    for place in sorted({f"{match['root']}data/{match['partition']}" for match in orphans.values()}):
        seen.append(SeenForm("a Data Exports period without its manifest", folder.where(place)))
    return seen


def _legacy_reports(folder: BillFolder, claimed: set[str]) -> list[SeenForm]:
    reports: dict[str, bool] = {}
    for key in folder.files:
        match = _LEGACY_MANIFEST.match(key)
        if match and key not in claimed:
            reports[match["report"]] = reports.get(match["report"], False) or _names_csv(folder, key)
    for report in reports:
        claimed.update(key for key in folder.files if re.match(re.escape(report) + r"\d{8}-\d{8}/", key))
    # A report as Parquet has such a manifest too; its rows lie in year=/month= folders and are found there.
    return [SeenForm(sniff.LEGACY_CSV, folder.where(report)) for report, is_csv in reports.items() if is_csv]


def _names_csv(folder: BillFolder, key: str) -> bool:
    try:
        keys = json.loads(folder.path(key).read_bytes()).get("reportKeys") or []
    except (ValueError, AttributeError, OSError):
        return True
    return not all(str(name).lower().endswith(".parquet") for name in keys)


def _form_of_stray(folder: BillFolder, key: str) -> str:
    file = folder.files[key]
    if not folder.is_local and file.size > _LARGEST_SNIFFED:
        return "a large file outside of AWS's folder layout"
    if key.lower().endswith("zip"):
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


def _require_distinct(folder: BillFolder, bills: tuple[FoundBill, ...]) -> None:
    first: dict[tuple[str, str, str], FoundBill] = {}
    for bill in bills:
        other = first.setdefault((bill.source, bill.export_name, bill.billing_period), bill)
        if other is not bill:
            raise BadBillError(
                f"Two bills claim to be {bill.export_name} of {bill.billing_period}.",
                where=f"{folder.where(other.origin)} and {folder.where(bill.origin)}",
                todo="Ingest one of them only: both together would count every charge twice.",
            )
