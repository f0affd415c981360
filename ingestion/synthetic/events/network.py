"""Load balancers, NAT gateways, endpoints, addresses and transfer. Each kind has an idle one and a busy twin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from ingestion.synthetic.accounts import (
    ANALYTICS,
    ANALYTICS_TEAM,
    PAYMENTS,
    PAYMENTS_TEAM,
    PLATFORM_TEAM,
    SHARED,
    STAGING,
    STAGING_TEAM,
    UNTAGGED,
    WEB,
    WEB_TEAM,
    Account,
    Tags,
)
from ingestion.synthetic.events.model import EC2, ONE, Event, Meter, quantity, used
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import demand_of_day, demand_of_hour
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import IRELAND, VIRGINIA, Region

Naming = Callable[[Scene], str]

# Name, account, region, tags, mean activity in an hour (capacity units for a balancer, GB for the others).
Device = tuple[str, Account, Region, Tags, float]

BALANCERS: tuple[Device, ...] = (
    ("shop", WEB, VIRGINIA, WEB_TEAM, 42.0),
    ("payments-api", PAYMENTS, VIRGINIA, PAYMENTS_TEAM, 18.0),
    ("old-checkout", STAGING, VIRGINIA, STAGING_TEAM, 0.0),
    ("payments-eu-old", PAYMENTS, IRELAND, UNTAGGED, 0.0),
)
NAT_GATEWAYS: tuple[Device, ...] = (
    ("payments-nat", PAYMENTS, VIRGINIA, PAYMENTS_TEAM, 22.0),
    ("analytics-nat", ANALYTICS, VIRGINIA, ANALYTICS_TEAM, 46.0),
    ("staging-eu-nat", STAGING, IRELAND, STAGING_TEAM, 0.0),
)
ENDPOINTS: tuple[Device, ...] = (
    ("analytics-kinesis", ANALYTICS, VIRGINIA, ANALYTICS_TEAM, 35.0),
    ("payments-sns", PAYMENTS, VIRGINIA, UNTAGGED, 0.0),
)


def balancer_arn(device: Device, scene: Scene) -> str:
    """The ARN of an application load balancer."""
    return arn("elasticloadbalancing", device[2], device[1], f"loadbalancer/app/{device[0]}/{scene.hex(device[0], 16)}")


def nat_arn(device: Device, scene: Scene) -> str:
    """The ARN of a NAT gateway."""
    return arn("ec2", device[2], device[1], f"natgateway/nat-{scene.hex(device[0])}")


def endpoint_arn(device: Device, scene: Scene) -> str:
    """The ARN of an interface endpoint."""
    return arn("ec2", device[2], device[1], f"vpc-endpoint/vpce-{scene.hex(device[0])}")


def idle_address_arn(scene: Scene) -> str:
    """The ARN of an elastic IP address that is attached to nothing."""
    return arn("ec2", VIRGINIA, ANALYTICS, f"elastic-ip/eipalloc-{scene.hex('idle address')}")


def busy_address_arn(scene: Scene) -> str:
    """The network interface under which the bill knows an address in use."""
    return arn("ec2", VIRGINIA, SHARED, f"network-interface/eni-{scene.hex('busy address')}")


def network_events(scene: Scene) -> Iterator[Event]:
    """What the network costs in the month."""
    for device in BALANCERS:
        name = "AWSELB", "Elastic Load Balancing", "LoadBalancing:Application", "Load Balancer-Application"
        hours = _meter(device, *name, device[2].prefix, "LoadBalancerUsage", "Hrs", balancer_arn(device, scene))
        units = _meter(device, *name, device[2].prefix, "LCUUsage", "LCU-Hrs", balancer_arn(device, scene))
        # A forgotten balancer on the internet still meets scanners: it bills a trace of capacity.
        yield from _device_hours(scene, device, hours, units, scanners=0.0004)
    for device in NAT_GATEWAYS:
        yield from gateway_hours(scene, device)
    for device in ENDPOINTS:
        name = "AmazonVPC", "Amazon Virtual Private Cloud", "VpcEndpoint", "VpcEndpoint"
        prefix = device[2].long_prefix
        hours = _meter(device, *name, prefix, "VpcEndpoint-Hours", "Hrs", endpoint_arn(device, scene))
        passed = _meter(device, *name, prefix, "VpcEndpoint-Bytes", "GB", endpoint_arn(device, scene))
        yield from _device_hours(scene, device, hours, passed)
    yield from _addresses(scene)
    yield from _transfer(scene)


def gateway_hours(scene: Scene, device: Device) -> Iterator[Event]:
    """The hours of a NAT gateway and what went through it."""
    name = "AmazonEC2", EC2, "NatGateway", "NAT Gateway"
    hours = _meter(device, *name, device[2].prefix, "NatGateway-Hours", "Hrs", nat_arn(device, scene))
    passed = _meter(device, *name, device[2].prefix, "NatGateway-Bytes", "GB", nat_arn(device, scene))
    yield from _device_hours(scene, device, hours, passed)


def _device_hours(scene: Scene, device: Device, hours: Meter, activity: Meter, scanners: float = 0) -> Iterator[Event]:
    chance = scene.chance(device[0])
    for hour in scene.period.hours:
        yield used(hours, hour, ONE)
        busy = device[4] * demand_of_hour(hour.start) * chance.uniform(0.85, 1.15)
        busy += scanners * chance.uniform(0.2, 1.8)
        if busy:
            yield used(activity, hour, quantity(busy))


def _meter(
    device: Device,
    code: str,
    service: str,
    operation: str,
    family: str,
    prefix: str,
    usage: str,
    unit: str,
    resource_id: str,
) -> Meter:
    price = public_price(usage, device[2])
    return Meter(
        account=device[1],
        region=device[2],
        product_code=code,
        service_name=service,
        usage_type=f"{prefix}{usage}",
        operation=operation,
        unit=unit,
        description=f"${price.normalize():f} per {unit} of {usage}",
        price=price,
        resource_id=resource_id,
        family=family,
        tags=device[3],
    )


def _addresses(scene: Scene) -> Iterator[Event]:
    price = public_price("PublicIPv4", VIRGINIA)
    for state, operation, account, tags, resource_id in (
        ("Idle", "AllocateAddressVPC", ANALYTICS, UNTAGGED, idle_address_arn(scene)),
        ("InUse", "AssociateAddressVPC", SHARED, PLATFORM_TEAM, busy_address_arn(scene)),
    ):
        meter = Meter(
            *(account, VIRGINIA, "AmazonVPC", "Amazon Virtual Private Cloud"),
            usage_type=f"USE1-PublicIPv4:{state}Address",
            operation=operation,
            unit="Hrs",
            description=f"$0.005 per {'Idle' if state == 'Idle' else 'In-use'} public IPv4 address per hour",
            price=price,
            resource_id=resource_id,
            tags=tags,
            attributes=(("group", "VPCPublicIPv4Address"),),
        )
        yield from (used(meter, hour, ONE) for hour in scene.period.hours)


def _transfer(scene: Scene) -> Iterator[Event]:
    for usage, operation, account, gb in (
        ("DataTransfer-Out-Bytes", "RunInstances", PAYMENTS, 310.0),
        ("DataTransfer-Out-Bytes", "RunInstances", WEB, 640.0),
        ("DataTransfer-Regional-Bytes", "InterZone-Out", ANALYTICS, 1900.0),
    ):
        price = public_price(usage, VIRGINIA)
        meter = Meter(
            *(account, VIRGINIA, "AmazonEC2", EC2, usage, operation, "GB"),
            description=f"${price.normalize():f} per GB - {usage}",
            price=price,
            family="Data Transfer",
            attributes=(("transfer_type", "AWS Outbound" if "Out-Bytes" in usage else "IntraRegion"),),
        )
        chance = scene.chance(f"transfer {usage} {account.name}")
        for day in scene.period.days:
            yield used(meter, day, quantity(gb * demand_of_day(day.start) * chance.uniform(0.9, 1.1)))


def is_idle(device: Device) -> bool:
    """Whether nothing of the company's goes through it."""
    return Decimal(str(device[4])) == 0
