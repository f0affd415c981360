"""The legacy Cost and Usage Report as Parquet, in the layout made for Athena: `<report>/year=2018/month=10/*.parquet`.

This form has no manifest: AWS replaces the files of a month in place, and the Parquet files of the folder are it.
"""

from __future__ import annotations

import re
from collections import defaultdict

from ingestion.bills import BillFolder, FoundBill, export_name
from ingestion.sources.form import Finding, Fold, Form
from lake.store import StoredFile

SOURCE = "legacy_cur"

# The report's name is the folder above `year=`, which may be the bills folder itself or lie above it.
_LAYOUT = re.compile(
    r"^(?P<folder>(?:.*/)?(?P<report>[^/]+)/year=(?P<year>\d{4})/month=(?P<month>0?[1-9]|1[0-2]))/[^/]+\.parquet$",
    re.IGNORECASE,
)


def find(folder: BillFolder) -> Finding:
    """The folder's legacy Parquet bills, one per report and month."""
    months: dict[tuple[str, str, str], list[StoredFile]] = defaultdict(list)
    for file in folder.files.values():
        match = _LAYOUT.match(f"{folder.store.uri}/{file.key}")
        if match:
            period = f"{match['year']}-{int(match['month']):02d}"
            months[match["folder"], export_name(match["report"]), period].append(file)
    bills = tuple(
        FoundBill(SOURCE, report, period, tuple(files), "", files[0].key.rpartition("/")[0])
        for (_, report, period), files in sorted(months.items())
    )
    return Finding(bills, frozenset(file.key for bill in bills for file in bill.files))


# Each activated tag is a column of its own here. The keys that remain are those of CUR 2.0: user_cost_center.
FORM = Form(
    SOURCE,
    "legacy CUR (Parquet, year=/month= folders)",
    find,
    folds=(Fold("resource_tags", "resource_tags_"), Fold("cost_category", "cost_category_")),
)
