"""How AWS words the columns that stay the same from line to line: ids, rates, terms, product facts, tags."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal

from ingestion.synthetic.accounts import PAYER, Account
from ingestion.synthetic.events.model import (
    Charge,
    ChargeKind,
    Meter,
    Negation,
    Paid,
    Reservation,
    SavingsPlan,
    Use,
)
from ingestion.synthetic.periods import Period
from ingestion.synthetic.regions import Region
from ingestion.synthetic.truth import PLAN_SERVICE

Pairs = tuple[tuple[str, str], ...]
Cells = Mapping[str, "str | Decimal | Pairs"]

SELLER = "Amazon Web Services, Inc."
USAGE_TYPES = {
    Paid.ON_DEMAND: "Usage",
    Paid.FREE: "Usage",
    Paid.SPOT: "Usage",
    Paid.RESERVED: "DiscountedUsage",
    Paid.PLANNED: "SavingsPlanCoveredUsage",
}


def rate(price: Decimal) -> str:
    """A rate as the bill writes it: ten decimals, as text."""
    return f"{price:.10f}"


def code(words: str, length: int, letters: str = "ABCDEFGHJKMNPQRSTUVWXYZ23456789") -> str:
    """A stable code for some words, as AWS has for prices."""
    number = int.from_bytes(hashlib.sha256(words.encode()).digest(), "big")
    found: list[str] = []
    while len(found) < length:
        number, at = divmod(number, len(letters))
        found.append(letters[at])
    return "".join(found)


def of_bill(period: Period) -> Cells:
    """The columns that every line of a month shares. An open month has no invoice number yet."""
    return {
        "bill_bill_type": "Anniversary",
        "bill_billing_entity": "AWS",
        "bill_invoice_id": "" if period.is_open else code(f"invoice {period.name}", 10, "123456789"),
        "bill_invoicing_entity": SELLER,
        "bill_payer_account_id": PAYER.id,
        "bill_payer_account_name": PAYER.name,
        "line_item_currency_code": "USD",
        "line_item_legal_entity": SELLER,
    }


def _of_account(account: Account) -> Cells:
    return {
        "line_item_usage_account_id": account.id,
        "line_item_usage_account_name": account.name,
        "cost_category": (("product", account.product),) if account.product else (),
    }


def of_meter(meter: Meter, use: Use) -> Cells:
    """The columns of a meter, as the first use of it was paid."""
    cells: dict[str, str | Decimal | Pairs] = {
        **_of_account(meter.account),
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
    if use.paid is Paid.SPOT:
        # Spot lines name no rate, no term and no product beyond its name: the type is in the usage type and the words.
        return {**cells, "product": (("product_name", meter.service_name), ("region", meter.region.code))}
    return {**cells, **_of_product(meter), **_of_payment(meter, use)}


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
            **_of_reservation_terms(use.cover),
            "pricing_term": "Reserved",
            "pricing_unit": "Hrs",
            "line_item_line_item_description": (
                f"Linux/UNIX (Amazon VPC), {use.cover.instance_type} reserved instance applied"
            ),
        }
    elif isinstance(use.cover, SavingsPlan):
        cells |= _of_plan_terms(use.cover)
    return cells


def _of_reservation_terms(bought: Reservation) -> Cells:
    return {
        "pricing_lease_contract_length": "1yr",
        "pricing_offering_class": "standard",
        "pricing_purchase_option": "Partial Upfront",
        "reservation_reservation_a_r_n": bought.arn,
    }


def _of_plan_terms(plan: SavingsPlan) -> Cells:
    return {
        "savings_plan_savings_plan_a_r_n": plan.arn,
        "savings_plan_offering_type": "ComputeSavingsPlans",
        "savings_plan_payment_option": "No Upfront",
        "savings_plan_purchase_term": "1yr",
        "savings_plan_start_time": plan.start,
        "savings_plan_end_time": plan.end,
    }


def of_negation(event: Negation) -> Cells:
    """A negation speaks of a price, not of a resource."""
    meter = event.meter
    sku = code(f"sku {meter.region.code} {meter.usage_type} {meter.operation}", 16)
    return {
        **_of_account(meter.account),
        **_of_plan_terms(event.plan),
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


def of_plan(plan: SavingsPlan) -> Cells:
    """The hourly fee of a savings plan."""
    return {
        **_of_account(plan.account),
        **_of_plan_terms(plan),
        "line_item_product_code": "ComputeSavingsPlans",
        "line_item_usage_type": "ComputeSP:1yrNoUpfront",
        "line_item_line_item_description": "1 year No Upfront Compute Savings Plan",
        "line_item_unblended_rate": rate(plan.commitment),
        "line_item_blended_rate": rate(plan.commitment),
        "product": (("product_name", PLAN_SERVICE), ("region", "global")),
        "pricing_currency": "USD",
    }


def of_reservation(bought: Reservation, hours: Decimal) -> Cells:
    """The monthly fee of a reservation; `hours` are all reserved hours of the month."""
    fee = bought.recurring_per_hour
    words = f"USD {fee} hourly fee per Linux/UNIX (Amazon VPC), {bought.instance_type} instance"
    return {
        **_of_account(bought.account),
        **_of_reservation_terms(bought),
        "line_item_product_code": "AmazonEC2",
        "line_item_usage_type": f"{bought.region.prefix}HeavyUsage:{bought.instance_type}",
        "line_item_operation": "RunInstances",
        "line_item_normalization_factor": bought.normalization,
        "line_item_line_item_description": words,
        "line_item_unblended_rate": rate(fee),
        "line_item_blended_rate": rate(fee),
        "product": (("product_name", "Amazon Elastic Compute Cloud"), ("region", bought.region.code)),
        "product_region_code": bought.region.code,
        "pricing_currency": "USD",
        "reservation_start_time": bought.start,
        "reservation_end_time": bought.end,
        "reservation_modification_status": "Original",
        "reservation_number_of_reservations": str(bought.count),
        "reservation_units_per_reservation": rate(hours / bought.count),
        "reservation_normalized_units_per_reservation": rate(hours / bought.count * bought.normalization),
        "reservation_total_reserved_units": rate(hours),
        "reservation_total_reserved_normalized_units": rate(hours * bought.normalization),
    }


def of_charge(charge: Charge) -> Cells:
    """A fee, a credit, a refund or a tax. Credits and taxes have no rate; taxes know no region."""
    cells: dict[str, str | Decimal | Pairs] = {
        **_of_account(charge.account),
        "line_item_product_code": charge.product_code,
        "line_item_usage_type": charge.usage_type,
        "line_item_line_item_description": charge.description,
        "product": (("product_name", charge.service_name),),
    }
    if charge.region is not None:
        cells["product"] = (("product_name", charge.service_name), ("region", charge.region.code))
        cells["product_region_code"] = charge.region.code
        cells["pricing_currency"] = "USD"
    if charge.kind is ChargeKind.TAX:
        cells["line_item_tax_type"] = "US Sales Tax"
    if charge.kind is ChargeKind.REFUND:
        cells["bill_bill_type"] = "Refund"
    if charge.reservation is not None:
        cells |= {**_of_reservation_terms(charge.reservation), "bill_bill_type": "Purchase"}
        cells["line_item_operation"] = "RunInstances"
    return cells
