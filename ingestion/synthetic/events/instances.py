"""The company's EC2 instances: which run, where, when, and how each is paid for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from ingestion.synthetic.events.model import EC2, Meter, Paid
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.periods import is_working_hour
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import IRELAND, VIRGINIA, Region

# Days after the ledger starts at which analytics doubles its warehouse: the cost jump of the story.
JUMP_AFTER = timedelta(days=12)


def always(_: datetime) -> bool:
    """Runs day and night."""
    return True


@dataclass(frozen=True)
class Instance:
    """An instance of the company. `runs` says in which hours; a plan may cover PLANNED ones, hour by hour."""

    name: str
    account: Account
    region: Region
    type: str
    tags: Tags = UNTAGGED
    paid: Paid = Paid.ON_DEMAND
    runs: Callable[[datetime], bool] = always
    since_jump: bool = False
    windows: bool = False

    def id(self, scene: Scene) -> str:
        """Its instance id."""
        return f"i-{scene.hex(self.name)}"

    def first_day(self, scene: Scene) -> date:
        """The day it was launched, no earlier than the ledger."""
        return scene.started + JUMP_AFTER if self.since_jump else scene.started


INSTANCES: tuple[Instance, ...] = (
    Instance("payments-api-1", PAYMENTS, VIRGINIA, "m7g.4xlarge", PAYMENTS_TEAM),
    Instance("payments-api-2", PAYMENTS, VIRGINIA, "m7g.4xlarge", PAYMENTS_TEAM),
    Instance("payments-api-3", PAYMENTS, VIRGINIA, "m7g.4xlarge", PAYMENTS_TEAM, runs=is_working_hour),
    Instance("payments-batch", PAYMENTS, VIRGINIA, "m7g.4xlarge", PAYMENTS_TEAM, Paid.SPOT),
    Instance("payments-legacy", PAYMENTS, VIRGINIA, "m4.xlarge", PAYMENTS_TEAM),
    Instance("payments-risk", PAYMENTS, VIRGINIA, "m6i.xlarge", PAYMENTS_TEAM),
    Instance("payments-fraud", PAYMENTS, VIRGINIA, "m5.xlarge", PAYMENTS_TEAM),
    Instance("payments-eu-1", PAYMENTS, IRELAND, "m7g.4xlarge", PAYMENTS_TEAM),
    Instance("payments-eu-2", PAYMENTS, IRELAND, "m5.large", PAYMENTS_TEAM),
    Instance("payments-eu-3", PAYMENTS, IRELAND, "m7g.large", PAYMENTS_TEAM),
    Instance("payments-eu-4", PAYMENTS, IRELAND, "m6g.large", PAYMENTS_TEAM),
    Instance("web-1", WEB, VIRGINIA, "c7g.4xlarge", WEB_TEAM, Paid.PLANNED),
    Instance("web-2", WEB, VIRGINIA, "c7g.4xlarge", WEB_TEAM, Paid.PLANNED),
    Instance("web-3", WEB, VIRGINIA, "c7g.4xlarge", WEB_TEAM, Paid.PLANNED),
    Instance("web-10", WEB, VIRGINIA, "c7g.4xlarge", WEB_TEAM, Paid.PLANNED),
    Instance("web-11", WEB, VIRGINIA, "c7g.4xlarge", WEB_TEAM, Paid.PLANNED, is_working_hour),
    Instance("web-12", WEB, VIRGINIA, "c7g.4xlarge", WEB_TEAM, Paid.PLANNED, is_working_hour),
    Instance("web-spot", WEB, VIRGINIA, "c7g.4xlarge", WEB_TEAM, Paid.SPOT, is_working_hour),
    Instance("web-eu-1", WEB, IRELAND, "m7g.xlarge", WEB_TEAM, Paid.PLANNED),
    Instance("warehouse-1", ANALYTICS, VIRGINIA, "r7g.8xlarge", ANALYTICS_TEAM),
    Instance("warehouse-2", ANALYTICS, VIRGINIA, "r7g.8xlarge", ANALYTICS_TEAM),
    Instance("warehouse-3", ANALYTICS, VIRGINIA, "r7g.8xlarge", ANALYTICS_TEAM),
    Instance("warehouse-4", ANALYTICS, VIRGINIA, "r7g.16xlarge", ANALYTICS_TEAM, since_jump=True),
    Instance("warehouse-5", ANALYTICS, VIRGINIA, "r7g.16xlarge", ANALYTICS_TEAM, since_jump=True),
    Instance("warehouse-6", ANALYTICS, VIRGINIA, "r7g.16xlarge", since_jump=True),
    Instance("warehouse-7", ANALYTICS, VIRGINIA, "r7g.16xlarge", since_jump=True),
    Instance("features-1", ANALYTICS, VIRGINIA, "r7g.xlarge", ANALYTICS_TEAM, Paid.RESERVED),
    Instance("features-2", ANALYTICS, VIRGINIA, "r7g.xlarge", ANALYTICS_TEAM, Paid.RESERVED),
    Instance("features-3", ANALYTICS, VIRGINIA, "r7g.xlarge", ANALYTICS_TEAM, Paid.RESERVED, is_working_hour),
    Instance("notebooks", ANALYTICS, VIRGINIA, "r4.large"),
    Instance("reports", ANALYTICS, VIRGINIA, "r5.large", ANALYTICS_TEAM),
    Instance("exports", ANALYTICS, VIRGINIA, "r6i.large", ANALYTICS_TEAM),
    Instance("staging-web", STAGING, VIRGINIA, "m6g.large", STAGING_TEAM, runs=is_working_hour),
    Instance("staging-api", STAGING, VIRGINIA, "m7g.large", STAGING_TEAM, runs=is_working_hour),
    Instance("staging-preview", STAGING, VIRGINIA, "t3.large", STAGING_TEAM),
    Instance("shared-wiki", SHARED, VIRGINIA, "t2.large", PLATFORM_TEAM),
    Instance("shared-ci", SHARED, VIRGINIA, "m5.large"),
    Instance("shared-vpn", SHARED, VIRGINIA, "m5.large", PLATFORM_TEAM),
    Instance("shared-directory", SHARED, VIRGINIA, "m5.large", PLATFORM_TEAM, windows=True),
)

_SIZE_FACTORS = {"medium": "2", "large": "4", "xlarge": "8", "4xlarge": "32", "8xlarge": "64", "16xlarge": "128"}
_VCPUS = {"medium": 1, "large": 2, "xlarge": 4, "4xlarge": 16, "8xlarge": 32, "16xlarge": 64}
_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8, "t": 4}
_CHIPS = {"m6g": "AWS Graviton2 Processor", "7g": "AWS Graviton3 Processor"}
_OLD_FAMILIES = ("m4", "r4", "t2")
_FAMILY_NAMES = {"c": "Compute optimized", "m": "General purpose", "r": "Memory optimized", "t": "General purpose"}


def size_factor(instance_type: str) -> Decimal:
    """The normalization factor of a size."""
    return Decimal(_SIZE_FACTORS[instance_type.partition(".")[2]])


def instance_meter(instance: Instance, scene: Scene) -> Meter:
    """The box hours of one instance."""
    system = "Windows" if instance.windows else "Linux"
    price = public_price(f"{instance.type} Windows" if instance.windows else instance.type, instance.region)
    zone = f"{instance.region.code}{'ab'[len(instance.name) % 2]}"
    spot = instance.paid is Paid.SPOT
    return Meter(
        account=instance.account,
        region=instance.region,
        product_code="AmazonEC2",
        service_name=EC2,
        usage_type=f"{instance.region.prefix}{'Spot' if spot else 'Box'}Usage:{instance.type}",
        operation="RunInstances:SV001" if spot else "RunInstances:0002" if instance.windows else "RunInstances",
        unit="" if spot else "Hrs",
        description=_spot_words(instance)
        if spot
        else f"${price.normalize():f} per On Demand {system} {instance.type} Instance Hour",
        price=price,
        resource_id=instance.id(scene),
        zone="" if spot else zone,
        family="" if spot else "Compute Instance",
        tags=instance.tags,
        normalization=Decimal(0) if spot else size_factor(instance.type),
        attributes=() if spot else box_attributes(instance.type, system),
        columns=() if spot else box_columns(instance.type),
    )


def _spot_words(instance: Instance) -> str:
    return f"{instance.type} Linux/UNIX Spot Instance-hour in {instance.region.location} in VPC Zone #1"


def box_columns(instance_type: str) -> tuple[tuple[str, str], ...]:
    """The product columns of an instance type."""
    return (("product_instance_type", instance_type), ("product_instance_family", _FAMILY_NAMES[instance_type[0]]))


def box_attributes(instance_type: str, system: str, capacity: str = "Used") -> tuple[tuple[str, str], ...]:
    """The product map of an instance type: what the price list says of it."""
    family, _, size = instance_type.partition(".")
    chip = next((name for part, name in _CHIPS.items() if part in family), "Intel Xeon")
    return (
        ("instance_type_family", family),
        ("operating_system", system),
        ("tenancy", "Shared"),
        ("capacitystatus", capacity),
        ("marketoption", "OnDemand"),
        ("current_generation", "No" if family in _OLD_FAMILIES else "Yes"),
        ("physical_processor", chip),
        ("processor_architecture", "64-bit"),
        ("normalization_size_factor", _SIZE_FACTORS[size]),
        ("vcpu", str(_VCPUS[size])),
        ("memory", f"{_VCPUS[size] * _GIB_PER_VCPU[family[0]]} GiB"),
        ("license_model", "No License required"),
        ("pre_installed_sw", "NA"),
        ("storage", "EBS only"),
    )
