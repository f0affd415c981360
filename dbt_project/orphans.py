"""Files of tables that never came to be: Athena leaves them where a statement failed or its task was killed.

Files that a table's own metadata does not name any more are taken away by VACUUM, which every build runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from lake import zones
from lake.store import Store, StoredFile

if TYPE_CHECKING:
    from mypy_boto3_glue.client import GlueClient

# Longer than any build takes, and than a person needs to look at what failed.
_REST = timedelta(days=1)


def sweep_orphans(store: Store, glue: GlueClient, database: str, now: datetime) -> tuple[str, ...]:
    """Delete the folders below the engine's own prefix that no table of its Glue database lies in; answers their keys.

    The caller holds the lake's lock, and nothing of the engine runs. A folder with a file younger than a day stays. So
    does everything where Glue shows no table: it may be that this role is not allowed to see them.
    """
    prefix = f"{zones.ATHENA_TABLES}/{database}/"
    located = {place.removeprefix(f"{store.uri}/") for place in _locations(glue, database)}
    if not located:
        return ()
    folders: dict[str, list[StoredFile]] = {}
    for file in store.files(prefix):
        # engine/athena/tables/<database>/<table>/<id>/…
        table, _, rest = file.key.removeprefix(prefix).partition("/")
        if "/" in rest:
            folders.setdefault(f"{prefix}{table}/{rest.partition('/')[0]}", []).append(file)
    doomed = [folder for folder, files in folders.items() if _is_orphan(folder, files, located, now)]
    for folder in doomed:
        for file in folders[folder]:
            store.delete(file.key)
    return tuple(doomed)


def _is_orphan(folder: str, files: Iterable[StoredFile], located: Iterable[str], now: datetime) -> bool:
    is_table_s = any(f"{place}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{place}/") for place in located)
    return not is_table_s and max(file.written_at for file in files) < now - _REST


def _locations(glue: GlueClient, database: str) -> Iterator[str]:
    try:
        for page in glue.get_paginator("get_tables").paginate(DatabaseName=database):
            for table in page["TableList"]:
                location = table.get("StorageDescriptor", {}).get("Location", "")
                if location:
                    yield location.rstrip("/")
    except glue.exceptions.EntityNotFoundException:
        return
