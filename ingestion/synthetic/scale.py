"""A company many times over: the same story in accounts of its own, with resources, noise and amounts of its own."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from ingestion.synthetic.accounts import IDS_PER_COPY, Account
from ingestion.synthetic.events.model import Event, Meter, Paid, Reservation, SavingsPlan, Use, quantity, used
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.truth import PlantedAnomaly, PlantedIdle, PlantedOversized, PlantedRightsizing

Planted = TypeVar("Planted", PlantedIdle, PlantedRightsizing, PlantedOversized, PlantedAnomaly)

_ACCOUNT_ID = re.compile(r"1000\d{8}")
# Ids that come from the seed, and so are other ones in every copy.
_SEEDED = re.compile(r"^(i|vol|snap|eni)-[0-9a-f]+$")
# What differs in amount from copy to copy: no hours, since a machine runs or not, and no sizes that rules judge.
_SAME_AMOUNT = frozenset({"", "Hrs", "hours", "ShardHour", "vCPU-Hours", "Units", "Month", "Secrets"})
_LEAST, _MOST = 0.4, 1.6
# Fields of events that speak of somebody or something.
_NAMING = frozenset({"meter", "cover", "plan", "reservation", "account", "parent"})


@dataclass(frozen=True)
class Copy:
    """One of the copies of a company; number 0 is the company itself. `seed` names its resources and its noise."""

    number: int
    seed: int

    def scene(self, of: Scene) -> Scene:
        """The same month, with the ids and the noise of this copy."""
        return replace(of, seed=self.seed)

    def text(self, words: str) -> str:
        """A resource id or ARN as this copy has it."""
        if not self.number or not words:
            return words
        told = _ACCOUNT_ID.sub(lambda found: self._account_id(found[0]), words)
        return f"{words}-{self.number}" if told == words and not _SEEDED.match(words) else told

    def account(self, of: Account) -> Account:
        """The account of the same purpose, as this copy has it."""
        return replace(of, id=self._account_id(of.id), name=f"{of.name}-{self.number}") if self.number else of

    def events(self, of: Iterable[Event]) -> Iterator[Event]:
        """The same events in other accounts. What is metered by quantity has other amounts, at the same prices."""
        return iter(of) if not self.number else map(_Names(self).event, of)

    def planted(self, of: Iterable[Planted]) -> Iterator[Planted]:
        """What is planted in this copy."""
        for one in of:
            yield replace(one, resource_id=self.text(one.resource_id), account=self._account_id(one.account))

    def _account_id(self, number: str) -> str:
        return f"{int(number) + IDS_PER_COPY * self.number:012d}"


def copies(seed: int, count: int) -> Sequence[Copy]:
    """The company and its copies, `count` in all."""
    seeds = (int(hashlib.sha256(f"{seed}/copy/{at}".encode()).hexdigest()[:8], 16) for at in range(1, count))
    return (Copy(0, seed), *(Copy(at, own) for at, own in enumerate(seeds, start=1)))


class _Names:
    """Who and what the events of one copy speak of. Kept, so that events of one meter share theirs."""

    def __init__(self, copy: Copy) -> None:
        self._copy = copy
        self._known: dict[object, Any] = {}
        self._factors: dict[Meter, Decimal] = {}

    def event(self, event: Event) -> Event:
        named = {name: self._of(getattr(event, name)) for name in _naming_fields(type(event))}
        if isinstance(event, Use):
            meter: Meter = named["meter"]
            if event.paid in (Paid.ON_DEMAND, Paid.FREE) and meter.unit not in _SAME_AMOUNT:
                return self._other_amount(event, meter)
        return event._replace(**named)

    def _other_amount(self, use: Use, meter: Meter) -> Use:
        if meter.seller or "EBS:" in meter.usage_type:
            return use._replace(meter=meter)
        factor = self._factors.get(meter)
        if factor is None:
            chance = random.Random(f"{self._copy.seed}/{meter.usage_type}/{meter.resource_id}")  # noqa: S311  # nosec B311
            factor = self._factors[meter] = Decimal(f"{chance.uniform(_LEAST, _MOST):.3f}")
        amount = use.quantity * factor
        is_whole = use.quantity == use.quantity.to_integral_value()
        return used(meter, use.span, Decimal(int(amount)) if is_whole else quantity(float(amount)), use.paid)

    def _of(self, thing: Any) -> Any:
        found = self._known.get(thing)
        if found is None and thing is not None:
            found = self._known[thing] = self._made(thing)
        return found

    def _made(self, thing: Any) -> Any:
        if isinstance(thing, str):
            return self._copy.text(thing)
        if isinstance(thing, Account):
            return self._copy.account(thing)
        account = self._copy.account(thing.account)
        if isinstance(thing, Reservation | SavingsPlan):
            return replace(thing, account=account, arn=self._copy.text(thing.arn))
        return replace(thing, account=account, resource_id=self._copy.text(thing.resource_id))


_FIELDS: dict[type, tuple[str, ...]] = {}


def _naming_fields(kind: type) -> tuple[str, ...]:
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(name for name in kind._fields if name in _NAMING)  # type: ignore[attr-defined]
    return _FIELDS[kind]
