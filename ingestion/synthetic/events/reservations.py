"""Reservations of other kinds: of one zone, convertible for three years, and of a database.

A reservation of a zone covers machines of exactly its size there. Each lies in an account of its own story, so that
nothing pays on-demand prices where a part of one is unused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from ingestion.synthetic.accounts import ANALYTICS_TEAM, ARCHIVE
from ingestion.synthetic.events.commitments import reservation_events, reserved, reserved_from
from ingestion.synthetic.events.instances import Instance, instance_meter, size_factor
from ingestion.synthetic.events.model import HOURS_OF_YEAR, RDS, ZERO, Event, Meter, Reservation
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import is_working_hour
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import IRELAND, VIRGINIA, Region

_DATABASE, _MYSQL = "db.r7g.large", "CreateDBInstance:0002"


def reservation_kinds(scene: Scene) -> Iterator[Event]:
    """What these reservations cost in the month, and what they paid for; of each pair one machine sleeps at night."""
    machines = _machines(scene, "archive", VIRGINIA, "m7g.xlarge")
    yield from _covered(scene, _of_zone(scene, machines[0].zone), machines)
    yield from _covered(scene, _convertible(scene), _machines(scene, "archive-eu", IRELAND, "m7g.large"))
    yield from _covered(scene, _of_databases(scene), [_database("archive-1"), _database("archive-2")])


def _machines(scene: Scene, name: str, region: Region, kind: str) -> list[Meter]:
    return [instance_meter(Instance(f"{name}-{at}", ARCHIVE, region, kind, ANALYTICS_TEAM), scene) for at in "12"]


def _of_zone(scene: Scene, zone: str) -> Reservation:
    return Reservation(
        arn("ec2", VIRGINIA, ARCHIVE, f"reserved-instances/{scene.uuid('zonal')}"),
        *(ARCHIVE, VIRGINIA, "m7g.xlarge", 2, *reserved_from(scene), ZERO, Decimal("0.1040"), ZERO),
        *(size_factor("m7g.xlarge"), "No Upfront"),
        zone=zone,
    )


def _convertible(scene: Scene) -> Reservation:
    """Half of three years is paid at once."""
    years, upfront = 3, Decimal("0.0205")
    return Reservation(
        arn("ec2", IRELAND, ARCHIVE, f"reserved-instances/{scene.uuid('convertible')}"),
        *(
            ARCHIVE,
            IRELAND,
            "m7g.large",
            2,
            *reserved_from(scene, years),
            upfront,
            upfront,
            2 * years * HOURS_OF_YEAR * upfront,
        ),
        size_factor("m7g.large"),
        years=years,
        is_convertible=True,
    )


def _of_databases(scene: Scene) -> Reservation:
    upfront = Decimal("0.08")
    return Reservation(
        arn("rds", VIRGINIA, ARCHIVE, f"ri:ri-{scene.uuid('database')}"),
        *(
            ARCHIVE,
            VIRGINIA,
            _DATABASE,
            2,
            *reserved_from(scene),
            upfront,
            Decimal("0.075"),
            2 * HOURS_OF_YEAR * upfront,
        ),
        size_factor(_DATABASE.removeprefix("db.")),
        product_code="AmazonRDS",
        service_name=RDS,
        operation=_MYSQL,
        platform="MySQL",
    )


def _database(name: str) -> Meter:
    price = public_price(f"{_DATABASE} MySQL", VIRGINIA)
    return Meter(
        *(ARCHIVE, VIRGINIA, "AmazonRDS", RDS, f"InstanceUsage:{_DATABASE}", _MYSQL, "Hrs"),
        f"USD {price.normalize():f} per {_DATABASE} Single-AZ instance hour (or partial hour) running MySQL",
        price,
        resource_id=arn("rds", VIRGINIA, ARCHIVE, f"db:{name}"),
        zone=VIRGINIA.code,
        family="Database Instance",
        tags=ANALYTICS_TEAM,
        normalization=size_factor(_DATABASE.removeprefix("db.")),
        attributes=(("database_engine", "MySQL"), ("deployment_option", "Single-AZ")),
        columns=(("product_instance_type", _DATABASE), ("product_instance_family", "Memory optimized")),
    )


def _covered(scene: Scene, bought: Reservation, machines: Sequence[Meter]) -> Iterator[Event]:
    hours = ZERO
    for hour in scene.period.hours:
        for meter in machines[: _running(hour.start)]:
            hours += 1
            yield reserved(meter, hour, bought)
    yield from reservation_events(scene, bought, hours)


def _running(moment: datetime) -> int:
    return 2 if is_working_hour(moment) else 1
