"""EBS volumes (DescribeVolumes), own snapshots (DescribeSnapshots) and own images (DescribeImages)."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.collecting.model import Ask, Row
from ingestion.collecting.rows import joined, moment
from ingestion.sources.inventory.facts import managed_by, resource


def volumes(ask: Ask) -> Iterator[Row]:
    """Every volume, and what it is attached to."""
    for page in ask.pages("ec2", "describe_volumes"):
        for told in page["Volumes"]:
            attached = told.get("Attachments") or []
            yield resource(
                "volume",
                told["VolumeId"],
                told.get("Tags"),
                told,
                {"is_encrypted": "Encrypted", "kms_key_id": "KmsKeyId", "is_multi_attach": "MultiAttachEnabled"}
                | {"outpost_arn": "OutpostArn"},
                state=told["State"],
                type=told.get("VolumeType"),
                zone=told.get("AvailabilityZone"),
                created_at=told.get("CreateTime"),
                size_gb=told.get("Size"),
                iops=told.get("Iops"),
                throughput=told.get("Throughput"),
                managed_by=managed_by(told),
                source_id=told.get("SnapshotId") or None,
                used_by=joined(one.get("InstanceId") or one.get("AssociatedResource") for one in attached),
                use_count=len(attached),
            )


def snapshots(ask: Ask) -> Iterator[Row]:
    """The account's own snapshots; `source_id` is a volume that may be gone, and of a copy it says nothing."""
    for page in ask.pages("ec2", "describe_snapshots", OwnerIds=["self"]):
        for told in page["Snapshots"]:
            yield resource(
                "snapshot",
                told["SnapshotId"],
                told.get("Tags"),
                told,
                {"description": "Description", "is_encrypted": "Encrypted", "storage_tier": "StorageTier"}
                | {"restore_expires_at": "RestoreExpiryTime"},
                state=told["State"],
                state_reason=told.get("StateMessage") or None,
                type=told.get("StorageTier"),
                created_at=told.get("StartTime"),
                size_gb=told.get("VolumeSize"),
                source_id=told.get("VolumeId") or None,
            )


def images(ask: Ask) -> Iterator[Row]:
    """The account's own images, disabled and deprecated ones among them: their snapshots cannot be deleted either."""
    for page in ask.pages("ec2", "describe_images", Owners=["self"], IncludeDeprecated=True, IncludeDisabled=True):
        for told in page["Images"]:
            disks = [one["Ebs"] for one in told.get("BlockDeviceMappings", []) if one.get("Ebs")]
            yield resource(
                "image",
                told["ImageId"],
                told.get("Tags"),
                told,
                {"deprecated_at": "DeprecationTime", "last_launched_at": "LastLaunchedTime", "is_public": "Public"},
                state=told.get("State"),
                created_at=moment(told.get("CreationDate")),
                size_gb=sum(disk.get("VolumeSize") or 0 for disk in disks),
                architecture=told.get("Architecture"),
                platform=told.get("PlatformDetails"),
                source_id=joined(disk.get("SnapshotId") for disk in disks) or None,
            )
