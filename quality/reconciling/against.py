"""Files of totals that a person has from elsewhere: a csv of invoices, or AWS's own answers."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lake.errors import SettingsError
from quality.reconciling.amounts import Bill
from quality.reconciling.answers import AnswerError, read_answer
from quality.reconciling.told import Told

COLUMNS = ("billing_period", "billing_account_id", "currency", "amount", "source")


def read_all(paths: Sequence[Path]) -> tuple[Told, ...]:
    """The totals of csv files and of AWS's saved answers. Raises SettingsError naming the file and what is accepted."""
    return tuple(told for path in paths for told in (_read_answer(path) if _is_json(path) else read_told(path)))


def _is_json(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        raise _error(path, f"The file cannot be read: {error}.") from error
    return path.suffix.lower() == ".json" or start[:1] in (b"{", b"[")


def _read_answer(path: Path) -> tuple[Told, ...]:
    try:
        return read_answer(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise _error(path, f"The file cannot be read: {error}.") from error
    except AnswerError as error:
        raise _error(path, error.what, error.where) from error


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
        todo=f"Give a csv with the columns {','.join(COLUMNS)}, or what the AWS CLI answers, as JSON, to "
        "`aws ce get-cost-and-usage` (MONTHLY, or DAILY over whole months) or `aws invoicing list-invoice-summaries`.",
    )
