"""What the accounts say now of the volumes and addresses that the mart proposes. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lake.accounts import Accounts, UnreachableError, in_words
from lambdas.idle_cleanup import look_holders, look_others
from lambdas.idle_cleanup.decide import ADDRESS, HELD, VOLUME, Address, Facts, Held, Volume
from lambdas.runtime.described import batches, operator_of, tag_pairs
from lambdas.runtime.model import Finding, Gone, Unknown

if TYPE_CHECKING:
    from mypy_boto3_ec2.client import EC2Client
    from mypy_boto3_ec2.type_defs import FilterTypeDef, SnapshotTypeDef

PLAN_KEY = "finops:plan-key"
SOURCE = "finops:source-volume"
INSTANCE = "finops:instance"
DEVICE = "finops:device"


def look(findings: Sequence[Finding], accounts: Accounts, now: datetime) -> dict[Finding, Facts | Gone | Unknown]:
    """Live facts per finding. A place that cannot be reached or read makes its findings Unknown, and no others."""
    places: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        places[finding.account, finding.region, finding.kind].append(finding)
    live: dict[Finding, Facts | Gone | Unknown] = {}
    for (account, region, kind), there in places.items():
        live.update(_look_at(accounts, account, region, kind, there, now))
    return live


def volumes_by_id(ec2: EC2Client, volume_ids: Sequence[str]) -> dict[str, Volume]:
    """The volumes that exist among those asked for. A list of ids would fail on one that is gone; a filter does not."""
    found = {}
    for batch in batches(volume_ids):
        wanted: list[FilterTypeDef] = [{"Name": "volume-id", "Values": batch}]
        for page in ec2.get_paginator("describe_volumes").paginate(Filters=wanted):
            for described in page["Volumes"]:
                found[described.get("VolumeId", "")] = as_volume(described)
    return found


def held_by_id(ec2: EC2Client, volume_ids: Sequence[str]) -> dict[str, Held]:
    """The volumes that exist among those asked for, each with the one instance that holds it."""
    found = volumes_by_id(ec2, volume_ids)
    loose = [name for name, volume in found.items() if not volume.attached_to]
    # What a run took off that was cut off then: the snapshot that it took before tells from where.
    places = {
        tag_of(snapshot, SOURCE): (tag_of(snapshot, INSTANCE), tag_of(snapshot, DEVICE))
        for snapshot in (_snapshots_tagged(ec2, SOURCE, loose) if loose else [])
        if tag_of(snapshot, INSTANCE)
    }
    for name, volume in found.items():
        if len(volume.attached_to) == 1:
            places[name] = (volume.attached_to[0], volume.devices[0])
    holding = look_holders.find(ec2, places)
    return {name: Held(volume, holding.get(name)) for name, volume in found.items()}


def addresses_by_name(ec2: EC2Client, names: Sequence[str]) -> dict[str, Address]:
    """The addresses that exist among those asked for, under the allocation id or the public IP they were asked by."""
    found = {}
    for field, filter_name in (("AllocationId", "allocation-id"), ("PublicIp", "public-ip")):
        asked = [name for name in names if name.startswith("eipalloc-") == (field == "AllocationId")]
        for batch in batches(asked):
            for described in ec2.describe_addresses(Filters=[{"Name": filter_name, "Values": batch}])["Addresses"]:
                found[str(described.get(field, ""))] = as_address(described)
    return found


def snapshots_of_plans(ec2: EC2Client, plan_keys: Sequence[str]) -> list[SnapshotTypeDef]:
    """Our own snapshots that carry one of these plan keys."""
    return _snapshots_tagged(ec2, PLAN_KEY, plan_keys)


def _snapshots_tagged(ec2: EC2Client, key: str, values: Sequence[str]) -> list[SnapshotTypeDef]:
    found = []
    for batch in batches(values):
        wanted: list[FilterTypeDef] = [{"Name": f"tag:{key}", "Values": batch}]
        for page in ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=wanted):
            found.extend(page["Snapshots"])
    return found


def tag_of(snapshot: SnapshotTypeDef, key: str) -> str:
    """Value of a tag, empty when it is absent."""
    return dict(tag_pairs(snapshot.get("Tags"))).get(key, "")


def as_volume(described: Mapping[str, Any]) -> Volume:
    """EC2's Volume as facts. What EC2 leaves out stays empty, and empty never speaks for deletion."""
    attachments = described.get("Attachments") or []
    return Volume(
        volume_id=described.get("VolumeId", ""),
        state=described.get("State", ""),
        attached_to=tuple(
            each.get("InstanceId") or each.get("AssociatedResource") or "something" for each in attachments
        ),
        created_at=described.get("CreateTime"),
        tags=tag_pairs(described.get("Tags")),
        volume_type=described.get("VolumeType", ""),
        size=described.get("Size", 0),
        iops=described.get("Iops"),
        throughput=described.get("Throughput"),
        zone=described.get("AvailabilityZone", ""),
        kms_key=described.get("KmsKeyId", ""),
        operator=operator_of(described),
        outpost=described.get("OutpostArn", ""),
        is_multi_attach=bool(described.get("MultiAttachEnabled")),
        devices=tuple(each.get("Device") or "" for each in attachments),
    )


def as_address(described: Mapping[str, Any]) -> Address:
    """EC2's Address as facts. Some answers carry empty ids for an address that is associated with nothing."""
    uses = ("InstanceId", "NetworkInterfaceId", "AssociationId", "PrivateIpAddress")
    return Address(
        allocation_id=described.get("AllocationId") or "",
        public_ip=described.get("PublicIp") or "",
        used_by=next((described[use] for use in uses if described.get(use)), ""),
        tags=tag_pairs(described.get("Tags")),
        managed_by=described.get("ServiceManaged") or "",
        pool=described.get("PublicIpv4Pool") or described.get("CustomerOwnedIpv4Pool") or "",
        border_group=described.get("NetworkBorderGroup") or "",
    )


def _look_at(
    accounts: Accounts, account: str, region: str, kind: str, findings: Sequence[Finding], now: datetime
) -> dict[Finding, Facts | Gone | Unknown]:
    from botocore.exceptions import BotoCoreError, ClientError

    names = [finding.resource_id for finding in findings]
    found: Mapping[str, Facts]
    try:
        if kind in _READERS:
            found = _READERS[kind](accounts.ec2(account, region), names)
        else:
            found = look_others.find(lambda service: accounts.client(service, account, region), kind, names, now)
        return {finding: found.get(finding.resource_id) or Gone() for finding in findings}
    except UnreachableError as error:
        why = str(error)
    except (BotoCoreError, ClientError) as error:
        why = in_words(error)
    return {finding: Unknown(why) for finding in findings}


_READERS: dict[str, Callable[[EC2Client, Sequence[str]], Mapping[str, Facts]]] = {
    VOLUME: volumes_by_id,
    HELD: held_by_id,
    ADDRESS: addresses_by_name,
}
