"""The newest delivery of an AWS Data Export of a ledger's month: its names, ids and moment, in any form."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from ingestion.synthetic.accounts import COMPANY
from ingestion.synthetic.ledger import Ledger, Month
from ingestion.synthetic.manifest import Delivery, FileFormat
from ingestion.synthetic.periods import midnight
from ingestion.synthetic.words import code

BUCKET = "example-cost-exports"


def refreshed_on(ledger: Ledger, month: Month) -> date:
    """The day of the export's newest refresh of a month: after its last usage, or some days after its end."""
    newest = ledger.months[-1].period.through
    return ledger.delivered_on or min(newest + timedelta(days=1), month.period.last + timedelta(days=8))


def delivery(
    month: Month,
    *,
    prefix: str,
    export: str,
    partition: str,
    morning: date,
    hour: int,
    words: tuple[str, str],
    file_format: FileFormat,
    overwrite: bool,
) -> Delivery:
    """A delivery written at `hour` UTC of `morning`; `words` make the ids of execution and export."""
    execution, named = words
    refreshed_at = midnight(morning) + timedelta(hours=hour, milliseconds=int(code(execution, 6, "0123456789")))
    # Every payer's ids are its own; those of the first one are as old as the ledger.
    payer = "" if month.payer is COMPANY else f"/{export}"
    return Delivery(
        bucket=BUCKET,
        prefix=prefix,
        export=export,
        arn=f"arn:aws:bcm-data-exports:us-east-1:{month.payer.account.id}:export/{export}-{_uuid(named + payer)}",
        partition=partition,
        timestamp=f"{refreshed_at:%Y-%m-%dT%H:%M:%S}.{refreshed_at.microsecond // 1000:03d}Z",
        execution_id=_uuid(execution + payer),
        file_format=file_format,
        overwrite=overwrite,
    )


def _uuid(words: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, words))
