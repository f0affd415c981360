"""What resources did: CloudWatch's metrics of what the inventory knows, a row per resource, metric and day.

Asked are the days that are over, two weeks at first, later those since. A day without values is told as such, with no
value and no hour: whether nothing happened or nobody measured is for the reader to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

from ingestion.collecting.model import Ask, Row, Source, Span, UnavailableError
from ingestion.sources.metrics.batches import ask_values
from ingestion.sources.metrics.wanted import AGENT, AGENT_METRICS, Metric, memory_of, metrics_of
from lake.collected.days import Asked, days, latest

LOOK_BACK = 14
# CloudWatch forgets hours after 455 days; who was away for longer than this begins anew.
LONGEST = 63
_KINDS = ("instance", "volume", "database", "nat_gateway", "load_balancer")
_DAY = timedelta(days=1)


def read(kind: str, ask: Ask) -> Iterator[Row]:
    """The metrics of all resources of one kind in one account and region.

    Raises UnavailableError where the inventory of them is not known.
    """
    found = {one["resource_id"]: one for one in _resources(kind, ask)}
    first, after = _days(kind, ask)
    metrics = [metric for one in found.values() for metric in metrics_of(one)]
    if kind == "instance" and found:
        metrics += _memory(ask, set(found))
    values = ask_values(ask, metrics, first, after)
    for metric in metrics:
        made = found[metric.resource_id]["created_at"]
        for number in range((after - first).days):
            on = first + number * _DAY
            told = values[metric].get(on, {})
            expected = _expected(on, made)
            if expected or told:
                yield {
                    "resource_type": metric.resource_type,
                    "resource_id": metric.resource_id,
                    "metric_name": metric.name,
                    "metric_on": on,
                    "hour_count": 0,
                    "expected_hour_count": expected,
                    **told,
                }
    ask.through.append((after - _DAY).isoformat())


def _resources(kind: str, ask: Ask) -> Sequence[Row]:
    inventory = ask.inventory()
    parts = (kind, "classic_load_balancer") if kind == "load_balancer" else (kind,)
    if not any(Asked(part, ask.account, ask.region) in inventory.answered for part in parts):
        raise UnavailableError(f"the {kind} inventory of this place is not known; collect `inventory` first")
    return inventory.resources.get((ask.account, ask.region, kind), ())


def _days(kind: str, ask: Ask) -> tuple[date, date]:
    """The first day to ask for, and the one after the last: today is not over.

    What was collected today is asked again as it was, since this collection takes its place.
    """
    today = ask.now.astimezone(UTC).date()
    before = [one for one in days(ask.store, "metrics") if one.collected_on < today.isoformat()]
    known = latest(before).get(Asked(kind, ask.account, ask.region))
    if known is None or not known[1].through:
        return today - LOOK_BACK * _DAY, today
    since = date.fromisoformat(known[1].through) + _DAY
    if since < today - LONGEST * _DAY:
        return today - LOOK_BACK * _DAY, today
    return min(since, today - _DAY), today


def _memory(ask: Ask, instances: set[str]) -> list[Metric]:
    """What the CloudWatch agent tells of memory; nothing where none is installed."""
    found: dict[str, Metric] = {}
    for name in AGENT_METRICS:
        for page in ask.pages("cloudwatch", "list_metrics", Namespace=AGENT, MetricName=name):
            for listed in page["Metrics"]:
                metric = memory_of(listed)
                # An instance whose type was changed is listed under both; the fewest dimensions tell the whole of it.
                if metric and metric.resource_id in instances:
                    known = found.get(metric.resource_id)
                    if known is None or len(metric.dimensions) < len(known.dimensions):
                        found[metric.resource_id] = metric
    return list(found.values())


def _expected(on: date, made: datetime | None) -> int:
    """Hours of a day, UTC, in which a resource was there."""
    begins = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - the lake's moments are UTC without a zone
    if made is None or made <= begins:
        return 24
    return max(0, 24 - int((made - begins) / timedelta(hours=1)))


SOURCE = Source(
    "metrics",
    "metrics",
    Span.REGIONS,
    {kind: partial(read, kind) for kind in _KINDS},
    # A hundredth of a cent for ten; how many there are is known when the inventory is.
    least_price=lambda _: Decimal(0),
)
