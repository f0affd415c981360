"""What makes bills unbelievable as a whole, though each of their rows could stand on a bill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingestion.bills import BillFolder, FoundBill, open_folder
from ingestion.dictionary import SOURCE_FILE
from ingestion.sources import form
from ingestion.totals import Totals, by_payer
from lake.errors import BadBillError

if TYPE_CHECKING:
    import duckdb


def require_one_currency(engine: duckdb.DuckDBPyConnection, bill: FoundBill, totals: Totals, landed: str) -> None:
    """Raise BadBillError when a seller changes its currency within a payer's month. `landed` is a SQL table."""
    if max(Counter(payer for payer, _ in by_payer(totals)).values()) == 1:
        return
    roles = form(bill.source).roles
    mixed = engine.execute(
        f"select {roles.payer}, coalesce({roles.seller}, ''), list_sort(list(distinct {roles.currency})), "  # noqa: S608
        f"max({SOURCE_FILE}) from {landed} group by 1, 2 having count(distinct {roles.currency}) > 1 "
        "order by 1, 2 limit 1"
    ).fetchone()
    if mixed:
        payer, seller, told, key = mixed
        raise BadBillError(
            f"The currency changes within {bill.billing_period}: payer {payer} has lines in {' and '.join(told)} of "
            f"one seller{f' ({seller})' if seller else ''}, and no rule adds them up.",
            where=f"{key}, column {roles.currency}",
            todo="Take the files as AWS wrote them. If it was AWS, report it: sellers may differ in currency.",
        )


def require_distinct(folder: BillFolder, bills: Sequence[FoundBill]) -> None:
    """Raise BadBillError when two bills are of one export and month, or tell of one execution of AWS."""
    exports: dict[tuple[str, str, str], FoundBill] = {}
    executions: dict[tuple[str, str], FoundBill] = {}
    for bill in bills:
        other = exports.setdefault((bill.source, bill.export_name, bill.billing_period), bill)
        what = f"Two bills claim to be {bill.export_name} of {bill.billing_period}."
        if other is bill and bill.execution_id:
            # An execution belongs to one export: its id under two names is a copy, counted once more.
            other = executions.setdefault((bill.execution_id, bill.billing_period), bill)
            what = f"Two exports claim one delivery of {bill.billing_period}, {bill.execution_id}."
        if other is not bill:
            raise BadBillError(
                what,
                where=f"{folder.where(other.origin)} and {folder.where(bill.origin)}",
                todo="Ingest one of them only: both together would count every charge twice.",
            )


def require_settled(folder: BillFolder, bills: Sequence[FoundBill], *, region: str | None) -> None:
    """Raise BadBillError when a file of these bills, or what names them, changed since the folder was listed."""
    now = open_folder(folder.uri, region=region).files if bills else {}
    for bill in bills:
        for key in (bill.origin, *(file.key for file in bill.files)):
            if key in folder.files and now.get(key) != folder.files[key]:
                raise BadBillError(
                    f"The export {bill.export_name} of {bill.billing_period} is still being written: "
                    "a file changed while it was read.",
                    where=folder.where(key),
                    todo="Run it again when AWS, or whoever copies the files, is done.",
                )
