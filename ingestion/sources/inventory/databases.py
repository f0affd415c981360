"""RDS instances (DescribeDBInstances) and clusters (DescribeDBClusters), those of DocumentDB and Neptune among them."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.collecting.model import Ask, Row
from ingestion.collecting.rows import joined
from ingestion.sources.inventory.facts import resource


def databases(ask: Ask) -> Iterator[Row]:
    """Every database instance. Of a member of a cluster the storage is the cluster's."""
    for page in ask.pages("rds", "describe_db_instances"):
        for told in page["DBInstances"]:
            yield resource(
                "database",
                told["DBInstanceIdentifier"],
                told.get("TagList"),
                told,
                {"is_multi_az": "MultiAZ", "storage_type": "StorageType", "license_model": "LicenseModel"}
                | {"dbi_resource_id": "DbiResourceId"}
                | {"replica_ids": "ReadReplicaDBInstanceIdentifiers", "max_allocated_gb": "MaxAllocatedStorage"}
                | {"automatic_restart_at": "AutomaticRestartTime", "is_protected": "DeletionProtection"},
                resource_arn=told.get("DBInstanceArn"),
                state=told.get("DBInstanceStatus"),
                type=told.get("DBInstanceClass"),
                zone=told.get("AvailabilityZone"),
                created_at=told.get("InstanceCreateTime"),
                size_gb=told.get("AllocatedStorage"),
                iops=told.get("Iops"),
                throughput=told.get("StorageThroughput"),
                engine=told.get("Engine"),
                engine_version=told.get("EngineVersion"),
                parent_id=told.get("DBClusterIdentifier") or None,
                source_id=told.get("ReadReplicaSourceDBInstanceIdentifier") or None,
            )


def clusters(ask: Ask) -> Iterator[Row]:
    """Every database cluster and its members; one without members bills its storage all the same."""
    for page in ask.pages("rds", "describe_db_clusters"):
        for told in page["DBClusters"]:
            members = told.get("DBClusterMembers", [])
            yield resource(
                "database_cluster",
                told["DBClusterIdentifier"],
                told.get("TagList"),
                told,
                {"is_multi_az": "MultiAZ", "storage_type": "StorageType", "engine_mode": "EngineMode"}
                | {"is_protected": "DeletionProtection", "automatic_restart_at": "AutomaticRestartTime"},
                resource_arn=told.get("DBClusterArn"),
                state=told.get("Status"),
                type=told.get("DBClusterInstanceClass"),
                created_at=told.get("ClusterCreateTime"),
                size_gb=told.get("AllocatedStorage"),
                iops=told.get("Iops"),
                engine=told.get("Engine"),
                engine_version=told.get("EngineVersion"),
                used_by=joined(one.get("DBInstanceIdentifier") for one in members),
                use_count=len(members),
            )
