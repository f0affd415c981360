"""The families that run in a region are asked for, with what their types can do."""

from __future__ import annotations

from tests.ingestion.collecting.conftest import REGION, Lake


def test_types_of_the_families_that_run_here_are_told_and_no_others(lake: Lake):
    instance = {"InstanceId": "i-1", "InstanceType": "m5.large", "State": {"Name": "running"}}
    lake.cloud.answers["DescribeInstances"] = lambda url, _: {"Reservations": [{"Instances": [instance]}]}
    lake.collect("inventory", "instance_types")
    told = {row["instance_type"]: row for row in lake.rows("instance_types")}
    assert {name.partition(".")[0] for name in told} == {"m5"}
    large = told["m5.large"]
    assert (large["vcpu_count"], large["memory_mib"], large["architecture"]) == (2, 8192, "x86_64")
    assert (large["is_burstable"], large["has_instance_storage"], large["region_id"]) == (False, False, REGION)
    assert large["ebs_baseline_iops"] == 3600


def test_where_nothing_runs_nothing_is_asked(lake: Lake):
    assert lake.collect("inventory", "instance_types").failed == ()
    assert "DescribeInstanceTypes" not in lake.cloud.calls
