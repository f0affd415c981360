"""GetMetricData, in as few calls as it takes: full batches, every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from ingestion.collecting.model import Ask
from ingestion.sources.metrics.wanted import DAY, HOUR, MINUTE, STATISTICS, Metric

# What GetMetricData takes in one call, and how many values it answers in one.
BATCH, POINTS = 500, 100_800
# So long CloudWatch keeps the values of a minute.
MINUTES_KEPT = timedelta(days=15)
# AWS's public price of a metric that is asked for; there is no free share of it.
PRICE = Decimal("0.00001")

Told = dict[str, Any]
Values = Mapping[Metric, Mapping[date, Mapping[str, Any]]]


class Query(NamedTuple):
    """One statistic of a metric, as its column; `is_detail` where it is asked for parts of the day."""

    metric: Metric
    column: str
    period: int
    is_detail: bool = False


def ask_values(ask: Ask, metrics: Sequence[Metric], first: date, after: date) -> Values:
    """Per metric and day its statistics, what its detail tells, and `hour_count`, the hours in which it has values.

    Raises OverBudgetError before a batch that may not be paid for, and botocore's errors.
    """
    client = ask.client("cloudwatch")
    found: dict[Metric, dict[date, Told]] = defaultdict(lambda: defaultdict(dict))
    hours: dict[tuple[Metric, date], set[int]] = defaultdict(set)
    has_minutes = ask.now - datetime.combine(first, time(), UTC) <= MINUTES_KEPT
    queries = [query for metric in metrics for query in _queries(metric, has_minutes)]
    for batch in _batches(queries, (after - first).days):
        ask.purse.pay(PRICE * len(batch))
        for number, moments, values in _pages(client, batch, first, after):
            query = batch[number]
            for moment, value in zip(moments, values, strict=True):
                at = moment.astimezone(UTC)
                told = found[query.metric][at.date()]
                if query.column != "hour_count":
                    _tell(told, query, at.hour, value)
                if query.is_detail or (query.column == "hour_count" and value > 0):
                    hours[query.metric, at.date()].add(at.hour)
    for (metric, on), told_hours in hours.items():
        found[metric][on]["hour_count"] = len(told_hours)
    return found


def _queries(metric: Metric, has_minutes: bool) -> Iterator[Query]:
    detail = metric.detail
    is_lost = detail is not None and detail.period == MINUTE and not has_minutes
    for column in metric.statistics:
        yield Query(metric, column, DAY)
    if detail and not is_lost:
        yield Query(metric, detail.column, detail.period, is_detail=True)
        return
    if detail:
        yield Query(metric, detail.column, DAY)
    yield Query(metric, "hour_count", HOUR)


def _tell(told: Told, query: Query, hour: int, value: float) -> None:
    column = query.column
    if not query.is_detail:
        told[column] = value
        return
    told[column] = max(told.get(column, value), value) if column == "maximum" else told.get(column, 0.0) + value
    if query.period == MINUTE:
        told["busiest_minute"] = max(told.get("busiest_minute", value), value)
    else:
        told.setdefault("hourly", {})[f"{hour:02}"] = value


def _batches(queries: Sequence[Query], days: int) -> Iterator[list[Query]]:
    """As many in a call as it takes, and as its one page of answer holds: AWS does not tell what more pages cost."""
    batch: list[Query] = []
    points = 0
    for query in queries:
        more = days * DAY // query.period
        if batch and (len(batch) == BATCH or points + more > POINTS):
            yield batch
            batch, points = [], 0
        batch.append(query)
        points += more
    if batch:
        yield batch


def _pages(
    client: Any, batch: Sequence[Query], first: date, after: date
) -> Iterator[tuple[int, list[datetime], list[float]]]:
    arguments: dict[str, Any] = {
        "MetricDataQueries": [_query(number, query) for number, query in enumerate(batch)],
        "StartTime": datetime.combine(first, time(), UTC),
        "EndTime": datetime.combine(after, time(), UTC),
        "ScanBy": "TimestampAscending",
    }
    for page in client.get_paginator("get_metric_data").paginate(**arguments):
        for one in page["MetricDataResults"]:
            if one.get("StatusCode") in ("InternalError", "Forbidden"):
                raise ValueError(f"CloudWatch answers {one['StatusCode']} for {one.get('Label', one['Id'])}")
            yield int(one["Id"][1:]), one["Timestamps"], one["Values"]


def _query(number: int, query: Query) -> dict[str, Any]:
    metric = query.metric
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {
        "Id": f"q{number}",
        "MetricStat": {
            "Metric": {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions},
            "Period": query.period,
            "Stat": "SampleCount" if query.column == "hour_count" else STATISTICS[query.column],
        },
        "ReturnData": True,
    }
