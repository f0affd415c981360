"""What Glue shows of the published marts: a table each, by month where a mart has a file per month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lake import zones
from lake.catalog.tables import Partition, Table, columns_of

if TYPE_CHECKING:
    import pyarrow as pa

    from lake.settings import Settings
    from lake.tables import Mart


def mart_table(settings: Settings, mart: Mart, keys: Sequence[str], schema: pa.Schema) -> Table:
    """The table over a mart's files. What its months are called stands in their folders, as partitions have it."""
    key_columns = tuple(name.lower() for name in (mart.month_column,) if name)
    months = {zones.month_of(key): f"{settings.lake}/{key.rpartition('/')[0]}/" for key in keys}
    return Table(
        settings.glue_database(zones.MARTS),
        mart.name,
        f"{settings.lake}/{zones.MARTS}/{mart.name}/",
        tuple(column for column in columns_of(schema) if column[0] not in key_columns),
        key_columns,
        tuple(Partition((month,), location) for month, location in months.items() if month),
    )
