"""Savings plans beside the first one: every kind and payment option, one shared by accounts, one for databases.

Sharing is off but for the payer and two accounts: the payer bought a plan for both of them. What nobody used of it is
the payer's cost. Each of the others covers its buyer alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ingestion.synthetic.accounts import BATCH, MANAGEMENT, PLATFORM, PLATFORM_TEAM, SANDBOX, SHARED, Account
from ingestion.synthetic.events.commitments import plan_charge, plan_hour, term
from ingestion.synthetic.events.instances import Instance, instance_meter
from ingestion.synthetic.events.model import HOURS_OF_YEAR, ONE, RDS, ChargeKind, Event, Meter, SavingsPlan
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import demand_of_hour, is_working_hour
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import IRELAND, OREGON, VIRGINIA, Region

_DATABASE_COMMITMENT = Decimal("0.35")
# AWS sells database plans for one year without advance payment only, and prices them below on-demand by up to 35 %.
_NODE_RATE, _CAPACITY_RATE = Decimal("0.19120"), Decimal("0.07800")


@dataclass(frozen=True)
class _Deal:
    """A plan: who bought it, what of each hour was paid in advance, the price of a machine under it and who runs."""

    name: str
    buyer: Account
    payment: str
    commitment: str
    upfront: str
    rate: str
    running: tuple[Instance, ...]
    family: str = ""
    region: Region | None = None

    def bought(self, scene: Scene) -> SavingsPlan:
        """The plan itself."""
        place = f"arn:aws:savingsplans::{self.buyer.id}:savingsplan/{scene.uuid(self.name)}"
        amounts = Decimal(self.commitment), *term(scene), self.payment, Decimal(self.upfront)
        return SavingsPlan(place, self.buyer, *amounts, self.family, self.region)


def _machine(name: str, account: Account, region: Region, kind: str, *, sleeps: bool = False) -> Instance:
    if sleeps:
        return Instance(name, account, region, kind, PLATFORM_TEAM, runs=is_working_hour)
    return Instance(name, account, region, kind, PLATFORM_TEAM)


# Containers run on it by day; the shared plan always pays for all of it.
HOST = _machine("platform-1", PLATFORM, VIRGINIA, "m7g.xlarge")
HOST_RATE = Decimal("0.11920")
_SHARED = _Deal(
    *("shared plan", MANAGEMENT, "Partial Upfront", "0.18", "0.09", "0.11920"),
    (HOST, _machine("sandbox-1", SANDBOX, VIRGINIA, "m7g.xlarge", sleeps=True)),
)
_DEALS = (
    _SHARED,
    _Deal(
        *("batch plan", BATCH, "All Upfront", "0.12", "0.12", "0.11010"),
        (_machine("batch-1", BATCH, OREGON, "m7g.xlarge", sleeps=True),),
    ),
    _Deal(
        *("ireland plan", SHARED, "No Upfront", "0.06", "0", "0.05710"),
        *((_machine("shared-eu", SHARED, IRELAND, "m7g.large", sleeps=True),), "m7g", IRELAND),
    ),
    _Deal(
        *("oregon plan", SHARED, "All Upfront", "0.05", "0.05", "0.05100"),
        *((_machine("shared-west", SHARED, OREGON, "m7g.large", sleeps=True),), "m7g", OREGON),
    ),
)


def shared_plan(scene: Scene) -> SavingsPlan:
    """The plan that the payer bought for the accounts that share."""
    return _SHARED.bought(scene)


def plan_events(scene: Scene) -> Iterator[Event]:
    """What the plans cost in the month, and what they paid for."""
    for deal in _DEALS:
        bought = deal.bought(scene)
        if bought.upfront_per_hour and scene.period.first == scene.started:
            fee = HOURS_OF_YEAR * bought.upfront_per_hour
            yield plan_charge(scene, bought, ChargeKind.PLAN_UPFRONT, fee)
        meters = [(at, instance_meter(at, scene)) for at in deal.running]
        for hour in scene.period.hours:
            running = [(meter, ONE, Decimal(deal.rate)) for at, meter in meters if at.runs(hour.start)]
            yield from plan_hour(bought, hour, running)
    yield from _databases(scene)


def _databases(scene: Scene) -> Iterator[Event]:
    """A database plan pays for a node and for some of a serverless database's capacity, which breathes."""
    place = f"arn:aws:savingsplans::{PLATFORM.id}:savingsplan/{scene.uuid('database plan')}"
    bought = SavingsPlan(place, PLATFORM, _DATABASE_COMMITMENT, *term(scene), is_for_databases=True)
    node = _database(
        *("InstanceUsage:db.r7g.large", "CreateDBInstance:0002", "Hrs", "Database Instance", "db.r7g.large MySQL"),
        "db:platform-registry",
    )
    capacity = _database(
        *("Aurora:ServerlessV2Usage", "CreateDBInstance:0021", "ACU-Hr", "ServerlessV2", "Aurora:ServerlessV2Usage"),
        "cluster:cluster-platform",
    )
    for hour in scene.period.hours:
        # Half units of capacity, as it scales.
        units = Decimal(max(1, round(4 * demand_of_hour(hour.start)))) / 2
        yield from plan_hour(bought, hour, [(capacity, units, _CAPACITY_RATE), (node, ONE, _NODE_RATE)])


def _database(usage: str, operation: str, unit: str, family: str, price: str, name: str) -> Meter:
    cost = public_price(price, VIRGINIA)
    engine = "MySQL" if operation.endswith("2") else "Aurora PostgreSQL"
    return Meter(
        *(
            PLATFORM,
            VIRGINIA,
            "AmazonRDS",
            RDS,
            usage,
            operation,
            unit,
            f"${cost:f} per {unit} running {engine}",
            cost,
        ),
        resource_id=arn("rds", VIRGINIA, PLATFORM, name),
        family=family,
        tags=PLATFORM_TEAM,
        attributes=(("database_engine", engine), ("deployment_option", "Single-AZ")),
    )
