"""One month delivered again and again, as AWS does: open, over, invoiced with its support fee, and after a refund."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.synthetic.accounts import COMPANY, PAYMENTS
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


def restatement_series(first_month: date, seed: int, **facts: Any) -> tuple[Step, ...]:
    """The deliveries of one month of each payer, the oldest first. `facts` are those of `build_ledger`.

    `open-10` and `open-20` are the month to date; `over` is the whole month without support fee and invoice number;
    `support` comes on the seventh of the next month with both, `refund` on its eighteenth with money given back to the
    first payer. Raises ValueError if `first_month` is not the first day of a month.
    """
    whole = build_ledger(first_month, 1, None, seed, **facts)
    after = whole.months[0].period.last
    steps = [
        Step(f"open-{day}", build_ledger(first_month, 1, first_month.replace(day=day), seed, **facts))
        for day in (10, 20)
    ]
    for name, told, days in (("over", _waiting, 2), ("support", _as_it_is, 7), ("refund", _given_back, 18)):
        steps.append(Step(name, _delivered(whole, map(told, whole.months), after + timedelta(days=days))))
    return tuple(steps)


def _waiting(month: Month) -> Month:
    """Over, and neither invoiced nor with its support fee."""
    period = Period(month.period.first, month.period.through, has_invoice=False)
    return replace(month, period=period, events=Events(lambda: (at for at in month.events if not _is_support(at))))


def _as_it_is(month: Month) -> Month:
    return month


def _given_back(month: Month) -> Month:
    """With a refund that the first payer was given."""
    if month.payer is not COMPANY:
        return month
    return replace(month, events=Events(lambda: chain(month.events, (_refund(month.period),))))


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


def _delivered(of: Ledger, months: Iterable[Month], on: date) -> Ledger:
    told = tuple(months)
    truth = replace(of.truth, periods=tuple(period_truth(at.period, at.events, at.terms, at.payer) for at in told))
    return replace(of, months=told, truth=truth, delivered_on=on)


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
