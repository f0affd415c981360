"""What a bill has ahead of its time or only for a time: a fee of days to come, and a gateway that fell idle."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ingestion.synthetic.accounts import PLATFORM, PLATFORM_TEAM, SHARED
from ingestion.synthetic.events.model import Charge, ChargeKind, Event
from ingestion.synthetic.events.network import Device, gateway_hours
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.periods import DAY, midnight, span
from ingestion.synthetic.regions import VIRGINIA

# Nothing has gone through it since the first month's end.
GATEWAY: Device = ("platform-nat", PLATFORM, VIRGINIA, PLATFORM_TEAM, 9.0)

_CONTRACT = Decimal("240.00")
_SELLER = "Example Monitoring Ltd."


def late_events(scene: Scene) -> Iterator[Event]:
    """A contract that is billed ahead, and the gateway."""
    yield _contract(scene)
    is_first = scene.period.first == scene.started
    yield from gateway_hours(scene, GATEWAY if is_first else (*GATEWAY[:4], 0.0))


def _contract(scene: Scene) -> Charge:
    """A monthly instalment to a seller of the marketplace, dated the month's last day and billed from its first on.

    In an open month it lies after the last day with usage.
    """
    last = midnight(scene.period.last)
    words = f"AWS Marketplace monthly contract fee|{scene.period.name}"
    return Charge(
        *(ChargeKind.FEE, SHARED, "7examplemonitoring98765", "Example Monitoring Suite", span(last, last + DAY)),
        *(_CONTRACT, words),
        seller=_SELLER,
    )
