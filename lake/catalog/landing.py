"""The landing zone as Athena sees it: a function of the pointers.

A bill's table has one partition per export and month, and its location is the folder of the delivery that was accepted
last: moving it there is one call, and readers see the old delivery or the new one. Bills that are read where AWS
delivered them have a table of their own beside it, in AWS's types. What was current before stands in tables of its
own. Small tables tell what the pointers tell, a Parquet file each.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from lake import zones
from lake.catalog.tables import Partition, Table, columns_of
from lake.placed import IN_PLACE, placed_files
from lake.settings import Settings
from lake.tables import BILL_SOURCES, IN_PLACE_SOURCES
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
    # By its file's address a row that is read in place is known to be of a delivery, be it current or superseded.
    "placed_files": dict.fromkeys(("address", "delivery_id", "source_file"), _TEXT),
}


def bill_tables(settings: Settings, pointers: Sequence[Record], schemas: Mapping[str, pa.Schema]) -> list[Table]:
    """The tables of each form of bill, current and superseded; `schemas` are the landed columns of each form."""
    made = []
    for prefix, told in (("", _current), (SUPERSEDED, _previous)):
        for source in BILL_SOURCES:
            found = [(pointer, told(pointer)) for pointer in pointers if pointer["source"] == source]
            copied = _partitions((one, [f"{settings.lake}/{key}" for key in of.get("files", ())]) for one, of in found)
            made.append(_table(settings, f"{prefix}{source}", columns_of(schemas[source]), copied))
            if source in IN_PLACE_SOURCES:
                placed = _partitions((one, [file.address for file in placed_files(of)]) for one, of in found)
                columns = columns_of(aws_schema(schemas[source]))
                made.append(_table(settings, f"{prefix}{source}{IN_PLACE}", columns, placed))
    return made


def aws_schema(landed: pa.Schema) -> pa.Schema:
    """The columns of a form as AWS writes them: amounts are doubles, and nothing tells the delivery."""
    import pyarrow as pa

    kinds = [(one.name, pa.float64() if pa.types.is_decimal(one.type) else one.type) for one in landed]
    return pa.schema([(name, kind) for name, kind in kinds if name not in ("delivery_id", "source_file")])


def _table(
    settings: Settings, name: str, columns: tuple[tuple[str, str], ...], partitions: Iterator[Partition]
) -> Table:
    database, location = settings.glue_database(zones.LANDING), f"{settings.lake}/{zones.LANDING}/{name}/"
    return Table(database, name, location, columns, PARTITION_KEYS, tuple(partitions))


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


def _current(pointer: Record) -> Record:
    return pointer


def _previous(pointer: Record) -> Record:
    return pointer.get("previous") or {}


def _partitions(told: Iterable[tuple[Record, Sequence[str]]]) -> Iterator[Partition]:
    for pointer, files in told:
        folders = {address.rpartition("/")[0] for address in files}
        if folders:
            # The files of one delivery lie in one folder, and nothing else does.
            (folder,) = folders
            yield Partition((pointer["billing_period"], pointer["export_name"]), f"{folder}/")


def _told(table: str, pointers: Sequence[Record]) -> Iterator[Record]:
    for pointer in pointers:
        if table == f"{SUPERSEDED}deliveries":
            yield from _replaced(pointer)
        elif table == "placed_files":
            for told in (pointer, _previous(pointer)):
                yield from ({"delivery_id": told["delivery_id"], **asdict(one)} for one in placed_files(told))
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
