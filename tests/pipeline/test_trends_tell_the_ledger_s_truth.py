"""Comparisons and movers against the ledger's own events, day by day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from ingestion.synthetic.events.instances import INSTANCES
from ingestion.synthetic.events.model import Event, Use
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.truth import owner, worth
from tests.pipeline.conftest import THROUGH, Built

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]


def is_dated(event: Event) -> bool:
    """Whether the event's line is of a day or less, and so tells on which day it was."""
    span = getattr(event, "span", None)
    return span is not None and (span.end - span.start).total_seconds() <= 86_400


def worth_of_days(built: Built, through: int, kind: Callable[[Event], bool]) -> list[dict[tuple[str, str], Decimal]]:
    """Effective cost by account and service of the first days of each month, in the order of the months."""
    told = []
    for month in built.ledger.months:
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for event in month.events:
            if kind(event) and event.span.start.day <= through:  # type: ignore[union-attr]
                account, service = owner(event)
                sums[account.id, service] += worth(event).effective
        told.append(dict(sums))
    return told


def test_an_open_month_is_compared_with_the_same_days_of_the_month_before(built: Built):
    june, july = worth_of_days(built, THROUGH.day, is_dated)
    told = {
        (account, service): (now, before)
        for account, service, now, before in built.rows(
            "select sub_account_id, service_name, effective_cost, previous_effective_cost from cost_comparisons "
            "where billing_period = '2026-07' and comparison = 'previous_month'"
        )
    }
    wanted = {key: (july.get(key, Decimal(0)), june.get(key, Decimal(0))) for key in june.keys() | july.keys()}
    assert {key: pair for key, pair in told.items() if any(pair)} == {
        k: pair for k, pair in wanted.items() if any(pair)
    }


def test_compared_and_uncompared_are_the_bill_and_a_first_month_is_compared_with_nothing(built: Built):
    told = built.rows(
        "select billing_period, days_compared, is_whole_month, sum(billed_cost + uncompared_billed_cost) "
        "from cost_comparisons group by all"
    )
    assert told == [("2026-07", THROUGH.day, False, built.ledger.truth.periods[1].billed)]


def test_what_moved_adds_up_to_the_ledger_s_change(built: Built):
    june, july = worth_of_days(built, THROUGH.day, is_dated)
    [(change, parts)] = built.rows(
        "select sum(effective_cost_change), sum(price_change_cost + usage_change_cost + mix_change_cost "
        "+ new_resources_cost + gone_resources_cost + other_change_cost) from cost_movers"
    )
    assert change == parts == sum(july.values()) - sum(june.values())


def test_the_warehouses_that_came_in_mid_june_are_more_use_of_the_same_machines(built: Built):
    """They ran from the 13th of June on: in the same days of July twelve days more, and none of them is new."""
    scene = Scene(built.ledger.seed, built.ledger.months[0].period, date(2026, 6, 1))
    machines = {one.id(scene) for one in INSTANCES if one.since_jump}
    june, july = (
        sum(
            (
                event.cash
                for event in month.events
                if isinstance(event, Use)
                and event.meter.resource_id in machines
                and event.span.start.day <= THROUGH.day
            ),
            Decimal(0),
        )
        for month in built.ledger.months
    )
    [told] = built.rows(
        "select effective_cost_change, usage_change_cost, price_change_cost, new_resources_cost, gone_resources_cost "
        "from cost_movers where usage_type = 'BoxUsage:r7g.16xlarge'"
    )
    assert july > 2 * june > 0
    assert told == (july - june, july - june, 0, 0, 0)
