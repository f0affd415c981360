"""Each rule fires where it must, and holds its tongue where something is used or not known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dashboards.live.facts import Known
from dashboards.live.unused import unused
from tests.dashboards.live.facts import TODAY, ago, days, known, resource

MB = 1_000_000.0


def found(facts: Known, resource_id: str = "it") -> list[tuple[str, str]]:
    return [(one.rule_id, one.confidence) for one in unused(facts, TODAY) if one.resource["resource_id"] == resource_id]


def volume(**told: Any) -> dict[str, Any]:
    return resource("volume", **{"state": "available", "use_count": 0, "used_by": "", **told})


def attached(**told: Any) -> dict[str, Any]:
    return volume(**{"state": "in-use", "use_count": 1, "used_by": "i-1", **told})


@pytest.mark.parametrize(("seen_for", "confidence"), [(0, "medium"), (31, "medium"), (32, "high")])
def test_an_unattached_volume_is_sure_once_it_was_seen_so_for_32_days(seen_for: int, confidence: str):
    assert found(known(volume(created_at=ago(900)), seen_for=seen_for)) == [("volume_unattached", confidence)]


def test_a_volume_that_was_attached_last_week_is_unattached_since_then():
    facts = known(volume(), seen_for=40)
    (key,) = facts.seen
    week = TODAY - timedelta(days=7)
    seen = [(on, "in-use", 1) if on == week else (on, state, uses) for on, state, uses in facts.seen[key]]
    facts.seen[key][:] = seen  # type: ignore[index]
    (finding,) = unused(facts, TODAY)
    assert (finding.since, finding.confidence) == (TODAY - timedelta(days=6), "medium")


@pytest.mark.parametrize(
    "told", [{"state": "in-use", "use_count": 1}, {"state": "creating"}, {"use_count": None}], ids=str
)
def test_a_volume_that_is_used_or_not_known_to_be_unused_is_no_finding(told: dict[str, Any]):
    assert found(known(volume(**told), seen_for=40)) == []


def test_a_volume_without_an_operation_for_a_week_is_idle():
    none = {name: days(7, total=0.0) for name in ("VolumeReadOps", "VolumeWriteOps")}
    assert found(known(attached(), metrics=none)) == [("volume_idle", "high")]


@pytest.mark.parametrize(
    "metrics",
    [
        {"VolumeReadOps": days(7, total=0.0), "VolumeWriteOps": days(7, total=1.0)},
        {"VolumeReadOps": days(7, total=0.0)},
        {"VolumeReadOps": days(6, total=0.0), "VolumeWriteOps": days(6, total=0.0)},
        {name: days(7, total=0.0, coverage=0.8) for name in ("VolumeReadOps", "VolumeWriteOps")},
        {name: days(7, until=2, total=0.0) for name in ("VolumeReadOps", "VolumeWriteOps")},
        {name: days(7) for name in ("VolumeReadOps", "VolumeWriteOps")},
        {},
    ],
    ids=["an operation", "writes not known", "six days", "hours missing", "yesterday missing", "no values", "nothing"],
)
def test_a_volume_of_which_not_all_is_known_is_not_idle(metrics: dict[str, Any]):
    assert found(known(attached(), metrics=metrics)) == []


def test_volumes_of_an_instance_that_was_stopped_a_month_ago_are_told():
    stopped = resource("instance", resource_id="i-1", state="stopped", state_changed_at=ago(31))
    assert found(known(attached(), stopped)) == [("volume_of_stopped_instance", "high")]
    lately = stopped | {"state_changed_at": ago(29)}
    assert found(known(attached(), lately)) == []
    assert found(known(attached(use_count=2, used_by="i-1,i-2"), stopped)) == []


@pytest.mark.parametrize(("days_ago", "confidence"), [(29, "low"), (30, "high")])
def test_a_stopped_instance_is_sure_after_30_days(days_ago: int, confidence: str):
    stopped = resource("instance", state="stopped", state_changed_at=ago(days_ago))
    assert found(known(stopped)) == [("instance_stopped", confidence)]


def quiet(count: int = 14, cpu: float = 4.9, network: float = MB, **told: Any) -> dict[str, Any]:
    return {
        "CPUUtilization": days(count, maximum=cpu, **told),
        "NetworkIn": days(count, total=network, **told),
        "NetworkOut": days(count, total=network, **told),
    }


def test_an_instance_that_did_nothing_for_two_weeks_is_idle():
    running = resource("instance", state="running")
    assert found(known(running, metrics=quiet())) == [("instance_idle", "high")]


@pytest.mark.parametrize(
    "metrics",
    [quiet(cpu=5.0), quiet(network=2.5 * MB), quiet(count=13), quiet(coverage=0.89), {**quiet(), "NetworkOut": {}}],
    ids=["a peak", "traffic", "13 days", "hours missing", "traffic not known"],
)
def test_an_instance_that_worked_or_was_not_watched_is_not_idle(metrics: dict[str, Any]):
    assert found(known(resource("instance", state="running"), metrics=metrics)) == []


def test_an_address_that_nothing_uses_is_told():
    assert found(known(resource("address", use_count=0), seen_for=14)) == [("address_unassociated", "high")]
    assert found(known(resource("address", use_count=1), seen_for=14)) == []


def test_a_gateway_is_unused_without_a_route_or_without_a_packet():
    gateway = resource("nat_gateway", state="available", use_count=0)
    assert found(known(gateway)) == [("nat_gateway_unrouted", "high")]
    silent = {name: days(14, total=0.0) for name in ("PacketsInFromSource", "PacketsInFromDestination")}
    routed = gateway | {"use_count": 1}
    assert found(known(routed, metrics=silent)) == [("nat_gateway_idle", "medium")]
    assert found(known(routed, metrics={**silent, "PacketsInFromSource": days(14, total=9.0)})) == []
    assert found(known(routed)) == []


def test_a_load_balancer_needs_targets_that_are_well():
    assert found(known(resource("load_balancer", use_count=0))) == [("load_balancer_without_targets", "medium")]
    ill = resource("load_balancer", use_count=2, healthy_count=0)
    assert found(known(ill)) == [("load_balancer_without_healthy_targets", "low")]
    assert found(known(ill | {"healthy_count": 1})) == []


def test_a_database_without_a_connection_for_a_week_is_idle():
    database = resource("database", state="available")
    assert found(known(database, metrics={"DatabaseConnections": days(7, maximum=0.0)})) == [("database_idle", "high")]
    assert found(known(database, metrics={"DatabaseConnections": days(7, maximum=1.0)})) == []
    replica = database | {"source_id": "primary"}
    assert found(known(replica, metrics={"DatabaseConnections": days(7, maximum=0.0)})) == []


def test_a_stopped_database_and_a_cluster_without_instances_still_cost():
    assert found(known(resource("database", state="stopped"))) == [("database_stopped", "medium")]
    assert found(known(resource("database_cluster", state="available", use_count=0))) == [
        ("database_cluster_empty", "medium")
    ]


def test_an_old_snapshot_of_a_volume_that_is_gone_is_looked_at():
    snapshot = resource("snapshot", state="completed", created_at=ago(90), source_id="vol-gone")
    assert found(known(snapshot)) == [("snapshot_of_gone_volume", "low")]


@pytest.mark.parametrize(
    ("told", "beside", "not_asked"),
    [
        ({"created_at": ago(89)}, None, ()),
        ({}, resource("volume", resource_id="vol-1", state="in-use", use_count=1, used_by="i-1"), ()),
        ({}, resource("image", resource_id="ami-1", source_id="snap-0,it"), ()),
        ({}, None, ("image",)),
        ({}, None, ("volume",)),
    ],
    ids=["young", "volume there", "in an image", "images not seen", "volumes not seen"],
)
def test_a_snapshot_that_something_needs_or_may_need_is_left_alone(told: Any, beside: Any, not_asked: Any):
    snapshot = resource("snapshot", **{"created_at": ago(400), "source_id": "vol-1", **told})
    assert found(known(*(one for one in (snapshot, beside) if one), not_asked=not_asked)) == []


def test_who_owns_or_protects_a_resource_is_told():
    tags = {"kubernetes.io/cluster/shop": "owned", "finops:protect": "", "aws:cloudformation:stack-name": "web"}
    (finding,) = unused(known(volume(tags=tags, managed_by="eks.amazonaws.com")), TODAY)
    assert finding.blockers == (
        *("a CloudFormation stack", "Kubernetes", "eks.amazonaws.com"),
        "the tag finops:protect",
    )
