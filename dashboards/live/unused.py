"""What nothing uses: by the inventory alone, and by what the metrics say. Rules are pure; unknown is never idle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from dashboards.live import thresholds
from dashboards.live.facts import Day, Known, Resource
from dashboards.live.finding import HIGH, LOW, MEDIUM, Finding, days_since, since_when

INVENTORY, METRICS = "inventory", "inventory+metrics"

Rule = Callable[[Known, Resource, date], Finding | None]


def unused(known: Known, today: date) -> Iterator[Finding]:
    """Every finding, one per resource: the first rule that speaks of it, the surest first."""
    for resource in known.resources:
        for rule in _RULES.get(resource["resource_type"], ()):
            finding = rule(known, resource, today)
            if finding is not None:
                yield finding
                break


def _unattached_volume(known: Known, volume: Resource, today: date) -> Finding | None:
    if volume["state"] != "available" or volume["use_count"] != 0:
        return None
    since = since_when(known, volume, lambda state, uses: state == "available" and uses == 0)
    sure = HIGH if days_since(since, today) >= thresholds.LONG_DAYS else MEDIUM
    return Finding(volume, "volume_unattached", "attached to nothing", INVENTORY, sure, since)


def _volume_of_a_stopped_instance(known: Known, volume: Resource, today: date) -> Finding | None:
    place = (volume["account_id"], volume["region_id"])
    users = [known.by_id.get((*place, each)) for each in (volume["used_by"] or "").split(",")]
    stopped = [one for one in users if one and one["resource_type"] == "instance" and one["state"] == "stopped"]
    if not stopped or len(stopped) < (volume["use_count"] or 0):
        return None
    since = _stopped_since(known, stopped[0])
    if days_since(since, today) < thresholds.STOPPED_DAYS:
        return None
    # By EC2's own moment: by ours alone an instance may have run between two looks.
    sure = HIGH if all(one["state_changed_at"] for one in stopped) else MEDIUM
    return Finding(
        volume, "volume_of_stopped_instance", f"of {stopped[0]['resource_id']}, stopped", INVENTORY, sure, since
    )


def _idle_volume(known: Known, volume: Resource, today: date) -> Finding | None:
    reads, writes = known.of(volume, "VolumeReadOps"), known.of(volume, "VolumeWriteOps")
    first = _quiet(today, thresholds.IDLE_VOLUME_DAYS, lambda on: _sum_below(1, on, reads, writes))
    if first is None or not volume["use_count"]:
        return None
    return Finding(volume, "volume_idle", "not one operation a day", METRICS, HIGH, first)


def _unassociated_address(known: Known, address: Resource, today: date) -> Finding | None:
    if address["use_count"] != 0:
        return None
    since = since_when(known, address, lambda _, uses: uses == 0)
    sure = HIGH if days_since(since, today) >= thresholds.IDLE_DAYS else MEDIUM
    return Finding(address, "address_unassociated", "associated with nothing", INVENTORY, sure, since)


def _stopped_since(known: Known, instance: Resource) -> date | None:
    told = instance["state_changed_at"]
    return told.date() if told else since_when(known, instance, lambda state, _: state == "stopped")


def _stopped_instance(known: Known, instance: Resource, today: date) -> Finding | None:
    if instance["state"] != "stopped":
        return None
    since = _stopped_since(known, instance)
    sure = HIGH if days_since(since, today) >= thresholds.STOPPED_DAYS else LOW
    return Finding(instance, "instance_stopped", "stopped; its volumes cost as ever", INVENTORY, sure, since)


def _idle_instance(known: Known, instance: Resource, today: date) -> Finding | None:
    cpu = known.of(instance, "CPUUtilization")
    came, went = known.of(instance, "NetworkIn"), known.of(instance, "NetworkOut")

    def is_quiet(on: date) -> bool:
        peak = _known(cpu, on)
        if peak is None or peak.maximum is None or peak.maximum >= thresholds.IDLE_CPU_PCT:
            return False
        return _sum_below(thresholds.IDLE_NETWORK_BYTES_PER_DAY, on, came, went)

    first = _quiet(today, thresholds.IDLE_DAYS, is_quiet)
    if first is None or instance["state"] != "running":
        return None
    peak = max(day.maximum or 0 for on, day in cpu.items() if on >= first)
    why = f"processor at {peak:.1f} % at most, network below 5 MB a day"
    return Finding(instance, "instance_idle", why, METRICS, HIGH, first)


def _unrouted_gateway(known: Known, gateway: Resource, today: date) -> Finding | None:
    if gateway["state"] != "available" or gateway["use_count"] != 0:
        return None
    since = since_when(known, gateway, lambda state, uses: state == "available" and uses == 0)
    return Finding(gateway, "nat_gateway_unrouted", "in no route table", INVENTORY, HIGH, since)


def _idle_gateway(known: Known, gateway: Resource, today: date) -> Finding | None:
    flows = [known.of(gateway, name) for name in ("PacketsInFromSource", "PacketsInFromDestination")]
    first = _quiet(today, thresholds.IDLE_DAYS, lambda on: _sum_below(1, on, *flows))
    if first is None:
        return None
    sure = HIGH if days_since(first, today) >= thresholds.LONG_DAYS else MEDIUM
    return Finding(gateway, "nat_gateway_idle", "not one packet", METRICS, sure, first)


def _targetless_balancer(known: Known, balancer: Resource, today: date) -> Finding | None:
    if balancer["use_count"] != 0:
        return None
    since = since_when(known, balancer, lambda _, uses: uses == 0)
    sure = HIGH if days_since(since, today) >= thresholds.IDLE_DAYS else MEDIUM
    return Finding(balancer, "load_balancer_without_targets", "sends traffic to nothing", INVENTORY, sure, since)


def _unhealthy_balancer(known: Known, balancer: Resource, today: date) -> Finding | None:
    if not balancer["use_count"] or balancer["healthy_count"] != 0:
        return None
    why = f"none of {balancer['use_count']} targets is healthy"
    return Finding(balancer, "load_balancer_without_healthy_targets", why, INVENTORY, LOW)


def _idle_database(known: Known, database: Resource, today: date) -> Finding | None:
    connections = known.of(database, "DatabaseConnections")

    def is_quiet(on: date) -> bool:
        day = _known(connections, on)
        return day is not None and day.maximum == 0

    first = _quiet(today, thresholds.IDLE_DATABASE_DAYS, is_quiet)
    if first is None or database["state"] != "available" or database["source_id"]:
        return None
    return Finding(database, "database_idle", "not one connection", METRICS, HIGH, first)


def _stopped_database(known: Known, database: Resource, today: date) -> Finding | None:
    if database["state"] != "stopped":
        return None
    since = since_when(known, database, lambda state, _: state == "stopped")
    why = "stopped; its storage costs as ever, and AWS starts it after seven days"
    return Finding(database, "database_stopped", why, INVENTORY, MEDIUM, since)


def _empty_cluster(known: Known, cluster: Resource, today: date) -> Finding | None:
    if cluster["use_count"] != 0 or cluster["state"] != "available":
        return None
    since = since_when(known, cluster, lambda _, uses: uses == 0)
    return Finding(
        cluster, "database_cluster_empty", "no instance; its storage costs as ever", INVENTORY, MEDIUM, since
    )


def _orphaned_snapshot(known: Known, snapshot: Resource, today: date) -> Finding | None:
    made, volume = snapshot["created_at"], snapshot["source_id"]
    if not volume or days_since(made, today) < thresholds.SNAPSHOT_DAYS:
        return None
    # What nobody could see is not gone.
    if not (known.is_answered("volume", snapshot) and known.is_answered("image", snapshot)):
        return None
    region = snapshot["region_id"]
    if (region, snapshot["resource_id"]) in known.held_snapshots or (region, volume) in known.volumes:
        return None
    why = "its volume is gone and no image of yours is made of it; of a copy the volume is never known"
    return Finding(snapshot, "snapshot_of_gone_volume", why, INVENTORY, LOW, made.date())


_RULES: Mapping[str, tuple[Rule, ...]] = {
    "volume": (_unattached_volume, _idle_volume, _volume_of_a_stopped_instance),
    "address": (_unassociated_address,),
    "instance": (_stopped_instance, _idle_instance),
    "nat_gateway": (_unrouted_gateway, _idle_gateway),
    "load_balancer": (_targetless_balancer, _unhealthy_balancer),
    "database": (_stopped_database, _idle_database),
    "database_cluster": (_empty_cluster,),
    "snapshot": (_orphaned_snapshot,),
}


def _quiet(today: date, wanted: int, is_quiet: Callable[[date], bool]) -> date | None:
    """The first of the unbroken quiet days before today, where there are so many; else None."""
    count = 0
    while is_quiet(today - timedelta(days=count + 1)):
        count += 1
    return today - timedelta(days=count) if count >= wanted else None


def _known(days: Mapping[date, Day], on: date) -> Day | None:
    """A day that is told to nearly all of its hours."""
    day = days.get(on)
    return day if day is not None and day.coverage >= thresholds.LEAST_COVERAGE else None


def _sum_below(limit: float, on: date, *metrics: Mapping[date, Day]) -> bool:
    """Whether all of these metrics are known for a day and together stay below a limit."""
    found = [_known(days, on) for days in metrics]
    totals = [day.total for day in found if day is not None and day.total is not None]
    return len(totals) == len(metrics) and sum(totals) < limit
