"""What instance types can do (DescribeInstanceTypes): those of every family that the inventory has in a region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ingestion.collecting.model import Ask, Row, Source, Span
from ingestion.collecting.rows import joined, text

# What one filter of EC2 takes.
BATCH = 200


def read(ask: Ask) -> Iterator[Row]:
    """Every type of the families that run here. Nothing where no instance is known."""
    known = ask.inventory().resources.get((ask.account, ask.region, "instance"), ())
    families = sorted({one["type"].partition(".")[0] for one in known if one["type"]})
    for start in range(0, len(families), BATCH):
        names = [f"{family}.*" for family in families[start : start + BATCH]]
        wanted = [{"Name": "instance-type", "Values": names}]
        for page in ask.pages("ec2", "describe_instance_types", Filters=wanted):
            yield from (_row(told) for told in page["InstanceTypes"])


def _row(told: Mapping[str, Any]) -> Row:
    ebs = told.get("EbsInfo", {}).get("EbsOptimizedInfo", {})
    network = told.get("NetworkInfo", {})
    kept = {
        "virtualization_types": told.get("SupportedVirtualizationTypes"),
        "boot_modes": told.get("SupportedBootModes"),
        "ena_support": network.get("EnaSupport"),
        "nvme_support": told.get("EbsInfo", {}).get("NvmeSupport"),
        "can_hibernate": told.get("HibernationSupported"),
        "usage_classes": told.get("SupportedUsageClasses"),
    }
    return {
        "instance_type": told["InstanceType"],
        "vcpu_count": told["VCpuInfo"]["DefaultVCpus"],
        "memory_mib": told["MemoryInfo"]["SizeInMiB"],
        "architecture": joined(told.get("ProcessorInfo", {}).get("SupportedArchitectures", [])),
        "hypervisor": told.get("Hypervisor"),
        "is_current_generation": told.get("CurrentGeneration"),
        "is_burstable": told.get("BurstablePerformanceSupported"),
        "has_instance_storage": told.get("InstanceStorageSupported"),
        "gpu_count": sum(one.get("Count", 0) for one in told.get("GpuInfo", {}).get("Gpus", [])),
        "network_interface_limit": network.get("MaximumNetworkInterfaces"),
        "network_performance": network.get("NetworkPerformance"),
        "ebs_baseline_iops": ebs.get("BaselineIops"),
        "ebs_baseline_throughput": ebs.get("BaselineThroughputInMBps"),
        "attributes": {name: text(value) for name, value in kept.items() if value not in (None, [])},
    }


SOURCE = Source("instance_types", "instance types", Span.REGIONS, {"instance_type": read})
