"""What AWS itself answers when asked for costs and invoices, as the AWS CLI saves it: Cost Explorer and Invoicing."""

from __future__ import annotations

import calendar
import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from quality.reconciling.amounts import AMORTIZED, BILLED, EFFECTIVE, Bill
from quality.reconciling.told import Told

# The measure that each metric of Cost Explorer tells; discounts make no difference to what a whole bill invoices.
METRICS = {
    "UnblendedCost": BILLED,
    "NetUnblendedCost": BILLED,
    "AmortizedCost": AMORTIZED,
    "NetAmortizedCost": EFFECTIVE,
}
_COST_EXPLORER, _INVOICING = "ResultsByTime", "InvoiceSummaries"
INVOICING = "Invoicing"
_BROKEN = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError)


class AnswerError(Exception):
    """An answer that cannot be compared: what is wrong, and where in the file."""

    def __init__(self, what: str, where: str = "") -> None:
        """Neither text names the file."""
        super().__init__(what)
        self.what = what
        self.where = where


def read_answer(text: str) -> tuple[Told, ...]:
    """What one saved answer tells. Raises AnswerError."""
    try:
        answer = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"The file is not whole JSON: {error}.") from error
    readers: dict[str, Callable[[dict[str, Any]], tuple[Told, ...]]] = {
        _COST_EXPLORER: _cost_explorer,
        _INVOICING: _invoicing,
    }
    for name, read in readers.items():
        if isinstance(answer, dict) and isinstance(answer.get(name), list):
            return read(answer)
    raise AnswerError("The file is JSON, but no answer of Cost Explorer's or of Invoicing's.")


@dataclass
class _Month:
    """What Cost Explorer tells of a month, per metric, currency and account; the account is blank for the whole."""

    days: set[date] = field(default_factory=set)
    is_estimated: bool = False
    amounts: dict[tuple[str, str, str], Decimal] = field(default_factory=lambda: defaultdict(Decimal))


def _cost_explorer(answer: dict[str, Any]) -> tuple[Told, ...]:
    _require_whole(answer, "NextPageToken")
    months: dict[str, _Month] = defaultdict(_Month)
    account_key = _account_key(answer)
    for number, result in enumerate(answer[_COST_EXPLORER]):
        where = f"{_COST_EXPLORER}[{number}]"
        try:
            period, days = _days(result["TimePeriod"])
            month = months[period]
            if month.days & days:
                raise AnswerError("Some days are told twice.", where)
            month.days |= days
            month.is_estimated |= bool(result.get("Estimated"))
            groups = result.get("Groups") or [{"Keys": (), "Metrics": result.get("Total") or {}}]
            for group in groups:
                _add(month, group["Metrics"], group["Keys"][account_key] if group["Keys"] and account_key >= 0 else "")
        except _BROKEN as error:
            raise AnswerError("This is not what Cost Explorer answers.", where) from error
    for period, month in months.items():
        _require_whole_month(period, month.days)
    told = [one for period, month in sorted(months.items()) for one in _told(period, month)]
    if not told:
        raise AnswerError(f"The answer holds no amount of {', '.join(METRICS)}.")
    return tuple(told)


def _require_whole(answer: Mapping[str, Any], token: str) -> None:
    if answer.get(token):
        raise AnswerError("The answer is one page of several: amounts are missing from it.", token)


def _account_key(answer: Mapping[str, Any]) -> int:
    """Which key of a group is its account; -1 for none."""
    try:
        keys = [(one["Type"], one["Key"]) for one in answer.get("GroupDefinitions") or ()]
    except _BROKEN as error:
        raise AnswerError("This is not what Cost Explorer answers.", "GroupDefinitions") from error
    return keys.index(("DIMENSION", "LINKED_ACCOUNT")) if ("DIMENSION", "LINKED_ACCOUNT") in keys else -1


def _days(period: Mapping[str, str]) -> tuple[str, set[date]]:
    start, end = period["Start"], period["End"]
    if "T" in start:
        raise AnswerError("The answer is by hour; ask with --granularity MONTHLY or DAILY.")
    first, after = date.fromisoformat(start), date.fromisoformat(end)
    days = {first + timedelta(days=number) for number in range(min((after - first).days, 32))}
    if not days or {(day.year, day.month) for day in days} != {(first.year, first.month)}:
        raise AnswerError(f"The period from {start} to {end} is no month and no day.")
    return start[:7], days


def _add(month: _Month, metrics: Mapping[str, Mapping[str, str]], account: str) -> None:
    for metric, told in metrics.items():
        if metric in METRICS:
            amount = _amount(told["Amount"])
            # What costs nothing may have no currency.
            if re.fullmatch(r"[A-Z]{3}", told["Unit"]):
                for whose in sorted({"", account}):
                    month.amounts[metric, told["Unit"], whose] += amount
            elif amount:
                raise AnswerError(f"The amount of {metric} is in {told['Unit']!r}, which is no currency.")


def _require_whole_month(period: str, days: set[date]) -> None:
    year, month = int(period[:4]), int(period[5:])
    length = calendar.monthrange(year, month)[1]
    if len(days) < length:
        after = date(year, month, length) + timedelta(days=1)
        raise AnswerError(
            f"The answer tells {len(days)} of the {length} days of {period}, and a bill is of the whole month; "
            f"ask with --time-period Start={period}-01,End={after}."
        )


def _told(period: str, month: _Month) -> list[Told]:
    return [
        Told(
            Bill(period, "", currency),
            f"Cost Explorer {metric}",
            amount,
            measure=METRICS[metric],
            sub_account_id=account,
            is_estimated=month.is_estimated,
        )
        for (metric, currency, account), amount in sorted(month.amounts.items(), key=lambda item: item[0])
    ]


def _invoicing(answer: dict[str, Any]) -> tuple[Told, ...]:
    _require_whole(answer, "NextToken")
    told = []
    for number, one in enumerate(answer[_INVOICING]):
        where = f"{_INVOICING}[{number}]"
        try:
            period = f"{int(one['BillingPeriod']['Year']):04d}-{int(one['BillingPeriod']['Month']):02d}"
            amounts = _amounts(one)
            currency, amount = amounts[0]
            bill = Bill(period, str(one["AccountId"]), currency, str(one["InvoiceId"]))
            told.append(Told(bill, INVOICING, amount, in_other_currencies=amounts[1:]))
        except _BROKEN as error:
            raise AnswerError("This is not what Invoicing answers.", where) from error
    if not told:
        raise AnswerError("The answer holds no invoice.")
    return tuple(told)


def _amounts(invoice: Mapping[str, Any]) -> Sequence[tuple[str, Decimal]]:
    """Its total with tax, in the currency it is priced in, then in the one it is paid in."""
    found: dict[str, Decimal] = {}
    for name in ("BaseCurrencyAmount", "PaymentCurrencyAmount"):
        if told := invoice.get(name):
            found.setdefault(str(told["CurrencyCode"]), _amount(told["TotalAmount"]))
    return tuple(found.items())


def _amount(text: str | Decimal | int) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite():
        raise ValueError(text)
    return amount
