"""FOCUS 1.0 and 1.2 from AWS Data Exports, csv.gz or Parquet, or as a file of its own as people publish and keep it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ingestion import sniff
from ingestion.bills import BillFolder
from ingestion.dictionary import columns
from ingestion.sources import data_exports
from ingestion.sources.form import Finding, Form
from ingestion.sources.roles import Roles

SOURCE = "focus"

# AWS calls itself AWS; other writers of FOCUS spell it out.
_IS_AWS = "(lower(ProviderName) = 'aws' or lower(ProviderName) like 'amazon web services%')"

ROLES = Roles(
    payer="BillingAccountId",
    sub_account="SubAccountId",
    seller="InvoiceIssuerName",
    currency="BillingCurrency",
    cost="BilledCost",
    net_cost="",
    invoice="InvoiceId",
    period_start="BillingPeriodStart",
    charge_start="ChargePeriodStart",
    split_parent="",
    is_usage="lower(ChargeCategory) = 'usage'",
    is_discount="false",
    hours="date_diff('hour', ChargePeriodStart, ChargePeriodEnd)",
    provider="ProviderName",
    is_aws=_IS_AWS,
    # Published bills are anonymised, and their ids may have any number of digits. A spreadsheet only ever shortens: an
    # id of more than twelve digits was anonymised, and then those of its accounts were, too.
    account_rules=(
        ("BillingAccountId", f"not {_IS_AWS} or regexp_full_match(BillingAccountId, '[0-9]{{12,}}')"),
        (
            "SubAccountId",
            f"not {_IS_AWS} or coalesce(SubAccountId, '') = '' or regexp_full_match(SubAccountId, '[0-9]{{12}}') "
            "or (length(BillingAccountId) > 12 and regexp_full_match(SubAccountId, '[0-9]+'))",
        ),
    ),
)


def find(folder: BillFolder) -> Finding:
    """The folder's FOCUS bills, one per export and period."""
    return data_exports.find(folder, SOURCE, sniff.FOCUS)


@cache
def _ids() -> dict[str, str]:
    return {column.name.lower(): column.name for column in columns(SOURCE)}


def column_name(header: str) -> str:
    """A header as FOCUS writes it, whatever its case; one that FOCUS does not know stays as it is."""
    return _ids().get(header.lower(), header)


def is_loose(headers: Sequence[str]) -> bool:
    """Whether a file with such headers is of this form."""
    return sniff.form_of(headers) == sniff.FOCUS


FORM = Form(
    SOURCE,
    "FOCUS 1.0 or 1.2 (Data Exports, csv.gz or Parquet)",
    find,
    ROLES,
    column_name=column_name,
    is_loose=is_loose,
    # A bill that passed through a database says NULL where AWS writes nothing.
    null_words=("NULL",),
)
