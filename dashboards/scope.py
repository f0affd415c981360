"""Which rows the headline speaks of: the newest month, one currency, and for each payer the same days of two months."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from lake.errors import LakeError


@dataclass(frozen=True)
class PayerMonth:
    """One payer's part of the headline month. `through` is its newest UTC day of usage not after today."""

    billing_account_id: str
    through: date
    is_complete: bool
    is_previous_known: bool


@dataclass(frozen=True)
class Headline:
    """The rows of `daily_costs` behind the headline, in one currency. Periods are YYYY-MM, days UTC.

    `current` is the newest month to date. `comparable` is the part of it whose payers have a bill of the month
    before, and `previous` holds the same days of that month for those payers. `past` is every day up to `through`.
    """

    period: str
    previous_period: str
    currency: str
    through: date
    payers: tuple[PayerMonth, ...]
    current: pa.Table
    comparable: pa.Table
    previous: pa.Table
    past: pa.Table

    @property
    def is_complete(self) -> bool:
        """Whether every payer's usage reaches the end of the month."""
        return all(payer.is_complete for payer in self.payers)

    @property
    def payer_ids(self) -> frozenset[str]:
        """Payers that have usage in the headline month."""
        return frozenset(payer.billing_account_id for payer in self.payers)


@dataclass(frozen=True)
class Aside:
    """A bill that the headline leaves out: another currency, or a payer whose newest month is older."""

    billing_account_id: str
    billing_currency: str
    period: str
    billed_cost: Decimal


def where(rows: pa.Table, **wanted: str | bool) -> pa.Table:
    """The rows whose columns equal the wanted values."""
    mask = reduce(pc.and_, (pc.equal(rows[column], pa.scalar(value)) for column, value in wanted.items()))
    return rows.filter(mask)


def of_headline(rows: pa.Table, shown: Headline) -> pa.Table:
    """The rows of the headline's payers in its currency, of every month."""
    here = where(rows, billing_currency=shown.currency)
    return here.filter(pc.is_in(here["billing_account_id"], value_set=pa.array(sorted(shown.payer_ids))))


def until(rows: pa.Table, last: date) -> pa.Table:
    """The rows charged on or before a day."""
    return rows.filter(pc.less_equal(rows["charged_on"], pa.scalar(last)))


def to_date(in_month: pa.Table, payers: tuple[PayerMonth, ...], today: date) -> pa.Table:
    """The rows of a month that the headline counts: each payer's until its newest day of usage."""
    # A finished month is its whole bill, with charges dated after its last day of usage.
    parts = [
        until(
            where(in_month, billing_account_id=payer.billing_account_id), today if payer.is_complete else payer.through
        )
        for payer in payers
    ]
    return pa.concat_tables([in_month.slice(0, 0), *parts])


def month_before(period: str) -> str:
    """The billing period before one, both YYYY-MM."""
    return f"{first_day(period) - timedelta(days=1):%Y-%m}"


def first_day(period: str) -> date:
    """First day of a billing period."""
    return date.fromisoformat(f"{period}-01")


def last_day(period: str) -> date:
    """Last day of a billing period."""
    first = first_day(period)
    return first.replace(day=monthrange(first.year, first.month)[1])


def headline(daily: pa.Table, today: date) -> Headline:
    """The newest month to date and the same days of the month before.

    Days after `today` are left out: a bill may carry fees dated ahead. Of several currencies the one with the
    largest billed cost in the newest month is taken. Raises LakeError if no charge is dated by today.
    """
    past = until(daily, today)
    if not past.num_rows:
        raise LakeError(
            "There is nothing to draw: no charge in the marts is dated today or earlier.",
            where="mart daily_costs",
            todo="Ingest a bill with `finops ingest`, then run `finops build`.",
        )
    period = str(pc.max(_usage(past)["billing_period"]).as_py())
    currency = _largest_currency(where(past, billing_period=period))
    money = where(past, billing_currency=currency)
    in_month = where(money, billing_period=period)
    through: date = pc.max(_usage(in_month)["charged_on"]).as_py()
    before = month_before(period)
    earlier = where(money, billing_period=before)
    payers = tuple(
        _payer_month(in_month, earlier, payer, period, through)
        for payer in sorted({str(payer) for payer in pc.unique(in_month["billing_account_id"]).to_pylist()})
    )
    known = tuple(payer for payer in payers if payer.is_previous_known)
    return Headline(
        period=period,
        previous_period=before,
        currency=currency,
        through=through,
        payers=payers,
        current=to_date(in_month, payers, today),
        comparable=to_date(in_month, known, today),
        previous=_same_days_before(earlier, known, period, today),
        past=until(money, through),
    )


def asides(daily: pa.Table, shown: Headline, today: date) -> tuple[Aside, ...]:
    """What the headline leaves out, each with its own newest month, sorted by currency and payer."""
    past = until(daily, today)
    keys = ["billing_account_id", "billing_currency", "billing_period"]
    sums = past.group_by(keys).aggregate([("billed_cost", "sum")]).to_pylist()
    newest: dict[tuple[str, str], Aside] = {}
    for row in sorted(sums, key=lambda row: str(row["billing_period"])):
        payer, currency = row["billing_account_id"], row["billing_currency"]
        if currency != shown.currency or payer not in shown.payer_ids:
            newest[currency, payer] = Aside(payer, currency, row["billing_period"], row["billed_cost_sum"])
    return tuple(newest[key] for key in sorted(newest))


def _usage(rows: pa.Table) -> pa.Table:
    # A bill of purchases only still has a newest day.
    used = where(rows, charge_category="Usage")
    return used if used.num_rows else rows


def _largest_currency(rows: pa.Table) -> str:
    sums = rows.group_by("billing_currency").aggregate([("billed_cost", "sum")]).to_pylist()
    return str(min(sums, key=lambda row: (-row["billed_cost_sum"], row["billing_currency"]))["billing_currency"])


def _payer_month(in_month: pa.Table, earlier: pa.Table, payer: str, period: str, through: date) -> PayerMonth:
    used = where(in_month, billing_account_id=payer, charge_category="Usage")
    own = pc.max(used["charged_on"]).as_py() if used.num_rows else through
    known = where(earlier, billing_account_id=payer).num_rows > 0
    return PayerMonth(payer, own, own >= last_day(period), known)


def _same_days_before(earlier: pa.Table, payers: tuple[PayerMonth, ...], period: str, today: date) -> pa.Table:
    parts = []
    for payer in payers:
        same_day = first_day(month_before(period)) + (payer.through - first_day(period))
        rows = where(earlier, billing_account_id=payer.billing_account_id)
        parts.append(until(rows, today if payer.is_complete else same_day))
    return pa.concat_tables([earlier.slice(0, 0), *parts])
