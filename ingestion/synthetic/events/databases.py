"""Databases, caches and search: node hours by the hour, their storage by the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ingestion.synthetic.accounts import (
    ANALYTICS,
    ANALYTICS_TEAM,
    PAYMENTS,
    PAYMENTS_TEAM,
    STAGING,
    STAGING_TEAM,
    WEB,
    WEB_TEAM,
    Account,
    Tags,
)
from ingestion.synthetic.events.model import ONE, RDS, Event, Meter, quantity, used
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import demand_of_day
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import IRELAND, VIRGINIA, Region


@dataclass(frozen=True)
class Node:
    """A node that is billed by the hour. `price` names its price; `gib` of storage goes with it."""

    name: str
    account: Account
    region: Region
    usage: str
    price: str
    operation: str
    tags: Tags
    gib: int = 0
    storage: str = ""
    storage_price: str = ""


_POSTGRES = "CreateDBInstance:0014"
_MYSQL = "CreateDBInstance:0002"
_AURORA = "CreateDBInstance:0021"
_PG_NODE = ("Multi-AZUsage:db.r6g.2xl", "db.r6g.2xlarge PostgreSQL Multi-AZ", _POSTGRES)
AURORA_NODE = ("InstanceUsage:db.r6g.2xl", "db.r6g.2xlarge Aurora PostgreSQL", _AURORA)
_PG_DISK = ("RDS:Multi-AZ-GP3-Storage", "Multi-AZ-GP3-Storage")

DATABASES: tuple[Node, ...] = (
    Node("payments-ledger", PAYMENTS, VIRGINIA, *_PG_NODE, PAYMENTS_TEAM, 2000, *_PG_DISK),
    Node("payments-cards", PAYMENTS, VIRGINIA, *_PG_NODE, PAYMENTS_TEAM, 800, *_PG_DISK),
    Node("payments-eu", PAYMENTS, IRELAND, *_PG_NODE, PAYMENTS_TEAM, 1200, *_PG_DISK),
    Node("shop-writer", WEB, VIRGINIA, *AURORA_NODE, WEB_TEAM),
    Node("shop-reader-1", WEB, VIRGINIA, *AURORA_NODE, WEB_TEAM),
    Node("shop-reader-2", WEB, VIRGINIA, *AURORA_NODE, WEB_TEAM),
    Node("metrics", ANALYTICS, VIRGINIA, *_PG_NODE, ANALYTICS_TEAM, 1500, *_PG_DISK),
    Node(
        *("shop-staging", STAGING, VIRGINIA, "InstanceUsage:db.m6g.large", "db.m6g.large MySQL", _MYSQL, STAGING_TEAM),
        *(200, "RDS:GP3-Storage", "GP3-Storage"),
    ),
)

CACHES = ("shop-cache-1", "shop-cache-2")
SEARCH_NODES = 3


def database_events(scene: Scene) -> Iterator[Event]:
    """RDS, Aurora, ElastiCache and OpenSearch in the month."""
    for node in DATABASES:
        meter = node_meter(node)
        yield from (used(meter, hour, ONE) for hour in scene.period.hours)
        if node.gib:
            yield from _storage(scene, node)
    yield from _aurora_cluster(scene)
    for name in CACHES:
        meter = _cache(name)
        yield from (used(meter, hour, ONE) for hour in scene.period.hours)
    search = _search()
    yield from (used(search, hour, Decimal(SEARCH_NODES)) for hour in scene.period.hours)


def database_arn(node: Node) -> str:
    """The ARN under which the bill knows a database."""
    return arn("rds", node.region, node.account, f"db:{node.name}")


def node_meter(node: Node) -> Meter:
    """The instance hours of a database."""
    engine = {"2": "MySQL", "4": "PostgreSQL", "1": "Aurora PostgreSQL"}[node.operation[-1]]
    option = "Multi-AZ" if "Multi-AZ" in node.usage else "Single-AZ"
    size = "db.r6g.2xlarge" if "r6g" in node.usage else "db.m6g.large"
    price = public_price(node.price, node.region)
    return Meter(
        account=node.account,
        region=node.region,
        product_code="AmazonRDS",
        service_name=RDS,
        usage_type=f"{node.region.prefix}{node.usage}",
        operation=node.operation,
        unit="Hrs",
        description=f"USD {price.normalize():f} per {size} {option} instance hour (or partial hour) running {engine}",
        price=price,
        resource_id=database_arn(node),
        zone=node.region.code,
        family="Database Instance",
        tags=node.tags,
        normalization=Decimal(16 if "2xlarge" in size else 4) * (2 if option == "Multi-AZ" else 1),
        attributes=(
            ("database_engine", engine),
            ("deployment_option", option),
            ("instance_type_family", size.split(".")[1].upper()),
            ("current_generation", "Yes"),
            ("engine_code", str(int(node.operation[-4:]))),
        ),
        columns=(("product_instance_type", size), ("product_instance_family", "Memory optimized")),
    )


def _storage(scene: Scene, node: Node) -> Iterator[Event]:
    price = public_price(node.storage_price, node.region)
    meter = Meter(
        account=node.account,
        region=node.region,
        product_code="AmazonRDS",
        service_name=RDS,
        usage_type=f"{node.region.prefix}{node.storage}",
        operation=node.operation,
        unit="GB-Mo",
        description=f"${price.normalize():f} per GB-month of provisioned gp3 storage",
        price=price,
        resource_id=database_arn(node),
        zone=node.region.code,
        family="Database Storage",
        tags=node.tags,
    )
    share = quantity(node.gib / scene.period.days_in_month)
    yield from (used(meter, day, share) for day in scene.period.days)


def _aurora_cluster(scene: Scene) -> Iterator[Event]:
    cluster = arn("rds", VIRGINIA, WEB, f"cluster:cluster-{scene.hex('shop', 26)}")
    chance = scene.chance("aurora")
    for usage, unit, words, family in (
        ("Aurora:StorageUsage", "GB-Mo", "per GB-month of consumed storage (Aurora)", "Database Storage"),
        ("Aurora:StorageIOUsage", "IOs", "per I/O request (Aurora)", "System Operation"),
    ):
        price = public_price(usage, VIRGINIA)
        meter = Meter(
            *(
                WEB,
                VIRGINIA,
                "AmazonRDS",
                RDS,
                usage,
                "CreateDBInstance",
                unit,
                f"${price.normalize():f} {words}",
                price,
            ),
            resource_id=cluster,
            family=family,
            tags=WEB_TEAM,
        )
        for day in scene.period.days:
            if unit == "GB-Mo":
                yield used(meter, day, quantity(2400 / scene.period.days_in_month))
            else:
                yield used(meter, day, Decimal(int(90_000_000 * demand_of_day(day.start) * chance.uniform(0.93, 1.07))))


def _cache(name: str) -> Meter:
    price = public_price("cache.r7g.xlarge", VIRGINIA)
    return Meter(
        account=WEB,
        region=VIRGINIA,
        product_code="AmazonElastiCache",
        service_name="Amazon ElastiCache",
        usage_type="NodeUsage:cache.r7g.xlarge",
        operation="CreateCacheCluster:0002",
        unit="Hrs",
        description=f"${price.normalize():f} per R7g Extra Large Cache node-hour (or partial hour) running Redis",
        price=price,
        resource_id=arn("elasticache", VIRGINIA, WEB, f"cluster:{name}"),
        family="Cache Instance",
        tags=WEB_TEAM,
        columns=(("product_instance_type", "cache.r7g.xlarge"), ("product_instance_family", "Memory optimized")),
    )


def _search() -> Meter:
    price = public_price("r6g.xlarge.search", VIRGINIA)
    return Meter(
        account=ANALYTICS,
        region=VIRGINIA,
        product_code="AmazonES",
        service_name="Amazon OpenSearch Service",
        usage_type="ESInstance:r6g.xlarge",
        operation="ESDomain",
        unit="Hrs",
        description=f"${price.normalize():f} per r6g.xlarge.search instance hour (or partial hour)",
        price=price,
        resource_id=arn("es", VIRGINIA, ANALYTICS, "domain/clickstream"),
        family="Amazon OpenSearch Service Instance",
        tags=ANALYTICS_TEAM,
        columns=(("product_instance_type", "r6g.xlarge.search"), ("product_instance_family", "Memory optimized")),
    )
