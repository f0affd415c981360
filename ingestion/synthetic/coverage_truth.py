"""What is true about usage that a commitment could pay for, and what was saved on each service, from events alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from ingestion.synthetic.commitment_truth import CommitmentTruth
from ingestion.synthetic.events.model import ZERO, Event, Meter, Paid, Use

# What AWS sells commitments for: product code, a part of the usage type, what it is, whether its units are hours.
_ELIGIBLE = (
    ("AmazonEC2", "BoxUsage:", "EC2 instance", True),
    ("AmazonEC2", "SpotUsage:", "EC2 instance", True),
    ("AmazonECS", "Fargate-", "Fargate", False),
    ("AWSLambda", "Lambda-GB-Second", "Lambda", False),
    ("AmazonRDS", "InstanceUsage:", "RDS instance", True),
    ("AmazonRDS", "Multi-AZUsage:", "RDS instance", True),
    ("AmazonRDS", "Aurora:ServerlessV2Usage", "RDS serverless", False),
    ("AmazonElastiCache", "NodeUsage:", "ElastiCache node", True),
    ("AmazonES", "ESInstance:", "OpenSearch instance", True),
)
_SIDES = {Paid.PLANNED: "plan", Paid.RESERVED: "reservation", Paid.ON_DEMAND: "on_demand", Paid.SPOT: "spot"}


@dataclass(frozen=True)
class CoverageTruth:
    """Usage of one account, region and instance type that a commitment could pay for, by what did.

    Amounts are at public prices in the payer's currency, spot at what it cost. `hours` are of instances, covered and on
    demand; None for what is none.
    """

    account: str
    region: str
    kind: str
    instance_type: str
    plan: Decimal
    reservation: Decimal
    on_demand: Decimal
    spot: Decimal
    hours: Decimal | None


@dataclass(frozen=True)
class ServiceTruth:
    """All usage of a service, at public prices and as amortized, and its part of what nobody used of commitments.

    `eligible_list` and `eligible_amortized` are of what a commitment could pay for, without spot.
    """

    list: Decimal
    amortized: Decimal
    eligible_list: Decimal
    eligible_amortized: Decimal
    unused_to_date: Decimal


def eligible_kind(meter: Meter) -> tuple[str, bool] | None:
    """What a meter is to those who sell commitments, and whether it counts hours; None if they sell none for it."""
    for product, part, kind, has_hours in _ELIGIBLE:
        if meter.product_code == product and part in meter.usage_type:
            return kind, has_hours
    return None


class CoverageSums:
    """Adds up the uses of a month by what paid for them."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str, str, str], dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self._services: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self._lent: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))

    def add(self, event: Event) -> None:
        """Count an event, if it is a use."""
        if not isinstance(event, Use):
            return
        meter, service = event.meter, self._services[event.meter.service_name]
        paid = event.cash + event.upfront_share + event.commitment_share
        service["list"] += event.list_cost or event.cash
        service["amortized"] += paid
        if event.cover is not None:
            self._lent[event.cover.arn][meter.service_name] += paid
        kind = eligible_kind(meter)
        side = _SIDES.get(event.paid)
        if kind is None or side is None:
            return
        row = self._row(meter, *kind)
        row[side] += event.cash if side == "spot" else event.list_cost
        if side != "spot":
            row["hours"] += event.quantity
            service["eligible_list"] += event.list_cost
            service["eligible_amortized"] += paid

    def _row(self, meter: Meter, kind: str, has_hours: bool) -> dict[str, Decimal]:
        # Usage types shorten a size, as db.r6g.2xl.
        short = meter.usage_type.partition(":")[2] if has_hours else ""
        of = dict(meter.columns).get("product_instance_type", short) if has_hours else ""
        return self._rows[meter.account.id, meter.region.code, kind, of]

    def told(self) -> tuple[CoverageTruth, ...]:
        """The month's eligible usage."""
        return tuple(
            CoverageTruth(
                account=account,
                region=region,
                kind=kind,
                instance_type=instance_type,
                plan=sums.get("plan", ZERO),
                reservation=sums.get("reservation", ZERO),
                on_demand=sums.get("on_demand", ZERO),
                spot=sums.get("spot", ZERO),
                hours=sums.get("hours", ZERO) if instance_type else None,
            )
            for (account, region, kind, instance_type), sums in sorted(self._rows.items())
        )

    def services(self, commitments: Mapping[str, CommitmentTruth]) -> dict[str, ServiceTruth]:
        """The month's usage by service; unused commitment by what each commitment lent to the services."""
        for arn, lent in self._lent.items():
            whole = sum(lent.values(), ZERO)
            for name, part in lent.items():
                self._services[name]["unused_to_date"] += commitments[arn].unused_to_date * part / whole
        names = ("list", "amortized", "eligible_list", "eligible_amortized", "unused_to_date")
        return {
            service: ServiceTruth(*(sums.get(name, ZERO) for name in names)) for service, sums in self._services.items()
        }
