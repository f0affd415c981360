"""Whose every cost is, and what could carry a tag and does not, against the ledger's own events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pytest

from ingestion.synthetic.events.model import Charge, ChargeKind, Event, PlanHour, ReservationMonth, Use
from ingestion.synthetic.truth import owner, worth
from tests.pipeline.conftest import ORDERS, Built

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]

Sums = dict[tuple, Decimal]
TAGS = ("team", "environment", "cost_center", "owner", "project")
POOLS = {ChargeKind.TAX: "tax", ChargeKind.CREDIT: "credit", ChargeKind.REFUND: "refund", ChargeKind.FEE: "support"}


def team_of(event: Event) -> tuple[str, str | None, str | None]:
    """How the ledger knows an event's team: kind of allocation, team and pool.

    By the tag, else for nobody in particular where it is no usage, else by the product of the account.
    """
    if isinstance(event, PlanHour | ReservationMonth):
        return "Shared", None, "unused_commitment"
    if isinstance(event, Charge):
        return "Shared", None, POOLS.get(event.kind, "unused_commitment")
    account, tags = event.meter.account, getattr(event.meter, "tags", None)
    if tags is not None and tags.team:
        return "Direct", tags.team, None
    if account.product:
        return "Direct", account.product, None
    return ("Untagged" if event.meter.resource_id else "Untaggable"), None, None


def events_of(built: Built) -> Iterator[tuple[str, Event, Decimal]]:
    for month in built.ledger.months:
        for event in month.events:
            yield month.period.name, event, worth(event).effective


def cleared(sums: Sums) -> Sums:
    return {key: cost for key, cost in sums.items() if cost}


def test_every_direct_and_every_unallocated_cost_is_found_and_nothing_else(built: Built):
    wanted: Sums = defaultdict(Decimal)
    for month, event, cost in events_of(built):
        kind, team, pool = team_of(event)
        if pool is None:
            account, service = owner(event)
            wanted[month, kind, team, account.id, service] += cost
    told = {
        tuple(key): cost
        for *key, cost in built.rows(
            "select billing_period, allocation, team, sub_account_id, service_name, sum(effective_cost) "
            "from team_costs where allocation <> 'Shared' group by all"
        )
    }
    assert told == cleared(wanted)
    kinds = {kind for _, kind, *_ in told}
    assert kinds == {"Direct", "Untagged", "Untaggable"}


def test_every_shared_cost_is_split_in_proportion_to_direct_costs_and_its_parts_are_the_whole(built: Built):
    pools: Sums = defaultdict(Decimal)
    own: Sums = defaultdict(Decimal)
    for month, event, cost in events_of(built):
        _, team, pool = team_of(event)
        if pool is not None:
            pools[month, pool] += cost
        elif team is not None:
            own[month, team] += cost
    told = {
        tuple(key): cost
        for *key, cost in built.rows(
            "select billing_period, shared_pool, team, sum(shared_cost) from team_costs "
            "where allocation = 'Shared' group by all"
        )
    }
    whole: Sums = defaultdict(Decimal)
    for (month, pool, team), cost in told.items():
        whole[month, pool] += cost
        share = own[month, team] / sum(amount for (of, _), amount in own.items() if of == month)
        # The pool's lines are split one by one.
        assert abs(cost - pools[month, pool] * share) < Decimal("0.00001")
    assert whole == cleared(pools)
    assert {pool for _, pool in whole} >= {"tax", "support", "credit", "refund", "unused_commitment"}


def test_what_all_are_told_is_the_month_s_effective_cost_to_the_last_digit(built: Built):
    told = dict(built.rows("select billing_period, sum(effective_cost) from team_costs group by 1"))
    assert told == {period.billing_period: period.effective for period in built.ledger.truth.periods}


@pytest.mark.parametrize("key", TAGS)
def test_a_tag_covers_what_the_ledger_tagged_of_what_it_could_have(built: Built, key: str):
    costs: dict[tuple, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    resources: dict[tuple, tuple[set, set]] = defaultdict(lambda: (set(), set()))
    for month, event, cost in events_of(built):
        account, service = owner(event)
        place = month, account.id, service
        name = event.meter.resource_id if isinstance(event, Use) else ""
        is_tagged = bool(name) and bool(getattr(event.meter.tags, key))
        for at, is_meant in enumerate((bool(name), is_tagged, not name)):
            costs[place][at] += cost if is_meant else 0
        if name:
            resources[place][0].add(name)
        if is_tagged:
            resources[place][1].add(name)
    told = {
        tuple(place): rest
        for *place, rest in built.rows(
            "select billing_period, sub_account_id, service_name, [taggable_cost, tagged_cost, untaggable_cost] "
            f"from tag_coverage where tag_key = '{key}'"
        )
    }
    assert told == dict(costs)
    counted = {
        tuple(place): (could, does)
        for *place, could, does in built.rows(
            "select billing_period, sub_account_id, service_name, resource_count, tagged_resource_count "
            f"from tag_coverage where tag_key = '{key}' and resource_count > 0"
        )
    }
    assert counted == {place: (len(could), len(does)) for place, (could, does) in resources.items()}


def test_an_order_costs_the_month_s_cost_by_the_orders_of_the_user_s_file(built: Built):
    june, july = built.ledger.truth.periods
    told = built.rows(
        "select billing_period, effective_cost, quantity, unit_cost from unit_costs where team is null order by 1"
    )
    assert told[0][:3] == (june.billing_period, june.effective, Decimal(ORDERS))
    assert abs(told[0][3] - june.effective / ORDERS) < Decimal("0.0000000002")
    assert told[1] == (july.billing_period, july.effective, None, None)
