"""How AWS words a line in a FOCUS export: what stays the same from line to line of a meter, a fee or a commitment."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingestion.synthetic.events.model import Event, Negation, PlanHour, Reservation, ReservationMonth, SavingsPlan, Use
from ingestion.synthetic.lines import LineKind
from ingestion.synthetic.regions import REGIONS
from ingestion.synthetic.words import Pairs, code

FocusCells = Mapping[str, "str | Pairs"]

# Product code -> FOCUS's service category and subcategory, as AWS files its services.
_SERVICES = {
    "AmazonEC2": ("Compute", "Virtual Machines"),
    "AmazonECS": ("Compute", "Containers"),
    "AmazonEKS": ("Compute", "Containers"),
    "AWSLambda": ("Compute", "Serverless Compute"),
    "ComputeSavingsPlans": ("Compute", "Other (Compute)"),
    "AmazonRDS": ("Databases", "Relational Databases"),
    "AmazonDynamoDB": ("Databases", "NoSQL Databases"),
    "AmazonElastiCache": ("Databases", "Caching"),
    "DatabaseSavingsPlans": ("Databases", "Other (Databases)"),
    "AmazonES": ("Analytics", "Search"),
    "AmazonKinesis": ("Analytics", "Streaming Analytics"),
    "AmazonS3": ("Storage", "Object Storage"),
    "AmazonVPC": ("Networking", "Network Infrastructure"),
    "AWSELB": ("Networking", "Application Networking"),
    "AmazonCloudFront": ("Networking", "Content Delivery"),
    "AmazonCloudWatch": ("Management and Governance", "Observability"),
    "AWSCloudTrail": ("Management and Governance", "Compliance"),
    "AmazonSNS": ("Integration", "Messaging"),
    "awswaf": ("Security", "Threat Detection and Response"),
    "awskms": ("Security", "Secret Management"),
    "AWSSecretsManager": ("Security", "Secret Management"),
}
_ELSE = ("Other", "Other (Other)")
# The bill has volumes under the machines; FOCUS has them where they belong.
_VOLUMES = ("Storage", "Block Storage")

_UNITS = {"Hrs": "Hours", "hours": "Hours", "LCU-Hrs": "LCU-Hours", "GB-Mo": "GB-Months", "": "Units"}
_REGION_NAMES = {region.code: region.location for region in REGIONS}
# What the price list calls a property -> the same in SkuPriceDetails; FOCUS asks others for an x_ of their own.
_DETAILS = {
    "product_instance_type": "InstanceType",
    "instance_type_family": "InstanceSeries",
    "operating_system": "OperatingSystem",
    "vcpu": "CoreCount",
    "memory": "MemorySize",
    "tenancy": "x_Tenancy",
    "pre_installed_sw": "x_PreInstalledSoftware",
    "license_model": "x_LicenseModel",
    "database_engine": "x_DatabaseEngine",
    "deployment_option": "x_DeploymentOption",
    "product_product_family": "x_ProductFamily",
}
_CAPACITY = {"UnusedCapacityReservation": "Unused", "AllocatedCapacityReservation": "Used"}
_BARE_ID = re.compile(r"^(i|vol|snap)-")
_KINDS_OF_BARE = {"i": "instance", "vol": "volume", "snap": "snapshot"}


def of_bill_line(kind: LineKind) -> FocusCells:
    """Who is billed by whom, where and for what, from the same words that every form of bill is made of."""

    def told(name: str) -> str:
        cell = kind.cells.get(name, "")
        return cell if isinstance(cell, str) else ""

    facts = _facts(kind)
    region = told("product_region_code") or facts.get("region", "")
    region = "" if region == "global" else region
    payer, account, resource = (
        told(name) for name in ("bill_payer_account_id", "line_item_usage_account_id", "line_item_resource_id")
    )
    product, usage_type = told("line_item_product_code"), told("line_item_usage_type")
    category, subcategory = _VOLUMES if "EBS:" in usage_type else _SERVICES.get(product, _ELSE)
    capacity = _CAPACITY.get(facts.get("capacitystatus", ""), "")
    return {
        "AvailabilityZone": told("line_item_availability_zone"),
        "BillingAccountId": payer,
        "BillingAccountName": told("bill_payer_account_name"),
        "BillingAccountType": "Payer account",
        "BillingCurrency": told("line_item_currency_code"),
        "CapacityReservationId": resource if capacity else "",
        "CapacityReservationStatus": capacity,
        "ChargeDescription": told("line_item_line_item_description"),
        "InvoiceId": told("bill_invoice_id"),
        "InvoiceIssuerName": told("bill_invoicing_entity"),
        "PricingCurrency": told("pricing_currency") or told("line_item_currency_code"),
        "ProviderName": "AWS",
        "PublisherName": told("line_item_legal_entity"),
        "RegionId": region,
        "RegionName": _REGION_NAMES.get(region, region),
        "ResourceId": resource,
        "ResourceType": _resource_type(resource),
        "ServiceCategory": category,
        "ServiceName": facts.get("product_name", product),
        "ServiceSubcategory": subcategory,
        "SubAccountId": account,
        "SubAccountName": told("line_item_usage_account_name"),
        "SubAccountType": "Payer account" if account == payer else "Member account",
        "Tags": _tags(kind),
        "x_Operation": told("line_item_operation"),
        "x_ServiceCode": product,
    }


def of_sku(kind: LineKind) -> FocusCells:
    """What was priced: the export names a SKU and a price on usage and purchases, also where a CUR line names none."""
    usage_type, operation = kind.cells.get("line_item_usage_type", ""), kind.cells.get("line_item_operation", "")
    unit = str(kind.cells.get("pricing_unit") or "")
    unit = _UNITS.get(unit, unit)
    cells: dict[str, str | Pairs] = {"PricingUnit": unit, "ConsumedUnit": unit}
    if usage_type:
        region = _facts(kind).get("region", "")
        sku = str(kind.cells.get("product_sku") or code(f"sku {region} {usage_type} {operation}", 16))
        cells["SkuId"], cells["SkuMeter"] = sku, str(usage_type)
        cells["SkuPriceId"] = str(kind.cells.get("pricing_rate_code") or f"{sku}.JRTCKXETXF.6YS6EN2CT7")
        cells["SkuPriceDetails"] = _details(kind)
    return cells


def of_commitment(event: Event) -> FocusCells:
    """The commitment that an event is of or paid by, and in which unit its quantity is counted."""
    by = _commitment(event)
    if by is None:
        return {}
    kind, name = ("Spend", "Savings Plan") if isinstance(by, SavingsPlan) else ("Usage", "Reserved Instance")
    return {
        "CommitmentDiscountId": by.arn,
        "CommitmentDiscountCategory": kind,
        "CommitmentDiscountType": name,
        "CommitmentDiscountUnit": "USD" if isinstance(by, SavingsPlan) else "Hours",
    }


def _commitment(event: Event) -> Reservation | SavingsPlan | None:
    if isinstance(event, Use):
        return event.cover
    if isinstance(event, PlanHour | Negation):
        return event.plan
    if isinstance(event, ReservationMonth):
        return event.reservation
    return getattr(event, "reservation", None) or getattr(event, "plan", None)


def _pairs(kind: LineKind, name: str) -> Pairs:
    cell = kind.cells.get(name, ())
    return cell if isinstance(cell, tuple) else ()


def _tags(kind: LineKind) -> Pairs:
    """Keys as on a report, but for the case: FOCUS keeps that in which people typed them."""
    typed = [raw.rpartition(":")[2] for raw, _ in _pairs(kind, "tags")]
    return tuple(
        (name.upper() if key.isupper() else name, value)
        for key, (name, value) in zip(typed, _pairs(kind, "resource_tags"), strict=True)
    )


def _facts(kind: LineKind) -> dict[str, str]:
    return dict(_pairs(kind, "product"))


def _details(kind: LineKind) -> Pairs:
    facts = {**kind.cells, **_facts(kind)}
    return tuple((name, str(facts[known])) for known, name in _DETAILS.items() if facts.get(known))


def _resource_type(resource: str) -> str:
    """The word of an ARN that says what it is: instance, loadbalancer, db. Other ids say so at their start, or not."""
    if bare := _BARE_ID.match(resource):
        return _KINDS_OF_BARE[bare[1]]
    if not resource.startswith("arn:"):
        return "bucket" if resource else ""
    service, rest = resource.split(":")[2], resource.split(":", 5)[5]
    kind = re.split("[:/]", rest)[0]
    return kind if kind != rest else service
