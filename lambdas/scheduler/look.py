"""What AWS says of instances and databases that have a schedule. Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from lambdas.runtime.described import batches, tag_pairs
from lambdas.scheduler.decide import CLUSTER, DATABASE, INSTANCE, Machine, State
from lambdas.scheduler.wishes import TAG

# EC2 takes at most 200 values per filter and 100 types per question.
BATCH = 100
# An owner says by this tag that what is on instance store may be lost.
MAY_LOSE = "finops:allow-instance-store-loss"

Client = Callable[[str], Any]


def instances(client: Client, ids: Sequence[str]) -> list[Machine]:
    """Instances with a schedule tag, and those of `ids`, whatever their state but terminated."""
    ec2 = client("ec2")
    alive = {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}
    asked = [{"Name": "tag-key", "Values": [TAG]}, *({"Name": "instance-id", "Values": b} for b in batches(ids, BATCH))]
    told: dict[str, Mapping[str, Any]] = {}
    for wanted in asked:
        for page in ec2.get_paginator("describe_instances").paginate(Filters=[wanted, alive]):
            for reservation in page["Reservations"]:
                told.update({each["InstanceId"]: each for each in reservation["Instances"]})
    with_disks = _types_with_disks(ec2, {each["InstanceType"] for each in told.values()})
    return [as_instance(each, with_disks) for each in told.values()]


def databases(client: Client, ids: Sequence[str]) -> list[Machine]:
    """Database instances with a schedule tag, and those of `ids`."""
    pages = client("rds").get_paginator("describe_db_instances").paginate()
    told = [as_database(each) for page in pages for each in page["DBInstances"]]
    return [each for each in told if each.tag(TAG) is not None or each.resource_id in ids]


def clusters(client: Client, ids: Sequence[str]) -> list[Machine]:
    """Database clusters with a schedule tag, and those of `ids`."""
    pages = client("rds").get_paginator("describe_db_clusters").paginate()
    told = [as_cluster(each) for page in pages for each in page["DBClusters"]]
    return [each for each in told if each.tag(TAG) is not None or each.resource_id in ids]


def as_instance(told: Mapping[str, Any], with_disks: frozenset[str]) -> Machine:
    """EC2's Instance as facts."""
    state = told["State"]["Name"]
    tags = tag_pairs(told.get("Tags"))
    return Machine(
        INSTANCE,
        told["InstanceId"],
        {"running": State.RUNNING, "stopped": State.STOPPED}.get(state, State.MOVING),
        state,
        tags,
        hands_off=next(_against_instance(told, dict(tags)), ""),
        not_stoppable=next(_against_stopping(told, dict(tags), with_disks), ""),
        hibernates=bool((told.get("HibernationOptions") or {}).get("Configured")),
        why_stopped=(told.get("StateReason") or {}).get("Code", "") if state == "stopped" else "",
    )


def as_database(told: Mapping[str, Any]) -> Machine:
    """RDS's DBInstance as facts."""
    return Machine(
        DATABASE,
        told["DBInstanceIdentifier"],
        _rds_state(told["DBInstanceStatus"]),
        told["DBInstanceStatus"],
        tag_pairs(told.get("TagList")),
        hands_off=next(_against_database(told), ""),
        restarts_at=told.get("AutomaticRestartTime"),
    )


def as_cluster(told: Mapping[str, Any]) -> Machine:
    """RDS's DBCluster as facts."""
    return Machine(
        CLUSTER,
        told["DBClusterIdentifier"],
        _rds_state(told["Status"]),
        told["Status"],
        tag_pairs(told.get("TagList")),
        hands_off=next(_against_cluster(told), ""),
        restarts_at=told.get("AutomaticRestartTime"),
    )


def _types_with_disks(ec2: Any, types: set[str]) -> frozenset[str]:
    """Instance types with disks that lose what is on them when the instance stops."""
    found = set()
    for batch in batches(sorted(types), BATCH):
        for page in ec2.get_paginator("describe_instance_types").paginate(InstanceTypes=batch):
            found |= {each["InstanceType"] for each in page["InstanceTypes"] if each.get("InstanceStorageSupported")}
    return frozenset(found)


def _against_instance(told: Mapping[str, Any], tags: Mapping[str, str]) -> Iterator[str]:
    if told.get("InstanceLifecycle"):
        yield f"a {told['InstanceLifecycle']} instance"
    if (told.get("Operator") or {}).get("Managed"):
        yield f"managed by {told['Operator'].get('Principal') or 'an AWS service'}"
    if "aws:autoscaling:groupName" in tags:
        yield f"of the scaling group {tags['aws:autoscaling:groupName']}, which would replace it; schedule the group"
    if "aws:elasticmapreduce:job-flow-id" in tags:
        yield "of an EMR cluster"


def _against_stopping(told: Mapping[str, Any], tags: Mapping[str, str], with_disks: frozenset[str]) -> Iterator[str]:
    if told.get("RootDeviceType") == "instance-store":
        yield "its root is on instance store, so it cannot be stopped"
    if told["InstanceType"] in with_disks and tags.get(MAY_LOSE, "").lower() != "true":
        yield f"stopping it loses what is on its instance store; allow it by the tag {MAY_LOSE}=true"


def _rds_state(status: str) -> State:
    settled = {"available": State.RUNNING, "stopped": State.STOPPED}
    moving = ("starting", "stopping", "modifying", "backing-up", "maintenance", "rebooting", "upgrading", "creating")
    return settled.get(status, State.MOVING if status in moving else State.OTHER)


def _against_database(told: Mapping[str, Any]) -> Iterator[str]:
    if told.get("DBClusterIdentifier"):
        yield f"of the cluster {told['DBClusterIdentifier']}; schedule the cluster"
    if told.get("ReadReplicaSourceDBInstanceIdentifier") or told.get("ReadReplicaSourceDBClusterIdentifier"):
        yield "a read replica, which RDS does not stop"
    if told.get("ReadReplicaDBInstanceIdentifiers") or told.get("ReadReplicaDBClusterIdentifiers"):
        yield "it has read replicas, so RDS does not stop it"
    if str(told.get("Engine", "")).startswith("sqlserver") and told.get("MultiAZ"):
        yield "SQL Server in several zones, which RDS does not stop"


def _against_cluster(told: Mapping[str, Any]) -> Iterator[str]:
    if not str(told.get("Engine", "")).startswith("aurora"):
        yield f"a cluster of {told.get('Engine') or 'an unknown engine'}; only those of Aurora are stopped"
    if told.get("EngineMode", "provisioned") != "provisioned":
        yield f"its mode is {told['EngineMode']}, which RDS does not stop"
    if told.get("ReplicationSourceIdentifier") or told.get("GlobalWriteForwardingStatus"):
        yield "part of a replication, so RDS does not stop it"
