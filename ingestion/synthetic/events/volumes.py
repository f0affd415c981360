"""EBS volumes and snapshots, by the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ingestion.synthetic.accounts import (
    ANALYTICS,
    ANALYTICS_TEAM,
    PAYMENTS,
    PAYMENTS_TEAM,
    SHARED,
    STAGING,
    STAGING_TEAM,
    UNTAGGED,
    WEB,
    WEB_TEAM,
    Account,
    Tags,
)
from ingestion.synthetic.events.model import EC2, Event, Meter, quantity, used
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import IRELAND, VIRGINIA, Region


@dataclass(frozen=True)
class Volume:
    """A volume of `gib`. `iops` and `mibps` are what a gp3 volume has above its free 3,000 and 125.

    A `half_month` volume is made on the 1st and deleted when the 15th ends, a new one every month.
    """

    name: str
    account: Account
    region: Region
    type: str
    gib: int
    tags: Tags = UNTAGGED
    iops: int = 0
    mibps: int = 0
    half_month: bool = False

    def id(self, scene: Scene) -> str:
        """Its volume id."""
        name = f"{self.name}/{scene.period.name}" if self.half_month else self.name
        return f"vol-{scene.hex(name)}"


VOLUMES: tuple[Volume, ...] = (
    Volume("payments-journal", PAYMENTS, VIRGINIA, "gp3", 4000, PAYMENTS_TEAM, iops=6000, mibps=250),
    Volume("payments-eu-journal", PAYMENTS, IRELAND, "gp3", 2000, PAYMENTS_TEAM, iops=3000, mibps=125),
    Volume("payments-archive", PAYMENTS, VIRGINIA, "gp2", 1500, PAYMENTS_TEAM),
    Volume("payments-eu-scratch", PAYMENTS, IRELAND, "gp2", 100, PAYMENTS_TEAM),
    Volume("web-static", WEB, VIRGINIA, "gp3", 1500, WEB_TEAM),
    Volume("warehouse-1", ANALYTICS, VIRGINIA, "gp3", 8000, ANALYTICS_TEAM, iops=9000, mibps=375),
    Volume("warehouse-2", ANALYTICS, VIRGINIA, "gp3", 8000, ANALYTICS_TEAM),
    Volume("reprocessing", ANALYTICS, VIRGINIA, "gp2", 400, half_month=True),
    Volume("notebooks", ANALYTICS, VIRGINIA, "gp2", 100),
    Volume("shared-ci", SHARED, VIRGINIA, "gp2", 200),
    Volume("staging-left-1", STAGING, IRELAND, "gp3", 4000, STAGING_TEAM),
    Volume("staging-left-2", STAGING, IRELAND, "gp3", 120),
)

SNAPSHOTS = (("payments-archive", PAYMENTS, PAYMENTS_TEAM, 5200), ("warehouse", ANALYTICS, UNTAGGED, 12400))


def volume_events(scene: Scene) -> Iterator[Event]:
    """What volumes and snapshots cost in the month."""
    for volume in VOLUMES:
        for meter, size in volume_meters(volume, scene):
            share = quantity(size / scene.period.days_in_month)
            for day in scene.period.days:
                if not volume.half_month or day.start.day <= 15:
                    yield used(meter, day, share)
    for name, account, tags, gib in SNAPSHOTS:
        meter = _meter(account, VIRGINIA, "SnapshotUsage", "CreateSnapshot", tags, _snapshot_arn(scene, account, name))
        for day in scene.period.days:
            growth = 1 + 0.002 * (day.start.date() - scene.started).days
            yield used(meter, day, quantity(gib * growth / scene.period.days_in_month))


def volume_meters(volume: Volume, scene: Scene) -> Iterator[tuple[Meter, float]]:
    """What is billed of a volume, and how much of it a whole month has."""
    operation = f"CreateVolume-{volume.type.capitalize()}"
    for name, size in (
        (f"VolumeUsage.{volume.type}", float(volume.gib)),
        ("VolumeP-IOPS.gp3", float(volume.iops)),
        ("VolumeP-Throughput.gp3", volume.mibps / 1024),
    ):
        if size:
            yield _meter(volume.account, volume.region, name, operation, volume.tags, volume.id(scene)), size


def _meter(account: Account, region: Region, name: str, operation: str, tags: Tags, resource_id: str) -> Meter:
    price = public_price(name, region)
    what = {
        "VolumeP-IOPS.gp3": ("IOPS-Mo", "per IOPS-month provisioned (gp3)", "System Operation"),
        "VolumeP-Throughput.gp3": ("GiBps-mo", "per GiBps-month provisioned (gp3)", "Provisioned Throughput"),
        "SnapshotUsage": ("GB-Mo", "per GB-Month of snapshot data stored", "Storage Snapshot"),
    }.get(name, ("GB-Mo", f"per GB-month of General Purpose ({name[-3:]}) provisioned storage", "Storage"))
    unit, words, family = what
    volume_type = (("volume_type", "General Purpose"), ("volume_api_name", name[-3:])) if family == "Storage" else ()
    return Meter(
        account=account,
        region=region,
        product_code="AmazonEC2",
        service_name=EC2,
        usage_type=f"{region.prefix}EBS:{name}",
        operation=operation,
        unit=unit,
        description=f"${price.normalize():f} {words} - {region.location}",
        price=price,
        resource_id=resource_id,
        family=family,
        tags=tags,
        attributes=volume_type,
    )


def snapshot_meter(account: Account, region: Region, tags: Tags, snapshot_id: str) -> Meter:
    """How a snapshot is billed, by its id alone."""
    resource_id = arn("ec2", region, account, f"snapshot/{snapshot_id}")
    return _meter(account, region, "SnapshotUsage", "CreateSnapshot", tags, resource_id)


def _snapshot_arn(scene: Scene, account: Account, name: str) -> str:
    return arn("ec2", VIRGINIA, account, f"snapshot/snap-{scene.hex('snapshot ' + name)}")


def gp3_saving(volume: Volume) -> Decimal:
    """What moving a gp2 volume to gp3 saves in a month of full use, USD; negative when gp3 is dearer.

    A gp2 volume has 3 IOPS per GB; what exceeds gp3's free 3,000 must be bought, and from 170 GB up so must 125 MiB/s
    of throughput, to lose nothing. The bill prices throughput per GiB/s.
    """
    gib = Decimal(volume.gib)
    at = volume.region
    dearer = public_price("VolumeUsage.gp2", at) - public_price("VolumeUsage.gp3", at)
    iops = max(Decimal(0), 3 * gib - 3000) * public_price("VolumeP-IOPS.gp3", at)
    throughput = Decimal(125) * public_price("VolumeP-Throughput.gp3", at) / 1024 if gib > 170 else Decimal(0)
    return gib * dearer - iops - throughput
