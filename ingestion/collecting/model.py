"""What a source is: questions that can be put to an account in a region, and how its answers become rows."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from lake.accounts import Accounts
from lake.collected.days import Asked, latest_rows
from lake.settings import Collecting
from lake.store import Store

Row = dict[str, Any]

GLOBAL = "global"


class Span(StrEnum):
    """Where a question is put."""

    REGIONS = "each account and region"
    ACCOUNTS = "each account"
    PAYER = "the caller's own account"


class OverBudgetError(Exception):
    """A question would cost more than the collection may spend; the message says so in words."""


class UnavailableError(Exception):
    """The account does not have the service; the message says what to do to have it."""


@dataclass
class Purse:
    """What the questions of one collection may cost together, in dollars, and what they did cost."""

    budget: Decimal
    spent: Decimal = Decimal(0)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def pay(self, price: Decimal) -> None:
        """Before a question that costs `price` dollars. Raises OverBudgetError when it may not be asked."""
        with self.lock:
            if self.spent + price > self.budget:
                raise OverBudgetError(
                    f"${self.spent + price:.4f} would be more than ${self.budget:.2f}, and no more may be spent"
                )
            self.spent += price


@dataclass(frozen=True)
class Inventory:
    """The resources that are known, by account, region and kind, and which questions for them were ever answered."""

    resources: Mapping[tuple[str, str, str], Sequence[Row]]
    answered: Collection[Asked]

    @classmethod
    def read(cls, store: Store) -> Inventory:
        """The newest answers in the lake. Raises LakeError for a damaged file."""
        rows, answers = latest_rows(store, "inventory")
        found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for one in rows.to_pylist(maps_as_pydicts="strict"):
            found[one["account_id"], one["region_id"], one["resource_type"]].append(one)
        return cls(found, frozenset(answers))


@dataclass(frozen=True)
class Ask:
    """One question being asked: where, when, and by which means. `now` is aware UTC.

    `region` is the one that is called; a question without a region is put in the home region. `through` is told by a
    reader that is asked for days: the last day that it could read to its end, ISO. `inventory` reads it once for all.
    """

    account: str
    region: str
    now: datetime
    accounts: Accounts
    store: Store
    settings: Collecting
    purse: Purse
    inventory: Callable[[], Inventory]
    through: list[str] = field(default_factory=list)

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service there. Raises UnreachableError."""
        return self.accounts.client(service, self.account, region or self.region)

    def pages(self, service: str, operation: str, **arguments: Any) -> Iterable[Any]:
        """Every page of an operation that botocore can page. Raises what botocore raises."""
        pages: Iterable[Any] = self.client(service).get_paginator(operation).paginate(**arguments)
        return pages


Reader = Callable[[Ask], Iterable[Row]]


@dataclass(frozen=True)
class Source:
    """A landed table: its name, its questions by name, and where they are put.

    `once` are questions that are put to the caller's own account alone, whatever the span. `least_price` are the
    dollars that asking costs at least; None when it costs nothing.
    """

    name: str
    title: str
    span: Span
    parts: Mapping[str, Reader]
    least_price: Callable[[Collecting], Decimal] | None = None
    once: Mapping[str, Reader] = field(default_factory=dict)
