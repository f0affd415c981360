"""What is not answered stops nothing, is told, and is never taken for nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError

from ingestion.collecting.collect import collect
from ingestion.collecting.registry import chosen
from lake.accounts import Accounts
from lake.collected.days import Asked, day, days, latest, latest_rows
from lake.collected.dictionary import arrow_schema
from lake.errors import LakeError, SettingsError
from lake.tables import COLLECTED_SOURCES
from tests.ingestion.collecting.conftest import NOW, OWN, REGION, Lake

OTHER_REGION, OTHER = "us-east-1", "222222222222"


def volume(lake: Lake, region: str = REGION) -> str:
    made = lake.cloud.client("ec2", region).create_volume(AvailabilityZone=f"{region}a", Size=1)
    return str(made["VolumeId"])


def ids(lake: Lake) -> set[str]:
    return {row["resource_id"] for row in lake.rows("inventory") if row["resource_type"] == "volume"}


def test_a_right_that_is_missing_costs_that_question_alone(lake: Lake):
    lake.cloud.fails("DescribeNatGateways", "UnauthorizedOperation")
    kept = volume(lake)
    report = lake.collect("inventory")
    (failed,) = report.failed
    assert failed[0] == "inventory"
    assert (failed[1].part, failed[1].status) == ("nat_gateway", "denied")
    assert failed[1].reason == "DescribeNatGateways: UnauthorizedOperation: told by a test"
    assert ids(lake) == {kept}


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("RequestLimitExceeded", "throttled"),
        ("OptInRequired", "unavailable"),
        ("AuthFailure", "unreachable"),
        ("InternalError", "failed"),
    ],
)
def test_a_failure_is_told_by_its_kind(lake: Lake, code: str, status: str):
    lake.cloud.fails("DescribeVolumes", code)
    (failed,) = lake.collect("inventory").failed
    assert failed[1].status == status


def test_what_is_throttled_is_asked_again(lake: Lake):
    kept = volume(lake)
    body = b"<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>"
    throttled = iter([AWSResponse("https://ec2", 503, {}, SimpleNamespace(stream=lambda: [body]))])
    lake.cloud.session.events.register_first(
        "before-send.ec2.DescribeVolumes", lambda request, **_: next(throttled, None)
    )
    assert lake.collect("inventory").failed == ()
    assert list(throttled) == []
    assert ids(lake) == {kept}


def test_a_region_that_fails_leaves_the_others(lake: Lake):
    lake.cloud.fails("DescribeVolumes", "AuthFailure", at=OTHER_REGION)
    kept = volume(lake)
    report = lake.collect("inventory", regions=(REGION, OTHER_REGION))
    assert [(answer.part, answer.region_id) for _, answer in report.failed] == [("volume", OTHER_REGION)]
    assert ids(lake) == {kept}


def test_an_account_without_a_role_is_told_and_the_own_account_is_collected(lake: Lake):
    kept = volume(lake)
    report = lake.collect("inventory", accounts=(OWN, OTHER))
    assert {answer.account_id for _, answer in report.failed} == {OTHER}
    assert {answer.status for _, answer in report.failed} == {"unreachable"}
    assert ids(lake) == {kept}


def test_every_page_is_read(lake: Lake):
    pages = iter([("vol-1", "more"), ("vol-2", None)])

    def page(url: str, _: Any) -> dict[str, Any]:
        volume_id, token = next(pages)
        told = {"Volumes": [{"VolumeId": volume_id, "State": "available"}]}
        return told | ({"NextToken": token} if token else {})

    lake.cloud.answers["DescribeVolumes"] = page
    lake.collect("inventory")
    assert ids(lake) == {"vol-1", "vol-2"}


def test_an_answer_that_cannot_be_understood_is_a_failure_and_no_crash(lake: Lake):
    lake.cloud.answers["DescribeVolumes"] = lambda url, _: {"Volumes": [{"State": "available"}]}
    (failed,) = lake.collect("inventory").failed
    assert failed[1].status == "failed"
    assert "KeyError: 'VolumeId'" in failed[1].reason


def test_the_same_day_again_replaces_it_and_another_day_stands_beside_it(lake: Lake):
    first = volume(lake)
    lake.collect("inventory")
    lake.cloud.client("ec2").delete_volume(VolumeId=first)
    second = volume(lake)
    lake.collect("inventory", on=NOW + timedelta(hours=3))
    assert ids(lake) == {second}
    lake.cloud.client("ec2").delete_volume(VolumeId=second)
    lake.collect("inventory", on=NOW + timedelta(days=1))
    assert ids(lake) == set()
    told = days(lake.ws.store, "inventory")
    assert [one.collected_on for one in told] == ["2026-11-26", "2026-11-27"]
    assert [len(one.files) for one in told] == [1, 0]


def test_what_was_not_asked_again_that_day_stays(lake: Lake):
    here, there = volume(lake), volume(lake, OTHER_REGION)
    lake.collect("inventory", regions=(REGION, OTHER_REGION))
    lake.cloud.client("ec2").delete_volume(VolumeId=here)
    lake.collect("inventory", on=NOW + timedelta(hours=1), regions=(REGION,))
    assert ids(lake) == {there}


def test_what_failed_later_keeps_its_last_answer_and_is_known_to_be_old(lake: Lake):
    kept = volume(lake)
    lake.collect("inventory")
    lake.cloud.fails("DescribeVolumes", "UnauthorizedOperation")
    for later in (timedelta(hours=1), timedelta(days=1)):
        lake.collect("inventory", on=NOW + later)
        assert ids(lake) == {kept}
    newest = latest(days(lake.ws.store, "inventory"))
    assert newest[Asked("volume", OWN, REGION)][1].collected_at == "2026-11-26T06:30:00Z"
    assert newest[Asked("snapshot", OWN, REGION)][1].collected_at == "2026-11-27T06:30:00Z"
    same_day = day(lake.ws.store, "inventory", "2026-11-26")
    assert same_day is not None
    assert [one.status for one in same_day.answers if one.part == "volume"] == ["ok", "denied"]


def test_a_collection_that_is_killed_leaves_the_day_as_it_was(lake: Lake):
    kept = volume(lake)
    lake.collect("inventory")

    def die(url: str, _: Any) -> None:
        raise KeyboardInterrupt

    lake.cloud.answers["DescribeAddresses"] = die
    volume(lake)
    with pytest.raises(KeyboardInterrupt):
        lake.collect("inventory", on=NOW + timedelta(hours=1))
    assert ids(lake) == {kept}


def test_replaced_files_go_when_nobody_can_be_reading_them(lake: Lake):
    volume(lake)
    lake.collect("inventory", run="first")
    lake.collect("inventory", run="second")

    def kept() -> set[str]:
        return {file.key.split("collection=")[1] for file in lake.ws.store.files("landing/inventory/collected_on=")}

    assert kept() == {"first/inventory.parquet", "second/inventory.parquet"}
    lake.collect("inventory", on=NOW + timedelta(days=300), run="third")
    assert kept() == {"second/inventory.parquet", "third/inventory.parquet"}


def test_all_regions_are_those_that_the_account_has(lake: Lake):
    regions = [{"RegionName": "eu-west-1"}, {"RegionName": "us-east-1"}]
    lake.cloud.answers["DescribeRegions"] = lambda url, _: {"Regions": regions}
    assert lake.collect("inventory", regions=("all",)).regions == ("eu-west-1", "us-east-1")


def test_without_an_account_nothing_is_collected_and_the_lake_is_as_it_was(lake: Lake):
    def offline(url: str, _: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://sts.example")

    lake.cloud.answers["GetCallerIdentity"] = offline
    with pytest.raises(LakeError, match="no AWS account reachable"):
        collect(lake.ws, chosen(()), Accounts("run", session=lake.cloud.session))
    assert days(lake.ws.store, "inventory") == ()


def test_a_source_that_does_not_exist_is_told_with_those_that_do():
    with pytest.raises(SettingsError) as told:
        chosen(["volumes"])
    assert "inventory" in told.value.todo


def test_a_broken_pointer_is_told_with_what_to_do(lake: Lake):
    lake.collect("inventory")
    lake.ws.store.write("landing/collections/inventory/2026-11-26.json", json.dumps({"source": "inventory"}).encode())
    with pytest.raises(LakeError, match="cannot be read"):
        days(lake.ws.store, "inventory")


@pytest.mark.parametrize("source", COLLECTED_SOURCES)
def test_a_source_that_was_never_collected_has_its_columns_and_no_rows(lake: Lake, source: str):
    rows, answers = latest_rows(lake.ws.store, source)
    assert (rows.num_rows, rows.schema, answers) == (0, arrow_schema(source), {})


def test_a_damaged_inventory_costs_what_needs_it_and_nothing_else(lake: Lake):
    volume(lake)
    lake.collect("inventory")
    (file,) = lake.ws.store.files("landing/inventory/collected_on=")
    lake.ws.store.write(file.key, b"not Parquet")
    budget = {"BudgetName": "web", "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    lake.cloud.answers["DescribeBudgets"] = lambda url, _: {"Budgets": [budget]}
    report = lake.collect("metrics", "budgets", on=NOW + timedelta(days=1))
    assert {source for source, _ in report.failed} == {"metrics"}
    assert "cannot be read" in report.failed[0][1].reason
    assert [row["budget_name"] for row in lake.rows("budgets")] == ["web"]
