"""What there is: the resources of each account and region, as the services that own them describe them now."""

from __future__ import annotations

from ingestion.collecting.model import Source, Span
from ingestion.sources.inventory import balancers, compute, databases, network, storage

SOURCE = Source(
    "inventory",
    "resources",
    Span.REGIONS,
    {
        "instance": compute.instances,
        "auto_scaling_group": compute.auto_scaling_groups,
        "volume": storage.volumes,
        "snapshot": storage.snapshots,
        "image": storage.images,
        "address": network.addresses,
        "nat_gateway": network.nat_gateways,
        "load_balancer": balancers.load_balancers,
        "classic_load_balancer": balancers.classic_load_balancers,
        "database": databases.databases,
        "database_cluster": databases.clusters,
    },
)
