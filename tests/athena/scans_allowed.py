"""Statements of a refresh that read every month, or every column, and why they may: reason, table, readers.

A reader is a node of dbt, or what a step of ours does. An entry that is not needed any more has its test fail.
"""

from __future__ import annotations

from collections.abc import Mapping

Allowed = Mapping[str, Mapping[str, tuple[str, ...]]]

_CHECKS_OF_IDENTITIES = (
    "a_focus_commitment_is_told_wholly_or_not_at_all",
    "a_focus_price_times_its_quantity_is_the_cost",
    "a_focus_row_fills_what_focus_asks_for_with_values_that_it_allows",
    "a_focus_subcategory_lies_in_its_category",
    "billed_cost_equals_amortized_cost_plus_trueup_plus_upfront_fees",
    "every_charge_category_costs_in_the_daily_costs_what_it_costs_in_the_waist",
    "every_kind_of_line_costs_in_the_waist_what_it_costs_on_the_bill",
    "focus_and_cur_exports_of_one_month_agree",
    "identities_has_one_row_per_period_payer_currency_and_identity",
    "pods_and_tasks_have_no_more_of_a_machine_than_it_cost",
    "savings_plan_negation_takes_back_what_it_covers",
    "savings_plan_usage_of_an_hour_is_what_the_fee_says_is_used",
    "the_focus_rows_of_an_invoice_sum_to_the_invoice",
    "used_and_unused_reservation_equal_its_fee",
    "used_and_unused_savings_plan_equal_its_fee",
    "what_a_commitment_covered_and_left_unused_costs_what_was_paid_for_it",
)

EVERY_MONTH: Allowed = {
    "a mart of all months is made anew, of rows that are summed up already": {
        "identities": ("reconciliation",),
        "int_commitment_fees__billed": ("daily_costs", "int_commitments__accounted"),
        "int_commitments__covered": (
            "int_commitments__accounted",
            "int_commitments__discounts",
            "int_commitments__shared_out",
        ),
        "int_costs__allocated": ("allocated_costs",),
        "int_costs__by_usage": ("cost_comparisons",),
        "int_costs__paced": ("int_forecasts__tried",),
        "int_costs__tagged": ("int_costs__ruled",),
        "int_costs__summed": ("daily_costs", "effective_savings_rates", "reconciliation", "restatements"),
        "int_instances__ran_in": ("idle_resources",),
        "int_instances__recommended": ("int_rightsizing__proposed",),
        "int_instances__summed": ("int_instances__standing",),
        "int_resources__costed": ("int_resources__checked",),
        "int_resources__signalled": ("idle_resources",),
        "int_restatements__previous": ("int_restatements__paired", "restatements"),
        "int_totals__focus": ("reconciliation",),
        "int_totals__landed": ("reconciliation",),
        "int_totals__restated": ("reconciliation",),
        "int_usage__eligible": ("commitment_coverage", "effective_savings_rates"),
        "int_volumes__summed": ("int_rightsizing__proposed",),
    },
    "where the files of a mart lie is asked, and no column of it is read": {
        mart: (f"select {mart}",) for mart in ("cost_breakdowns", "cost_movers", "identities", "tag_coverage")
    },
    "it looks back over weeks or months, of rows that are summed up by hour or day": {
        "int_usage__on_demand_hourly": ("int_commitments__floors",),
        "int_usage_groups__daily": ("int_usage_groups__judged",),
    },
    "what is newest is found by looking at all months": {
        "int_costs__summed": ("int_accounts__named", "int_billing_periods__latest", "int_months__judged"),
        "int_instance_prices__seen": ("int_instances__recommended",),
    },
    "it holds for all months, and its table has few rows a month": {
        "identities": _CHECKS_OF_IDENTITIES,
        "int_costs__summed": (
            "a_commitment_s_fee_is_on_the_same_bill_as_what_it_covers",
            "every_cost_is_some_team_s_or_nobody_s",
            "every_line_item_type_is_known",
        ),
    },
    "what was collected lies by the day of its collection, and the newest answer of a question may be of any day": {
        "instance_types": ("an_instance_type_stands_once_per_region",),
        "inventory": (
            "a_resource_stands_once_in_the_newest_inventory",
            "int_idle__collected",
            "int_inventory__known",
        ),
        "metrics": (
            "a_day_of_a_metric_is_told_once",
            "int_idle__collected",
            "int_instances__standing",
            "int_rightsizing__proposed",
        ),
    },
    "a row per delivery and payer, joined by the delivery": {
        "int_discounts__layout": (
            "identities",
            "int_charges",
            "int_identities__bills",
            "int_identities__commitments",
        ),
    },
    "a row per invoice, joined to the few months that were restated": {
        "int_totals__landed": ("int_totals__restated",),
    },
}

EVERY_COLUMN: Allowed = {
    "a list of names and what they stand for": {
        "focus_subcategories": (
            "focus_1_2",
            "focus_subcategories_tells_each_subcategory_once",
            "int_identities__focus",
        ),
        "idle_conditions": ("int_idle__collected",),
        "instance_sizes": ("int_instances__priced", "int_usage__eligible"),
        "int_accounts__named": (
            "allocated_costs",
            "commitment_coverage",
            "commitment_usage",
            "cost_breakdowns",
            "cost_comparisons",
            "cost_forecasts",
            "cost_movers",
            "daily_costs",
            "idle_resources",
            "rightsizing_recommendations",
            "snapshots",
            "tag_coverage",
            "team_costs",
        ),
        "regions": ("focus_1_2",),
        "service_categories": ("int_charges",),
        "service_subcategories": ("focus_1_2",),
        "usage_groups": ("int_usage_groups__daily",),
    },
    "it was made for this reader, with the columns that it needs": {
        "int_commitments__discounts": ("commitment_recommendations",),
        "int_commitments__windows": ("int_commitments__floors",),
        "int_costs__allocated": ("allocated_costs",),
        "int_costs__ruled": ("team_costs",),
        "int_costs__tagged": ("int_costs__ruled",),
        "int_discounts__layout": ("int_charges",),
        "int_identities__bills": ("identities",),
        "int_identities__focus": ("identities",),
        "int_instance_prices__seen": ("int_instances__recommended",),
        "int_instances__priced": ("int_instances__summed",),
        "int_instances__summed": ("int_instances__recommended", "int_instances__standing"),
        "int_resources__costed": ("int_resources__checked",),
        "int_forecasts__targets": ("int_forecasts__tried",),
        "int_instances__ran_in": ("idle_resources",),
        "int_months__judged": ("int_forecasts__targets",),
        "int_resources__moved": ("cost_movers",),
        "int_resources__signalled": ("idle_resources",),
        "int_usage_groups__judged": ("int_anomalies__found",),
        "int_restatements__paired": ("restatements",),
        "int_restatements__previous": ("restatements",),
        "int_totals__focus": ("identities",),
        "int_totals__landed": ("int_totals__restated", "reconciliation"),
        "int_totals__restated": ("reconciliation",),
        "int_usage__summed": ("int_usage__eligible",),
        "acts": ("int_acts__measured",),
        "invoices": ("int_totals__landed",),
    },
}


def pairs(allowed: Allowed) -> set[tuple[str, str]]:
    """(reader, table) of every entry."""
    return {(reader, table) for tables in allowed.values() for table, readers in tables.items() for reader in readers}
