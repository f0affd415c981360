import json
from pathlib import Path

import duckdb
import pytest

from ingestion import land
from ingestion.deliveries import Delivery, current_deliveries
from ingestion.dictionary import landed_columns
from lake import zones
from lake.errors import LakeError
from lake.tables import BILL_SOURCES
from tests.ingestion.bills import cur2_csv, legacy_line, legacy_parquet, line

POINTER = zones.current_delivery("cur2", "daily", "2026-04")


def _stamps(root):
    return {path: path.stat().st_mtime_ns for path in Path(root).rglob("*") if path.is_file()}


def test_the_same_delivery_again_changes_nothing(bills, ingest, ws):
    cur2_csv(bills, [line()])
    legacy_parquet(bills, [legacy_line()])
    first = ingest(bills)
    before = _stamps(ws.store.uri)
    second = ingest(bills)
    assert _stamps(ws.store.uri) == before
    assert [one.is_new for one in first.deliveries] == [True, True]
    assert [one.is_new for one in second.deliveries] == [False, False]
    assert second.row_count == first.row_count


def test_the_same_content_delivered_again_under_another_execution_is_the_same_delivery(bills, tmp_path, ingest):
    cur2_csv(bills, [line()], version="exec-1")
    cur2_csv(tmp_path / "later", [line()], version="exec-2")
    ingest(bills)
    assert not ingest(tmp_path / "later").deliveries[0].is_new


def test_a_newer_delivery_replaces_its_month_and_the_old_files_stay(bills, ingest, ws, landed):
    cur2_csv(bills, [line(line_item_unblended_cost="1.0")])
    old = ingest(bills).deliveries[0].delivery
    cur2_csv(bills, [line(line_item_unblended_cost="2.0")], [line(line_item_unblended_cost="3.0")])
    new = ingest(bills).deliveries[0].delivery
    assert new.delivery_id != old.delivery_id
    assert [str(row[0]) for row in landed("line_item_unblended_cost")] == ["2.0000000000", "3.0000000000"]
    assert all(ws.store.read(key) for key in (*old.files, old.record_key))


def test_other_months_and_exports_stay_when_one_month_is_replaced(bills, ingest, ws):
    march = {"bill_billing_period_start_date": "2026-03-01T00:00:00.000Z"}
    cur2_csv(bills, [line(**march, line_item_usage_start_date="2026-03-09T00:00:00.000Z")], period="2026-03")
    cur2_csv(bills, [line()])
    cur2_csv(bills, [line()], export="hourly")
    ingest(bills)
    before = {one.pointer_key: one.delivery_id for one in current_deliveries(ws.store)}
    cur2_csv(bills, [line(line_item_unblended_cost="9.0")])
    ingest(bills)
    after = {one.pointer_key: one.delivery_id for one in current_deliveries(ws.store)}
    assert {key for key in after if after[key] != before[key]} == {POINTER}


def test_going_back_to_an_older_delivery_only_swaps_the_pointer(bills, tmp_path, ingest, ws):
    cur2_csv(bills, [line(line_item_unblended_cost="1.0")])
    cur2_csv(tmp_path / "b", [line(line_item_unblended_cost="2.0")])
    old = ingest(bills).deliveries[0].delivery
    ingest(tmp_path / "b")
    before = _stamps(ws.store.uri)
    assert ingest(bills).deliveries[0].delivery == old
    after = _stamps(ws.store.uri)
    assert [path.name for path in after if after[path] != before.get(path)] == ["current.json"]
    assert current_deliveries(ws.store) == [old]


def test_a_delivery_whose_files_were_lost_is_landed_again(bills, ingest, ws):
    cur2_csv(bills, [line()])
    delivery = ingest(bills).deliveries[0].delivery
    ws.store.delete(delivery.files[0])
    assert ingest(bills).deliveries[0].is_new
    assert ws.store.read(delivery.files[0])


def test_the_pointer_tells_the_record_and_both_read_back_equal(bills, ingest, ws):
    cur2_csv(bills, [line(line_item_unblended_cost="-7.0E-10")])
    delivery = ingest(bills).deliveries[0].delivery
    content = ws.store.read(delivery.record_key)
    assert json.loads(content).items() <= json.loads(ws.store.read(POINTER)).items()
    assert Delivery.from_json(content) == Delivery.from_json(ws.store.read(POINTER)) == delivery
    assert json.loads(content)["unblended_cost"] == "-0.0000000007"


def test_the_delivery_id_depends_on_export_and_content(bills, tmp_path, ingest):
    ids = set()
    for number, (export, cost) in enumerate([("a", "1.0"), ("b", "1.0"), ("a", "2.0")]):
        cur2_csv(tmp_path / str(number), [line(line_item_unblended_cost=cost)], export=export)
        ids.add(ingest(tmp_path / str(number)).deliveries[0].delivery.delivery_id)
    assert len(ids) == 3
    assert all(len(one) == 16 and set(one) <= set("0123456789abcdef") for one in ids)


def test_every_source_gets_its_columns_even_without_a_delivery(bills, ingest, ws):
    cur2_csv(bills, [line()])
    ingest(bills)
    for source in BILL_SOURCES:
        path = ws.store.location(zones.landed_schema(source))
        described = duckdb.execute(f"describe from read_parquet('{path}', hive_partitioning = false)").fetchall()
        assert [(name, kind.lower().replace(", ", ",")) for name, kind, *_ in described] == list(landed_columns(source))
        assert duckdb.execute(f"select count(*) from read_parquet('{path}')").fetchone() == (0,)


def test_a_wrong_path_does_not_even_create_the_lake(tmp_path, ws):
    with pytest.raises(Exception, match="does not exist"):
        land.survey(ws, str(tmp_path / "nowhere"))
    assert not Path(ws.store.uri).exists()


def test_a_broken_pointer_is_told_with_its_place(bills, ingest, ws):
    cur2_csv(bills, [line()])
    ingest(bills)
    ws.store.write(POINTER, b"{}")
    with pytest.raises(LakeError, match=r"current\.json"):
        ingest(bills)


def test_export_names_cannot_leave_their_folder(bills, ingest, ws):
    legacy_parquet(bills, [legacy_line()], report="a b..")
    delivery = ingest(bills).deliveries[0].delivery
    assert delivery.export_name == "a-b"
    assert ws.store.read(delivery.pointer_key)
