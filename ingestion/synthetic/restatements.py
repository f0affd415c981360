"""One month delivered again and again, as AWS does: open, over, invoiced with its support fee, and after a refund."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.synthetic.accounts import PAYMENTS
from ingestion.synthetic.discounts import NO_TERMS, Terms
from ingestion.synthetic.events.model import Charge, ChargeKind, Event
from ingestion.synthetic.files import write_whole
from ingestion.synthetic.ledger import Events, Ledger, Month, build_ledger
from ingestion.synthetic.periods import HOUR, Period, months_before, span
from ingestion.synthetic.regions import VIRGINIA
from ingestion.synthetic.truth import period_truth

if TYPE_CHECKING:
    from ingestion.synthetic.forms import WriteBills

REFUND = Decimal("-412.60")
_REFUNDED_AFTER = timedelta(days=17)


@dataclass(frozen=True)
class Step:
    """One delivery: what happened since the one before, and the ledger as AWS knows it on its `delivered_on`."""

    name: str
    ledger: Ledger


def restatement_series(
    first_month: date, seed: int, *, wide: bool = False, terms: Terms = NO_TERMS
) -> tuple[Step, ...]:
    """The deliveries of one month, the oldest first.

    `open-10` and `open-20` are the month to date; `over` is the whole month without support fee and invoice number;
    `support` comes on the seventh of the next month with both, `refund` on its eighteenth with money given back.
    Raises ValueError if `first_month` is not the first day of a month.
    """
    whole = build_ledger(first_month, 1, None, seed, wide=wide, terms=terms)
    (month,) = whole.months
    after = month.period.last
    steps = [
        Step(f"open-{day}", build_ledger(first_month, 1, first_month.replace(day=day), seed, wide=wide, terms=terms))
        for day in (10, 20)
    ]
    waiting = Period(month.period.first, month.period.through, has_invoice=False)
    without = Events(lambda: (event for event in month.events if not _is_support(event)))
    steps.append(
        Step("over", _delivered(whole, replace(month, period=waiting, events=without), after + timedelta(days=2)))
    )
    steps.append(Step("support", _delivered(whole, month, after + timedelta(days=7))))
    given_back = replace(month, events=Events(lambda: chain(month.events, (_refund(month.period),))))
    steps.append(Step("refund", _delivered(whole, given_back, after + timedelta(days=18))))
    return tuple(steps)


def write_restatements(steps: Sequence[Step], out: Path, write: WriteBills, **layout: Any) -> Iterator[Path]:
    """Write the bucket as it lay after each delivery, `out`/<number>-<name>, with its truth.json; yields each folder.

    `layout` are the choices of `write`. Ingest the folders one by one to replay the month: each holds what the
    deliveries before left there, beside or below the newest one, as the export keeps them or overwrites them.
    Raises OSError if `out` cannot be written.
    """
    before: Path | None = None
    for number, step in enumerate(steps, start=1):
        folder = out / f"{number}-{step.name}"
        if before:
            shutil.copytree(before, folder, copy_function=_link, dirs_exist_ok=True)
        write(step.ledger, folder, **layout)
        text = step.ledger.truth.as_json()
        write_whole(folder / "truth.json", lambda aside: aside.write_text(text, encoding="utf-8"))  # noqa: B023
        before = folder
        yield folder


def _link(old: str, new: str) -> None:
    """The same file under another name; writers put new files in place of old ones and change none."""
    Path(new).unlink(missing_ok=True)
    try:
        os.link(old, new)
    except OSError:
        shutil.copyfile(old, new)


def last_replayable(today: date) -> date:
    """The first day of the newest month whose whole series AWS would have delivered by `today`."""
    first = today.replace(day=1)
    while first + _REFUNDED_AFTER > today:
        first = months_before(first, 1)
    return months_before(first, 1)


def _delivered(of: Ledger, month: Month, on: date) -> Ledger:
    truth = replace(of.truth, periods=(period_truth(month.period, month.events, month.terms),))
    return replace(of, months=(month,), truth=truth, delivered_on=on)


def _is_support(event: Event) -> bool:
    return isinstance(event, Charge) and event.product_code.startswith("AWSSupport")


def _refund(period: Period) -> Charge:
    """Money given back after the month was closed, dated into its last day."""
    moment = period.hours[-1].start
    return Charge(
        *(ChargeKind.REFUND, PAYMENTS, "AmazonRDS", "Amazon Relational Database Service"),
        *(span(moment, moment + HOUR), REFUND, "Refund for storage that was billed twice", VIRGINIA),
        "RDS:Multi-AZ-GP3-Storage",
    )
