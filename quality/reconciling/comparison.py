"""One total beside the total that it must equal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from quality.reconciling.amounts import ALL, FILES, Bill, Total

_MICRO = Decimal("0.000001")
NOTHING = Total(Decimal(0), 0)


@dataclass(frozen=True)
class Comparison:
    """One total beside the total it must equal, exact, in the bill's currency.

    `place` tells the total: landing, a table, or where a person has it from; `compared_with` is files or int_charges.
    `sub_account_id` is blank for the whole payer. What a person told may be estimated: not final. Where it tells other
    invoices or accounts of the month and leaves this one out, `is_left_out`, and the amount is zero.
    Line counts are None where the place tells none. `tolerance` is zero but for what a person told, and for FOCUS
    invoices, which leave out covered usage and the lines that take it back: AWS may round them apart.
    """

    bill: Bill
    place: str
    measure: str
    compared_with: str
    expected: Total
    actual_cost: Decimal
    actual_charge_count: int | None
    tolerance: Decimal = Decimal(0)
    sub_account_id: str = ""
    is_estimated: bool = False
    is_left_out: bool = False

    @property
    def difference(self) -> Decimal:
        """Actual minus expected."""
        return self.actual_cost - self.expected.cost

    @property
    def difference_micros(self) -> int:
        """Actual minus expected in units of 0.000001, rounded away from zero, so that any difference shows."""
        return int((self.difference / _MICRO).to_integral_value(ROUND_UP))

    @property
    def is_equal(self) -> bool:
        """Whether the amounts agree and every line is accounted for."""
        lines = self.actual_charge_count in (None, self.expected.charge_count)
        return abs(self.difference) <= self.tolerance and lines

    def told(self) -> str:
        """What is wrong, in one line."""
        period, payer, currency, invoice_id = self.bill
        on = {ALL: "", "": ", on no invoice yet"}.get(invoice_id, f", invoice {invoice_id}")
        if self.sub_account_id:
            on += f", account {self.sub_account_id}"
        beside = "the bill's files" if self.compared_with == FILES else self.compared_with
        what = f"{self.place} {self.measure} of {period}, payer {payer}{on}"
        if self.is_left_out:
            return f"{what}: left out, {self.expected.cost:f} {currency} in {beside}"
        text = f"{what}: {self.difference:+f} {currency} beside {beside}"
        if self.actual_charge_count not in (None, self.expected.charge_count):
            text += f", {self.actual_charge_count:,} lines instead of {self.expected.charge_count:,}"
        return f"{text}, estimated" if self.is_estimated else text
