"""What EC2 says of instances, volumes and types now. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from lake.accounts import Accounts, UnreachableError, in_words
from lambdas.rightsizing.candidates import target
from lambdas.rightsizing.decide import Disk, Facts, Server, is_of_instance
from lambdas.runtime.described import batches, instances_by_id, operator_of
from lambdas.runtime.model import Finding, Gone, Unknown

BATCH = 100
_BUSY = ("modifying", "optimizing")


def look(findings: Sequence[Finding], accounts: Accounts) -> dict[Finding, Facts | Gone | Unknown]:
    """Live facts per finding. A place that cannot be reached or read makes its findings Unknown, and no others."""
    places: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        places[finding.account, finding.region].append(finding)
    live: dict[Finding, Facts | Gone | Unknown] = {}
    for (account, region), there in places.items():
        try:
            ec2 = accounts.ec2(account, region)
            wanted = {each.resource_id: target(each) for each in there if is_of_instance(each)}
            known: dict[str, Any] = {
                **servers(ec2, wanted),
                **disks(ec2, [each.resource_id for each in there if not is_of_instance(each)]),
            }
        except Exception as error:  # Whatever one account answers must not hide the others.
            why = str(error) if isinstance(error, UnreachableError) else in_words(error)
            live.update({finding: Unknown(why) for finding in there})
        else:
            live.update({finding: known.get(finding.resource_id) or Gone() for finding in there})
    return live


def servers(ec2: Any, targets: Mapping[str, str]) -> dict[str, Server]:
    """The instances that exist among those asked for, by id, with the types proposed. Raises botocore errors."""
    told = _instances(ec2, sorted(targets))
    names = {targets[name] for name in told} | {each["InstanceType"] for each in told.values()}
    types = _types(ec2, sorted(names))
    offered = _offered(ec2, sorted(names)) if told else set()
    return {
        name: Server(
            each,
            types.get(each["InstanceType"], {}),
            types.get(targets[name], {}),
            (targets[name], (each.get("Placement") or {}).get("AvailabilityZone")) in offered,
        )
        for name, each in told.items()
    }


def disks(ec2: Any, ids: Sequence[str]) -> dict[str, Disk]:
    """The volumes that exist among those asked for, by id. Raises botocore errors."""
    told: dict[str, Mapping[str, Any]] = {}
    changes: dict[str, str] = {}
    for batch in batches(ids, BATCH):
        wanted = [{"Name": "volume-id", "Values": batch}]
        for page in ec2.get_paginator("describe_volumes").paginate(Filters=wanted):
            told.update({each["VolumeId"]: each for each in page["Volumes"]})
        for page in ec2.get_paginator("describe_volumes_modifications").paginate(Filters=wanted):
            changes.update(
                {each["VolumeId"]: each.get("ModificationState", "") for each in page["VolumesModifications"]}
            )
    return {name: _as_disk(each, changes.get(name, "")) for name, each in told.items()}


def state_of(ec2: Any, instance_id: str) -> str:
    """EC2's word for the state of an instance, empty when there is none."""
    told = _instances(ec2, [instance_id]).get(instance_id)
    return str(told["State"]["Name"]) if told else ""


def type_of(ec2: Any, instance_id: str) -> str:
    """The type of an instance, empty when there is none."""
    return str(_instances(ec2, [instance_id]).get(instance_id, {}).get("InstanceType", ""))


def is_well(ec2: Any, instance_id: str) -> bool:
    """Whether both checks of a running instance are passed."""
    told = ec2.describe_instance_status(InstanceIds=[instance_id])["InstanceStatuses"]
    return bool(told) and all(told[0][name]["Status"] == "ok" for name in ("InstanceStatus", "SystemStatus"))


def _instances(ec2: Any, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    return {
        name: each for name, each in instances_by_id(ec2, ids, BATCH).items() if each["State"]["Name"] != "terminated"
    }


def _types(ec2: Any, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    found = {}
    for batch in batches(names, BATCH):
        wanted = [{"Name": "instance-type", "Values": batch}]
        for page in ec2.get_paginator("describe_instance_types").paginate(Filters=wanted):
            found.update({each["InstanceType"]: each for each in page["InstanceTypes"]})
    return found


def _offered(ec2: Any, names: Sequence[str]) -> set[tuple[str, str]]:
    wanted = [{"Name": "instance-type", "Values": list(names)}]
    pages = ec2.get_paginator("describe_instance_type_offerings").paginate(
        LocationType="availability-zone", Filters=wanted
    )
    return {(each["InstanceType"], each["Location"]) for page in pages for each in page["InstanceTypeOfferings"]}


def _as_disk(told: Mapping[str, Any], change: str) -> Disk:
    return Disk(
        told["VolumeId"],
        told.get("VolumeType", ""),
        told.get("State", ""),
        told.get("Size", 0),
        {tag["Key"]: tag.get("Value", "") for tag in told.get("Tags") or []},
        operator_of(told),
        change if change in _BUSY else "",
    )
