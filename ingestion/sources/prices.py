"""Public prices (Price List API, GetProducts) of what the inventory has in a region, and of what it could be instead.

Asked are the very SKUs: a type of instance on demand, a type of volume, an hour of a gateway or a load balancer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ingestion.collecting.model import Ask, Row, Source, Span
from ingestion.collecting.rows import moment, money
from lake.collected.days import latest_rows

# The Price List API has few addresses; this one tells the prices of all regions.
ADDRESS = "us-east-1"
# How the price list names the operating systems that EC2 bills by.
_SYSTEMS = {
    "Linux/UNIX": "Linux",
    "Windows": "Windows",
    "Red Hat Enterprise Linux": "RHEL",
    "SUSE Linux": "SUSE",
}
_LINUX = "Linux/UNIX"
_BALANCERS = {
    "application": "Load Balancer-Application",
    "network": "Load Balancer-Network",
    "gateway": "Load Balancer-Gateway",
    "classic": "Load Balancer",
}


def instances(ask: Ask) -> Iterator[Row]:
    """An hour on demand of each type and system that runs here, and of the other sizes of its family."""
    running = ask.inventory().resources.get((ask.account, ask.region, "instance"), ())
    wanted = {(one["type"], one["platform"] or _LINUX) for one in running if one["type"]}
    types, _ = latest_rows(ask.store, "instance_types")
    sizes = {one["instance_type"] for one in types.to_pylist() if one["region_id"] == ask.region}
    families = {(kind.partition(".")[0], system) for kind, system in wanted}
    wanted |= {(size, system) for size in sizes for family, system in families if size.partition(".")[0] == family}
    for kind, system in sorted(wanted):
        # What is not told by these names has a licence in its price, and is not priced here.
        if system in _SYSTEMS:
            asked = {"instanceType": kind, "operatingSystem": _SYSTEMS[system], "tenancy": "Shared"}
            asked |= {"preInstalledSw": "NA", "capacitystatus": "Used"}
            for row in _prices(ask, "AmazonEC2", asked, "Hrs"):
                yield {**row, "resource_type": "instance", "type": kind, "platform": system}


def volumes(ask: Ask) -> Iterator[Row]:
    """A GB-month of each type of volume that is here, and of gp3."""
    found = ask.inventory().resources.get((ask.account, ask.region, "volume"), ())
    for kind in sorted({one["type"] for one in found if one["type"]} | ({"gp3"} if found else set())):
        for row in _prices(ask, "AmazonEC2", {"productFamily": "Storage", "volumeApiName": kind}, "GB-Mo"):
            yield {**row, "resource_type": "volume", "type": kind}


def gateways(ask: Ask) -> Iterator[Row]:
    """An hour of a NAT gateway, where there is one."""
    if ask.inventory().resources.get((ask.account, ask.region, "nat_gateway")):
        for row in _prices(ask, "AmazonEC2", {"productFamily": "NAT Gateway", "group": "NGW:NatGateway"}, "Hrs"):
            yield {**row, "resource_type": "nat_gateway"}


def balancers(ask: Ask) -> Iterator[Row]:
    """An hour of each kind of load balancer that is here."""
    found = ask.inventory().resources.get((ask.account, ask.region, "load_balancer"), ())
    for kind in sorted({one["type"] for one in found} & set(_BALANCERS)):
        for row in _prices(ask, "AWSELB", {"productFamily": _BALANCERS[kind]}, "Hrs"):
            # Hours alone: what they carry is billed in other units, or by another usage type.
            if (row["usage_type"] or "").endswith("LoadBalancerUsage"):
                yield {**row, "resource_type": "load_balancer", "type": kind}


def _prices(ask: Ask, service: str, fields: Mapping[str, str], unit: str) -> Iterator[Row]:
    filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in fields.items()]
    filters.append({"Type": "TERM_MATCH", "Field": "regionCode", "Value": ask.region})
    pages = ask.client("pricing", ADDRESS).get_paginator("get_products")
    for page in pages.paginate(ServiceCode=service, Filters=filters):
        for text in page["PriceList"]:
            yield from _on_demand(json.loads(text, parse_float=Decimal), ask.region, unit)


def _on_demand(product: Mapping[str, Any], region: str, unit: str) -> Iterator[Row]:
    attributes = product["product"].get("attributes", {})
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term["priceDimensions"].values():
            # Prices in tiers begin with the first unit; that is the price that counts for one resource.
            if dimension["unit"] == unit and dimension.get("beginRange", "0") == "0":
                ((currency, price),) = dimension["pricePerUnit"].items()
                yield {
                    "region_id": region,
                    "price": money(price),
                    "unit": unit,
                    "billing_currency": currency,
                    "sku": product["product"]["sku"],
                    "usage_type": attributes.get("usagetype"),
                    "effective_from": moment(term.get("effectiveDate")),
                    "description": dimension.get("description"),
                }


SOURCE = Source(
    "prices",
    "prices",
    Span.REGIONS,
    {"instance": instances, "volume": volumes, "nat_gateway": gateways, "load_balancer": balancers},
)
