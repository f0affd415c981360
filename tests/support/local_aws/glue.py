"""Glue's catalogue, in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.local_aws.errors import StatementError, fail
from tests.support.local_aws.types import Type, from_hive

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
TEXT = {
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe"},
}


@dataclass(frozen=True)
class Column:
    name: str
    type: Type


@dataclass(frozen=True)
class Table:
    """A table or view as Glue holds it."""

    database: str
    name: str
    entry: dict[str, Any]

    @property
    def parameters(self) -> dict[str, str]:
        return self.entry.get("Parameters") or {}

    @property
    def storage(self) -> dict[str, Any]:
        return self.entry.get("StorageDescriptor") or {}

    @property
    def location(self) -> str:
        return (self.storage.get("Location") or "").rstrip("/")

    @property
    def is_iceberg(self) -> bool:
        return self.parameters.get("table_type", "").upper() == "ICEBERG"

    @property
    def is_view(self) -> bool:
        return self.entry.get("TableType") == "VIRTUAL_VIEW"

    @property
    def data_columns(self) -> list[Column]:
        return [self._column(one) for one in self.storage.get("Columns") or []]

    @property
    def partition_keys(self) -> list[Column]:
        return [self._column(one) for one in self.entry.get("PartitionKeys") or []]

    @property
    def columns(self) -> list[Column]:
        return self.data_columns + self.partition_keys

    def _column(self, one: dict[str, Any]) -> Column:
        return Column(one["Name"].lower(), from_hive(one.get("Type", "string"), self.is_iceberg))

    @property
    def full_name(self) -> str:
        return f"awsdatacatalog.{self.database}.{self.name}"


class Glue:
    """moto's Glue of one account and region."""

    def __init__(self, account: str, region: str):
        self.account = account
        self.region = region

    @property
    def backend(self) -> Any:
        from moto.glue.models import glue_backends

        return glue_backends[self.account][self.region]

    def databases(self) -> list[str]:
        return sorted(self.backend.databases)

    def tables(self, database: str) -> list[Table]:
        if database not in self.backend.databases:
            raise fail("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist")
        kept = self.backend.databases[database].tables
        return [found for name in sorted(kept) if (found := self.find(database, name)) is not None]

    def find(self, database: str, name: str) -> Table | None:
        database, name = database.lower(), name.lower()
        if database not in self.backend.databases:
            return None
        kept = self.backend.databases[database].tables.get(name)
        if kept is None:
            return None
        return Table(database, name, kept.as_dict())

    def get(self, database: str, name: str, node: Any = None) -> Table:
        found = self.find(database, name)
        if found is None and database.lower() not in self.backend.databases:
            raise fail("SCHEMA_NOT_FOUND", f"Schema '{database.lower()}' does not exist", node)
        if found is None:
            raise fail(
                "TABLE_NOT_FOUND", f"Table 'awsdatacatalog.{database.lower()}.{name.lower()}' does not exist", node
            )
        return found

    def partitions(self, table: Table) -> list[dict[str, Any]]:
        kept = self.backend.databases[table.database].tables[table.name].partitions
        return [one.as_dict() for one in list(kept.values())]

    def create(self, database: str, entry: dict[str, Any]) -> None:
        if database not in self.backend.databases:
            raise fail("SCHEMA_NOT_FOUND", f"Schema '{database}' does not exist")
        self.backend.create_table(database, entry["Name"], entry)

    def update(self, table: Table, **changes: Any) -> None:
        keep = ("Name", "TableType", "Parameters", "StorageDescriptor", "PartitionKeys", "ViewOriginalText",
                "ViewExpandedText", "Description")  # fmt: skip
        entry = {key: table.entry[key] for key in keep if key in table.entry}
        self.backend.update_table(table.database, table.name, {**entry, **changes})

    def delete(self, table: Table) -> None:
        self.backend.delete_table(table.database, table.name)

    def add_partition(self, table: Table, values: list[str], location: str) -> bool:
        """Whether it was new."""
        kept = self.backend.databases[table.database].tables[table.name]
        if str(values) in kept.partitions:
            return False
        kept.create_partition({"Values": values, "StorageDescriptor": {**table.storage, "Location": location}})
        return True

    def drop_partition(self, table: Table, values: list[str]) -> bool:
        kept = self.backend.databases[table.database].tables[table.name]
        return kept.partitions.pop(str(values), None) is not None

    def create_database(self, name: str, if_not_exists: bool, location: str | None = None) -> None:
        if name in self.backend.databases:
            if if_not_exists:
                return
            raise StatementError(
                "FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. "
                f"Database {name} already exists"
            )
        entry: dict[str, Any] = {"Name": name}
        if location:
            entry["LocationUri"] = location
        self.backend.create_database(name, entry)
