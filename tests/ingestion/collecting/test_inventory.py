"""What stands in the account stands in the inventory: what it is, what uses it, and whether that is known."""

from __future__ import annotations

from typing import Any

from tests.ingestion.collecting.account import fill
from tests.ingestion.collecting.conftest import OWN, REGION, Lake


def test_everything_in_the_account_is_told_with_what_uses_it(lake: Lake):
    made = fill(lake.cloud)
    report = lake.collect("inventory")
    assert report.failed == ()
    found: dict[str, dict[str, Any]] = {}
    for row in lake.rows("inventory"):
        assert (row["account_id"], row["region_id"]) == (OWN, REGION)
        found[row["resource_id"]] = row

    def told(name: str, *columns: str) -> tuple[Any, ...]:
        return tuple(found[made.get(name, name)][column] for column in columns)

    assert told("running", "resource_type", "state", "type") == ("instance", "running", "m5.large")
    assert told("stopped", "state", "resource_name") == ("stopped", "stopped")
    assert found[made["stopped"]]["state_changed_at"] is not None
    assert found[made["running"]]["tags"] == {"Name": "running", "Owner": "web"}
    assert told("attached", "use_count", "used_by", "size_gb", "iops") == (1, made["running"], 100, 4000)
    assert told("unattached", "use_count", "used_by", "state", "type") == (0, "", "available", "gp3")
    assert told("snapshot", "source_id", "size_gb") == (made["unattached"], 100)
    assert told("used address", "use_count", "state") == (1, "associated")
    assert told("unused address", "use_count", "state") == (0, "unassociated")
    assert told("used gateway", "use_count", "used_by") == (1, made["route table"])
    assert told("unused gateway", "use_count") == (0,)
    assert told("busy", "type", "use_count", "healthy_count") == ("application", 1, 1)
    assert told("empty", "use_count") == (0,)
    assert told("old", "type", "use_count") == ("classic", 0)
    assert told("database", "engine", "type", "size_gb") == ("postgres", "db.m5.large", 200)
    assert told("cluster", "resource_type", "use_count") == ("database_cluster", 0)
    assert told("group", "resource_type", "use_count") == ("auto_scaling_group", 1)
    assert told("image", "resource_type", "state") == ("image", "available")
    (member,) = [row for row in found.values() if row["resource_type"] == "instance" and row["group_name"] == "web"]
    assert member["resource_id"] == found["web"]["used_by"]
