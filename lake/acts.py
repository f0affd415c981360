"""The ledger of actions as rows: what was done to which resource, when, and what it was to save.

The ledger is a file per act. The models read it as one table, `landing.acts`: DuckDB from the files themselves, Athena
from a Parquet file that is made of them.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from lake import zones
from lake.store import Store

ACTS = "acts"
# What the models read of an entry; all of it text, exact, and null where an older entry lacks it.
COLUMNS = (
    "action",
    "key",
    "run_id",
    "plan_key",
    "rule_id",
    "acted_at",
    "verb",
    "kind",
    "resource_id",
    "account",
    "region",
    "reason",
    "monthly_cost",
    "monthly_savings_cost",
    "currency",
    "created_resource_id",
)


def acts(store: Store) -> list[dict[str, str | None]]:
    """Every act on record, by its key. An entry that cannot be read is left out: its act has no numbers to tell."""
    found = []
    for file in sorted(store.files(f"{zones.LEDGER}/"), key=lambda one: one.key):
        try:
            entry = json.loads(store.read(file.key) or b"")
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(_row(entry))
    return found


def acts_file(store: Store) -> bytes:
    """The acts as one Parquet file. The same ledger gives the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    content = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(acts(store), schema=schema), content, compression="zstd")
    return content.getvalue()


def _row(entry: Mapping[str, Any]) -> dict[str, str | None]:
    told = {name: None if entry.get(name) is None else str(entry[name]) for name in COLUMNS}
    after = entry.get("after")
    # What an act left behind costs money, too: the snapshot of a volume that was deleted.
    made = after.get("snapshot_id") if isinstance(after, dict) else None
    return told | {"created_resource_id": str(made) if made else None}
