"""Totals that a person has from elsewhere, from invoices or from Cost Explorer, as a csv file."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lake.errors import SettingsError
from quality.totals import Bill

COLUMNS = ("billing_period", "billing_account_id", "currency", "amount", "source")
# Invoices are in cents and the bill is not: each amount told may be off by so much.
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Told:
    """What one source says a payer's month costs: the sum of its amounts, in the bill's currency, and how many."""

    bill: Bill
    source: str
    amount: Decimal
    amount_count: int

    @property
    def tolerance(self) -> Decimal:
        """A cent for each amount that was added up."""
        return CENT * self.amount_count


def read_told(path: Path) -> tuple[Told, ...]:
    """The totals of a csv file with the columns of `COLUMNS`; the amounts of one month, payer and source are added up.

    Raises SettingsError naming the line and the column that cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise _error(path, f"The file lacks the columns {', '.join(missing)}.")
            lines = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _error(path, f"The file cannot be read: {error}.") from error
    sums: dict[tuple[Bill, str], list[Decimal]] = {}
    for number, row in lines:
        bill, source, amount = _line(path, number, row)
        sums.setdefault((bill, source), []).append(amount)
    if not sums:
        raise _error(path, "The file holds no amount.")
    return tuple(
        Told(bill, source, sum(amounts, Decimal(0)), len(amounts)) for (bill, source), amounts in sorted(sums.items())
    )


def _line(path: Path, number: int, row: dict[str, str | None]) -> tuple[Bill, str, Decimal]:
    period, account, currency, amount, source = ((row[name] or "").strip() for name in COLUMNS)
    where = f"line {number}"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", period):
        raise _error(path, f"The billing_period {period!r} is not a month as YYYY-MM.", where)
    if not re.fullmatch(r"\d+", account):
        raise _error(path, f"The billing_account_id {account!r} is no account id; a spreadsheet may spoil them.", where)
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise _error(path, f"The currency {currency!r} is not a code such as USD.", where)
    if not source:
        raise _error(
            path, "The source is blank: say where the amount is from, such as the number of the invoice.", where
        )
    try:
        exact = Decimal(amount)
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite():
        raise _error(path, f"The amount {amount!r} is not a number; write it as 1234.56.", where)
    return Bill(period, account, currency), source, exact


def _error(path: Path, what: str, where: str = "") -> SettingsError:
    return SettingsError(
        what,
        where=", ".join(part for part in (f"--against {path}", where) if part),
        todo=f"The file is a csv with the columns {','.join(COLUMNS)}.",
    )
