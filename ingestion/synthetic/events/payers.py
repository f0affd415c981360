"""More than one payer: an organisation that was bought, one account of which moved over, and a company in China.

The account `labs` leaves the bought organisation on the ledger's fifteenth day: its days before are on that payer's
bill, those after on the company's. China is invoiced in yuan, by another company than AWS, at prices of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from ingestion.synthetic.accounts import COMPANY, Account, Payer, Tags
from ingestion.synthetic.events.commitments import plan_charge, plan_hour, term
from ingestion.synthetic.events.instances import Instance, instance_meter
from ingestion.synthetic.events.model import (
    HOURS_OF_YEAR,
    ONE,
    ChargeKind,
    Event,
    Meter,
    SavingsPlan,
    quantity,
    used,
)
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.periods import Span, demand_of_hour, is_working_hour
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import BEIJING, VIRGINIA, Region

Kind = Callable[[Scene], Iterator[Event]]

BOUGHT = Payer(Account("100000000101", "bought-management"), "bought")
CHINA = Payer(
    *(Account("100000000201", "china-management"), "china", "CNY"),
    *("Beijing Sinnet Technology Co., Ltd.", "VAT"),
)
PAYERS = (COMPANY, BOUGHT, CHINA)

LABS = Account("100000000102", "labs", "labs")
_BOUGHT_PROD = Account("100000000103", "bought-prod", "bought")
_CHINA_PROD = Account("100000000202", "china-prod", "storefront")
_TEAM = Tags("wei.chen", "international", "production", "CC-7007")

MOVED_AFTER = timedelta(days=14)
_LABS = Instance("labs-1", LABS, VIRGINIA, "m7g.xlarge", _TEAM)
_BOUGHT = tuple(Instance(f"bought-{at}", _BOUGHT_PROD, VIRGINIA, "m7g.xlarge", _TEAM) for at in "12")
_IN_CHINA = tuple(Instance(f"china-{at}", _CHINA_PROD, BEIJING, "m7g.xlarge", _TEAM) for at in "12")
# All of it was paid upfront, so that an hour of it is invoiced with nothing.
_CHINA_COMMITMENT, _CHINA_PLAN_RATE = Decimal("1.50"), Decimal("0.83400")


def _labs(scene: Scene, hours: Iterable[Span]) -> Iterator[Event]:
    meter, bucket = instance_meter(_LABS, scene), _bucket(LABS, VIRGINIA, "labs-results")
    for hour in hours:
        yield used(meter, hour, ONE)
        yield used(bucket, hour, quantity(40_000 * demand_of_hour(hour.start)))


def _labs_before(scene: Scene) -> Iterator[Event]:
    return _labs(scene, (hour for hour in scene.period.hours if hour.start.date() < scene.started + MOVED_AFTER))


def _labs_after(scene: Scene) -> Iterator[Event]:
    return _labs(scene, (hour for hour in scene.period.hours if hour.start.date() >= scene.started + MOVED_AFTER))


def _bought(scene: Scene) -> Iterator[Event]:
    for instance in _BOUGHT:
        meter = instance_meter(instance, scene)
        yield from (used(meter, hour, ONE) for hour in scene.period.hours)


def _china(scene: Scene) -> Iterator[Event]:
    """Two instances in Beijing with a compute plan, too small by day and too large by night; requests to a bucket."""
    start, end = term(scene)
    bought = SavingsPlan(
        arn=f"arn:aws-cn:savingsplans::{_CHINA_PROD.id}:savingsplan/{scene.uuid('china plan')}",
        account=_CHINA_PROD,
        commitment=_CHINA_COMMITMENT,
        start=start,
        end=end,
        payment="All Upfront",
        upfront_per_hour=_CHINA_COMMITMENT,
    )
    if scene.period.first == scene.started:
        yield plan_charge(scene, bought, ChargeKind.PLAN_UPFRONT, HOURS_OF_YEAR * _CHINA_COMMITMENT)
    meters = [_in_yuan(instance_meter(instance, scene)) for instance in _IN_CHINA]
    bucket = _bucket(_CHINA_PROD, BEIJING, "china-orders")
    for hour in scene.period.hours:
        running = meters if is_working_hour(hour.start) else meters[:1]
        yield from plan_hour(bought, hour, [(meter, ONE, _CHINA_PLAN_RATE) for meter in running])
        yield used(bucket, hour, quantity(90_000 * demand_of_hour(hour.start)))


def _in_yuan(meter: Meter) -> Meter:
    return replace(meter, description=meter.description.replace("$", "CNY "))


def _bucket(account: Account, region: Region, name: str) -> Meter:
    price = public_price("Requests-Tier1", region)
    meter = Meter(
        *(account, region, "AmazonS3", "Amazon Simple Storage Service", f"{region.prefix}Requests-Tier1", "PutObject"),
        unit="Requests",
        description=f"${price:f} per request - PUT, COPY, POST, or LIST",
        price=price,
        resource_id=name,
        family="API Request",
        tags=_TEAM,
    )
    return _in_yuan(meter) if region is BEIJING else meter


# What each payer's bill has beside its own story once there are several; a payer's usage is on its own bill only.
JOINED: dict[Payer, tuple[Kind, ...]] = {COMPANY: (_labs_after,), BOUGHT: (_bought, _labs_before), CHINA: (_china,)}
