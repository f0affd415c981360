"""What is true about the ledger, worked out from its events alone: no bill line and no mart is ever read for it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ingestion.synthetic.accounts import Account
from ingestion.synthetic.events.model import (
    ZERO,
    ChargeKind,
    Event,
    Negation,
    PlanHour,
    ReservationMonth,
    Use,
)


class Worth(NamedTuple):
    """What one event means in each measure, USD."""

    billed: Decimal = ZERO
    amortized: Decimal = ZERO
    list: Decimal = ZERO
    unused_commitment: Decimal = ZERO


class Owner(NamedTuple):
    """To whom and what an event is charged."""

    account: Account
    service_name: str


PLAN_SERVICE = "Savings Plans for AWS Compute usage"
_EC2 = "Amazon Elastic Compute Cloud"


def worth(event: Event) -> Worth:
    """The economics of an event.

    A use that a commitment covers costs no cash of its own: its share of the commitment is its amortized cost. What
    nobody used of a commitment is a cost of who bought it. A fee paid upfront is cash now and no cost of the day.
    """
    if isinstance(event, Use):
        share = event.upfront_share + event.commitment_share
        # What has no public price is listed at what it cost.
        return Worth(event.cash, event.cash + share, event.list_cost or event.cash)
    if isinstance(event, Negation):
        return Worth()
    if isinstance(event, PlanHour):
        idle = event.plan.commitment - event.used
        return Worth(event.plan.commitment, idle, ZERO, idle)
    if isinstance(event, ReservationMonth):
        bought = event.reservation
        hours = bought.count * event.period.hours_in_month
        idle = (hours - event.used_hours) * (bought.upfront_per_hour + bought.recurring_per_hour)
        return Worth(hours * bought.recurring_per_hour, idle, ZERO, idle)
    if event.kind is ChargeKind.UPFRONT:
        return Worth(event.amount)
    return Worth(event.amount, event.amount, event.amount if event.kind is ChargeKind.FEE else ZERO)


def owner(event: Event) -> Owner:
    """The account and the service that an event is charged to."""
    if isinstance(event, Use | Negation):
        return Owner(event.meter.account, event.meter.service_name)
    if isinstance(event, PlanHour):
        return Owner(event.plan.account, PLAN_SERVICE)
    if isinstance(event, ReservationMonth):
        return Owner(event.reservation.account, _EC2)
    return Owner(event.account, event.service_name)


@dataclass(frozen=True)
class PeriodTruth:
    """Totals of one billing period, USD. `effective` equals `amortized`: the payer has no negotiated discounts.

    `unused_commitment` of an open month counts the reservation's whole month, as AWS bills it. Spot, for which
    the bill names no public price, is listed at what it cost.
    """

    billing_period: str
    through: date
    is_open: bool
    row_count: int
    billed: Decimal
    amortized: Decimal
    effective: Decimal
    list: Decimal
    unused_commitment: Decimal
    billed_by_service: Mapping[str, Decimal]
    billed_by_account: Mapping[str, Decimal]
    amortized_by_account: Mapping[str, Decimal]


@dataclass(frozen=True)
class PlantedIdle:
    """A resource that does nothing, or with the same fields a busy twin that the rule must not find."""

    resource_id: str
    rule_id: str
    account: str
    region: str


@dataclass(frozen=True)
class PlantedRightsizing:
    """A resource with a cheaper type. `monthly_savings` is USD for a whole month of 730 hours of its present use.

    `also_right` are other types on the same bill that a rule may propose instead, with their savings; with no
    `recommended` type the resource must not be found by the rule.
    """

    billing_periods: tuple[str, ...]
    resource_id: str
    rule_id: str
    account: str
    region: str
    current: str
    recommended: str | None
    monthly_savings: Decimal | None
    also_right: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class PlantedOversized:
    """A resource that uses little of what it has. The bill does not show it; utilization would."""

    resource_id: str
    account: str
    region: str
    current: str
    mean_cpu_pct: Decimal


@dataclass(frozen=True)
class Truth:
    """Everything known about a ledger."""

    periods: tuple[PeriodTruth, ...]
    idle: tuple[PlantedIdle, ...]
    busy_twins: tuple[PlantedIdle, ...]
    rightsizing: tuple[PlantedRightsizing, ...]
    not_rightsizing: tuple[PlantedRightsizing, ...]
    oversized: tuple[PlantedOversized, ...]

    def as_json(self) -> str:
        """The truth as a JSON document; amounts are text, so that no digit is lost."""
        return json.dumps(asdict(self), default=_plain, indent=2, sort_keys=True) + "\n"


def period_truth(billing_period: str, through: date, is_open: bool, events: Iterable[Event]) -> PeriodTruth:
    """The totals of a month's events. Every event is one line of the bill."""
    count = 0
    billed = amortized = listed = unused = ZERO
    by_service: dict[str, Decimal] = defaultdict(Decimal)
    by_account: dict[str, Decimal] = defaultdict(Decimal)
    amortized_by_account: dict[str, Decimal] = defaultdict(Decimal)
    for event in events:
        value, (account, service) = worth(event), owner(event)
        count += 1
        billed += value.billed
        amortized += value.amortized
        listed += value.list
        unused += value.unused_commitment
        by_service[service] += value.billed
        by_account[account.id] += value.billed
        amortized_by_account[account.id] += value.amortized
    return PeriodTruth(
        *(billing_period, through, is_open, count, billed, amortized, amortized, listed, unused),
        *(dict(by_service), dict(by_account), dict(amortized_by_account)),
    )


def _plain(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
