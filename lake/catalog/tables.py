"""What Glue is to hold, as facts: databases, tables over Parquet files, and partitions of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lake import zones

if TYPE_CHECKING:
    import pyarrow as pa

    from lake.settings import Settings

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


@dataclass(frozen=True)
class Database:
    """A Glue database over one zone of a lake; `location` is that zone's s3:// address."""

    name: str
    location: str


@dataclass(frozen=True)
class Partition:
    """The files of one folder, under the values of its table's partition keys."""

    values: tuple[str, ...]
    location: str


@dataclass(frozen=True)
class Table:
    """A table over Parquet files. `columns` are (name, Hive type); `keys` are partition columns, all of them text."""

    database: str
    name: str
    location: str
    columns: tuple[tuple[str, str], ...]
    keys: tuple[str, ...] = ()
    partitions: tuple[Partition, ...] = ()

    def storage(self, location: str) -> dict[str, Any]:
        """Glue's description of Parquet files at a location."""
        return {
            "Columns": [{"Name": name, "Type": kind} for name, kind in self.columns],
            "Location": location,
            "InputFormat": f"{_PARQUET}.MapredParquetInputFormat",
            "OutputFormat": f"{_PARQUET}.MapredParquetOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": f"{_PARQUET}.serde.ParquetHiveSerDe",
                "Parameters": {"serialization.format": "1"},
            },
        }

    def definition(self) -> dict[str, Any]:
        """Glue's TableInput."""
        return {
            "Name": self.name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"EXTERNAL": "TRUE", "classification": "parquet"},
            "PartitionKeys": [{"Name": name, "Type": "string"} for name in self.keys],
            "StorageDescriptor": self.storage(self.location),
        }


def database(settings: Settings, zone: str) -> Database:
    """The Glue database of a zone."""
    return Database(settings.glue_database(zone), f"{settings.lake}/{zones.GLUE_DATABASES[zone]}/")


def columns_of(schema: pa.Schema) -> tuple[tuple[str, str], ...]:
    """The columns of a Parquet file as Glue writes them; it folds names to lower case. Raises ValueError for a type
    that none of our files has.
    """
    return tuple((field.name.lower(), _hive_type(field.type)) for field in schema)


def _hive_type(kind: pa.DataType) -> str:
    import pyarrow as pa

    if pa.types.is_map(kind):
        return f"map<{_hive_type(kind.key_type)},{_hive_type(kind.item_type)}>"
    if pa.types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_timestamp(kind) and kind.tz is None:
        return "timestamp"
    plain = {"string": "string", "double": "double", "int64": "bigint", "int32": "int", "bool": "boolean"}
    known = plain | {"date32[day]": "date"}
    try:
        return known[str(kind)]
    except KeyError:
        raise ValueError(f"no column of the lake is of type {kind}") from None
