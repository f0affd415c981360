"""The registry of tables: one name per table, the same in Python, dbt, the quality suites, Terraform and the docs."""

from __future__ import annotations

from dataclasses import dataclass

# Forms of bill, in the order in which they are trusted when two of them cover one payer and month.
BILL_SOURCES = ("cur2", "legacy_cur")

WAIST = "int_charges"


@dataclass(frozen=True)
class Mart:
    """A published table. `grain` are the columns that make a row unique.

    `data_on` is the column of the newest day it speaks of; None where a mart is as fresh as its bill, whatever its
    rows: a finding that is gone makes no mart stale.
    """

    name: str
    grain: tuple[str, ...]
    data_on: str | None


MARTS: tuple[Mart, ...] = (
    Mart(
        "daily_costs",
        (
            "billing_period",
            "charged_on",
            "billing_account_id",
            "sub_account_id",
            "service_name",
            "region_id",
            "charge_category",
            "purchase_option",
            "billing_currency",
        ),
        "charged_on",
    ),
    Mart(
        "monthly_costs",
        ("billing_period", "billing_account_id", "sub_account_id", "service_name", "billing_currency"),
        None,
    ),
    Mart(
        "idle_resources",
        ("billing_period", "billing_account_id", "sub_account_id", "region_id", "resource_id", "rule_id"),
        None,
    ),
    Mart(
        "rightsizing_recommendations",
        ("billing_period", "billing_account_id", "sub_account_id", "region_id", "resource_id", "rule_id"),
        None,
    ),
    Mart(
        "reconciliation",
        ("billing_period", "billing_account_id", "billing_currency", "table_name", "measure"),
        None,
    ),
)

MART_NAMES = tuple(mart.name for mart in MARTS)


def mart(name: str) -> Mart:
    """The registered mart of that name. Raises KeyError naming the valid ones."""
    for known in MARTS:
        if known.name == name:
            return known
    raise KeyError(f"{name!r} is not a mart; the marts are {', '.join(MART_NAMES)}")
