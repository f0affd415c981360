"""What Cost Explorer tells of costs: GetCostAndUsage by day and month, at a cent a page.

The amounts are those of the whole organization where the caller's account pays its bill, else of that account alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from ingestion.collecting.model import Ask, Row, Source, Span
from ingestion.collecting.rows import money
from lake.settings import Collecting

# AWS's public price of a page, whatever it holds.
PRICE = Decimal("0.01")
# Cost Explorer has one address for all regions.
ADDRESS = "us-east-1"
METRICS = {
    "UnblendedCost": "unblended_cost",
    "NetUnblendedCost": "net_unblended_cost",
    "AmortizedCost": "amortized_cost",
    "NetAmortizedCost": "net_amortized_cost",
}
_COLUMNS = {"LINKED_ACCOUNT": "sub_account_id", "SERVICE": "service_name", "RECORD_TYPE": "record_type"}
# AWS keeps twelve months and the open one.
_MONTHS = 12


@dataclass(frozen=True)
class Question:
    """One grouping: by day from the first of the month before, or by month as far back as AWS remembers."""

    granularity: str
    groups: tuple[str, ...]


QUESTIONS = {
    "daily_by_account_and_service": Question("DAILY", ("LINKED_ACCOUNT", "SERVICE")),
    "daily_by_service_and_record_type": Question("DAILY", ("SERVICE", "RECORD_TYPE")),
    "monthly_by_account_and_service": Question("MONTHLY", ("LINKED_ACCOUNT", "SERVICE")),
    "monthly_by_account_and_record_type": Question("MONTHLY", ("LINKED_ACCOUNT", "RECORD_TYPE")),
}
TAGS = "monthly_by_tag"


def read(question: Question, ask: Ask) -> Iterator[Row]:
    """The amounts of one grouping. Raises OverBudgetError before a page that may not be paid for."""
    groups = [{"Type": "DIMENSION", "Key": one} for one in question.groups]
    yield from _answer(ask, question, groups)


def read_tags(ask: Ask) -> Iterator[Row]:
    """The amounts of each account by the values of each tag that settings name, a question per tag."""
    for key in ask.settings.tag_keys:
        question = Question("MONTHLY", ("LINKED_ACCOUNT", "TAG"))
        groups = [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}, {"Type": "TAG", "Key": key}]
        for row in _answer(ask, question, groups):
            # Cost Explorer writes key$value, and no value for what lacks the tag.
            yield {**row, "tag_key": key}


def _answer(ask: Ask, question: Question, groups: list[dict[str, str]]) -> Iterator[Row]:
    start, end = _period(question.granularity, ask.now.astimezone(UTC).date())
    arguments: dict[str, Any] = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Granularity": question.granularity,
        "Metrics": list(METRICS),
        "GroupBy": groups,
    }
    client = ask.client("ce", ADDRESS)
    # botocore cannot page through this one.
    while True:
        ask.purse.pay(PRICE)
        page = client.get_cost_and_usage(**arguments)
        names = {one["Value"]: one.get("Attributes", {}) for one in page.get("DimensionValueAttributes", [])}
        for result in page["ResultsByTime"]:
            for group in result["Groups"]:
                yield _row(question, result, group, names)
        if not page.get("NextPageToken"):
            return
        arguments["NextPageToken"] = page["NextPageToken"]


def _row(question: Question, result: Mapping[str, Any], group: Mapping[str, Any], names: Mapping[str, Any]) -> Row:
    row: Row = {
        "granularity": question.granularity,
        "period_start": date.fromisoformat(result["TimePeriod"]["Start"]),
        "period_end": date.fromisoformat(result["TimePeriod"]["End"]),
        "grouped_by": ",".join(question.groups),
        "is_estimated": bool(result.get("Estimated")),
    }
    for by, key in zip(question.groups, group["Keys"], strict=True):
        if by == "TAG":
            row["tag_value"] = key.partition("$")[2]
        else:
            row[_COLUMNS[by]] = key
        if by == "LINKED_ACCOUNT":
            row["sub_account_name"] = names.get(key, {}).get("description")
    units = {told["Unit"] for metric, told in group["Metrics"].items() if metric in METRICS and told.get("Unit")}
    if len(units) > 1:
        raise ValueError(f"amounts of one group in {sorted(units)}")
    amounts = {METRICS[name]: money(told["Amount"]) for name, told in group["Metrics"].items() if name in METRICS}
    return {**row, **amounts, "billing_currency": next(iter(units), None)}


def _period(granularity: str, today: date) -> tuple[date, date]:
    """From the first of a month until today is over; what of today is not known yet is an estimate, as AWS marks it."""
    months = 1 if granularity == "DAILY" else _MONTHS
    count = today.year * 12 + today.month - 1 - months
    return date(count // 12, count % 12 + 1, 1), today + timedelta(days=1)


def _least_price(settings: Collecting) -> Decimal:
    return PRICE * (len(QUESTIONS) + len(settings.tag_keys))


SOURCE = Source(
    "cost_explorer",
    "costs",
    Span.PAYER,
    {**{name: partial(read, question) for name, question in QUESTIONS.items()}, TAGS: read_tags},
    least_price=_least_price,
)
