"""EC2 instances (DescribeInstances) and Auto Scaling groups (DescribeAutoScalingGroups)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ingestion.collecting.model import Ask, Row
from ingestion.collecting.rows import joined, tags_of
from ingestion.sources.inventory.facts import GROUP_TAG, managed_by, resource
from lake.moments import stopped_at

_INSTANCE = {
    "image_id": "ImageId",
    "root_device_type": "RootDeviceType",
    "is_ebs_optimized": "EbsOptimized",
    "has_ena": "EnaSupport",
    "virtualization_type": "VirtualizationType",
    "boot_mode": "CurrentInstanceBootMode",
    "capacity_reservation_id": "CapacityReservationId",
    "vpc_id": "VpcId",
}


def instances(ask: Ask) -> Iterator[Row]:
    """Every instance that EC2 still tells of, those that were terminated within the last hour among them."""
    for page in ask.pages("ec2", "describe_instances"):
        for reservation in page["Reservations"]:
            yield from (_instance(told) for told in reservation["Instances"])


def _instance(told: Mapping[str, Any]) -> Row:
    row = resource(
        "instance",
        told["InstanceId"],
        told.get("Tags"),
        told,
        _INSTANCE,
        state=told["State"]["Name"],
        state_reason=told.get("StateTransitionReason") or None,
        state_changed_at=stopped_at(told.get("StateTransitionReason")),
        type=told["InstanceType"],
        zone=told.get("Placement", {}).get("AvailabilityZone"),
        created_at=_created_at(told),
        started_at=told.get("LaunchTime"),
        platform=told.get("PlatformDetails") or told.get("Platform"),
        architecture=told.get("Architecture"),
        lifecycle=told.get("InstanceLifecycle"),
        group_name=tags_of(told.get("Tags")).get(GROUP_TAG),
        managed_by=managed_by(told),
        parent_id=told.get("VpcId"),
    )
    row["attributes"] |= {
        "monitoring": told.get("Monitoring", {}).get("State", ""),
        "tenancy": told.get("Placement", {}).get("Tenancy", ""),
        "volume_ids": joined(one.get("Ebs", {}).get("VolumeId") for one in told.get("BlockDeviceMappings", [])),
        "has_marketplace_code": "true" if told.get("ProductCodes") else "false",
        "can_hibernate": "true" if told.get("HibernationOptions", {}).get("Configured") else "false",
        "network_interface_count": str(len(told.get("NetworkInterfaces", []))),
    }
    return row


def _created_at(told: Mapping[str, Any]) -> datetime | None:
    """EC2 tells the last start alone; the root volume was attached when the instance was made."""
    root = told.get("RootDeviceName")
    found = [one for one in told.get("BlockDeviceMappings", []) if one.get("DeviceName") == root]
    attached: datetime | None = found[0].get("Ebs", {}).get("AttachTime") if found else None
    return attached or told.get("LaunchTime")


def auto_scaling_groups(ask: Ask) -> Iterator[Row]:
    """Every group; its instances are what it keeps running, however often one is stopped."""
    for page in ask.pages("autoscaling", "describe_auto_scaling_groups"):
        for told in page["AutoScalingGroups"]:
            members = told.get("Instances", [])
            yield resource(
                "auto_scaling_group",
                told["AutoScalingGroupName"],
                told.get("Tags"),
                told,
                {"min_size": "MinSize", "max_size": "MaxSize", "desired_capacity": "DesiredCapacity"},
                resource_arn=told.get("AutoScalingGroupARN"),
                state=told.get("Status") or "active",
                created_at=told.get("CreatedTime"),
                used_by=joined(one["InstanceId"] for one in members),
                use_count=len(members),
                healthy_count=sum(one.get("HealthStatus") == "Healthy" for one in members),
            )
