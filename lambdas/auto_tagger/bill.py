"""What the newest month of the bill says of tags: the cost of each resource, and which keys it carries."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from lambdas.auto_tagger.rules import bill_key

MART = "focus_1_2"
COLUMNS = ("SubAccountId", "RegionId", "ResourceId", "Tags", "BillingCurrency", "EffectiveCost")
# Of resources that we can tag: everything else needs no finding, though it counts for what is covered.
_TAGGABLE = re.compile(r"i-[0-9a-f]+|vol-[0-9a-f]+|snap-[0-9a-f]+|db:[^:]+|loadbalancer/.+")


@dataclass
class Billed:
    """One resource in the month: its effective cost, in one currency, and its keys as bills write them."""

    account: str
    region: str
    name: str
    currency: str
    cost: Decimal = Decimal(0)
    keys: set[str] = field(default_factory=set)

    @property
    def is_taggable(self) -> bool:
        """Whether it is of a kind that this action tags."""
        return _TAGGABLE.fullmatch(self.name) is not None


def read(path: Path) -> dict[tuple[str, str, str], Billed]:
    """Resources by account, region and name. A key counts when any charge of the month carries it."""
    found: dict[tuple[str, str, str], Billed] = {}
    keys: dict[str, set[str]] = {}
    for row in _summed(path):
        key = (row["SubAccountId"] or "", row["RegionId"] or "", name_of(row["ResourceId"]))
        known = found.setdefault(key, Billed(*key, row["BillingCurrency"] or ""))
        known.cost += row["EffectiveCost_sum"] or Decimal(0)
        tags = row["Tags"] or "{}"
        known.keys |= keys.setdefault(tags, keys_of(tags))
    return found


def name_of(billed_as: str) -> str:
    """A resource's name without account and region: `i-…`, `vol-…`, `snap-…`, `db:…` or `loadbalancer/…`."""
    if not billed_as.startswith("arn:"):
        return billed_as
    path = billed_as.split(":", 5)[-1]
    return re.sub(r"^(instance|volume|snapshot)/", "", path)


def keys_of(tags: str) -> set[str]:
    """The keys in a cell of tags that have a value, as `bill_key` writes them."""
    try:
        told: Mapping[str, Any] = json.loads(tags)
    except ValueError:
        return set()
    return {bill_key(key.removeprefix("user:").removeprefix("user_")) for key, value in told.items() if value}


def coverage(
    billed: Mapping[tuple[str, str, str], Billed], key: str, added: set[tuple[str, str, str]]
) -> dict[str, Any]:
    """Per currency: cost of all resources, of those that carry a key, and of those that would with `added`."""
    totals: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0), Decimal(0)])
    for name, one in billed.items():
        total = totals[one.currency]
        carries = bill_key(key) in one.keys
        total[0] += one.cost
        total[1] += one.cost if carries else Decimal(0)
        total[2] += one.cost if carries or name in added else Decimal(0)
    return {currency: tuple(amounts) for currency, amounts in totals.items()}


def _summed(path: Path) -> Iterator[dict[str, Any]]:
    """The charges of resources, summed by resource and tags, batch by batch: a month may be large."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=list(COLUMNS)):
            table = pa.Table.from_batches([batch])
            table = table.filter(pc.is_valid(table["ResourceId"]))
            by = [name for name in COLUMNS if name != "EffectiveCost"]
            yield from table.group_by(by).aggregate([("EffectiveCost", "sum")]).to_pylist()
