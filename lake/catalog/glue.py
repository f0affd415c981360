"""Makes Glue hold what it is to hold: what is right is left alone, so that making it so twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

from lake.catalog.tables import Database, Partition, Table
from lake.errors import LakeError

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

# What Glue takes in one call.
_BATCH, _DELETE_BATCH = 100, 25


def settle_database(glue: GlueClient, wanted: Database) -> None:
    """Make sure that the database is there. Raises LakeError when it belongs to another lake."""
    try:
        found = glue.get_database(Name=wanted.name)["Database"]
    except glue.exceptions.EntityNotFoundException:
        glue.create_database(DatabaseInput={"Name": wanted.name, "LocationUri": wanted.location})
        return
    place = found.get("LocationUri", "")
    if place and place.rstrip("/") != wanted.location.rstrip("/"):
        raise LakeError(
            f"The Glue database {wanted.name} belongs to another lake.",
            where=f"{place}, not {wanted.location}",
            todo="Give this lake names of its own with FINOPS_GLUE_PREFIX.",
        )


def settle(glue: GlueClient, wanted: Table) -> None:
    """Make one table and its partitions what they are to be; new files become visible before old ones go."""
    definition = wanted.definition()
    there: Any = None
    with suppress(glue.exceptions.EntityNotFoundException):
        there = glue.get_table(DatabaseName=wanted.database, Name=wanted.name)["Table"]
    if there and not _holds(there.get("PartitionKeys", []), definition["PartitionKeys"]):
        # What a table is partitioned by cannot be changed.
        glue.delete_table(DatabaseName=wanted.database, Name=wanted.name)
        there = None
    if there is None:
        glue.create_table(DatabaseName=wanted.database, TableInput=definition)  # type: ignore[arg-type]
    elif not _holds(there, definition):
        glue.update_table(DatabaseName=wanted.database, TableInput=definition)  # type: ignore[arg-type]
    if wanted.keys:
        _settle_partitions(glue, wanted)


def _settle_partitions(glue: GlueClient, wanted: Table) -> None:
    names: Any = {"DatabaseName": wanted.database, "TableName": wanted.name}
    pages = glue.get_paginator("get_partitions").paginate(**names)
    found: dict[tuple[str, ...], Any] = {tuple(one["Values"]): one for page in pages for one in page["Partitions"]}
    inputs = {one.values: _input(wanted, one) for one in wanted.partitions}
    new = [one for values, one in inputs.items() if values not in found]
    moved = [one for values, one in inputs.items() if values in found and not _holds(found[values], one)]
    gone = [values for values in found if values not in inputs]
    changed = [{"PartitionValueList": one["Values"], "PartitionInput": one} for one in moved]
    _in_batches(new, _BATCH, lambda some: glue.batch_create_partition(**names, PartitionInputList=some))
    _in_batches(changed, _BATCH, lambda some: glue.batch_update_partition(**names, Entries=some))
    doomed = [{"Values": list(values)} for values in gone]
    _in_batches(doomed, _DELETE_BATCH, lambda some: glue.batch_delete_partition(**names, PartitionsToDelete=some))


def _input(table: Table, partition: Partition) -> dict[str, Any]:
    return {"Values": list(partition.values), "StorageDescriptor": table.storage(partition.location)}


def _in_batches(items: Iterable[Any], size: int, call: Callable[[Sequence[Any]], Any]) -> None:
    waiting = iter(items)
    while some := list(islice(waiting, size)):
        errors = call(some).get("Errors")
        if errors:
            detail = errors[0].get("ErrorDetail", {})
            raise LakeError(
                f"Glue refused: {detail.get('ErrorCode', '')} {detail.get('ErrorMessage', '')}.".replace(" .", "."),
                where=f"{len(errors)} partitions, the first is {errors[0].get('PartitionValues')}",
                todo="Check the rights on Glue partitions, then run it again.",
            )


def _holds(found: Any, wanted: Any) -> bool:
    """Whether what Glue answers says all that is wanted; it says more."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(found.get(name), value) for name, value in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(_holds(*pair) for pair in zip(found, wanted, strict=True))
        )
    return bool(found == wanted)
