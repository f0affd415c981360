"""The catalogue of one lake, made equal to it. The doors through which rooms come here."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

from lake import aws, turns, zones
from lake.acts import ACTS, COLUMNS, acts_file
from lake.catalog import glue
from lake.catalog.collected import collected_tables, collections_table
from lake.catalog.landing import bill_tables, told_tables
from lake.catalog.marts import mart_table
from lake.catalog.tables import Table, database
from lake.collected.days import days
from lake.errors import LakeError
from lake.marts import mart_keys
from lake.placed import require_placed
from lake.settings import Profile
from lake.tables import BILL_SOURCES, COLLECTED_SOURCES, MARTS, Mart
from lake.turns import Record
from lake.workspace import Workspace


def settle_landing(ws: Workspace) -> tuple[Record, ...]:
    """Make Glue show the deliveries that the pointers name, and return the pointers. Does nothing without Athena.

    Raises LakeError when a folder of a delivery holds a file that the delivery does not: Athena would count it; and
    when a file is gone that is read in place.
    """
    pointers = tuple(turns.pointers(ws.store))
    if ws.settings.profile is not Profile.AWS or not pointers:
        return pointers
    pointers = require_placed(pointers, ws.settings.region)
    import pyarrow.parquet as pq

    _require_no_strays(ws, pointers)
    schemas = {
        source: pq.read_schema(io.BytesIO(ws.store.read(zones.landed_schema(source)) or b"")) for source in BILL_SOURCES
    }
    client = aws.client("glue", ws.settings.region)
    glue.settle_database(client, database(ws.settings, zones.LANDING))
    # What tells of the deliveries first: a delivery that no table tells of counts for nothing, whatever its files hold.
    known = [day for source in COLLECTED_SOURCES for day in days(ws.store, source)]
    for table, key, content in (
        *told_tables(ws.settings, pointers),
        collections_table(ws.settings, known),
        acts_table(ws),
    ):
        if ws.store.read(key) != content:
            ws.store.write(key, content)
        glue.settle(client, table)
    for table in (*bill_tables(ws.settings, pointers, schemas), *collected_tables(ws.settings, known)):
        glue.settle(client, table)
    return pointers


def acts_table(ws: Workspace) -> tuple[Table, str, bytes]:
    """The ledger of actions as a table, with the key and the content of its one file."""
    key = zones.athena_landing(ACTS)
    folder = f"{ws.settings.lake}/{key.rpartition('/')[0]}/"
    columns = tuple((name, "string") for name in COLUMNS)
    return Table(ws.settings.glue_database(zones.LANDING), ACTS, folder, columns), key, acts_file(ws.store)


def settle_marts(ws: Workspace) -> None:
    """Make Glue show the published marts, so that they can be asked by SQL.

    Raises LakeError when a mart's folder holds a file that is no part of the mart: Athena would count it.
    """
    client = aws.client("glue", ws.settings.region)
    glue.settle_database(client, database(ws.settings, zones.MARTS))
    for mart in MARTS:
        keys = mart_keys(ws.store, mart.name)
        strays = [one.key for one in ws.store.files(f"{zones.MARTS}/{mart.name}/") if one.key not in keys]
        if strays:
            raise _stray(ws, f"The folder of the mart {mart.name} holds a file that is no part of it.", strays[0])
        if keys:
            glue.settle(client, _table_of(ws, mart, keys))


def settle_months(ws: Workspace, name: str, months: Sequence[str]) -> tuple[str, str]:
    """Make Glue show some months of a mart alone, in a table among the build's own; its (database, name).

    Who asks that table reads nothing of other months, whatever is asked.
    """
    (mart,) = (one for one in MARTS if one.name == name)
    keys = [zones.published_month(name, month) for month in months]
    client = aws.client("glue", ws.settings.region)
    glue.settle_database(client, database(ws.settings, zones.BUILD))
    table = replace(_table_of(ws, mart, keys), database=ws.settings.glue_database(zones.BUILD), name=f"{name}_asked")
    glue.settle(client, table)
    return table.database, table.name


def _table_of(ws: Workspace, mart: Mart, keys: Sequence[str]) -> Table:
    import pyarrow.parquet as pq

    return mart_table(ws.settings, mart, keys, pq.read_schema(ws.store.local_copy(keys[-1])))


def _require_no_strays(ws: Workspace, pointers: Sequence[Record]) -> None:
    named = {key for one in pointers for key in (*one["files"], *((one.get("previous") or {}).get("files", ())))}
    folders = {key.rpartition("/")[0] for key in named}
    for source in BILL_SOURCES:
        for file in ws.store.files(f"{zones.LANDING}/{source}/"):
            if file.key.rpartition("/")[0] in folders and file.key not in named:
                raise _stray(ws, "A delivery's folder holds a file that the delivery did not bring.", file.key)


def _stray(ws: Workspace, what: str, key: str) -> LakeError:
    return LakeError(what, where=ws.store.location(key), todo="Delete this file, then run it again.")
