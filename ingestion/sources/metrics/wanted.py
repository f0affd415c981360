"""Which metrics are asked for, by kind of resource, and under which name CloudWatch knows the resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# CloudWatch's name of each statistic, by our column.
STATISTICS = {
    "average": "Average",
    "minimum": "Minimum",
    "maximum": "Maximum",
    "p99_5": "p99.5",
    "total": "Sum",
}


@dataclass(frozen=True)
class Metric:
    """One metric of one resource. `statistics` are columns; `dimensions` name the resource to CloudWatch."""

    resource_type: str
    resource_id: str
    namespace: str
    name: str
    statistics: tuple[str, ...]
    dimensions: tuple[tuple[str, str], ...]


_LOAD = ("average", "maximum", "p99_5")
_PEAK = ("average", "maximum")
_SUM = ("total",)

_INSTANCE: Mapping[str, tuple[str, ...]] = {
    "CPUUtilization": _LOAD,
    "NetworkIn": ("total", "maximum"),
    "NetworkOut": ("total", "maximum"),
    "EBSReadOps": _SUM,
    "EBSWriteOps": _SUM,
}
# What only instances of a burstable family have.
_BURSTABLE: Mapping[str, tuple[str, ...]] = {"CPUCreditBalance": ("minimum",), "CPUSurplusCreditsCharged": _SUM}
_VOLUME: Mapping[str, tuple[str, ...]] = {
    "VolumeReadOps": _SUM,
    "VolumeWriteOps": _SUM,
    "VolumeReadBytes": _SUM,
    "VolumeWriteBytes": _SUM,
}
_DATABASE: Mapping[str, tuple[str, ...]] = {
    "CPUUtilization": _LOAD,
    "DatabaseConnections": _PEAK,
    "FreeableMemory": ("minimum",),
    "FreeStorageSpace": ("minimum",),
    "ReadIOPS": _PEAK,
    "WriteIOPS": _PEAK,
}
_GATEWAY: Mapping[str, tuple[str, ...]] = {
    "ActiveConnectionCount": ("maximum",),
    "PacketsInFromSource": _SUM,
    "PacketsInFromDestination": _SUM,
    "BytesOutToDestination": _SUM,
}
# Namespace, dimension and metrics of each type of load balancer.
_BALANCERS: Mapping[str, tuple[str, str, Mapping[str, tuple[str, ...]]]] = {
    "application": ("AWS/ApplicationELB", "LoadBalancer", {"RequestCount": _SUM, "ProcessedBytes": _SUM}),
    "network": ("AWS/NetworkELB", "LoadBalancer", {"NewFlowCount": _SUM, "ProcessedBytes": _SUM}),
    "gateway": ("AWS/GatewayELB", "LoadBalancer", {"NewFlowCount": _SUM, "ProcessedBytes": _SUM}),
    "classic": ("AWS/ELB", "LoadBalancerName", {"RequestCount": _SUM}),
}
# What the CloudWatch agent reports, on Linux and on Windows.
AGENT = "CWAgent"
AGENT_METRICS = ("mem_used_percent", "Memory % Committed Bytes In Use")


def metrics_of(resource: Mapping[str, Any]) -> Iterator[Metric]:
    """The metrics of one resource of the inventory; none for kinds that have none of use, and for what is gone."""
    kind, name = resource["resource_type"], resource["resource_id"]
    if kind == "instance" and resource["state"] not in ("terminated", "shutting-down"):
        is_burstable = (resource["type"] or "").startswith("t")
        wanted = {**_INSTANCE, **(_BURSTABLE if is_burstable else {})}
        yield from _each(kind, name, "AWS/EC2", wanted, "InstanceId", name)
    elif kind == "volume":
        yield from _each(kind, name, "AWS/EBS", _VOLUME, "VolumeId", name)
    elif kind == "database":
        yield from _each(kind, name, "AWS/RDS", _DATABASE, "DBInstanceIdentifier", name)
    elif kind == "nat_gateway":
        yield from _each(kind, name, "AWS/NATGateway", _GATEWAY, "NatGatewayId", name)
    elif kind == "load_balancer" and resource["type"] in _BALANCERS:
        namespace, dimension, counted = _BALANCERS[resource["type"]]
        # An ELBv2 is known by the end of its ARN: app/name/id.
        known_as = name if resource["type"] == "classic" else resource["resource_arn"].partition(":loadbalancer/")[2]
        yield from _each(kind, name, namespace, counted, dimension, known_as)


def memory_of(listed: Mapping[str, Any]) -> Metric | None:
    """The agent's metric that CloudWatch lists, or None where it is of no instance.

    The agent adds dimensions of its own, and CloudWatch answers to all of them or not at all.
    """
    dimensions = tuple((one["Name"], one["Value"]) for one in listed["Dimensions"])
    instance = dict(dimensions).get("InstanceId")
    if instance is None:
        return None
    return Metric("instance", instance, AGENT, listed["MetricName"], _LOAD, dimensions)


def _each(
    kind: str, resource_id: str, namespace: str, wanted: Mapping[str, Sequence[str]], dimension: str, value: str
) -> Iterator[Metric]:
    for name, statistics in wanted.items():
        yield Metric(kind, resource_id, namespace, name, tuple(statistics), ((dimension, value),))
