"""What accounts of the example company would answer: its resources and their metrics, with findings planted in them.

The bill alone shows none of what is planted here. What is not planted is in use: attached, busy, and of the right size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingestion.collecting.landing import land
from ingestion.collecting.model import Row
from ingestion.collecting.rows import table_of
from ingestion.synthetic.accounts import Account
from ingestion.synthetic.events import network
from ingestion.synthetic.events.databases import DATABASES, Node, database_arn
from ingestion.synthetic.events.instances import INSTANCES, Instance
from ingestion.synthetic.events.model import Paid
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.volumes import SNAPSHOTS, VOLUMES, Volume
from ingestion.synthetic.planted import any_instance_in
from ingestion.synthetic.regions import VIRGINIA, Region
from lake.collected.days import Answer
from lake.collected.dictionary import write_schemas
from lake.workspace import Workspace

# What the metrics alone show, by name: idle machines, machines that are too large with the type that would do.
IDLE_INSTANCE, IDLE_DATABASE, IDLE_VOLUME, LOOSE_VOLUME = "exports", "metrics", "web-static", "payments-eu-scratch"
OVERSIZED = {"payments-api-2": "m7g.xlarge", "warehouse-3": "r7g.2xlarge"}
OVERSIZED_DATABASE = ("payments-cards", "db.r6g.large")
QUIET_WEEKENDS = "reports"
# It works on weekdays from 06:00 to 18:00 UTC; a schedule leaves an hour before and one after.
QUIET_NIGHTS, ITS_HOURS = "staging-preview", "mon-fri 05:00-19:00 tz=UTC"
# A volume of gp3 with 9,000 IOPS and 375 MiB/s, the speed that its peak needs, and that with a fifth to spare.
SLOW_VOLUME, ITS_PEAK, ITS_NEED = "payments-journal", (3150, 150), (4000, 190)
# A snapshot of a volume that is gone, and one of a volume that is there.
_SOURCES = {"payments-archive": True, "warehouse": False}
_VCPUS = {"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32, "16xlarge": 64}
_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8, "t": 4}
METRIC_DAYS = 28

_Question = tuple[str, str, str, str]


@dataclass
class _Answers:
    """Rows by source, part, account and region; a question without rows is answered, too."""

    rows: dict[_Question, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def add(self, source: str, part: str, account: Account, region: Region, *rows: Row) -> None:
        """More of an answer."""
        self.rows[source, part, account.id, region.code].extend(rows)


def land_days(ws: Workspace, scene: Scene, on: Sequence[date]) -> None:
    """Land the inventories of some days, and with the last metrics and instance types; the caller holds the lock.

    Metrics are of the days before that one, UTC.
    """
    write_schemas(ws.store)
    for day in on:
        answers = _Answers()
        _inventory(answers, scene, day)
        if day == on[-1]:
            _metrics(answers, scene, day)
            _types(answers)
        _land(ws, answers, day)


def _land(ws: Workspace, answers: _Answers, day: date) -> None:
    at = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    told: dict[str, list[Any]] = defaultdict(list)
    through = (day - timedelta(days=1)).isoformat()
    for (source, part, account, region), rows in answers.rows.items():
        trace = {"part": part, "asked_account_id": account, "asked_region_id": region, "collected_at": at}
        place = {"account_id": account} if source != "instance_types" else {}
        table = table_of(source, ({**place, "region_id": region, **row, **trace} for row in rows))
        ends = through if source == "metrics" else ""
        answer = Answer(part, account, region, "ok", "", len(rows), f"{at:%Y-%m-%dT%H:%M:%SZ}", ends)
        told[source].append((answer, table))
    for source, answered in told.items():
        land(replace(ws, now=at, run_id=f"synthetic-{day:%Y%m%d}"), source, answered)


def _inventory(answers: _Answers, scene: Scene, day: date) -> None:
    places = {(one.account, one.region) for one in INSTANCES} | {(one.account, one.region) for one in VOLUMES}
    parts = ("instance", "volume", "snapshot", "image", "address", "nat_gateway", "load_balancer", "database")
    for account, region in sorted(places, key=lambda place: (place[0].id, place[1].code)):
        for part in parts:
            answers.add("inventory", part, account, region)
    for instance in INSTANCES:
        if instance.first_day(scene) <= day:
            answers.add("inventory", "instance", instance.account, instance.region, _instance(instance, scene))
    for volume in VOLUMES:
        # A volume that is made on the 1st is gone after the 15th.
        if not volume.half_month:
            answers.add("inventory", "volume", volume.account, volume.region, _volume(volume, scene))
    for name, account, _, gib in SNAPSHOTS:
        is_there = _SOURCES[name]
        source = next(one.id(scene) for one in VOLUMES if one.name == name) if is_there else "vol-0000000000000dead"
        row: Row = {"resource_type": "snapshot", "resource_id": f"snap-{scene.hex('snapshot ' + name)}", "size_gb": gib}
        made = datetime(day.year - 1, 1, 1, tzinfo=UTC)
        answers.add(
            "inventory",
            "snapshot",
            account,
            VIRGINIA,
            {**row, "state": "completed", "source_id": source} | {"created_at": made, "tags": {}},
        )
    _network(answers, scene)
    for node in DATABASES:
        row = {"resource_type": "database", "resource_id": node.name, "resource_arn": database_arn(node)}
        answers.add("inventory", "database", node.account, node.region, {**row, "state": "available", "tags": {}})


def _network(answers: _Answers, scene: Scene) -> None:
    for device in network.BALANCERS:
        uses = 0 if network.is_idle(device) else 2
        row: Row = {
            "resource_type": "load_balancer",
            "resource_id": device[0],
            "type": "application",
            "state": "active",
        }
        row |= {"resource_arn": network.balancer_arn(device, scene), "use_count": uses, "healthy_count": uses}
        answers.add("inventory", "load_balancer", device[1], device[2], row)
    for device in network.NAT_GATEWAYS:
        row = {"resource_type": "nat_gateway", "resource_id": f"nat-{scene.hex(device[0])}", "state": "available"}
        row |= {"use_count": 0 if network.is_idle(device) else 3}
        answers.add("inventory", "nat_gateway", device[1], device[2], row)
    idle = network.idle_address_arn(scene)
    row = {"resource_type": "address", "resource_id": idle.rpartition("/")[2], "state": "unassociated", "use_count": 0}
    account = next(one.account for one in INSTANCES if one.account.id == idle.split(":")[4])
    answers.add("inventory", "address", account, VIRGINIA, row)


def _instance(instance: Instance, scene: Scene) -> Row:
    return {
        "resource_type": "instance",
        "resource_id": instance.id(scene),
        "state": "running",
        "type": instance.type,
        "platform": "Windows" if instance.windows else "Linux/UNIX",
        "architecture": "arm64" if "g." in instance.type else "x86_64",
        "lifecycle": "spot" if instance.paid is Paid.SPOT else None,
        "tags": {"Environment": instance.tags.environment} if instance.tags.environment else {},
        "attributes": {"network_interface_count": "1", "has_ena": "true", "virtualization_type": "hvm"},
    }


def _volume(volume: Volume, scene: Scene) -> Row:
    # What the bill shows to be left over is attached to nothing, and one volume that it cannot show.
    is_loose = volume.name == LOOSE_VOLUME or not any_instance_in(volume.account, volume.region)
    beside = [one for one in INSTANCES if one.account is volume.account and one.region is volume.region]
    return {
        "resource_type": "volume",
        "resource_id": volume.id(scene),
        "state": "available" if is_loose else "in-use",
        "type": volume.type,
        "size_gb": volume.gib,
        "iops": _speed_of(volume)[0],
        "throughput": _speed_of(volume)[1],
        "use_count": 0 if is_loose else 1,
        "used_by": "" if is_loose else beside[0].id(scene),
        "tags": {},
    }


def _metrics(answers: _Answers, scene: Scene, day: date) -> None:
    days = [day - timedelta(days=number) for number in range(METRIC_DAYS, 0, -1)]
    for instance in INSTANCES:
        rows = _each("instance", instance.id(scene), days, lambda on, one=instance: _work_of(one, on))
        answers.add("metrics", "instance", instance.account, instance.region, *rows)
    for volume in VOLUMES:
        rows = _each("volume", volume.id(scene), days, lambda _, one=volume: _work_of_volume(one))
        answers.add("metrics", "volume", volume.account, volume.region, *rows)
    for node in DATABASES:
        rows = _each("database", node.name, days, lambda _, one=node: _work_of_database(one))
        answers.add("metrics", "database", node.account, node.region, *rows)


def _each(kind: str, name: str, days: Sequence[date], told: Any) -> Iterator[Row]:
    for on in days:
        for metric, values in told(on).items():
            row = {"resource_type": kind, "resource_id": name, "metric_name": metric, "metric_on": on}
            yield {**row, "hour_count": 24, "expected_hour_count": 24, **values}


def _work_of(instance: Instance, on: date) -> dict[str, Row]:
    is_idle = instance.name == IDLE_INSTANCE or (instance.name == QUIET_WEEKENDS and on.weekday() >= 5)
    top = 3.0 if is_idle else 17.0 if instance.name in OVERSIZED else 66.0
    network_bytes = 100_000.0 if is_idle else 9e9
    memory = 15.0 if instance.name in OVERSIZED else 70.0
    works = range(6, 18) if instance.name == QUIET_NIGHTS and on.weekday() < 5 else range(24)
    if instance.name == QUIET_NIGHTS and on.weekday() >= 5:
        works = range(0)
    hourly = {f"{hour:02}": top + 1 if hour in works else 1.0 for hour in range(24)}
    traffic = {f"{hour:02}": network_bytes / 24 if hour in works else 1000.0 for hour in range(24)}
    return {
        "CPUUtilization": {"average": top / 2, "maximum": top + 1, "p99_5": top, "hourly": hourly},
        "NetworkIn": {"total": network_bytes, "hourly": traffic},
        "NetworkOut": {"total": network_bytes, "hourly": traffic},
        "mem_used_percent": {"average": memory, "maximum": memory, "p99_5": memory},
    }


def _speed_of(volume: Volume) -> tuple[int, int]:
    if volume.type == "gp2":
        return max(100, 3 * volume.gib), 250 if volume.gib > 170 else 128
    return 3000 + volume.iops, 125 + volume.mibps


def _work_of_volume(volume: Volume) -> dict[str, dict[str, float]]:
    """As much in its busiest minute as it can do, half of it reading; idle volumes nothing."""
    iops, mibps = ITS_PEAK if volume.name == SLOW_VOLUME else _speed_of(volume)
    if volume.name == IDLE_VOLUME:
        iops, mibps = 0, 0
    halves = {"Ops": iops * 60 / 2, "Bytes": mibps * 2**20 * 60 / 2}
    return {
        f"Volume{way}{what}": {"total": 100 * half, "busiest_minute": half}
        for way in ("Read", "Write")
        for what, half in halves.items()
    }


def _work_of_database(node: Node) -> dict[str, dict[str, float]]:
    top = 12.0 if node.name == OVERSIZED_DATABASE[0] else 66.0
    connections = 0.0 if node.name == IDLE_DATABASE else 40.0
    return {
        "CPUUtilization": {"average": top / 2, "maximum": top + 5, "p99_5": top},
        "DatabaseConnections": {"average": connections, "maximum": connections},
    }


def _types(answers: _Answers) -> None:
    for region in sorted({one.region for one in INSTANCES}, key=lambda one: one.code):
        account = next(one.account for one in INSTANCES if one.region is region)
        families = sorted({one.type.partition(".")[0] for one in INSTANCES if one.region is region})
        rows = [_type(family, size) for family in families for size in _VCPUS]
        answers.add("instance_types", "instance_type", account, region, *rows)


def _type(family: str, size: str) -> Row:
    return {
        "instance_type": f"{family}.{size}",
        "vcpu_count": _VCPUS[size],
        "memory_mib": _VCPUS[size] * _GIB_PER_VCPU[family[0]] * 1024,
        "architecture": "arm64" if family.endswith("g") else "x86_64",
        "hypervisor": "xen" if family in ("m4", "r4", "t2") else "nitro",
        "is_burstable": family.startswith("t"),
        "has_instance_storage": False,
        "gpu_count": 0,
        "network_interface_limit": 4,
        "attributes": {"virtualization_types": "hvm", "ena_support": "required"},
    }
