"""What `finops report` prints of a mart: the columns that fit a terminal, and the amount that comes first."""

from __future__ import annotations

from dashboards import commitments

SHOWN = {
    **commitments.SHOWN,
    "focus_1_2": ("ChargePeriodStart", "SubAccountName", "ServiceName", "ChargeCategory", "BilledCost"),
    "daily_costs": ("charged_on", "sub_account_name", "service_name", "region_id", "charge_category", "billed_cost"),
    "monthly_costs": ("billing_period", "sub_account_name", "service_name", "billed_cost", "billed_cost_change"),
    "cost_breakdowns": (
        *("charged_on", "sub_account_name", "dimension", "dimension_value", "billed_cost", "effective_cost"),
    ),
    "cost_comparisons": (
        *("billing_period", "comparison", "sub_account_name", "service_name"),
        *("effective_cost", "previous_effective_cost", "effective_cost_change"),
    ),
    "cost_anomalies": (
        *("charged_on", "sub_account_name", "service_name", "usage_group"),
        *("effective_cost", "expected_cost", "impact_cost", "cause", "top_resources"),
    ),
    "cost_forecasts": (
        *("horizon", "ends_on", "measure", "sub_account_name", "service_name", "cost_to_date"),
        *("low_cost", "forecast_cost", "high_cost", "method", "wape_pct"),
    ),
    "budget_adherence": (
        *("billing_period", "sub_account_name", "budget_name", "limit_cost", "billed_cost", "told_actual_cost"),
        *("forecast_cost", "used_pct", "adherence"),
    ),
    "cost_movers": (
        *("sub_account_name", "service_name", "usage_type", "effective_cost_change", "price_change_cost"),
        *("usage_change_cost", "mix_change_cost", "new_resources_cost", "gone_resources_cost", "other_change_cost"),
    ),
    "allocated_costs": ("billing_period", "cluster_name", "namespace_name", "owner", "allocation", "effective_cost"),
    "idle_resources": (
        *("resource_id", "resource_type", "sub_account_name", "idle_days", "evidence", "confidence", "monthly_cost"),
    ),
    "team_costs": (
        *("billing_period", "team", "environment", "service_name", "allocation"),
        *("direct_cost", "shared_cost", "unallocated_cost"),
    ),
    "unit_costs": ("billing_period", "driver_name", "team", "service_name", "effective_cost", "quantity", "unit_cost"),
    "tag_coverage": (
        *("tag_key", "sub_account_name", "service_name", "taggable_cost", "untagged_cost"),
        *("tagged_resource_count", "resource_count", "variant_tag_key"),
    ),
    "rightsizing_recommendations": (
        "resource_id",
        "current_type",
        "recommended_type",
        "evidence",
        "confidence",
        "monthly_cost",
        "monthly_savings_cost",
    ),
    "savings": (
        *("resource_id", "lever", "rule_id", "monthly_savings_cost", "monthly_cash_savings_cost", "superseded_by"),
    ),
    "recommendation_history": (
        *("resource_id", "rule_id", "state", "first_billing_period", "billing_period"),
        *("first_monthly_savings_cost", "monthly_savings_cost", "action", "realized_status"),
    ),
    "snapshots": (
        *("snapshot_id", "sub_account_name", "monthly_cost", "age_days", "source_volume_standing"),
        *("image_standing", "managed_by"),
    ),
    "realized_savings": (
        *("action", "resource_id", "verb", "status", "expected_cost", "actual_cost", "created_cost", "saved_cost"),
        "estimated_monthly_savings_cost",
    ),
    "restatements": (
        *("billing_period", "sub_account_id", "service_name", "charge_category"),
        *("previous_billed_cost", "current_billed_cost", "billed_cost_change"),
    ),
    "reconciliation": (
        "billing_period",
        "billing_account_id",
        "invoice_id",
        "table_name",
        "measure",
        "expected_cost",
        "is_reconciled",
    ),
    "identities": ("billing_period", "billing_account_id", "sentence", "difference_cost", "tolerance_cost", "holds"),
}
ORDER = {
    "daily_costs": "billed_cost",
    **commitments.ORDER,
    "focus_1_2": "BilledCost",
    "monthly_costs": "billed_cost",
    "cost_breakdowns": "effective_cost",
    "cost_comparisons": "effective_cost",
    "cost_movers": "effective_cost_change",
    "cost_anomalies": "impact_cost",
    "cost_forecasts": "forecast_cost",
    "budget_adherence": "used_pct",
    "team_costs": "effective_cost",
    "unit_costs": "effective_cost",
    "tag_coverage": "untagged_cost",
    "idle_resources": "monthly_cost",
    "rightsizing_recommendations": "monthly_savings_cost",
    "savings": "monthly_savings_cost",
    "recommendation_history": "monthly_savings_cost",
    "snapshots": "monthly_cost",
    "realized_savings": "saved_cost",
}
