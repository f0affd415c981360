"""Two on-demand capacity reservations: one that nobody uses, and a busy twin whose instance is in it."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.synthetic.accounts import PAYMENTS, UNTAGGED
from ingestion.synthetic.events.instances import box_attributes, box_columns, size_factor
from ingestion.synthetic.events.model import EC2, ONE, Event, Meter, Paid, used
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import VIRGINIA


def capacity_arn(scene: Scene, name: str) -> str:
    """The ARN of a capacity reservation."""
    return arn("ec2", VIRGINIA, PAYMENTS, f"capacity-reservation/cr-{scene.hex('capacity ' + name)}")


def capacity_events(scene: Scene) -> Iterator[Event]:
    """An unused reservation costs what the instance would (UnusedBox); a used one costs nothing beside its instance."""
    for name, usage, instance_type, status in (
        ("idle", "UnusedBox", "m7g.4xlarge", "UnusedCapacityReservation"),
        ("busy", "Reservation", "m7g.4xlarge", "AllocatedCapacityReservation"),
    ):
        price = public_price(instance_type, VIRGINIA) if usage == "UnusedBox" else ONE - ONE
        meter = Meter(
            *(PAYMENTS, VIRGINIA, "AmazonEC2", EC2, f"{usage}:{instance_type}", "RunInstances", "Hrs"),
            description=f"${price:f} per {usage} Linux {instance_type} Instance Hour",
            price=price,
            resource_id=capacity_arn(scene, name),
            zone="us-east-1a",
            family="Compute Instance",
            tags=UNTAGGED,
            normalization=size_factor(instance_type),
            attributes=box_attributes(instance_type, "Linux", status),
            columns=box_columns(instance_type),
        )
        yield from (used(meter, hour, ONE, Paid.ON_DEMAND) for hour in scene.period.hours)
