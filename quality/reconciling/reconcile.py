"""Is every total the total of the bill? Each place that tells one is held beside the bill's own files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lake.errors import SettingsError
from lake.held import Held, held_back
from lake.workspace import Workspace
from quality.reconciling import totals
from quality.reconciling.against import read_all
from quality.reconciling.amounts import AMORTIZED, BILLED, CHANGE, EFFECTIVE, FILES, LANDING, WAIST, Bill, Totals
from quality.reconciling.beside import beside
from quality.reconciling.collected import told_by_cost_explorer
from quality.reconciling.comparison import NOTHING, Comparison
from quality.reconciling.election import NotCounted, accepted_shares, elect
from quality.reconciling.landed import totals_of_landing
from quality.reconciling.restated import totals_of_changes

_EXACT: Mapping[Bill, Decimal] = {}


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
    ws: Workspace,
    *,
    against: Sequence[Path] = (),
    period: str | None = None,
    payer: str | None = None,
    collected: bool = False,
) -> ReconcileReport:
    """Compare every total of the lake, and those in the files `against`, with the total of the bill's files. With
    `collected` those that Cost Explorer told count as such, too.

    A difference is no error here. Raises LakeError when there is no bill, no mart, or one that cannot be read, and
    SettingsError for a month or payer the lake does not hold and for a file that is not what `against` must be.
    """
    told = read_all(against)
    with ws.out.progress("Adding up"):
        elected, others = elect(accepted_shares(ws.store))
        files = totals.totals_of_files(elected)
        landing = totals_of_landing(ws.store, elected, ws.settings.region)
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
    _require("--payer", payer, [one.bill.billing_account_id for one in found])
    told += told_by_cost_explorer(ws.store, files) if collected else ()
    found.extend(beside(ws.store, told, {BILLED: files, **{key: waist[key] for key in (AMORTIZED, EFFECTIVE)}}, payer))
    _require("--period", period, [one.bill.billing_period for one in found])
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
        total = actual.get(bill, NOTHING)
        count = total.charge_count if has_count else None
        tolerance = rounding.get(bill, Decimal(0))
        found.append(
            Comparison(bill, place, measure, compared_with, expected.get(bill, NOTHING), total.cost, count, tolerance)
        )
    return found


def _is_asked(bill: Bill, period: str | None, payer: str | None) -> bool:
    return period in (None, bill.billing_period) and payer in (None, bill.billing_account_id)


def _require(option: str, wanted: str | None, known: Sequence[str]) -> None:
    if wanted is not None and wanted not in known:
        raise SettingsError(
            f"The lake holds no bill of {wanted}.",
            where=option,
            todo=f"Choose one of: {', '.join(sorted(set(known)))}.",
        )
