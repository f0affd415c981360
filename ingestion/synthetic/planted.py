"""What was planted on purpose: idle resources and their busy twins, cheaper types, oversized machines."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ingestion.synthetic.accounts import ANALYTICS, PAYMENTS, SHARED, STAGING, WEB, Account
from ingestion.synthetic.events import late, network, services
from ingestion.synthetic.events.capacity import capacity_arn
from ingestion.synthetic.events.instances import INSTANCES, Instance
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.volumes import VOLUMES, Volume, gp3_saving
from ingestion.synthetic.events.wide import RESIZED, RESIZED_AFTER
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import VIRGINIA, Region
from ingestion.synthetic.truth import PlantedIdle, PlantedOversized, PlantedRightsizing

_HOURS_A_MONTH = 730
_HOURS_TO_TELL = 168

# Instance -> rule, then the types on the same bill in the same region that would do, the newest first.
_CHEAPER_TYPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "payments-legacy": ("previous_generation", ("m6i.xlarge", "m5.xlarge")),
    "shared-wiki": ("previous_generation", ("t3.large",)),
    "notebooks": ("previous_generation", ("r6i.large", "r5.large")),
    "shared-ci": ("graviton", ("m7g.large", "m6g.large")),
    "shared-vpn": ("graviton", ("m7g.large", "m6g.large")),
    "payments-eu-2": ("graviton", ("m7g.large", "m6g.large")),
}

# Instances that a rule must leave alone: Windows does not run on Graviton, and these are of the newest generations.
_FINE_AS_THEY_ARE = (
    ("shared-directory", "graviton"),
    ("staging-api", "graviton"),
    ("payments-api-1", "graviton"),
    ("payments-risk", "previous_generation"),
    ("exports", "previous_generation"),
    ("staging-api", "previous_generation"),
)

_OVERSIZED = (("payments-api-2", Decimal("4.1")), ("warehouse-3", Decimal("6.8")))


def idle_and_twins(scenes: Sequence[Scene]) -> tuple[tuple[PlantedIdle, ...], tuple[PlantedIdle, ...]]:
    """The idle resources, and the busy ones of the same kinds. They last as long as the ledger."""
    scene = scenes[0]
    idle: list[PlantedIdle] = []
    busy: list[PlantedIdle] = []

    def plant(is_idle: bool, resource_id: str, rule: str, account: Account, region: Region = VIRGINIA) -> None:
        (idle if is_idle else busy).append(PlantedIdle(resource_id, rule, account.id, region.code))

    for rule, devices, name in (
        ("application_load_balancer", network.BALANCERS, network.balancer_arn),
        ("nat_gateway", network.NAT_GATEWAYS, network.nat_arn),
        ("vpc_endpoint", network.ENDPOINTS, network.endpoint_arn),
    ):
        for device in devices:
            plant(network.is_idle(device), name(device, scene), rule, device[1], device[2])
    plant(True, network.idle_address_arn(scene), "public_ipv4_address", ANALYTICS)
    plant(False, network.busy_address_arn(scene), "public_ipv4_address", SHARED)
    for is_idle, status in ((True, "idle"), (False, "busy")):
        plant(is_idle, capacity_arn(scene, status), "capacity_reservation", PAYMENTS)
    plant(True, services.stream_arn(services.IDLE_STREAM), "kinesis_stream", ANALYTICS)
    plant(False, services.stream_arn(services.BUSY_STREAM), "kinesis_stream", ANALYTICS)
    plant(True, services.table_arn(STAGING, services.IDLE_TABLE), "dynamodb_table", STAGING)
    plant(False, services.table_arn(WEB, services.BUSY_TABLE), "dynamodb_table", WEB)
    plant(True, services.acl_arn(scene, services.IDLE_ACL), "web_acl", WEB)
    plant(False, services.acl_arn(scene, services.BUSY_ACL), "web_acl", WEB)
    for volume in VOLUMES:
        # No instance of staging ever ran in Ireland: nothing can be using its volumes there.
        left_over = not any_instance_in(volume.account, volume.region)
        for resource_id in dict.fromkeys(volume.id(at) for at in scenes):
            plant(left_over, resource_id, "ebs_volume", volume.account, volume.region)
    return tuple(idle), tuple(busy)


def went_idle(scenes: Sequence[Scene]) -> tuple[PlantedIdle, ...]:
    """The gateway of a wide ledger that was busy in the first month only, once it was idle for long enough to tell."""
    after = [scene.period for scene in scenes[1:]]
    if not after or len(after[0].hours) < _HOURS_TO_TELL:
        return ()
    place = (late.GATEWAY[1].id, late.GATEWAY[2].code)
    return (PlantedIdle(network.nat_arn(late.GATEWAY, scenes[0]), "nat_gateway", *place, since=after[0].name),)


def rightsizing(scenes: Sequence[Scene]) -> tuple[list[PlantedRightsizing], list[PlantedRightsizing]]:
    """The resources with a cheaper type, and those that a rule must leave alone. One scene per month."""
    periods = tuple(scene.period.name for scene in scenes)
    named = {instance.name: instance for instance in INSTANCES}
    found = [_cheaper(named[name], scenes[0], periods, rule, types) for name, (rule, types) in _CHEAPER_TYPES.items()]
    fine = [
        PlantedRightsizing(
            *(periods, named[name].id(scenes[0]), rule, named[name].account.id),
            *(named[name].region.code, named[name].type, None, None),
        )
        for name, rule in _FINE_AS_THEY_ARE
    ]
    for volume in VOLUMES:
        for scene in scenes if volume.half_month else scenes[:1]:
            months = (scene.period.name,) if volume.half_month else periods
            planted = _volume(volume, scene, months)
            (fine if planted.recommended is None else found).append(planted)
    return found, fine


def resized(scenes: Sequence[Scene]) -> tuple[PlantedRightsizing, ...]:
    """The instance of a wide ledger that was resized: judged by its newest type, it is right as it is."""
    periods = tuple(scene.period.name for scene in scenes)
    at = scenes[0]
    if scenes[-1].period.through < at.started + RESIZED_AFTER:
        return ()
    facts = (periods, RESIZED.id(at))
    place = (RESIZED.account.id, RESIZED.region.code)
    return tuple(
        PlantedRightsizing(*facts, rule, *place, "m7g.large", None, None)
        for rule in ("previous_generation", "graviton")
    )


def _cheaper(
    instance: Instance, scene: Scene, periods: tuple[str, ...], rule: str, types: tuple[str, ...]
) -> PlantedRightsizing:
    price = public_price(instance.type, instance.region)
    savings = [(kind, _HOURS_A_MONTH * (price - public_price(kind, instance.region))) for kind in types]
    return PlantedRightsizing(
        *(periods, instance.id(scene), rule, instance.account.id, instance.region.code, instance.type),
        *(savings[0][0], savings[0][1], tuple(savings[1:])),
    )


def _volume(volume: Volume, scene: Scene, periods: tuple[str, ...]) -> PlantedRightsizing:
    saving = gp3_saving(volume) if volume.type == "gp2" else Decimal(0)
    facts = (periods, volume.id(scene), "gp2_to_gp3", volume.account.id, volume.region.code, volume.type)
    return PlantedRightsizing(*facts, "gp3", saving) if saving > 0 else PlantedRightsizing(*facts, None, None)


def oversized(scene: Scene) -> tuple[PlantedOversized, ...]:
    """Instances that are far larger than their work. Only utilization shows them."""
    named = {instance.name: instance for instance in INSTANCES}
    return tuple(
        PlantedOversized(named[name].id(scene), named[name].account.id, named[name].region.code, named[name].type, cpu)
        for name, cpu in _OVERSIZED
    )


def any_instance_in(account: Account, region: Region) -> bool:
    """Whether the company runs any instance there."""
    return any(instance.account is account and instance.region is region for instance in INSTANCES)
