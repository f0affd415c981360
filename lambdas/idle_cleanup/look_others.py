"""What the account says now of gateways, load balancers and databases. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from lake.accounts import code_of
from lambdas.idle_cleanup.others import (
    BALANCER,
    GATEWAY,
    MIN_COVERAGE,
    QUIET_DAYS,
    Balancer,
    Database,
    Gateway,
    Other,
)
from lambdas.runtime.described import pages, tag_pairs

# Clients of one account and region, by service.
Client = Callable[[str], Any]


def find(client: Client, kind: str, names: Sequence[str], now: datetime) -> dict[str, Other]:
    """Those that exist among the ones asked for, under these names. Raises botocore errors."""
    if kind == GATEWAY:
        return dict(_gateways(client("ec2"), names))
    found: dict[str, Other | None]
    if kind == BALANCER:
        services = pages(client("ec2"), "describe_vpc_endpoint_service_configurations", "ServiceConfigurations")
        found = {name: _balancer(client("elbv2"), name, services) for name in names}
    else:
        found = {name: _database(client, name, now) for name in names}
    return {name: facts for name, facts in found.items() if facts is not None}


def _gateways(ec2: Any, names: Sequence[str]) -> Iterator[tuple[str, Gateway]]:
    wanted = [{"Name": "nat-gateway-id", "Values": list(names)}]
    for told in pages(ec2, "describe_nat_gateways", "NatGateways", Filters=wanted):
        # AWS tells of a deleted one for an hour.
        if told.get("State") in ("deleted", "deleting"):
            continue
        name = told["NatGatewayId"]
        routes = pages(
            ec2, "describe_route_tables", "RouteTables", Filters=[{"Name": "route.nat-gateway-id", "Values": [name]}]
        )
        yield (
            name,
            Gateway(
                gateway_id=name,
                state=told.get("State") or "",
                created_at=told.get("CreateTime"),
                routed_by=tuple(table["RouteTableId"] for table in routes),
                tags=tag_pairs(told.get("Tags")),
                subnet=told.get("SubnetId") or "",
                allocations=tuple(
                    each["AllocationId"] for each in told.get("NatGatewayAddresses") or [] if each.get("AllocationId")
                ),
                connectivity=told.get("ConnectivityType") or "public",
                availability=told.get("AvailabilityMode") or "zonal",
            ),
        )


def _balancer(elb: Any, arn: str, services: Sequence[Mapping[str, Any]]) -> Balancer | None:
    from botocore.exceptions import ClientError

    try:
        (told,) = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    except ClientError as error:
        if code_of(error) in ("LoadBalancerNotFound", "LoadBalancerNotFoundException"):
            return None
        raise
    kept = {
        each["Key"]: each["Value"] for each in elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    }
    tags = elb.describe_tags(ResourceArns=[arn])["TagDescriptions"]
    return Balancer(
        arn=arn,
        name=told.get("LoadBalancerName") or "",
        type=told.get("Type") or "",
        state=(told.get("State") or {}).get("Code") or "",
        created_at=told.get("CreatedTime"),
        targets=_targets(elb, arn),
        tags=tag_pairs(tags[0].get("Tags") if tags else []),
        dns_name=told.get("DNSName") or "",
        answers_by=_answers(elb, arn),
        serves=_served(services, arn),
        is_kept=kept.get("deletion_protection.enabled") == "true",
    )


def _targets(elb: Any, arn: str) -> int:
    from botocore.exceptions import ClientError

    try:
        groups = pages(elb, "describe_target_groups", "TargetGroups", LoadBalancerArn=arn)
    except ClientError as error:
        # A balancer without any group may be answered so.
        if code_of(error) == "TargetGroupNotFound":
            return 0
        raise
    health = [elb.describe_target_health(TargetGroupArn=each["TargetGroupArn"]) for each in groups]
    return sum(len(each["TargetHealthDescriptions"]) for each in health)


def _answers(elb: Any, arn: str) -> tuple[str, ...]:
    """How its listeners answer without any target, such as by a redirect."""
    found = set()
    for listener in pages(elb, "describe_listeners", "Listeners", LoadBalancerArn=arn):
        rules = pages(elb, "describe_rules", "Rules", ListenerArn=listener["ListenerArn"])
        actions = [*listener.get("DefaultActions", []), *(act for rule in rules for act in rule.get("Actions", []))]
        found |= {action["Type"] for action in actions if action["Type"] in ("redirect", "fixed-response")}
    return tuple(sorted(found))


def _served(services: Sequence[Mapping[str, Any]], arn: str) -> tuple[str, ...]:
    return tuple(
        each["ServiceId"]
        for each in services
        if arn in (*each.get("NetworkLoadBalancerArns", ()), *each.get("GatewayLoadBalancerArns", ()))
    )


def _database(client: Client, name: str, now: datetime) -> Database | None:
    from botocore.exceptions import ClientError

    try:
        (told,) = client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    except ClientError as error:
        if code_of(error) in ("DBInstanceNotFound", "DBInstanceNotFoundFault"):
            return None
        raise
    source = told.get("ReadReplicaSourceDBInstanceIdentifier")
    return Database(
        name=name,
        arn=told["DBInstanceArn"],
        state=told.get("DBInstanceStatus") or "",
        created_at=told.get("InstanceCreateTime"),
        connections=_connections(client("cloudwatch"), name, now),
        tags=tag_pairs(told.get("TagList")),
        engine=told.get("Engine") or "",
        cluster=told.get("DBClusterIdentifier") or "",
        replicates=(*([source] if source else []), *told.get("ReadReplicaDBInstanceIdentifiers", ())),
        is_multi_zone=bool(told.get("MultiAZ")),
    )


def _connections(cloudwatch: Any, name: str, now: datetime) -> float | None:
    """The most connections at once in the quiet days, by hour; None when too few hours are told."""
    until = now.replace(minute=0, second=0, microsecond=0)
    asked = {
        "Id": "connections",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/RDS",
                "MetricName": "DatabaseConnections",
                "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": name}],
            },
            "Period": 3600,
            "Stat": "Maximum",
        },
    }
    told = pages(
        cloudwatch,
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=[asked],
        StartTime=until - timedelta(days=QUIET_DAYS),
        EndTime=until,
    )
    values = [value for result in told for value in result.get("Values", [])]
    return max(values) if len(values) >= MIN_COVERAGE * QUIET_DAYS * 24 else None
