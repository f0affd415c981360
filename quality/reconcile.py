"""Is every total the total of the bill? Each place that tells one is held beside the bill's own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from pathlib import Path

from lake.errors import SettingsError
from lake.held import Held, held_back
from lake.workspace import Workspace
from quality import totals
from quality.against import Told, read_told
from quality.election import NotCounted, accepted_shares, elect
from quality.landed import totals_of_landing
from quality.restated import totals_of_changes
from quality.totals import ALL, BILLED, CHANGE, FILES, LANDING, WAIST, Bill, Total, Totals

_MICRO = Decimal("0.000001")
_NOTHING = Total(Decimal(0), 0)
_EXACT: Mapping[Bill, Decimal] = {}


@dataclass(frozen=True)
class Comparison:
    """One total beside the total it must equal, exact, in the bill's currency.

    `place` tells the total: landing, a table, or where a person has it from; `compared_with` is files or int_charges.
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
        beside = "the bill's files" if self.compared_with == FILES else self.compared_with
        text = (
            f"{self.place} {self.measure} of {period}, payer {payer}{on}: "
            f"{self.difference:+f} {currency} beside {beside}"
        )
        if self.actual_charge_count not in (None, self.expected.charge_count):
            text += f", {self.actual_charge_count:,} lines instead of {self.expected.charge_count:,}"
        return text


@dataclass(frozen=True)
class ReconcileReport:
    """Every comparison, by month and payer, and, with reasons, what does not count and what is held back."""

    comparisons: tuple[Comparison, ...]
    not_counted: tuple[NotCounted, ...]
    held_back: tuple[Held, ...] = ()

    @property
    def differing(self) -> tuple[Comparison, ...]:
        """The comparisons that do not agree."""
        return tuple(one for one in self.comparisons if not one.is_equal)


def reconcile(
    ws: Workspace, *, against: Path | None = None, period: str | None = None, payer: str | None = None
) -> ReconcileReport:
    """Compare every total of the lake, and those in the csv file `against`, with the total of the bill's files.

    A difference is no error here. Raises LakeError when there is no bill, no mart, or one that cannot be read, and
    SettingsError for a month or payer the lake does not hold and for a file that is not what `against` must be.
    """
    told = read_told(against) if against is not None else ()
    with ws.out.progress("Adding up"):
        elected, others = elect(accepted_shares(ws.store))
        files = totals.totals_of_files(elected)
        landing = totals_of_landing(ws.store, elected)
        changes = totals_of_changes(ws.store, elected)
        waist = totals.totals_of_waist(ws.store)
        marts = totals.totals_of_marts(ws.store)
    found = [
        *_compare(LANDING, BILLED, FILES, files, landing.totals),
        *_compare(WAIST, BILLED, FILES, files, waist[BILLED]),
    ]
    bases = {BILLED: (FILES, files), CHANGE: (FILES, changes)}
    for (mart, measure), sums in marts.items():
        base, expected = bases.get(measure) or (WAIST, waist[measure])
        if not mart.invoice:
            expected = {bill: total for bill, total in expected.items() if bill == bill.month}
        rounding = landing.rounding if measure == BILLED and not mart.is_exact else {}
        count = bool(mart.charge_count)
        found.extend(_compare(mart.mart, measure, base, expected, sums, has_count=count, rounding=rounding))
    found.extend(_beside(one, files) for one in told)
    _require("--period", period, [one.bill.billing_period for one in found])
    _require("--payer", payer, [one.bill.billing_account_id for one in found])
    return ReconcileReport(
        tuple(
            sorted(
                (one for one in found if _is_asked(one.bill, period, payer)),
                # The month, then its invoices; each from the files on, in the order of the way a row goes.
                key=lambda one: (one.bill.month, one.bill != one.bill.month, one.bill),
            )
        ),
        tuple(
            one
            for one in others
            if _is_asked(Bill(one.share.billing_period, one.share.billing_account_id, ""), period, payer)
        ),
        tuple(one for one in held_back(ws.store) if _is_asked(Bill(*one.bill, ""), period, payer)),
    )


def _compare(
    place: str,
    measure: str,
    compared_with: str,
    expected: Totals,
    actual: Totals,
    *,
    has_count: bool = True,
    rounding: Mapping[Bill, Decimal] = _EXACT,
) -> list[Comparison]:
    """A bill that only one side knows is compared with nothing at all."""
    found = []
    # Records of older lakes tell no invoices: there, only the month is compared.
    with_invoices = {bill.month for bill in expected if bill != bill.month}
    for bill in sorted(set(expected) | {bill for bill in actual if bill == bill.month or bill.month in with_invoices}):
        total = actual.get(bill, _NOTHING)
        count = total.charge_count if has_count else None
        tolerance = rounding.get(bill, Decimal(0))
        found.append(
            Comparison(bill, place, measure, compared_with, expected.get(bill, _NOTHING), total.cost, count, tolerance)
        )
    return found


def _beside(told: Told, files: Totals) -> Comparison:
    expected = files.get(told.bill, _NOTHING)
    return Comparison(told.bill, told.source, BILLED, FILES, expected, told.amount, None, told.tolerance)


def _is_asked(bill: Bill, period: str | None, payer: str | None) -> bool:
    return period in (None, bill.billing_period) and payer in (None, bill.billing_account_id)


def _require(option: str, wanted: str | None, known: Sequence[str]) -> None:
    if wanted is not None and wanted not in known:
        raise SettingsError(
            f"The lake holds no bill of {wanted}.",
            where=option,
            todo=f"Choose one of: {', '.join(sorted(set(known)))}.",
        )
