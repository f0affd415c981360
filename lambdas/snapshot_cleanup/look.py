"""What EC2 and the recycle bin say of snapshots now. Reads only; what cannot be read is unknown, and unknown stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lake.accounts import Accounts, UnreachableError, in_words
from lambdas.runtime.described import batches, tag_pairs
from lambdas.runtime.model import Finding, Gone, Unknown
from lambdas.snapshot_cleanup.decide import NO_VOLUME, Snapshot


def look(findings: Sequence[Finding], accounts: Accounts) -> dict[Finding, Snapshot | Gone | Unknown]:
    """Live facts per finding. A place that cannot be reached or read makes its findings Unknown, and no others."""
    places: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        places[finding.account, finding.region].append(finding)
    live: dict[Finding, Snapshot | Gone | Unknown] = {}
    for (account, region), there in places.items():
        try:
            known = snapshots(accounts, account, region, [finding.resource_id for finding in there])
        except Exception as error:  # Whatever one account answers must not hide the others.
            why = str(error) if isinstance(error, UnreachableError) else in_words(error)
            live.update({finding: Unknown(why) for finding in there})
        else:
            live.update({finding: known.get(finding.resource_id) or Gone() for finding in there})
    return live


def snapshots(accounts: Accounts, account: str, region: str, ids: Sequence[str]) -> dict[str, Snapshot]:
    """The snapshots that exist among those asked for. Raises botocore errors and UnreachableError."""
    ec2: Any = accounts.ec2(account, region)
    told = {each["SnapshotId"]: each for each in _described(ec2, "snapshot-id", ids)}
    if not told:
        return {}
    volumes = {each.get("VolumeId", "") for each in told.values()} - {"", NO_VOLUME}
    siblings = [each for each in _described(ec2, "volume-id", sorted(volumes)) if each.get("State") == "completed"]
    users = _users(ec2, list(told))
    locks, fast = _locks(ec2, list(told)), _fast_restores(ec2, list(told))
    rules = _recycle_rules(accounts.client("rbin", account, region))
    return {
        name: Snapshot(
            name,
            each.get("VolumeId", ""),
            each.get("State", ""),
            each.get("StartTime"),
            newer=_newer(each, siblings),
            tags=tag_pairs(each.get("Tags")),
            description=each.get("Description", ""),
            tier=each.get("StorageTier") or "standard",
            is_restored=bool(each.get("RestoreExpiryTime")),
            used_by=tuple(sorted(users[name])),
            shared_with=_shared_with(ec2, name),
            lock=locks.get(name, ""),
            fast_restore=fast.get(name, ""),
            outpost=each.get("OutpostArn", ""),
            undo_days=_undo_days(rules, tag_pairs(each.get("Tags"))),
        )
        for name, each in told.items()
    }


def _described(ec2: Any, name: str, values: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for batch in batches(values):
        wanted = [{"Name": name, "Values": batch}]
        for page in ec2.get_paginator("describe_snapshots").paginate(OwnerIds=["self"], Filters=wanted):
            yield from page["Snapshots"]


def _newer(snapshot: Mapping[str, Any], siblings: Sequence[Mapping[str, Any]]) -> int:
    # Of two of the same moment one counts as the newer, or both would go.
    mine = (snapshot["StartTime"], snapshot["SnapshotId"])
    return sum(
        each["VolumeId"] == snapshot.get("VolumeId") and (each["StartTime"], each["SnapshotId"]) > mine
        for each in siblings
    )


def _users(ec2: Any, ids: Sequence[str]) -> dict[str, set[str]]:
    """Images, also those that are disabled or deprecated, and launch templates that refer to a snapshot."""
    users: dict[str, set[str]] = defaultdict(set)
    for batch in batches(ids):
        wanted = [{"Name": "block-device-mapping.snapshot-id", "Values": batch}]
        pages = ec2.get_paginator("describe_images").paginate(
            Owners=["self"], Filters=wanted, IncludeDeprecated=True, IncludeDisabled=True
        )
        for image in (image for page in pages for image in page["Images"]):
            for name in _mapped(image.get("BlockDeviceMappings")):
                users[name].add(f"image {image['ImageId']}")
    for template in (
        t for page in ec2.get_paginator("describe_launch_templates").paginate() for t in page["LaunchTemplates"]
    ):
        versions = ec2.get_paginator("describe_launch_template_versions").paginate(
            LaunchTemplateId=template["LaunchTemplateId"]
        )
        for version in (version for page in versions for version in page["LaunchTemplateVersions"]):
            for name in _mapped((version.get("LaunchTemplateData") or {}).get("BlockDeviceMappings")):
                users[name].add(f"launch template {template['LaunchTemplateId']}")
    return users


def _mapped(mappings: Sequence[Mapping[str, Any]] | None) -> Iterator[str]:
    for mapping in mappings or []:
        if (mapping.get("Ebs") or {}).get("SnapshotId"):
            yield mapping["Ebs"]["SnapshotId"]


def _shared_with(ec2: Any, name: str) -> tuple[str, ...]:
    told = ec2.describe_snapshot_attribute(SnapshotId=name, Attribute="createVolumePermission")
    return tuple(
        each.get("UserId") or f"group {each.get('Group')}" for each in told.get("CreateVolumePermissions") or []
    )


def _locks(ec2: Any, ids: Sequence[str]) -> dict[str, str]:
    locks = {}
    for batch in batches(ids):
        asked: dict[str, Any] = {"SnapshotIds": batch}
        while asked:
            told = ec2.describe_locked_snapshots(**asked)
            locks.update(
                {each["SnapshotId"]: each.get("LockState") or "locked" for each in told.get("Snapshots") or []}
            )
            asked = {**asked, "NextToken": told["NextToken"]} if told.get("NextToken") else {}
    return {name: state for name, state in locks.items() if state != "expired"}


def _fast_restores(ec2: Any, ids: Sequence[str]) -> dict[str, str]:
    found = {}
    for batch in batches(ids):
        wanted = [{"Name": "snapshot-id", "Values": batch}]
        for page in ec2.get_paginator("describe_fast_snapshot_restores").paginate(Filters=wanted):
            for each in page.get("FastSnapshotRestores") or []:
                if each.get("State") != "disabled":
                    found[each["SnapshotId"]] = each.get("AvailabilityZone", "a zone")
    return found


def _recycle_rules(rbin: Any) -> list[Mapping[str, Any]]:
    pages = rbin.get_paginator("list_rules").paginate(ResourceType="EBS_SNAPSHOT")
    rules = [rbin.get_rule(Identifier=rule["Identifier"]) for page in pages for rule in page.get("Rules") or []]
    return [rule for rule in rules if rule.get("Status") == "available"]


def _undo_days(rules: Sequence[Mapping[str, Any]], tags: tuple[tuple[str, str], ...]) -> int | None:
    days = [int(rule["RetentionPeriod"]["RetentionPeriodValue"]) for rule in rules if _covers(rule, tags)]
    return max(days) if days else None


def _covers(rule: Mapping[str, Any], tags: tuple[tuple[str, str], ...]) -> bool:
    """A rule names some tags, or covers all of a region but those of some tags."""

    def has(named: Sequence[Mapping[str, str]] | None) -> bool:
        wanted = [(each["ResourceTagKey"], each.get("ResourceTagValue")) for each in named or []]
        return any(key == name and value in (None, told) for name, told in tags for key, value in wanted)

    if rule.get("ResourceTags"):
        return has(rule["ResourceTags"])
    return not has(rule.get("ExcludeResourceTags"))
