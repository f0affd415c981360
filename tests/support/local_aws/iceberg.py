"""Iceberg tables, in our own small form: one JSON file lists the data files, and Glue names the JSON file."""

from __future__ import annotations

import json
import threading
import uuid
from typing import Any

from tests.support.local_aws.errors import StatementError
from tests.support.local_aws.glue import Glue, Table
from tests.support.local_aws.objects import Objects

_COMMIT = threading.Lock()


def load(objects: Objects, table: Table) -> dict[str, Any]:
    """The table's snapshot: `files` and `partitioning`."""
    at = table.parameters.get("metadata_location")
    if not at:
        return {"files": [], "partitioning": []}
    try:
        return objects.read_json(at)
    except KeyError as error:
        reason = f"ICEBERG_MISSING_METADATA: Metadata not found in metadata location for table {table.full_name}"
        raise StatementError(reason) from error


def write(objects: Objects, location: str, snapshot: dict[str, Any]) -> str:
    """A new snapshot's place. Nobody sees it before Glue names it."""
    at = f"{location.rstrip('/')}/metadata/{uuid.uuid4()}.metadata.json"
    objects.put(at, json.dumps(snapshot).encode())
    return at


def commit(objects: Objects, glue: Glue, table: Table, snapshot: dict[str, Any], **changes: Any) -> None:
    """Swap the snapshot in one step. Fails when another statement changed the table meanwhile."""
    at = write(objects, table.location, snapshot)
    with _COMMIT:
        now = glue.get(table.database, table.name)
        if now.parameters.get("metadata_location") != table.parameters.get("metadata_location"):
            raise StatementError(f"ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update to table: {table.full_name}")
        glue.update(now, Parameters=metadata_parameters(now.parameters, at), **changes)


def metadata_parameters(parameters: dict[str, str], at: str) -> dict[str, str]:
    before = parameters.get("metadata_location")
    told = {**parameters, "table_type": "ICEBERG", "metadata_location": at}
    return {**told, "previous_metadata_location": before} if before else told


def columns(told: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Glue's columns of an Iceberg table, with the parameters by which awswrangler knows the current ones."""
    return [
        {
            "Name": one["Name"],
            "Type": one["Type"],
            "Parameters": {
                "iceberg.field.current": "true",
                "iceberg.field.id": str(at + 1),
                "iceberg.field.optional": "true",
            },
        }
        for at, one in enumerate(told)
    ]
