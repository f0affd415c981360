"""An account with one of everything that the inventory knows, made in the emulator."""

from __future__ import annotations

from typing import Any

from tests.ingestion.collecting.conftest import REGION, Cloud

ZONE = f"{REGION}a"


def tags(kind: str, **pairs: str) -> list[dict[str, Any]]:
    told = [{"Key": key, "Value": value} for key, value in pairs.items()]
    return [{"ResourceType": kind, "Tags": told}]


def fill(cloud: Cloud) -> dict[str, str]:
    """Make one of everything; answers the ids by what they stand for."""
    ec2 = cloud.client("ec2")
    made: dict[str, str] = {}
    image = ec2.register_image(Name="golden", RootDeviceName="/dev/xvda", Architecture="x86_64")["ImageId"]
    made["image"] = image
    run: Any = {"ImageId": image, "MinCount": 1, "MaxCount": 1, "InstanceType": "m5.large"}
    for name in ("running", "stopped"):
        tagged = tags("instance", Name=name, Owner="web")
        made[name] = ec2.run_instances(**run, TagSpecifications=tagged)["Instances"][0]["InstanceId"]
    ec2.stop_instances(InstanceIds=[made["stopped"]])
    for name in ("attached", "unattached"):
        volume = ec2.create_volume(
            AvailabilityZone=ZONE, Size=100, VolumeType="gp3", Iops=4000, TagSpecifications=tags("volume", Name=name)
        )
        made[name] = volume["VolumeId"]
    ec2.attach_volume(VolumeId=made["attached"], InstanceId=made["running"], Device="/dev/sdf")
    made["snapshot"] = ec2.create_snapshot(VolumeId=made["unattached"], Description="before the move")["SnapshotId"]
    for name in ("used address", "unused address"):
        made[name] = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=made["used address"], InstanceId=made["running"])
    made |= _network(cloud, made)
    made |= _databases(cloud)
    return made


def _network(cloud: Cloud, made: dict[str, str]) -> dict[str, str]:
    ec2 = cloud.client("ec2")
    subnets = ec2.describe_subnets()["Subnets"]
    vpc, subnet = subnets[0]["VpcId"], subnets[0]["SubnetId"]
    held = [ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(2)]
    used, unused = (
        ec2.create_nat_gateway(SubnetId=subnet, AllocationId=one)["NatGateway"]["NatGatewayId"] for one in held
    )
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=used)
    elbv2 = cloud.client("elbv2")
    two = [one["SubnetId"] for one in subnets[:2]]
    arns = {}
    for name in ("busy", "empty"):
        arns[name] = elbv2.create_load_balancer(Name=name, Subnets=two)["LoadBalancers"][0]["LoadBalancerArn"]
    group = elbv2.create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
    elbv2.create_listener(
        LoadBalancerArn=arns["busy"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
    )
    elbv2.register_targets(TargetGroupArn=group["TargetGroupArn"], Targets=[{"Id": made["running"]}])
    listeners: Any = [{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}]
    cloud.client("elb").create_load_balancer(LoadBalancerName="old", Listeners=listeners, AvailabilityZones=[ZONE])
    return {"used gateway": used, "unused gateway": unused, "route table": table}


def _databases(cloud: Cloud) -> dict[str, str]:
    rds = cloud.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="aurora", Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword="not-a-secret"
    )
    rds.create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.m5.large",
        Engine="postgres",
        AllocatedStorage=200,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret",
    )
    autoscaling = cloud.client("autoscaling")
    image = cloud.client("ec2").describe_images(Owners=["self"])["Images"][0]["ImageId"]
    autoscaling.create_launch_configuration(LaunchConfigurationName="web", ImageId=image, InstanceType="t3.micro")
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchConfigurationName="web",
        MinSize=1,
        MaxSize=2,
        DesiredCapacity=1,
        AvailabilityZones=[ZONE],
    )
    return {"database": "orders", "cluster": "aurora", "group": "web"}
