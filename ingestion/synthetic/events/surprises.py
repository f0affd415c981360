"""What nobody planned: usage that runs away, a machine for two days, a database that ends, a price that doubles.

Each comes after the five weeks by which a series of costs can be judged, and in a service or an account that is steady.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from ingestion.synthetic.accounts import PAYMENTS, SHARED, STAGING, STAGING_TEAM, UNTAGGED
from ingestion.synthetic.events.databases import AURORA_NODE, Node, database_arn, node_meter
from ingestion.synthetic.events.instances import Instance, instance_meter
from ingestion.synthetic.events.model import EC2, ONE, RDS, Event, Meter, used
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import VIRGINIA
from ingestion.synthetic.truth import PlantedAnomaly

# Days after the ledger starts, the last one included.
_RETRIES = (40, 41)
_EXPERIMENT = (45, 46)
_DATABASE_ENDS = 50
_PRICE_DOUBLES = 55
# A change that stays is news until the level of two weeks has followed it.
_SETTLES = 13

_MACHINE = Instance("experiment", STAGING, VIRGINIA, "r7g.16xlarge", UNTAGGED)
_FUNCTION = arn("lambda", VIRGINIA, PAYMENTS, "function:authorize")
_DATABASE = Node("shop-clone", STAGING, VIRGINIA, *AURORA_NODE, STAGING_TEAM)
_EDGE = arn("cloudfront", VIRGINIA, SHARED, "distribution/E2EXAMPLE2DOCS").replace("us-east-1", "")


def surprise_events(scene: Scene) -> Iterator[Event]:
    """All of it in the month."""
    function, machine, edge = _function_meter(), instance_meter(_MACHINE, scene), _edge_meter()
    dearer = replace(edge, price=2 * edge.price)
    for day in scene.period.days:
        age = (day.start.date() - scene.started).days
        if _RETRIES[0] <= age <= _RETRIES[1]:
            yield used(function, day, Decimal(9_000_000))
        yield used(dearer if age >= _PRICE_DOUBLES else edge, day, Decimal(400))
    database = node_meter(_DATABASE)
    for hour in scene.period.hours:
        age = (hour.start.date() - scene.started).days
        if _EXPERIMENT[0] <= age <= _EXPERIMENT[1]:
            yield used(machine, hour, ONE)
        if age < _DATABASE_ENDS:
            yield used(database, hour, ONE)


def planted_anomalies(scenes: Sequence[Scene]) -> Iterator[PlantedAnomaly]:
    """Those whose first day is on the bills."""
    scene = scenes[0]
    for account, service, group, days, direction, cause, resource in (
        (PAYMENTS, "AWS Lambda", "Compute", _RETRIES, "up", "usage", _FUNCTION),
        (STAGING, EC2, "Compute", _EXPERIMENT, "up", "new_resource", _MACHINE.id(scene)),
        (STAGING, RDS, "Compute", (_DATABASE_ENDS, None), "down", "ended", database_arn(_DATABASE)),
        (SHARED, "Amazon CloudFront", "Data transfer", (_PRICE_DOUBLES, None), "up", "price", _EDGE),
    ):
        first = _day(scene, days[0])
        last = _day(scene, days[0] + _SETTLES if days[1] is None else days[1])
        if first <= scenes[-1].period.through:
            yield PlantedAnomaly(account.id, service, group, first, last, direction, cause, resource)


def _day(scene: Scene, age: int) -> date:
    return scene.started + timedelta(days=age)


def _function_meter() -> Meter:
    return Meter(
        *(PAYMENTS, VIRGINIA, "AWSLambda", "AWS Lambda", "Lambda-GB-Second-ARM", "Invoke", "Lambda-GB-Second"),
        "AWS Lambda - Total Compute, ARM - US East (Northern Virginia)",
        price=public_price("Lambda-GB-Second-ARM", VIRGINIA),
        resource_id=_FUNCTION,
        family="Serverless",
    )


def _edge_meter() -> Meter:
    return Meter(
        *(SHARED, VIRGINIA, "AmazonCloudFront", "Amazon CloudFront", "EU-DataTransfer-Out-Bytes", "GET", "GB"),
        "Data transfer out from Europe",
        price=public_price("CloudFront-Out", VIRGINIA),
        resource_id=_EDGE,
        family="Data Transfer",
    )
