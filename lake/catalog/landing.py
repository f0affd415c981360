"""The landing zone as Athena sees it: a function of the pointers.

A bill's table has one partition per export and month, and its location is the folder of the delivery that was accepted
last: moving it there is one call, and readers see the old delivery or the new one. What was current before stands in
tables of its own. Small tables tell what the pointers tell, a Parquet file each.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from lake import zones
from lake.catalog.tables import Partition, Table, columns_of
from lake.settings import Settings
from lake.tables import BILL_SOURCES
from lake.turns import Record

if TYPE_CHECKING:
    import pyarrow as pa

PARTITION_KEYS = ("billing_period", "export_name")
SUPERSEDED = "superseded_"

_TEXT, _COUNT = "string", "int64"
_DELIVERY = dict.fromkeys(("delivery_id", "source", "export_name", "billing_period", "accepted_at"), _TEXT)
_MONTH = dict.fromkeys(("delivery_id", "billing_period"), _TEXT)
# The columns that the pointers tell, as dbt's sources describe them.
TOLD: Mapping[str, Mapping[str, str]] = {
    "deliveries": _DELIVERY
    | {"billing_account_id": _TEXT, "billing_currency": _TEXT, "row_count": _COUNT, "unblended_cost": _TEXT}
    | {"billed_cost": _TEXT, "invoiced_count": _COUNT},
    "invoices": _MONTH
    | {"billing_account_id": _TEXT, "billing_currency": _TEXT, "invoice_id": _TEXT, "row_count": _COUNT}
    | {"billed_cost": _TEXT},
    "delivery_accounts": _MONTH
    | {"billing_account_id": _TEXT, "sub_account_id": _TEXT, "usage_from": _TEXT, "usage_through": _TEXT},
    f"{SUPERSEDED}deliveries": dict.fromkeys(("source", "export_name", "billing_period"), _TEXT)
    | dict.fromkeys(("previous_delivery_id", "previous_accepted_at"), _TEXT)
    | dict.fromkeys(("current_delivery_id", "current_accepted_at"), _TEXT),
}


def bill_tables(settings: Settings, pointers: Sequence[Record], schemas: Mapping[str, pa.Schema]) -> list[Table]:
    """The tables of each form of bill, current and superseded; `schemas` are the landed columns of each form."""
    return [
        Table(
            settings.glue_database(zones.LANDING),
            f"{prefix}{source}",
            f"{settings.lake}/{zones.LANDING}/{source}/",
            columns_of(schemas[source]),
            PARTITION_KEYS,
            tuple(_partitions(settings.lake, [one for one in pointers if one["source"] == source], named)),
        )
        for prefix, named in (("", _current), (SUPERSEDED, _previous))
        for source in BILL_SOURCES
    ]


def told_tables(settings: Settings, pointers: Sequence[Record]) -> list[tuple[Table, str, bytes]]:
    """The small tables, each with the key and the content of its one file. The same pointers give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = []
    for name, columns in TOLD.items():
        fields = pa.schema([(column, pa.string() if kind == _TEXT else pa.int64()) for column, kind in columns.items()])
        rows = [{column: row.get(column) for column in columns} for row in _told(name, pointers)]
        content = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows, schema=fields), content, compression="zstd")
        key = zones.athena_landing(name)
        folder = f"{settings.lake}/{key.rpartition('/')[0]}/"
        table = Table(settings.glue_database(zones.LANDING), name, folder, columns_of(fields))
        made.append((table, key, content.getvalue()))
    return made


def _current(pointer: Record) -> Sequence[str]:
    return tuple(pointer["files"])


def _previous(pointer: Record) -> Sequence[str]:
    return tuple((pointer.get("previous") or {}).get("files", ()))


def _partitions(lake: str, pointers: Sequence[Record], named: Callable[[Record], Sequence[str]]) -> Iterator[Partition]:
    for pointer in pointers:
        folders = {key.rpartition("/")[0] for key in named(pointer)}
        if folders:
            # The files of one delivery lie in one folder, and nothing else does.
            (folder,) = folders
            yield Partition((pointer["billing_period"], pointer["export_name"]), f"{lake}/{folder}/")


def _told(table: str, pointers: Sequence[Record]) -> Iterator[Record]:
    for pointer in pointers:
        if table == f"{SUPERSEDED}deliveries":
            yield from _replaced(pointer)
        else:
            per = {"deliveries": "payers", "invoices": "invoices", "delivery_accounts": "accounts"}[table]
            yield from (pointer | one for one in pointer.get(per) or ())


def _replaced(pointer: Record) -> Iterator[Record]:
    before = pointer.get("previous")
    if before:
        turns = pointer.get("turns") or ()
        yield pointer | {
            "previous_delivery_id": before["delivery_id"],
            "previous_accepted_at": before["accepted_at"],
            "current_delivery_id": pointer["delivery_id"],
            "current_accepted_at": turns[-1]["since"] if turns else pointer["accepted_at"],
        }
