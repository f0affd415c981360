"""One call to AWS per function: start or stop one resource."""

from __future__ import annotations

from typing import Any

from lake.accounts import code_of
from lambdas.scheduler.decide import CLUSTER, DATABASE, GROUP, INSTANCE, Sizes
from lambdas.scheduler.fleets import cluster_of
from lambdas.scheduler.look import Client

# What EC2 says of an instance that cannot be hibernated, or not yet.
NO_HIBERNATION = ("UnsupportedHibernationConfiguration", "UnsupportedOperation")
SERVICES = {INSTANCE: "ec2", DATABASE: "rds", CLUSTER: "rds", GROUP: "autoscaling"}


def start(client: Client, kind: str, resource_id: str, sizes: Sizes | None) -> None:
    """Start a resource; `sizes` are those that a group or service had. Raises botocore errors."""
    if kind == INSTANCE:
        client("ec2").start_instances(InstanceIds=[resource_id])
    elif kind == DATABASE:
        client("rds").start_db_instance(DBInstanceIdentifier=resource_id)
    elif kind == CLUSTER:
        client("rds").start_db_cluster(DBClusterIdentifier=resource_id)
    elif sizes is None:
        raise ValueError(f"how many {resource_id} ran is not known")
    else:
        _size(client, kind, resource_id, sizes.minimum, sizes.desired)


def stop(client: Client, kind: str, resource_id: str, *, hibernate: bool = False) -> None:
    """Stop a resource; of a group or service nothing is left running. Raises botocore errors.

    `hibernate` keeps an instance's memory if AWS can at this moment, as it cannot in its first minutes.
    """
    if kind == INSTANCE:
        if not (hibernate and _hibernated(client, resource_id)):
            client("ec2").stop_instances(InstanceIds=[resource_id])
    elif kind == DATABASE:
        # Without the name of a snapshot: one is taken by hand, not by a schedule.
        client("rds").stop_db_instance(DBInstanceIdentifier=resource_id)
    elif kind == CLUSTER:
        client("rds").stop_db_cluster(DBClusterIdentifier=resource_id)
    else:
        _size(client, kind, resource_id, 0, 0)


def _hibernated(client: Client, resource_id: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        client("ec2").stop_instances(InstanceIds=[resource_id], Hibernate=True)
    except ClientError as error:
        if code_of(error) in NO_HIBERNATION:
            return False
        raise
    return True


def dry_run(client: Client, resource_id: str, *, running: bool) -> None:
    """Ask EC2 whether an instance might be started or stopped; it answers with the error DryRunOperation for yes."""
    ec2: Any = client("ec2")
    (ec2.start_instances if running else ec2.stop_instances)(InstanceIds=[resource_id], DryRun=True)


def _size(client: Client, kind: str, resource_id: str, minimum: int, desired: int) -> None:
    if kind == GROUP:
        # The most it may run stays as it is.
        group: Any = client("autoscaling")
        group.update_auto_scaling_group(AutoScalingGroupName=resource_id, MinSize=minimum, DesiredCapacity=desired)
    else:
        client("ecs").update_service(cluster=cluster_of(resource_id), service=resource_id, desiredCount=desired)
