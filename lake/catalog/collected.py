"""What was collected from accounts as Athena sees it: a function of the pointers of its days.

A source's table has one partition per day, and its location is the folder of the collection that counts. A small table
tells how every question was answered.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import asdict

from lake import zones
from lake.catalog.tables import Partition, Table, columns_of
from lake.collected.days import Day
from lake.collected.dictionary import arrow_schema
from lake.settings import Settings
from lake.tables import COLLECTED_SOURCES

COLLECTIONS = "collections"
PARTITION_KEYS = ("collected_on",)


def collected_tables(settings: Settings, known: Sequence[Day]) -> list[Table]:
    """The table of each source; a day on which nothing was found has no partition."""
    database = settings.glue_database(zones.LANDING)
    made = []
    for source in COLLECTED_SOURCES:
        # The files of one collection lie in one folder, and nothing else does.
        partitions = tuple(
            Partition((day.collected_on,), f"{settings.lake}/{day.files[0].rpartition('/')[0]}/")
            for day in known
            if day.source == source and day.files
        )
        location = f"{settings.lake}/{zones.LANDING}/{source}/"
        made.append(Table(database, source, location, columns_of(arrow_schema(source)), PARTITION_KEYS, partitions))
    return made


def collections_table(settings: Settings, known: Sequence[Day]) -> tuple[Table, str, bytes]:
    """The table of answers, with the key and the content of its one file. The same days give the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = ("source", "collected_on", "part", "account_id", "region_id", "status", "reason", "collected_at", "through")
    fields = pa.schema([(name, pa.string()) for name in names]).append(pa.field("row_count", pa.int64()))
    rows = [
        {"source": day.source, "collected_on": day.collected_on, **asdict(answer)}
        for day in known
        for answer in day.answers
    ]
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=fields), content, compression="zstd")
    key = zones.athena_landing(COLLECTIONS)
    folder = f"{settings.lake}/{key.rpartition('/')[0]}/"
    table = Table(settings.glue_database(zones.LANDING), COLLECTIONS, folder, columns_of(fields))
    return table, key, content.getvalue()
