"""What is known of the resources: the newest inventory, how long each was found so, and what the metrics say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from lake.collected.days import Answer, Asked, days, latest_rows, rows_of
from lake.errors import LakeError
from lake.store import Store

# How far back is read: days of metrics that a rule looks at, and days for which a resource is known to be as it is.
LONGEST_JUDGED = timedelta(days=40)
LONGEST_SEEN = timedelta(days=120)
# The metrics that rules speak of; the others are for the marts.
JUDGED = (
    *("CPUUtilization", "NetworkIn", "NetworkOut", "mem_used_percent", "Memory % Committed Bytes In Use"),
    *("VolumeReadOps", "VolumeWriteOps", "DatabaseConnections", "PacketsInFromSource", "PacketsInFromDestination"),
)

Resource = Mapping[str, Any]
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Day:
    """One day of a metric, in CloudWatch's units; None is not told. `coverage` is the share of hours with values."""

    average: float | None
    minimum: float | None
    maximum: float | None
    p99_5: float | None
    total: float | None
    coverage: float


@dataclass(frozen=True)
class Known:
    """All facts. `seen` are, per resource, its inventory days in order, each with its state and number of users.

    `not_answered` are the questions whose newest answer is a failure: what they ask for is old or not known at all.
    """

    resources: Sequence[Resource]
    seen: Mapping[Key, Sequence[tuple[date, str | None, int | None]]]
    metrics: Mapping[Key, Mapping[str, Mapping[date, Day]]]
    types: Mapping[tuple[str, str], Resource]
    answered: Mapping[Asked, Answer]
    prices: Mapping[tuple[str, str, str | None, str | None], Resource]
    not_answered: Sequence[tuple[str, Answer]] = field(default=())

    @cached_property
    def by_id(self) -> Mapping[tuple[str, str, str], Resource]:
        """Resources by account, region and id."""
        return {(one["account_id"], one["region_id"], one["resource_id"]): one for one in self.resources}

    @cached_property
    def held_snapshots(self) -> Collection[tuple[str, str]]:
        """Region and id of the snapshots that images are made of."""
        images = (one for one in self.resources if one["resource_type"] == "image")
        return {(one["region_id"], each) for one in images for each in (one["source_id"] or "").split(",")}

    @cached_property
    def volumes(self) -> Collection[tuple[str, str]]:
        """Region and id of all volumes, in whichever account."""
        return {(one["region_id"], one["resource_id"]) for one in self.resources if one["resource_type"] == "volume"}

    def of(self, resource: Resource, metric: str) -> Mapping[date, Day]:
        """The days of one metric of a resource; none where it was not asked for."""
        return self.metrics.get(key_of(resource), {}).get(metric, {})

    def is_answered(self, part: str, resource: Resource) -> bool:
        """Whether this question was ever answered where the resource is."""
        return Asked(part, resource["account_id"], resource["region_id"]) in self.answered


def key_of(row: Mapping[str, Any]) -> Key:
    """What makes a resource unique."""
    return row["account_id"], row["region_id"], row["resource_type"], row["resource_id"]


def read_known(store: Store, today: date) -> Known:
    """The newest answers in the lake, and what the weeks before `today` (UTC) say of them.

    Raises LakeError when nothing was ever collected, or a file is damaged.
    """
    inventory = days(store, "inventory")
    if not inventory:
        raise LakeError(
            "The lake knows no resource of any account.",
            where=store.uri,
            todo="Run `finops collect inventory instance_types metrics` first.",
        )
    rows, answered = latest_rows(store, "inventory")
    types, _ = latest_rows(store, "instance_types")
    return Known(
        resources=rows.to_pylist(maps_as_pydicts="strict"),
        seen=_seen(store, today),
        metrics=_metrics(store, today),
        types={(one["region_id"], one["instance_type"]): one for one in types.to_pylist()},
        answered=answered,
        prices=_prices(store),
        not_answered=_not_answered(store),
    )


def _seen(store: Store, today: date) -> Mapping[Key, Sequence[tuple[date, str | None, int | None]]]:
    found: dict[Key, list[tuple[date, str | None, int | None]]] = defaultdict(list)
    names = ["account_id", "region_id", "resource_type", "resource_id", "state", "use_count"]
    for day in days(store, "inventory"):
        on = date.fromisoformat(day.collected_on)
        if on < today - LONGEST_SEEN:
            continue
        for row in rows_of(store, day).select(names).to_pylist():
            found[key_of(row)].append((on, row["state"], row["use_count"]))
    return found


def _metrics(store: Store, today: date) -> Mapping[Key, Mapping[str, Mapping[date, Day]]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[Key, dict[str, dict[date, Day]]] = defaultdict(lambda: defaultdict(dict))
    begin = pa.scalar(today - LONGEST_JUDGED, pa.date32())
    # Oldest first: what a later collection tells of a day takes the place of what was told before.
    for day in days(store, "metrics"):
        rows = rows_of(store, day)
        wanted = pc.and_(pc.greater_equal(rows["metric_on"], begin), pc.is_in(rows["metric_name"], pa.array(JUDGED)))
        for row in rows.filter(wanted).to_pylist():
            expected = row["expected_hour_count"]
            found[key_of(row)][row["metric_name"]][row["metric_on"]] = Day(
                row["average"],
                row["minimum"],
                row["maximum"],
                row["p99_5"],
                row["total"],
                min(1.0, row["hour_count"] / expected) if expected else 0.0,
            )
    return found


def _prices(store: Store) -> Mapping[tuple[str, str, str | None, str | None], Resource]:
    rows, _ = latest_rows(store, "prices")
    found: dict[tuple[str, str, str | None, str | None], Resource] = {}
    for one in rows.to_pylist():
        key = (one["region_id"], one["resource_type"], one["type"], one["platform"])
        # Where a price list has several of a kind, the lowest is no exaggeration.
        if key not in found or one["price"] < found[key]["price"]:
            found[key] = one
    return found


def _not_answered(store: Store) -> list[tuple[str, Answer]]:
    newest: dict[tuple[str, Asked], Answer] = {}
    for source in ("inventory", "metrics", "instance_types"):
        for day in days(store, source):
            for answer in sorted(day.answers, key=lambda one: one.collected_at):
                newest[source, answer.asked] = answer
    return [(source, answer) for (source, _), answer in newest.items() if not answer.is_ok]
