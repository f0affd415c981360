"""The part of Athena's API that tells what is there: databases, tables, work groups, prepared statements."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.support.local_aws.glue import Glue, Table

Answer = str | tuple[str, dict[str, int]]


def problem(kind: str, message: str, **more: str) -> Answer:
    return json.dumps({"__type": kind, "Message": message, "message": message, **more}), {"status": 400}


def _page(response: Any, items: list[Any], name: str) -> Answer:
    at, size = int(response._get_param("NextToken") or 0), int(response._get_param("MaxResults") or 50)
    answer: dict[str, Any] = {name: items[at : at + size]}
    if at + size < len(items):
        answer["NextToken"] = str(at + size)
    return json.dumps(answer)


class Metadata:
    """One method for each action; each gets moto's response object, which knows what was asked."""

    def __init__(self, glue: Glue):
        self.glue = glue

    def get_table_metadata(self, response: Any) -> Answer:
        table = self.glue.find(response._get_param("DatabaseName"), response._get_param("TableName"))
        if table is None:
            return problem("MetadataException", "EntityNotFoundException: Entity Not Found")
        return json.dumps({"TableMetadata": told(table)})

    def list_table_metadata(self, response: Any) -> Answer:
        database = response._get_param("DatabaseName").lower()
        if database not in self.glue.databases():
            return problem("MetadataException", f"EntityNotFoundException: Database {database} not found.")
        pattern = response._get_param("Expression")
        tables = [one for one in self.glue.tables(database) if not pattern or re.search(pattern, one.name)]
        return _page(response, [told(one) for one in tables], "TableMetadataList")

    def list_databases(self, response: Any) -> Answer:
        return _page(response, [{"Name": name} for name in self.glue.databases()], "DatabaseList")

    def get_database(self, response: Any) -> Answer:
        name = response._get_param("DatabaseName").lower()
        if name not in self.glue.databases():
            return problem("MetadataException", f"EntityNotFoundException: Database {name} not found.")
        return json.dumps({"Database": {"Name": name}})

    def get_data_catalog(self, response: Any) -> Answer:
        name = response._get_param("Name")
        if name.lower() != "awsdatacatalog":
            return problem("InvalidRequestException", f"DataCatalog {name} was not found")
        return json.dumps({"DataCatalog": {"Name": "AwsDataCatalog", "Type": "GLUE", "Parameters": {}}})

    def list_data_catalogs(self, response: Any) -> Answer:
        return json.dumps({"DataCatalogsSummary": [{"CatalogName": "AwsDataCatalog", "Type": "GLUE"}]})

    def get_work_group(self, response: Any) -> Answer:
        name = response._get_param("WorkGroup")
        found = response.athena_backend.get_work_group(name)
        if found is None:
            return problem("InvalidRequestException", f"WorkGroup {name} is not found.")
        return json.dumps({"WorkGroup": found})

    def update_work_group(self, response: Any) -> Answer:
        found = response.athena_backend.work_groups.get(response._get_param("WorkGroup"))
        if found is None:
            return problem("InvalidRequestException", "WorkGroup is not found.")
        changes = response._get_param("ConfigurationUpdates") or {}
        result = changes.pop("ResultConfigurationUpdates", None)
        if changes.pop("RemoveBytesScannedCutoffPerQuery", False):
            found.configuration.pop("BytesScannedCutoffPerQuery", None)
        found.configuration.update(changes)
        if result is not None:
            found.configuration.setdefault("ResultConfiguration", {}).update(result)
        return json.dumps({})

    # Prepared statements

    def _prepared(self, response: Any) -> tuple[str, str, Any]:
        name, group = response._get_param("StatementName"), response._get_param("WorkGroup") or "primary"
        kept = response.athena_backend.prepared_statements.get(name)
        return name, group, kept if kept is not None and kept.workgroup == group else None

    def get_prepared_statement(self, response: Any) -> Answer:
        name, group, kept = self._prepared(response)
        if kept is None:
            return problem("ResourceNotFoundException", f"PreparedStatement {name} was not found in workGroup {group}")
        statement = {"StatementName": name, "QueryStatement": kept.query_statement, "WorkGroupName": group}
        return json.dumps({"PreparedStatement": {**statement, "Description": kept.description or ""}})

    def update_prepared_statement(self, response: Any) -> Answer:
        name, group, kept = self._prepared(response)
        if kept is None:
            return problem("ResourceNotFoundException", f"PreparedStatement {name} was not found in workGroup {group}")
        kept.query_statement = response._get_param("QueryStatement")
        return json.dumps({})

    def delete_prepared_statement(self, response: Any) -> Answer:
        name, group, kept = self._prepared(response)
        if kept is None:
            return problem("ResourceNotFoundException", f"PreparedStatement {name} was not found in workGroup {group}")
        del response.athena_backend.prepared_statements[name]
        return json.dumps({})

    def list_prepared_statements(self, response: Any) -> Answer:
        group = response._get_param("WorkGroup") or "primary"
        kept = response.athena_backend.prepared_statements.values()
        names = [{"StatementName": one.statement_name} for one in kept if one.workgroup == group]
        return _page(response, names, "PreparedStatements")


def told(table: Table) -> dict[str, Any]:
    """TableMetadata."""
    parameters = {**table.parameters, "location": table.location}
    serde = (table.storage.get("SerdeInfo") or {}).get("SerializationLibrary")
    if serde:
        parameters["serde.serialization.lib"] = serde
    columns = [{"Name": one["Name"], "Type": one["Type"]} for one in table.storage.get("Columns") or []]
    keys = [{"Name": one["Name"], "Type": one["Type"]} for one in table.entry.get("PartitionKeys") or []]
    return {
        "Name": table.name, "TableType": table.entry.get("TableType", "EXTERNAL_TABLE"), "Columns": columns,
        "PartitionKeys": keys, "Parameters": parameters,
    }  # fmt: skip
