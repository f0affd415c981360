"""Which metrics are asked for, by kind of resource, and under which name CloudWatch knows the resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

# CloudWatch's name of each statistic, by our column.
STATISTICS = {
    "average": "Average",
    "minimum": "Minimum",
    "maximum": "Maximum",
    "p99_5": "p99.5",
    "total": "Sum",
}


MINUTE, HOUR, DAY = 60, 3_600, 86_400


@dataclass(frozen=True)
class Detail:
    """A statistic, as its column, that is asked for every `period` seconds of the day instead of once."""

    column: str
    period: int


@dataclass(frozen=True)
class Metric:
    """One metric of one resource. `statistics` are columns; `dimensions` name the resource to CloudWatch.

    What comes in `detail` tells the hours with values, too, and costs no more than to ask for those alone.
    """

    resource_type: str
    resource_id: str
    namespace: str
    name: str
    statistics: tuple[str, ...]
    dimensions: tuple[tuple[str, str], ...]
    detail: Detail | None = None


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
# At which hours an instance works: the greatest of its processor and all of its network, by the hour.
_BY_THE_HOUR = {
    "CPUUtilization": Detail("maximum", HOUR),
    "NetworkIn": Detail("total", HOUR),
    "NetworkOut": Detail("total", HOUR),
}
# What only instances of a burstable family have.
_BURSTABLE: Mapping[str, tuple[str, ...]] = {"CPUCreditBalance": ("minimum",), "CPUSurplusCreditsCharged": _SUM}
_VOLUME: Mapping[str, tuple[str, ...]] = {
    "VolumeReadOps": _SUM,
    "VolumeWriteOps": _SUM,
    "VolumeReadBytes": _SUM,
    "VolumeWriteBytes": _SUM,
}
# A volume's peak: CloudWatch has sums of every minute, for all types of volumes and machines. The greatest value of a
# day it knows only of volumes on Nitro.
_BY_THE_MINUTE = Detail("total", MINUTE)
# What gp3 includes, and the size above which gp2 gives more throughput than that.
GP3_IOPS, GP3_THROUGHPUT, SMALL_GP2_GB = 3_000, 125, 170
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
        yield from _each(kind, name, "AWS/EC2", wanted, "InstanceId", name, _BY_THE_HOUR)
    elif kind == "volume":
        details = dict.fromkeys(_VOLUME, _BY_THE_MINUTE) if _pays_for_speed(resource) else {}
        yield from _each(kind, name, "AWS/EBS", _VOLUME, "VolumeId", name, details)
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


def _pays_for_speed(volume: Mapping[str, Any]) -> bool:
    """Whether it has more operations or throughput than gp3 includes: only then does its peak decide anything."""
    kind = volume["type"]
    if kind == "gp2":
        return (volume["size_gb"] or 0) > SMALL_GP2_GB
    is_faster = (volume["iops"] or 0) > GP3_IOPS or (volume["throughput"] or 0) > GP3_THROUGHPUT
    return kind in ("io1", "io2") or (kind == "gp3" and is_faster)


def _each(
    kind: str,
    resource_id: str,
    namespace: str,
    wanted: Mapping[str, Sequence[str]],
    dimension: str,
    value: str,
    details: Mapping[str, Detail] = MappingProxyType({}),
) -> Iterator[Metric]:
    for name, statistics in wanted.items():
        detail = details.get(name)
        asked = tuple(column for column in statistics if detail is None or column != detail.column)
        yield Metric(kind, resource_id, namespace, name, asked, ((dimension, value),), detail)
