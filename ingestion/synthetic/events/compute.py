"""Instance hours, container hours, and the commitments that pay for some of them: hour by hour, as AWS bills them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ingestion.synthetic.accounts import WEB, WEB_TEAM
from ingestion.synthetic.events.commitments import plan, plan_hour, reservation, reservation_events, reserved
from ingestion.synthetic.events.instances import INSTANCES, Instance, instance_meter
from ingestion.synthetic.events.model import ONE, ZERO, Event, Meter, Paid, Use, ten_decimals
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import demand_of_hour
from ingestion.synthetic.prices import PLAN_SHARES, SPOT_PRICES, public_price
from ingestion.synthetic.regions import VIRGINIA

_VCPUS = Decimal(10)
_GIB_PER_VCPU = 2


def compute_events(scene: Scene) -> Iterator[Event]:
    """Everything EC2 instances and Fargate tasks cost in the month."""
    reserved_uses = 0
    for instance in INSTANCES:
        if instance.paid is Paid.PLANNED:
            continue
        for use in _hours_of(instance, scene):
            reserved_uses += use.paid is Paid.RESERVED
            yield use
    yield from reservation_events(scene, reservation(scene), Decimal(reserved_uses))
    yield from _planned(scene)


def _hours_of(instance: Instance, scene: Scene) -> Iterator[Use]:
    meter = instance_meter(instance, scene)
    bought = reservation(scene)
    chance = scene.chance(instance.name)
    launched = instance.first_day(scene)
    for hour in scene.period.hours:
        if hour.start.date() < launched or not instance.runs(hour.start):
            continue
        if instance.paid is Paid.RESERVED:
            yield reserved(meter, hour, bought)
        elif instance.paid is Paid.SPOT:
            # The bill names no public price for spot, so its list cost is zero, as on real bills.
            swing = Decimal(chance.randint(-60, 60)) / 1000
            paid = ten_decimals(SPOT_PRICES[instance.type] * (ONE + swing))
            yield Use(meter, hour, ONE, ZERO, paid, Paid.SPOT)
        else:
            yield Use(meter, hour, ONE, meter.price, meter.price, Paid.ON_DEMAND)


def _planned(scene: Scene) -> Iterator[Event]:
    by = plan(scene)
    meters = [(at, instance_meter(at, scene)) for at in INSTANCES if at.paid is Paid.PLANNED]
    rates = {at.type: _plan_rate(at.type, meter) for at, meter in meters}
    cpu, memory = _fargate(scene, "vCPU-Hours:perCPU"), _fargate(scene, "GB-Hours")
    for hour in scene.period.hours:
        running = [(meter, ONE, rates[at.type]) for at, meter in meters if at.runs(hour.start)]
        tasks = Decimal(max(1, round(float(_VCPUS) * demand_of_hour(hour.start))))
        running.append((cpu, tasks, _plan_rate("Fargate-ARM-vCPU-Hours", cpu)))
        running.append((memory, tasks * _GIB_PER_VCPU, _plan_rate("Fargate-ARM-GB-Hours", memory)))
        yield from plan_hour(by, hour, running)


def _plan_rate(name: str, meter: Meter) -> Decimal:
    return (PLAN_SHARES[name] * meter.price).quantize(Decimal("0.00001"))


def _fargate(scene: Scene, unit: str) -> Meter:
    name = f"Fargate-ARM-{unit.partition(':')[0]}"
    price = public_price(name, VIRGINIA)
    return Meter(
        account=WEB,
        region=VIRGINIA,
        product_code="AmazonECS",
        service_name="Amazon Elastic Container Service",
        usage_type=f"USE1-Fargate-ARM-{unit}",
        operation="FargateTask",
        unit="hours",
        description=f"AWS Fargate - ARM - {unit.partition('-')[0]} - US East (N.Virginia)",
        price=price,
        resource_id=arn("ecs", VIRGINIA, WEB, f"task/storefront/{scene.hex('task', 32)}"),
        family="Compute",
        tags=WEB_TEAM,
    )
