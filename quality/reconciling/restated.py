"""What the newest deliveries of a month bill beside the ones before, from the records of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from lake.store import Store
from lake.turns import shelves
from quality.reconciling.amounts import Bill, Total, Totals
from quality.reconciling.election import Share, shares_of

_NOTHING = Total(Decimal(0), 0)


class _Pair(NamedTuple):
    """A current delivery and the one that was current before it, by payer."""

    accepted_at: str
    delivery_id: str
    billing_period: str
    current: dict[str, Share]
    previous: dict[str, Share]


def totals_of_changes(store: Store, elected: Iterable[Share]) -> Totals:
    """Newest minus previous delivery per payer and month, where there is a previous one, as their files were counted.

    Raises LakeError for a record that cannot be read.
    """
    counted = {(share.billing_period, share.billing_account_id): share for share in elected}
    found: dict[Bill, Total] = {}
    # Of several exports that dropped a payer the one that came last tells it, so it is written last.
    for pair in sorted(_pairs(store), key=lambda pair: pair[:2]):
        for payer in {*pair.current, *pair.previous}:
            share = counted.get((pair.billing_period, payer))
            # A payer whom nobody's bill of the month counts any more lost all that the delivery before told.
            is_told = payer in pair.previous if share is None else share.delivery_id == pair.delivery_id
            if is_told:
                for currency, change in _change(share, pair.previous.get(payer)).items():
                    found[Bill(pair.billing_period, payer, currency)] = change
    return found


def _pairs(store: Store) -> Iterator[_Pair]:
    for shelf in shelves(store):
        kept = {record["delivery_id"] for record in shelf.records}
        now = shelf.turns[-1].delivery_id if shelf.turns else ""
        before = [turn.delivery_id for turn in shelf.turns if turn.delivery_id != now and turn.delivery_id in kept]
        if before:
            current, previous = (
                {share.billing_account_id: share for share in shares_of(store, key)}
                for key in (shelf.pointer_key, f"{shelf.folder}/{before[-1]}.json")
            )
            newest = next(iter(current.values()))
            yield _Pair(newest.accepted_at, now, newest.billing_period, current, previous)


def _change(current: Share | None, previous: Share | None) -> dict[str, Total]:
    now, before = (dict(share.totals) if share else {} for share in (current, previous))
    change = {}
    for currency in sorted({*now, *before}):
        told, was = now.get(currency, _NOTHING), before.get(currency, _NOTHING)
        change[currency] = Total(told.cost - was.cost, told.charge_count - was.charge_count)
    return change
