"""What a total is of, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

BILLED = "billed_cost"
# What a month's newest delivery bills beside the one before.
CHANGE = "billed_cost_change"
AMORTIZED, EFFECTIVE = "amortized_cost", "effective_cost"
MEASURES = (BILLED, AMORTIZED, EFFECTIVE)
FILES, LANDING, WAIST = "files", "landing", "int_charges"

ALL = "all"


class Bill(NamedTuple):
    """A payer's month in one currency, or one invoice of it; `billing_period` is YYYY-MM.

    `invoice_id` is blank for the lines that are on no invoice yet.
    """

    billing_period: str
    billing_account_id: str
    billing_currency: str
    invoice_id: str = ALL

    @property
    def month(self) -> Bill:
        """The whole month that this is, or is an invoice of."""
        return self._replace(invoice_id=ALL)


class Total(NamedTuple):
    """An exact amount in the bill's currency, and the bill lines it is made of."""

    cost: Decimal
    charge_count: int


Totals = Mapping[Bill, Total]
