"""What a person told beside the totals of the lake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from lake.errors import SettingsError
from lake.store import Store
from quality.reconciling import totals
from quality.reconciling.amounts import ALL, BILLED, FILES, WAIST, Bill, Total, Totals
from quality.reconciling.answers import INVOICING
from quality.reconciling.comparison import NOTHING, Comparison
from quality.reconciling.told import CENT, Told


def beside(
    store: Store, told: Sequence[Told], whole: Mapping[str, Totals], payer: str | None = None
) -> list[Comparison]:
    """What a person told beside the lake's totals per measure, and what was left out where the rest was told.

    Raises SettingsError where it could be two payers'.
    """
    measures = sorted({one.measure for one in told if one.sub_account_id})
    accounts = {measure: totals.totals_of_accounts(store, measure) for measure in measures}
    found = []
    for one in told:
        bill, amount = _named(one, whole[BILLED], payer)
        base = FILES if one.measure == BILLED else WAIST
        expected = whole[one.measure].get(bill, NOTHING)
        if one.sub_account_id:
            base, expected = "monthly_costs", accounts[one.measure].get((bill, one.sub_account_id), NOTHING)
        found.append(
            Comparison(
                *(bill, one.source, one.measure, base, expected, amount, None, one.tolerance),
                *(one.sub_account_id, one.is_estimated),
            )
        )
    return found + _invoices_left_out(found, whole[BILLED]) + _accounts_left_out(found, accounts)


def _invoices_left_out(found: Sequence[Comparison], files: Totals) -> list[Comparison]:
    """The invoices of a payer's month that the bill knows and Invoicing, which tells others of it, does not."""
    told = [one.bill for one in found if one.place == INVOICING]
    # An invoice is told in one of the currencies that the bill may know it by.
    known = {(bill.billing_period, bill.invoice_id) for bill in told}
    months = {(bill.billing_period, bill.billing_account_id) for bill in told}
    return [
        Comparison(bill, INVOICING, BILLED, FILES, total, Decimal(0), None, CENT, is_left_out=True)
        for bill, total in sorted(files.items())
        if bill.invoice_id not in ("", ALL)
        and (bill.billing_period, bill.billing_account_id) in months
        and (bill.billing_period, bill.invoice_id) not in known
    ]


def _accounts_left_out(
    found: Sequence[Comparison], accounts: Mapping[str, Mapping[tuple[Bill, str], Total]]
) -> list[Comparison]:
    """The accounts of a month that cost something, where a source tells it by account and has others only."""
    told: dict[tuple[str, str, Bill], set[str]] = defaultdict(set)
    estimated = {one.bill for one in found if one.is_estimated}
    for one in found:
        if one.sub_account_id:
            told[one.place, one.measure, one.bill].add(one.sub_account_id)
    return [
        Comparison(
            *(bill, place, measure, "monthly_costs", total, Decimal(0), None, CENT, account, bill in estimated, True)
        )
        for (place, measure, bill), names in told.items()
        for (of, account), total in sorted(accounts[measure].items())
        if of == bill and account not in names
    ]


def _named(told: Told, files: Totals, payer: str | None) -> tuple[Bill, Decimal]:
    """Which of the lake's bills is told, and its amount in that bill's currency."""
    amounts = {told.bill.billing_currency: told.amount, **dict(told.in_other_currencies)}
    if told.bill.billing_account_id:
        # An invoice may be sent to another account than the one that pays.
        same = [
            bill
            for bill in sorted(files)
            if bill.invoice_id == told.bill.invoice_id != ALL
            and bill.billing_period == told.bill.billing_period
            and bill.billing_currency in amounts
        ]
        bill = same[0] if same and told.bill not in files else told.bill
        return bill, amounts[bill.billing_currency]
    payers = {bill.billing_account_id for bill in files if bill.billing_period == told.bill.billing_period}
    payers = {payer} if payer else payers or {bill.billing_account_id for bill in files}
    if len(payers) > 1:
        raise SettingsError(
            f"{told.source} does not say which payer's account was asked, and {told.bill.billing_period} has several.",
            where="--against",
            todo=f"Choose with --payer one of: {', '.join(sorted(payers))}.",
        )
    return told.bill._replace(billing_account_id=payers.pop()), told.amount
