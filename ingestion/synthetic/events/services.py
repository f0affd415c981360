"""Buckets, tables, streams, functions and the small services: by the day, except shards, which are by the hour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ingestion.synthetic.accounts import (
    ANALYTICS,
    ANALYTICS_TEAM,
    MANAGEMENT,
    PAYMENTS,
    PAYMENTS_TEAM,
    SHARED,
    STAGING,
    UNTAGGED,
    WEB,
    WEB_TEAM,
    Account,
    Tags,
)
from ingestion.synthetic.events.model import Event, Meter, Paid, quantity, used
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import demand_of_day
from ingestion.synthetic.prices import public_price
from ingestion.synthetic.regions import IRELAND, OREGON, VIRGINIA, Region

S3 = ("AmazonS3", "Amazon Simple Storage Service")
DYNAMODB = ("AmazonDynamoDB", "Amazon DynamoDB")
KINESIS = ("AmazonKinesis", "Amazon Kinesis")
WAF = ("awswaf", "AWS WAF")

IDLE_TABLE, BUSY_TABLE = "sessions-2022", "carts"
IDLE_STREAM, BUSY_STREAM = "audit-poc", "clickstream"
IDLE_ACL, BUSY_ACL = "campaign-2023", "shop"


@dataclass(frozen=True)
class Metered:
    """Something billed by the day. `amount` is what a working day uses, or with `monthly` what the month holds.

    `usage` is the usage type without its region; `price` names its price; `resource` is what the bill calls the thing.
    """

    service: tuple[str, str]
    account: Account
    region: Region
    usage: str
    operation: str
    unit: str
    price: str
    amount: float
    resource: str = ""
    tags: Tags = UNTAGGED
    monthly: bool = False
    growth: float = 0.0
    free: bool = False
    family: str = ""
    long_prefix: bool = False


def stream_arn(name: str) -> str:
    """The ARN of a Kinesis stream."""
    return arn("kinesis", VIRGINIA, ANALYTICS, f"stream/{name}")


def table_arn(account: Account, name: str) -> str:
    """The ARN of a DynamoDB table."""
    return arn("dynamodb", VIRGINIA, account, f"table/{name}")


def acl_arn(scene: Scene, name: str) -> str:
    """The ARN of a regional web ACL."""
    return arn("wafv2", VIRGINIA, WEB, f"regional/webacl/{name}/{scene.uuid('acl ' + name)}")


def _storage() -> Iterator[Metered]:
    for account, region, usage, bucket, gb, tags in (
        (ANALYTICS, VIRGINIA, "TimedStorage-ByteHrs", "acme-lake", 190_000.0, ANALYTICS_TEAM),
        (ANALYTICS, VIRGINIA, "TimedStorage-GIR-ByteHrs", "acme-lake-history", 240_000.0, ANALYTICS_TEAM),
        (WEB, VIRGINIA, "TimedStorage-ByteHrs", "acme-shop-media", 38_000.0, WEB_TEAM),
        (PAYMENTS, VIRGINIA, "TimedStorage-SIA-ByteHrs", "acme-payments-archive", 52_000.0, PAYMENTS_TEAM),
        (PAYMENTS, OREGON, "TimedStorage-SIA-ByteHrs", "acme-payments-replica", 52_000.0, UNTAGGED),
    ):
        yield Metered(
            *(S3, account, region, usage, usage.split("-")[1] + "Storage", "GB-Mo", usage, gb, bucket, tags),
            monthly=True,
            growth=0.0006,
            family="Storage",
        )
    for account, bucket, put, get in ((ANALYTICS, "acme-lake", 6e6, 55e6), (WEB, "acme-shop-media", 4e5, 90e6)):
        yield Metered(
            *(S3, account, VIRGINIA, "Requests-Tier1", "PutObject", "Requests", "Requests-Tier1", put, bucket)
        )
        yield Metered(
            *(S3, account, VIRGINIA, "Requests-Tier2", "GetObject", "Requests", "Requests-Tier2", get, bucket)
        )


def _tables() -> Iterator[Metered]:
    idle, busy = table_arn(STAGING, IDLE_TABLE), table_arn(WEB, BUSY_TABLE)
    stored = ("TimedStorage-ByteHrs", "StandardStorage", "GB-Mo", "DynamoDB storage")
    yield Metered(DYNAMODB, STAGING, VIRGINIA, *stored, 600.0, idle, monthly=True, family="Database Storage")
    yield Metered(DYNAMODB, WEB, VIRGINIA, *stored, 900.0, busy, WEB_TEAM, monthly=True, family="Database Storage")
    for usage, amount in (("ReadRequestUnits", 3.1e8), ("WriteRequestUnits", 6.2e7)):
        yield Metered(
            *(DYNAMODB, WEB, VIRGINIA, usage, "PayPerRequestThroughput", usage, usage, amount, busy, WEB_TEAM),
            family="Amazon DynamoDB PayPerRequest Throughput",
        )


def _firewall(scene: Scene) -> Iterator[Metered]:
    idle, busy = acl_arn(scene, IDLE_ACL), acl_arn(scene, BUSY_ACL)
    for resource in (idle, busy):
        yield Metered(
            *(WAF, WEB, VIRGINIA, "WebACLV2", "CreateWebACL", "Month", "WebACL", 1.0, resource, WEB_TEAM),
            monthly=True,
            long_prefix=True,
            family="Web Application Firewall",
        )
    yield Metered(
        *(WAF, WEB, VIRGINIA, "RequestV2-Tier1", "AssociateWebACL", "Request", "WAF request", 9e6, busy, WEB_TEAM),
        long_prefix=True,
        family="Web Application Firewall",
    )


def _everyday() -> Iterator[Metered]:
    function = arn("lambda", VIRGINIA, PAYMENTS, "function:authorize")
    aws_lambda = ("AWSLambda", "AWS Lambda")
    yield Metered(
        *(aws_lambda, PAYMENTS, VIRGINIA, "Lambda-GB-Second-ARM", "Invoke", "Lambda-GB-Second"),
        *("Lambda-GB-Second-ARM", 1.4e6, function, PAYMENTS_TEAM),
    )
    yield Metered(
        *(aws_lambda, PAYMENTS, VIRGINIA, "Request-ARM", "Invoke", "Request", "Lambda-Request"),
        *(1.1e7, function, PAYMENTS_TEAM),
    )
    watch = ("AmazonCloudWatch", "AmazonCloudWatch")
    for account, metrics, logs in ((PAYMENTS, 1800.0, 42.0), (WEB, 2600.0, 58.0), (ANALYTICS, 900.0, 35.0)):
        yield Metered(
            *(watch, account, VIRGINIA, "CW:MetricMonitorUsage", "MetricStorage", "Metrics"),
            *("CW:MetricMonitorUsage", metrics),
            monthly=True,
        )
        yield Metered(watch, account, VIRGINIA, "DataProcessing-Bytes", "PutLogEvents", "GB", "CW:Logs", logs)


def _small() -> Iterator[Metered]:
    edge = arn("cloudfront", VIRGINIA, WEB, "distribution/E2EXAMPLE1SHOP").replace("us-east-1", "")
    yield Metered(
        *(("AmazonCloudFront", "Amazon CloudFront"), WEB, VIRGINIA, "US-DataTransfer-Out-Bytes", "GET", "GB"),
        *("CloudFront-Out", 1150.0, edge, WEB_TEAM),
    )
    yield Metered(
        *(("awskms", "AWS Key Management Service"), PAYMENTS, VIRGINIA, "us-east-1-KMS-Requests", "Decrypt"),
        *("Requests", "KMS-Requests", 1.9e6),
    )
    yield Metered(
        *(("AWSSecretsManager", "AWS Secrets Manager"), SHARED, VIRGINIA, "AWSSecretsManager-Secrets", ""),
        *("Secrets", "Secrets", 140.0),
        monthly=True,
        long_prefix=True,
    )
    yield Metered(
        *(("AmazonSNS", "Amazon Simple Notification Service"), PAYMENTS, VIRGINIA, "Requests-Tier1", "Publish"),
        *("Requests", "SNS request", 21_000.0),
        free=True,
    )
    for account, region in ((MANAGEMENT, VIRGINIA), (SHARED, IRELAND)):
        yield Metered(
            *(("AWSCloudTrail", "AWS CloudTrail"), account, region, "FreeEventsRecorded", "None", "Events"),
            *("CloudTrail free event", 48_000.0),
            free=True,
            long_prefix=True,
        )


def service_events(scene: Scene) -> Iterator[Event]:
    """What everything billed by the day costs, and the shards of the streams."""
    for thing in (*_storage(), *_tables(), *_firewall(scene), *_everyday(), *_small()):
        yield from _days(scene, thing)
    yield from _streams(scene)


def _days(scene: Scene, thing: Metered) -> Iterator[Event]:
    meter = _meter(thing)
    chance = scene.chance(f"{thing.account.name} {thing.usage} {thing.operation} {thing.resource}")
    for day in scene.period.days:
        if thing.monthly:
            age = (day.start.date() - scene.started).days
            amount = thing.amount * (1 + thing.growth * age) / scene.period.days_in_month
        else:
            amount = thing.amount * demand_of_day(day.start) * chance.uniform(0.92, 1.08)
        metered = (
            quantity(amount) if thing.unit in ("GB", "GB-Mo", "Month", "Metrics", "Secrets") else Decimal(int(amount))
        )
        yield used(meter, day, metered, Paid.FREE if thing.free else Paid.ON_DEMAND)


def _meter(thing: Metered) -> Meter:
    price = public_price(thing.price, thing.region)
    prefix = thing.region.long_prefix if thing.long_prefix else thing.region.prefix
    words = f"${price.normalize():f} per {thing.unit} of {thing.usage}"
    return Meter(
        account=thing.account,
        region=thing.region,
        product_code=thing.service[0],
        service_name=thing.service[1],
        usage_type=f"{prefix}{thing.usage}",
        operation=thing.operation,
        unit=thing.unit,
        description=f"{words} - free tier" if thing.free else words,
        price=price,
        resource_id=thing.resource,
        family=thing.family or "API Request",
        tags=thing.tags,
    )


def _streams(scene: Scene) -> Iterator[Event]:
    for name, tags, shards in ((IDLE_STREAM, UNTAGGED, 20), (BUSY_STREAM, ANALYTICS_TEAM, 24)):
        hours = _meter(
            Metered(
                *(KINESIS, ANALYTICS, VIRGINIA, "Storage-ShardHour", "shardHourStorage", "ShardHour"),
                *("Storage-ShardHour", 0.0, stream_arn(name), tags),
                family="Kinesis Streams",
            )
        )
        yield from (used(hours, hour, Decimal(shards)) for hour in scene.period.hours)
    yield from _days(
        scene,
        Metered(
            *(KINESIS, ANALYTICS, VIRGINIA, "PutRequestPayloadUnits", "PutRequest", "PayloadUnits"),
            *("PutRequestPayloadUnits", 4.1e8, stream_arn(BUSY_STREAM), ANALYTICS_TEAM),
            family="Kinesis Streams",
        ),
    )
