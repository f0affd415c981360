"""The legacy Cost and Usage Report: csv.gz, csv.zip or Parquet, listed by the manifest of each month.

The layout made for Athena, `<report>/year=2018/month=10/*.parquet`, is readable without its manifest, too: AWS replaces
the files of a month in place, and the Parquet files of the folder are it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from ingestion import sniff
from ingestion.bills import BillFolder, FoundBill, export_name
from ingestion.sources import legacy_manifests
from ingestion.sources.form import Finding, Fold, Form
from ingestion.sources.roles import CUR
from lake.store import StoredFile

SOURCE = "legacy_cur"

# The report's name is the folder above `year=`, which may be the bills folder itself or lie above it.
_LAYOUT = re.compile(
    r"^(?P<folder>(?:.*/)?(?P<report>[^/]+)/year=(?P<year>\d{4})/month=(?P<month>0?[1-9]|1[0-2]))/[^/]+\.parquet$",
    re.IGNORECASE,
)


def find(folder: BillFolder) -> Finding:
    """The folder's legacy bills, one per report and month."""
    told = legacy_manifests.manifests(folder)
    claimed = frozenset[str]().union(*(legacy_manifests.below(folder, manifest) for manifest in told))
    bills = tuple(
        FoundBill(
            source=SOURCE,
            export_name=export_name(manifest.report),
            billing_period=manifest.billing_period,
            files=manifest.files,
            execution_id=manifest.assembly_id,
            origin=manifest.key,
        )
        for manifest in told
    )
    bills += _without_manifest(folder, claimed)
    return Finding(bills, claimed | frozenset(file.key for bill in bills for file in bill.files))


def _without_manifest(folder: BillFolder, claimed: frozenset[str]) -> tuple[FoundBill, ...]:
    months: dict[tuple[str, str, str], list[StoredFile]] = defaultdict(list)
    for file in folder.files.values():
        match = _LAYOUT.match(f"{folder.store.uri}/{file.key}")
        if match and file.key not in claimed:
            period = f"{match['year']}-{int(match['month']):02d}"
            months[match["folder"], export_name(match["report"]), period].append(file)
    return tuple(
        FoundBill(SOURCE, report, period, tuple(files), "", files[0].key.rpartition("/")[0])
        for (_, report, period), files in sorted(months.items())
    )


def column_name(header: str) -> str:
    """A csv header as AWS names the column for Athena: `lineItem/UnblendedCost` is `line_item_unblended_cost`.

    Headers without a slash have that name already.
    """
    if "/" not in header:
        return header.lower()
    words = re.sub(r"([A-Z])", r"_\1", header).lower()
    return re.sub(r"_+", "_", re.sub(r"[^0-9a-z]", "_", words)).strip("_")


def is_loose(headers: Sequence[str]) -> bool:
    """Whether a file with such headers is of this form; CUR 2.0 has tags and product facts as maps."""
    form, names = sniff.form_of(headers), {header.lower() for header in headers}
    return form == sniff.LEGACY_CSV or (form == sniff.CUR and not names & {"resource_tags", "product"})


# Each activated tag is a column of its own here. The keys that remain are those of CUR 2.0: user_cost_center.
FORM = Form(
    SOURCE,
    "legacy CUR (csv.gz, csv.zip or Parquet, with its manifest or in year=/month= folders)",
    find,
    CUR,
    folds=(Fold("resource_tags", "resource_tags_"), Fold("cost_category", "cost_category_")),
    partitions=frozenset({"year", "month"}),
    column_name=column_name,
    is_loose=is_loose,
)
