"""GetMetricData, in as few calls as it takes: full batches, every page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from ingestion.collecting.model import Ask
from ingestion.sources.metrics.wanted import STATISTICS, Metric

# What GetMetricData takes in one call.
BATCH = 500
DAY, HOUR = 86_400, 3_600
# AWS's public price of a metric that is asked for; there is no free share of it.
PRICE = Decimal("0.00001")

Values = Mapping[Metric, Mapping[date, Mapping[str, float | int]]]


def ask_values(ask: Ask, metrics: Sequence[Metric], first: date, after: date) -> Values:
    """Per metric and day its statistics and `hour_count`, the hours in which it has values.

    Raises OverBudgetError before a batch that may not be paid for, and botocore's errors.
    """
    client = ask.client("cloudwatch")
    found: dict[Metric, dict[date, dict[str, float | int]]] = defaultdict(lambda: defaultdict(dict))
    queries = [(metric, column) for metric in metrics for column in (*metric.statistics, "hour_count")]
    for start in range(0, len(queries), BATCH):
        batch = queries[start : start + BATCH]
        ask.purse.pay(PRICE * len(batch))
        for number, moments, values in _pages(client, batch, first, after):
            metric, column = batch[number]
            for moment, value in zip(moments, values, strict=True):
                on = moment.astimezone(UTC).date()
                if column != "hour_count":
                    found[metric][on][column] = value
                elif value > 0:
                    found[metric][on]["hour_count"] = found[metric][on].get("hour_count", 0) + 1
    return found


def _pages(
    client: Any, batch: Sequence[tuple[Metric, str]], first: date, after: date
) -> Iterator[tuple[int, list[datetime], list[float]]]:
    arguments: dict[str, Any] = {
        "MetricDataQueries": [_query(number, metric, column) for number, (metric, column) in enumerate(batch)],
        "StartTime": datetime.combine(first, time(), UTC),
        "EndTime": datetime.combine(after, time(), UTC),
        "ScanBy": "TimestampAscending",
    }
    for page in client.get_paginator("get_metric_data").paginate(**arguments):
        for one in page["MetricDataResults"]:
            if one.get("StatusCode") in ("InternalError", "Forbidden"):
                raise ValueError(f"CloudWatch answers {one['StatusCode']} for {one.get('Label', one['Id'])}")
            yield int(one["Id"][1:]), one["Timestamps"], one["Values"]


def _query(number: int, metric: Metric, column: str) -> dict[str, Any]:
    is_coverage = column == "hour_count"
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {
        "Id": f"q{number}",
        "MetricStat": {
            "Metric": {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions},
            "Period": HOUR if is_coverage else DAY,
            "Stat": "SampleCount" if is_coverage else STATISTICS[column],
        },
        "ReturnData": True,
    }
