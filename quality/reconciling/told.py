"""A total that a person has from elsewhere: from an invoice, or from AWS's own answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from quality.reconciling.amounts import BILLED, Bill

# Invoices are in cents and the bill is not: each amount told may be off by so much.
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Told:
    """What one source says a payer's month or invoice costs, in the bill's currency, and how many amounts that sums up.

    The payer is blank where the source does not name it, as Cost Explorer, which tells the account that was asked.
    `sub_account_id` is blank for all accounts. `is_estimated` amounts are not final. `in_other_currencies` is the same
    amount in the currencies it may be told in as well.
    """

    bill: Bill
    source: str
    amount: Decimal
    amount_count: int = 1
    measure: str = BILLED
    sub_account_id: str = ""
    is_estimated: bool = False
    in_other_currencies: Sequence[tuple[str, Decimal]] = ()

    @property
    def tolerance(self) -> Decimal:
        """A cent for each amount that was added up."""
        return CENT * self.amount_count
