"""What a failed statement left in the engine's folder goes; what is a table's, or young, or not ours, stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dbt_project.orphans import sweep_orphans
from lake.store import Store, open_store

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
TABLES = "engine/athena/tables/finops_build"


class NotFoundError(Exception):
    """The database is not there."""


class Glue:
    """The database `finops_build`, by where its tables lie; a view lies nowhere. Without any there is no database."""

    class exceptions:  # noqa: N801
        EntityNotFoundException = NotFoundError

    def __init__(self, *locations: str):
        self.locations = locations

    def get_paginator(self, name: str) -> Glue:
        assert name == "get_tables"
        return self

    def paginate(self, DatabaseName: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert DatabaseName == "finops_build"
        if not self.locations:
            raise NotFoundError
        for location in self.locations:
            yield {"TableList": [{"Name": "t", "StorageDescriptor": {"Location": location} if location else {}}]}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "lake"))


def put(store: Store, key: str, hours_ago: float) -> None:
    store.write(key, b"rows")
    moment = (NOW - timedelta(hours=hours_ago)).timestamp()
    os.utime(Path(store.uri) / key, (moment, moment))


def keys(store: Store) -> set[str]:
    return {file.key for file in store.files()}


def sweep(store: Store, *tables: str) -> tuple[str, ...]:
    glue: Any = Glue(*(f"{store.uri}/{one}" if one else "" for one in tables))
    return sweep_orphans(store, glue, "finops_build", NOW)


def test_a_folder_that_no_table_lies_in_goes_and_all_others_stay(store: Store):
    kept = {
        f"{TABLES}/int_charges/live/data/1.parquet",
        f"{TABLES}/int_charges/live/metadata/1.metadata.json",
        # Renamed: Glue tells where it lies, its name does not.
        f"{TABLES}/daily_costs__ha/live/data/1.parquet",
        # Another lake's database, and everything that is not the engine's tables.
        "engine/athena/tables/other_build/int_charges/dead/data/1.parquet",
        "engine/athena/periods.json",
        "marts/daily_costs/daily_costs.parquet",
        # Not in a folder of a table's own.
        f"{TABLES}/stray.parquet",
        f"{TABLES}/int_charges/stray.parquet",
    }
    for key in kept:
        put(store, key, 900)
    put(store, f"{TABLES}/int_charges/dead/data/1.parquet", 25)
    put(store, f"{TABLES}/int_charges/dead/metadata/1.avro", 26)
    put(store, f"{TABLES}/int_charges/live2/data/1.parquet", 25)
    swept = sweep(store, "", f"{TABLES}/int_charges/live/", f"{TABLES}/daily_costs__ha/live")
    assert set(swept) == {f"{TABLES}/int_charges/dead", f"{TABLES}/int_charges/live2"}
    assert keys(store) == kept


def test_a_folder_with_a_young_file_stays_whole(store: Store):
    put(store, f"{TABLES}/int_charges/dead/data/1.parquet", 100)
    put(store, f"{TABLES}/int_charges/dead/data/2.parquet", 23)
    before = keys(store)
    assert sweep(store, f"{TABLES}/int_charges/live") == ()
    assert keys(store) == before


@pytest.mark.parametrize("tables", [(), ("",)])
def test_where_glue_shows_no_table_nothing_is_taken_for_an_orphan(store: Store, tables: tuple[str, ...]):
    put(store, f"{TABLES}/int_charges/live/data/1.parquet", 900)
    assert sweep(store, *tables) == ()
    assert keys(store) == {f"{TABLES}/int_charges/live/data/1.parquet"}


def test_a_table_that_lies_above_or_below_keeps_its_files(store: Store):
    put(store, f"{TABLES}/above/one/data/1.parquet", 900)
    put(store, f"{TABLES}/below/one/deep/data/1.parquet", 900)
    assert sweep(store, f"{TABLES}/above", f"{TABLES}/below/one/deep") == ()
