"""Cost Explorer's rightsizing as its console gives it: a csv file, for accounts that nobody may ask.

The columns were taken from a file that AWS's Well-Architected Labs publish. The file tells neither currency nor days:
AWS estimates in dollars, in China in yuan, and of fourteen days unless told otherwise.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from ingestion.collecting.model import Row
from ingestion.collecting.rows import joined, money
from lake.errors import SettingsError

PART = "cost_explorer_csv"
# Who was asked: nobody.
ASKED = "file"
OPTIONS = 3

_ASKED_FOR = ("Account ID", "Instance ID", "Instance type", "Region", "Recommended action")
_ACTIONS = {"Modify": "MODIFY", "Terminate": "TERMINATE"}
_TARGET = "Recommended instance type"
# AWS's samples hide the account so; a spreadsheet makes 8.36E+11 of it.
_ACCOUNT = re.compile(r"[0-9]{12}|X{12}")


def read(path: Path) -> Iterator[Row]:
    """A row per instance to terminate, and per type that an instance could be. Amounts exact, no rounding.

    Raises SettingsError for a file that cannot be read, lacks a column, or holds what no such file says.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            if missing := [name for name in _ASKED_FOR if name not in (reader.fieldnames or ())]:
                raise _refused(path, f"It has no column {missing[0]!r}")
            for told in reader:
                yield from _rows(path, reader.line_num, told)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _refused(path, f"It cannot be read: {error}") from error


def _rows(path: Path, line: int, told: Mapping[str, str]) -> Iterator[Row]:
    account, action = told["Account ID"], told["Recommended action"]
    if not _ACCOUNT.fullmatch(account):
        raise _refused(path, f"Line {line}: {account!r} is no account of twelve digits")
    if action not in _ACTIONS:
        raise _refused(path, f"Line {line}: the action {action!r} is not one of {', '.join(_ACTIONS)}")
    region = region_code(told["Region"])
    about: Row = {
        "recommended_by": "cost_explorer",
        "account_id": account,
        "region_id": region,
        "resource_type": "instance",
        "resource_id": told["Instance ID"],
        "resource_name": told.get("Instance name") or None,
        "finding": _ACTIONS[action],
        "finding_reasons": joined(word.strip() for word in (told.get("Finding reason(s)") or "").split(",")) or None,
        "current_type": told["Instance type"],
        "billing_currency": "CNY" if region.startswith("cn-") else "USD",
    }
    if action == "Terminate":
        yield {**about, "action": "Terminate", "rank": 1, **_saved(path, line, told, 1)}
        return
    for number in range(1, OPTIONS + 1):
        if target := told.get(f"{_TARGET} {number}"):
            option = {"action": "Rightsize", "rank": number, "recommended_type": target}
            yield {**about, **option, **_saved(path, line, told, number)}


def _saved(path: Path, line: int, told: Mapping[str, str], number: int) -> Row:
    amount = told.get(f"{_TARGET} {number} Estimated savings")
    try:
        return {"monthly_savings_cost": money(amount)}
    except ArithmeticError as error:
        raise _refused(path, f"Line {line}: {amount!r} is no amount") from error


def region_code(words: str) -> str:
    """The code of a region that AWS tells in words, by botocore's own list; what it does not have stays as it is."""
    return _codes().get(words.replace("EU (", "Europe ("), words)


@cache
def _codes() -> Mapping[str, str]:
    from botocore.loaders import Loader

    partitions = Loader().load_data("endpoints")["partitions"]
    return {facts["description"]: code for partition in partitions for code, facts in partition["regions"].items()}


def _refused(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"This is no file of rightsizing recommendations. {why}.",
        where=str(path),
        todo="Download it anew: Cost Explorer, Rightsizing recommendations, Download CSV; leave it as it comes.",
    )
