"""Gateways, load balancers and databases: which go, which stay and why, the whole way in an emulated account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from lambdas.idle_cleanup.candidates import candidates
from lambdas.runtime import approvals
from lambdas.runtime.model import Outcome, Request, Status
from tests.lambdas.builders import NOW, OWN, REGION, make_green, row
from tests.lambdas.idle_cleanup.account import ENOUGH, Idle

APPLY = Request(apply=True)
PROTECTED = {"finops:protect": "true"}


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Idle]:
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield Idle(tmp_path)


def outcome(cloud: Idle, resource: str, rule: str, request: Request = APPLY) -> Outcome:
    make_green(cloud.store, [row(resource, rule_id=rule)])
    (found,) = cloud.act("idle_cleanup", request).outcomes
    return found


def test_rows_name_them_as_aws_does() -> None:
    balancer = f"arn:aws:elasticloadbalancing:{REGION}:{OWN}:loadbalancer/net/web/50dc6c495c0c9188"
    rows = [
        row(f"arn:aws:ec2:{REGION}:{OWN}:natgateway/nat-0123456789abcdef0", rule_id="nat_gateway"),
        row(balancer, rule_id="network_load_balancer"),
        row(f"arn:aws:rds:{REGION}:{OWN}:db:shop", rule_id="database_idle"),
        row(f"arn:aws:elasticloadbalancing:{REGION}:{OWN}:loadbalancer/web", rule_id="application_load_balancer"),
        row(f"arn:aws:rds:{REGION}:{OWN}:cluster:shop_1", rule_id="database_idle"),
    ]
    assert {(found.kind, found.resource_id, found.problem) for found in candidates(rows)} == {
        ("nat gateway", "nat-0123456789abcdef0", ""),
        ("load balancer", balancer, ""),
        ("database", "shop", ""),
        (
            "load balancer",
            f"arn:aws:elasticloadbalancing:{REGION}:{OWN}:loadbalancer/web",
            "the bill's name for it is not that of an Application or Network Load Balancer",
        ),
        ("database", "shop_1", "the bill's name for it is not that of a database"),
    }


def test_gateway_that_nothing_routes_to_is_deleted_and_its_address_stays(cloud: Idle) -> None:
    name = cloud.gateway()
    done = outcome(cloud, name, "nat_gateway_unrouted")
    assert done.status == Status.DONE
    assert cloud.changes() == ["DeleteNatGateway"]
    assert len(cloud.client("ec2").describe_addresses()["Addresses"]) == 1
    assert "create-nat-gateway" in done.undo
    assert "--allocation-id eipalloc-" in done.undo


def test_balancer_goes_only_when_a_person_approved_it(cloud: Idle) -> None:
    arn = cloud.balancer()
    asked = outcome(cloud, arn, "application_load_balancer")
    assert asked.status == Status.LEFT_ALONE
    assert "is lost for ever, so it needs `finops approve`" in asked.detail
    approvals.grant(cloud.store, "idle_cleanup", asked.decision, "maria", NOW, NOW + timedelta(days=1))
    done = outcome(cloud, arn, "application_load_balancer")
    assert (done.status, cloud.changes()) == (Status.DONE, ["DeleteLoadBalancer"])
    assert cloud.client("elbv2").describe_load_balancers()["LoadBalancers"] == []


def test_database_is_stopped_and_not_deleted(cloud: Idle) -> None:
    arn = cloud.database()
    done = outcome(cloud, arn, "database_idle")
    assert (done.status, cloud.changes()) == (Status.DONE, ["StopDBInstance"])
    (told,) = cloud.client("rds").describe_db_instances()["DBInstances"]
    assert told["DBInstanceStatus"] == "stopped"
    assert done.undo == f"aws rds start-db-instance --region {REGION} --db-instance-identifier shop"


def redirects(cloud: Idle) -> str:
    arn = cloud.balancer()
    cloud.listen(arn, {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Protocol": "HTTPS"}})
    return arn


def serves(cloud: Idle) -> str:
    arn = cloud.balancer("network")
    cloud.client("ec2").create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[arn])
    return arn


def has_targets(cloud: Idle) -> str:
    arn = cloud.balancer()
    cloud.client("elbv2").register_targets(TargetGroupArn=cloud.target_group(arn), Targets=[{"Id": "10.0.0.1"}])
    return arn


def is_kept(cloud: Idle) -> str:
    arn = cloud.balancer()
    cloud.client("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=arn, Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}]
    )
    return arn


def is_routed(cloud: Idle) -> str:
    name = cloud.gateway()
    cloud.route(name)
    return name


def is_regional(cloud: Idle) -> str:
    name = cloud.gateway()
    told = cloud.client("ec2").describe_nat_gateways()["NatGateways"]
    cloud.answers["DescribeNatGateways"] = lambda body: {"NatGateways": [{**told[0], "AvailabilityMode": "regional"}]}
    return name


def with_connections(values: list[float]) -> Callable[[Idle], str]:
    def make(cloud: Idle) -> str:
        arn = cloud.database()
        cloud.connections(values)
        return arn

    return make


def is_replica(cloud: Idle) -> str:
    arn = cloud.database()
    cloud.client("rds").create_db_instance_read_replica(DBInstanceIdentifier="copy", SourceDBInstanceIdentifier="shop")
    return arn


@pytest.mark.parametrize(
    ("make", "rule", "reason"),
    [
        (is_routed, "nat_gateway_idle", "routed to by rtb-"),
        (is_regional, "nat_gateway", "its availability is regional"),
        (lambda cloud: cloud.gateway(PROTECTED), "nat_gateway", "protected by tag finops:protect=true"),
        (has_targets, "application_load_balancer", "1 targets are registered with it"),
        (redirects, "load_balancer_without_targets", "it answers by itself (redirect)"),
        (serves, "network_load_balancer", "the endpoint service vpce-svc-"),
        (is_kept, "application_load_balancer", "its deletion protection is on"),
        (
            lambda cloud: cloud.balancer(tags={"elbv2.k8s.aws/cluster": "shop"}),
            "application_load_balancer",
            "managed by Kubernetes",
        ),
        (with_connections([*ENOUGH[1:], 1.0]), "database_idle", "up to 1 connections in the last 7 days"),
        (with_connections(ENOUGH[:151]), "database_idle", "its connections of 7 days are not known"),
        (is_replica, "database_idle", "it replicates with copy"),
        (lambda cloud: cloud.database({"Schedule": "hold"}), "database_idle", "its schedule starts and stops it"),
        (lambda cloud: cloud.database(PROTECTED), "database_idle", "protected by tag finops:protect=true"),
    ],
)
def test_what_is_in_use_or_kept_stays(cloud: Idle, make: Callable[[Idle], str], rule: str, reason: str) -> None:
    left = outcome(cloud, make(cloud), rule)
    assert left.status == Status.LEFT_ALONE
    assert reason in left.detail
    assert cloud.changes() == []


@pytest.mark.parametrize(
    ("resource", "rule"),
    [
        ("nat-0123456789abcdef0", "nat_gateway"),
        (
            f"arn:aws:elasticloadbalancing:{REGION}:{OWN}:loadbalancer/app/gone/50dc",
            "network_load_balancer",
        ),
        ("gone", "database_idle"),
    ],
)
def test_what_is_gone_is_left_alone(cloud: Idle, resource: str, rule: str) -> None:
    assert outcome(cloud, resource, rule).detail == "not found any more"


@pytest.mark.parametrize(
    ("code", "status"),
    [("InvalidDBInstanceState", Status.LEFT_ALONE), ("AccessDenied", Status.FAILED)],
)
def test_database_that_changes_between_look_and_stop_is_left_alone(cloud: Idle, code: str, status: Status) -> None:
    arn = cloud.database()
    cloud.errors["StopDBInstance"] = (code, "")
    assert outcome(cloud, arn, "database_idle").status == status


def test_dry_run_asks_of_the_gateway_and_changes_nothing(cloud: Idle) -> None:
    make_green(cloud.store, cloud.rows())
    told: dict[str, Any] = {out.decision.kind: out for out in cloud.act("idle_cleanup", Request()).outcomes}
    assert told["nat gateway"].detail.startswith("AWS would allow ec2:DeleteNatGateway")
    assert told["database"].detail == "AWS cannot be asked beforehand: rds:StopDBInstance shop"
    assert cloud.changes() == []
