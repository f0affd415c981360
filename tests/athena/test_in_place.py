"""Exports that are read where AWS delivered them: checked as any other, never copied, refused when they are gone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dbt_project import past
from dbt_project.landing import local_lake
from ingestion.dropping import drop, droppable, restorable, restore
from ingestion.history import history
from ingestion.prune import prunable, remove
from lake import zones
from lake.catalog.settle import settle_landing
from lake.errors import BadBillError, LakeError
from lake.store import open_store
from tests.athena.conftest import Lake
from tests.ingestion.bills import cur2_csv, cur2_parquet, legacy_csv, legacy_line, line, slashed

pytestmark = pytest.mark.xdist_group("athena")

PLACED = "select count(*), sum(cast(line_item_unblended_cost as decimal(38, 10))) from cur2_in_place"
COPIED = "select count(*), sum(line_item_unblended_cost) from cur2"
NONE = [["0", None]]
PRUNED_AT = datetime(2026, 8, 1, tzinfo=UTC)


def export(folder: Path, *costs: str, version: str = "e1", **columns: str) -> Path:
    """April as a Parquet export that keeps its versions, a file per cost."""
    cur2_parquet(folder, *[[line(line_item_unblended_cost=cost, **columns)] for cost in costs], version=version)
    return folder


def copies(lake: Lake) -> list[str]:
    """The Parquet files of rows that lie in the lake."""
    found = lake.aws.client("s3").list_objects_v2(Bucket="company", Prefix=f"{lake.prefix}/landing/cur2")
    return [one["Key"] for one in found.get("Contents", ()) if not one["Key"].endswith("schema.parquet")]


def test_an_export_that_keeps_its_versions_is_checked_and_not_copied(lake: Lake, tmp_path: Path):
    report = lake.ingest(lake.put(export(tmp_path, "1.25", "2"), lake.prefix))
    (one,) = report.deliveries
    assert (one.kept, one.why_copied, report.row_count) == ("in place", "", 2)
    assert report.unblended_cost == Decimal("3.25")
    assert copies(lake) == []
    assert (lake.ask(PLACED), lake.ask(COPIED)) == ([["2", "3.2500000000"]], NONE)
    name = 'select distinct f.source_file from cur2_in_place r join placed_files f on r."$path" = f.address order by 1'
    folder = "daily/data/BILLING_PERIOD=2026-04/2026-04-16T15:24:15.653Z-e1"
    assert lake.ask(name) == [[f"{folder}/daily-0000{number}.snappy.parquet"] for number in (1, 2)]
    # The same again is known by its content.
    assert not lake.ingest(f"s3://billing/{lake.prefix}").deliveries[0].is_new


def test_a_newer_delivery_moves_the_partition_and_the_older_one_is_superseded_in_place(lake: Lake, tmp_path: Path):
    lake.ingest(lake.put(export(tmp_path / "1", "1.25", "2"), lake.prefix))
    bills = lake.put(export(tmp_path / "2", "7", version="e2"), lake.prefix)
    lake.later(hour=7).ingest(bills)
    assert lake.ask(PLACED) == [["1", "7.0000000000"]]
    assert lake.ask(PLACED.replace("cur2", "superseded_cur2")) == [["2", "3.2500000000"]]
    # Pruning takes the record of what was superseded, never a file of AWS's.
    lake.later(hour=8).ingest(lake.put(export(tmp_path / "3", "9", version="e3"), lake.prefix))
    doomed = prunable(history(lake.ws.store), keep=1, older_than_days=1, now=PRUNED_AT)
    remove(lake.ws.store, doomed)
    assert len(doomed) == 1
    listed = lake.aws.client("s3").list_objects_v2(Bucket="billing", Prefix=f"{lake.prefix}/daily/data/")
    assert listed["KeyCount"] == 4


def test_a_bill_that_was_read_in_place_can_be_copied_after_all_and_stays_so(lake: Lake, tmp_path: Path):
    bills = lake.put(export(tmp_path, "1.25", "2"), lake.prefix)
    first = lake.ingest(bills).deliveries[0]
    then = lake.later(hour=7).ingest(bills, copy=True).deliveries[0]
    assert (then.is_new, then.kept, then.delivery.delivery_id) == (True, "copied", first.delivery.delivery_id)
    assert (lake.ask(PLACED), lake.ask(COPIED)) == (NONE, [["2", "3.2500000000"]])
    (known,) = history(lake.ws.store)
    assert (known.delivery.files, known.delivery.in_place) == (then.delivery.files, "")
    assert known.delivery.accepted_at == first.delivery.accepted_at
    again = lake.later(hour=8).ingest(bills).deliveries[0]
    assert (again.is_new, again.kept) == (False, "copied")


def _overwritten(folder: Path) -> None:
    cur2_parquet(folder, [line()])


def _of_csv(folder: Path) -> None:
    cur2_csv(folder, [line()], version="e1")


def _legacy(folder: Path) -> None:
    legacy_csv(folder, [slashed(legacy_line())], version="e1")


def _with_a_stranger(folder: Path) -> None:
    inner = cur2_parquet(folder, [line()], version="e1")
    (inner / "copy.snappy.parquet").write_bytes((inner / "daily-00001.snappy.parquet").read_bytes())


def _of_another_type(folder: Path) -> None:
    inner = cur2_parquet(folder, [line()], version="e1")
    (path,) = inner.iterdir()
    table = pq.read_table(path)
    at = table.schema.get_field_index("line_item_usage_amount")
    pq.write_table(table.set_column(at, "line_item_usage_amount", table.column(at).cast(pa.string())), path)


def _next_to_a_half(folder: Path) -> None:
    # By its text it is a half of the tenth decimal, as a double a hair less.
    cur2_parquet(folder, [line(line_item_unblended_cost="49.64936559925")], version="e1")


@pytest.mark.parametrize(
    ("write", "why"),
    [
        (_overwritten, "overwrites its files"),
        (_of_csv, "csv"),
        (_legacy, "only exports of Data Exports"),
        (_with_a_stranger, "copy.snappy.parquet"),
        (_of_another_type, "line_item_usage_amount is of type string"),
        (_next_to_a_half, "line_item_unblended_cost has amounts finer"),
    ],
)
def test_what_cannot_be_read_in_place_is_copied_and_says_why(
    make_lake: Callable[[str], Lake], tmp_path: Path, write: Callable[[Path], Any], why: str
):
    lake = make_lake(f"why{write.__name__}")
    write(tmp_path / "bills")
    (one,) = lake.ingest(lake.put(tmp_path / "bills", lake.prefix)).deliveries
    assert one.kept == "copied"
    assert why in one.why_copied


def test_a_bad_bill_is_refused_in_place_as_it_is_when_it_is_copied(lake: Lake, tmp_path: Path):
    bills = lake.put(export(tmp_path, "1.25", line_item_usage_account_id="8.36E+11"), lake.prefix)
    with pytest.raises(BadBillError, match="account id is damaged"):
        lake.ingest(bills)
    assert history_of(lake) == []


def test_a_file_with_a_damaged_column_is_refused_whatever_the_column(lake: Lake, tmp_path: Path):
    export(tmp_path, "1.25", line_item_line_item_description="some words")
    (path,) = tmp_path.rglob("*.parquet")
    with pq.ParquetFile(path) as file:
        at = file.schema_arrow.get_field_index("line_item_line_item_description")
        chunk = next(
            one
            for one in (file.metadata.row_group(0).column(i) for i in range(at, file.metadata.num_columns))
            if one.path_in_schema == "line_item_line_item_description"
        )
        begin = chunk.dictionary_page_offset or chunk.data_page_offset
    content = bytearray(path.read_bytes())
    content[begin : begin + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(content)
    with pytest.raises(BadBillError, match="cannot be read"):
        lake.ingest(lake.put(tmp_path, lake.prefix))
    assert history_of(lake) == []


def history_of(lake: Lake) -> list[str]:
    return [file.key for file in lake.ws.store.files(f"{zones.DELIVERIES}/")]


def test_a_file_that_is_gone_or_was_written_anew_stops_the_build_and_is_named(lake: Lake, tmp_path: Path):
    lake.ingest(lake.put(export(tmp_path / "1", "1.25", "2"), lake.prefix))
    s3 = lake.aws.client("s3")
    key = f"{lake.prefix}/daily/data/BILLING_PERIOD=2026-04/2026-04-16T15:24:15.653Z-e1/daily-00002.snappy.parquet"
    content = s3.get_object(Bucket="billing", Key=key)["Body"].read()
    s3.put_object(Bucket="billing", Key=key, Body=content + b" ")
    with pytest.raises(LakeError) as changed:
        settle_landing(lake.ws)
    s3.delete_object(Bucket="billing", Key=key)
    with pytest.raises(LakeError) as gone:
        settle_landing(lake.ws)
    assert gone.value.where == changed.value.where == f"s3://billing/{key}"
    assert "--copy" in gone.value.todo
    # A newer delivery mends it: of what was current before, no more is told.
    lake.later(hour=7).ingest(lake.put(export(tmp_path / "2", "7", version="e2"), lake.prefix))
    assert lake.ask(PLACED) == [["1", "7.0000000000"]]
    assert lake.ask("select count(*) from superseded_deliveries") == [["0"]]


def test_months_whose_files_are_gone_are_all_named_and_can_be_done_without(lake: Lake, tmp_path: Path):
    for number, name in enumerate(("daily", "hourly", "kept")):
        cur2_parquet(tmp_path, [line(line_item_unblended_cost=f"{number + 1}")], export=name, version=name)
    lake.ingest(lake.put(tmp_path, lake.prefix))
    s3 = lake.aws.client("s3")
    for name in ("daily", "hourly"):
        folder = f"{lake.prefix}/{name}/data/"
        for one in s3.list_objects_v2(Bucket="billing", Prefix=folder)["Contents"]:
            s3.delete_object(Bucket="billing", Key=one["Key"])
    with pytest.raises(LakeError) as gone:
        settle_landing(lake.ws)
    assert "daily 2026-04 (1 files), hourly 2026-04 (1 files)" in gone.value.what
    assert "finops deliveries --drop --period 2026-04 --export daily" in gone.value.todo
    for name in ("daily", "hourly"):
        drop(lake.ws, droppable(lake.ws, "2026-04", name))
    settle_landing(lake.ws)
    assert lake.ask(PLACED) == [["1", "3.0000000000"]]
    # Nothing is there to be taken back; what says so is the next build.
    restore(lake.ws, restorable(lake.ws, "2026-04", "daily"))
    with pytest.raises(LakeError, match=r"daily 2026-04 \(1 files\)\."):
        settle_landing(lake.ws)
    lake.later(hour=7).ingest(lake.put(export(tmp_path / "2", "7", version="e2"), f"{lake.prefix}/2"), copy=True)
    assert (lake.ask(PLACED), lake.ask(COPIED)) == ([["1", "3.0000000000"]], [["1", "7.0000000000"]])


def test_a_past_lake_reads_in_place_what_was_so_then_and_lands_nothing(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(past, "build", lambda then: local_lake(then.store, "us-east-1"))
    lake.ingest(lake.put(export(tmp_path / "1", "1.25", "2"), lake.prefix))
    lake.later(hour=7).ingest(lake.put(export(tmp_path / "2", "7", version="e2"), lake.prefix))
    there = f"s3://company/{lake.prefix}-then"
    made, root = past.build_past(lake.ws, "2026-04-20T06:30", there)
    assert made.delivery_ids == (history(lake.ws.store)[0].delivery.delivery_id,)
    assert sorted(path.name for path in root.glob("landing/cur2_in_place/*/*/*")) == [
        f"daily-0000{number}.snappy.parquet" for number in (1, 2)
    ]
    assert not [file.key for file in open_store(there).files("landing/") if file.key.endswith(".snappy.parquet")]
    lake.aws.client("s3").delete_object(
        Bucket="billing",
        Key=f"{lake.prefix}/daily/data/BILLING_PERIOD=2026-04/2026-04-16T15:24:15.653Z-e1/daily-00001.snappy.parquet",
    )
    with pytest.raises(LakeError, match="not in the lake any more"):
        past.build_past(lake.ws, "2026-04-20T06:30", there)


def test_without_athena_every_bill_is_copied(make_lake: Callable[..., Lake], tmp_path: Path):
    lake = make_lake("local_profile", profile="local")
    (one,) = lake.ingest(lake.put(export(tmp_path, "1.25"), "local_profile")).deliveries
    assert (one.kept, one.why_copied) == ("copied", "")
    assert len(copies(lake)) == 1
