"""How AWS words the columns that stay the same from line to line: ids, rates, terms, product facts, tags."""

from __future__ import annotations

from decimal import Decimal

from ingestion.synthetic.accounts import COMPANY, Payer
from ingestion.synthetic.events.model import (
    Charge,
    ChargeKind,
    Meter,
    Negation,
    Paid,
    Reservation,
    SavingsPlan,
    Split,
    Use,
)
from ingestion.synthetic.periods import Period
from ingestion.synthetic.regions import Region
from ingestion.synthetic.wording_terms import of_plan_terms, of_reservation_terms
from ingestion.synthetic.words import Cells, Pairs, code, of_account, rate

USAGE_TYPES = {
    Paid.ON_DEMAND: "Usage",
    Paid.FREE: "Usage",
    Paid.SPOT: "Usage",
    Paid.RESERVED: "DiscountedUsage",
    Paid.PLANNED: "SavingsPlanCoveredUsage",
}


def of_bill(period: Period, payer: Payer) -> Cells:
    """The columns that every line of a payer's month shares. An open month has no invoice number yet."""
    is_final = period.has_invoice and not period.is_open
    invoice = f"invoice {period.name}" if payer is COMPANY else f"invoice {period.name} {payer.account.id}"
    return {
        "bill_bill_type": "Anniversary",
        "bill_billing_entity": "AWS",
        "bill_invoice_id": code(invoice, 10, "123456789") if is_final else "",
        "bill_invoicing_entity": payer.seller,
        "bill_payer_account_id": payer.account.id,
        "bill_payer_account_name": payer.account.name,
        "line_item_currency_code": payer.currency,
        "line_item_legal_entity": payer.seller,
    }


def of_meter(meter: Meter, use: Use) -> Cells:
    """The columns of a meter, as the first use of it was paid."""
    cells: dict[str, str | Decimal | Pairs] = {
        **of_account(meter.account),
        "line_item_product_code": meter.product_code,
        "line_item_usage_type": meter.usage_type,
        "line_item_operation": meter.operation,
        "line_item_line_item_description": meter.description,
        "line_item_resource_id": meter.resource_id,
        "line_item_availability_zone": meter.zone,
        "line_item_normalization_factor": meter.normalization,
        "resource_tags": meter.tags.normalized(),
        "tags": meter.tags.raw(),
        "pricing_currency": "USD",
        "pricing_rate_id": code(f"rate {meter.usage_type} {meter.operation}", 12, "123456789"),
        "reservation_subscription_id": code(f"subscription {meter.product_code}", 11, "123456789"),
    }
    if meter.seller:
        return {**cells, **_of_marketplace(meter)}
    if use.paid is Paid.SPOT:
        # Spot lines name no rate, no term and no product beyond its name: the type is in the usage type and the words.
        return {**cells, "product": (("product_name", meter.service_name), ("region", meter.region.code))}
    return {**cells, **_of_product(meter), **_of_payment(meter, use)}


def _of_marketplace(meter: Meter) -> Cells:
    """What others sell through AWS: a product of theirs, a rate, and no public price."""
    return {
        "bill_billing_entity": "AWS Marketplace",
        "line_item_legal_entity": meter.seller,
        "line_item_unblended_rate": rate(meter.price),
        "line_item_blended_rate": rate(meter.price),
        "pricing_public_on_demand_rate": rate(Decimal(0)),
        "pricing_unit": meter.unit,
        "product": (("product_name", meter.service_name), ("region", meter.region.code)),
        "product_region_code": meter.region.code,
    }


def of_split(event: Split) -> Cells:
    """A container's line: it names its host and has no rate, since it has no cost of its own."""
    meter = event.meter
    return {
        **of_account(meter.account),
        "line_item_line_item_type": "Usage",
        "line_item_product_code": meter.product_code,
        "line_item_usage_type": meter.usage_type,
        "line_item_operation": meter.operation,
        "line_item_line_item_description": meter.description,
        "line_item_resource_id": meter.resource_id,
        "resource_tags": meter.tags.normalized(),
        "tags": meter.tags.raw(),
        "split_line_item_parent_resource_id": event.parent,
        "pricing_currency": "USD",
        "product": (("product_name", meter.service_name), ("region", meter.region.code)),
        "product_region_code": meter.region.code,
        "product_servicecode": meter.product_code,
    }


def _of_product(meter: Meter) -> Cells:
    sku = code(f"sku {meter.region.code} {meter.usage_type} {meter.operation}", 16)
    cells: dict[str, str | Decimal | Pairs] = {
        "product_location": meter.region.location,
        "product_location_type": "AWS Region",
        "product_region_code": meter.region.code,
        "product_servicecode": meter.product_code,
        "product_product_family": meter.family,
        "product_operation": meter.operation if meter.family in _FAMILIES_WITH_OPERATION else "",
        "product_sku": sku,
        "product_usagetype": meter.usage_type,
        "pricing_unit": meter.unit,
        **dict(meter.columns),
    }
    name, region = ("servicename", meter.service_name), ("region", meter.region.code)
    if meter.family == "Data Transfer":
        name = ("servicename", "AWS Data Transfer")
        cells |= _of_transfer(meter.region)
    if meter.product_code == "AmazonCloudFront":
        region = ("region", "global")
        cells |= {"product_location": "United States", "product_region_code": "", "product_location_type": "Other"}
    cells["product"] = (("product_name", meter.service_name), region, name, *meter.attributes)
    return cells


_FAMILIES_WITH_OPERATION = ("Compute Instance", "Database Instance", "NAT Gateway", "Load Balancer-Application")


def _of_transfer(region: Region) -> Cells:
    """Transfer has a from and a to instead of a place."""
    return {
        "product_location": "",
        "product_location_type": "",
        "product_region_code": "",
        "product_servicecode": "AWSDataTransfer",
        "product_from_location": region.location,
        "product_from_location_type": "AWS Region",
        "product_from_region_code": region.code,
        "product_to_location": "External",
        "product_to_location_type": "Other",
    }


def _of_payment(meter: Meter, use: Use) -> Cells:
    public = rate(meter.price)
    sku = code(f"sku {meter.region.code} {meter.usage_type} {meter.operation}", 16)
    cells: dict[str, str | Decimal | Pairs] = {
        "line_item_unblended_rate": public,
        "line_item_blended_rate": public,
        "pricing_public_on_demand_rate": public,
        "pricing_term": "OnDemand",
        "pricing_rate_code": f"{sku}.JRTCKXETXF.6YS6EN2CT7",
    }
    if use.paid in (Paid.FREE, Paid.RESERVED):
        cells |= {"line_item_unblended_rate": rate(Decimal(0)), "line_item_blended_rate": rate(Decimal(0))}
    if use.paid is Paid.FREE:
        cells["pricing_term"] = ""
    if isinstance(use.cover, Reservation):
        cells |= {
            **of_reservation_terms(use.cover),
            "pricing_term": "Reserved",
            "pricing_unit": "Hrs",
            "line_item_line_item_description": (
                f"{use.cover.platform}, {use.cover.instance_type} reserved instance applied"
            ),
        }
    elif isinstance(use.cover, SavingsPlan):
        cells |= of_plan_terms(use.cover)
    return cells


def of_negation(event: Negation) -> Cells:
    """A negation speaks of a price, not of a resource."""
    meter = event.meter
    sku = code(f"sku {meter.region.code} {meter.usage_type} {meter.operation}", 16)
    return {
        **of_account(meter.account),
        **of_plan_terms(event.plan),
        "line_item_product_code": meter.product_code,
        "line_item_usage_type": meter.usage_type,
        "line_item_operation": meter.operation,
        "line_item_availability_zone": meter.zone,
        "line_item_line_item_description": (
            f"SavingsPlanNegation used by AccountId : {meter.account.id} and UsageSku : {sku}"
        ),
        "line_item_unblended_rate": rate(meter.price),
        "line_item_blended_rate": rate(meter.price),
        **_of_product(meter),
        "pricing_currency": "USD",
    }


def of_charge(charge: Charge, payer: Payer) -> Cells:
    """A fee, a credit, a refund or a tax. Credits and taxes have no rate; taxes know no region."""
    cells: dict[str, str | Decimal | Pairs] = {
        **of_account(charge.account),
        "line_item_product_code": charge.product_code,
        "line_item_usage_type": charge.usage_type,
        "line_item_line_item_description": charge.description,
        "product": (("product_name", charge.service_name),),
    }
    if charge.region is not None:
        cells["product"] = (("product_name", charge.service_name), ("region", charge.region.code))
        cells["product_region_code"] = charge.region.code
        cells["pricing_currency"] = "USD"
    if charge.seller:
        cells |= {"bill_billing_entity": "AWS Marketplace", "line_item_legal_entity": charge.seller}
    if charge.kind is ChargeKind.TAX:
        cells["line_item_tax_type"] = payer.tax
    if charge.kind in (ChargeKind.REFUND, ChargeKind.PLAN_REFUND):
        cells["bill_bill_type"] = "Refund"
    if charge.reservation is not None:
        cells |= {**of_reservation_terms(charge.reservation), "bill_bill_type": "Purchase"}
        cells["line_item_operation"] = charge.reservation.operation
    if charge.plan is not None:
        cells |= of_plan_terms(charge.plan)
    return cells
