"""An account with a gateway, load balancers and a database that nobody uses, as moto has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.ec2.models import ec2_backends
from moto.elbv2 import models
from moto.rds.models import rds_backends

from lambdas.runtime import approvals
from lambdas.runtime.model import Request
from tests.lambdas.builders import NOW, OWN, REGION, row
from tests.lambdas.cloud import Cloud, refusal

ENOUGH = [0.0] * (7 * 24)
OLD = NOW - timedelta(days=100)


class Idle(Cloud):
    """What moto does not tell, such as when something was made and how many connections it had, the test does."""

    services = ("ec2", "elbv2", "rds", "cloudwatch")

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        # moto deletes a gateway that it was only asked about.
        self.answers["DeleteNatGateway"] = lambda body: (
            refusal("DryRunOperation") if str(body.get("DryRun")) == "true" else None
        )

    def approve(self) -> None:
        """Approve all that `idle_cleanup` asks for."""
        for out in self.act("idle_cleanup", Request()).outcomes:
            if out.decision.asks_for:
                approvals.grant(self.store, "idle_cleanup", out.decision, "maria", NOW, NOW + timedelta(days=1))
        self.asked.clear()

    def subnets(self) -> list[str]:
        return [each["SubnetId"] for each in self.client("ec2").describe_subnets()["Subnets"]]

    def gateway(self, tags: Mapping[str, str] | None = None) -> str:
        ec2 = self.client("ec2")
        address = ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = ec2.create_nat_gateway(SubnetId=self.subnets()[0], AllocationId=address)
        name: str = made["NatGateway"]["NatGatewayId"]
        if tags:
            ec2.create_tags(Resources=[name], Tags=_listed(tags))
        ec2_backends[OWN][REGION].nat_gateways[name]._created_at = OLD.replace(tzinfo=None)
        return name

    def held(self, days: int = 40, *, tags: Mapping[str, str] | None = None) -> tuple[dict[str, Any], str]:
        """What the mart says of a volume whose instance was stopped so many days ago, and that instance."""
        ec2 = self.client("ec2")
        volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8, VolumeType="gp3")["VolumeId"]
        ec2_backends[OWN][REGION].volumes[volume].create_time = OLD
        zone = {"AvailabilityZone": f"{REGION}a"}
        made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, Placement=zone)["Instances"][0]
        name: str = made["InstanceId"]
        if tags:
            ec2.create_tags(Resources=[name], Tags=_listed(tags))
        ec2.attach_volume(VolumeId=volume, InstanceId=name, Device="/dev/sdf")
        ec2.stop_instances(InstanceIds=[name])
        self.machine(name)._reason = f"User initiated ({NOW - timedelta(days=days):%Y-%m-%d %H:%M:%S} GMT)"
        return row(volume, rule_id="volume_of_stopped_instance"), name

    def machine(self, name: str) -> Any:
        """An instance, as moto has it."""
        return ec2_backends[OWN][REGION].get_instance(name)

    def route(self, gateway: str) -> str:
        ec2 = self.client("ec2")
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        table: str = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=gateway)
        return table

    def balancer(self, kind: str = "application", tags: Mapping[str, str] | None = None) -> str:
        with pytest.MonkeyPatch.context() as patch:
            # moto names each one as if it were an Application Load Balancer.
            named = models.make_arn_for_load_balancer
            short = {"application": "/app/", "network": "/net/"}[kind]
            patch.setattr(models, "make_arn_for_load_balancer", lambda **args: named(**args).replace("/app/", short))
            made = self.client("elbv2").create_load_balancer(Name=f"web-{kind}", Subnets=self.subnets()[:2], Type=kind)
        arn: str = made["LoadBalancers"][0]["LoadBalancerArn"]
        if tags:
            self.client("elbv2").add_tags(ResourceArns=[arn], Tags=_listed(tags))
        models.elbv2_backends[OWN][REGION].load_balancers[arn].created_time = OLD.isoformat()
        return arn

    def target_group(self, balancer: str) -> str:
        elb = self.client("elbv2")
        vpc = self.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
        group: str = elb.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")[
            "TargetGroups"
        ][0]["TargetGroupArn"]
        self.listen(balancer, {"Type": "forward", "TargetGroupArn": group})
        return group

    def listen(self, balancer: str, action: dict[str, Any]) -> None:
        self.client("elbv2").create_listener(
            LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[action]
        )

    def database(self, tags: Mapping[str, str] | None = None, **more: Any) -> str:
        usual = {"DBInstanceClass": "db.t3.micro", "Engine": "postgres", "AllocatedStorage": 20}
        made = self.client("rds").create_db_instance(
            DBInstanceIdentifier="shop", Tags=_listed(tags or {}), **{**usual, **more}
        )
        rds_backends[OWN][REGION].databases["shop"].instance_create_time = OLD.isoformat()
        self.connections(ENOUGH)
        return str(made["DBInstance"]["DBInstanceArn"])

    def connections(self, values: list[float]) -> None:
        """What CloudWatch tells: so many connections at most, hour by hour."""
        told = {"MetricDataResults": [{"Id": "connections", "Values": values, "Timestamps": []}]}
        self.answers["GetMetricData"] = lambda body: told

    def rows(self) -> list[dict[str, Any]]:
        """One of each, and what the mart says of it."""
        balancer = self.balancer("application")
        self.target_group(balancer)
        return [
            row(f"arn:aws:ec2:{REGION}:{OWN}:natgateway/{self.gateway()}", rule_id="nat_gateway_unrouted"),
            row(balancer, rule_id="application_load_balancer"),
            row(self.balancer("network"), rule_id="load_balancer_without_targets"),
            row(self.database(), rule_id="database_idle"),
        ]


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
