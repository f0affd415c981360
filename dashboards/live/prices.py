"""What a resource costs in a month by AWS's public prices, where they were collected. What is paid is on the bill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dashboards.live.facts import Known, Resource

# A month of hours, as AWS's own calculators count it.
HOURS_PER_MONTH = Decimal(730)
_LINUX = "Linux/UNIX"
_BY_THE_HOUR = ("instance", "nat_gateway", "load_balancer")


@dataclass(frozen=True)
class Cost:
    """An amount a month, before any discount, in `currency`."""

    amount: Decimal
    currency: str


def monthly_cost(known: Known, resource: Resource, kind: str | None = None) -> Cost | None:
    """What it costs in a month, or would as another type; None where the price is not known.

    An instance that is stopped costs nothing itself.
    """
    of = resource["resource_type"]
    platform = (resource["platform"] or _LINUX) if of == "instance" else None
    price: Mapping[str, object] | None = known.prices.get(
        (resource["region_id"], of, None if of == "nat_gateway" else kind or resource["type"], platform)
    )
    if price is None:
        return None
    unit, currency = Decimal(str(price["price"])), str(price["billing_currency"])
    if of == "volume":
        return Cost(unit * (resource["size_gb"] or 0), currency)
    if of not in _BY_THE_HOUR:
        return None
    return Cost(Decimal(0) if resource["state"] == "stopped" else unit * HOURS_PER_MONTH, currency)
