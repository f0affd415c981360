"""What a console gave as a file lands as an answer of its source, beside those of AWS's APIs."""

from __future__ import annotations

from pathlib import Path

from ingestion.collecting.landing import land, sweep
from ingestion.collecting.model import GLOBAL
from ingestion.collecting.rows import table_of
from ingestion.sources.recommendations import console_csv
from lake.collected.days import OK, Answer
from lake.collected.dictionary import write_schemas
from lake.workspace import Workspace


def land_rightsizing(ws: Workspace, path: Path) -> Answer:
    """Land Cost Explorer's csv as what AWS recommends today; the caller holds the lake's lock.

    The whole file or nothing. Raises SettingsError for a line that cannot be, LakeError where nothing can be written.
    """
    at = ws.now.replace(microsecond=0)
    asked = (console_csv.PART, console_csv.ASKED, GLOBAL)
    trace = dict(zip(("part", "asked_account_id", "asked_region_id"), asked, strict=True)) | {"collected_at": at}
    rows = table_of("recommendations", ({**row, **trace} for row in console_csv.read(path)))
    answer = Answer(*asked, OK, "", rows.num_rows, f"{at:%Y-%m-%dT%H:%M:%SZ}")
    write_schemas(ws.store)
    land(ws, "recommendations", [(answer, rows)])
    sweep(ws, "recommendations")
    return answer
