"""What is larger than it need be, by metrics and by what instance types can do. Pure; what is unknown is said.

An instance fits the largest smaller type of its own family on which, at the 99.5th percentile, a fifth of processor and
memory stays free. Where nobody measures memory it is told that the processor would allow it, and not recommended.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboards.live import thresholds
from dashboards.live.facts import Day, Known, Resource
from dashboards.live.finding import HIGH, LOW, blockers_of

MEMORY = ("mem_used_percent", "Memory % Committed Bytes In Use")


@dataclass(frozen=True)
class Recommendation:
    """One resource and what would do. Percentages are of the current type; None is not known."""

    resource: Resource
    rule_id: str
    recommended_type: str
    reason: str
    confidence: str
    cpu_p99_5_pct: float | None = None
    cpu_max_pct: float | None = None
    memory_p99_5_pct: float | None = None
    day_count: int = 0
    unknown: tuple[str, ...] = ()

    @property
    def blockers(self) -> tuple[str, ...]:
        """What stands against it: owners, and what is not known."""
        return (*blockers_of(self.resource), *(f"{one} is not known" for one in self.unknown))


def recommendations(known: Known, today: date) -> Iterator[Recommendation]:
    """Every recommendation: instances that a smaller type would carry, volumes of an older type."""
    for resource in known.resources:
        made = None
        if resource["resource_type"] == "instance":
            made = _instance(known, resource, today)
        elif resource["resource_type"] == "volume" and resource["type"] == "gp2":
            why = "gp3 costs a fifth less a GB and includes 3,000 IOPS"
            made = Recommendation(resource, "volume_gp2", "gp3", why, HIGH)
        if made is not None:
            yield made


def _instance(known: Known, instance: Resource, today: date) -> Recommendation | None:
    now = known.types.get((instance["region_id"], instance["type"]))
    # Spot prices follow no list, a group's instances follow its template, and local disks lose what they hold.
    if now is None or instance["state"] != "running" or instance["lifecycle"] or instance["group_name"]:
        return None
    if now["is_burstable"] or now["has_instance_storage"] or now["gpu_count"]:
        return None
    cpu = _judged(known.of(instance, "CPUUtilization"), today)
    if len(cpu) < thresholds.IDLE_DAYS:
        return None
    p99_5, peak = _most(cpu, "p99_5"), _most(cpu, "maximum")
    if p99_5 is None or peak is None:
        return None
    memory = next((found for name in MEMORY if (found := _judged(known.of(instance, name), today))), {})
    used = _most(memory, "p99_5") if len(memory) >= thresholds.IDLE_DAYS else None
    smaller = [one for one in _family(known, now) if _carries(one, now, p99_5, peak, used) and _takes(one, instance)]
    if not smaller:
        return None
    # The next smaller first would be timid, the smallest that carries it is what the measurements say.
    target = min(smaller, key=lambda one: (one["vcpu_count"], one["memory_mib"]))
    why = f"processor at {p99_5:.1f} % in 99.5 % of the time, {peak:.1f} % at most, for {len(cpu)} days"
    return Recommendation(
        instance,
        "instance_too_large",
        target["instance_type"],
        f"{why}; memory at {used:.1f} %" if used is not None else why,
        HIGH if used is not None else LOW,
        p99_5,
        peak,
        used,
        len(cpu),
        () if used is not None else ("memory",),
    )


def _family(known: Known, now: Resource) -> Iterator[Resource]:
    """Smaller types of the same family, in the same region."""
    family = now["instance_type"].partition(".")[0]
    for (region, name), one in known.types.items():
        is_sibling = region == now["region_id"] and name.partition(".")[0] == family
        if is_sibling and one["vcpu_count"] < now["vcpu_count"] and one["hypervisor"] == now["hypervisor"]:
            yield one


def _carries(target: Resource, now: Resource, p99_5: float, peak: float, memory: float | None) -> bool:
    share = now["vcpu_count"] / target["vcpu_count"]
    room = 100 * (1 - thresholds.HEADROOM)
    if p99_5 * share > room or peak * share > 100:
        return False
    return memory is None or memory * now["memory_mib"] / target["memory_mib"] <= room


def _takes(target: Resource, instance: Resource) -> bool:
    """Whether what is attached to the instance can be attached to the target."""
    attached = int((instance["attributes"] or {}).get("network_interface_count") or 0)
    limit: Any = target["network_interface_limit"]
    return limit is None or attached <= int(limit)


def _judged(days: Mapping[date, Day], today: date) -> Mapping[date, Day]:
    """The days of the last month that are told to nearly all of their hours."""
    begin = today - timedelta(days=thresholds.LONG_DAYS)
    return {on: day for on, day in days.items() if on >= begin and day.coverage >= thresholds.LEAST_COVERAGE}


def _most(days: Mapping[date, Day], column: str) -> float | None:
    found = [value for day in days.values() if (value := getattr(day, column)) is not None]
    return max(found) if found else None
