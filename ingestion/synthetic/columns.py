"""The 127 columns of an hourly CUR 2.0 export with resources and split costs, in the order AWS writes them.

Kinds: text is null where it does not apply; number is 0.0 there; unknown_number is null (net columns of a payer without
negotiated discounts, split columns without containers); timestamps are UTC without a zone; maps are {} when empty.
"""

from __future__ import annotations

from typing import Literal, cast

Kind = Literal["text", "number", "unknown_number", "timestamp", "map_text", "map_double"]

_LISTED = """
text: bill_bill_type bill_billing_entity
timestamp: bill_billing_period_end_date bill_billing_period_start_date
text: bill_invoice_id bill_invoicing_entity bill_payer_account_id bill_payer_account_name
map_text: cost_category
map_double: discount
unknown_number: discount_bundled_discount discount_total_discount
text: identity_line_item_id identity_time_interval line_item_availability_zone
number: line_item_blended_cost
text: line_item_blended_rate line_item_currency_code line_item_legal_entity line_item_line_item_description
  line_item_line_item_type
unknown_number: line_item_net_unblended_cost
text: line_item_net_unblended_rate
number: line_item_normalization_factor line_item_normalized_usage_amount
text: line_item_operation line_item_product_code line_item_resource_id line_item_tax_type
number: line_item_unblended_cost
text: line_item_unblended_rate line_item_usage_account_id line_item_usage_account_name
number: line_item_usage_amount
timestamp: line_item_usage_end_date line_item_usage_start_date
text: line_item_usage_type line_item_user_identifier pricing_currency pricing_lease_contract_length
  pricing_offering_class
number: pricing_public_on_demand_cost
text: pricing_public_on_demand_rate pricing_purchase_option pricing_rate_code pricing_rate_id pricing_term
  pricing_unit
map_text: product
text: product_comment product_fee_code product_fee_description product_from_location product_from_location_type
  product_from_region_code product_instance_family product_instance_type product_instancesku product_location
  product_location_type product_operation product_pricing_unit product_product_family product_region_code
  product_servicecode product_sku product_to_location product_to_location_type product_to_region_code
  product_usagetype
number: reservation_amortized_upfront_cost_for_usage reservation_amortized_upfront_fee_for_billing_period
text: reservation_availability_zone
number: reservation_effective_cost
text: reservation_end_time reservation_modification_status
unknown_number: reservation_net_amortized_upfront_cost_for_usage
  reservation_net_amortized_upfront_fee_for_billing_period reservation_net_effective_cost
  reservation_net_recurring_fee_for_usage reservation_net_unused_amortized_upfront_fee_for_billing_period
  reservation_net_unused_recurring_fee reservation_net_upfront_value
text: reservation_normalized_units_per_reservation reservation_number_of_reservations
number: reservation_recurring_fee_for_usage
text: reservation_reservation_a_r_n reservation_start_time reservation_subscription_id
  reservation_total_reserved_normalized_units reservation_total_reserved_units reservation_units_per_reservation
number: reservation_unused_amortized_upfront_fee_for_billing_period reservation_unused_normalized_unit_quantity
  reservation_unused_quantity reservation_unused_recurring_fee reservation_upfront_value
map_text: resource_tags
number: savings_plan_amortized_upfront_commitment_for_billing_period
text: savings_plan_end_time savings_plan_instance_type_family
unknown_number: savings_plan_net_amortized_upfront_commitment_for_billing_period
  savings_plan_net_recurring_commitment_for_billing_period savings_plan_net_savings_plan_effective_cost
text: savings_plan_offering_type savings_plan_payment_option savings_plan_purchase_term
number: savings_plan_recurring_commitment_for_billing_period
text: savings_plan_region savings_plan_savings_plan_a_r_n
number: savings_plan_savings_plan_effective_cost savings_plan_savings_plan_rate
text: savings_plan_start_time
number: savings_plan_total_commitment_to_date savings_plan_used_commitment
unknown_number: split_line_item_actual_usage split_line_item_net_split_cost split_line_item_net_unused_cost
text: split_line_item_parent_resource_id
unknown_number: split_line_item_public_on_demand_split_cost split_line_item_public_on_demand_unused_cost
  split_line_item_reserved_usage split_line_item_split_cost split_line_item_split_usage
  split_line_item_split_usage_ratio split_line_item_unused_cost
map_text: tags
"""


def read_columns(listed: str) -> tuple[tuple[str, Kind], ...]:
    """Columns from a list of names, each kind with a colon before the names that are of it."""
    found: list[tuple[str, Kind]] = []
    kind: Kind = "text"
    for word in listed.split():
        if word.endswith(":"):
            kind = cast(Kind, word[:-1])
        else:
            found.append((word, kind))
    return tuple(found)


COLUMNS: tuple[tuple[str, Kind], ...] = read_columns(_LISTED)

# AWS writes these as an empty text, not as null, on every row that is no reservation's.
EMPTY_TEXT = frozenset(
    {
        "reservation_normalized_units_per_reservation",
        "reservation_number_of_reservations",
        "reservation_total_reserved_normalized_units",
        "reservation_total_reserved_units",
        "reservation_units_per_reservation",
    }
)
