"""Elastic IP addresses (DescribeAddresses) and NAT gateways (DescribeNatGateways, DescribeRouteTables)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ingestion.collecting.model import Ask, Row
from ingestion.collecting.rows import joined
from ingestion.sources.inventory.facts import resource


def addresses(ask: Ask) -> Iterator[Row]:
    """Every address that is held. Of one that nothing uses EC2 may tell empty ids."""
    # EC2 answers all of them at once; there is no paging.
    for told in ask.client("ec2").describe_addresses()["Addresses"]:
        uses = [told.get(name) for name in ("InstanceId", "NetworkInterfaceId", "AssociationId", "PrivateIpAddress")]
        used_by = next((use for use in uses if use), "")
        yield resource(
            "address",
            told.get("AllocationId") or told["PublicIp"],
            told.get("Tags"),
            told,
            {"public_ip": "PublicIp", "pool": "PublicIpv4Pool", "border_group": "NetworkBorderGroup"}
            | {"customer_pool": "CustomerOwnedIpv4Pool", "network_interface_id": "NetworkInterfaceId"},
            state="associated" if used_by else "unassociated",
            managed_by=told.get("ServiceManaged") or None,
            used_by=used_by,
            use_count=1 if used_by else 0,
        )


def nat_gateways(ask: Ask) -> Iterator[Row]:
    """Every NAT gateway that is not deleted, and the route tables that send traffic to it."""
    routed: dict[str, set[str]] = defaultdict(set)
    for page in ask.pages("ec2", "describe_route_tables"):
        for table in page["RouteTables"]:
            for route in table.get("Routes", []):
                if route.get("NatGatewayId"):
                    routed[route["NatGatewayId"]].add(table["RouteTableId"])
    for page in ask.pages("ec2", "describe_nat_gateways"):
        for told in page["NatGateways"]:
            if told.get("State") != "deleted":
                tables = routed[told["NatGatewayId"]]
                row = resource(
                    "nat_gateway",
                    told["NatGatewayId"],
                    told.get("Tags"),
                    told,
                    {"subnet_id": "SubnetId", "availability_mode": "AvailabilityMode"},
                    state=told.get("State"),
                    state_reason=told.get("FailureMessage") or None,
                    type=told.get("ConnectivityType"),
                    created_at=told.get("CreateTime"),
                    parent_id=told.get("VpcId"),
                    used_by=joined(tables),
                    use_count=len(tables),
                )
                held = joined(one.get("AllocationId") for one in told.get("NatGatewayAddresses", []))
                row["attributes"] |= {"allocation_ids": held} if held else {}
                yield row
