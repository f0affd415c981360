"""How AWS words commitments: their terms, and the lines of their fees."""

from __future__ import annotations

from decimal import Decimal

from ingestion.synthetic.events.model import Reservation, SavingsPlan
from ingestion.synthetic.words import Cells, of_account, rate


def of_reservation_terms(bought: Reservation) -> Cells:
    """What every line of a reservation says of it."""
    terms = {
        "pricing_lease_contract_length": f"{bought.years}yr",
        "pricing_offering_class": "convertible" if bought.is_convertible else "standard",
        "pricing_purchase_option": bought.payment,
        "reservation_reservation_a_r_n": bought.arn,
    }
    return {**terms, "reservation_availability_zone": bought.zone} if bought.zone else terms


def of_plan_terms(plan: SavingsPlan) -> Cells:
    """What every line of a savings plan says of it."""
    return {
        "savings_plan_savings_plan_a_r_n": plan.arn,
        "savings_plan_offering_type": "EC2InstanceSavingsPlans" if plan.family else plan.product_code,
        "savings_plan_payment_option": plan.payment,
        "savings_plan_instance_type_family": plan.family,
        "savings_plan_region": plan.region.location if plan.region else "",
        "savings_plan_purchase_term": "1yr",
        "savings_plan_start_time": plan.start,
        "savings_plan_end_time": plan.end,
    }


def plan_words(plan: SavingsPlan) -> str:
    """Its kind in words."""
    if plan.family:
        return f"{plan.family} EC2 Instance"
    return "Database" if plan.is_for_databases else "Compute"


def plan_usage_type(plan: SavingsPlan) -> str:
    """The usage type of its fees."""
    kind = f"EC2SP:{plan.family}." if plan.family else f"{plan_words(plan)}SP:"
    return f"{kind}1yr{plan.payment.replace(' ', '')}"


def of_plan(plan: SavingsPlan) -> Cells:
    """The hourly fee of a savings plan."""
    return {
        **of_account(plan.account),
        **of_plan_terms(plan),
        "line_item_product_code": plan.product_code,
        "line_item_usage_type": plan_usage_type(plan),
        "line_item_line_item_description": f"1 year {plan.payment} {plan_words(plan)} Savings Plan",
        "line_item_unblended_rate": rate(plan.recurring),
        "line_item_blended_rate": rate(plan.recurring),
        "product": (("product_name", plan.service_name), ("region", "global")),
        "pricing_currency": "USD",
    }


def of_reservation(bought: Reservation, hours: Decimal) -> Cells:
    """The monthly fee of a reservation; `hours` are all reserved hours of the month."""
    fee = bought.recurring_per_hour
    words = f"USD {fee} hourly fee per {bought.platform}, {bought.instance_type} instance"
    return {
        **of_account(bought.account),
        **of_reservation_terms(bought),
        "line_item_product_code": bought.product_code,
        "line_item_usage_type": bought.usage_type,
        "line_item_operation": bought.operation,
        "line_item_normalization_factor": bought.normalization,
        "line_item_line_item_description": words,
        "line_item_unblended_rate": rate(fee),
        "line_item_blended_rate": rate(fee),
        "product": (("product_name", bought.service_name), ("region", bought.region.code)),
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
