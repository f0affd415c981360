"""CUR 2.0 from AWS Data Exports: csv.gz or Parquet, listed by the manifest of each billing period."""

from __future__ import annotations

from collections.abc import Sequence

from ingestion import sniff
from ingestion.bills import BillFolder, FoundBill, export_name
from ingestion.sources import data_exports
from ingestion.sources.data_exports import ExportManifest
from ingestion.sources.form import Finding, Form
from ingestion.sources.roles import CUR
from lake.errors import BadBillError

SOURCE = "cur2"


def find(folder: BillFolder) -> Finding:
    """The folder's CUR 2.0 bills, one per export and period."""
    taken = [manifest for manifest in data_exports.manifests(folder) if _is_ours(folder, manifest)]
    claimed = [data_exports.below(folder, manifest) for manifest in taken]
    return Finding(tuple(_bill(folder, manifest) for manifest in taken), frozenset().union(*claimed))


def _is_ours(folder: BillFolder, manifest: ExportManifest) -> bool:
    # AWS documents the manifest's columns loosely; without them the first file's header has to tell.
    names = manifest.columns or sniff.column_names(folder, data_exports.named_files(folder, manifest)[0])
    return sniff.form_of(names) == sniff.CUR


def _bill(folder: BillFolder, manifest: ExportManifest) -> FoundBill:
    period = manifest.period()
    if period is None:
        raise BadBillError(
            "The folder of this export does not name its billing period.",
            where=folder.where(manifest.key),
            todo="Keep AWS's folder names: metadata/BILLING_PERIOD=YYYY-MM and data/BILLING_PERIOD=YYYY-MM.",
        )
    return FoundBill(
        source=SOURCE,
        export_name=export_name(manifest.export_name),
        billing_period=period,
        files=data_exports.named_files(folder, manifest),
        execution_id=manifest.execution_id,
        origin=manifest.key,
    )


def is_loose(headers: Sequence[str]) -> bool:
    """Whether a file with such headers is of this form; the legacy report has tags and product facts as columns."""
    return sniff.form_of(headers) == sniff.CUR and bool({"resource_tags", "product"} & {one.lower() for one in headers})


FORM = Form(SOURCE, "CUR 2.0 (Data Exports, csv.gz or Parquet)", find, CUR, is_loose=is_loose)
